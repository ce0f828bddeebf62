//! Handing a shift over: what is left is written down, and somebody else signs for it.

use std::cmp::Reverse;

use crate::domain::baton::Holder;
use crate::domain::brief::{BRIEF_LINES_MAX, BriefLine, BriefReason, BriefSums};
use crate::domain::event::{Event, OperatorEvent};
use crate::domain::id::{BriefId, ConversationId, OperatorName, PromiseId};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::score::Score;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::{Floor, Stub};
use crate::orchestrator::owed::Open;

use super::operate::need;

/// Mood from which a customer counts as fragile: well below what a plain complaint reads as.
const FRAGILE: Score = Score::from_percent(-40);

/// Writes down what is left; whoever looks only leaves nothing behind.
pub(super) fn hand_over(floor: &Floor, by: &OperatorSpec) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Responder)?;
    let mut lines: Vec<(Score, BriefLine)> =
        floor.conversations.values().filter_map(|c| Some((c.mood, line(c, &by.name)?))).collect();
    lines.extend(floor.owing.iter().filter_map(|id| Some((Score::ZERO, resolved(*id, floor.stubs.get(id)?)))));
    lines.sort_by_key(|(mood, line)| (Reverse(line.reasons.len()), *mood, line.conversation));
    let lines = lines.into_iter().map(|(_, line)| line).take(BRIEF_LINES_MAX).collect();
    let (brief, operator) = (floor.last.brief.next(), by.name.clone());
    Ok(vec![OperatorEvent::BriefWritten { operator, brief, since: floor.briefed.0, sums: sums(floor), lines }.into()])
}

fn line(c: &Conversation, by: &OperatorName) -> Option<BriefLine> {
    let reasons: Vec<BriefReason> = [
        (BriefReason::Held, c.baton.holder == Holder::Operator(by.clone())),
        (BriefReason::Owed, !c.owed.is_empty() || !c.promises.is_empty()),
        (BriefReason::Waits, c.escalation.is_some()),
        (BriefReason::Fragile, c.mood <= FRAGILE),
    ]
    .into_iter()
    .filter_map(|(reason, applies)| applies.then_some(reason))
    .collect();
    let owed = owed(&c.owed);
    (!reasons.is_empty()).then_some(BriefLine { conversation: c.id, handle: c.handle, reasons, owed })
}

/// What is over and owed still.
fn resolved(conversation: ConversationId, stub: &Stub) -> BriefLine {
    BriefLine { conversation, handle: stub.handle, reasons: vec![BriefReason::Owed], owed: owed(&stub.owed) }
}

fn owed(open: &Open) -> Vec<(PromiseId, Option<Timestamp>)> {
    open.iter().map(|(id, owed)| (*id, owed.due)).collect()
}

/// What was counted since the brief before.
fn sums(floor: &Floor) -> BriefSums {
    let (now, before) = (floor.tally, floor.briefed.1);
    BriefSums {
        conversations: now.conversations - before.conversations,
        resolved: now.resolved - before.resolved,
        handoffs: now.handoffs - before.handoffs,
        escalations: now.escalations - before.escalations,
        withheld: now.withheld - before.withheld,
    }
}

/// Signs for a brief: once, and never for one's own.
pub(super) fn sign(floor: &Floor, by: &OperatorSpec, id: BriefId) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Responder)?;
    let brief = floor.briefs.get(&id).ok_or(Refusal::UnknownBrief { brief: id })?;
    if let Some((signed_by, _)) = &brief.signed {
        return Err(Refusal::BriefSigned { by: signed_by.clone() });
    }
    if brief.by == by.name {
        return Err(Refusal::OwnBrief);
    }
    Ok(vec![OperatorEvent::BriefSigned { operator: by.name.clone(), brief: id }.into()])
}
