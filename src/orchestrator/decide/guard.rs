//! What follows on what guardrails found. The checker says what it saw; here policy says what becomes of it.

use crate::domain::action::AgentStep;
use crate::domain::agent::AgentSpec;
use crate::domain::data::DataClass;
use crate::domain::escalation::Trigger;
use crate::domain::event::{Event, GuardEvent, ToolEvent, TranslationEvent, TurnEvent, WithheldReason};
use crate::domain::guard::{FINDINGS_MAX, Finding, GuardAction, GuardKind, GuardReason, Hop, Taint};
use crate::domain::id::{AgentName, CallId, ConversationId, SlotName};
use crate::domain::tool::ToolSpec;
use crate::domain::translation::Piece;
use crate::orchestrator::conversation::{Composing, Conversation, Handoff};
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::{draft, escalate};

/// What becomes of a move.
pub(super) enum Judged {
    /// It goes its way; what was noted stands before it.
    Passes(Option<Event>),
    /// Its call waits for a person.
    Asks(Event),
    /// Nothing of it happens.
    Stopped(Vec<Event>),
}

/// What guardrails found in a move, and then what a judge did: it adds to them and takes nothing away.
pub(super) fn with_verdict(findings: &[Finding], judged: &[GuardReason]) -> Vec<Finding> {
    let judged = judged.iter().map(|reason| Finding { hop: Hop::Judged, reason: *reason });
    findings.iter().copied().chain(judged).collect()
}

/// Judges an agent's move by what was found in it.
pub(super) fn judge(case: &Case<'_>, composing: &Composing, step: &AgentStep, findings: &[Finding]) -> Judged {
    let action = action(case, composing, step, findings);
    let alarmed = due_alarm(case.conversation) && step.reply.is_some() && !composing.committed;
    if findings.is_empty() && !alarmed {
        return Judged::Passes(None);
    }
    let action = if alarmed { GuardAction::Human } else { action };
    let caught = caught(case, composing, findings, action);
    let reply = step.reply.as_ref();
    match (action, reply) {
        (GuardAction::Note, _) => Judged::Passes(Some(caught)),
        // Without words there is a call, which a person may allow, or nothing that a customer could read.
        (GuardAction::Again | GuardAction::Approval | GuardAction::Human, None) => Judged::Asks(caught),
        (GuardAction::Approval, Some(reply)) => {
            Judged::Stopped(vec![caught, draft::wait(case, composing, step, reply, None)])
        }
        (GuardAction::Again, Some(_)) => {
            Judged::Stopped(std::iter::once(caught).chain(unsaid(case, composing, step)).collect())
        }
        (GuardAction::Human, Some(_)) => {
            let raised = escalate::raise(case, Trigger::Guarded, Vec::new());
            Judged::Stopped(std::iter::once(caught).chain(unsaid(case, composing, step)).chain(raised).collect())
        }
    }
}

/// What policy makes of the gravest of these.
fn action(case: &Case<'_>, composing: &Composing, step: &AgentStep, findings: &[Finding]) -> GuardAction {
    let policy = &case.deployment.policy.guard;
    let model = case.deployment.agent(&composing.agent).is_some_and(AgentSpec::is_modelled);
    // The house wrote a playbook's words itself: somebody should look at the book, the customer needs the answer.
    let of = |finding: &Finding| match finding.kind() {
        kind if kind.is_of_authorship() && !model => GuardAction::Note,
        kind => policy.action(kind),
    };
    let gravest = findings.iter().map(of).max().unwrap_or_default();
    let told = step.reply.is_none() || composing.upto <= case.conversation.guard.again;
    match gravest {
        // What tells of a side effect must not get lost: a person decides on the words.
        GuardAction::Again | GuardAction::Human if composing.committed => GuardAction::Approval,
        GuardAction::Again if told => GuardAction::Approval,
        GuardAction::Note | GuardAction::Approval | GuardAction::Again | GuardAction::Human => gravest,
    }
}

fn caught(case: &Case<'_>, composing: &Composing, findings: &[Finding], then: GuardAction) -> Event {
    let (conversation, composition, agent) = (case.id(), composing.id, composing.agent.clone());
    let findings = findings.iter().copied().take(FINDINGS_MAX).collect();
    GuardEvent::Caught { conversation, composition, agent, findings, then }.into()
}

/// The words of the move, which do not go out.
fn unsaid(case: &Case<'_>, composing: &Composing, step: &AgentStep) -> Option<Event> {
    let text = step.reply.as_ref()?.text.clone().into();
    let (conversation, composition, agent, epoch) = (case.id(), composing.id, composing.agent.clone(), composing.epoch);
    let reason = WithheldReason::Guarded;
    Some(TurnEvent::ReplyWithheld { conversation, composition, agent, epoch, reason, text, draft: None }.into())
}

/// Whether the answer waits for a person because of what was read for it.
pub(super) fn wary(c: &Conversation, composing: &Composing) -> bool {
    c.guard.caution > c.answered && c.guard.caution <= composing.upto
}

/// Whether a human is to be called because of what was read, and nobody was since.
fn due_alarm(c: &Conversation) -> bool {
    c.guard.alarmed > c.judged && c.escalation.is_none()
}

/// A human is called instead of an answer to what alarmed a guardrail.
pub(super) fn alarm(case: &Case<'_>) -> Option<Vec<Event>> {
    due_alarm(case.conversation).then(|| escalate::raise(case, Trigger::Guarded, Vec::new()))
}

/// A customer's words, with what was found in them right before: a command ends with what its author wrote.
pub(super) fn heard(floor: &Floor, mut events: Vec<Event>, findings: &[Finding]) -> Vec<Event> {
    let spoke = |event: &Event| {
        let Event::Turn(TurnEvent::CustomerSpoke { conversation, turn, .. }) = event else { return None };
        Some((*conversation, *turn))
    };
    let found = events.iter().enumerate().find_map(|(index, event)| Some((index, spoke(event)?)));
    let Some((index, (conversation, turn))) = found.filter(|_| !findings.is_empty()) else { return events };
    let then = read_action(floor, conversation, findings);
    let read = GuardEvent::Read { conversation, turn: Some(turn), call: None, findings: kept(findings), then };
    let taint = injected(floor, conversation, findings);
    events.splice(index..index, std::iter::once(read.into()).chain(taint));
    events
}

/// The translation of a customer's words, with what was found in it right before.
pub(super) fn translated(
    floor: &Floor,
    conversation: ConversationId,
    events: Vec<Event>,
    findings: &[Finding],
) -> Vec<Event> {
    let turn = events.iter().find_map(|event| {
        let Event::Translation(TranslationEvent::Done { piece: Piece::Turn(turn), .. }) = event else { return None };
        Some(*turn)
    });
    if turn.is_none() || findings.is_empty() {
        return events;
    }
    let then = read_action(floor, conversation, findings);
    let read = GuardEvent::Read { conversation, turn, call: None, findings: kept(findings), then };
    let taint = injected(floor, conversation, findings);
    std::iter::once(read.into()).chain(taint).chain(events).collect()
}

/// What a tool gave, with what was found in it.
pub(super) fn brought(
    floor: &Floor,
    (conversation, call): (ConversationId, CallId),
    mut events: Vec<Event>,
    findings: &[Finding],
) -> Vec<Event> {
    let returned = |event: &Event| matches!(event, Event::Tool(ToolEvent::Returned { .. }));
    let Some(index) = events.iter().position(returned) else { return events };
    let mut found: Vec<Event> = Vec::new();
    if !findings.is_empty() {
        let then = read_action(floor, conversation, findings);
        let call = Some(call);
        found.push(GuardEvent::Read { conversation, turn: None, call, findings: kept(findings), then }.into());
    }
    found.extend(injected(floor, conversation, findings).or_else(|| foreign(floor, conversation, call)));
    // Before the result, so that whoever goes on with it goes on under what was found.
    events.splice(index..index, found);
    events
}

/// What one agent gives another, a handoff's facts or advice, with what was found in it right before: who goes
/// on with it goes on under that.
pub(super) fn between(floor: &Floor, id: ConversationId, mut events: Vec<Event>, findings: &[Finding]) -> Vec<Event> {
    if findings.is_empty() || events.is_empty() {
        return events;
    }
    let then = read_action(floor, id, findings);
    let read = GuardEvent::Read { conversation: id, turn: None, call: None, findings: kept(findings), then };
    events.splice(0..0, std::iter::once(read.into()).chain(injected(floor, id, findings)));
    events
}

/// What of a customer passes from one agent to another, if it is more than what anybody may read.
pub(super) fn crossed(case: &Case<'_>, handoff: &Handoff) -> Option<Event> {
    let data = &case.deployment.policy.data;
    let classes: Vec<DataClass> = handoff.pack.slots.iter().map(|fill| data.class(&fill.slot)).collect();
    crossing(case, &handoff.from, &handoff.to, (&classes, &handoff.pack.withheld))
}

/// Facts of these classes pass from one to another and those stay behind, if there is anything to write down.
pub(super) fn crossing(
    case: &Case<'_>,
    from: &AgentName,
    to: &AgentName,
    (classes, withheld): (&[DataClass], &[SlotName]),
) -> Option<Event> {
    let mut classes = classes.to_vec();
    classes.retain(|class| *class != DataClass::General);
    classes.sort_unstable();
    classes.dedup();
    let worth_it = !classes.is_empty() || !withheld.is_empty();
    let (conversation, from, to, withheld) = (case.id(), from.clone(), to.clone(), withheld.to_vec());
    worth_it.then(|| GuardEvent::Crossed { conversation, from, to, classes, withheld }.into())
}

fn kept(findings: &[Finding]) -> Vec<Finding> {
    findings.iter().copied().take(FINDINGS_MAX).collect()
}

/// What follows on what came from outside: it cannot be composed again.
fn read_action(floor: &Floor, conversation: ConversationId, findings: &[Finding]) -> GuardAction {
    let edition = floor.conversation(conversation).and_then(|c| c.edition);
    let policy = floor.deployment_of(edition).map(|deployment| &deployment.policy.guard);
    let of = |finding: &Finding| policy.map_or(GuardAction::Note, |policy| policy.action(finding.kind()));
    match findings.iter().map(of).max().unwrap_or_default() {
        GuardAction::Again => GuardAction::Note,
        action @ (GuardAction::Note | GuardAction::Approval | GuardAction::Human) => action,
    }
}

fn injected(floor: &Floor, conversation: ConversationId, findings: &[Finding]) -> Option<Event> {
    let finding = findings.iter().find(|finding| finding.kind() == GuardKind::Injection)?;
    untainted(floor, conversation).then(|| tainted(conversation, Taint::Injection(finding.hop)))
}

/// A result that somebody outside wrote.
fn foreign(floor: &Floor, conversation: ConversationId, call: CallId) -> Option<Event> {
    let known = floor.conversation(conversation)?.calls.get(&call)?;
    let spec = floor.deployment.as_ref()?.tool(&known.tool)?;
    let by = Taint::Tool(known.tool.clone());
    (spec.reads_foreign && untainted(floor, conversation)).then(|| tainted(conversation, by))
}

fn untainted(floor: &Floor, conversation: ConversationId) -> bool {
    floor.conversation(conversation).is_none_or(|c| c.guard.taint.is_none())
}

fn tainted(conversation: ConversationId, by: Taint) -> Event {
    GuardEvent::Tainted { conversation, by }.into()
}

/// Why a call of this agent needs a person although its tool does not ask for one.
pub(super) fn suspicion<'a>(case: &Case<'a>, composing: &Composing, spec: &ToolSpec) -> Option<&'a Taint> {
    let model = case.deployment.agent(&composing.agent).is_some_and(AgentSpec::is_modelled);
    let trusted = case.deployment.policy.guard.trusted_tools.contains(&spec.name);
    case.conversation.guard.taint.as_ref().filter(|_| model && spec.acts() && !trusted)
}
