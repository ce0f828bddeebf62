//! Writing down what was promised: `:promise`. A text that was just sent and reads like a promise is
//! proposed; nothing is written down by itself.

use crate::analysis::pledge::{By, pledge};
use crate::domain::command::OperatorAct;
use crate::domain::id::ConversationId;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::ConsoleCommand;

use super::super::model::Model;
use super::super::model::card::{Card, Pick};
use super::super::model::clock::{hours_minutes, next_at};
use super::super::model::editor::Editor;
use super::super::model::pending::Tone;
use super::Effect;
use super::cards::{card, choice, note, open};

/// Times that are offered beside the one that was read: within the hour, today, tomorrow.
const SPANS: [(&str, Millis); 3] = [
    ("in an hour", Millis::from_hours(1)),
    ("in 4 hours", Millis::from_hours(4)),
    ("in a day", Millis::from_hours(24)),
];

/// Remembers what was just written to a customer, if it reads like a promise, and says how to write it down.
pub(super) fn written(model: &mut Model, conversation: ConversationId, text: &Foreign) {
    let Some(read) = pledge(text.raw()) else { return };
    let due = match read.by {
        By::Within(span) => model.floor_now() + span,
        By::Clock(hour, minute) => next_at(model.floor_now(), (hour, minute), &model.zone),
    };
    model.pledged = Some((conversation, read.sentence, due));
    model.say(Tone::Plain, Clean::fixed("that reads like a promise; :promise writes it down"));
}

/// The card on which a promise is written down.
pub(super) fn promise(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let read = model.pledged.take().filter(|(conversation, ..)| *conversation == row.id);
    let mut choices = Vec::with_capacity(5);
    let owed = Clean::fixed("it is owed by whoever holds it, and an end is refused while it is open");
    if let Some((_, _, due)) = &read {
        let label = clean!("by {}, as you wrote", hours_minutes(*due, &model.zone));
        choices.push(choice(label, owed.clone(), Some('1'), Pick::Promise(Some(*due))));
    }
    let now = model.floor_now();
    let first = u32::try_from(choices.len()).unwrap_or_default() + 1;
    choices.extend((first..).zip(SPANS).map(|(number, (label, span))| {
        let letter = char::from_digit(number, 10);
        choice(Clean::fixed(label), owed.clone(), letter, Pick::Promise(Some(now + span)))
    }));
    choices.push(choice(Clean::fixed("by the time that the policy sets"), owed, Some('p'), Pick::Promise(None)));
    let facts = vec![Clean::fixed("Write below what the customer is promised, in a sentence. They do not see it.")];
    let mut shown: Card = card(model, clean!("PROMISE to {}", row.name), facts, choices);
    let mut words = note("what is promised");
    if let Some((_, sentence, _)) = &read {
        words.editor = Editor::of(&Foreign::new(sentence).clean());
    } else {
        words.writing = true;
    }
    shown.note = Some(words);
    open(model, shown)
}

/// The act of the finished card; nothing without words.
pub(super) fn act(
    conversation: ConversationId,
    words: Option<Foreign>,
    due: Option<Timestamp>,
) -> Option<ConsoleCommand> {
    words.map(|text| ConsoleCommand::Act(OperatorAct::Promise { conversation, text, due }))
}
