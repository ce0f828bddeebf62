//! The words that moved a mood: marked where they stand, and named beside the fall or the rise.

use std::ops::Range;

use super::item::HAPPENED;
use crate::console::model::picture::Opened;
use crate::console::pane::strip::{Piece, Strip, mood_token, piece};
use crate::console::theme::Token;
use crate::domain::analysis::{Emotion, Span};
use crate::domain::conversation::Author;
use crate::domain::id::Seq;
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::protocol::transcript::{Item, ItemBody};

/// A fall or a rise of a mood from message to message gets a line of its own from here on; less is its usual swing.
const MOVES: i32 = 3_000;
/// A customer who begins at or below this gets that line as well.
const LOW: Score = Score::from_percent(-20);

/// What a message says of its author's mood.
pub struct Mood<'a> {
    /// The mood of the text alone.
    pub level: Score,
    /// The feeling in it.
    pub emotion: Emotion,
    /// Its words.
    text: &'a Clean,
    moved: &'a [Span],
}

/// The mood of a customer's message; nothing for other lines.
pub fn of(item: &Item) -> Option<Mood<'_>> {
    let ItemBody::Message { author: Author::Customer, text, mood: Some(mood), moved, emotion, .. } = &item.body else {
        return None;
    };
    Some(Mood { level: *mood, emotion: *emotion, text, moved })
}

impl Mood<'_> {
    /// `frustration "second time", "or not"`: the feeling, and the words that moved it.
    pub fn why(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if !self.emotion.is_neutral() {
            pieces.push(piece(Token::Base, clean!("{} ", self.emotion.word())));
        }
        let words = joined(self.text.as_str(), self.moved);
        let words = words.into_iter().filter_map(|place| self.text.as_str().get(place));
        for (words, at) in words.zip(0..) {
            let gap = if at == 0 { "" } else { ", " };
            pieces.push(piece(Token::Dim, clean!("{gap}\"{}\"", clean!("{words}").one_line())));
        }
        pieces
    }
}

/// `-.20 > -.60`, or the mood alone where there is none before.
pub(super) fn path(before: Option<Score>, mood: Score) -> Piece {
    let from = before.map(|before| format!("{before} > ")).unwrap_or_default();
    piece(mood_token(mood), clean!("{from}{mood}"))
}

/// The mood of the customer's message before an entry.
fn before(open: &Opened, seq: Seq) -> Option<Score> {
    open.items.range(..seq).rev().find_map(|(_, item)| Some(of(item)?.level))
}

/// `~ mood  -.20 > -.60  frustration "or not"`, where it moved that far.
pub(super) fn strip(open: Option<&Opened>, item: &Item) -> Option<Strip> {
    let read = of(item)?;
    let before = open.and_then(|open| before(open, item.seq));
    let far = before.map_or(read.level <= LOW, |before| (read.level.0 - before.0).abs() >= MOVES);
    if !far {
        return None;
    }
    let mut pieces = vec![piece(Token::Faint, HAPPENED), piece(Token::Dim, "mood  "), path(before, read.level)];
    pieces.push(piece(Token::Base, "  "));
    pieces.extend(read.why());
    Some(Strip::of(pieces))
}

/// Lines of a text as pieces: the words that moved the mood are marked.
pub(super) fn marked(text: &Clean, lines: Vec<Clean>, moved: &[Span], ink: Token) -> Vec<Vec<Piece>> {
    if moved.is_empty() {
        return lines.into_iter().map(|line| vec![piece(ink, line)]).collect();
    }
    let (whole, places) = (text.as_str(), joined(text.as_str(), moved));
    let mut at = 0;
    let split = |line: Clean| {
        // Between two lines nothing is missing but the space at which they break.
        let found = whole.get(at..).and_then(|rest| rest.find(line.as_str()));
        let Some(start) = found.map(|found| at + found) else { return vec![piece(ink, line)] };
        at = start + line.as_str().len();
        parts(&line, start, &places, ink)
    };
    lines.into_iter().map(split).collect()
}

/// A line that begins at a place of the whole text, cut at the places that are to be marked.
fn parts(line: &Clean, start: usize, places: &[Range<usize>], ink: Token) -> Vec<Piece> {
    let words = line.as_str();
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut add = |token, part: Option<&str>| {
        pieces.extend(part.filter(|part| !part.is_empty()).map(|part| piece(token, clean!("{part}"))));
    };
    for place in places {
        let from = place.start.saturating_sub(start).clamp(done, words.len());
        let to = place.end.saturating_sub(start).clamp(from, words.len());
        if from < to {
            add(ink, words.get(done..from));
            add(Token::Moved, words.get(from..to));
            done = to;
        }
    }
    add(ink, words.get(done..));
    pieces
}

/// The places in order; those with nothing but a space between them are one.
fn joined(text: &str, moved: &[Span]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    for span in moved {
        let (start, end) = (span.start as usize, span.end as usize);
        if text.get(start..end).is_none_or(str::is_empty) {
            continue;
        }
        match places.last_mut().filter(|last| text.get(last.end..start).is_none_or(|gap| gap.trim().is_empty())) {
            Some(last) => last.end = last.end.max(end),
            None => places.push(start..end),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::pane::strip::wrap;
    use crate::domain::text::Foreign;

    fn spans(text: &str, words: &[&str]) -> Vec<Span> {
        let span = |word: &&str| {
            let start = text.find(word).unwrap() as u32;
            Span { start, end: start + word.len() as u32 }
        };
        words.iter().map(span).collect()
    }

    #[test]
    fn words_are_marked_where_they_stand_also_across_lines() {
        let text = Foreign::new("It broke again, 二回目です and this is\nthe second time now.").clean();
        let moved = spans(text.as_str(), &["again", "二回目", "second", "time"]);
        for width in [8, 12, 20, 60] {
            let (lines, _) = wrap(&text, width, 100);
            let shown = marked(&text, lines.clone(), &moved, Token::Customer);
            let whole = |pieces: &Vec<Piece>| pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
            assert_eq!(
                shown.iter().map(whole).collect::<Vec<_>>(),
                lines.iter().map(Clean::as_str).collect::<Vec<_>>()
            );
            let told = shown.iter().flatten().filter(|piece| piece.token == Token::Moved);
            let told: String = told.map(|piece| piece.text.as_str()).collect();
            assert_eq!(told.replace(' ', ""), "again二回目secondtime", "in {width} cells");
        }
    }

    #[test]
    fn places_outside_of_the_text_mark_nothing() {
        let text = Foreign::new("日本").clean();
        let moved = [Span { start: 1, end: 3 }, Span { start: 3, end: 90 }, Span { start: 6, end: 6 }];
        let shown = marked(&text, vec![text.clone()], &moved, Token::Customer);
        assert_eq!(shown, [vec![piece(Token::Customer, text)]]);
    }
}
