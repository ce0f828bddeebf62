//! Folds tool calls and the questions that wait for a person.

use crate::domain::event::{ApprovalEvent, CallEnd, ToolEvent};
use crate::domain::handoff::Tried;
use crate::domain::id::{CallId, CompositionId, ConversationId};
use crate::domain::money::Money;
use crate::domain::personal::Personal;
use crate::domain::time::Timestamp;
use crate::domain::tool::{IDENTITY_CHECK, PROOFS_AGAIN, ToolOutcome};
use crate::orchestrator::conversation::{
    Approval, Call, Conversation, RESULTS_KEPT, ToolResult, VERDICTS_KEPT, WaitsFor,
};
use crate::orchestrator::floor::{Floor, PAID_KEPT, Paid};
use crate::orchestrator::spending::{Day, Payment};

use super::with;

pub(super) fn fold_call(floor: &mut Floor, event: &ToolEvent, at: Timestamp) {
    match event {
        ToolEvent::Called { conversation, call, .. } => {
            floor.last.call = floor.last.call.max(*call);
            let counted = count(floor, event, at);
            with(floor, *conversation, |c| called(c, event, counted, at));
        }
        ToolEvent::Started { conversation, call } => with(floor, *conversation, |c| {
            if let Some(call) = c.calls.get_mut(call) {
                call.started = true;
            }
        }),
        ToolEvent::Returned { conversation, call, end, outcome, paid } => {
            settle_money(floor, (*conversation, *call), *end, *paid, at);
            count_proof(floor, (*conversation, *call), *end, at);
            with(floor, *conversation, |c| returned(c, *call, *end, outcome, *paid, at));
        }
        ToolEvent::Unsettled { conversation, call, asked, ask_at } => with(floor, *conversation, |c| {
            if let Some(call) = c.calls.get_mut(call) {
                (call.asked, call.ask_at, call.reconciling) = (*asked, Some(*ask_at), false);
            }
        }),
        ToolEvent::Reconciling { conversation, call } => with(floor, *conversation, |c| {
            if let Some(call) = c.calls.get_mut(call) {
                (call.asked, call.ask_at, call.reconciling) = (call.asked.saturating_add(1), None, true);
            }
        }),
        ToolEvent::AttemptFailed { conversation, call, attempt, retry_at } => with(floor, *conversation, |c| {
            if let Some(call) = c.calls.get_mut(call) {
                call.attempts = *attempt;
                call.retry_at = Some(*retry_at);
                call.reconciling = false;
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

/// Counts a call that was allowed, and its money; the day that was counted on.
fn count(floor: &mut Floor, event: &ToolEvent, at: Timestamp) -> Option<Day> {
    let ToolEvent::Called { conversation, agent, tool, side_effect, amount, .. } = event else { return None };
    let customer = floor.conversation(*conversation)?.customer;
    let day = Day::of(at);
    let spec = floor.deployment.as_ref().and_then(|deployment| deployment.tool(tool));
    if spec.is_some_and(|spec| spec.daily_calls.is_some()) {
        floor.spending.count_call(day, customer, tool);
    }
    let amount = amount.filter(|_| *side_effect)?;
    floor.spending.count(day, &Payment { agent, customer, tool }, amount);
    Some(day)
}

/// Money that certainly did not move is free again; money that did is remembered.
fn settle_money(
    floor: &mut Floor,
    (conversation, id): (ConversationId, CallId),
    end: CallEnd,
    paid: Option<Money>,
    at: Timestamp,
) {
    let Some(c) = floor.conversations.get(&conversation) else { return };
    let Some(call) = c.calls.get(&id) else { return };
    match end {
        CallEnd::Failed | CallEnd::Declined | CallEnd::Refused => {
            if let Some((day, amount)) = call.counted.zip(call.amount) {
                let payment = Payment { agent: &call.agent, customer: c.customer, tool: &call.tool };
                floor.spending.release(day, &payment, amount);
            }
        }
        CallEnd::Done | CallEnd::Unknown => {}
    }
    if let Some((amount, known)) = paid.zip(floor.customers.get_mut(&c.customer)) {
        known.paid.push_back(Paid { at, tool: call.tool.clone(), call: id, amount });
        if known.paid.len() > PAID_KEPT {
            known.paid.pop_front();
        }
    }
}

/// Facts that fitted, or did not.
fn count_proof(floor: &mut Floor, (conversation, id): (ConversationId, CallId), end: CallEnd, at: Timestamp) {
    let Some(c) = floor.conversations.get(&conversation) else { return };
    if c.calls.get(&id).is_none_or(|call| call.tool.as_str() != IDENTITY_CHECK) {
        return;
    }
    let Some(known) = floor.customers.get_mut(&c.customer) else { return };
    match end {
        CallEnd::Done => known.proofs_failed = (0, at),
        CallEnd::Declined => {
            // What lies back long enough is forgotten.
            let before = if at.since(known.proofs_failed.1) < PROOFS_AGAIN { known.proofs_failed.0 } else { 0 };
            known.proofs_failed = (before.saturating_add(1), at);
        }
        CallEnd::Failed | CallEnd::Unknown | CallEnd::Refused => {}
    }
}

fn called(c: &mut Conversation, event: &ToolEvent, counted: Option<Day>, at: Timestamp) {
    let ToolEvent::Called { call, agent, epoch, composition, tool, ask, side_effect, amount, draft, .. } = event else {
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
        draft: draft.clone(),
        counted,
        asked: 0,
        ask_at: None,
        reconciling: false,
    };
    c.calls.insert(*call, entry);
    c.advised = None;
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
                    endorsed: None,
                    since: at,
                    expires: *expires,
                };
                c.approvals.insert(*approval, asked);
                if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == *composition) {
                    composing.waits_for = WaitsFor::Approval(*approval);
                }
            });
        }
        ApprovalEvent::Endorsed { conversation, approval, by, ask, amount } => with(floor, *conversation, |c| {
            if let Some(asked) = c.approvals.get_mut(approval) {
                asked.endorsed = Some(by.clone());
                asked.waiting.ask = ask.clone();
                asked.waiting.amount = *amount;
            }
        }),
        ApprovalEvent::Settled { conversation, approval, verdict, by, .. } => with(floor, *conversation, |c| {
            c.approvals.remove(approval);
            c.settled.push_back((*approval, *verdict, by.clone()));
            if c.settled.len() > VERDICTS_KEPT {
                c.settled.pop_front();
            }
        }),
    }
}
