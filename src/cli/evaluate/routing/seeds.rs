//! The examples that a stream begins with, in the shapes that files have: the arm said, or rewards, or only
//! a label, which may be an intent or an agent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{largest, rewards};
use crate::cli::evaluate::rows::{Row, Rows};
use crate::cli::failure::Failure;
use crate::cli::past;
use crate::cli::print::aside;
use crate::domain::text::{Clean, Foreign};

/// Examples of one kind where the file does not tell kinds apart: as many as make a good intent.
const PER_KIND: usize = 10;

/// Whose the texts of an owner are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The file says so.
    Said(usize),
    /// There are as many names as arms, so that their order may be that of the arms.
    Guessed(usize),
    /// To be learnt from rewards.
    Unknown,
}

/// One example to begin with.
#[derive(Debug)]
pub(super) struct Seed {
    pub(super) text: Foreign,
    /// Number of its kind: what the triage tells apart.
    pub(super) kind: usize,
    /// Number of its owner: what belongs to one arm as a whole.
    pub(super) owner: usize,
    /// Its own arm, if the file says it.
    pub(super) arm: Option<usize>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Seeds {
    pub(super) examples: Vec<Seed>,
    pub(super) kinds: usize,
    pub(super) owners: Vec<Whose>,
    /// What the files lack, and what is made of it.
    pub(super) lacks: Vec<String>,
}

/// A line as it stands.
struct Line {
    text: Foreign,
    label: Option<String>,
    agent: Option<String>,
    arm: Option<usize>,
}

impl Seeds {
    /// Reads the files; `names` are those of the arms, where the stream names them.
    pub(super) fn read(
        paths: &[PathBuf],
        agents: Option<&Path>,
        (arms, names): (usize, &[String]),
    ) -> Result<Self, Failure> {
        let files = Rows::read_all(paths)?;
        let agents = agents.map_or(Ok(BTreeMap::new()), agents_of)?;
        let rows: Vec<Row<'_>> = files.iter().flat_map(Rows::iter).collect();
        let lines: Vec<Line> = rows.iter().map(|row| line(*row, (arms, names), &agents)).collect::<Result<_, _>>()?;
        Ok(Self::of(lines, (arms, names)))
    }

    /// Says on the error output what was missing.
    pub(super) fn tell(&self) {
        self.lacks.iter().for_each(aside);
    }

    fn of(mut lines: Vec<Line>, (arms, names): (usize, &[String])) -> Self {
        let mut seeds = Self::default();
        let all = lines.len();
        // Labels that are numbers below the count of arms, all of them, are the arms.
        let number = |line: &Line| line.label.as_ref()?.parse::<usize>().ok().filter(|arm| *arm < arms);
        if lines.iter().all(|line| line.arm.is_none() && line.agent.is_none() && number(line).is_some()) {
            for line in &mut lines {
                line.arm = number(line);
            }
        }
        lines.retain(|line| line.label.is_some() || line.agent.is_some() || line.arm.is_some());
        if lines.len() < all {
            let lost = all - lines.len();
            seeds.lacks.push(format!("{lost} seed examples say neither `arm`, `rewards` nor `label`: passed over"));
        }
        let owner = |line: &Line| line.agent.clone().or_else(|| line.label.clone()).or(line.arm.map(spelled));
        let owners: BTreeSet<String> = lines.iter().filter_map(owner).collect();
        let owners: Vec<String> = owners.into_iter().collect();
        let of: Vec<usize> = lines
            .iter()
            .map(|line| owner(line).and_then(|name| owners.binary_search(&name).ok()).unwrap_or(0))
            .collect();
        seeds.owners = owners
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let told = lines.iter().zip(&of).filter(|(_, owner)| **owner == at).find_map(|(line, _)| line.arm);
                let listed = names.iter().position(|known| known == name);
                let guessed = (owners.len() == arms && arms > 1).then_some(at);
                match told.or(listed) {
                    Some(arm) => Whose::Said(arm),
                    None => guessed.map_or(Whose::Unknown, Whose::Guessed),
                }
            })
            .collect();
        let kinds = seeds.kinds(&lines, arms);
        seeds.owned(&lines, owners.len());
        let line = |((line, owner), kind): ((Line, usize), usize)| Seed { text: line.text, kind, owner, arm: line.arm };
        seeds.examples = lines.into_iter().zip(of).zip(kinds).map(line).collect();
        seeds
    }

    /// The kinds: the labels, where they are more than the arms; else likeness divides what a label or an arm holds.
    fn kinds(&mut self, lines: &[Line], arms: usize) -> Vec<usize> {
        let labels: BTreeSet<&String> = lines.iter().filter_map(|line| line.label.as_ref()).collect();
        let whole = lines.iter().all(|line| line.label.is_some());
        let coarse = !whole || labels.len() <= arms;
        let group = |line: &Line| line.label.clone().or(line.agent.clone()).or(line.arm.map(spelled));
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            groups.entry(group(line).unwrap_or_default()).or_default().push(at);
        }
        let mut kinds = vec![0; lines.len()];
        for own in groups.into_values() {
            let parts = if coarse { (own.len() / PER_KIND).max(1) } else { 1 };
            let texts: Vec<&str> = own.iter().filter_map(|at| lines.get(*at)).map(|line| line.text.raw()).collect();
            for (at, part) in own.iter().zip(past::parted(&texts, parts)) {
                if let Some(kind) = kinds.get_mut(*at) {
                    *kind = self.kinds + part;
                }
            }
            self.kinds += parts;
        }
        if coarse && !lines.is_empty() {
            let what = if whole { "no more labels than arms" } else { "no `label`" };
            self.lacks.push(format!(
                "the seed examples have {what}: likeness sorts them into {} kinds; intents as `label` tell more apart",
                self.kinds
            ));
        }
        kinds
    }

    fn owned(&mut self, lines: &[Line], owners: usize) {
        let count = |is: fn(&Whose) -> bool| self.owners.iter().filter(|whose| is(whose)).count();
        let (guessed, unknown) =
            (count(|whose| matches!(whose, Whose::Guessed(_))), count(|whose| *whose == Whose::Unknown));
        if lines.is_empty() {
            return;
        }
        if guessed > 0 {
            self.lacks.push(format!(
                "the seed examples say no `arm` or `rewards`: their {owners} names are as many as the arms and are taken \
                 for them in the order of the names, until rewards say otherwise"
            ));
        } else if unknown > 0 {
            self.lacks.push(format!(
                "the seed examples say no `arm` or `rewards`: whose {unknown} of {owners} labels are is learnt from the \
                 rewards, which costs some; say it with `arm`, or with --agents FILE"
            ));
        }
    }
}

/// What an arm without a name is called.
fn spelled(arm: usize) -> String {
    format!("arm {arm}")
}

fn line(row: Row<'_>, (arms, names): (usize, &[String]), agents: &BTreeMap<String, String>) -> Result<Line, Failure> {
    let said = |field: &str| row.find(field).filter(|value| !value.is_null());
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let label = said("label").or_else(|| said("intent")).map(text);
    let mut agent = said("agent").map(text);
    if let Some(label) = label.as_ref().filter(|_| agent.is_none() && !agents.is_empty()) {
        let known = agents
            .get(label)
            .ok_or_else(|| row.wrong(format!("--agents does not say whose the label `{}` is", Clean::shown(label))))?;
        agent = Some(known.clone());
    }
    let mut arm = None;
    if let Some(value) = said("arm") {
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok()).map(|arm| arm as usize);
        match (number, value.as_str()) {
            (Some(number), _) if number < arms => arm = Some(number),
            (None, Some(name)) => agent = Some(name.to_owned()),
            (Some(_) | None, _) => return Err(row.wrong(format!("`arm` is none of 0 to {}", arms - 1))),
        }
    } else if said("rewards").is_some() {
        let rewards = rewards(row)?.0;
        arm = largest(&rewards).filter(|arm| *arm < arms && rewards.get(*arm).is_some_and(|reward| *reward > 0.0));
    }
    arm = arm.or_else(|| names.iter().position(|name| Some(name) == agent.as_ref()));
    Ok(Line { text: row.text("text")?.into(), label, agent, arm })
}

/// A JSON object of labels with their agents.
fn agents_of(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let wrong = |what: &dyn std::fmt::Display| {
        Failure::failed(format!("{}: {what}; a JSON object {{\"label\": \"agent\", …}} is wanted", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    serde_json::from_str(&text).map_err(|error| wrong(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARMS: usize = 2;

    fn seeds(lines: &[&str], agents: Option<&str>, names: &[&str]) -> Result<Seeds, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seeds.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        let map = folder.path().join("agents.json");
        std::fs::write(&map, agents.unwrap_or_default()).unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Seeds::read(&[path], agents.map(|_| map.as_path()), (ARMS, &names))
    }

    fn shape(lines: &[&str], agents: Option<&str>, names: &[&str]) -> (usize, Vec<Whose>, usize) {
        let seeds = seeds(lines, agents, names).unwrap();
        (seeds.kinds, seeds.owners, seeds.lacks.len())
    }

    #[test]
    fn every_shape_says_what_it_can() {
        use Whose::{Guessed, Said, Unknown};
        let labels = [
            r#"{"text":"pay","label":"a","arm":1}"#,
            r#"{"text":"cash","label":"b","arm":0}"#,
            r#"{"text":"card","label":"c","arm":1}"#,
        ];
        assert_eq!(shape(&labels, None, &[]), (3, vec![Said(1), Said(0), Said(1)], 0));
        let rewarded =
            labels.map(|line| line.replace("\"arm\":1", "\"rewards\":[0,1]").replace("\"arm\":0", "\"rewards\":[1,0]"));
        let rewarded: Vec<&str> = rewarded.iter().map(String::as_str).collect();
        assert_eq!(shape(&rewarded, None, &[]), (3, vec![Said(1), Said(0), Said(1)], 0));
        let only = [r#"{"text":"pay","rewards":[0,1]}"#, r#"{"text":"cash","rewards":[1,0]}"#];
        assert_eq!(shape(&only, None, &[]), (2, vec![Said(0), Said(1)], 1));
        let intents =
            [r#"{"text":"pay","label":"a"}"#, r#"{"text":"cash","label":"b"}"#, r#"{"text":"card","label":"c"}"#];
        assert_eq!(shape(&intents, None, &[]), (3, vec![Unknown; 3], 1));
        let map = Some(r#"{"a":"tills","b":"vault","c":"tills"}"#);
        assert_eq!(shape(&intents, map, &[]), (3, vec![Guessed(0), Guessed(1)], 1));
        assert_eq!(shape(&intents, map, &["vault", "tills"]), (3, vec![Said(1), Said(0)], 0));
        let agents = [r#"{"text":"pay","label":"tills"}"#, r#"{"text":"cash","label":"vault"}"#];
        assert_eq!(shape(&agents, None, &[]), (2, vec![Guessed(0), Guessed(1)], 2));
        assert_eq!(shape(&agents, None, &["vault", "tills"]), (2, vec![Said(1), Said(0)], 1));
        let numbers = [r#"{"text":"pay","label":1}"#, r#"{"text":"cash","label":0}"#];
        assert_eq!(shape(&numbers, None, &[]).1, [Said(0), Said(1)]);
    }

    #[test]
    fn what_says_nothing_is_passed_over_and_what_is_wrong_is_named() {
        let lost =
            seeds(&[r#"{"text":"pay","arm":1}"#, r#"{"text":"hm"}"#, r#"{"text":"hm","rewards":[0,0]}"#], None, &[]);
        let lost = lost.unwrap();
        assert_eq!(lost.examples.len(), 1);
        assert!(lost.lacks.iter().any(|lack| lack.starts_with("2 seed examples say neither")), "{:?}", lost.lacks);
        for (line, agents, words) in [
            (r#"{"text":"pay","arm":2}"#, None, "seeds.jsonl:1: `arm` is none of 0 to 1"),
            (
                r#"{"text":"pay","label":"a"}"#,
                Some(r#"{"b":"x"}"#),
                "seeds.jsonl:1: --agents does not say whose the label `a` is",
            ),
            (r#"{"text":"pay","label":"a"}"#, Some("[1]"), "agents.json: "),
        ] {
            let told = seeds(&[line], agents, &[]).unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
    }
}
