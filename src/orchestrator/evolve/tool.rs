//! Folds tool calls and the questions that wait for a person.

use crate::domain::event::{ApprovalEvent, CallEnd, ToolEvent};
use crate::domain::handoff::Tried;
use crate::domain::id::{CallId, CompositionId};
use crate::domain::money::Money;
use crate::domain::personal::Personal;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolOutcome;
use crate::orchestrator::conversation::{Approval, Call, Conversation, RESULTS_KEPT, ToolResult, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold_call(floor: &mut Floor, event: &ToolEvent, at: Timestamp) {
    match event {
        ToolEvent::Called { conversation, call, .. } => {
            floor.last.call = floor.last.call.max(*call);
            with(floor, *conversation, |c| called(c, event, at));
        }
        ToolEvent::Started { conversation, call } => with(floor, *conversation, |c| {
            if let Some(call) = c.calls.get_mut(call) {
                call.started = true;
            }
        }),
        ToolEvent::Returned { conversation, call, end, outcome, paid } => with(floor, *conversation, |c| {
            returned(c, *call, *end, outcome, *paid, at);
        }),
        ToolEvent::AttemptFailed { conversation, call, attempt, retry_at } => with(floor, *conversation, |c| {
            if let Some(call) = c.calls.get_mut(call) {
                call.attempts = *attempt;
                call.retry_at = Some(*retry_at);
            }
        }),
        ToolEvent::Retried { conversation, call } => with(floor, *conversation, |c| {
            if let Some(call) = c.calls.get_mut(call) {
                call.retry_at = None;
            }
        }),
        ToolEvent::Refused { conversation, call, composition, tool, ask, refusal, .. } => {
            floor.last.call = floor.last.call.max(*call);
            with(floor, *conversation, |c| {
                let outcome = Personal::Open(ToolOutcome::Refused(*refusal));
                let (tool, ask, end) = (tool.clone(), ask.clone(), CallEnd::Refused);
                keep(c, ToolResult { call: *call, tool, ask, end, outcome, at });
                resume(c, *composition, at);
            });
        }
    }
}

fn called(c: &mut Conversation, event: &ToolEvent, at: Timestamp) {
    let ToolEvent::Called { call, agent, epoch, composition, tool, ask, side_effect, amount, .. } = event else {
        return;
    };
    let entry = Call {
        agent: agent.clone(),
        epoch: *epoch,
        composition: *composition,
        tool: tool.clone(),
        ask: ask.clone(),
        side_effect: *side_effect,
        amount: *amount,
        started: false,
        attempts: 0,
        retry_at: None,
    };
    c.calls.insert(*call, entry);
    if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == *composition) {
        composing.waits_for = WaitsFor::Call(*call);
        composing.committed |= *side_effect;
        composing.at = at;
    }
}

fn returned(
    c: &mut Conversation,
    id: CallId,
    end: CallEnd,
    outcome: &Personal<ToolOutcome>,
    paid: Option<Money>,
    at: Timestamp,
) {
    let Some(call) = c.calls.remove(&id) else { return };
    c.tried.push(Tried { tool: call.tool.clone(), worked: matches!(end, CallEnd::Done) });
    let excess = c.tried.len().saturating_sub(RESULTS_KEPT);
    c.tried.drain(..excess);
    if let Some(paid) = paid {
        let sum = c.given.compensation.map_or(Some(paid), |given| given.checked_add(paid));
        c.given.compensation = sum.or(Some(paid));
    }
    let composition = call.composition;
    keep(c, ToolResult { call: id, tool: call.tool, ask: call.ask, end, outcome: outcome.clone(), at });
    resume(c, composition, at);
}

fn keep(c: &mut Conversation, result: ToolResult) {
    c.results.push_back(result);
    if c.results.len() > RESULTS_KEPT {
        c.results.pop_front();
    }
}

/// The agent has the next move again.
fn resume(c: &mut Conversation, composition: CompositionId, at: Timestamp) {
    let asked = c.seq;
    if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == composition) {
        composing.waits_for = WaitsFor::Agent;
        composing.at = at;
        composing.asked = asked;
    }
}

pub(super) fn fold_approval(floor: &mut Floor, event: &ApprovalEvent, at: Timestamp) {
    match event {
        ApprovalEvent::Asked { conversation, approval, agent, epoch, composition, tool, waiting, expires } => {
            floor.last.approval = floor.last.approval.max(*approval);
            floor.last.call = floor.last.call.max(waiting.call);
            with(floor, *conversation, |c| {
                let asked = Approval {
                    agent: agent.clone(),
                    epoch: *epoch,
                    composition: *composition,
                    tool: tool.clone(),
                    waiting: waiting.clone(),
                    since: at,
                    expires: *expires,
                };
                c.approvals.insert(*approval, asked);
                if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == *composition) {
                    composing.waits_for = WaitsFor::Approval(*approval);
                }
            });
        }
        ApprovalEvent::Settled { conversation, approval, .. } => with(floor, *conversation, |c| {
            c.approvals.remove(approval);
        }),
    }
}
