//! Translations in the transcript: beside the words they are of, whenever they come.

use super::super::{ERASED, Titles, Transcript};
use super::{Story, id, name, said};
use crate::domain::analysis::Language;
use crate::domain::event::{Event, TranslationEvent};
use crate::domain::id::{Epoch, TurnNo};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::translation::{Piece, TranslationFailure};
use crate::protocol::transcript::{HeldFate, InOther, ItemBody};

fn asked(turn: u64) -> TranslationEvent {
    let (from, to, until) = ("spa".parse().unwrap(), Language::ENGLISH, Timestamp(9_000));
    TranslationEvent::Asked { conversation: id(), turn: TurnNo(turn), from, to, until }
}

fn done(piece: Piece, text: &str) -> TranslationEvent {
    TranslationEvent::Done { conversation: id(), piece, text: Foreign::new(text).into(), call: None }
}

fn failed(piece: Piece) -> TranslationEvent {
    TranslationEvent::Failed { conversation: id(), piece, why: TranslationFailure::TimedOut, call: None }
}

fn held(reply: u32) -> TranslationEvent {
    let (operator, text, until) = (name("ana"), Foreign::new("it is on its way").into(), Timestamp(9_000));
    let (from, to, epoch) = (Language::ENGLISH, "spa".parse().unwrap(), Epoch(1));
    TranslationEvent::Held { conversation: id(), reply, operator, epoch, text, from, to, until }
}

fn folded(story: &Story) -> Transcript {
    let mut transcript = Transcript::default();
    for envelope in &story.journal {
        transcript.fold(envelope, &Titles::new());
    }
    transcript
}

fn others(story: &Story) -> Vec<(u64, Option<InOther>)> {
    let transcript = folded(story);
    let messages = transcript.items().filter_map(|item| {
        let ItemBody::Message { turn, other, .. } = &item.body else { return None };
        Some((turn.0, other.clone()))
    });
    // The story begins with a message that nobody translates.
    messages.filter(|(turn, _)| *turn > 1).collect()
}

#[test]
fn a_translation_stands_beside_its_words_and_what_comes_late_takes_it_away_no_more() {
    let mut story = Story::begun();
    story.tell(1_000, asked(2));
    story.tell(1_000, said(2, "quiero mi dinero"));
    assert_eq!(others(&story), [(2, Some(InOther::Waits))]);
    story.tell(2_000, done(Piece::Turn(TurnNo(2)), "I want my \u{1b}[31mmoney\u{202e}"));
    // A call that nobody waited for any more is recorded behind it.
    story.tell(3_000, failed(Piece::Turn(TurnNo(2))));
    // Where it may not be translated that is known before the words.
    story.tell(4_000, failed(Piece::Turn(TurnNo(3))));
    story.tell(4_000, said(3, "mi tarjeta"));
    story.tell(5_000, said(4, "in English"));
    let told = others(&story);
    let Some(InOther::Said(words)) = &told[0].1 else { panic!("{told:?}") };
    assert!(words.as_str().starts_with("I want my ") && !words.as_str().contains(['\u{1b}', '\u{202e}']), "{words:?}");
    assert_eq!(told[1..], [(3, Some(InOther::Missing(TranslationFailure::TimedOut))), (4, None)]);
    // With the words goes what they were in the other language.
    for envelope in &mut story.journal {
        if let Event::Translation(TranslationEvent::Done { text, .. }) = &mut envelope.event {
            *text = Personal::Erased;
        }
    }
    let Some(InOther::Said(words)) = &others(&story)[0].1 else { panic!("it is said that there was one") };
    assert_eq!(words.as_str(), ERASED);
}

#[test]
fn a_reply_that_waits_is_shown_until_it_is_translated_and_kept_when_it_goes_to_nobody() {
    let fates = |story: &Story| -> Vec<HeldFate> {
        let transcript = folded(story);
        let held = transcript.items().filter_map(|item| {
            let ItemBody::Held { fate, .. } = &item.body else { return None };
            Some(*fate)
        });
        held.collect()
    };
    let mut story = Story::begun();
    story.tell(1_000, held(1));
    story.tell(1_000, held(2));
    assert_eq!(fates(&story), [HeldFate::Waits, HeldFate::Waits]);
    story.tell(2_000, done(Piece::Reply(2), "está en camino"));
    let why = Some(TranslationFailure::TimedOut);
    story.tell(9_000, failed(Piece::Reply(1)));
    story.tell(9_000, TranslationEvent::Unsent { conversation: id(), reply: 1, why });
    assert_eq!(fates(&story), [HeldFate::Unsent(why), HeldFate::Translated]);
}
