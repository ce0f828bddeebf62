//! What a good triage would have reached: each dialogue is read by a model of other customers'
//! dialogues, turn by turn, and moved from desk to desk by the rule of the floor.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::Model;
use crate::cli::past::course::{Course, Desks};
use crate::cli::past::spread::who;
use crate::cli::past::{Past, customer_turns};
use crate::cli::progress::busy;
use crate::domain::agent::{AGENT_CAPACITY, AgentRole, AgentSpec};
use crate::domain::analysis::Analysis;
use crate::domain::customer::Tier;
use crate::domain::id::{AgentName, IntentName, QueueName};
use crate::domain::learning::Features;
use crate::domain::policy::RoutingWeights;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::routing::bandit::{self, Exploration, Learner};
use crate::routing::{RoutingInput, Seat};
use crate::simulation::dialogue::Dialogue;

/// Parts that the customers are cut into; each is read by a model of the others.
const PARTS: usize = 5;
/// Turns of the customer by which the desk is to be found.
const OPENING_TURNS: usize = 2;
/// Words of an opening turn that is taught by itself as well; shorter ones are greetings and names.
const TAUGHT_WORDS: usize = 4;
/// Turns taught as being about no new matter; more of them teach nothing more.
const STRANGERS_MAX: usize = 2_000;
/// Openings below which a share says nothing.
const OPENINGS_MIN: usize = 20;
/// Bars of confidence that are shown, in percent: that of a deployment that says nothing, and two stricter.
const BARS: [i32; 3] = [35, 50, 65];

/// What came of it.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Reached {
    /// Customers; each was read by models that had learnt from none of their dialogues.
    pub(super) customers: usize,
    /// Desks to be told apart.
    pub(super) desks: usize,
    /// Dialogues with two turns of the customer at least, and those whose desk was found from these two.
    pub(super) openings: usize,
    pub(super) openings_found: usize,
    /// The same of all dialogues, those with a single turn among them.
    pub(super) all_openings: usize,
    pub(super) all_openings_found: usize,
    /// Changes of topic in the middle of a dialogue.
    pub(super) changes: usize,
    /// Turns of the customer after the opening at which the topic stays.
    pub(super) quiet_turns: usize,
    /// What the floor's rule does with it: the first is the rule as a deployment has it that says nothing.
    pub(super) rules: Vec<Ruled>,
    /// Desks by openings, most first.
    pub(super) by_desk: Vec<DeskFound>,
}

/// The floor's rule with one bar of confidence.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Ruled {
    /// `routing.confidence` in percent.
    pub(super) confidence_percent: i32,
    /// Dialogues whose desk has them after two turns, moved turn by turn.
    pub(super) held_after_two: usize,
    /// Changes after which the new desk has it with the turn that changes the topic, or the next.
    pub(super) changes_followed: usize,
    /// Of these, with the very turn.
    pub(super) changes_at_once: usize,
    /// Quiet turns with which it was moved to a desk that did not answer them.
    pub(super) moved_wrongly: usize,
}

/// One desk.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct DeskFound {
    pub(super) desk: Foreign,
    pub(super) openings: usize,
    pub(super) found: usize,
}

/// Reads all; says in words why nothing can be said.
pub(super) fn reached(past: &Past) -> Result<Reached, String> {
    let desks = past.desks.desks.len();
    if !past.labelled {
        return Err("the dialogues have no labels, so nobody knows what a triage should have said".to_owned());
    }
    let (part_of, customers) = parts(&past.dialogues);
    let openings = past.courses.iter().filter(|course| course.opening.is_some()).count();
    if desks < 2 || customers < 2 || openings < OPENINGS_MIN {
        return Err(format!(
            "{openings} openings of {customers} customers at {desks} desks are too few; it takes {OPENINGS_MIN} \
             openings, 2 customers and 2 desks"
        ));
    }
    let mut reached = Reached { customers, desks, ..Reached::default() };
    reached.rules = BARS.map(|confidence_percent| Ruled { confidence_percent, ..Ruled::default() }).into();
    reached.by_desk =
        past.desks.desks.iter().map(|desk| DeskFound { desk: desk.as_str().into(), ..DeskFound::default() }).collect();
    let read = |number: usize| {
        let is = |at: &usize| part_of.get(*at) == Some(&number);
        let mut own = reached.clone();
        let triage = Triage::learn(past, |at| !is(&at));
        for (_, (dialogue, course)) in past.dialogues.iter().zip(&past.courses).enumerate().filter(|(at, _)| is(at)) {
            triage.tell(dialogue, course, &mut own);
        }
        own
    };
    let told: Vec<Reached> = busy("training", || {
        std::thread::scope(|threads| {
            let read = &read;
            let running: Vec<_> = (0..PARTS).map(|at| threads.spawn(move || read(at))).collect();
            running.into_iter().filter_map(|thread| thread.join().ok()).collect()
        })
    });
    if told.len() != PARTS {
        return Err("a part of it stopped; please report it with the file".to_owned());
    }
    let mut all = reached.clone();
    for part in &told {
        all.add(part);
    }
    all.by_desk.sort_by_key(|desk| std::cmp::Reverse(desk.openings));
    Ok(all)
}

/// Which part each dialogue is in, and how many customers there are: a customer's dialogues are in
/// one part, and parts are of like size.
fn parts(dialogues: &[Dialogue]) -> (Vec<usize>, usize) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for dialogue in dialogues {
        *counts.entry(who(dialogue)).or_default() += 1;
    }
    let mut by_size: Vec<(&String, usize)> = counts.iter().map(|(who, count)| (who, *count)).collect();
    by_size.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut sizes = [0; PARTS];
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for (who, count) in by_size {
        let smallest = sizes.iter().enumerate().min_by_key(|(_, size)| **size).map_or(0, |(part, _)| part);
        if let Some(size) = sizes.get_mut(smallest) {
            *size += count;
        }
        of.insert(who, smallest);
    }
    (dialogues.iter().map(|dialogue| of.get(who(dialogue).as_str()).copied().unwrap_or(0)).collect(), of.len())
}

impl Reached {
    fn add(&mut self, part: &Self) {
        self.openings += part.openings;
        self.openings_found += part.openings_found;
        self.all_openings += part.all_openings;
        self.all_openings_found += part.all_openings_found;
        self.changes += part.changes;
        self.quiet_turns += part.quiet_turns;
        for (sum, part) in self.rules.iter_mut().zip(&part.rules) {
            sum.held_after_two += part.held_after_two;
            sum.changes_followed += part.changes_followed;
            sum.changes_at_once += part.changes_at_once;
            sum.moved_wrongly += part.moved_wrongly;
        }
        for (sum, part) in self.by_desk.iter_mut().zip(&part.by_desk) {
            sum.openings += part.openings;
            sum.found += part.found;
        }
    }
}

/// A model of dialogues, and the desks as agents of a floor.
struct Triage {
    model: Model,
    /// The desks in order; the triage itself is last.
    agents: Vec<AgentSpec>,
}

/// A desk's intent: a number of the house, which says nothing as a word.
fn intent(desk: usize) -> Option<IntentName> {
    format!("d{desk}").parse().ok()
}

impl Triage {
    /// Learns what customers say when they bring a matter, and that everything else they say brings none.
    fn learn(past: &Past, chosen: impl Fn(usize) -> bool) -> Self {
        let mut examples: Vec<(IntentName, String)> = Vec::new();
        let mut strangers: Vec<String> = Vec::new();
        for (_, (dialogue, course)) in
            past.dialogues.iter().zip(&past.courses).enumerate().filter(|(at, _)| chosen(*at))
        {
            let turns = customer_turns(dialogue);
            let mut teach = |desk: usize, text: &str| {
                examples
                    .extend(intent(desk).filter(|_| !text.trim().is_empty()).map(|intent| (intent, text.to_owned())));
            };
            let Some(opening) = course.opening else { continue };
            teach(opening.desk, &joined(&turns));
            for turn in turns.iter().take(OPENING_TURNS) {
                if turn.split_whitespace().count() >= TAUGHT_WORDS {
                    teach(opening.desk, turn);
                }
            }
            for change in &course.changes {
                teach(change.to.desk, turns.get(change.turn).copied().unwrap_or_default());
            }
            let changes = |turn: usize| course.changes.iter().any(|change| change.turn == turn);
            let quiet = turns.iter().enumerate().skip(OPENING_TURNS).filter(|(turn, _)| !changes(*turn));
            strangers.extend(quiet.map(|(_, text)| (*text).to_owned()));
        }
        let examples: Vec<(IntentName, &str)> = examples.iter().map(|(of, text)| (of.clone(), text.as_str())).collect();
        let step = strangers.len().div_ceil(STRANGERS_MAX).max(1);
        let strangers: Vec<&str> = strangers.iter().step_by(step).map(String::as_str).collect();
        Self { model: Model::train_beside(&examples, &strangers), agents: agents(&past.desks) }
    }

    fn tell(&self, dialogue: &Dialogue, course: &Course, reached: &mut Reached) {
        let turns = customer_turns(dialogue);
        let Some(opening) = course.opening.filter(|_| !turns.is_empty()) else { return };
        let top = self.model.judge(&Foreign::new(&joined(&turns))).top.and_then(|top| self.model.intents().get(top));
        let found = top.is_some() && top == intent(opening.desk).as_ref();
        reached.all_openings += 1;
        reached.all_openings_found += usize::from(found);
        if turns.len() >= OPENING_TURNS {
            reached.openings += 1;
            reached.openings_found += usize::from(found);
            if let Some(desk) = reached.by_desk.get_mut(opening.desk) {
                desk.openings += 1;
                desk.found += usize::from(found);
            }
        }
        let analyses: Vec<Analysis> = turns.iter().map(|turn| self.model.analyse(&Foreign::new(turn))).collect();
        let moves = |turn: usize| course.changes.iter().any(|change| change.turn == turn || change.turn + 1 == turn);
        let quiet: Vec<usize> = (OPENING_TURNS..turns.len()).filter(|turn| !moves(*turn)).collect();
        reached.changes += course.changes.len();
        reached.quiet_turns += quiet.len();
        for rule in &mut reached.rules {
            let held = self.held(&analyses, rule.confidence_percent);
            let has = |turn: usize, desk: usize| held.get(turn) == Some(&Some(desk));
            if turns.len() >= OPENING_TURNS {
                rule.held_after_two += usize::from(has(OPENING_TURNS - 1, opening.desk));
            }
            for change in &course.changes {
                let at_once = has(change.turn, change.to.desk);
                rule.changes_at_once += usize::from(at_once);
                rule.changes_followed += usize::from(at_once || has(change.turn + 1, change.to.desk));
            }
            let wrongly = |turn: &&usize| {
                let now = held.get(**turn).copied().flatten();
                let before = turn.checked_sub(1).and_then(|before| held.get(before)).copied().flatten();
                now != before && now != course.at.get(**turn).copied().flatten()
            };
            rule.moved_wrongly += quiet.iter().filter(wrongly).count();
        }
    }

    /// The desk that has it after each turn, by the rule of the floor: a sure other desk takes it over
    /// from the one that has it; while nobody is sure it stays; at first the triage has it.
    fn held(&self, analyses: &[Analysis], confidence_percent: i32) -> Vec<Option<usize>> {
        let weights =
            RoutingWeights { confidence: Score::from_percent(confidence_percent), ..RoutingWeights::default() };
        let seats: Vec<Seat<'_>> = self.agents.iter().map(|spec| Seat { spec, load: 0, available: true }).collect();
        let triage = self.agents.len().saturating_sub(1);
        // Nothing was learnt of outcomes yet.
        let learner = Learner::default();
        let mut holder = triage;
        let next = |analysis: &Analysis, holder: usize| {
            let input = RoutingInput {
                analysis,
                mood: Score::ZERO,
                tier: Tier::default(),
                past: &[],
                holder: self.agents.get(holder).map(|spec| &spec.name),
                seats: &seats,
                weights: &weights,
                lot: 0,
                rule: None,
            };
            let features = Features::of(analysis, Score::ZERO, Tier::default());
            let decision = bandit::choose(&learner, &features, &input, Exploration::Never)?;
            let chosen = decision.chosen;
            self.agents.iter().position(|spec| spec.name == chosen).filter(|chosen| *chosen != triage)
        };
        let after = |analysis: &Analysis| {
            holder = next(analysis, holder).unwrap_or(holder);
            (holder != triage).then_some(holder)
        };
        analyses.iter().map(after).collect()
    }
}

/// The first turns as one text, as a floor reads a burst.
fn joined(turns: &[&str]) -> String {
    turns.iter().take(OPENING_TURNS).copied().collect::<Vec<_>>().join("\n")
}

fn agents(desks: &Desks) -> Vec<AgentSpec> {
    let numbers = (0..desks.desks.len()).map(|desk| (format!("d{desk}"), AgentRole::Specialist, intent(desk)));
    let all = numbers.chain([("triage".to_owned(), AgentRole::Triage, None)]);
    let spec = |(name, role, intent): (String, AgentRole, Option<IntentName>)| {
        let (name, queue): (AgentName, QueueName) = (name.parse().ok()?, "care".parse().ok()?);
        let intents = intent.into_iter().collect();
        Some(AgentSpec { intents, capacity: AGENT_CAPACITY, ..AgentSpec::bare(name, role, queue) })
    };
    all.filter_map(spec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::dialogue;

    /// Two desks with words of their own; every dialogue begins at one and goes over to the other.
    fn house(customers: usize) -> Past {
        let said = [("bank", "what is my account balance"), ("weather", "how is the weather in town")];
        let line = |at: usize| {
            let (first, second) = (said[at % 2], said[(at + 1) % 2]);
            let (a, b) = (first.1, second.1);
            format!(
                r#"{{"id":"{at}","customer":{{"id":"k{}"}},"labels":{{"domains":["bank","weather"],"tasks":["{}","{}"]}},
                "turns":[{{"role":"customer","text":"hello"}},{{"role":"customer","text":"{a} {at}"}},
                {{"role":"tool_call","name":"{}"}},{{"role":"customer","text":"four seven please"}},
                {{"role":"customer","text":"and {b}"}},{{"role":"route","to":"{}"}},{{"role":"tool_call","name":"{}"}},
                {{"role":"customer","text":"thanks, bye"}}]}}"#,
                at % customers, first.0, second.0, first.0, second.0, second.0
            )
            .replace('\n', "")
        };
        let text = (0..60).map(line).collect::<Vec<_>>().join("\n");
        Past::of(dialogue::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn desks_are_found_and_changes_followed() {
        let told = reached(&house(7)).unwrap();
        assert_eq!((told.customers, told.desks, told.openings, told.changes), (7, 2, 60, 60));
        let rule = &told.rules[0];
        assert_eq!((told.openings_found, rule.changes_followed, rule.moved_wrongly), (60, 60, 0), "{told:?}");
        assert_eq!((told.quiet_turns, told.by_desk[0].openings), (60, 30));
    }

    #[test]
    fn a_customer_is_never_in_two_parts() {
        let past = house(7);
        let (of, customers) = parts(&past.dialogues);
        assert_eq!(customers, 7);
        for (a, one) in past.dialogues.iter().enumerate() {
            for (b, other) in past.dialogues.iter().enumerate() {
                assert!(one.customer.id != other.customer.id || of[a] == of[b]);
            }
        }
        assert_eq!((0..PARTS).filter(|part| of.contains(part)).count(), PARTS);
    }

    #[test]
    fn what_only_this_customer_says_is_of_no_help() {
        let words = ["zorp", "quib", "flam", "drun", "mips", "yelk", "vorn", "hesk", "plid", "wump"];
        let line = |at: usize| {
            let who = at % 10;
            let (word, desk) = (words[who], ["bank", "weather"][who % 2]);
            format!(
                r#"{{"id":"{at}","customer":{{"id":"k{who}"}},"turns":[{{"role":"customer","text":"{word}"}},
                {{"role":"customer","text":"the {word} of mine {word}"}}],"labels":{{"domain":"{desk}"}}}}"#
            )
            .replace('\n', "")
        };
        let text = (0..60).map(line).collect::<Vec<_>>().join("\n");
        let told = reached(&Past::of(dialogue::read(text.as_bytes()).unwrap())).unwrap();
        assert!(told.openings == 60 && told.openings_found < 54, "learnt from whom it is told: {told:?}");
    }

    #[test]
    fn too_little_is_told_as_such() {
        assert!(reached(&house(1)).unwrap_err().contains("60 openings of 1 customers"));
        let plain = r#"{"id":"a","turns":[{"role":"customer","text":"hi there"}]}"#;
        let plain = Past::of(dialogue::read(plain.as_bytes()).unwrap());
        assert!(reached(&plain).unwrap_err().contains("no labels"));
    }
}
