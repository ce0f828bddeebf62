//! The card of somebody's state: one's own, or that of the marked person where a supervisor sets it.

use crate::domain::operator::{Presence, Role};
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::row::{OperatorRow, WaitWithout};

use super::super::model::card::{Pick, Typing};
use super::super::model::{Model, View};
use super::Effect;
use super::cards::{card, choice, note, open, presence_word};

/// States, what each means for who is in it, and the letter that marks it.
const STATES: [(&str, &str, char, Presence); 6] = [
    ("available", "conversations are offered", 'a', Presence::Available),
    ("busy", "here, but nothing is offered", 'b', Presence::Busy),
    ("break", "away for a while", 'p', Presence::Break),
    ("lunch", "away for a meal", 'l', Presence::Lunch),
    ("wrap-up", "finishes what a chat left to do; nothing is offered", 'w', Presence::WrapUp),
    ("draining", "finishes the chats at hand and gets no new ones", 'd', Presence::Draining),
];

/// Changes the state of the marked person.
pub(super) fn set(model: &mut Model) -> Vec<Effect> {
    let looks = model.view == View::Agents && !model.is_past() && model.role() >= Role::Supervisor;
    let marked = model.marked_person().filter(|name| looks && Some(*name) != model.me()).cloned();
    let who = marked.as_ref().or_else(|| model.me()).and_then(|name| model.live.picture.operators.get(name)).cloned();
    let is = who.as_ref().map(|row| row.presence);
    let chosen = STATES.iter().position(|(.., state)| Some(*state) == is).unwrap_or_default();
    let choices = STATES.map(|(label, then, letter, state)| {
        let pick = Pick::Presence(marked.clone(), state);
        let mut one = choice(Clean::fixed(label), Clean::fixed(then), Some(letter), pick);
        one.typing = (state != Presence::Available).then_some(Typing::Minutes);
        one
    });
    let mut facts = Vec::new();
    if let Some(row) = who.as_ref().filter(|_| marked.is_some()) {
        facts.push(clean!(
            "{} is {} with {} of {} chats.",
            row.name,
            presence_word(row.presence),
            row.load,
            row.capacity
        ));
    }
    facts.extend(who.as_ref().and_then(|row| without(row, marked.is_none())));
    let title = marked.map_or_else(|| Clean::fixed("MY STATE"), |name| clean!("STATE of {name}"));
    let mut card = card(model, title, facts, choices.into());
    (card.seen, card.chosen) = (None, chosen);
    card.note = Some(note("why, for colleagues"));
    open(model, card)
}

/// What it would mean for those who come if they left now.
fn without(row: &OperatorRow, is_me: bool) -> Option<Clean> {
    let who = if is_me { Clean::fixed("you") } else { Clean::from(&row.name) };
    Some(match row.without? {
        WaitWithout::About(Millis(0)) => clean!("without {who} somebody who comes now would still be taken at once"),
        WaitWithout::About(wait) => clean!("without {who} somebody who comes now would wait about {wait}"),
        WaitWithout::Nobody => clean!("without {who} nobody would be there to take who comes now"),
    })
}
