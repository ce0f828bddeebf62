//! A customer whom nobody answers for a while: for how long, why, and letting them in again.

use crate::domain::block::{BLOCK_DEFAULT, BLOCK_MAX};
use crate::domain::command::OperatorAct;
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::console::ConsoleCommand;

use super::super::model::Model;
use super::super::model::card::Pick;
use super::super::model::clock::day_and_time;
use super::Effect;
use super::acts::{Act, submit};
use super::cards::{card, choice, note, open, target};

/// Asks for how long, and why.
pub(super) fn block(model: &mut Model) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let now = model.floor_now();
    let spans = [
        ("for a day", 'd', BLOCK_DEFAULT),
        ("for an hour", 'h', Millis::from_hours(1)),
        ("for a week", 'w', Millis::from_hours(7 * 24)),
        ("for 90 days", 'l', BLOCK_MAX),
    ];
    let choices = spans.map(|(label, letter, span)| {
        let then = clean!("over by itself {}; `:unblock` ends it before", day_and_time(now + span, &model.zone));
        choice(Clean::fixed(label), then, Some(letter), Pick::Block(row.customer, span))
    });
    let facts = vec![
        Clean::fixed("What is open of this customer ends, and they are told so once."),
        Clean::fixed("What they write is kept; nobody is called and nothing answers. A danger is heard as ever."),
    ];
    let mut card = card(model, clean!("BLOCK {}", row.name), facts, choices.into());
    card.note = Some(note("why, for colleagues"));
    open(model, card)
}

/// Lets the customer in again, at once.
pub(super) fn unblock(model: &mut Model) -> Vec<Effect> {
    let Some(row) = target(model) else { return Vec::new() };
    let command = ConsoleCommand::Act(OperatorAct::Unblock { customer: row.customer });
    let label = clean!("let {} in again", row.name);
    submit(model, Act { label, seen: model.painted.seen(None), command, words: None })
}
