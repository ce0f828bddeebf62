//! Maya's story: what was said, felt, decided and withheld.

use super::floor::{decision, secs_ago, text};
use crate::domain::analysis::{Emotion, Span};
use crate::domain::baton::{Holder, PassReason};
use crate::domain::conversation::{Author, HouseSentence};
use crate::domain::escalation::{Severity, Signal, Term, Trigger};
use crate::domain::event::WithheldReason;
use crate::domain::id::{ApprovalId, Epoch, Seq, TurnNo};
use crate::domain::score::Score;
use crate::protocol::transcript::{Item, ItemBody, ToolState};

fn said(seq: u64, ago: u64, author: Author, mood: Option<i32>, words: &str) -> Item {
    let mood = mood.map(Score);
    let sources = if matches!(author, Author::Agent(_)) { vec![text("Double charges")] } else { Vec::new() };
    let body = ItemBody::Message {
        turn: TurnNo(seq),
        author,
        text: text(words),
        mood,
        moved: Vec::new(),
        emotion: Emotion::Neutral,
        intent: None,
        slots: Vec::new(),
        sources,
        beside: false,
        under: Vec::new(),
        changed: Vec::new(),
        stands: crate::domain::said::Stands::Alone,
        files: Vec::new(),
        other: None,
    };
    Item { seq: Seq(seq), at: secs_ago(ago), body }
}

/// The same, with a feeling in it and the words that moved it.
pub(super) fn felt(mut item: Item, felt: Emotion, by: &[&str]) -> Item {
    if let ItemBody::Message { text, moved, emotion, .. } = &mut item.body {
        let span = |words: &&str| {
            let start = u32::try_from(text.as_str().find(words).unwrap()).unwrap();
            Span { start, end: start + u32::try_from(words.len()).unwrap() }
        };
        (*emotion, *moved) = (felt, by.iter().map(span).collect());
    }
    item
}

fn item(seq: u64, ago: u64, body: ItemBody) -> Item {
    Item { seq: Seq(seq), at: secs_ago(ago), body }
}

/// Maya's transcript.
pub(super) fn items() -> Vec<Item> {
    let mut items = at_first();
    items.extend(since_then());
    items
}

fn at_first() -> Vec<Item> {
    let agent = || Author::Agent("billing".parse().unwrap());
    vec![
        item(
            1,
            180,
            ItemBody::House {
                turn: TurnNo(1),
                sentence: HouseSentence::Greeting,
                text: text("Hello! I am an AI assistant. You can ask for a human at any time."),
            },
        ),
        felt(
            said(
                2,
                178,
                Author::Customer,
                Some(-2_000),
                "I was charged twice for order 1182. This is the second time!!",
            ),
            Emotion::Frustration,
            &["charged twice", "second time"],
        ),
        item(3, 178, ItemBody::Routed(Box::new(decision()))),
        item(
            4,
            177,
            ItemBody::Passed {
                from: Holder::Agent("triage".parse().unwrap()),
                to: Holder::Agent("billing".parse().unwrap()),
                epoch: Epoch(3),
                reason: PassReason::Handoff(crate::domain::id::HandoffId(1)),
                note: None,
            },
        ),
        said(5, 120, agent(), None, "I can see two charges of 49.90 on 21 Nov. Let me check that for you."),
        item(
            6,
            119,
            ItemBody::Tool {
                call: None,
                tool: "charges.list".parse().unwrap(),
                ask: text("order=1182"),
                state: ToolState::Done,
                outcome: text("2 rows"),
            },
        ),
    ]
}

fn since_then() -> Vec<Item> {
    vec![
        felt(
            said(8, 42, Author::Customer, Some(-6_000), "So will I get my money back or not?"),
            Emotion::Anger,
            &["or not"],
        ),
        item(
            9,
            41,
            ItemBody::Withheld {
                agent: "billing".parse().unwrap(),
                reason: WithheldReason::Superseded,
                text: text("Thank you for your patience, I am still looking."),
            },
        ),
        item(
            10,
            40,
            ItemBody::Escalated {
                trigger: Trigger::MoodFalling,
                severity: Severity::High,
                terms: vec![Term { signal: Signal::Displeasure, value: Score(8_000), weight: Score(4_200) }],
            },
        ),
        item(
            11,
            39,
            ItemBody::Approval {
                approval: ApprovalId(7),
                about: text("refund 49.90 EUR"),
                verdict: None,
                by: None,
                first: None,
                overtaken: None,
            },
        ),
    ]
}
