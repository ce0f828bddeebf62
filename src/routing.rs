//! Who should take a turn, and whether a human should: scores with their terms.
//!
//! Does: turns what is known of a text, a customer and the roster into a choice that explains
//! itself, in whole numbers, the same on every machine.
//! Never: keeps state, draws at random, or knows more than its input.

pub mod bandit;
pub mod escalation;
pub mod off_policy;

use std::cmp::Reverse;

use crate::domain::agent::{AgentRole, AgentSpec};
use crate::domain::analysis::Analysis;
use crate::domain::customer::Tier;
use crate::domain::id::{AgentName, RuleId};
use crate::domain::learning::Precedent;
use crate::domain::policy::RoutingWeights;
use crate::domain::routing::{Candidate, Contribution, Factor};
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
    /// How earlier matters of the customer went.
    pub past: &'a [Precedent],
    /// The agent that holds the conversation.
    pub holder: Option<&'a AgentName>,
    /// The roster.
    pub seats: &'a [Seat<'a>],
    /// How the deployment weighs.
    pub weights: &'a RoutingWeights,
    /// A hash of conversation and turn: settles equal scores, the same way in every replay.
    pub lot: u64,
    /// The rule of a person that is about this turn, and whom it names.
    pub rule: Option<(RuleId, &'a AgentName)>,
}

/// The free seats with what policy and roster say of each, in the order of the roster.
struct Considered {
    candidates: Vec<Candidate>,
    /// No agent is sure enough that the matter is its own.
    unsure: bool,
    /// Those of them that sort things out.
    generalists: Vec<AgentName>,
}

/// The matter counts first: how much of the text's meaning an agent takes. When no agent is sure enough of
/// it, the holder keeps the conversation, and without a holder the generalist takes it.
///
/// What was learnt of an agent counts towards being sure: `learnt` says it, by the agent's place on the roster.
fn considered(input: &RoutingInput<'_>, learnt: impl Fn(usize, &AgentName) -> Score) -> Option<Considered> {
    let free = |seat: &&Seat<'_>| {
        let holds = input.holder == Some(&seat.spec.name);
        seat.available && (holds || seat.load < seat.spec.capacity)
    };
    let seats = input.seats.iter().enumerate().filter(|(_, seat)| free(seat));
    let eligible: Vec<(&Seat<'_>, Score, Score)> =
        seats.map(|(place, seat)| (seat, fit(input.analysis, seat.spec), learnt(place, &seat.spec.name))).collect();
    let own = |(_, fit, learnt): &(&Seat<'_>, Score, Score)| fit.plus(*learnt).within(Score::ZERO, Score::ONE);
    let sure = eligible.iter().map(own).max()?;
    let unsure = sure < input.weights.confidence;
    let held = unsure && eligible.iter().any(|(seat, ..)| input.holder == Some(&seat.spec.name));
    let doubt = if unsure { Score::ONE.minus(sure) } else { Score::ZERO };
    let candidates = eligible
        .iter()
        .map(|(seat, fit, learnt)| {
            let doubt = if held { (doubt, Score::ZERO) } else { (Score::ZERO, doubt) };
            let candidate = candidate(input, seat, *fit, doubt);
            Candidate { score: candidate.score.plus(*learnt), ..candidate }
        })
        .collect();
    let generalists = eligible.iter().filter(|(seat, ..)| seat.spec.role == AgentRole::Triage);
    Some(Considered { candidates, unsure, generalists: generalists.map(|(seat, ..)| seat.spec.name.clone()).collect() })
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
    // Who speaks it is no better at what is not its matter; who does not is of no use for anything.
    let language = match spec.speaks(input.analysis.language) {
        Some(true) => weights.language.times(fit),
        Some(false) => Score::ZERO.minus(weights.language),
        None => Score::ZERO,
    };
    let past = input.analysis.top().map(|top| Precedent::speaks(input.past, &spec.name, &top.intent));
    let terms = [
        (Factor::Intent, weights.intent.times(fit)),
        // Being good at something else is no reason.
        (Factor::Expertise, weights.expertise.times(skill).times(fit)),
        (Factor::Load, Score::ZERO.minus(weights.load.times(Score(load as i32)))),
        (Factor::Tier, weights.tier.times(input.tier.standing()).times(skill).times(fit)),
        (Factor::Mood, weights.mood.times(tense).times(spec.calm)),
        (Factor::Continuity, if holds { weights.continuity.plus(doubt.0) } else { Score::ZERO }),
        (Factor::Generalist, if generalist { doubt.1 } else { Score::ZERO }),
        (Factor::Language, language),
        (Factor::Past, weights.past.times(past.unwrap_or_default())),
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
