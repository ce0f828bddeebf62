//! Why a conversation needs somebody, and the expected harm of not looking at it.

use std::collections::BTreeSet;

use crate::domain::baton::Holder;
use crate::domain::clock::ClockKind;
use crate::domain::customer::Tier;
use crate::domain::escalation::Severity;
use crate::domain::id::{ApprovalId, ConversationId, OperatorName};
use crate::domain::operator::Role;
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Approval, Conversation, Escalation};
use crate::orchestrator::{Floor, allow};
use crate::protocol::row::{ClockRow, HarmTerm, Need, NeedReason};

use super::{Lens, line};

/// Due times nearer than this press, in ms.
const NEAR_MS: i64 = 60_000;
/// The term of the due time moves in such steps, so that a row does not change with every second.
const STEP_MS: i64 = 10_000;
/// A colleague on it takes away this much of the harm.
const COLLEAGUE: Score = Score::from_percent(-70);

/// The clock that is due next: that of the human who was promised comes before the others.
pub(super) fn clock(c: &Conversation) -> Option<ClockRow> {
    clocks(c).into_iter().next()
}

/// All clocks that run, the one that is due next first.
pub(super) fn clocks(c: &Conversation) -> Vec<ClockRow> {
    let human = c.escalation.as_ref().map(|escalation| ClockRow {
        clock: ClockKind::Human,
        due: escalation.due,
        warned: false,
        breached: escalation.breached,
    });
    let running = c.clocks.iter().filter(|clock| clock.paused.is_none());
    let mut rows: Vec<ClockRow> = running
        .map(|clock| ClockRow {
            clock: clock.set.clock,
            due: clock.set.due,
            warned: clock.warned,
            breached: clock.breached,
        })
        .collect();
    rows.sort_by_key(|row| row.due);
    human.into_iter().chain(rows).collect()
}

/// When the next answer, the human that was promised, or the end of the matter is due.
pub(super) fn due(c: &Conversation) -> Option<Timestamp> {
    clock(c).map(|clock| clock.due)
}

/// Conversations that are past their due time.
pub fn late(floor: &Floor, at: Timestamp) -> BTreeSet<ConversationId> {
    floor.conversations.values().filter(|c| due(c).is_some_and(|due| due < at)).map(|c| c.id).collect()
}

/// Whether a conversation stands under this viewer's needs.
pub fn is_need_of(floor: &Floor, c: &Conversation, lens: &Lens<'_>) -> bool {
    c.baton.holder.operator() != Some(lens.operator) && need(floor, c, lens).is_some()
}

/// Why a conversation needs somebody, as far as this viewer is concerned.
pub fn need(floor: &Floor, c: &Conversation, lens: &Lens<'_>) -> Option<Need> {
    let due = due(c);
    let (why, since, due) = reason(floor, c, due, lens)?;
    let colleague = colleague(c, lens);
    let mut terms = vec![
        (HarmTerm::Severity, severity(&why)),
        (HarmTerm::Due, pressing(due, lens.at)),
        (HarmTerm::Mood, displeasure(c)),
        (HarmTerm::Tier, tier(c.tier)),
        (HarmTerm::Irreversible, irreversible(floor, c)),
    ];
    let sum = terms.iter().fold(Score::ZERO, |sum, (_, score)| sum.plus(*score));
    if colleague.is_some() {
        terms.push((HarmTerm::Colleague, sum.times(COLLEAGUE)));
    }
    terms.retain(|(_, score)| *score != Score::ZERO);
    terms.sort_by_key(|(term, score)| (std::cmp::Reverse(score.0.abs()), *term as u8));
    let harm = terms.iter().fold(Score::ZERO, |sum, (_, score)| sum.plus(*score));
    Some(Need { why, harm, terms, due, since, colleague })
}

/// The reason, since when, and by when; the most pressing one first.
fn reason(
    floor: &Floor,
    c: &Conversation,
    due: Option<Timestamp>,
    lens: &Lens<'_>,
) -> Option<(NeedReason, Timestamp, Option<Timestamp>)> {
    if let Some((escalation, offer)) = c.escalation.as_ref().and_then(|e| Some((e, e.offer.as_ref()?)))
        && offer.operator == *lens.operator
    {
        let why = NeedReason::OfferedToYou { offer: offer.id, until: offer.until };
        return Some((why, escalation.since, Some(offer.until)));
    }
    if let Some((id, approval)) = approval_for(floor, c, lens) {
        let subject = c.subject_of(approval).unwrap_or_default();
        let why = NeedReason::Approval { approval: id, about: about(approval), subject };
        return Some((why, approval.since, Some(approval.expires)));
    }
    if let Some(draft) = c.draft.as_ref().filter(|_| may_judge(c, lens)) {
        let subject = c.subject_of_draft(draft).unwrap_or_default();
        let why = NeedReason::Draft { draft: draft.id, agent: draft.agent.clone(), subject };
        return Some((why, draft.since, draft.fuse.map(|fuse| fuse.until).or(due)));
    }
    if let Some(Escalation { id, trigger, severity, since, .. }) = &c.escalation {
        let why = NeedReason::Escalated { escalation: *id, trigger: *trigger, severity: *severity };
        return Some((why, *since, due));
    }
    let stuck = !c.failed.is_empty() && c.retry_at.is_none() && c.composing.is_none() && c.unanswered();
    if stuck && c.baton.holder.operator().is_none() {
        return Some((NeedReason::Failing, c.waiting_since.unwrap_or(c.baton.since), due));
    }
    let late = c.clocks.next().filter(|clock| clock.set.due < lens.at)?;
    Some((NeedReason::Overdue, late.since, due))
}

/// The oldest approval that this viewer may decide.
fn approval_for<'a>(floor: &Floor, c: &'a Conversation, lens: &Lens<'_>) -> Option<(ApprovalId, &'a Approval)> {
    c.approvals.iter().find(|(_, approval)| may_decide(floor, approval, lens)).map(|(id, approval)| (*id, approval))
}

/// Whether this viewer's yes would be taken: the role, the amount, and nothing they had a hand in.
pub(super) fn may_decide(floor: &Floor, approval: &Approval, lens: &Lens<'_>) -> bool {
    floor.deployment.as_ref().is_some_and(|deployment| {
        let allowed = allow::may_allow(deployment, lens.approver(deployment), approval, approval.waiting.amount);
        allowed.and(allow::not_twice(lens.operator, approval)).is_ok()
    })
}

/// Whether this viewer may say what becomes of a draft here.
pub(super) fn may_judge(c: &Conversation, lens: &Lens<'_>) -> bool {
    lens.role >= Role::Supervisor || c.gate.as_ref().is_some_and(|gate| gate.by == *lens.operator)
}

/// What an approval is about: `refunds.create 49.90 EUR`.
pub(super) fn about(approval: &Approval) -> Clean {
    line::call_about(&approval.tool, approval.waiting.amount)
}

/// The colleague who holds it, is offered it, or looks at it.
fn colleague(c: &Conversation, lens: &Lens<'_>) -> Option<OperatorName> {
    let other = |name: &&OperatorName| *name != lens.operator;
    let offered = c.escalation.as_ref().and_then(|e| e.offer.as_ref()).map(|offer| &offer.operator);
    let watching = lens.room.watchers.get(&c.id).and_then(|watchers| watchers.iter().find(other));
    let holding = match &c.baton.holder {
        Holder::Operator(name) => Some(name),
        Holder::Nobody | Holder::Agent(_) | Holder::Queue(_) => None,
    };
    holding.filter(other).or(offered.filter(other)).or(watching).cloned()
}

const fn severity(why: &NeedReason) -> Score {
    Score::from_percent(match why {
        NeedReason::Escalated { severity: Severity::Normal, .. } => 30,
        NeedReason::Escalated { severity: Severity::High, .. } => 60,
        NeedReason::Escalated { severity: Severity::Critical, .. } => 100,
        NeedReason::OfferedToYou { .. } => 80,
        NeedReason::Approval { .. } | NeedReason::Draft { .. } => 50,
        NeedReason::Failing => 70,
        NeedReason::Overdue => 40,
    })
}

/// Nothing a minute before, half at the due time, all a minute later.
fn pressing(due: Option<Timestamp>, at: Timestamp) -> Score {
    let Some(due) = due else { return Score::ZERO };
    let late = at.0.saturating_sub(due.0).clamp(-NEAR_MS, NEAR_MS) / STEP_MS * STEP_MS;
    Score(((late + NEAR_MS) * 10_000 / (2 * NEAR_MS)) as i32)
}

/// How low the mood is, and how far it fell over the last turns.
fn displeasure(c: &Conversation) -> Score {
    let low = Score(-c.mood.0.min(0));
    let fall = c.mood_path.front().map_or(Score::ZERO, |first| Score(first.0.saturating_sub(c.mood.0).max(0)));
    low.times(Score::from_percent(40)).plus(fall.times(Score::from_percent(20)))
}

const fn tier(tier: Tier) -> Score {
    Score::from_percent(match tier {
        Tier::Standard => 0,
        Tier::Gold => 10,
        Tier::Vip => 20,
    })
}

/// A call that waits and cannot be taken back.
fn irreversible(floor: &Floor, c: &Conversation) -> Score {
    let deployment = floor.deployment.as_ref();
    let acts = |approval: &Approval| {
        let spec = deployment.and_then(|deployment| deployment.tool(&approval.tool));
        spec.is_none_or(|tool| tool.side_effect && !tool.reversible)
    };
    if c.approvals.values().any(acts) { Score::from_percent(30) } else { Score::ZERO }
}
