//! Scenarios as data: who comes, what they say, what they answer, what they put up with.
//!
//! They are files of a deployment (`scenarios/*.toml`), so that a demo of each trade has customers of that
//! trade. Facts in them (orders, addresses, charges) are those of its practice shop.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::config::shop::{Person, ShopFile};
use crate::config::{self, Bundle, Level, Problem};
use crate::domain::customer::Tier;

/// Where they lie in a deployment.
const FOLDER: &str = "scenarios/";
/// Whose customers come to a deployment that has none of its own.
const LENT: &str = "support";
const MANNERS: &str = include_str!("scenarios/manners.toml");

/// A scenario file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ScenarioError(pub Problem);

impl ScenarioError {
    fn of(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self(Problem {
            file: file.to_owned(),
            line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            level: Level::Error,
            what: error.message().replace('\n', ", "),
            way_out: "correct this place and check again".to_owned(),
        })
    }
}

/// All scenarios and what everybody answers alike.
#[derive(Debug)]
pub struct Library {
    /// In the order of their files.
    pub scenarios: Vec<Arc<Scenario>>,
    /// Answers for everybody.
    pub manners: Arc<Manners>,
}

impl Library {
    /// The scenarios of a deployment; those of the support desk where it has none. What the customers of its
    /// practice shop know of themselves are facts; what a scenario states itself stays.
    ///
    /// # Errors
    /// A file that is none, with its line.
    pub fn of(bundle: &Bundle) -> Result<Self, ScenarioError> {
        if bundle.sources.iter().any(|source| source.path.starts_with(FOLDER)) {
            return Self::read(bundle);
        }
        // What is in the binary is read by its tests; if it were not, there would be nobody to come.
        let Ok(lent) = config::preset(LENT) else { return Self::read(bundle) };
        Ok(Self::read(&lent)?.at_shop(bundle.shop.as_ref()))
    }

    fn read(bundle: &Bundle) -> Result<Self, ScenarioError> {
        let mut scenarios = Vec::new();
        for source in bundle.sources.iter().filter(|source| source.path.starts_with(FOLDER)) {
            let wrong = |error| ScenarioError::of(&source.path, &source.text, &error);
            let read: File = toml::from_str(&source.text).map_err(wrong)?;
            scenarios.extend(read.scenario.into_iter().map(Arc::new));
        }
        let wrong = |error| ScenarioError::of("manners.toml", MANNERS, &error);
        let manners = toml::from_str(MANNERS).map_err(wrong)?;
        Ok(Self { scenarios, manners: Arc::new(manners) }.at_shop(bundle.shop.as_ref()))
    }

    fn at_shop(mut self, shop: Option<&ShopFile>) -> Self {
        let people = shop.map_or(&[][..], |shop| &shop.customers);
        for scenario in &mut self.scenarios {
            let named = scenario.person.as_deref();
            if let Some(person) = people.iter().find(|person| Some(person.handle.as_str()) == named) {
                Arc::make_mut(scenario).knows(person);
            }
        }
        self
    }

    /// The scenario of that name.
    pub fn named(&self, name: &str) -> Option<&Arc<Scenario>> {
        self.scenarios.iter().find(|scenario| scenario.name == name)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

/// One customer's part.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// The specialists it is about.
    pub agents: Vec<String>,
    /// How the customer is called.
    pub called: String,
    /// Which customer of the shop this is, by handle, if one: their order, address and card are facts.
    #[serde(default)]
    pub person: Option<String>,
    /// Whether the embedding site signs that it is that person.
    #[serde(default)]
    pub signed: bool,
    /// What they were promised.
    #[serde(default)]
    pub tier: Tier,
    /// How often it comes in a round of all scenarios.
    #[serde(default = "one")]
    pub weight: u8,
    /// How fast they read and type.
    #[serde(default)]
    pub pace: Pace,
    /// Facts they can give when asked.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// What they say by themselves, in order.
    pub lines: Vec<Line>,
    /// What they answer to something in particular.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// Answers that do not help, before they are fed up.
    #[serde(default = "three")]
    pub patience: u8,
    /// What they say then, one after the other.
    #[serde(default)]
    pub fed_up: Vec<String>,
    /// How they rate it, if they do.
    #[serde(default)]
    pub rating: Option<u8>,
    /// Whether they leave without a word when their lines are said.
    #[serde(default)]
    pub silent: bool,
    /// What a scripted supervisor does about it.
    #[serde(default)]
    pub supervisor: Supervision,
}

impl Scenario {
    fn knows(&mut self, person: &Person) {
        let order = person.orders.first().map_or("", |order| &order.number);
        let device = person.devices.first().map_or("", |device| &device.model);
        let all = [
            ("order", order),
            ("device", device),
            ("email", &person.email),
            ("postcode", &person.postcode),
            ("card", &person.card),
        ];
        for (name, fact) in all.into_iter().filter(|(_, fact)| !fact.is_empty()) {
            self.facts.entry(name.to_owned()).or_insert_with(|| fact.to_owned());
        }
        self.tier = self.tier.max(person.tier);
    }

    /// The first words of this customer, by which the scenario is known in a journal.
    pub fn first_words(&self) -> Option<String> {
        self.filled(self.lines.first()?.say.first()?)
    }

    /// A text of this scenario with its facts in the place of `{names}`; nothing if one is missing.
    pub fn filled(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            out.push_str(before);
            out.push_str(self.facts.get(name)?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

const fn one() -> u8 {
    1
}

const fn three() -> u8 {
    3
}

/// How fast somebody reads and types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// On a phone, all day.
    Quick,
    /// As most.
    #[default]
    Usual,
    /// With two fingers.
    Slow,
}

/// What a scripted supervisor does by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Supervision {
    /// Nothing: they take offers and decide approvals, as for everybody.
    #[default]
    None,
    /// Takes over once the customer waits for it, answers, hands back.
    TakesOver,
    /// Takes over while an answer may be on its way. What comes of it depends on the race.
    Races,
    /// Says no to what waits for approval.
    Rejects,
}

/// One thing they say by themselves.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "LineText")]
pub struct Line {
    /// The messages; more than one come in a burst. None means the button that asks for a human.
    pub say: Vec<String>,
    /// What has to have happened before.
    pub after: After,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LineText {
    One(String),
    Full(LineTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineTable {
    #[serde(default)]
    say: Option<String>,
    #[serde(default)]
    burst: Vec<String>,
    #[serde(default)]
    after: After,
}

impl From<LineText> for Line {
    fn from(text: LineText) -> Self {
        match text {
            LineText::One(say) => Self { say: vec![say], after: After::Answer },
            LineText::Full(table) => {
                Self { say: table.say.into_iter().chain(table.burst).collect(), after: table.after }
            }
        }
    }
}

/// What has to have happened before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    /// Somebody answered.
    #[default]
    Answer,
    /// A human wrote.
    Human,
    /// The matter was called settled.
    Resolved,
}

/// An answer to something in particular.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// Words, any of which the question has to hold, in lower case.
    pub hears: Vec<String>,
    /// What they say; for manners, `{fact}` stands for a fact of the scenario.
    pub say: String,
    /// What they say when they do not know that fact.
    #[serde(default)]
    pub unknown: Option<String>,
    /// Whether their own next line, if there is one, goes before.
    #[serde(default)]
    pub lines_first: bool,
    /// How often.
    #[serde(default = "three")]
    pub times: u8,
}

/// What everybody answers alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manners {
    /// In order; the first that fits is taken.
    pub answer: Vec<Answer>,
    /// Words that tell that an answer did not help.
    pub unhelpful: Vec<String>,
    /// Good-byes.
    pub closing: Vec<String>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_forty_and_more_over_all_five_desks() {
        let support = config::preset("support").unwrap();
        let library = Library::of(&support).unwrap();
        assert!(library.scenarios.len() >= 40, "{}", library.scenarios.len());
        let desks: BTreeSet<_> = support.agents.iter().map(|agent| agent.name.as_str().to_owned()).collect();
        let named: BTreeSet<_> = library.scenarios.iter().flat_map(|scenario| scenario.agents.clone()).collect();
        assert_eq!(desks, named);
    }

    #[test]
    fn the_customers_of_every_preset_are_told_apart_and_know_what_they_say() {
        for preset in config::PRESETS {
            let bundle = config::preset(preset.name).unwrap();
            let library = Library::of(&bundle).unwrap();
            let own = preset.files.iter().any(|(path, _)| path.starts_with(FOLDER));
            assert!(own || preset.name == "bare", "{} has no customers of its own", preset.name);
            let mut seen = BTreeSet::new();
            for scenario in library.scenarios.iter().filter(|_| own) {
                let name = format!("{}: {}", preset.name, scenario.name);
                assert!(seen.insert(scenario.name.clone()), "{name} twice");
                assert!(
                    seen.insert(scenario.first_words().unwrap_or_else(|| panic!("{name}: no first words"))),
                    "{name}"
                );
                for words in scenario.lines.iter().flat_map(|line| &line.say) {
                    assert!(scenario.filled(words).is_some(), "{name}: {words}");
                }
                assert!(!scenario.signed || scenario.person.is_some(), "{name}: signed as nobody");
                let people = bundle.shop.iter().flat_map(|shop| &shop.customers);
                let known: Vec<&str> = people.map(|person| person.handle.as_str()).collect();
                assert!(scenario.person.as_deref().is_none_or(|person| known.contains(&person)), "{name}: nobody's");
                for agent in &scenario.agents {
                    assert!(bundle.agents.iter().any(|known| known.name.as_str() == agent), "{name}: {agent}");
                }
            }
        }
    }

    #[test]
    fn a_scenario_file_that_is_none_is_told_with_its_line() {
        let files = config::preset_files("starter")
            .unwrap()
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let broken = ("scenarios/zz.toml".to_owned(), "[[scenario]]\nname = \"x\"\nabuot = \"y\"\n".to_owned());
        let bundle = Bundle::of(files.chain([broken])).unwrap();
        let told = Library::of(&bundle).unwrap_err().to_string();
        assert!(told.starts_with("scenarios/zz.toml:3:1: error: unknown field `abuot`"), "{told}");
    }
}
