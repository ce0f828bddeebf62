//! What is to be expected of a conversation, each with what it rests on.

use crate::domain::escalation::Term;
use crate::domain::id::{AgentName, IntentName};
use crate::domain::opportunity::Opportunity;
use crate::domain::score::Score;
use crate::domain::time::Millis;
use crate::routing::escalation::chance;

use super::conversation::Conversation;
use super::decide::likely;
use super::floor::Floor;
use super::learning::MatterSums;
use super::opportunity::opportunity;

/// Fewer cases than these say nothing.
const CASES_MIN: u32 = 5;

/// What is to be expected of a live conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// How likely a human is needed in the next turns, 0 to 1, and what that is read off; none when one is called
    /// or has it.
    pub escalates: Option<(Score, Vec<Term>)>,
    /// How long agents and people have such matters, and of how many that is known.
    pub handling: Option<(Millis, u32)>,
    /// How likely the customer comes back about such a matter, 0 to 1, of so many.
    pub returns: Option<(Score, u32)>,
    /// How likely the agent that was chosen settles it alone, 0 to 1, of so many of its choices.
    pub settles: Option<(Score, u32)>,
    /// What speaks for an offer; none while the customer is tense or in trouble.
    pub opportunity: Option<Opportunity>,
}

/// What is to be expected of a live conversation, as far as enough cases tell.
pub fn outlook(floor: &Floor, c: &Conversation) -> Outlook {
    let Some(deployment) = floor.rules(c) else { return Outlook::default() };
    let waits_for_none = c.escalation.is_none() && c.baton.holder.agent().is_some();
    let policy = floor.learning.escalation(&deployment.policy.escalation, c);
    let escalates = waits_for_none.then(|| {
        let read = likely(floor, deployment, c);
        (chance(read.score, &policy), read.terms)
    });
    let choice = c.choice.as_deref();
    let matter = choice.and_then(|choice| choice.intent.as_ref());
    let sums = matter.and_then(|intent| sums(floor, intent));
    Outlook {
        escalates,
        handling: sums.map(|sums| (Millis(sums.handled_ms / u64::from(sums.ended)), sums.ended)),
        returns: matter.and_then(|intent| returns(floor, intent)),
        settles: choice.and_then(|choice| alone(floor, &choice.decision.chosen)),
        opportunity: opportunity(deployment, c),
    }
}

/// What became of such matters, where enough of them have ended.
fn sums(floor: &Floor, intent: &IntentName) -> Option<MatterSums> {
    floor.learning.matters.get(intent).copied().filter(|sums| sums.ended >= CASES_MIN)
}

/// How likely a customer comes back about such a matter, 0 to 1, of so many; none where too few cases tell.
pub fn returns(floor: &Floor, intent: &IntentName) -> Option<(Score, u32)> {
    sums(floor, intent).map(|sums| (share(sums.returned, sums.ended), sums.ended))
}

/// How likely an agent settles alone what it is chosen for, 0 to 1, of so many; none where too few cases tell.
pub fn alone(floor: &Floor, agent: &AgentName) -> Option<(Score, u32)> {
    let (known, alone) = floor.learning.settled.get(agent).copied().filter(|(known, _)| *known >= CASES_MIN)?;
    Some((share(alone, known), known))
}

/// So many of so many, with one case on either side that nobody has seen: a few cases make nothing certain (Laplace).
fn share(some: u32, all: u32) -> Score {
    let part = (u64::from(some) + 1) * u64::from(Score::ONE.0.unsigned_abs()) / (u64::from(all) + 2);
    Score(i32::try_from(part).unwrap_or(Score::ONE.0)).within(Score::ZERO, Score::ONE)
}
