//! Asking the router, and doing what it says.

use crate::domain::agent::AgentSpec;
use crate::domain::analysis::{Analysis, IntentScore};
use crate::domain::circle::Break;
use crate::domain::event::{CircleEvent, Event, RoutingEvent};
use crate::domain::handoff::DeclineReason;
use crate::domain::id::{AgentName, IntentName};
use crate::domain::learning::Features;
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;
use crate::orchestrator::conversation::Conversation;
use crate::routing::bandit::{self, Exploration};
use crate::routing::{RoutingInput, Seat};

use super::case::Case;
use super::{attend, escalate, handoff};

/// Handoffs for one message of the customer; beyond that the baton only goes in circles.
const HOPS_MAX: u8 = 2;

/// Triage has the baton: it answers itself, or passes it to who is better for this.
pub(super) fn from_triage(case: &Case<'_>, triage: &AgentSpec) -> Vec<Event> {
    let c = case.conversation;
    let Some(decided) = choose(case, &c.analysis, &[]) else { return escalate::no_agent(case) };
    let mut events = vec![routed(case, &decided)];
    if decided.decision.chosen == triage.name {
        events.extend(attend::begin(case, triage, 0));
    } else {
        let read = c.analysis.top().map(|scored| &scored.intent);
        events.extend(handoff::offer(case, &triage.name, &decided.decision.chosen, read));
    }
    events
}

/// The holder cannot go on with it: whoever is best of the others takes it, or a human.
/// An objective that the holder names counts for more than what the last words sound like.
pub(super) fn to_other(
    case: &Case<'_>,
    from: &AgentName,
    not: &[AgentName],
    objective: Option<&IntentName>,
) -> Vec<Event> {
    if !may_move_on(case.conversation) {
        return stopped(case, from, None);
    }
    let analysis =
        objective.map_or_else(|| (*case.conversation.analysis).clone(), |objective| wanting(case, objective));
    let Some(decided) = choose(case, &analysis, not) else { return escalate::no_agent(case) };
    let mut events = vec![routed(case, &decided)];
    events.extend(handoff::offer(case, from, &decided.decision.chosen, objective));
    events
}

/// The holder is stopped: whoever is best of the others takes it, or a human.
pub(super) fn away(case: &Case<'_>, from: &AgentName) -> Vec<Event> {
    let decided = choose(case, &case.conversation.analysis, std::slice::from_ref(from));
    let Some(decided) = decided.filter(|_| may_move_on(case.conversation)) else {
        return escalate::stopped(case);
    };
    let mut events = vec![routed(case, &decided)];
    events.extend(handoff::offer(case, from, &decided.decision.chosen, None));
    events
}

/// The last words, read as asking for this alone.
fn wanting(case: &Case<'_>, objective: &IntentName) -> Analysis {
    let intents = vec![IntentScore { intent: objective.clone(), confidence: Score::ONE }];
    Analysis { intents, out_of_scope: Score::ZERO, ..(*case.conversation.analysis).clone() }
}

/// The holder names who is to go on.
pub(super) fn to_named(
    case: &Case<'_>,
    from: &AgentName,
    to: &AgentName,
    objective: Option<&IntentName>,
) -> Vec<Event> {
    let back = case.conversation.round.contains(to);
    if back || !may_move_on(case.conversation) {
        return stopped(case, from, Some(to));
    }
    handoff::offer(case, from, to, objective)
}

/// Who gives it away, and who did so before for this message: none of them gets it back.
pub(super) fn been(c: &Conversation, from: &AgentName) -> Vec<AgentName> {
    c.round.iter().chain([from]).cloned().collect()
}

/// Whether the baton may move once more for this message.
pub(super) fn may_move_on(c: &Conversation) -> bool {
    c.hops < HOPS_MAX
}

/// The baton goes in circles, or is offered again and again to one who declines: a human is called.
fn stopped(case: &Case<'_>, from: &AgentName, to: Option<&AgentName>) -> Vec<Event> {
    let path = case.conversation.round.iter().chain([from]).chain(to).cloned().collect();
    let circle = CircleEvent::Handoffs { conversation: case.id(), path, then: Break::Human };
    let to = to.unwrap_or(from).clone();
    let mut events = vec![circle.into(), handoff::refused(case, from, to, DeclineReason::PingPong)];
    events.extend(escalate::raise(case, crate::domain::escalation::Trigger::RepeatedFailure, Vec::new()));
    events
}

/// A decision with what it rests on.
struct Decided {
    decision: RoutingDecision,
    features: Features,
    /// What policy and roster alone gave each candidate.
    plain: Vec<Score>,
}

/// The best agent with a free seat that is not excluded, by policy, roster, what was learnt, and people's rules.
fn choose(case: &Case<'_>, analysis: &Analysis, not: &[AgentName]) -> Option<Decided> {
    let c = case.conversation;
    let (policy, learning) = (&case.deployment.policy, &case.floor.learning);
    let rule = learning.rule_for((analysis, &c.asked_now()), c.tier, &c.channel);
    let holder = c.baton.holder.agent();
    let load = |name| case.floor.agents.get(name).map_or(0, |state| state.load);
    let agents = case.deployment.agents.iter();
    // Who drains goes on with what it has; who is held is never chosen.
    let may = |name: &AgentName| {
        let here = holder == Some(name) || case.floor.life(name).takes_new();
        here && case.floor.stopped(c, name).is_none() && !not.contains(name)
    };
    let seats: Vec<Seat<'_>> =
        agents.map(|spec| Seat { spec, load: load(&spec.name), available: may(&spec.name) }).collect();
    let input = RoutingInput {
        analysis,
        mood: c.mood,
        tier: c.tier,
        past: case.floor.customers.get(&c.customer).map_or(&[], |customer| &customer.past),
        holder: holder.filter(|name| !not.contains(name)),
        seats: &seats,
        weights: &policy.routing,
        lot: draw(case),
        rule: rule.map(|rule| (rule.id, &rule.agent)),
    };
    let exploration = if policy.learning.explores(c.tier) { Exploration::Cautious } else { Exploration::Never };
    let features = Features::of(analysis, c.mood, c.tier);
    let decision = bandit::choose(&learning.router, &features, &input, exploration)?;
    let plain = bandit::unlearnt(&learning.router, &features, &decision);
    let plain = plain.candidates.iter().map(|candidate| candidate.score).collect();
    Some(Decided { decision, features, plain })
}

/// A number from conversation and turn alone, so that a replay draws the same.
fn draw(case: &Case<'_>) -> u64 {
    let turn = case.conversation.last_said.0.to_be_bytes();
    let digest = crate::privacy::digest::digest([case.id().to_bytes().as_slice(), turn.as_slice()]);
    digest.0.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn routed(case: &Case<'_>, decided: &Decided) -> Event {
    let (conversation, turn) = (case.id(), case.conversation.last_said);
    let (decision, features) = (Box::new(decided.decision.clone()), Box::new(decided.features.clone()));
    RoutingEvent::Routed { conversation, turn, decision, features, plain: decided.plain.clone() }.into()
}
