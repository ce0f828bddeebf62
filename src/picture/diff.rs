//! Which words of a text are new, and which of the one before it are gone: what a whisper changed.

use std::fmt::Write;

use crate::domain::text::Clean;
use crate::protocol::transcript::{Span, SpanKind};

/// Words compared on either side, beside what begins and ends alike: an answer has some hundred. Of longer
/// ones the middle counts as replaced whole, so that nobody's patience is the square of a text.
const WORDS_MAX: usize = 400;

/// The words of `after`, with those of `before` that are gone where they stood.
pub(super) fn words(before: &Clean, after: &Clean) -> Vec<Span> {
    let old: Vec<&str> = before.as_str().split_whitespace().collect();
    let new: Vec<&str> = after.as_str().split_whitespace().collect();
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, _) = old.split_at(old.len() - tail);
    let (new_middle, ending) = new.split_at(new.len() - tail);
    let mut spans = Spans::default();
    spans.all(SpanKind::Kept, after.as_str().split_whitespace().take(head));
    middle(old_middle, new_middle, &mut spans);
    spans.all(SpanKind::Kept, ending.iter().copied());
    spans.done()
}

/// The longest words in common stay; the others are gone, or new.
fn middle(old: &[&str], new: &[&str], spans: &mut Spans) {
    if old.len() > WORDS_MAX || new.len() > WORDS_MAX {
        spans.all(SpanKind::Gone, old.iter().copied());
        spans.all(SpanKind::New, new.iter().copied());
        return;
    }
    // common[i][j]: words in common of what begins at i and at j.
    let width = new.len() + 1;
    let mut common = vec![0_u16; (old.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    let get = |common: &[u16], i, j| common.get(at(i, j)).copied().unwrap_or_default();
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let most = if a == b {
                get(&common, i + 1, j + 1) + 1
            } else {
                get(&common, i + 1, j).max(get(&common, i, j + 1))
            };
            if let Some(cell) = common.get_mut(at(i, j)) {
                *cell = most;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (old.get(i), new.get(j)) {
        if a == b {
            spans.add(SpanKind::Kept, b);
            (i, j) = (i + 1, j + 1);
        } else if get(&common, i + 1, j) >= get(&common, i, j + 1) {
            spans.add(SpanKind::Gone, a);
            i += 1;
        } else {
            spans.add(SpanKind::New, b);
            j += 1;
        }
    }
    spans.all(SpanKind::Gone, old.iter().skip(i).copied());
    spans.all(SpanKind::New, new.iter().skip(j).copied());
}

/// Runs of one kind; what is gone stands before what is new in its place.
#[derive(Default)]
struct Spans {
    done: Vec<Span>,
    gone: String,
    new: String,
    kept: String,
}

impl Spans {
    fn all<'a>(&mut self, kind: SpanKind, words: impl Iterator<Item = &'a str>) {
        for word in words {
            self.add(kind, word);
        }
    }

    fn add(&mut self, kind: SpanKind, word: &str) {
        if kind == SpanKind::Kept {
            self.settle_changes();
        } else {
            Self::push(&mut self.done, SpanKind::Kept, &mut self.kept);
        }
        let run = match kind {
            SpanKind::Kept => &mut self.kept,
            SpanKind::New => &mut self.new,
            SpanKind::Gone => &mut self.gone,
        };
        let gap = if run.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(run, "{gap}{word}");
    }

    fn settle_changes(&mut self) {
        Self::push(&mut self.done, SpanKind::Gone, &mut self.gone);
        Self::push(&mut self.done, SpanKind::New, &mut self.new);
    }

    fn push(done: &mut Vec<Span>, kind: SpanKind, run: &mut String) {
        if !run.is_empty() {
            done.push(Span { kind, words: Clean::shown(&std::mem::take(run)) });
        }
    }

    fn done(mut self) -> Vec<Span> {
        self.settle_changes();
        Self::push(&mut self.done, SpanKind::Kept, &mut self.kept);
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a [-b-] {+c+} d`.
    fn told(before: &'static str, after: &'static str) -> String {
        let marked = words(&Clean::fixed(before), &Clean::fixed(after)).into_iter().map(|span| match span.kind {
            SpanKind::Kept => span.words.to_string(),
            SpanKind::Gone => format!("[-{}-]", span.words),
            SpanKind::New => format!("{{+{}+}}", span.words),
        });
        marked.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_that_differ_are_marked_in_their_place() {
        assert_eq!(told("I see two charges", "I see two charges"), "I see two charges");
        assert_eq!(
            told("I see two charges of 49.90", "I see one charge of 49.90"),
            "I see [-two charges-] {+one charge+} of 49.90"
        );
        assert_eq!(told("", "all new"), "{+all new+}");
        assert_eq!(told("all gone", ""), "[-all gone-]");
        assert_eq!(told("a b c d e", "a x c y e"), "a [-b-] {+x+} c [-d-] {+y+} e");
        assert_eq!(told("sorry a b", "a b sorry"), "[-sorry-] a b {+sorry+}");
    }

    #[test]
    fn both_texts_can_be_read_back_from_the_marks() {
        let mut seed = 7_u32;
        let mut text = |n: usize| {
            let words = (0..n).map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ["a", "b", "c", "d"][(seed >> 24) as usize % 4]
            });
            words.collect::<Vec<_>>().join(" ")
        };
        for n in [0, 1, 3, 20, WORDS_MAX, WORDS_MAX + 20] {
            let (before, after) = (text(n), text(n + n / 3));
            let spans = words(&Clean::shown(&before), &Clean::shown(&after));
            let side = |kind: SpanKind| {
                let kept = spans.iter().filter(|span| span.kind == SpanKind::Kept || span.kind == kind);
                kept.map(|span| span.words.as_str()).collect::<Vec<_>>().join(" ")
            };
            assert_eq!(side(SpanKind::Gone), before);
            assert_eq!(side(SpanKind::New), after);
        }
    }
}
