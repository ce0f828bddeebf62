//! What would follow if the viewer did this or that: the judge asked without anything being done,
//! and its answer in words.

mod words;

use crate::domain::baton::Holder;
use crate::domain::command::{Act, Command, OperatorAct};
use crate::domain::conversation::{Disposition, Priority};
use crate::domain::envelope::Actor;
use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::incident::IncidentWish;
use crate::domain::learning::Reach;
use crate::domain::operator::Presence;
use crate::domain::supervision::{DraftVerdict, GateTarget};
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::{Floor, dry_run};
use crate::protocol::query::{Foreseen, WhatIf};

use super::{Lens, need};
use words::Teller;

/// Stands for the words that somebody would write: the rules ask only whether there are any.
const WORDS: &str = "…";
/// A sleep of which is told what it would do.
const SNOOZED: Millis = Millis::from_hours(1);

/// What would follow in a live conversation, an act a line; none when it is not live.
pub fn what_if(floor: &Floor, id: ConversationId, lens: &Lens<'_>) -> Option<WhatIf> {
    let c = floor.conversation(id)?;
    let acts = candidates(floor, c, lens);
    let acts = acts.into_iter().map(|(about, act)| foresee(floor, c, lens, about, act)).collect();
    Some(WhatIf { conversation: id, seq: c.seq, acts })
}

fn foresee(floor: &Floor, c: &Conversation, lens: &Lens<'_>, about: Clean, act: OperatorAct) -> Foreseen {
    let name = name_of(&act);
    let actor = Actor::Operator(lens.operator.clone());
    let command = Command { actor, cause: None, key: None, seen: None, act: Act::Operator(act) };
    let (refused, words) = match dry_run(floor, &command, lens.at) {
        Ok(events) => (false, Teller { c, lens }.tell(&events)),
        Err(refusal) => (true, Clean::shown(&refusal)),
    };
    Foreseen { act: name.to_owned(), about, refused, words }
}

/// The act's name on the wire. A new act is named here, and so thought of in [`candidates`].
const fn name_of(act: &OperatorAct) -> &'static str {
    match act {
        OperatorAct::TakeOver { .. } => "take_over",
        OperatorAct::AskFor { .. } => "ask_for",
        OperatorAct::AnswerClaim { .. } => "answer_claim",
        OperatorAct::Undo { .. } => "undo",
        OperatorAct::HandBack { .. } => "hand_back",
        OperatorAct::Move { .. } => "move",
        OperatorAct::Reply { .. } => "reply",
        OperatorAct::Whisper { .. } => "whisper",
        OperatorAct::Note { .. } => "note",
        OperatorAct::Resolve { .. } => "resolve",
        OperatorAct::Close { .. } => "close",
        OperatorAct::Decide { .. } => "decide",
        OperatorAct::Gate { .. } => "gate",
        OperatorAct::SettleDraft { .. } => "settle_draft",
        OperatorAct::Barge { .. } => "barge",
        OperatorAct::EndBarge { .. } => "end_barge",
        OperatorAct::Hold { .. } => "hold",
        OperatorAct::Release { .. } => "release",
        OperatorAct::SetLife { .. } => "set_life",
        OperatorAct::Promote { .. } => "promote",
        OperatorAct::TakeOffer { .. } => "take_offer",
        OperatorAct::PassOffer { .. } => "pass_offer",
        OperatorAct::Dismiss { .. } => "dismiss",
        OperatorAct::SetPresence { .. } => "set_presence",
        OperatorAct::Promise { .. } => "promise",
        OperatorAct::ClearPromise { .. } => "clear_promise",
        OperatorAct::CarryPromise { .. } => "carry_promise",
        OperatorAct::WaivePromise { .. } => "waive_promise",
        OperatorAct::WrapUp { .. } => "wrap_up",
        OperatorAct::ExtendWrapUp { .. } => "extend_wrap_up",
        OperatorAct::Snooze { .. } => "snooze",
        OperatorAct::Wake { .. } => "wake",
        OperatorAct::SetPriority { .. } => "set_priority",
        OperatorAct::Label { .. } => "label",
        OperatorAct::Watch { .. } => "watch",
        OperatorAct::HandOver {} => "hand_over",
        OperatorAct::SignBrief { .. } => "sign_brief",
        OperatorAct::Incident { .. } => "incident",
        OperatorAct::Reroute { .. } => "reroute",
        OperatorAct::RateTurn { .. } => "rate_turn",
        OperatorAct::CorrectIntent { .. } => "correct_intent",
        OperatorAct::MakeRule { .. } => "make_rule",
        OperatorAct::EndRule { .. } => "end_rule",
        OperatorAct::RollBackLearning {} => "roll_back_learning",
        OperatorAct::Block { .. } => "block",
        OperatorAct::Unblock { .. } => "unblock",
    }
}

/// Every act that has an object here, the most pressing first. One's own state and shift are not about a
/// conversation, so it is not among them.
fn candidates(floor: &Floor, c: &Conversation, lens: &Lens<'_>) -> Vec<(Clean, OperatorAct)> {
    let conversation = c.id;
    let words = || Foreign::from(WORDS);
    let mut acts = Vec::with_capacity(16);
    let mut add = |about: Clean, act: OperatorAct| acts.push((about, act));
    waiting(c, &mut add);
    let colleague = c.baton.holder.operator().filter(|holder| *holder != lens.operator);
    if let Some(colleague) = colleague {
        add(Clean::shown(&format_args!("ask {colleague}")), OperatorAct::AskFor { conversation, note: None });
    }
    for claim in c.claim.iter().filter(|claim| claim.from == *lens.operator) {
        for (give, word) in [(true, "give it to"), (false, "keep it from")] {
            let about = Clean::shown(&format_args!("{word} {}", claim.by));
            add(about, OperatorAct::AnswerClaim { conversation, claim: claim.id, give });
        }
    }
    add(Clean::default(), OperatorAct::TakeOver { conversation, reason: colleague.map(|_| words()) });
    if c.baton.holder.agent().is_some() {
        let (target, on) = (GateTarget::Conversation(conversation), c.gate.is_none());
        add(Clean::fixed(if on { "on" } else { "off" }), OperatorAct::Gate { target, on, fuse: None });
    }
    if let Some(undo) = c.undo.as_ref().filter(|undo| undo.by == *lens.operator) {
        add(Clean::fixed(undo.what.word()), OperatorAct::Undo { conversation });
    }
    if c.baton.holder.operator().is_some() {
        add(Clean::default(), OperatorAct::HandBack { conversation, to: None, note: None });
        add(Clean::default(), OperatorAct::Reply { conversation, text: words(), untranslated: false });
    }
    if matches!(c.baton.holder, Holder::Agent(_) | Holder::Operator(_)) {
        add(Clean::default(), OperatorAct::Whisper { conversation, text: words(), lasting: false, answers: None });
    }
    let beside = matches!(c.baton.holder, Holder::Agent(_) | Holder::Operator(_));
    match &c.barge {
        Some(barge) if barge.operator == *lens.operator => {
            add(Clean::default(), OperatorAct::EndBarge { conversation });
        }
        None if beside => add(Clean::default(), OperatorAct::Barge { conversation }),
        Some(_) | None => {}
    }
    if c.incident.is_some() {
        add(Clean::fixed("split off"), OperatorAct::Incident { wish: IncidentWish::Split { conversation } });
    } else if let Some((incident, found)) = floor.incidents.open.iter().rfind(|(_, one)| !one.is_over()) {
        let (about, incident) = (Clean::shown(&format_args!("join {}", found.title.one_line())), *incident);
        add(about, OperatorAct::Incident { wish: IncidentWish::Join { incident, conversation } });
    }
    add(Clean::default(), OperatorAct::Note { conversation, text: words() });
    add(Clean::default(), OperatorAct::Promise { conversation, text: words(), due: None });
    owed(c, &mut add);
    for to in targets(floor, c, lens) {
        add(Clean::shown(&format_args!("to {to}")), OperatorAct::Move { conversation, to, note: None });
    }
    acts.extend(corrected(c));
    let mut add = |about: Clean, act: OperatorAct| acts.push((about, act));
    if c.asleep() {
        add(Clean::default(), OperatorAct::Wake { conversation });
    } else {
        let until = lens.at + SNOOZED;
        add(Clean::fixed("for an hour"), OperatorAct::Snooze { conversation, until, reason: None });
    }
    let priority = if c.arranged.priority == Some(Priority::Urgent) { None } else { Some(Priority::Urgent) };
    let about = Clean::fixed(if priority.is_some() { "urgent" } else { "as the rules say" });
    add(about, OperatorAct::SetPriority { conversation, priority });
    let disposition = Disposition::Solved;
    add(Clean::fixed("as solved"), OperatorAct::Resolve { conversation, disposition });
    add(Clean::default(), OperatorAct::Close { conversation });
    acts
}

/// Who would have been chosen next is who should have had it.
fn corrected(c: &Conversation) -> Option<(Clean, OperatorAct)> {
    let decision = &c.choice.as_ref()?.decision;
    let to = decision.candidates.iter().map(|candidate| &candidate.agent).find(|agent| **agent != decision.chosen)?;
    let (conversation, about) = (c.id, Clean::shown(&format_args!("to {to}")));
    Some((about, OperatorAct::Reroute { conversation, to: to.clone(), reach: Reach::Teach, note: None }))
}

/// What waits for somebody's word.
fn waiting(c: &Conversation, add: &mut impl FnMut(Clean, OperatorAct)) {
    if let Some(escalation) = &c.escalation {
        if let Some(offer) = &escalation.offer {
            let about = Clean::shown(&format_args!("offered to {}", offer.operator));
            add(about.clone(), OperatorAct::TakeOffer { offer: offer.id });
            add(about, OperatorAct::PassOffer { offer: offer.id });
        }
        add(Clean::default(), OperatorAct::Dismiss { escalation: escalation.id });
    }
    for (id, approval) in &c.approvals {
        for (approve, word) in [(true, "approve"), (false, "reject")] {
            let about = Clean::shown(&format_args!("{word} {}", need::about(approval)));
            // The answer is for what waits now; a card binds it to what was painted.
            add(about, OperatorAct::Decide { approval: *id, approve, reason: None, amount: None });
        }
    }
    if let Some(held) = &c.draft {
        for (verdict, word) in [(DraftVerdict::Send, "send"), (DraftVerdict::Drop, "drop")] {
            let about = Clean::shown(&format_args!("{word} the draft of {}", held.agent));
            add(about, OperatorAct::SettleDraft { draft: held.id, verdict, reason: None });
        }
    }
}

/// What the customer was promised.
fn owed(c: &Conversation, add: &mut impl FnMut(Clean, OperatorAct)) {
    for (promise, owed) in &c.owed {
        let (promise, about) = (*promise, super::owed::sentence(&owed.text));
        add(about.clone(), OperatorAct::ClearPromise { promise });
        add(about.clone(), OperatorAct::CarryPromise { promise, to: None, due: None });
        add(about, OperatorAct::WaivePromise { promise, reason: Foreign::from(WORDS) });
    }
}

/// To whom it would most likely be moved: the colleague with most seats left, and the first line.
fn targets(floor: &Floor, c: &Conversation, lens: &Lens<'_>) -> Vec<Holder> {
    let Some(deployment) = &floor.deployment else { return Vec::new() };
    let here =
        |name: &OperatorName| floor.operators.get(name).is_some_and(|state| state.presence == Presence::Available);
    let others = deployment.operators.iter().map(|spec| &spec.name);
    let others = others.filter(|name| *name != lens.operator && c.baton.holder.operator() != Some(*name));
    let colleague = others.filter(|name| here(name)).max_by_key(|name| floor.free_seats(name));
    let line = deployment.queues.first().map(|spec| Holder::Queue(spec.name.clone()));
    let line = line.filter(|line| *line != c.baton.holder);
    colleague.cloned().map(Holder::Operator).into_iter().chain(line).collect()
}
