//! What people arrange around a conversation: sleep, priority, labels.

use crate::domain::command::OperatorAct;
use crate::domain::conversation::Priority;
use crate::domain::id::{ConversationId, Label};
use crate::domain::score::Score;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::{Millis, Timestamp};
use crate::domain::watch::WatchFor;
use crate::protocol::console::ConsoleCommand;
use crate::protocol::row::ConversationRow;

use super::super::model::Model;
use super::super::model::card::{Choice, Pick};
use super::super::model::clock::{day_and_time, moment, next_morning};
use super::super::model::pending::Tone;
use super::Effect;
use super::acts::{Act, submit};
use super::cards::{card, choice, note, open};

/// What being called means.
const CALLED: &str = "then it stands under NEEDS YOU, once; * takes it off";
/// Labels of the floor that the card offers: more would be read by nobody.
const LABELS_OFFERED: usize = 8;

/// Puts a conversation to sleep; one that sleeps is woken at once.
pub(super) fn snooze(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let conversation = row.id;
    if is_asleep(&row) {
        let command = ConsoleCommand::Act(OperatorAct::Wake { conversation });
        let act = Act { label: clean!("wake {}", row.name), seen: model.painted.seen(None), command, words: None };
        return submit(model, act);
    }
    let (now, zone) = (model.floor_now(), model.zone.clone());
    let fixed = [
        ("for an hour", 'h', now + Millis::from_hours(1)),
        ("for four hours", 'f', now + Millis::from_hours(4)),
        ("until tomorrow morning", 't', next_morning(now, 1, &zone)),
        ("for a week", 'w', now + Millis::from_hours(7 * 24)),
    ];
    let mut choices: Vec<Choice> = fixed
        .into_iter()
        .map(|(label, letter, until)| {
            let then = clean!("it wakes {}; a word of the customer wakes it before", day_and_time(until, &zone));
            choice(Clean::fixed(label), then, Some(letter), Pick::Snooze(Some(until)))
        })
        .collect();
    let typed = Clean::fixed("the first word below: 30m, 2h, 3d or 14:30; the rest is the reason");
    choices.push(choice(Clean::fixed("another time"), typed, Some('o'), Pick::Snooze(None)));
    let facts = vec![clean!("{} keeps it. No clock runs, and nobody works on it meanwhile.", row.holder)];
    let mut card = card(model, clean!("SNOOZE {}", row.name), facts, choices);
    card.note = Some(note("why, or another time"));
    open(model, card)
}

/// Whether a row sleeps.
pub(crate) const fn is_asleep(row: &ConversationRow) -> bool {
    matches!(row.phase, crate::domain::conversation::Phase::Snoozed { .. })
}

/// Says how much a conversation presses.
pub(super) fn priority(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let ways = [
        ("urgent", "before everything else, in its line and in the lists", 'u', Some(Priority::Urgent)),
        ("high", "before others", 'h', Some(Priority::High)),
        ("normal", "as usual, whatever the rules say", 'n', Some(Priority::Normal)),
        ("low", "it can wait", 'l', Some(Priority::Low)),
        ("automatic", "as the rules say", 'a', None),
    ];
    let chosen = ways.iter().position(|(.., priority)| *priority == row.set_priority).unwrap_or_default();
    let choices = ways.map(|(label, then, letter, priority)| {
        choice(Clean::fixed(label), Clean::fixed(then), Some(letter), Pick::Priority(priority))
    });
    let mut card = card(model, clean!("PRIORITY of {}", row.name), Vec::new(), choices.into());
    card.chosen = chosen;
    open(model, card)
}

/// Puts labels on or takes them off: those that are typed, or one that is known here.
pub(super) fn label(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let typed = Clean::fixed("words below: refund puts it on, -refund takes it off");
    let mut choices = vec![choice(Clean::fixed("as typed"), typed, None, Pick::Labels)];
    let mut known: Vec<Label> = model.live.picture.rows.values().flat_map(|row| row.labels.iter().cloned()).collect();
    known.sort_unstable();
    known.dedup();
    choices.extend(known.into_iter().take(LABELS_OFFERED).map(|label| {
        let on = !row.labels.contains(&label);
        let then = if on { "puts it on" } else { "takes it off" };
        choice(Clean::from(&label), Clean::fixed(then), None, Pick::Label(label, on))
    }));
    let mut card = card(model, clean!("LABELS of {}", row.name), Vec::new(), choices);
    card.note = Some(note("labels"));
    if let Some(note) = &mut card.note {
        note.writing = true;
    }
    open(model, card)
}

/// Keeps an eye on a conversation; on one that is watched no more.
pub(super) fn watch(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    if row.watch.is_some() {
        let command = ConsoleCommand::Act(OperatorAct::Watch { conversation: row.id, on: false, when: None });
        let label = clean!("watch {} no more", row.name);
        return submit(model, Act { label, seen: model.painted.seen(None), command, words: None });
    }
    let ways = [
        ("just watch", "it stands under WATCHED", 'j', None),
        ("the customer speaks", CALLED, 'c', Some(WatchFor::CustomerSpeaks)),
        ("the mood falls below -.3", CALLED, 'm', Some(WatchFor::MoodBelow(Score::from_percent(-30)))),
        ("a tool fails", CALLED, 't', Some(WatchFor::ToolFails)),
        ("a clock warns", CALLED, 'w', Some(WatchFor::ClockWarns)),
        ("a human is asked for", CALLED, 'h', Some(WatchFor::HumanAsked)),
    ];
    let choices = ways.map(|(label, then, letter, when)| {
        choice(Clean::fixed(label), Clean::fixed(then), Some(letter), Pick::Watch(when))
    });
    let facts = vec![Clean::fixed("Nobody is told that you watch.")];
    let card = card(model, clean!("WATCH {}", row.name), facts, choices.into());
    open(model, card)
}

/// What a choice of these cards asks for; nothing when what was typed cannot be read, which is said.
pub(super) fn picked(
    model: &mut Model,
    conversation: ConversationId,
    pick: &Pick,
    words: Option<Foreign>,
) -> Option<OperatorAct> {
    match pick {
        Pick::Snooze(until) => {
            let (until, reason) = match until {
                Some(until) => (*until, words),
                None => typed_time(model, words.as_ref())?,
            };
            Some(OperatorAct::Snooze { conversation, until, reason })
        }
        Pick::Watch(when) => Some(OperatorAct::Watch { conversation, on: true, when: *when }),
        Pick::Priority(priority) => Some(OperatorAct::SetPriority { conversation, priority: *priority }),
        Pick::Label(label, true) => Some(OperatorAct::Label { conversation, add: vec![label.clone()], remove: vec![] }),
        Pick::Label(label, false) => {
            Some(OperatorAct::Label { conversation, add: vec![], remove: vec![label.clone()] })
        }
        Pick::Labels => {
            let Some((add, remove)) = words.as_ref().and_then(typed_labels) else {
                let said = "a label is 1 to 40 of a-z, 0-9, '-', '_' and '.'; several are parted by spaces";
                model.say(Tone::Bad, Clean::fixed(said));
                return None;
            };
            Some(OperatorAct::Label { conversation, add, remove })
        }
        Pick::TakeOver
        | Pick::AskFor
        | Pick::Reroute(_)
        | Pick::Reach(..)
        | Pick::Rule(_)
        | Pick::RuleFor(..)
        | Pick::EndRule(_)
        | Pick::Copy(_)
        | Pick::RateTurn(..)
        | Pick::AnswerClaim(..)
        | Pick::HandBack(_)
        | Pick::Move(_)
        | Pick::Resolve(_)
        | Pick::Close
        | Pick::Decide(..)
        | Pick::DecideLess(_)
        | Pick::SpeakBeside
        | Pick::SendDraft(_)
        | Pick::EditDraft(_)
        | Pick::DropDraft(_)
        | Pick::Presence(..)
        | Pick::Compose(_)
        | Pick::Hold(_)
        | Pick::Release(_)
        | Pick::Promote(..)
        | Pick::Block(..)
        | Pick::Promise(_)
        | Pick::KeepPromise(_)
        | Pick::CarryPromise(_)
        | Pick::WaivePromise(_)
        | Pick::WrapUp(_)
        | Pick::LongerWrapUp
        | Pick::Incident(_)
        | Pick::Preview(..)
        | Pick::Shutdown => None,
    }
}

fn typed_time(model: &mut Model, words: Option<&Foreign>) -> Option<(Timestamp, Option<Foreign>)> {
    let text = words.map(|words| words.clean().to_string()).unwrap_or_default();
    let (time, reason) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let until = moment(time, model.floor_now(), &model.zone);
    if until.is_none() {
        model.say(Tone::Bad, Clean::fixed("write a time first: 30m, 2h, 3d or 14:30"));
    }
    let reason = Some(reason.trim()).filter(|reason| !reason.is_empty()).map(Foreign::new);
    until.map(|until| (until, reason))
}

fn typed_labels(words: &Foreign) -> Option<(Vec<Label>, Vec<Label>)> {
    let text = words.clean().to_string();
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for word in text.split_whitespace() {
        match word.strip_prefix('-') {
            Some(off) => remove.push(off.parse().ok()?),
            None => add.push(word.trim_start_matches(['#', '+']).parse().ok()?),
        }
    }
    Some((add, remove))
}
