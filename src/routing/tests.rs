use super::bandit::{Exploration, Learner};
use super::*;
use crate::domain::analysis::IntentScore;
use crate::domain::learning::Features;
use crate::domain::routing::{Basis, RoutingDecision};

fn agent(name: &str, role: AgentRole, intents: &[&str]) -> AgentSpec {
    AgentSpec {
        title: name.to_owned(),
        skills: vec![("care".parse().unwrap(), Score::from_percent(90))],
        intents: intents.iter().map(|intent| intent.parse().unwrap()).collect(),
        capacity: 10,
        calm: Score::from_percent(50),
        ..AgentSpec::bare(name.parse().unwrap(), role, "care".parse().unwrap())
    }
}

fn roster() -> Vec<AgentSpec> {
    vec![
        agent("triage", AgentRole::Triage, &["greeting"]),
        agent("billing", AgentRole::Specialist, &["refund", "invoice"]),
        agent("technical", AgentRole::Specialist, &["crash"]),
        agent("escalation", AgentRole::Escalation, &["complaint"]),
    ]
}

fn meaning(intents: &[(&str, i32)], out_of_scope: i32) -> Analysis {
    let score = |(intent, percent): &(&str, i32)| IntentScore {
        intent: intent.parse().unwrap(),
        confidence: Score::from_percent(*percent),
    };
    Analysis {
        intents: intents.iter().map(score).collect(),
        out_of_scope: Score::from_percent(out_of_scope),
        ..Analysis::default()
    }
}

struct Case {
    specs: Vec<AgentSpec>,
    loads: Vec<u32>,
    closed: Vec<usize>,
    holder: Option<AgentName>,
    mood: Score,
    tier: Tier,
    past: Vec<Precedent>,
    lot: u64,
}

impl Case {
    fn of(specs: Vec<AgentSpec>) -> Self {
        let loads = vec![0; specs.len()];
        Self {
            specs,
            loads,
            closed: Vec::new(),
            holder: None,
            mood: Score::ZERO,
            tier: Tier::Standard,
            past: Vec::new(),
            lot: 1,
        }
    }

    fn decide(&self, analysis: &Analysis) -> Option<RoutingDecision> {
        let seats: Vec<Seat<'_>> = self
            .specs
            .iter()
            .zip(&self.loads)
            .enumerate()
            .map(|(at, (spec, load))| Seat { spec, load: *load, available: !self.closed.contains(&at) })
            .collect();
        let features = Features::of(analysis, self.mood, self.tier);
        let input = RoutingInput {
            analysis,
            mood: self.mood,
            tier: self.tier,
            past: &self.past,
            holder: self.holder.as_ref(),
            seats: &seats,
            weights: &RoutingWeights::default(),
            lot: self.lot,
            rule: None,
        };
        bandit::choose(&Learner::default(), &features, &input, Exploration::Never)
    }

    fn chosen(&self, analysis: &Analysis) -> String {
        self.decide(analysis).unwrap().chosen.to_string()
    }
}

#[test]
fn the_matter_decides() {
    let case = Case::of(roster());
    let decision = case.decide(&meaning(&[("refund", 80), ("crash", 10)], 5)).unwrap();
    assert_eq!((decision.chosen.as_str(), decision.basis), ("billing", Basis::Best));
    let winner = decision.winner().unwrap();
    assert_eq!(winner.propensity, Propensity(CERTAIN));
    assert_eq!(winner.contributions[0].factor, Factor::Intent);
    let sum = winner.contributions.iter().fold(Score::ZERO, |sum, c| sum.plus(c.score));
    assert_eq!(sum, winner.score, "the contributions are the whole of the score");
    assert_eq!(decision.margin, winner.score.minus(decision.candidates[1].score));
    assert_eq!(case.chosen(&meaning(&[("complaint", 80)], 5)), "escalation");
    // Two intents of one agent add up.
    assert_eq!(case.chosen(&meaning(&[("crash", 34), ("refund", 30), ("invoice", 30)], 0)), "billing");
}

#[test]
fn what_nobody_is_sure_of_stays_or_goes_to_the_generalist() {
    let mut case = Case::of(roster());
    let unclear = meaning(&[("refund", 40)], 60);
    let decision = case.decide(&unclear).unwrap();
    assert_eq!((decision.chosen.as_str(), decision.basis), ("triage", Basis::Fallback));
    case.holder = Some("technical".parse().unwrap());
    assert_eq!(case.chosen(&unclear), "technical", "an aside does not move the conversation");
    assert_eq!(case.chosen(&meaning(&[("refund", 90)], 0)), "billing", "a new matter does");
}

#[test]
fn the_full_and_the_closed_are_passed_by() {
    let mut case = Case::of(roster());
    let refund = meaning(&[("refund", 90)], 0);
    case.loads[1] = 10;
    assert_ne!(case.chosen(&refund), "billing");
    case.loads[1] = 9;
    assert_eq!(case.chosen(&refund), "billing");
    case.loads[1] = 10;
    case.holder = Some("billing".parse().unwrap());
    assert_eq!(case.chosen(&refund), "billing", "who holds it needs no second seat");
    case.closed = vec![0, 2, 3];
    assert_eq!(case.decide(&refund).unwrap().basis, Basis::OnlyOne);
    case.closed = vec![0, 1, 2, 3];
    assert_eq!(case.decide(&refund), None);
}

#[test]
fn who_speaks_the_language_is_preferred_and_who_names_none_is_let_be() {
    let speaks = |name: &str, codes: &[&str]| AgentSpec {
        languages: codes.iter().map(|code| code.parse().unwrap()).collect(),
        ..agent(name, AgentRole::Specialist, &["refund"])
    };
    let case = Case::of(vec![speaks("english", &["en"]), speaks("german", &["de", "fr"]), speaks("any", &[])]);
    let refund = |code: &str| Analysis { language: code.parse().unwrap(), ..meaning(&[("refund", 90)], 0) };
    assert_eq!(case.chosen(&refund("en")), "english");
    assert_eq!(case.chosen(&refund("deu")), "german");
    assert_eq!(case.chosen(&refund("spa")), "any", "nobody claims it");
    let unknown = case.decide(&meaning(&[("refund", 90)], 0)).unwrap();
    assert_eq!(unknown.basis, Basis::TieBreak, "a language that is not known decides nothing");
    // A language is no matter: who speaks it takes nothing that is not theirs.
    let other = AgentSpec { languages: vec!["de".parse().unwrap()], ..agent("sales", AgentRole::Specialist, &["buy"]) };
    let case = Case::of(vec![agent("billing", AgentRole::Specialist, &["refund"]), other]);
    assert_eq!(case.chosen(&refund("de")), "billing");
}

#[test]
fn how_a_matter_went_before_parts_equals_and_not_more() {
    let specs =
        || vec![agent("a", AgentRole::Specialist, &["refund"]), agent("b", AgentRole::Specialist, &["refund", "buy"])];
    let went = |number: u8, agent: &str, intent: &str, percent: i32| Precedent {
        conversation: crate::domain::id::ConversationId::from_random([number; 16]),
        agent: agent.parse().unwrap(),
        intent: intent.parse().unwrap(),
        reward: Score::from_percent(percent),
    };
    let with = |past: Vec<Precedent>| Case { past, ..Case::of(specs()) };
    let refund = meaning(&[("refund", 90)], 0);
    assert_eq!(with(vec![went(1, "b", "refund", 100)]).chosen(&refund), "b");
    assert_eq!(with(vec![went(1, "b", "refund", 0)]).chosen(&refund), "a", "it went badly with b");
    assert_eq!(with(vec![went(1, "b", "buy", 100)]).decide(&refund).unwrap().basis, Basis::TieBreak, "another matter");
    let past: Vec<Precedent> = (0..8).map(|number| went(number, "a", "buy", 100)).collect();
    assert_eq!(with(past.clone()).chosen(&meaning(&[("buy", 90)], 0)), "b", "no past makes up for the matter");
    let (a, buy) = ("a".parse().unwrap(), "buy".parse().unwrap());
    assert!(Precedent::speaks(&past, &a, &buy) < Score::ONE && Precedent::speaks(&past[..1], &a, &buy).0 == 5_000);
}

#[test]
fn equals_are_settled_by_lot_and_share_the_chance() {
    let mut case = Case::of(vec![
        agent("billing-a", AgentRole::Specialist, &["refund"]),
        agent("billing-b", AgentRole::Specialist, &["refund"]),
    ]);
    let refund = meaning(&[("refund", 90)], 0);
    let mut first = 0;
    for lot in 0..1_000 {
        case.lot = lot;
        let decision = case.decide(&refund).unwrap();
        assert_eq!(decision.basis, Basis::TieBreak);
        assert_eq!(decision, case.decide(&refund).unwrap());
        assert!(decision.candidates.iter().all(|c| c.propensity == Propensity(CERTAIN / 2)));
        first += i32::from(decision.chosen.as_str() == "billing-a");
    }
    assert!((400..600).contains(&first), "{first} of 1000");
    case.loads[0] = 1;
    assert_eq!(case.chosen(&refund), "billing-b", "load is no tie");
}

#[test]
fn a_tense_customer_goes_to_who_calms() {
    let mut specs = vec![
        agent("billing-a", AgentRole::Specialist, &["refund"]),
        agent("billing-b", AgentRole::Specialist, &["refund"]),
    ];
    specs[0].calm = Score::from_percent(20);
    specs[1].skills[0].1 = Score::from_percent(70);
    let mut case = Case::of(specs);
    let refund = meaning(&[("refund", 60)], 0);
    assert_eq!(case.chosen(&refund), "billing-a", "the more skilled");
    case.mood = Score::from_percent(-90);
    assert_eq!(case.chosen(&refund), "billing-b");
    case.mood = Score::ZERO;
    case.tier = Tier::Vip;
    let decision = case.decide(&refund).unwrap();
    assert!(decision.winner().unwrap().contributions.iter().any(|c| c.factor == Factor::Tier));
}
