use super::*;
use crate::domain::agent::{AgentRole, AgentSpec};
use crate::domain::analysis::Analysis;
use crate::domain::analysis::IntentScore;
use crate::domain::customer::Tier;
use crate::domain::id::RuleId;
use crate::domain::policy::RoutingWeights;
use crate::routing::Seat;

fn agent(name: &str, intents: &[&str]) -> AgentSpec {
    AgentSpec {
        title: name.to_owned(),
        intents: intents.iter().map(|intent| intent.parse().unwrap()).collect(),
        capacity: 10,
        calm: Score::from_percent(50),
        ..AgentSpec::bare(name.parse().unwrap(), AgentRole::Specialist, "care".parse().unwrap())
    }
}

fn names(specs: &[AgentSpec]) -> Vec<AgentName> {
    specs.iter().map(|spec| spec.name.clone()).collect()
}

fn meaning(intents: &[(&str, i32)]) -> Analysis {
    let score = |(intent, percent): &(&str, i32)| IntentScore {
        intent: intent.parse().unwrap(),
        confidence: Score::from_percent(*percent),
    };
    Analysis { intents: intents.iter().map(score).collect(), ..Analysis::default() }
}

struct Desk {
    specs: Vec<AgentSpec>,
    loads: Vec<u32>,
    lot: u64,
    tier: Tier,
    exploration: Exploration,
    rule: Option<(RuleId, AgentName)>,
}

impl Desk {
    fn new(specs: Vec<AgentSpec>) -> Self {
        let loads = vec![0; specs.len()];
        Self { specs, loads, lot: 1, tier: Tier::Standard, exploration: Exploration::Never, rule: None }
    }

    fn with<T>(&self, analysis: &Analysis, then: impl FnOnce(&RoutingInput<'_>) -> T) -> T {
        let seats: Vec<Seat<'_>> = self
            .specs
            .iter()
            .zip(&self.loads)
            .map(|(spec, load)| Seat { spec, load: *load, available: true })
            .collect();
        then(&RoutingInput {
            analysis,
            mood: Score::ZERO,
            tier: self.tier,
            past: &[],
            holder: None,
            seats: &seats,
            weights: &RoutingWeights::default(),
            lot: self.lot,
            rule: self.rule.as_ref().map(|(rule, agent)| (*rule, agent)),
        })
    }

    fn choose(&self, learner: &Learner, analysis: &Analysis, word: u32) -> RoutingDecision {
        let features = features(analysis, word);
        self.with(analysis, |input| choose(learner, &features, input, self.exploration)).unwrap()
    }
}

fn features(analysis: &Analysis, word: u32) -> Features {
    let analysis = Analysis { words: vec![(word, Score::ONE)], ..analysis.clone() };
    Features::of(&analysis, Score::ZERO, Tier::Standard)
}

fn desk() -> Desk {
    Desk::new(vec![agent("billing", &["refund"]), agent("returns", &["return"]), agent("tech", &["crash"])])
}

#[test]
fn who_has_learnt_nothing_decides_as_the_policy() {
    let desk = desk();
    let learner = Learner::new(names(&desk.specs));
    for analysis in [meaning(&[("refund", 80), ("crash", 10)]), meaning(&[("return", 50)]), meaning(&[])] {
        let policy = desk.choose(&Learner::default(), &analysis, 7);
        assert_eq!(desk.choose(&learner, &analysis, 7), policy);
        assert!(policy.candidates.iter().all(|c| c.contributions.iter().all(|term| term.factor != Factor::Words)));
    }
}

#[test]
fn outcomes_move_the_next_similar_decision_and_say_so() {
    let desk = desk();
    let mut learner = Learner::new(names(&desk.specs));
    let analysis = meaning(&[("refund", 60), ("return", 30)]);
    for _ in 0..40 {
        let decision = desk.choose(&learner, &analysis, 7);
        let right = decision.chosen.as_str() == "returns";
        learn(&mut learner, &features(&analysis, 7), &decision, if right { Score::ONE } else { Score::ZERO });
    }
    let decision = desk.choose(&learner, &analysis, 7);
    assert_eq!((decision.chosen.as_str(), learner.steps()), ("returns", 40));
    let winner = decision.winner().unwrap();
    assert!(winner.contributions.iter().any(|term| term.factor == Factor::Words && term.score > Score::ZERO));
    for candidate in &decision.candidates {
        let sum = candidate.contributions.iter().fold(Score::ZERO, |sum, term| sum.plus(term.score));
        assert_eq!(sum, candidate.score, "the terms are the whole of the score");
    }
    assert_eq!(
        desk.choose(&learner, &meaning(&[("crash", 80)]), 9).chosen.as_str(),
        "tech",
        "other words are left alone"
    );
    // What moves away again is followed.
    for _ in 0..40 {
        let decision = desk.choose(&learner, &analysis, 7);
        let right = decision.chosen.as_str() == "tech";
        learn(&mut learner, &features(&analysis, 7), &decision, if right { Score::ONE } else { Score::ZERO });
    }
    assert_eq!(desk.choose(&learner, &analysis, 7).chosen.as_str(), "tech");
}

#[test]
fn examples_teach_where_a_desk_begins() {
    let desk = desk();
    let mut learner = Learner::new(names(&desk.specs));
    let nothing = meaning(&[]);
    let examples: Vec<(Features, AgentName)> =
        (0..30).map(|at| (features(&nothing, at % 3), desk.specs[at as usize % 3].name.clone())).collect();
    learner.seed(&examples);
    for (word, name) in ["billing", "returns", "tech"].iter().enumerate() {
        assert_eq!(desk.choose(&learner, &nothing, word as u32).chosen.as_str(), *name);
    }
    learner.seed(&[]);
}

#[test]
fn exploration_is_exact_and_rare_and_only_where_it_is_allowed() {
    let mut desk = desk();
    let learner = Learner::new(names(&desk.specs));
    let analysis = meaning(&[("refund", 60)]);
    for lot in 0..500 {
        desk.lot = lot;
        assert_eq!(desk.choose(&learner, &analysis, 7).chosen.as_str(), "billing", "a VIP is no experiment");
    }
    desk.exploration = Exploration::Cautious;
    let (mut tried, mut expected) = (0, 0.0);
    for lot in 0..20_000_u64 {
        desk.lot = lot.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let decision = desk.choose(&learner, &analysis, 7);
        let whole: u32 = decision.candidates.iter().map(|c| c.propensity.0).sum();
        assert_eq!(whole, CERTAIN);
        let best = &decision.candidates[0];
        expected += 1.0 - f64::from(best.propensity.0) / f64::from(CERTAIN);
        if decision.chosen != best.agent {
            tried += 1;
            assert_eq!(decision.basis, Basis::Explored);
            assert!(decision.winner().unwrap().propensity.0 > 0 && decision.margin < Score::ZERO);
        }
    }
    let off = (f64::from(tried) - expected).abs();
    assert!(tried > 0 && tried < 400 && off < 4.0 * expected.sqrt(), "{tried} tried, {expected} expected");
}

#[test]
fn the_full_are_passed_by_whatever_was_learnt() {
    let mut desk = desk();
    let mut learner = Learner::new(names(&desk.specs));
    let analysis = meaning(&[("refund", 90)]);
    for _ in 0..50 {
        let decision = desk.choose(&learner, &analysis, 7);
        learn(&mut learner, &features(&analysis, 7), &decision, Score::ONE);
    }
    desk.loads[0] = 10;
    assert_ne!(desk.choose(&learner, &analysis, 7).chosen.as_str(), "billing");
}

#[test]
fn the_same_history_teaches_the_same_bits_and_no_reward_breaks_it() {
    let desk = desk();
    let run = || {
        let mut learner = Learner::new(names(&desk.specs));
        for step in 0..300_i32 {
            let analysis = meaning(&[("refund", step % 100), ("crash", 50)]);
            let decision = desk.choose(&learner, &analysis, (step % 17) as u32);
            // Out of range on purpose.
            learn(
                &mut learner,
                &features(&analysis, (step % 17) as u32),
                &decision,
                Score(step * 997 % 30_000 - 10_000),
            );
        }
        learner
    };
    let (one, two) = (run(), run());
    assert!(one.weights.iter().all(|weight| weight.is_finite()));
    assert_eq!(
        one.weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>(),
        two.weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>()
    );
    let odd = Features { words: vec![(u32::MAX, Score(i32::MAX)), (0, Score(i32::MIN))], ..Features::default() };
    let decision = desk.with(&meaning(&[]), |input| choose(&one, &odd, input, Exploration::Cautious)).unwrap();
    assert_eq!(decision.candidates.len(), 3);
}

#[test]
fn a_changed_roster_keeps_what_is_known_of_who_stays() {
    let mut desk = desk();
    let mut learner = Learner::new(names(&desk.specs));
    let nothing = meaning(&[]);
    let examples: Vec<(Features, AgentName)> =
        (0..30).map(|at| (features(&nothing, at % 3), desk.specs[at as usize % 3].name.clone())).collect();
    learner.seed(&examples);
    desk.specs = vec![agent("new", &[]), agent("tech", &["crash"]), agent("billing", &["refund"])];
    let next = learner.adopt(names(&desk.specs));
    assert_eq!(desk.choose(&next, &nothing, 2).chosen.as_str(), "tech");
    assert_eq!(desk.choose(&next, &nothing, 0).chosen.as_str(), "billing");
}

#[test]
fn who_is_taught_chooses_so_the_next_time() {
    let desk = desk();
    let mut learner = Learner::default();
    let analysis = meaning(&[("refund", 90)]);
    // Nobody was on the roster when it was learnt first.
    let nobody = desk.choose(&learner, &analysis, 7);
    let plain = unlearnt(&learner, &features(&analysis, 7), &nobody);
    teach(&mut learner, &features(&analysis, 7), &plain, &"returns".parse().unwrap());
    assert_eq!(learner.steps(), 0);
    let mut learner = learner.adopt(names(&desk.specs));
    let before = desk.choose(&learner, &analysis, 7);
    assert_eq!(before.chosen.as_str(), "billing");
    teach(&mut learner, &features(&analysis, 7), &before, &"returns".parse().unwrap());
    let after = desk.choose(&learner, &analysis, 7);
    assert_eq!(after.chosen.as_str(), "returns");
    assert!((Score(900)..Score(2_000)).contains(&after.margin), "by no more than is needed: {}", after.margin);
    let once = learner.clone();
    let plain = unlearnt(&learner, &features(&analysis, 7), &after);
    teach(&mut learner, &features(&analysis, 7), &plain, &"returns".parse().unwrap());
    assert_eq!(desk.choose(&learner, &analysis, 7).margin, desk.choose(&once, &analysis, 7).margin, "once is enough");
    assert_eq!(desk.choose(&learner, &meaning(&[("crash", 80)]), 9).chosen.as_str(), "tech", "others are left alone");
    let nothing = Features::default();
    let steps = learner.steps();
    teach(&mut learner, &nothing, &after, &"tech".parse().unwrap());
    assert_eq!(learner.steps(), steps, "nothing is learnt over nothing");
}

#[test]
fn a_rule_decides_where_its_agent_has_a_seat() {
    let mut desk = desk();
    let learner = Learner::new(names(&desk.specs));
    let analysis = meaning(&[("refund", 90)]);
    desk.rule = Some((RuleId(4), "tech".parse().unwrap()));
    let decision = desk.choose(&learner, &analysis, 7);
    assert_eq!((decision.chosen.as_str(), decision.basis, decision.rule), ("tech", Basis::Person, Some(RuleId(4))));
    assert!(!decision.agrees() && decision.margin < Score::ZERO);
    let chances: Vec<u32> = decision.candidates.iter().map(|c| c.propensity.0).collect();
    assert_eq!(chances.iter().sum::<u32>(), 1_000_000);
    assert_eq!(decision.winner().unwrap().propensity.0, 1_000_000);
    desk.loads[2] = 10;
    let full = desk.choose(&learner, &analysis, 7);
    assert_eq!((full.chosen.as_str(), full.rule), ("billing", None));
}

#[test]
fn what_was_learnt_comes_back_from_a_snapshot_bit_for_bit() {
    let desk = desk();
    let mut learner = Learner::new(names(&desk.specs));
    for word in 0..200_u32 {
        let analysis = meaning(&[(["refund", "return", "crash"][word as usize % 3], 40 + (word % 50) as i32)]);
        let decision = desk.choose(&learner, &analysis, word * 31);
        learn(&mut learner, &features(&analysis, word * 31), &decision, Score((word * 50 % 10_001) as i32));
    }
    let text = serde_json::to_string(&learner).unwrap();
    let back: Learner = serde_json::from_str(&text).unwrap();
    assert!(back == learner && back.steps() == 200);
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
    assert!(
        serde_json::from_str::<Learner>(&serde_json::to_string(&Learner::default()).unwrap()).unwrap()
            == Learner::default()
    );
}
