//! The arms as a roster, and the stream run over them as a floor would: read, choose, learn.

use super::owners::Owners;
use super::seeds::{Seed, Seeds, Whose};
use super::{Step, reward};
use crate::analysis::Model;
use crate::cli::evaluate::stopwatch::median_us;
use crate::cli::failure::Failure;
use crate::cli::progress::{Progress, busy};
use crate::domain::agent::{AgentRole, AgentSpec};
use crate::domain::analysis::Analysis;
use crate::domain::customer::Tier;
use crate::domain::id::{AgentName, IntentName};
use crate::domain::learning::Features;
use crate::domain::policy::RoutingWeights;
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::routing::bandit::{self, Exploration, Learner};
use crate::routing::{RoutingInput, Seat};

/// The arms as a roster, and a model of the examples' kinds.
pub(super) struct Desk {
    model: Model,
    specs: Vec<AgentSpec>,
    /// The kinds by number, and whose each is.
    kinds: Vec<(IntentName, usize)>,
}

/// What was chosen.
pub(super) struct Run {
    pub(super) chosen: Vec<usize>,
    pub(super) margins: Vec<Score>,
    pub(super) decide_us: f64,
}

impl Desk {
    /// A desk that knows what the examples say.
    pub(super) fn of(arms: usize, seeds: &Seeds) -> Result<Self, Failure> {
        let mut kinds = Vec::with_capacity(seeds.kinds);
        for number in 0..seeds.kinds {
            let name: IntentName = format!("l-{number:06}").parse().map_err(Failure::failed)?;
            let owner = seeds.examples.iter().find(|seed| seed.kind == number).map_or(0, |seed| seed.owner);
            kinds.push((name, owner));
        }
        let example = |seed: &'_ Seed| kinds.get(seed.kind).map(|(name, _)| name.clone());
        let examples: Vec<(IntentName, &str)> =
            seeds.examples.iter().filter_map(|seed| Some((example(seed)?, seed.text.raw()))).collect();
        let mut specs = Vec::with_capacity(arms);
        for arm in 0..arms {
            let own = seeds.examples.iter().filter(|seed| seeds.arm(seed) == Some(arm)).filter_map(example);
            let own: std::collections::BTreeSet<IntentName> = own.collect();
            specs.push(spec(arm, own.into_iter().collect())?);
        }
        Ok(Self { model: busy("training", || Model::train(&examples)), specs, kinds })
    }

    fn features(&self, text: &Foreign, given: &[(u32, Score)]) -> (Analysis, Features) {
        let analysis = self.model.analyse(text);
        let mut features = Features::of(&analysis, analysis.sentiment, Tier::Standard);
        features.intents.extend(given);
        (analysis, features)
    }

    /// Whose a text most likely is, and how sure that is.
    fn owner(&self, analysis: &Analysis) -> (Option<usize>, f32) {
        let Some(top) = analysis.top() else { return (None, 0.0) };
        let kind = self.kinds.iter().find(|(name, _)| *name == top.intent);
        (kind.map(|(_, owner)| *owner), top.confidence.0 as f32 / 10_000.0)
    }

    /// The owner's kinds are this arm's from now on, and no other's.
    fn give(&mut self, owner: Option<usize>, arm: usize) {
        let own = || self.kinds.iter().filter(|(_, of)| Some(*of) == owner).map(|(name, _)| name.clone());
        let own: Vec<IntentName> = own().collect();
        for (at, spec) in self.specs.iter_mut().enumerate() {
            spec.intents.retain(|intent| !own.contains(intent));
            if at == arm {
                spec.intents.extend(own.iter().cloned());
            }
        }
    }

    /// Runs the stream: of each step only the reward of the chosen arm is seen.
    pub(super) fn run(mut self, stream: &[Step], seeds: &Seeds) -> Result<Run, Failure> {
        let names: Vec<AgentName> = self.specs.iter().map(|spec| spec.name.clone()).collect();
        let mut learner = Learner::new(names.iter().cloned());
        let seeded: Vec<(usize, Features)> =
            seeds.examples.iter().map(|seed| (seed.owner, self.features(&seed.text, &[]).1)).collect();
        let known = seeds.examples.iter().zip(&seeded);
        let known =
            known.filter_map(|(seed, (_, features))| Some((features.clone(), names.get(seeds.arm(seed)?)?.clone())));
        learner.seed(&known.collect::<Vec<_>>());
        let mut owners = Owners::of(&seeds.owners, self.specs.len());
        let weights = RoutingWeights::default();
        let (mut chosen, mut margins) = (Vec::with_capacity(stream.len()), Vec::with_capacity(stream.len()));
        let mut times = Vec::with_capacity(stream.len());
        let mut progress = Progress::over("routing", stream.len());
        for (at, step) in stream.iter().enumerate() {
            let (analysis, features) = self.features(&step.text, &step.given);
            let (owner, sure) = self.owner(&analysis);
            let open = owners.open(owner, sure);
            let seats = self.specs.iter().zip(open);
            let seats: Vec<Seat<'_>> = seats.map(|(spec, available)| Seat { spec, load: 0, available }).collect();
            let lot = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let input = input(&analysis, &seats, &weights, lot);
            let mut decision: Option<RoutingDecision> = None;
            times.push(median_us(std::iter::once(()), |()| {
                decision = bandit::choose(&learner, &features, &input, Exploration::Cautious);
            }));
            let decision = decision.ok_or_else(|| Failure::failed("no arm could be chosen"))?;
            let arm = names.iter().position(|name| *name == decision.chosen).unwrap_or(0);
            let earned = reward(step, arm);
            bandit::learn(&mut learner, &features, &decision, Score((earned * 10_000.0).round() as i32));
            if let Some(arm) = owners.learn(owner, sure, arm, earned as f32)
                && let Some(name) = names.get(arm)
            {
                self.give(owner, arm);
                let own = seeded.iter().filter(|(of, _)| Some(*of) == owner);
                learner.seed(&own.map(|(_, features)| (features.clone(), name.clone())).collect::<Vec<_>>());
            }
            chosen.push(arm);
            margins.push(decision.margin);
            progress.step();
        }
        times.sort_by(f64::total_cmp);
        Ok(Run { chosen, margins, decide_us: times.get(times.len() / 2).copied().unwrap_or(0.0) })
    }
}

impl Seeds {
    /// The arm of an example as far as it is known before the stream.
    fn arm(&self, seed: &Seed) -> Option<usize> {
        seed.arm.or_else(|| match self.owners.get(seed.owner)? {
            Whose::Said(arm) | Whose::Guessed(arm) => Some(*arm),
            Whose::Unknown => None,
        })
    }
}

fn input<'a>(analysis: &'a Analysis, seats: &'a [Seat<'a>], weights: &'a RoutingWeights, lot: u64) -> RoutingInput<'a> {
    let mood = analysis.sentiment;
    RoutingInput { analysis, mood, tier: Tier::Standard, past: &[], holder: None, seats, weights, lot, rule: None }
}

fn spec(arm: usize, intents: Vec<IntentName>) -> Result<AgentSpec, Failure> {
    let name = format!("arm-{arm}").parse().map_err(Failure::failed)?;
    let queue = "arms".parse().map_err(Failure::failed)?;
    Ok(AgentSpec { title: format!("arm {arm}"), intents, ..AgentSpec::bare(name, AgentRole::Specialist, queue) })
}
