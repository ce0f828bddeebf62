//! Rows: conversations, agents, operators, queues, and the header.

use super::incident::is_folded;
use super::need::{about, clock, due, left, may_decide, need};
use super::{Lens, name_of};
use crate::domain::agent::AgentSpec;
use crate::domain::baton::Holder;
use crate::domain::block::Block;
use crate::domain::conversation::{Phase, Priority};
use crate::domain::customer::{Identity, Tier};
use crate::domain::escalation::Severity;
use crate::domain::handoff::Edge;
use crate::domain::id::{AgentName, ApprovalId, ConversationId, CustomerId, OperatorName, QueueName};
use crate::domain::operator::Presence;
use crate::domain::score::Score;
use crate::domain::supervision::GateTarget;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;
use crate::domain::undo::Undoable;
use crate::orchestrator::conversation::{Approval, Claim, Conversation, Escalation};
use crate::orchestrator::floor::Stub;
use crate::orchestrator::standing::Hold;
use crate::orchestrator::{Floor, context};
use crate::protocol::row::{
    AgentRow, ApprovalRow, Belongs, CandidateRow, ClaimRow, ConversationRow, EdgeRow, EscalationRow, HeaderRow,
    HeldRow, Need, NeedReason, OfferRow, OperatorRow, QueueRow, Section, UndoRow, WaitWithout, Waiting, WatchRow,
};

/// A conversation's row. A resolved one is shown only to those who still look at it, and to whom it
/// concerns that something of it is owed.
pub fn row(floor: &Floor, id: ConversationId, lens: &Lens<'_>) -> Option<ConversationRow> {
    let watchers = lens.room.watchers.get(&id).cloned().unwrap_or_default();
    if let Some(conversation) = floor.conversation(id) {
        return Some(live(floor, conversation, watchers, lens));
    }
    let stub = floor.stubs.get(&id)?;
    let need = left(stub, lens);
    (need.is_some() || watchers.contains(lens.operator)).then(|| resolved(floor, (id, stub), (watchers, need), lens))
}

fn live(floor: &Floor, c: &Conversation, watchers: Vec<OperatorName>, lens: &Lens<'_>) -> ConversationRow {
    let need = need(floor, c, lens);
    let folded = is_folded(floor, c, need.as_ref().map(|need| &need.why));
    let section = match (&c.baton.holder, &need) {
        _ if c.asleep() => Section::Snoozed,
        _ if folded => Section::Live,
        (Holder::Operator(name), _) if name == lens.operator => Section::Yours,
        (_, Some(_)) => Section::NeedsYou,
        (_, None) if c.arranged.watches.contains_key(lens.operator) => Section::Watched,
        (_, None) => Section::Live,
    };
    ConversationRow {
        id: c.id,
        handle: c.handle,
        customer: c.customer,
        name: name_of(c.name.as_ref(), &c.handle),
        tier: c.tier,
        verified: is_verified(c.identity, lens.at),
        blocked: block(floor, c.customer, lens).map(|block| block.until),
        channel: c.channel.clone(),
        language: c.analysis.language.short().to_owned(),
        phase: c.snoozed.as_ref().map_or(Phase::Live, |snooze| Phase::Snoozed { until: snooze.until }),
        holder: c.baton.holder.clone(),
        held_since: c.baton.since,
        epoch: c.baton.epoch,
        seq: c.seq,
        passes: c.baton.epoch.0,
        waiting: waiting(c),
        due: due(c),
        clock: clock(c),
        intent: context::matter(c),
        mood: c.mood,
        mood_path: c.mood_path.iter().copied().collect(),
        priority: c.arranged.priority.unwrap_or_else(|| priority(c, need.as_ref().map(|need| &need.why))),
        set_priority: c.arranged.priority,
        labels: c.arranged.labels.iter().cloned().collect(),
        watch: watch(c, lens),
        undo: undo(c, lens),
        section,
        need,
        turns: c.last_turn.0,
        withheld: c.withheld,
        barge: c.barge.as_ref().map(|barge| barge.operator.clone()),
        gated: c.baton.holder.agent().is_some_and(|agent| floor.gate_over(c, agent).is_some()),
        incident: floor.incidents.of(c).map(|(to, _)| Belongs { to, folded }),
        watchers,
        writers: lens.room.writers.get(&c.id).cloned().unwrap_or_default(),
        typing: lens.room.typing.contains(&c.id),
        claim: c.claim.as_ref().map(claim),
        escalation: c.escalation.as_ref().map(escalation),
        approvals: c.approvals.iter().map(|(id, approval)| approval_row(floor, (c, *id, approval), lens)).collect(),
    }
}

fn claim(claim: &Claim) -> ClaimRow {
    ClaimRow { claim: claim.id, by: claim.by.clone(), from: claim.from.clone(), until: claim.until }
}

fn watch(c: &Conversation, lens: &Lens<'_>) -> Option<WatchRow> {
    let watch = c.arranged.watches.get(lens.operator)?;
    Some(WatchRow { when: watch.when, noticed: watch.noticed.is_some() })
}

/// The viewer's own last act here, as long as nothing is known that would keep it from being taken back.
fn undo(c: &Conversation, lens: &Lens<'_>) -> Option<UndoRow> {
    let undo = c.undo.as_ref().filter(|undo| undo.by == *lens.operator && undo.epoch == c.baton.epoch)?;
    let open = undo.before.is_some() && lens.at < undo.until;
    open.then_some(UndoRow { what: undo.what, until: undo.until })
}

fn escalation(e: &Escalation) -> EscalationRow {
    let offer = e.offer.as_ref();
    let offer = offer.map(|o| OfferRow { offer: o.id, operator: o.operator.clone(), until: o.until });
    EscalationRow {
        escalation: e.id,
        queue: e.queue.clone(),
        trigger: e.trigger,
        severity: e.severity,
        since: e.since,
        due: e.due,
        offer,
    }
}

fn approval_row(
    floor: &Floor,
    (c, approval, waits): (&Conversation, ApprovalId, &Approval),
    lens: &Lens<'_>,
) -> ApprovalRow {
    ApprovalRow {
        approval,
        agent: waits.agent.clone(),
        about: about(waits),
        expires: waits.expires,
        yours: may_decide(floor, waits, lens),
        subject: c.subject_of(waits).unwrap_or_default(),
    }
}

/// That nobody answers a customer for a while.
fn block<'a>(floor: &'a Floor, customer: CustomerId, lens: &Lens<'_>) -> Option<&'a Block> {
    floor.customers.get(&customer)?.blocked.as_ref().filter(|block| lens.at < block.until)
}

fn resolved(
    floor: &Floor,
    (id, stub): (ConversationId, &Stub),
    (watchers, need): (Vec<OperatorName>, Option<Need>),
    lens: &Lens<'_>,
) -> ConversationRow {
    let block = block(floor, stub.customer, lens);
    // Who blocked them may take it back where the customer was told.
    let own = block.filter(|block| block.by == *lens.operator && block.told_in == Some(id));
    let undo = own.filter(|block| lens.at < block.undo_until);
    ConversationRow {
        id,
        handle: stub.handle,
        customer: stub.customer,
        name: name_of(stub.name.as_ref(), &stub.handle),
        tier: stub.tier,
        verified: false,
        blocked: block.map(|block| block.until),
        channel: stub.channel.clone(),
        language: String::new(),
        phase: Phase::Resolved { until: stub.until },
        holder: Holder::Nobody,
        held_since: stub.opened,
        epoch: stub.epoch,
        seq: stub.seq,
        passes: stub.epoch.0,
        waiting: Waiting::Nobody,
        due: need.as_ref().and_then(|need| need.due),
        clock: None,
        intent: stub.pack.objective.clone(),
        mood: stub.pack.mood.last().copied().unwrap_or(Score::ZERO),
        mood_path: stub.pack.mood.clone(),
        priority: Priority::Normal,
        set_priority: None,
        labels: stub.labels.iter().cloned().collect(),
        watch: None,
        undo: undo.map(|block| UndoRow { what: Undoable::Block, until: block.undo_until }),
        section: if need.is_some() { Section::NeedsYou } else { Section::Live },
        need,
        turns: stub.turn.0,
        withheld: 0,
        barge: None,
        gated: false,
        incident: None,
        watchers,
        writers: Vec::new(),
        typing: false,
        claim: None,
        escalation: None,
        approvals: Vec::new(),
    }
}

fn is_verified(identity: Identity, at: Timestamp) -> bool {
    match identity {
        Identity::Verified { until, .. } => until > at,
        Identity::Anonymous | Identity::Claimed => false,
    }
}

fn waiting(c: &Conversation) -> Waiting {
    match c.waiting_since {
        Some(since) => Waiting::Customer(since),
        None if c.last_turn.0 > 0 => Waiting::Us(c.last_answer_at),
        None => Waiting::Nobody,
    }
}

fn priority(c: &Conversation, why: Option<&NeedReason>) -> Priority {
    let severity = c.escalation.as_ref().map(|escalation| escalation.severity);
    match (severity, why) {
        (Some(Severity::Critical), _) => Priority::Urgent,
        (Some(Severity::High), _)
        | (
            _,
            Some(NeedReason::Failing | NeedReason::LeftAlone { .. } | NeedReason::Overdue | NeedReason::Promise { .. }),
        ) => Priority::High,
        (Some(Severity::Normal) | None, _) if c.tier == Tier::Vip => Priority::High,
        (Some(Severity::Normal) | None, _) => Priority::Normal,
    }
}

/// Rows of the agents, as the roster lists them.
pub fn agents(floor: &Floor) -> Vec<AgentRow> {
    let Some(deployment) = &floor.deployment else { return Vec::new() };
    let row = |spec: &AgentSpec| {
        let state = floor.agents.get(&spec.name);
        AgentRow {
            name: spec.name.clone(),
            title: Clean::shown(&spec.title),
            role: spec.role,
            load: state.map_or(0, |state| state.load),
            capacity: spec.capacity,
            failures: state.map_or(0, |state| state.failures),
            gated: floor.standing.gates.iter().any(|gate| gate.target == GateTarget::Agent(spec.name.clone())),
            life: floor.life(&spec.name),
            drafts: state.map(|state| state.drafts).unwrap_or_default(),
            edges: state.into_iter().flat_map(|state| &state.edges).map(edge).collect(),
            caught: state.map(|state| state.caught.clone()).unwrap_or_default(),
            candidate: spec.candidate.as_ref().map(|candidate| CandidateRow {
                share: floor.standing.candidates.get(&spec.name).cloned().unwrap_or_default(),
                asked: candidate.asked,
                compared: state.map(|state| state.compared).unwrap_or_default(),
            }),
        }
    };
    deployment.agents.iter().map(row).collect()
}

fn edge((to, sums): (&AgentName, &Edge)) -> EdgeRow {
    EdgeRow { to: to.clone(), sums: *sums }
}

/// Rows of the humans, as the roster lists them.
pub fn operators(floor: &Floor, at: Timestamp) -> Vec<OperatorRow> {
    let Some(deployment) = &floor.deployment else { return Vec::new() };
    let supply = floor.supply();
    let rows = deployment.operators.iter().map(|spec| {
        let state = floor.operators.get(&spec.name);
        OperatorRow {
            name: spec.name.clone(),
            role: spec.role,
            presence: state.map_or(Presence::Offline, |state| state.presence),
            since: state.map_or(floor.at, |state| state.since),
            reason: state.and_then(|state| state.reason.as_ref()).map(Foreign::one_line),
            until: state.and_then(|state| state.until),
            overrun: state.and_then(|state| state.until).is_some_and(|until| until <= at),
            set_by: state.and_then(|state| state.set_by.clone()),
            away_until: state.and_then(|state| state.away_until),
            load: state.map_or(0, |state| state.load),
            capacity: spec.capacity,
            skills: spec.skills.clone(),
            without: supply.without(&spec.name).map(|wait| wait.map_or(WaitWithout::Nobody, WaitWithout::About)),
        }
    });
    rows.collect()
}

/// Rows of the lines.
pub fn queues(floor: &Floor, at: Timestamp) -> Vec<QueueRow> {
    let Some(deployment) = &floor.deployment else { return Vec::new() };
    let target = deployment.policy.clocks.human_ms;
    let supply = floor.supply();
    deployment
        .queues
        .iter()
        .map(|spec| {
            let hour = floor.lines.get(&spec.name).map(|sums| sums.last_hour(at)).unwrap_or_default();
            let mut row = QueueRow {
                name: spec.name.clone(),
                waiting: 0,
                oldest: None,
                target,
                breached: 0,
                arrived: hour.arrived,
                taken: hour.taken,
                in_time: hour.in_time,
                free: supply.free(&spec.name),
                forecast: supply.forecast(&spec.name),
            };
            for c in waiting_in(floor, &spec.name) {
                row.waiting += 1;
                let since = c.escalation.as_ref().map_or(c.baton.since, |escalation| escalation.since);
                row.oldest = Some(row.oldest.map_or(since, |oldest| oldest.min(since)));
                row.breached += u32::from(c.escalation.as_ref().is_some_and(|escalation| escalation.breached));
            }
            row
        })
        .collect()
}

fn waiting_in<'a>(floor: &'a Floor, queue: &'a QueueName) -> impl Iterator<Item = &'a Conversation> {
    let waiting = floor.queued.iter().filter_map(|id| floor.conversation(*id)).filter(|c| !c.asleep());
    waiting.filter(move |c| matches!(&c.baton.holder, Holder::Queue(name) if name == queue))
}

/// The header for a viewer whom `needs` conversations need.
pub fn header(floor: &Floor, at: Timestamp, needs: u32) -> HeaderRow {
    let operators = floor.deployment.as_ref().map(|deployment| deployment.operators.as_slice()).unwrap_or_default();
    let takes_offers =
        |name: &OperatorName| floor.operators.get(name).is_some_and(|state| state.presence.takes_offers());
    let here = |name: &OperatorName| floor.operators.get(name).is_some_and(|state| state.presence != Presence::Offline);
    let free = operators.iter().filter(|spec| takes_offers(&spec.name));
    let queued: Vec<_> = floor.queued.iter().filter_map(|id| floor.conversation(*id)).filter(|c| !c.asleep()).collect();
    let count = queued.len() as u32;
    let oldest =
        queued.iter().map(|c| c.escalation.as_ref().map_or(c.baton.since, |escalation| escalation.since)).min();
    let late = floor.conversations.values().filter(|c| due(c).is_some_and(|due| due < at));
    HeaderRow {
        needs,
        live: floor.conversations.len() as u32,
        queued: count,
        oldest,
        breached: late.count() as u32,
        people: operators.iter().filter(|spec| here(&spec.name)).count() as u32,
        people_all: operators.len() as u32,
        free_seats: free.map(|spec| u32::from(floor.free_seats(&spec.name))).sum(),
        turns: floor.tally.turns,
        withheld: floor.tally.withheld,
        resolved: floor.tally.resolved,
        handoffs: floor.tally.handoffs,
        escalations: floor.tally.escalations,
        held: floor.standing.holds.iter().map(held).collect(),
    }
}

fn held(hold: &Hold) -> HeldRow {
    HeldRow {
        target: hold.target.clone(),
        then: hold.then,
        by: hold.by.clone(),
        since: hold.since,
        reason: hold.reason.as_ref().map(Foreign::one_line),
    }
}
