//! Why a conversation needs somebody, and the expected harm of not looking at it.

use std::collections::BTreeSet;

use crate::domain::baton::Holder;
use crate::domain::clock::ClockKind;
use crate::domain::conversation::Priority;
use crate::domain::customer::Tier;
use crate::domain::escalation::Severity;
use crate::domain::id::{ApprovalId, ConversationId, OperatorName, PromiseId};
use crate::domain::operator::Role;
use crate::domain::score::Score;
use crate::domain::text::Clean;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::{Approval, Conversation, Escalation, LeftStage};
use crate::orchestrator::floor::Stub;
use crate::orchestrator::owed::{Open, Owed};
use crate::orchestrator::{Floor, allow, outlook};
use crate::protocol::row::{ClockRow, HarmTerm, Need, NeedReason};

use super::incident::is_folded;
use super::{Lens, line};

/// Due times nearer than this press, in ms.
const NEAR_MS: i64 = 60_000;
/// The term of the due time moves in such steps, so that a row does not change with every second.
const STEP_MS: i64 = 10_000;
/// What a certain call for a human adds to what presses already: less than one that was made.
const LIKELY: Score = Score::from_percent(30);
/// A colleague on it takes away this much of the harm.
const COLLEAGUE: Score = Score::from_percent(-70);

/// The clock that is due next: that of the human who was promised comes before the others.
pub(super) fn clock(c: &Conversation) -> Option<ClockRow> {
    clocks(c).into_iter().next()
}

/// All clocks that run, the one that is due next first; none in a sleep.
pub(super) fn clocks(c: &Conversation) -> Vec<ClockRow> {
    if c.asleep() {
        return Vec::new();
    }
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

/// Every need this viewer is shown, and whether it stands under theirs: not when they hold it anyway, nor
/// when it stands behind the row of an incident.
pub fn needs<'a>(floor: &'a Floor, lens: &'a Lens<'_>) -> impl Iterator<Item = (ConversationId, Need, bool)> + 'a {
    let live = floor.conversations.values().filter_map(move |c| {
        let need = need(floor, c, lens)?;
        let theirs = c.baton.holder.operator() != Some(lens.operator) && !is_folded(floor, c, Some(&need.why));
        Some((c.id, need, theirs))
    });
    let resolved = floor.owing.iter().filter_map(move |id| Some((*id, left(floor.stubs.get(id)?, lens)?, true)));
    live.chain(resolved)
}

/// Why a conversation, live or resolved, needs somebody.
pub fn need_in(floor: &Floor, id: ConversationId, lens: &Lens<'_>) -> Option<Need> {
    match floor.conversation(id) {
        Some(c) => need(floor, c, lens),
        None => left(floor.stubs.get(&id)?, lens),
    }
}

/// Why a live conversation needs somebody, whoever that is: what is asked of one person left out.
pub(super) fn of_anybody(c: &Conversation, at: Timestamp) -> Option<NeedReason> {
    let owed = c.owed.iter().find(|(_, owed)| owed.breached);
    let owed = owed.map(|(id, owed)| NeedReason::Promise { promise: *id, about: super::owed::sentence(&owed.text) });
    let called = called_for(c, due(c)).map(|(why, ..)| why);
    called.or(owed).or_else(|| overdue(c, at).map(|_| NeedReason::Overdue))
}

/// The harm of not looking at a live conversation, for whoever might.
pub(super) fn harm(floor: &Floor, c: &Conversation, why: &NeedReason, at: Timestamp) -> Score {
    let terms = [severity(why), pressing(due(c), at), displeasure(c), tier(c.tier), irreversible(floor, c)];
    terms.into_iter().fold(Score::ZERO, Score::plus)
}

/// What is left to do in a resolved conversation: its end to be wrapped up by who had it, or a promise
/// that outlived it and was not kept in time.
pub(super) fn left(stub: &Stub, lens: &Lens<'_>) -> Option<Need> {
    if let Some(wrap) = stub.wrap.as_ref().filter(|wrap| wrap.operator == *lens.operator) {
        let found = (NeedReason::WrapUp { until: wrap.until }, wrap.until, Some(wrap.until));
        return Some(weighed(found, vec![(HarmTerm::Tier, tier(stub.tier))], None, lens));
    }
    let (promise, owed, owner) = late_promise(&stub.owed, &Holder::Nobody, lens)?;
    let why = NeedReason::Promise { promise, about: super::owed::sentence(&owed.text) };
    let colleague = owner.filter(|owner| owner != lens.operator);
    Some(weighed(
        (why, owed.due.unwrap_or(owed.since), owed.due),
        vec![(HarmTerm::Tier, tier(stub.tier))],
        colleague,
        lens,
    ))
}

/// The promise that has been late for longest, for whom it concerns: who owes it, and supervisors, for
/// whom it weighs less while a person owes it.
fn late_promise<'a>(
    open: &'a Open,
    holder: &Holder,
    lens: &Lens<'_>,
) -> Option<(PromiseId, &'a Owed, Option<OperatorName>)> {
    let late = open.iter().filter(|(_, owed)| owed.breached);
    let theirs = late.filter_map(|(id, owed)| {
        let owner = owed.owner(holder).operator().cloned();
        let mine = owner.as_ref() == Some(lens.operator) || lens.role >= Role::Supervisor;
        mine.then_some((*id, owed, owner))
    });
    theirs.min_by_key(|(id, owed, _)| (owed.due, *id))
}

/// Why a live conversation needs somebody, as far as this viewer is concerned.
pub(super) fn need(floor: &Floor, c: &Conversation, lens: &Lens<'_>) -> Option<Need> {
    // Who sleeps needs nobody until they wake.
    if c.asleep() {
        return None;
    }
    let found = reason(floor, c, due(c), lens)?;
    let terms = vec![
        (HarmTerm::Mood, displeasure(c)),
        (HarmTerm::Tier, tier(c.tier)),
        (HarmTerm::Irreversible, irreversible(floor, c)),
        (HarmTerm::Priority, priority(c.arranged.priority)),
        (HarmTerm::Likely, likely(floor, c)),
    ];
    Some(weighed(found, terms, colleague(c, lens), lens))
}

/// How likely it gets worse, where nobody was called yet.
fn likely(floor: &Floor, c: &Conversation) -> Score {
    outlook(floor, c).escalates.map_or(Score::ZERO, |(chance, _)| chance.times(LIKELY))
}

/// A need with what makes it press.
fn weighed(
    (why, since, due): (NeedReason, Timestamp, Option<Timestamp>),
    more: Vec<(HarmTerm, Score)>,
    colleague: Option<OperatorName>,
    lens: &Lens<'_>,
) -> Need {
    let mut terms = vec![(HarmTerm::Severity, severity(&why)), (HarmTerm::Due, pressing(due, lens.at))];
    terms.extend(more);
    let sum = terms.iter().fold(Score::ZERO, |sum, (_, score)| sum.plus(*score));
    if colleague.is_some() {
        terms.push((HarmTerm::Colleague, sum.times(COLLEAGUE)));
    }
    terms.retain(|(_, score)| *score != Score::ZERO);
    terms.sort_by_key(|(term, score)| (std::cmp::Reverse(score.0.abs()), *term as u8));
    let harm = terms.iter().fold(Score::ZERO, |sum, (_, score)| sum.plus(*score));
    Need { why, harm, terms, due, since, colleague }
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
    if let Some(claim) = c.claim.as_ref().filter(|claim| claim.from == *lens.operator) {
        let why = NeedReason::AskedFor { claim: claim.id, by: claim.by.clone(), until: claim.until };
        return Some((why, claim.since, Some(claim.until)));
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
    if let Some(why) = left_alone(c, lens) {
        let until = c.left.and_then(|left| left.next());
        return Some((why, c.waiting_since.unwrap_or(c.baton.since), until.or(due)));
    }
    if let Some(called) = called_for(c, due) {
        return Some(called);
    }
    if let Some((promise, owed, _)) = late_promise(&c.owed, &c.baton.holder, lens) {
        let why = NeedReason::Promise { promise, about: super::owed::sentence(&owed.text) };
        return Some((why, owed.due.unwrap_or(owed.since), owed.due));
    }
    if let Some((what, since)) = c.arranged.watches.get(lens.operator).and_then(|watch| watch.when.zip(watch.noticed)) {
        return Some((NeedReason::Watched { what }, since, due));
    }
    Some((NeedReason::Overdue, overdue(c, lens.at)?, due))
}

/// A human was called for, or no agent gets further.
fn called_for(c: &Conversation, due: Option<Timestamp>) -> Option<(NeedReason, Timestamp, Option<Timestamp>)> {
    if let Some(Escalation { id, trigger, severity, since, call_back, .. }) = &c.escalation {
        let (escalation, trigger, severity, call_back) = (*id, *trigger, *severity, *call_back);
        let why = NeedReason::Escalated { escalation, trigger, severity, call_back };
        return Some((why, *since, due));
    }
    let stuck = !c.failed.is_empty() && c.retry_at.is_none() && c.composing.is_none() && c.unanswered();
    let alone = stuck && c.baton.holder.operator().is_none();
    alone.then(|| (NeedReason::Failing, c.waiting_since.unwrap_or(c.baton.since), due))
}

/// Since when a clock that is late has run.
fn overdue(c: &Conversation, at: Timestamp) -> Option<Timestamp> {
    c.clocks.next().filter(|clock| clock.set.due < at).map(|late| late.since)
}

/// The holder is told first, then whoever supervises.
fn left_alone(c: &Conversation, lens: &Lens<'_>) -> Option<NeedReason> {
    let (left, operator) = (c.left.as_ref()?, c.baton.holder.operator()?);
    let mine = operator == lens.operator;
    let told = match left.stage {
        LeftStage::Waits => false,
        LeftStage::Nudged => mine,
        LeftStage::Called => mine || lens.role >= Role::Supervisor,
    };
    told.then(|| NeedReason::LeftAlone { operator: operator.clone() })
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

/// The colleague who holds it, speaks or writes in it, is offered it, or looks at it.
fn colleague(c: &Conversation, lens: &Lens<'_>) -> Option<OperatorName> {
    let other = |name: &&OperatorName| *name != lens.operator;
    let offered = c.escalation.as_ref().and_then(|e| e.offer.as_ref()).map(|offer| &offer.operator);
    let watching = lens.room.watchers.get(&c.id).and_then(|watchers| watchers.iter().find(other));
    let writing = lens.room.writers.get(&c.id).into_iter().flatten().map(|writer| &writer.operator).find(other);
    let holding = match &c.baton.holder {
        Holder::Operator(name) => Some(name),
        Holder::Nobody | Holder::Agent(_) | Holder::Queue(_) => None,
    };
    let beside = c.barge.as_ref().map(|barge| &barge.operator);
    [holding.filter(other), beside.filter(other), writing, offered.filter(other), watching]
        .into_iter()
        .flatten()
        .next()
        .cloned()
}

const fn severity(why: &NeedReason) -> Score {
    Score::from_percent(match why {
        NeedReason::Escalated { severity: Severity::Normal, .. } => 30,
        NeedReason::Escalated { severity: Severity::High, .. } => 60,
        NeedReason::Escalated { severity: Severity::Critical, .. } => 100,
        NeedReason::OfferedToYou { .. } | NeedReason::AskedFor { .. } => 80,
        NeedReason::Approval { .. } | NeedReason::Draft { .. } => 50,
        NeedReason::Failing | NeedReason::LeftAlone { .. } => 70,
        NeedReason::Promise { .. } | NeedReason::Overdue | NeedReason::Watched { .. } => 40,
        NeedReason::WrapUp { .. } => 10,
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

/// What a person said of how much it presses.
const fn priority(priority: Option<Priority>) -> Score {
    Score::from_percent(match priority {
        Some(Priority::Low) => -40,
        Some(Priority::Normal) | None => 0,
        Some(Priority::High) => 40,
        Some(Priority::Urgent) => 90,
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
