//! Turns a playbook as it is written into the flow that agents follow, step by step.

mod verb;

use std::collections::{BTreeMap, BTreeSet};

use super::files::{PlaybookFile, StepFile, Variants};
use super::nearest::suggest;
use super::problem::{Problem, Problems};
use super::source::{Part, Source};
use crate::domain::id::SlotName;
use crate::domain::playbook::{Jump, Lines, Needs, Playbook, PlaybookRef, Pledge, STEPS_MAX, Step, StepAct, Template};
use crate::domain::time::Millis;

/// A file on its way to a flow.
pub(super) struct Draft<'a> {
    source: &'a Source,
    file: &'a PlaybookFile,
    names: BTreeMap<String, Jump>,
    problems: &'a mut Problems,
}

/// The flow of a file; what is wrong with it is added to `problems`.
pub(super) fn playbook(source: &Source, file: &PlaybookFile, problems: &mut Problems) -> Option<Playbook> {
    let before = problems.0.len();
    if file.steps.is_empty() || file.steps.len() > STEPS_MAX {
        let what = format!("the flow has {} steps", file.steps.len());
        let way_out = format!("give it 1 to {STEPS_MAX} steps");
        problems.push(Problem::at(source, &[Part::Key("steps")], what, way_out));
        return None;
    }
    let mut draft = Draft { source, file, names: BTreeMap::new(), problems };
    draft.name_steps();
    let understood = draft.templates(&[Part::Key("understood")], &file.understood);
    let mut steps = Vec::with_capacity(file.steps.len());
    for (index, step) in (0u16..).zip(&file.steps) {
        steps.push(draft.step(index, step)?);
    }
    keep_results(&mut steps);
    let book = Playbook {
        id: PlaybookRef { name: file.name.clone(), version: source.digest },
        role: file.role,
        topic: file.topic.clone(),
        intents: file.intents.clone(),
        anyone: file.anyone,
        understood,
        needs: needs(file, &steps),
        steps,
    };
    (problems.0.len() == before).then_some(book)
}

impl Draft<'_> {
    fn name_steps(&mut self) {
        for (index, step) in (0u16..).zip(&self.file.steps) {
            let Some(id) = &step.id else { continue };
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if id.is_empty() || id.len() > 20 || !id.bytes().all(plain) || id == "next" || id == "end" {
                let what = format!("`{}` is no name for a step", id.escape_debug());
                let way_out = "take 1 to 20 of a-z, 0-9 and `-`; `next` and `end` have a meaning of their own";
                self.wrong(index, "id", &what, way_out);
            } else if self.names.insert(id.clone(), index).is_some() {
                self.wrong(index, "id", &format!("two steps are named `{id}`"), "rename one of them");
            }
        }
    }

    fn wrong(&mut self, step: u16, key: &str, what: &str, way_out: &str) {
        let way = [Part::Key("steps"), Part::At(step.into()), Part::Key(key)];
        self.problems.push(Problem::at(self.source, &way, what, way_out));
    }

    fn templates(&mut self, way: &[Part<'_>], texts: &Variants) -> Vec<Template> {
        let mut templates = Vec::with_capacity(texts.0.len());
        for (index, text) in texts.0.iter().enumerate() {
            match text.trim().parse::<Template>() {
                Ok(template) => templates.push(template),
                Err(error) => {
                    let mut way = way.to_vec();
                    way.push(Part::At(index));
                    let problem = Problem::at(self.source, &way, error.to_string(), "correct the gap");
                    self.problems.push(problem);
                }
            }
        }
        templates
    }

    fn template(&mut self, way: &[Part<'_>], text: &str) -> Template {
        self.templates(way, &Variants(vec![text.to_owned()])).pop().unwrap_or_default()
    }

    fn step(&mut self, index: u16, file: &StepFile) -> Option<Step> {
        let at = |key: &'static str| [Part::Key("steps"), Part::At(index.into()), Part::Key(key)];
        let lines = Lines {
            calm: self.templates(&at("say"), &file.say),
            tense: self.templates(&at("tense"), &file.tense),
            again: self.templates(&at("again"), &file.again),
            sorry: self.templates(&at("sorry"), &file.sorry),
        };
        let promise = file.promise.as_deref().map(|text| Pledge {
            text: self.template(&at("promise"), text),
            within: file.within_hours.map(|hours| Millis::from_hours(hours.into())),
        });
        if file.within_hours.is_some() && promise.is_none() {
            self.wrong(index, "within-hours", "`within-hours` without a `promise`", "say what is promised");
        }
        let act = self.act(index, file, &lines)?;
        let name = file.id.clone().unwrap_or_else(|| format!("step-{}", index + 1));
        Some(Step { name, lines, promise, forget: file.forget.clone(), act })
    }

    /// Where a jump leads; `next` and `end` are known everywhere.
    fn jump(&mut self, step: u16, key: &str, to: &str) -> Jump {
        match to {
            "next" => step + 1,
            "end" => u16::try_from(self.file.steps.len()).unwrap_or(u16::MAX),
            id => self.names.get(id).copied().unwrap_or_else(|| {
                let known = self.names.keys().map(String::as_str).chain(["next", "end"]);
                let way_out = suggest(id, known);
                self.wrong(step, key, &format!("there is no step `{}`", id.escape_debug()), &way_out);
                0
            }),
        }
    }

    fn jump_or_next(&mut self, step: u16, key: &str, to: Option<&String>) -> Jump {
        to.map_or(step + 1, |to| self.jump(step, key, to))
    }
}

/// What the flow takes over: what it declares, and what its steps ask for or read.
fn needs(file: &PlaybookFile, steps: &[Step]) -> Needs {
    let asks: BTreeSet<SlotName> = steps.iter().filter_map(Step::asks).map(|(slot, _)| slot.clone()).collect();
    let reads = steps.iter().flat_map(gaps).filter_map(|gap| gap.parse::<SlotName>().ok());
    let slots: BTreeSet<SlotName> = file.needs.slots.iter().cloned().chain(reads).chain(asks.iter().cloned()).collect();
    let questions: BTreeSet<SlotName> = file.needs.questions.iter().cloned().chain(asks).collect();
    Needs {
        slots: slots.into_iter().collect(),
        questions: questions.into_iter().collect(),
        promises: file.needs.promises,
    }
}

/// Results of calls that the flow reads anywhere are kept as facts.
fn keep_results(steps: &mut [Step]) {
    let mut read: Vec<String> = steps.iter().flat_map(gaps).filter(|gap| gap.contains('.')).collect();
    read.sort();
    read.dedup();
    for step in steps {
        if let StepAct::Call { keeps, .. } | StepAct::Consult { keeps, .. } | StepAct::Panel { keeps, .. } =
            &mut step.act
        {
            let own = format!("{}.", step.name);
            *keeps = read
                .iter()
                .filter_map(|gap| Some((gap.strip_prefix(&own)?.to_owned(), gap.parse::<SlotName>().ok()?)))
                .collect();
        }
    }
}

/// Every fact that a step reads.
pub(super) fn gaps(step: &Step) -> Vec<String> {
    let lines = &step.lines;
    let words = lines.calm.iter().chain(&lines.tense).chain(&lines.again).chain(&lines.sorry);
    let words = words.chain(step.promise.iter().map(|pledge| &pledge.text));
    let mut read: Vec<String> = words.flat_map(Template::gaps).map(str::to_owned).collect();
    if let StepAct::Call { with, .. } = &step.act {
        read.extend(with.iter().flat_map(|(_, template)| template.gaps()).map(str::to_owned));
    }
    if let StepAct::Consult { question, .. } | StepAct::Panel { question, .. } = &step.act {
        read.extend(question.gaps().map(str::to_owned));
    }
    if let StepAct::Branch { on, .. } = &step.act {
        read.push(on.clone());
    }
    read
}
