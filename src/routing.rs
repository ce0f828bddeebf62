//! Who should take a turn, and whether a human should: scores with their terms.
//!
//! Does: turns what is known of a text, a customer and the roster into a choice that explains
//! itself, in whole numbers, the same on every machine.
//! Never: keeps state, draws at random, or knows more than its input.

pub mod bandit;
pub mod escalation;

use std::cmp::Reverse;

use crate::domain::agent::{AgentRole, AgentSpec};
use crate::domain::analysis::Analysis;
use crate::domain::customer::Tier;
use crate::domain::id::AgentName;
use crate::domain::policy::RoutingWeights;
use crate::domain::routing::{Basis, CANDIDATES_KEPT, Candidate, Contribution, Factor, RoutingDecision};
use crate::domain::score::{Propensity, Score};

/// A certain choice, in millionths.
const CERTAIN: u32 = 1_000_000;

/// One agent of the roster as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    /// Who it is.
    pub spec: &'a AgentSpec,
    /// Conversations it holds.
    pub load: u32,
    /// Whether it may be given work: not held, not draining, not failing.
    pub available: bool,
}

/// All that a routing decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct RoutingInput<'a> {
    /// What the text means.
    pub analysis: &'a Analysis,
    /// The customer's mood over the last texts, -1 to 1.
    pub mood: Score,
    /// What the customer was promised.
    pub tier: Tier,
    /// The agent that holds the conversation.
    pub holder: Option<&'a AgentName>,
    /// The roster.
    pub seats: &'a [Seat<'a>],
    /// How the deployment weighs.
    pub weights: &'a RoutingWeights,
    /// A hash of conversation and turn: settles equal scores, the same way in every replay.
    pub lot: u64,
}

/// Chooses an agent, or none when no seat is free; the holder needs no second seat.
///
/// The matter counts first: how much of the text's meaning an agent takes. When no agent is sure
/// enough of it, the holder keeps the conversation, and without a holder the generalist takes it.
pub fn decide(input: &RoutingInput<'_>) -> Option<RoutingDecision> {
    let Considered { mut candidates, unsure, generalists } = considered(input)?;
    rank(&mut candidates, input.lot);
    let best = candidates.first()?.score;
    let equals = candidates.iter().take_while(|c| c.score == best).count();
    // Every one of the equals could have been drawn; none of the others could.
    for (candidate, chance) in candidates.iter_mut().zip(bandit::even(equals, equals)) {
        candidate.propensity = Propensity(chance);
    }
    let chosen = candidates.first()?.agent.clone();
    let basis = match candidates.len() {
        1 => Basis::OnlyOne,
        _ if equals > 1 => Basis::TieBreak,
        _ if unsure && generalists.contains(&chosen) => Basis::Fallback,
        _ => Basis::Best,
    };
    let margin = candidates.get(1).map_or(Score::ZERO, |second| best.minus(second.score));
    candidates.truncate(CANDIDATES_KEPT);
    Some(RoutingDecision { candidates, chosen, margin, basis })
}

/// The free seats with what policy and roster say of each, in the order of the roster.
struct Considered {
    candidates: Vec<Candidate>,
    /// No agent is sure enough that the matter is its own.
    unsure: bool,
    /// Those of them that sort things out.
    generalists: Vec<AgentName>,
}

fn considered(input: &RoutingInput<'_>) -> Option<Considered> {
    let free = |seat: &&Seat<'_>| {
        let holds = input.holder == Some(&seat.spec.name);
        seat.available && (holds || seat.load < seat.spec.capacity)
    };
    let eligible: Vec<(&Seat<'_>, Score)> =
        input.seats.iter().filter(free).map(|seat| (seat, fit(input.analysis, seat.spec))).collect();
    let sure = eligible.iter().map(|(_, fit)| *fit).max()?;
    let unsure = sure < input.weights.confidence;
    let held = unsure && eligible.iter().any(|(seat, _)| input.holder == Some(&seat.spec.name));
    let doubt = if unsure { Score::ONE.minus(sure) } else { Score::ZERO };
    let candidates = eligible
        .iter()
        .map(|(seat, fit)| candidate(input, seat, *fit, if held { (doubt, Score::ZERO) } else { (Score::ZERO, doubt) }))
        .collect();
    let generalists = eligible.iter().filter(|(seat, _)| seat.spec.role == AgentRole::Triage);
    Some(Considered { candidates, unsure, generalists: generalists.map(|(seat, _)| seat.spec.name.clone()).collect() })
}

/// Best first; equals by lot.
fn rank(candidates: &mut [Candidate], lot: u64) {
    candidates.sort_by_key(|c| (Reverse(c.score), drawn(lot, &c.agent)));
}

fn largest_first(contributions: &mut [Contribution]) {
    contributions.sort_by_key(|c| (Reverse(c.score.0.saturating_abs()), c.factor));
}

/// How much of the text's meaning is this agent's, 0 to 1.
fn fit(analysis: &Analysis, spec: &AgentSpec) -> Score {
    let own = analysis.intents.iter().filter(|intent| spec.intents.contains(&intent.intent));
    let sum = own.fold(Score::ZERO, |sum, intent| sum.plus(intent.confidence));
    sum.times(Score::ONE.minus(analysis.out_of_scope)).within(Score::ZERO, Score::ONE)
}

/// Scores one agent. `doubt` is what the holder and the generalist gain when nobody is sure.
fn candidate(input: &RoutingInput<'_>, seat: &Seat<'_>, fit: Score, doubt: (Score, Score)) -> Candidate {
    let weights = input.weights;
    let spec = seat.spec;
    let skill = spec.skills.iter().map(|(_, how_well)| *how_well).max().unwrap_or_default();
    let load = u64::from(seat.load) * 10_000 / u64::from(spec.capacity.max(1));
    let tense = Score::ZERO.minus(input.mood).within(Score::ZERO, Score::ONE);
    let holds = input.holder == Some(&spec.name);
    let generalist = spec.role == AgentRole::Triage;
    let terms = [
        (Factor::Intent, weights.intent.times(fit)),
        // Being good at something else is no reason.
        (Factor::Expertise, weights.expertise.times(skill).times(fit)),
        (Factor::Load, Score::ZERO.minus(weights.load.times(Score(load as i32)))),
        (Factor::Tier, weights.tier.times(standing(input.tier)).times(skill).times(fit)),
        (Factor::Mood, weights.mood.times(tense).times(spec.calm)),
        (Factor::Continuity, if holds { weights.continuity.plus(doubt.0) } else { Score::ZERO }),
        (Factor::Generalist, if generalist { doubt.1 } else { Score::ZERO }),
    ];
    let mut contributions: Vec<Contribution> = terms
        .into_iter()
        // That nobody's intent fits is a reason as well.
        .filter(|(factor, score)| *score != Score::ZERO || *factor == Factor::Intent)
        .map(|(factor, score)| Contribution { factor, score })
        .collect();
    largest_first(&mut contributions);
    let score = contributions.iter().fold(Score::ZERO, |sum, c| sum.plus(c.score));
    Candidate { agent: spec.name.clone(), score, propensity: Propensity(0), contributions }
}

/// What a tier is worth, 0 to 1.
pub(crate) const fn standing(tier: Tier) -> Score {
    match tier {
        Tier::Standard => Score::ZERO,
        Tier::Gold => Score::from_percent(50),
        Tier::Vip => Score::ONE,
    }
}

/// An agent's place in the draw.
fn drawn(lot: u64, agent: &AgentName) -> u64 {
    let mixed = agent
        .as_str()
        .bytes()
        .fold(lot ^ 0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (mixed ^ (mixed >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests;
