//! One line of the screen as data: pieces of text with their meaning, and how they share the width.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::console::theme::{Theme, Token};
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::domain::time::{Millis, Timestamp};

/// A text with its meaning. Its text is clean by its type: nothing else reaches the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it means.
    pub token: Token,
    /// The text, one line.
    pub text: Clean,
}

/// A piece.
pub fn piece(token: Token, text: impl Into<Clean>) -> Piece {
    Piece { token, text: text.into() }
}

/// What stands where no piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fill {
    /// Nothing.
    #[default]
    Blank,
    /// A rule.
    Rule,
}

/// One line of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    /// From the left; cut where it would touch the right.
    pub left: Vec<Piece>,
    /// At the right edge.
    pub right: Vec<Piece>,
    /// Between them.
    pub fill: Fill,
    /// What it lies on.
    pub ground: Token,
}

impl Strip {
    /// Pieces from the left.
    pub fn of(left: impl Into<Vec<Piece>>) -> Self {
        Self { left: left.into(), right: Vec::new(), fill: Fill::Blank, ground: Token::Base }
    }

    /// An empty line.
    pub const fn blank() -> Self {
        Self { left: Vec::new(), right: Vec::new(), fill: Fill::Blank, ground: Token::Base }
    }

    /// A rule with a title: `─ TITLE ────`.
    pub fn rule(title: impl IntoIterator<Item = Piece>) -> Self {
        let mut left = vec![piece(Token::Faint, "─ ")];
        left.extend(title);
        left.push(piece(Token::Faint, " "));
        Self { left, right: Vec::new(), fill: Fill::Rule, ground: Token::Base }
    }

    /// With pieces at the right edge.
    #[must_use]
    pub fn right(mut self, right: impl Into<Vec<Piece>>) -> Self {
        self.right = right.into();
        self
    }

    /// On another ground.
    #[must_use]
    pub const fn on(mut self, ground: Token) -> Self {
        self.ground = ground;
        self
    }

    /// Draws the line into the first row of `area`.
    pub fn paint(&self, area: Rect, theme: &Theme, buf: &mut Buffer) {
        let ground = theme.on(self.ground, self.ground);
        for x in area.x..area.right() {
            // What lies below, such as a transcript under a card, must not shine through.
            if let Some(cell) = buf.cell_mut((x, area.y)) {
                cell.reset();
                cell.set_style(ground);
            }
        }
        let width = usize::from(area.width);
        let right: usize = self.right.iter().map(|piece| piece.text.cells()).sum();
        let right = right.min(width);
        let mut x = area.x;
        let mut room = width - right;
        for piece in &self.left {
            let text = if piece.text.cells() > room { piece.text.truncated(room) } else { piece.text.clone() };
            put(buf, (x, area.y), text.as_str(), theme.on(self.ground, piece.token));
            let cells = text.cells().min(room);
            x += cells as u16;
            room -= cells;
        }
        if self.fill == Fill::Rule {
            let rule = theme.on(self.ground, Token::Faint);
            for x in x..area.x + (width - right) as u16 {
                put(buf, (x, area.y), "─", rule);
            }
        }
        let mut x = area.x + (width - right) as u16;
        let mut room = right;
        for piece in &self.right {
            let text = if piece.text.cells() > room { piece.text.truncated(room) } else { piece.text.clone() };
            put(buf, (x, area.y), text.as_str(), theme.on(self.ground, piece.token));
            let cells = text.cells().min(room);
            x += cells as u16;
            room -= cells;
        }
    }
}

/// Writes a text into the cells of one row.
fn put(buf: &mut Buffer, (x, y): (u16, u16), text: &str, style: ratatui::style::Style) {
    if buf.area.contains((x, y).into()) {
        buf.set_stringn(x, y, text, usize::from(buf.area.right().saturating_sub(x)), style);
    }
}

/// Lines below each other.
#[derive(Debug, Clone, Copy)]
pub struct Strips<'a>(pub &'a [Strip], pub &'a Theme);

impl Widget for Strips<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        for (strip, y) in self.0.iter().zip(area.y..area.bottom()) {
            strip.paint(Rect { y, height: 1, ..area }, self.1, buf);
        }
    }
}

/// A text in exactly so many cells: cut with an ellipsis, or filled up with spaces.
pub fn fit(text: &Clean, cells: usize) -> Clean {
    let cut = text.truncated(cells);
    let missing = cells.saturating_sub(cut.cells());
    if missing == 0 { cut } else { clean!("{}{:missing$}", cut.as_str(), "") }
}

/// A text at the right of so many cells.
pub fn fit_right(text: &Clean, cells: usize) -> Clean {
    let cut = text.truncated(cells);
    let missing = cells.saturating_sub(cut.cells());
    if missing == 0 { cut } else { clean!("{:missing$}{}", "", cut.as_str()) }
}

/// A text in lines of at most `width` cells, broken at spaces where there are any; at most `lines`
/// of them, and how many more there would have been.
pub fn wrap(text: &Clean, width: usize, lines: usize) -> (Vec<Clean>, usize) {
    let width = width.max(1);
    let mut out: Vec<Clean> = Vec::new();
    let mut more = 0;
    for paragraph in text.as_str().split('\n') {
        for line in wrap_line(paragraph, width) {
            if out.len() < lines { out.push(Clean::shown(&line)) } else { more += 1 }
        }
    }
    (out, more)
}

fn wrap_line(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split_word_bounds() {
        let cells = cells(word);
        if used + cells <= width {
            line.push_str(word);
            used += cells;
            continue;
        }
        if word.trim().is_empty() {
            // The space at which the line breaks is not carried over.
            lines.push(std::mem::take(&mut line));
            used = 0;
            continue;
        }
        if cells <= width {
            // A mark such as a full stop stays with the word before it.
            let carried = carried(&line, word);
            let kept = line.len() - carried.len();
            let tail = line.split_off(kept);
            lines.push(std::mem::replace(&mut line, tail + word).trim_end().to_owned());
            used = self::cells(&line);
            continue;
        }
        for cluster in word.graphemes(true) {
            let cells = self::cells(cluster);
            if used + cells > width && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(cluster);
            used += cells;
        }
    }
    lines.push(line);
    lines
}

/// The end of a line that must not be parted from `word`: the word before a closing mark, and the
/// letters of a number such as `T-5006`.
fn carried<'a>(line: &'a str, word: &str) -> &'a str {
    let numbered = line.ends_with(['-', ':']) && word.starts_with(|c: char| c.is_ascii_digit());
    let closes =
        numbered || word.chars().all(|c| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '’' | '\'' | '"' | '%'));
    let at = line.rfind(' ').map(|at| at + 1).filter(|_| closes);
    at.and_then(|at| line.get(at..)).unwrap_or_default()
}

fn cells(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// A span as somebody reads it who acts on it by the second: `0:42`, `12:05`, `3 h`.
pub fn exact(span: Millis) -> String {
    match span.secs() {
        secs @ 0..6_000 => format!("{}:{:02}", secs / 60, secs % 60),
        secs @ 6_000..172_800 => format!("{} h", secs / 3_600),
        secs => format!("{} d", secs / 86_400),
    }
}

/// A span without seconds once it has minutes: `0:42`, `12 m`, `3 h`, `2 d`.
pub fn calm(span: Millis) -> String {
    match span.secs() {
        secs @ 0..60 => format!("0:{secs:02}"),
        secs @ 60..3_600 => format!("{} m", secs / 60),
        secs @ 3_600..172_800 => format!("{} h", secs / 3_600),
        secs => format!("{} d", secs / 86_400),
    }
}

/// The time left, negative once it is over: `0:18`, `-0:31`.
pub fn left(now: Timestamp, due: Timestamp) -> String {
    if due >= now { exact(due.since(now)) } else { format!("-{}", exact(now.since(due))) }
}

/// A score of -1 to 1 as a bar of one cell.
pub fn level(score: Score) -> char {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let at = (score.0.clamp(-10_000, 10_000) + 10_000) * 7 / 20_000;
    LEVELS.get(usize::try_from(at).unwrap_or_default()).copied().unwrap_or('▄')
}

/// The last moods of a path, one cell each.
pub fn path(moods: &[Score], cells: usize) -> Clean {
    let from = moods.len().saturating_sub(cells);
    let text: String = moods.iter().skip(from).map(|mood| level(*mood)).collect();
    clean!("{text}")
}

/// How a mood is shown: low ones are what somebody should see.
pub const fn mood_token(mood: Score) -> Token {
    match mood.0 {
        ..=-5_000 => Token::Breach,
        -4_999..=-2_000 => Token::Need,
        -1_999..=2_999 => Token::Dim,
        _ => Token::Good,
    }
}

/// A part of a whole as a bar of so many cells; the last one that is begun is as high as it is full,
/// so that two of two hundred do not look like a third.
pub fn bar(part: u64, whole: u64, cells: usize) -> Clean {
    const STEPS: [char; 7] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];
    let top = STEPS.len() as u64 - 1;
    // Whatever is there at all shows, and only what is full looks full.
    let filled = if whole == 0 { 0 } else { (part.min(whole) * cells as u64 * top).div_ceil(whole) };
    let filled = if part < whole { filled.min((cells as u64 * top).saturating_sub(1)) } else { filled };
    let height = |cell: u64| filled.saturating_sub(cell * top).min(top);
    let step = |cell: u64| STEPS.get(height(cell) as usize).copied().unwrap_or('▁');
    let text: String = (0..cells as u64).map(step).collect();
    clean!("{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_their_cells_whatever_the_script() {
        for text in ["short", "a rather long name", "日本語の名前です", "👩‍👩‍👧 family", "é́́"] {
            let text = Clean::from(&crate::domain::text::Foreign::new(text));
            for cells in [0, 1, 5, 12] {
                assert_eq!(fit(&text, cells).cells(), cells, "{text} in {cells}");
                assert_eq!(fit_right(&text, cells).cells(), cells);
            }
        }
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_where_they_must() {
        let lines = |text: &'static str, width| {
            let (lines, more) = wrap(&Clean::fixed(text), width, 100);
            assert_eq!(more, 0);
            lines.iter().map(|line| line.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(lines("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(lines("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
        assert_eq!(lines("one two three.", 13), ["one two", "three."]);
        assert_eq!(lines("it has number T-5006.", 16), ["it has number", "T-5006."]);
        assert_eq!(lines("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(wrap(&Clean::fixed("a\nb\nc"), 5, 2).1, 1);
    }

    #[test]
    fn spans_are_short() {
        assert_eq!(exact(Millis::from_secs(42)), "0:42");
        assert_eq!(calm(Millis::from_secs(142)), "2 m");
        assert_eq!(left(Timestamp(1_000), Timestamp(0)), "-0:01");
        assert_eq!(bar(1, 40, 4).as_str(), "▂▁▁▁");
        assert_eq!(bar(20, 40, 4).as_str(), "▇▇▁▁");
        assert_eq!(bar(39, 40, 4).as_str(), "▇▇▇▆");
        assert_eq!(bar(40, 40, 4).as_str(), "▇▇▇▇");
        assert_eq!(bar(0, 40, 4).as_str(), "▁▁▁▁");
        assert_eq!(path(&[Score(-10_000), Score(10_000)], 3).as_str(), "▁█");
    }
}
