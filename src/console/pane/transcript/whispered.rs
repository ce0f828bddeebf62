//! Under which whispers an answer was composed, and which words they changed.

use super::item::{indent, you};
use crate::console::model::Model;
use crate::console::model::clock::hours_minutes;
use crate::console::pane::strip::{Piece, Strip, piece, wrap};
use crate::console::theme::Token;
use crate::domain::text::Clean;
use crate::protocol::transcript::{ItemBody, Span, SpanKind, Under};

/// Whispers named under one answer; those before them stand in the transcript.
const NAMED_MAX: usize = 2;
/// Lines of one whisper; it stands whole where it was said.
const WHISPER_LINES: usize = 2;
/// Words kept that are shown on either side of a change; what lies between is left out.
const AROUND: usize = 3;
/// Lines of changed words in the transcript; `o` opens the whole.
const LINES_MAX: usize = 4;

/// The lines below an answer or a draft.
pub(super) fn strips(model: &Model, body: &ItemBody, lead: usize, width: usize) -> Vec<Strip> {
    let (ItemBody::Message { under, changed, .. } | ItemBody::Draft { under, changed, .. }) = body else {
        return Vec::new();
    };
    let mut strips = whispers(model, under, lead, width);
    let changes = marked(changed, lead, width);
    let more = changes.len().saturating_sub(LINES_MAX);
    strips.extend(changes.into_iter().take(LINES_MAX));
    if let Some(last) = strips.last_mut().filter(|_| more > 0) {
        last.right = vec![piece(Token::Key, " o "), piece(Token::Dim, "whole ")];
    }
    strips
}

/// The same, all of it.
pub(super) fn whole(model: &Model, body: &ItemBody, width: usize) -> Vec<Strip> {
    let (ItemBody::Message { under, changed, .. } | ItemBody::Draft { under, changed, .. }) = body else {
        return Vec::new();
    };
    let mut strips = whispers(model, under, 1, width);
    strips.extend(marked(changed, 1, width));
    strips
}

fn whispers(model: &Model, under: &[Under], lead: usize, width: usize) -> Vec<Strip> {
    let line = |whisper: &Under| {
        let time = hours_minutes(whisper.at, &model.zone);
        let told = clean!("under whisper {time} {} \"{}\"", you(model, &whisper.by), whisper.text);
        let (lines, more) = wrap(&told, width.saturating_sub(lead + 3), WHISPER_LINES);
        let n = lines.len();
        let strip = move |(at, line): (usize, Clean)| {
            let cut = if more > 0 && at + 1 == n { " …" } else { "" };
            Strip::of([piece(Token::Base, indent(lead)), piece(Token::Whisper, clean!("{line}{cut}"))])
        };
        lines.into_iter().enumerate().map(strip).collect::<Vec<_>>()
    };
    under.iter().skip(under.len().saturating_sub(NAMED_MAX)).flat_map(line).collect()
}

/// `changed … of [-two charges-] {+one charge+} of 49.90 …`, told by mark and by colour.
fn marked(changed: &[Span], lead: usize, width: usize) -> Vec<Strip> {
    if changed.iter().all(|span| span.kind == SpanKind::Kept) {
        return Vec::new();
    }
    let mut words: Vec<(Token, Clean)> = vec![(Token::Dim, Clean::fixed("changed"))];
    for (span, at) in changed.iter().zip(0..) {
        let (first, last) = (at == 0, at + 1 == changed.len());
        match span.kind {
            SpanKind::Kept => words.extend(kept(&span.words, first, last).into_iter().map(|word| (Token::Dim, word))),
            SpanKind::Gone => words.extend(enclosed(&span.words, "[-", "-]").map(|word| (Token::Need, word))),
            SpanKind::New => words.extend(enclosed(&span.words, "{+", "+}").map(|word| (Token::Good, word))),
        }
    }
    lines(words, lead, width)
}

/// The words next to a change, and a mark for those between.
fn kept(words: &Clean, first: bool, last: bool) -> Vec<Clean> {
    let all: Vec<&str> = words.as_str().split(' ').collect();
    let (before, after) = (if first { 0 } else { AROUND }, if last { 0 } else { AROUND });
    if all.len() <= before + after + 1 {
        return all.into_iter().map(|word| clean!("{word}")).collect();
    }
    let mut shown: Vec<Clean> = all.iter().take(before).map(|word| clean!("{word}")).collect();
    shown.push(Clean::fixed("…"));
    shown.extend(all.iter().skip(all.len() - after).map(|word| clean!("{word}")));
    shown
}

fn enclosed<'a>(words: &'a Clean, open: &'a str, close: &'a str) -> impl Iterator<Item = Clean> + 'a {
    let n = words.as_str().split(' ').count();
    words.as_str().split(' ').zip(1..).map(move |(word, at)| {
        let (open, close) = (if at == 1 { open } else { "" }, if at == n { close } else { "" });
        clean!("{open}{word}{close}")
    })
}

/// Words in lines, each with its colour.
fn lines(words: Vec<(Token, Clean)>, lead: usize, width: usize) -> Vec<Strip> {
    let room = width.saturating_sub(lead + 1).max(1);
    let mut strips = Vec::new();
    let mut line: Vec<Piece> = Vec::new();
    let mut used = 0;
    for (token, word) in words {
        if used > 0 && used + 1 + word.cells() > room {
            strips.push(std::mem::take(&mut line));
            used = 0;
        }
        let gap = if used == 0 { "" } else { " " };
        used += word.cells() + gap.len();
        line.push(piece(token, clean!("{gap}{word}")));
    }
    strips.push(line);
    let begun = |mut pieces: Vec<Piece>| {
        pieces.insert(0, piece(Token::Base, indent(lead)));
        Strip::of(pieces)
    };
    strips.into_iter().map(begun).collect()
}
