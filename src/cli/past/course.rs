//! What a recorded dialogue was about, turn by turn: read from its labels, from where it was passed
//! to and from what was done there.

use std::collections::{BTreeMap, BTreeSet};

use crate::simulation::dialogue::{Dialogue, Labels, TurnRole};

/// Labels that name the desk, the first that is there counts.
const DESK_LABELS: [&str; 6] = ["domains", "domain", "flow", "category", "queue", "desk"];
/// Labels that name the matter.
const MATTER_LABELS: [&str; 6] = ["tasks", "task", "subflow", "intents", "intent", "matter"];
/// What stands between the name of a desk and the rest: `bank_balance`, `bank.balance`.
const JOINTS: [char; 4] = ['_', '-', '.', '/'];

/// The desks and matters of a house as its dialogues name them.
#[derive(Debug, Default)]
pub(in crate::cli) struct Desks {
    /// Names of desks, in order.
    pub(in crate::cli) desks: Vec<String>,
    /// Matters by name, each with its desk.
    pub(in crate::cli) matters: Vec<(String, usize)>,
}

/// A place in the house: a desk, and the matter if it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Spot {
    /// Number of the desk.
    pub(in crate::cli) desk: usize,
    /// Number of the matter.
    pub(in crate::cli) matter: Option<usize>,
}

/// A change of topic: with which turn of the customer, counted from 0, and where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Change {
    pub(in crate::cli) turn: usize,
    pub(in crate::cli) to: Spot,
}

/// One dialogue as it went through the house.
#[derive(Debug, Default)]
pub(in crate::cli) struct Course {
    /// What it began with.
    pub(in crate::cli) opening: Option<Spot>,
    /// The desk that answered each turn of the customer.
    pub(in crate::cli) at: Vec<Option<usize>>,
    /// Changes of topic: passes to a desk that then did something. A pass that nothing came of is
    /// none, since the customer need not have asked for it.
    pub(in crate::cli) changes: Vec<Change>,
    /// Passes as recorded.
    pub(in crate::cli) passes: usize,
}

fn first_of<'a>(labels: &'a Labels, names: &[&str]) -> Vec<&'a str> {
    names.iter().map(|name| labels.texts(name)).find(|texts| !texts.is_empty()).unwrap_or_default()
}

impl Desks {
    /// Reads the labels of all dialogues; none of unlabelled ones.
    ///
    /// A matter belongs to the desk it stands beside most often where there is one desk only; then to
    /// the desk its name begins with; else it is a desk of its own.
    pub(in crate::cli) fn of(dialogues: &[Dialogue]) -> Self {
        let mut desks: BTreeSet<&str> = BTreeSet::new();
        let mut beside: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for dialogue in dialogues {
            let named = first_of(&dialogue.labels, &DESK_LABELS);
            let routed = dialogue.turns.iter().filter_map(|turn| turn.to.as_deref());
            for matter in first_of(&dialogue.labels, &MATTER_LABELS) {
                let votes = beside.entry(matter).or_default();
                if let [desk] = named.as_slice() {
                    *votes.entry(desk).or_default() += 1;
                }
            }
            for target in routed {
                beside.entry(target).or_default();
            }
            desks.extend(named);
        }
        // Where passes went alone says too little of the dialogues that were never passed.
        let labelled = |dialogue: &Dialogue| {
            [&DESK_LABELS, &MATTER_LABELS].iter().any(|names| !first_of(&dialogue.labels, *names).is_empty())
        };
        if !dialogues.iter().any(labelled) {
            return Self::default();
        }
        let mut homes: BTreeMap<&str, &str> = BTreeMap::new();
        for (matter, votes) in &beside {
            // Of equals the first by name.
            let most = votes.iter().fold(None, |most: Option<(&str, usize)>, (desk, count)| {
                if most.is_none_or(|(_, top)| *count > top) { Some((desk, *count)) } else { most }
            });
            let home = most.map(|(desk, _)| desk).or_else(|| begins_with(matter, desks.iter().copied()));
            homes.insert(matter, home.unwrap_or(matter));
        }
        desks.extend(homes.values());
        // A desk whose dialogues name no matter is a matter itself.
        for desk in &desks {
            if !homes.values().any(|home| home == desk) {
                homes.insert(desk, desk);
            }
        }
        let names: Vec<&str> = desks.into_iter().collect();
        let number = |desk: &str| names.binary_search(&desk).unwrap_or(0);
        Self {
            matters: homes.iter().map(|(matter, desk)| ((*matter).to_owned(), number(desk))).collect(),
            desks: names.iter().map(|desk| (*desk).to_owned()).collect(),
        }
    }

    /// Whether nothing was labelled.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.desks.is_empty()
    }

    /// Where something of that name belongs: a matter, a desk, or a name that begins with a desk's.
    pub(in crate::cli) fn spot(&self, name: &str) -> Option<Spot> {
        if let Ok(matter) = self.matters.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
            return self.matters.get(matter).map(|(_, desk)| Spot { desk: *desk, matter: Some(matter) });
        }
        let desk = begins_with(name, self.desks.iter().map(String::as_str))?;
        self.desks.iter().position(|known| known == desk).map(|desk| Spot { desk, matter: None })
    }

    /// The matter of a spot; where it is not known, the first of its desk.
    pub(in crate::cli) fn matter(&self, spot: Spot) -> Option<usize> {
        spot.matter.or_else(|| self.matters.iter().position(|(_, desk)| *desk == spot.desk))
    }

    /// One dialogue turn by turn.
    pub(in crate::cli) fn course(&self, dialogue: &Dialogue) -> Course {
        let mut course = Course { opening: self.opening(dialogue), ..Course::default() };
        let mut now = course.opening.map(|spot| spot.desk);
        // A run of passes is one search for the right desk; its last counts.
        let mut passed: Option<Change> = None;
        for turn in &dialogue.turns {
            match turn.role {
                TurnRole::Customer => course.at.push(now),
                TurnRole::Route => {
                    course.passes += 1;
                    let to = turn.to.as_deref().and_then(|to| self.spot(to));
                    passed = to.zip(course.at.len().checked_sub(1)).map(|(to, turn)| Change { turn, to });
                }
                TurnRole::Agent | TurnRole::ToolCall => {
                    let Some(done) = self.worked(turn.act.as_deref().or(turn.name.as_deref())) else { continue };
                    let pass = passed.take().filter(|pass| pass.to.desk == done.desk && now != Some(done.desk));
                    let since = pass.map_or(course.at.len().saturating_sub(1), |pass| pass.turn);
                    for at in course.at.iter_mut().skip(since) {
                        *at = Some(done.desk);
                    }
                    now = Some(done.desk);
                    course.changes.extend(pass);
                }
                TurnRole::ToolResult => {}
            }
        }
        course
    }

    fn worked(&self, name: Option<&str>) -> Option<Spot> {
        self.spot(name?)
    }

    /// What it began with: the desk that first did something, where the labels name several.
    fn opening(&self, dialogue: &Dialogue) -> Option<Spot> {
        let named = first_of(&dialogue.labels, &DESK_LABELS);
        let matters: Vec<Spot> =
            first_of(&dialogue.labels, &MATTER_LABELS).into_iter().filter_map(|name| self.spot(name)).collect();
        let done = || {
            let deeds = dialogue.turns.iter().filter(|turn| turn.role != TurnRole::ToolResult);
            deeds.filter_map(|turn| self.worked(turn.act.as_deref().or(turn.name.as_deref())))
        };
        let only = match (named.as_slice(), matters.as_slice()) {
            ([desk], _) => self.spot_of_desk(desk),
            ([], [matter]) => return Some(*matter),
            _ => None,
        };
        let first = || done().next().or_else(|| matters.first().copied());
        let desk = only.or_else(first)?.desk;
        let here = |spot: &Spot| spot.desk == desk && spot.matter.is_some();
        let matter = match matters.as_slice() {
            [one] if one.desk == desk => Some(*one),
            _ => done().find(here).or_else(|| matters.iter().copied().find(here)),
        };
        Some(Spot { desk, matter: matter.and_then(|spot| spot.matter) })
    }

    fn spot_of_desk(&self, name: &str) -> Option<Spot> {
        self.desks.iter().position(|known| known == name).map(|desk| Spot { desk, matter: None })
    }
}

/// The longest of `names` that `text` begins with, as a whole word.
fn begins_with<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let begins = |name: &&str| {
        let rest = text.strip_prefix(*name);
        !name.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(JOINTS))
    };
    names.filter(begins).max_by_key(|name| name.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::dialogue;

    fn read(lines: &[&str]) -> (Desks, Vec<Dialogue>) {
        let dialogues = dialogue::read(lines.join("\n").as_bytes()).unwrap();
        (Desks::of(&dialogues), dialogues)
    }

    const BANK: &str = r#"{"id":"a","turns":[{"role":"customer","text":"my balance"}],
        "labels":{"domains":["bank"],"tasks":["bank_balance"]}}"#;

    fn line(text: &str) -> String {
        text.replace('\n', " ")
    }

    #[test]
    fn matters_find_their_desk() {
        let quiz =
            r#"{"id":"b","turns":[{"role":"route","to":"bank_fraud"}],"labels":{"domains":[],"tasks":["quiz"]}}"#;
        let two = r#"{"id":"c","turns":[],"labels":{"domains":["hotel","bank"],"tasks":["hotel_book","lost-card"]}}"#;
        let card = r#"{"id":"d","turns":[],"labels":{"domains":["bank"],"tasks":["lost-card"]}}"#;
        let plain = r#"{"id":"e","turns":[],"labels":{"domain":"weather"}}"#;
        let (desks, _) = read(&[&line(BANK), quiz, two, card, plain]);
        assert_eq!(desks.desks, ["bank", "hotel", "quiz", "weather"]);
        let home = |matter: &str| desks.spot(matter).map(|spot| desks.desks[spot.desk].as_str());
        assert_eq!((home("bank_balance"), home("lost-card"), home("quiz")), (Some("bank"), Some("bank"), Some("quiz")));
        assert_eq!((home("bank_fraud"), home("hotel_ask_price")), (Some("bank"), Some("hotel")));
        assert_eq!((home("banker"), home("hello"), home("weather")), (None, None, Some("weather")));
        assert!(desks.spot("weather").unwrap().matter.is_some(), "a desk without matters is one itself");
        let plain = r#"{"id":"a","turns":[{"role":"customer","text":"hi"},{"role":"route","to":"bank"}]}"#;
        let (none, dialogues) = read(&[plain]);
        assert!(none.is_empty() && none.course(&dialogues[0]).opening.is_none());
    }

    #[test]
    fn a_change_is_a_pass_that_something_came_of() {
        let long = line(
            r#"{"id":"b","labels":{"domains":["bank","weather"],"tasks":["weather","bank_balance"]},"turns":[
            {"role":"customer","text":"balance please"},{"role":"agent","text":"number?","act":"bank_ask_number"},
            {"role":"customer","text":"what is the weather"},{"role":"route","to":"bank_balance"},
            {"role":"route","to":"weather"},{"role":"tool_call","name":"weather"},{"role":"tool_result","name":"weather"},
            {"role":"customer","text":"thanks"},{"role":"route","to":"bank_balance"},{"role":"agent","text":"bye","act":"goodbye"},
            {"role":"customer","text":"no more"},{"role":"route","to":"bank_balance"},{"role":"tool_call","name":"hotel_find"},
            {"role":"customer","text":"and the balance"},{"role":"route","to":"bank_balance"},
            {"role":"agent","text":"it is 7","act":"bank_inform"}]}"#,
        );
        let hotel = r#"{"id":"c","turns":[],"labels":{"domain":"hotel"}}"#;
        let (desks, dialogues) = read(&[&line(BANK), &long, hotel]);
        let course = desks.course(&dialogues[1]);
        let names: Vec<&str> = course.at.iter().map(|at| desks.desks[at.unwrap()].as_str()).collect();
        assert_eq!(names, ["bank", "weather", "weather", "hotel", "bank"]);
        let changes: Vec<(usize, &str)> =
            course.changes.iter().map(|change| (change.turn, desks.desks[change.to.desk].as_str())).collect();
        assert_eq!((changes, course.passes), (vec![(1, "weather"), (4, "bank")], 5));
        let opening = course.opening.unwrap();
        assert_eq!(desks.matters[opening.matter.unwrap()].0, "bank_balance");
        let single = desks.course(&dialogues[0]).opening.unwrap();
        assert_eq!((single.desk, single.matter), (opening.desk, opening.matter));
    }
}
