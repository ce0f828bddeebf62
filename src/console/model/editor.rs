//! A text being written: what stands there can always be shown as it stands.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::{Clean, Foreign};

/// Longest text of an editor, in bytes: what the wire takes.
pub const EDITOR_BYTES_MAX: usize = 64 * 1024;

/// A text and the place in it. Invariant: `at` is a boundary between two characters as readers see them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Editor {
    text: String,
    at: usize,
}

/// What became of an insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All of it stands there.
    Whole,
    /// The rest would have been too long.
    Capped,
}

impl Editor {
    /// An editor with a text, the place at its end.
    pub fn of(text: &Clean) -> Self {
        Self { text: text.as_str().to_owned(), at: text.as_str().len() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as it goes onto the wire.
    pub fn foreign(&self) -> Foreign {
        Foreign::new(&self.text)
    }

    /// Whether nothing stands there but white space.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The text before and behind the place.
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.at).unwrap_or((&self.text, ""))
    }

    /// Puts a text in; control characters and the like become marks, as on every screen.
    pub fn insert(&mut self, text: &str) -> Taken {
        let room = EDITOR_BYTES_MAX.saturating_sub(self.text.len());
        let clean = Foreign::new(text).clean();
        let mut end = clean.as_str().len().min(room);
        while !clean.as_str().is_char_boundary(end) {
            end -= 1;
        }
        let part = clean.as_str().get(..end).unwrap_or_default();
        self.text.insert_str(self.at, part);
        self.at += part.len();
        if end < clean.as_str().len() || Foreign::try_new(text).is_err() { Taken::Capped } else { Taken::Whole }
    }

    /// Takes the text out.
    pub fn take(&mut self) -> String {
        self.at = 0;
        std::mem::take(&mut self.text)
    }

    /// Deletes the character before the place.
    pub fn backspace(&mut self) {
        let before = self.before();
        self.text.replace_range(before..self.at, "");
        self.at = before;
    }

    /// Deletes the character behind the place.
    pub fn delete(&mut self) {
        self.text.replace_range(self.at..self.after(), "");
    }

    /// Deletes the word before the place.
    pub fn delete_word(&mut self) {
        let (before, _) = self.halves();
        let from = before.trim_end().rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let from = (from..=self.at).find(|at| self.text.is_char_boundary(*at)).unwrap_or(self.at);
        self.text.replace_range(from..self.at, "");
        self.at = from;
    }

    /// Deletes the line up to the place.
    pub fn delete_to_line_start(&mut self) {
        let from = self.line_start();
        self.text.replace_range(from..self.at, "");
        self.at = from;
    }

    /// Moves the place.
    pub fn go(&mut self, to: Move) {
        self.at = match to {
            Move::Left => self.before(),
            Move::Right => self.after(),
            Move::LineStart => self.line_start(),
            Move::LineEnd => self.line_end(),
            Move::Up => self.vertical(true),
            Move::Down => self.vertical(false),
        };
    }

    fn before(&self) -> usize {
        let (before, _) = self.halves();
        before.grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let (_, behind) = self.halves();
        self.at + behind.graphemes(true).next().map_or(0, str::len)
    }

    fn line_start(&self) -> usize {
        self.halves().0.rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.halves().1.find('\n').map_or(self.text.len(), |at| self.at + at)
    }

    /// The same column a line up or down, or the end of that line.
    fn vertical(&self, up: bool) -> usize {
        let column = self.text.get(self.line_start()..self.at).map_or(0, |line| line.graphemes(true).count());
        let start = if up {
            let Some(end) = self.line_start().checked_sub(1) else { return 0 };
            self.text.get(..end).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1)
        } else {
            let end = self.line_end();
            if end == self.text.len() {
                return end;
            }
            end + 1
        };
        let line = self.text.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
        line.grapheme_indices(true).nth(column).map_or(start + line.len(), |(at, _)| start + at)
    }
}

/// Where the place goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Move {
    Left,
    Right,
    Up,
    Down,
    LineStart,
    LineEnd,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_that_readers_see() {
        let mut editor = Editor::default();
        editor.insert("na\u{ef}ve 👩‍👩‍👧 日本");
        editor.go(Move::Left);
        editor.go(Move::Left);
        editor.go(Move::Left);
        editor.backspace();
        assert_eq!(editor.text(), "naïve  日本");
        editor.delete_word();
        assert_eq!(editor.text(), " 日本");
        editor.delete();
        assert_eq!(editor.text(), "日本");
    }

    #[test]
    fn lines_are_walked_by_column() {
        let mut editor = Editor::default();
        editor.insert("one long line\nshort\nanother line");
        editor.go(Move::Up);
        assert_eq!(editor.halves().0, "one long line\nshort");
        editor.go(Move::Up);
        assert_eq!(editor.halves().0, "one l");
        editor.go(Move::Up);
        assert_eq!(editor.halves().0, "");
        editor.go(Move::Down);
        editor.go(Move::LineEnd);
        editor.delete_to_line_start();
        assert_eq!(editor.text(), "one long line\n\nanother line");
    }

    #[test]
    fn a_paste_is_cleaned_and_capped() {
        let mut editor = Editor::default();
        assert_eq!(editor.insert("a\u{1b}[31mb\u{202e}c"), Taken::Whole);
        assert!(!editor.text().contains('\u{1b}') && !editor.text().contains('\u{202e}'));
        assert_eq!(editor.insert(&"é".repeat(100_000)), Taken::Capped);
        assert!(editor.text().len() <= EDITOR_BYTES_MAX);
    }
}
