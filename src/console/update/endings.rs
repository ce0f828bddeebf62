//! The cards of an end: resolve or close, what is owed first, and what is left to say afterwards.

use std::collections::BTreeMap;

use crate::domain::command::OperatorAct;
use crate::domain::conversation::{Disposition, Phase};
use crate::domain::id::{ConversationId, DispositionName, SlotName};
use crate::domain::operator::Role;
use crate::domain::text::{Clean, Foreign};
use crate::domain::wrap_up::NOTE_FIELD;
use crate::protocol::row::{ConversationRow, OwedRow};
use crate::protocol::transcript::{Detail, WrapUpCard};

use super::super::model::Model;
use super::super::model::card::{Card, Choice, Pick};
use super::Effect;
use super::cards::{card, choice, note, open};

/// Resolves or closes a conversation; of one that is over, says what is left to say.
pub(super) fn close(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let open_now = model.live.open.as_ref().filter(|open| open.id == row.id);
    let detail = open_now.and_then(|open| open.detail.as_deref()).cloned();
    if let Some(wrap) = detail.as_ref().and_then(|detail| detail.wrap_up.clone()) {
        return wrap_up(model, &row, &wrap);
    }
    let over = matches!(row.phase, Phase::Resolved { .. } | Phase::Closed);
    let mut choices = if over { Vec::new() } else { ways() };
    let owed = detail.map(|detail: Detail| detail.promises).unwrap_or_default();
    choices.extend(owed.iter().flat_map(|owed| promise(model, owed)));
    let mut facts: Vec<Clean> = if over {
        vec![Clean::fixed("It is over, and something is owed still.")]
    } else {
        vec![clean!("{} holds it now. Nobody answers afterwards.", row.holder)]
    };
    facts.extend(owed.iter().map(still));
    let mut shown: Card = card(model, clean!("CLOSE {}", row.name), facts, choices);
    if !owed.is_empty() {
        shown.note = Some(note("why, to waive a promise"));
    }
    open(model, shown)
}

fn ways() -> Vec<Choice> {
    let rated = Clean::fixed("the customer is asked for a rating and can re-open it with a word");
    let ways = [
        ("solved", 's', Disposition::Solved),
        ("a question was answered", 'a', Disposition::Answered),
        ("nothing could be done", 'u', Disposition::Unsolved),
        ("not a matter for this desk", 'o', Disposition::OutOfScope),
    ];
    let mut choices: Vec<Choice> = ways
        .into_iter()
        .map(|(label, letter, way)| choice(Clean::fixed(label), rated.clone(), Some(letter), Pick::Resolve(way)))
        .collect();
    let forever = Clean::fixed("the customer is told good-bye; nothing re-opens it");
    choices.push(choice(Clean::fixed("close for good"), forever, Some('c'), Pick::Close));
    choices
}

/// `still owed: an answer today (p-3)`.
fn still(owed: &OwedRow) -> Clean {
    let late = if owed.breached { "late" } else { "still owed" };
    let id = owed.promise.map(|promise| format!(" ({promise})")).unwrap_or_default();
    let keeper = owed.owner.operator().filter(|_| owed.carried).map(|who| format!(", {who} keeps it"));
    clean!("{late}: {}{id}{}", owed.text.one_line(), keeper.unwrap_or_default())
}

/// What can be done about one promise.
fn promise(model: &Model, owed: &OwedRow) -> Vec<Choice> {
    let Some(promise) = owed.promise else { return Vec::new() };
    let mut choices = vec![choice(
        clean!("{promise} is kept"),
        Clean::fixed("it is owed no longer"),
        None,
        Pick::KeepPromise(promise),
    )];
    if !owed.carried || owed.owner.operator() != model.me() {
        let after = Clean::fixed("you owe it from now on, also when the conversation is over");
        choices.push(choice(clean!("you keep {promise} afterwards"), after, None, Pick::CarryPromise(promise)));
    }
    if model.role() >= Role::Supervisor {
        let after = Clean::fixed("it is owed no longer, and was not kept; say why below");
        choices.push(choice(clean!("waive {promise}"), after, None, Pick::WaivePromise(promise)));
    }
    choices
}

/// What is left to say: the words of the line by number, and what it asks for.
fn wrap_up(model: &mut Model, row: &ConversationRow, wrap: &WrapUpCard) -> Vec<Effect> {
    let recorded = Clean::fixed("it is recorded, and your seat is free");
    let numbers = ('1'..='9').map(Some).chain(std::iter::repeat(None));
    let words = wrap.dispositions.iter().zip(numbers);
    let mut choices: Vec<Choice> = words
        .map(|((name, _), number)| {
            choice(Clean::shown(name), recorded.clone(), number, Pick::WrapUp(Some(name.clone())))
        })
        .collect();
    if choices.is_empty() {
        choices.push(choice(Clean::fixed("done"), recorded, Some('1'), Pick::WrapUp(None)));
    }
    if !wrap.extended {
        let longer = Clean::fixed("the timer runs for longer, once");
        choices.push(choice(Clean::fixed("take longer"), longer, Some('t'), Pick::LongerWrapUp));
    }
    let asked: Vec<&str> = wrap.missing.iter().map(SlotName::as_str).collect();
    let mut facts = vec![Clean::fixed("Without a word it is recorded as it was resolved when its time ends.")];
    if !asked.is_empty() {
        facts.push(clean!("its line asks for: {}", asked.join(", ")));
    }
    let fields = wrap.missing.iter().any(|field| field.as_str() != NOTE_FIELD);
    let mut shown = card(model, clean!("WRAP UP {}", row.name), facts, choices);
    shown.note = Some(note(if fields { "note; facts as name=value" } else { "note" }));
    open(model, shown)
}

/// The act of a finished wrap-up card: words of the form `name=value` are facts, the rest is the note.
pub(super) fn wrapped(
    conversation: ConversationId,
    disposition: Option<DispositionName>,
    words: Option<&Foreign>,
) -> OperatorAct {
    let mut fields: BTreeMap<SlotName, Foreign> = BTreeMap::new();
    let mut rest: Vec<&str> = Vec::new();
    for word in words.map(Foreign::raw).unwrap_or_default().split_whitespace() {
        match word.split_once('=').and_then(|(name, value)| Some((name.parse().ok()?, value))) {
            Some((name, value)) if !value.is_empty() => drop(fields.insert(name, Foreign::new(value))),
            Some(_) | None => rest.push(word),
        }
    }
    let note = (!rest.is_empty()).then(|| Foreign::from(rest.join(" ")));
    OperatorAct::WrapUp { conversation, disposition, note, fields }
}
