//! "Show me first": drafts that wait for a person, and what becomes of them.
//!
//! A gate stops words, not deeds: a move that says nothing yet, such as a tool call whose result the
//! answer will rest on, goes its way under the rules for tools. What follows words waits with them.

use crate::domain::action::{AgentStep, Reply};
use crate::domain::command::Seen;
use crate::domain::event::{Event, StandingEvent, SupervisionEvent, TurnEvent, WithheldReason};
use crate::domain::id::{ConversationId, DraftId};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::supervision::{Burning, DraftEnd, DraftVerdict, Fuse, FuseEnd, GateTarget, HeldMove};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::undo::UNDO_WINDOW;
use crate::orchestrator::conversation::{Composing, Conversation, HeldDraft};
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::customer::check_text;
use super::{agent, attend, hold, operate};

/// Sets or takes away a gate.
pub(super) fn gate(
    floor: &Floor,
    operator: &OperatorSpec,
    (target, on, fuse): (&GateTarget, bool, Option<Fuse>),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    let fuse = on.then(|| fuse.unwrap_or_else(|| deployment.policy.gates.fuse()));
    let by = operator.name.clone();
    match target {
        GateTarget::Conversation(id) => {
            let case = Case::open(floor, *id, at)?;
            if case.holder().operator() != Some(&operator.name) {
                operate::need(operator, Role::Supervisor)?;
            }
            let now = case.conversation.gate.as_ref().map(|gate| gate.fuse);
            let undo_until = Some(at + UNDO_WINDOW);
            let event = SupervisionEvent::GateSet { conversation: *id, by, fuse, undo_until };
            return Ok(if now == fuse { Vec::new() } else { vec![event.into()] });
        }
        GateTarget::Agent(name) => {
            let unknown = || Refusal::UnknownTarget { target: crate::domain::baton::Holder::Agent(name.clone()) };
            deployment.agent(name).ok_or_else(unknown)?;
        }
        GateTarget::Segment(segment) if segment.is_empty() => return Err(Refusal::Empty),
        GateTarget::Segment(_) => {}
    }
    operate::need(operator, Role::Supervisor)?;
    let now = floor.standing.gates.iter().find(|gate| gate.target == *target).map(|gate| gate.fuse);
    let event = StandingEvent::GateSet { target: target.clone(), by, fuse };
    Ok(if now == fuse { Vec::new() } else { vec![event.into()] })
}

/// A finished move with words under a gate: it waits.
pub(super) fn wait(
    case: &Case<'_>,
    composing: &Composing,
    step: &AgentStep,
    reply: &Reply,
    fuse: Option<Fuse>,
) -> Event {
    let held = HeldMove {
        text: reply.text.clone().into(),
        citations: reply.citations.clone(),
        apology: reply.apology,
        flow: step.flow.clone(),
        fills: step.fills.clone(),
        promises: step.promises.clone(),
        next: step.next.clone().into(),
        under: case.conversation.under(composing.asked),
    };
    SupervisionEvent::DraftHeld {
        conversation: case.id(),
        draft: case.floor.last.draft.next(),
        composition: composing.id,
        agent: composing.agent.clone(),
        epoch: composing.epoch,
        held: Box::new(held),
        fuse: fuse.map(|fuse| Burning { until: case.at + fuse.after, then: fuse.then }),
    }
    .into()
}

/// A person's word on a draft, for exactly what they saw.
pub(super) fn settle(
    floor: &Floor,
    operator: &OperatorSpec,
    seen: Option<&Seen>,
    (draft, verdict, reason): (DraftId, &DraftVerdict, Option<&Foreign>),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let id = find(floor, draft, seen).ok_or(Refusal::DraftGone { end: None, by: None })?;
    let case = Case::open(floor, id, at)?;
    let waiting = case.conversation.draft.as_ref().filter(|waiting| waiting.id == draft);
    let waiting = waiting.ok_or_else(|| gone(case.conversation, draft))?;
    let set_it = case.conversation.gate.as_ref().is_some_and(|gate| gate.by == operator.name);
    if !set_it {
        operate::need(operator, Role::Supervisor)?;
    }
    let subject = case.conversation.subject_of_draft(waiting);
    if subject.is_none() || seen.is_some_and(|seen| seen.conversation != id || seen.subject != subject) {
        return Err(case.changed());
    }
    if let Some(reason) = reason {
        check_text(reason)?;
    }
    if *verdict != DraftVerdict::Drop {
        hold::check(&case, case.holder())?;
    }
    let by = Some(operator.name.clone());
    let mut settled = Settled { draft: waiting, end: DraftEnd::Sent, by, reason, again: false };
    match verdict {
        DraftVerdict::Send => Ok(release(&case, &settled, None)),
        DraftVerdict::Edit { text } => {
            check_text(text)?;
            settled.end = DraftEnd::Edited;
            Ok(release(&case, &settled, Some(text)))
        }
        DraftVerdict::Drop => {
            settled.end = DraftEnd::Dropped;
            Ok(drop_it(&case, settled))
        }
    }
}

/// Who comes second reads who was first, and what they did.
fn gone(c: &Conversation, draft: DraftId) -> Refusal {
    let known = c.judged_drafts.iter().find(|(id, ..)| *id == draft);
    known.map_or(Refusal::DraftGone { end: None, by: None }, |(_, end, by)| Refusal::DraftGone {
        end: Some(*end),
        by: by.clone(),
    })
}

/// The conversation a draft belongs to: as seen, or looked for when a script did not look.
fn find(floor: &Floor, draft: DraftId, seen: Option<&Seen>) -> Option<ConversationId> {
    let holds = |c: &Conversation| {
        let waits = c.draft.as_ref().is_some_and(|waiting| waiting.id == draft);
        waits || c.judged_drafts.iter().any(|(id, ..)| *id == draft)
    };
    match seen {
        Some(seen) => Some(seen.conversation),
        None => floor.conversations.values().find(|c| holds(c)).map(|c| c.id),
    }
}

/// How a draft is settled.
struct Settled<'a> {
    draft: &'a HeldDraft,
    end: DraftEnd,
    by: Option<crate::domain::id::OperatorName>,
    reason: Option<&'a Foreign>,
    again: bool,
}

impl Settled<'_> {
    fn event(&self, conversation: ConversationId) -> Event {
        SupervisionEvent::DraftSettled {
            conversation,
            draft: self.draft.id,
            agent: self.draft.agent.clone(),
            end: self.end,
            by: self.by.clone(),
            reason: self.reason.cloned().map(Into::into),
            again: self.again,
        }
        .into()
    }
}

/// The draft goes out, in these words or its own, and what was to follow it follows.
fn release(case: &Case<'_>, settled: &Settled<'_>, words: Option<&Foreign>) -> Vec<Event> {
    // A draft of somebody who was erased meanwhile leaves with their conversation; nothing is sent of it.
    let held = &*settled.draft.held;
    let (Some(text), Some(next)) = (words.or_else(|| held.text.reveal()), held.next.reveal()) else {
        return Vec::new();
    };
    let step = AgentStep {
        flow: held.flow.clone(),
        fills: held.fills.clone(),
        promises: held.promises.clone(),
        // What a tool kept was cleared when the draft was finished.
        keeps: Vec::new(),
        reply: Some(Reply { text: text.clone(), citations: held.citations.clone(), apology: held.apology }),
        next: next.clone(),
        // Written down when the draft was made.
        overruled: None,
        unanswered: None,
    };
    let mut events = vec![settled.event(case.id())];
    let after = without(case.conversation);
    let case = Case { conversation: &after, ..*case };
    if let Some(composing) = &after.composing {
        events.extend(agent::carry_out(&case, composing, (&step, false)));
    }
    events
}

/// The conversation as it stands once its draft is settled: nothing of it may be settled again.
pub(super) fn without(c: &Conversation) -> Conversation {
    Conversation { draft: None, ..c.clone() }
}

/// The draft does not go out. With a reason the agent is asked again, once for one question of the
/// customer; else the question waits for a person.
fn drop_it(case: &Case<'_>, mut settled: Settled<'_>) -> Vec<Event> {
    let c = case.conversation;
    let fresh = c.composing.as_ref().is_some_and(|composing| composing.upto > c.redrafted);
    let holder = case.holding_agent().filter(|_| fresh && hold::check(case, case.holder()).is_ok());
    settled.again = settled.reason.is_some() && holder.is_some();
    let mut events = vec![settled.event(case.id())];
    if let (Some(reason), Some(holder), Some(operator)) = (settled.reason, holder, &settled.by) {
        let (conversation, operator, text) = (case.id(), operator.clone(), reason.clone().into());
        events.push(
            TurnEvent::Whispered { conversation, operator, text, lasting: false, answers: None, to: None }.into(),
        );
        events.push(attend::compose(case, holder));
    }
    events
}

/// Nobody looked in time: by policy it goes out, or goes on waiting.
pub(super) fn fuse_ended(case: &Case<'_>) -> Vec<Event> {
    let Some(draft) = &case.conversation.draft else { return Vec::new() };
    let may = hold::check(case, case.holder()).is_ok();
    match draft.fuse.map(|fuse| fuse.then) {
        Some(FuseEnd::Send) if may => {
            let settled = Settled { draft, end: DraftEnd::Fused, by: None, reason: None, again: false };
            release(case, &settled, None)
        }
        Some(FuseEnd::Hold | FuseEnd::Send) | None => {
            vec![SupervisionEvent::FuseEnded { conversation: case.id(), draft: draft.id }.into()]
        }
    }
}

/// The draft that waits here does not go out any more, if one does.
pub(super) fn withhold(case: &Case<'_>, reason: WithheldReason) -> Option<Event> {
    let draft = case.conversation.draft.as_ref()?;
    let event = TurnEvent::ReplyWithheld {
        conversation: case.id(),
        composition: draft.composition,
        agent: draft.agent.clone(),
        epoch: draft.epoch,
        reason,
        text: draft.held.text.clone(),
        draft: Some(draft.id),
    };
    Some(event.into())
}
