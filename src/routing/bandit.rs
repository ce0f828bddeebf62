//! Routing that learns: what each agent is good at, from the outcomes of the conversations it had.
//!
//! The score of an agent is what it gets from policy and roster, plus what was learnt of the text's
//! words, its intents and the customer's circumstances. A learner that has seen nothing decides as
//! the policy does. One step of constant size follows every outcome, because a desk changes: an
//! agent that was right last month may not be today.
//!
//! What is recorded is in whole numbers: the features, the decision, the reward. The weights are a
//! fold of that in the order of the journal, so that a replay learns the same bits.

use serde::{Deserialize, Serialize};

use super::{CERTAIN, Considered, RoutingInput, considered};
use crate::domain::id::AgentName;
use crate::domain::learning::{Features, WORD_BITS};
use crate::domain::routing::{Basis, CANDIDATES_KEPT, Candidate, Contribution, Factor, RoutingDecision};
use crate::domain::score::{Propensity, Score};

/// Places of everything else, behind the words: intents by their hash, then circumstances.
const INTENT_PLACES: u32 = 1 << 12;
/// A policy score of one, as the logarithm of odds: what the policy is sure of outweighs a few outcomes.
const SHARPNESS: f32 = 2.0;
/// Step of words and circumstances, and of intents.
const STEP: f32 = 1.0;
/// A failure moves less than a success: it says who was wrong, not who is right.
const FAILURE: f32 = 0.4;
/// Rounds over the roster's examples, and their first step.
const SEED_ROUNDS: usize = 6;
const SEED_STEP: f32 = 1.5;
/// How sharply exploration avoids what looks worse: a hundredth of score below the best is drawn once in so many.
const CAUTION: i64 = 100;
/// The circumstances there are.
const CIRCUMSTANCES: u32 = 4;
/// Runs kept at most, of a weight for each agent: with six agents some 4 MB. Features met later are not learnt.
const RUNS_MAX: usize = 120_000;
/// How far above the others somebody stands after a person said that it is theirs.
const TAUGHT_BY: f32 = 0.1;
/// Steps of one such lesson: each settles it with the one who stands highest, and a desk has few who come near.
const TAUGHT_ROUNDS: usize = 8;
/// Agents are laid out in groups of so many, so that the compiler can use wide registers.
const LANES: usize = 8;

/// All features with their place, value and what they count as.
fn places(features: &Features) -> impl Iterator<Item = (u32, f32, Factor)> {
    let base = 1 << WORD_BITS;
    let words = features.words.iter().map(|(place, value)| (place % (1 << WORD_BITS), *value, Factor::Words));
    let intents =
        features.intents.iter().map(move |(hash, value)| (base + hash % INTENT_PLACES, *value, Factor::Intent));
    let circumstances = features
        .circumstances
        .iter()
        .map(move |(kind, value)| (base + INTENT_PLACES + *kind as u32, *value, kind.factor()));
    words.chain(intents).chain(circumstances).map(|(place, value, factor)| (place, float(value), factor))
}

/// Whether another than the best may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exploration {
    /// The best is taken. So it is for VIPs, unless a policy says otherwise.
    #[default]
    Never,
    /// Now and then another is drawn, the less likely the worse it looks.
    Cautious,
}

/// What was learnt: weights of agents over features.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Kept", from = "Kept")]
pub struct Learner {
    agents: Vec<AgentName>,
    /// Agents rounded up to whole groups.
    stride: usize,
    /// Place of a feature to the number of its run of weights, counted from 1; 0 where there is none. Empty
    /// until something is learnt.
    index: Vec<u32>,
    weights: Vec<f32>,
    steps: u64,
}

// No weight is ever no number: every step is a sum of finite products, and scores are bounded where they are made.
impl Eq for Learner {}

/// A learner as it stands in a snapshot: the bits of each weight, so that it comes back the same.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    agents: Vec<AgentName>,
    steps: u64,
    /// A place of a feature with the weights of the agents in their order, by the order of the runs.
    runs: Vec<(u32, Vec<u32>)>,
}

impl From<Learner> for Kept {
    fn from(learner: Learner) -> Self {
        let mut runs: Vec<(u32, (u32, Vec<u32>))> = Vec::new();
        for (place, run) in learner.index.iter().enumerate().filter(|(_, run)| **run > 0) {
            let bits = learner.run(place as u32).iter().take(learner.agents.len()).map(|weight| weight.to_bits());
            runs.push((*run, (place as u32, bits.collect())));
        }
        runs.sort_unstable_by_key(|(run, _)| *run);
        Self { agents: learner.agents, steps: learner.steps, runs: runs.into_iter().map(|(_, run)| run).collect() }
    }
}

impl From<Kept> for Learner {
    fn from(kept: Kept) -> Self {
        let mut learner = Self { steps: kept.steps, ..Self::new(kept.agents) };
        for (place, bits) in kept.runs {
            let Some(run) = learner.meet(place) else { continue };
            for (weight, bits) in run.iter_mut().zip(bits) {
                *weight = f32::from_bits(bits);
            }
        }
        learner
    }
}

impl Learner {
    /// A learner that knows these agents and nothing about them.
    pub fn new(agents: impl IntoIterator<Item = AgentName>) -> Self {
        let agents: Vec<AgentName> = agents.into_iter().collect();
        let stride = agents.len().div_ceil(LANES) * LANES;
        Self { agents, stride, index: Vec::new(), weights: Vec::new(), steps: 0 }
    }

    /// Outcomes it has learnt from.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The same knowledge for another roster: who is new begins at nothing, who left is forgotten.
    #[must_use]
    pub fn adopt(&self, agents: impl IntoIterator<Item = AgentName>) -> Self {
        let mut next = Self { steps: self.steps, ..Self::new(agents) };
        next.index.clone_from(&self.index);
        let from: Vec<Option<usize>> = next.agents.iter().map(|name| self.number(name)).collect();
        next.weights = vec![0.0; self.weights.len() / self.stride.max(1) * next.stride];
        let runs = self.weights.chunks(self.stride.max(1)).zip(next.weights.chunks_mut(next.stride.max(1)));
        for (old, new) in runs {
            for (to, from) in new.iter_mut().zip(&from) {
                *to = from.and_then(|at| old.get(at)).copied().unwrap_or(0.0);
            }
        }
        next
    }

    /// Learns from the roster's examples, whose agents are known: where a desk begins.
    pub fn seed(&mut self, examples: &[(Features, AgentName)]) {
        let total = (SEED_ROUNDS * examples.len()).max(1) as f32;
        let mut done = 0.0;
        let stride = walk(examples.len());
        for round in 0..SEED_ROUNDS {
            for at in 0..examples.len() {
                let step = SEED_STEP * (1.0 - done / total);
                done += 1.0;
                let Some((features, agent)) = examples.get((at * stride + round) % examples.len()) else { continue };
                let Some(chosen) = self.number(agent) else { continue };
                let mut pull = self.sums(features);
                softmax(&mut pull, |_| true);
                if let Some(own) = pull.get_mut(chosen) {
                    *own -= 1.0;
                }
                self.step(features, &pull, step, step / 2.0);
            }
        }
    }

    fn number(&self, name: &AgentName) -> Option<usize> {
        self.agents.iter().position(|agent| agent == name)
    }

    /// The same, looking first where it stands if roster and learner agree.
    fn number_near(&self, near: usize, name: &AgentName) -> Option<usize> {
        if self.agents.get(near) == Some(name) { Some(near) } else { self.number(name) }
    }

    /// What was learnt for every agent, without the policy.
    fn sums(&self, features: &Features) -> Vec<f32> {
        let mut sums = vec![0.0; self.stride];
        for (place, value, _) in places(features) {
            add(&mut sums, value, self.run(place));
        }
        sums
    }

    fn run(&self, place: u32) -> &[f32] {
        let met = self.index.get(place as usize).filter(|run| **run > 0);
        let from = met.map(|run| (*run as usize - 1) * self.stride);
        from.and_then(|from| self.weights.get(from..from + self.stride)).unwrap_or_default()
    }

    /// The run of a feature, made when it is met for the first time; none beyond the limit.
    fn meet(&mut self, place: u32) -> Option<&mut [f32]> {
        if self.index.is_empty() {
            self.index = vec![0; ((1 << WORD_BITS) + INTENT_PLACES + CIRCUMSTANCES) as usize];
        }
        let run = self.index.get_mut(place as usize)?;
        if *run == 0 {
            let met = self.weights.len() / self.stride.max(1);
            if met >= RUNS_MAX {
                return None;
            }
            self.weights.resize(self.weights.len() + self.stride, 0.0);
            *run = met as u32 + 1;
        }
        let from = (*run as usize - 1) * self.stride;
        self.weights.get_mut(from..from + self.stride)
    }

    fn step(&mut self, features: &Features, pull: &[f32], words: f32, others: f32) {
        for (place, value, factor) in places(features) {
            let step = if factor == Factor::Words { words } else { others };
            if let Some(run) = self.meet(place) {
                add(run, -step * value, pull);
            }
        }
    }
}

/// Chooses an agent, or none when no seat is free; the holder needs no second seat.
///
/// Policy and roster give each a score, and what was learnt is added. The chance with which each could have
/// been drawn is exact, in millionths. A rule of a person decides where whom it names has a seat.
pub fn choose(
    learner: &Learner,
    features: &Features,
    input: &RoutingInput<'_>,
    exploration: Exploration,
) -> Option<RoutingDecision> {
    let sums = learner.sums(features);
    let learnt = |at: usize| score(sums.get(at).copied().unwrap_or(0.0) / SHARPNESS);
    let of = |near: usize, name: &AgentName| learner.number_near(near, name).map_or(Score::ZERO, learnt);
    let Considered { mut candidates, unsure, generalists } = considered(input, of)?;
    super::rank(&mut candidates, input.lot);
    let best = candidates.first()?.score;
    let equals = candidates.iter().take_while(|c| c.score == best).count();
    let named = input.rule.and_then(|(_, agent)| candidates.iter().position(|c| c.agent == *agent));
    let chances = match (named, exploration) {
        (Some(named), _) => (0..candidates.len()).map(|at| if at == named { CERTAIN } else { 0 }).collect(),
        (None, Exploration::Never) => even(candidates.len(), equals),
        (None, Exploration::Cautious) => cautious(&candidates.iter().map(|c| best.minus(c.score)).collect::<Vec<_>>()),
    };
    for (candidate, chance) in candidates.iter_mut().zip(&chances) {
        candidate.propensity = Propensity(*chance);
    }
    let drawn = match (named, exploration) {
        (Some(named), _) => named,
        (None, Exploration::Never) => 0,
        (None, Exploration::Cautious) => draw(&chances, input.lot),
    };
    let chosen = candidates.get(drawn)?.agent.clone();
    let basis = match candidates.len() {
        _ if named.is_some() => Basis::Person,
        1 => Basis::OnlyOne,
        _ if drawn > 0 => Basis::Explored,
        _ if equals > 1 => Basis::TieBreak,
        _ if unsure && generalists.contains(&chosen) => Basis::Fallback,
        _ => Basis::Best,
    };
    let other = candidates.iter().find(|c| c.agent != chosen).map(|c| c.score);
    let margin = other.map_or(Score::ZERO, |other| candidates.get(drawn).map_or(other, |c| c.score).minus(other));
    // The chosen one stays in the record, however low it stood.
    if drawn >= CANDIDATES_KEPT {
        candidates.swap(CANDIDATES_KEPT - 1, drawn);
    }
    candidates.truncate(CANDIDATES_KEPT);
    for candidate in &mut candidates {
        if let Some(at) = learner.number(&candidate.agent) {
            explain(learner, features, at, learnt(at), &mut candidate.contributions);
        }
    }
    let rule = input.rule.filter(|_| named.is_some()).map(|(rule, _)| rule);
    Some(RoutingDecision { candidates, chosen, margin, basis, rule })
}

/// Learns what came of a decision: `reward` is 0 to 1.
///
/// A success draws the text towards the agent and away from the others that were considered; a
/// failure pushes it off the agent, a little, and leaves open who would have been right.
pub fn learn(learner: &mut Learner, features: &Features, decision: &RoutingDecision, reward: Score) {
    let Some(chosen) = learner.number(&decision.chosen) else { return };
    learner.steps += 1;
    let known: Vec<(usize, f32)> = decision
        .candidates
        .iter()
        .filter_map(|candidate| Some((learner.number(&candidate.agent)?, float(candidate.score) * SHARPNESS)))
        .collect();
    let mut chances = vec![f32::NEG_INFINITY; learner.stride];
    for (at, sum) in &known {
        if let Some(chance) = chances.get_mut(*at) {
            *chance = *sum;
        }
    }
    softmax(&mut chances, |at| known.iter().any(|(known, _)| *known == at));
    let reward = float(reward.within(Score::ZERO, Score::ONE));
    let own = chances.get(chosen).copied().unwrap_or(0.0);
    let pull: Vec<f32> = chances
        .iter()
        .enumerate()
        .map(|(at, chance)| {
            // Who failed sinks and nobody rises for it: else two that are wrong would lift each other for ever.
            let (won, lost) = if at == chosen { (own - 1.0, own) } else { (*chance, 0.0) };
            reward * won + (1.0 - reward) * FAILURE * lost
        })
        .collect();
    learner.step(features, &pull, STEP, STEP);
}

/// Learns from a person that a turn is for `agent`: who stood above it is put below, by just as much as is
/// needed for this turn (the passive-aggressive rule of Crammer et al. 2006), and what is like it follows
/// as far as it is alike. `decision` is as policy and roster alone would have scored it.
pub fn teach(learner: &mut Learner, features: &Features, decision: &RoutingDecision, agent: &AgentName) {
    let Some(own) = learner.number(agent) else { return };
    let length: f32 = places(features).map(|(_, value, _)| value * value).sum();
    if length <= 0.0 {
        return;
    }
    learner.steps += 1;
    let numbered = decision.candidates.iter();
    let given: Vec<(usize, f32)> =
        numbered.filter_map(|one| Some((learner.number(&one.agent)?, float(one.score)))).collect();
    // Who was not considered begins where the last of the others stands.
    let last = given.iter().map(|(_, given)| *given).fold(0.0, f32::min);
    let base = given.iter().find(|(at, _)| *at == own).map_or(last, |(_, given)| *given);
    for _ in 0..TAUGHT_ROUNDS {
        let sums = learner.sums(features);
        let stands = |at: usize, given: f32| given + sums.get(at).copied().unwrap_or(0.0) / SHARPNESS;
        let others = given.iter().filter(|(at, _)| *at != own).map(|(at, given)| (*at, stands(*at, *given)));
        let Some((highest, height)) = others.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else { return };
        let lacks = height + TAUGHT_BY - stands(own, base);
        if lacks <= 0.0 {
            return;
        }
        let step = lacks * SHARPNESS / (2.0 * length);
        let mut pull = vec![0.0; learner.stride];
        for (at, way) in [(own, -1.0), (highest, 1.0)] {
            if let Some(pull) = pull.get_mut(at) {
                *pull = way;
            }
        }
        // Rounding must not leave it just short.
        learner.step(features, &pull, step * 1.001, step * 1.001);
    }
}

/// A recorded choice as policy and roster alone would have scored it; `learner` is what was known then.
pub fn unlearnt(learner: &Learner, features: &Features, decision: &RoutingDecision) -> RoutingDecision {
    let sums = learner.sums(features);
    let mut plain = decision.clone();
    for candidate in &mut plain.candidates {
        let learnt = learner.number(&candidate.agent).and_then(|at| sums.get(at)).copied().unwrap_or(0.0);
        candidate.score = candidate.score.minus(score(learnt / SHARPNESS));
    }
    plain
}

/// Who would stand first if this were known: for a choice as policy and roster alone would have scored it.
pub fn again(learner: &Learner, features: &Features, decision: &RoutingDecision) -> Option<AgentName> {
    let sums = learner.sums(features);
    let stands = |candidate: &Candidate| {
        let learnt = learner.number(&candidate.agent).and_then(|at| sums.get(at)).copied().unwrap_or(0.0);
        candidate.score.plus(score(learnt / SHARPNESS))
    };
    // Of equals the one that stood before the others.
    let first = decision.candidates.iter().rev().max_by_key(|candidate| stands(candidate))?;
    Some(first.agent.clone())
}

/// What the learnt part of a score is made of, added to the policy's terms.
fn explain(learner: &Learner, features: &Features, at: usize, whole: Score, terms: &mut Vec<Contribution>) {
    if whole == Score::ZERO {
        return;
    }
    let mut parts = [
        (Factor::Intent, 0.0),
        (Factor::Complexity, 0.0),
        (Factor::Tier, 0.0),
        (Factor::Mood, 0.0),
        (Factor::Language, 0.0),
    ];
    for (place, value, factor) in places(features).filter(|(.., factor)| *factor != Factor::Words) {
        let weight = learner.run(place).get(at).copied().unwrap_or(0.0);
        if let Some((_, part)) = parts.iter_mut().find(|(known, _)| *known == factor) {
            *part += value * weight / SHARPNESS;
        }
    }
    let parts = parts.map(|(factor, part)| (factor, score(part)));
    // What is left over is the words', rounding included, so that the terms are the whole of the score.
    let words = parts.iter().fold(whole, |left, (_, part)| left.minus(*part));
    for (factor, part) in parts.into_iter().chain([(Factor::Words, words)]) {
        match terms.iter_mut().find(|term| term.factor == factor) {
            Some(term) => term.score = term.score.plus(part),
            None if part != Score::ZERO => terms.push(Contribution { factor, score: part }),
            None => {}
        }
    }
    super::largest_first(terms);
}

/// The chance of each when only the best may be taken.
fn even(all: usize, equals: usize) -> Vec<u32> {
    let share = CERTAIN / equals.max(1) as u32;
    (0..all).map(|at| if at < equals { share } else { 0 }).collect()
}

/// The chance of each by how far it lies below the best, which has what the others leave
/// (inverse gap weighting).
fn cautious(gaps: &[Score]) -> Vec<u32> {
    let all = gaps.len().max(1) as i64;
    let chance = |gap: &Score| i64::from(CERTAIN) / (all + CAUTION * i64::from(gap.0.max(0)) / 100);
    let mut chances: Vec<u32> = gaps.iter().map(|gap| chance(gap) as u32).collect();
    let others: u32 = chances.iter().skip(1).sum();
    if let Some(best) = chances.first_mut() {
        *best = CERTAIN.saturating_sub(others);
    }
    chances
}

/// Which one a lot falls on.
fn draw(chances: &[u32], lot: u64) -> usize {
    let mixed = (lot ^ (lot >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut point = ((mixed >> 32) * u64::from(CERTAIN)) >> 32;
    for (at, chance) in chances.iter().enumerate() {
        if point < u64::from(*chance) {
            return at;
        }
        point -= u64::from(*chance);
    }
    0
}

/// A step through `count` examples that meets each once: coprime with it, and far from one.
fn walk(count: usize) -> usize {
    let coprime = |step: &usize| {
        let (mut a, mut b) = (*step, count);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    // Within twice the count there is one: a number and the next have no factor in common.
    (count * 5 / 8..=count * 2).find(|step| *step > 0 && coprime(step)).unwrap_or(1)
}

fn softmax(sums: &mut [f32], counts: impl Fn(usize) -> bool) {
    let top = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for (at, sum) in sums.iter_mut().enumerate() {
        *sum = if counts(at) { libm::expf(*sum - top) } else { 0.0 };
        total += *sum;
    }
    if total > 0.0 {
        for sum in sums {
            *sum /= total;
        }
    }
}

#[inline]
fn add(sums: &mut [f32], factor: f32, run: &[f32]) {
    let (sums, _) = sums.as_chunks_mut::<LANES>();
    let (run, _) = run.as_chunks::<LANES>();
    for (sums, values) in sums.iter_mut().zip(run) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += factor * value;
        }
    }
}

fn float(score: Score) -> f32 {
    score.0 as f32 / 10_000.0
}

fn score(value: f32) -> Score {
    Score((value * 10_000.0).clamp(-1e9, 1e9).round() as i32)
}

#[cfg(test)]
mod tests;
