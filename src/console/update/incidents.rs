//! Incidents at the console: one card that says what each choice would do.

use crate::domain::command::OperatorAct;
use crate::domain::id::{ClientKey, ComponentName, IncidentId, OperatorName};
use crate::domain::incident::{BroadcastKind, ComponentState, IncidentCause, IncidentWish};
use crate::domain::text::{Clean, Foreign};
use crate::protocol::console::{ConsoleCommand, ConsoleRequest};
use crate::protocol::incident::{IncidentRow, IncidentStage, Preview};
use crate::protocol::query::Query;
use crate::protocol::row::ConversationRow;

use super::super::model::Model;
use super::super::model::card::{Choice, Pick, Typing};
use super::super::model::pending::Tone;
use super::Effect;
use super::acts::{Act, submit};
use super::cards::{self, choice, note, open};

/// Says what is proposed and what goes on, and lets one choose.
pub(super) fn card(model: &mut Model) -> Vec<Effect> {
    let target = model.painted.target.clone();
    let mut choices = Vec::new();
    for row in &model.live.picture.incidents {
        choices.extend(about(row, model.me(), target.as_ref()));
    }
    let cause = target.as_ref().filter(|row| row.incident.is_none()).and_then(|row| row.intent.clone());
    choices.extend(cause.map(|intent| {
        let cause = Some(IncidentCause::Intent(intent.clone()));
        let after = Clean::fixed("you lead it; conversations about the same join by themselves and fold into one row");
        choice(clean!("declare: many ask for {intent}"), after, Some('d'), wish(declare(None, cause)))
    }));
    if choices.is_empty() {
        model.say(Tone::Plain, Clean::fixed("no incident goes on, none is proposed, and no conversation is marked"));
        return Vec::new();
    }
    let mut facts: Vec<Clean> = model.live.picture.incidents.iter().map(fact).collect();
    facts.extend(
        model.live.picture.status.iter().map(|row| {
            clean!("{} is {}, customers are told: {}", row.component, row.state.word(), row.text.one_line())
        }),
    );
    if let Some(page) = &model.preview.1 {
        facts.extend(shows(page));
        choices.insert(0, send(page));
    }
    let mut card = cards::card(model, Clean::fixed("INCIDENTS"), facts, choices);
    card.note = Some(note("its name, when you declare one; or the words, when you tell its chats"));
    open(model, card)
}

/// Sends what was previewed, once its number is typed.
fn send(page: &Preview) -> Choice {
    let (incident, kind, text, count) = (page.incident, page.kind, page.text.clone(), page.count);
    let after = clean!("{count} customers read it, one after the other; I stops it at once");
    let wish = wish(IncidentWish::Broadcast { incident, kind, text, count });
    Choice {
        typing: Some(Typing::Exactly(count.to_string())),
        ..choice(clean!("send it to {count} chats of {incident}"), after, None, wish)
    }
}

/// What a message would come to, a line each.
fn shows(page: &Preview) -> Vec<Clean> {
    let mut lines = vec![clean!("{}: {} would be told", page.incident, page.count)];
    lines.extend(page.excluded.iter().map(|row| {
        let handles: Vec<String> = row.handles.iter().map(ToString::to_string).collect();
        clean!("  not {}: {} ({})", row.count, row.why, handles.join(" "))
    }));
    lines.extend(
        page.fills.iter().map(|row| clean!("  {} {} {}: {}", row.what, row.handle, row.name, row.text.one_line())),
    );
    lines
}

/// Asks what a message would come to.
pub(super) fn ask(model: &mut Model, incident: IncidentId, kind: BroadcastKind, words: Option<Foreign>) -> Vec<Effect> {
    let Some(text) = words else {
        model.say(Tone::Plain, Clean::fixed("write the words first: I, Tab, then Enter"));
        return Vec::new();
    };
    let Ok(key) = model.keys.mint() else { return Vec::new() };
    model.preview = (Some(key.clone()), None);
    let query = Query::Preview { incident, kind, text };
    vec![Effect::send(ConsoleRequest::Ask { key, query, after: None })]
}

/// What it would come to; no card opens by itself.
pub(super) fn previewed(model: &mut Model, key: &ClientKey, page: Box<Preview>) {
    if model.preview.0.as_ref() != Some(key) {
        return;
    }
    let text = clean!("{}: {} would be told; I shows whom, and sends it", page.incident, page.count);
    model.preview = (None, Some(page));
    model.say(Tone::Plain, text);
}

/// `:status payments down "Payments are down"`, `:status payments clear`.
pub(super) fn status(model: &mut Model, words: &str) -> Vec<Effect> {
    let usage = "say `:status payments down \"what customers are told\"`, or `:status payments clear`";
    let (component, rest) = words.split_once(' ').unwrap_or((words, ""));
    let (state, text) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let said = match state {
        "up" => Some(Some(ComponentState::Up)),
        "degraded" => Some(Some(ComponentState::Degraded)),
        "down" => Some(Some(ComponentState::Down)),
        "clear" => Some(None),
        _ => None,
    };
    let (Ok(component), Some(said)) = (component.parse::<ComponentName>(), said) else {
        model.say(Tone::Bad, Clean::fixed(usage));
        return Vec::new();
    };
    let text = Foreign::new(text.trim().trim_matches('"'));
    let wish = said.map_or(IncidentWish::ClearStatus { component: component.clone() }, |state| {
        IncidentWish::SetStatus { component, state, text, incident: None }
    });
    let (label, command) = (clean!("status {words}"), ConsoleCommand::Act(OperatorAct::Incident { wish }));
    submit(model, Act { label, seen: None, command, words: None })
}

const fn wish(wish: IncidentWish) -> Pick {
    Pick::Incident(wish)
}

const fn declare(proposal: Option<IncidentId>, cause: Option<IncidentCause>) -> IncidentWish {
    IncidentWish::Declare { proposal, title: None, cause }
}

/// A declaration with the name that was written beside it.
pub(super) fn titled(wish: IncidentWish, name: Option<Foreign>) -> IncidentWish {
    match wish {
        IncidentWish::Declare { proposal, cause, .. } => IncidentWish::Declare { proposal, title: name, cause },
        IncidentWish::Dismiss { .. }
        | IncidentWish::Lead { .. }
        | IncidentWish::Join { .. }
        | IncidentWish::Split { .. }
        | IncidentWish::Clear { .. }
        | IncidentWish::Broadcast { .. }
        | IncidentWish::Stop { .. }
        | IncidentWish::SetStatus { .. }
        | IncidentWish::ClearStatus { .. } => wish,
    }
}

/// `i-3 refunds.create fails: 4 conversations in 10 min`.
fn fact(row: &IncidentRow) -> Clean {
    let (id, title) = (row.incident, &row.title);
    match &row.stage {
        IncidentStage::Proposed(evidence) => {
            let usual =
                evidence.usual.map(|usual| format!(", {} are usual", usual.div_ceil(1_000))).unwrap_or_default();
            clean!("{id} proposed: {title}, {} conversations in {}{usual}", evidence.conversations, evidence.window)
        }
        IncidentStage::Open { lead } => {
            clean!("{id} {title}: {} chats, {} of them need somebody; {lead} leads", row.members, row.needs)
        }
        IncidentStage::Cleared { lead, .. } => clean!("{id} {title}: over; {lead} led"),
    }
}

/// What can be done about one of them.
fn about(row: &IncidentRow, me: Option<&OperatorName>, target: Option<&ConversationRow>) -> Vec<Choice> {
    let (incident, title) = (row.incident, &row.title);
    let add = |label: Clean, after: Clean, what: IncidentWish| choice(label, after, None, wish(what));
    match &row.stage {
        IncidentStage::Proposed(_) => vec![
            add(
                clean!("declare {incident}: {title}"),
                Clean::fixed("you lead it; its conversations join and fold into one row"),
                declare(Some(incident), None),
            ),
            add(
                clean!("dismiss {incident}"),
                Clean::fixed("it is no incident; the same cause is not proposed again for a while"),
                IncidentWish::Dismiss { incident },
            ),
        ],
        IncidentStage::Open { lead } => {
            let mut choices: Vec<Choice> = target.map(|c| member(row, c)).into_iter().collect();
            choices.extend(tell(row, Some(lead) == me));
            if Some(lead) == me {
                let after = clean!("{} conversations stand on their own again", row.members);
                choices.push(add(clean!("clear {incident}: {title}"), after, IncidentWish::Clear { incident }));
            } else {
                let after = clean!("you lead it instead of {lead}");
                choices.push(add(clean!("lead {incident}: {title}"), after, IncidentWish::Lead { incident }));
            }
            choices
        }
        IncidentStage::Cleared { lead, .. } => tell(row, Some(lead) == me),
    }
}

/// Tells the chats of an incident something, or stops it.
fn tell(row: &IncidentRow, leads: bool) -> Vec<Choice> {
    let incident = row.incident;
    if let Some(running) = &row.running {
        let after = clean!("{} were told; {} are not", running.told, running.left);
        return vec![choice(clean!("stop telling of {incident}"), after, None, wish(IncidentWish::Stop { incident }))];
    }
    let kinds: &[(&str, BroadcastKind)] = match row.stage {
        IncidentStage::Open { .. } if row.told > 0 => &[
            ("tell the chats of", BroadcastKind::Notice),
            ("tell more to those who were told of", BroadcastKind::Update),
        ],
        IncidentStage::Open { .. } => &[("tell the chats of", BroadcastKind::Notice)],
        IncidentStage::Cleared { .. } if row.told > 0 => &[("say that it works again to", BroadcastKind::AllClear)],
        IncidentStage::Cleared { .. } | IncidentStage::Proposed(_) => &[],
    };
    let after = "the words stand below; you see whom and type how many before anybody is told";
    let choices = kinds.iter().filter(|_| leads).map(|(label, kind)| {
        choice(clean!("{label} {incident}"), Clean::fixed(after), None, Pick::Preview(incident, *kind))
    });
    choices.collect()
}

/// Puts the marked conversation into an incident, or takes it out.
fn member(row: &IncidentRow, c: &ConversationRow) -> Choice {
    let (incident, conversation) = (row.incident, c.id);
    if c.in_incident() == Some(incident) {
        let after = clean!("{} stands on its own and does not join {incident} by itself", c.name);
        return choice(clean!("split {} off", c.name), after, Some('s'), wish(IncidentWish::Split { conversation }));
    }
    let (after, join) = (clean!("{} counts with {}", c.name, row.title), IncidentWish::Join { incident, conversation });
    choice(clean!("join {} to {incident}", c.name), after, None, wish(join))
}

/// Tells of what was proposed since the picture before.
pub(super) fn heard(model: &mut Model, rows: &[IncidentRow]) {
    let known = &model.live.picture.incidents;
    let is_new = |row: &&IncidentRow| {
        matches!(row.stage, IncidentStage::Proposed(_)) && known.iter().all(|other| other.incident != row.incident)
    };
    if let Some(row) = rows.iter().find(is_new) {
        let text = clean!("{}; I looks at it", fact(row));
        model.say(Tone::Plain, text);
    }
}
