//! Which verb a step has, which keys go with it, and what it does.

use super::Draft;
use crate::config::files::StepFile;
use crate::config::source::Part;
use crate::domain::circle::QUESTION_TIMES_MAX;
use crate::domain::id::{AgentName, Position};
use crate::domain::panel::{POSITIONS_MAX, SPECIALISTS_MAX};
use crate::domain::playbook::{GAP_BYTES_MAX, Jump, Lines, SlotKind, StepAct, Template};

/// How often a question is asked unless the flow says otherwise: once more than it should take.
const TRIES: u8 = 2;
/// One flow may use up all a customer can be asked.
const TRIES_MAX: u8 = QUESTION_TIMES_MAX;

/// A step's verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Say,
    Ask,
    Call,
    Consult,
    Panel,
    Confirm,
    Check,
    Branch,
    Answer,
    HandOff,
    Escalate,
    Resolve,
    Back,
}

impl Verb {
    const fn key(self) -> &'static str {
        match self {
            Self::Say => "say",
            Self::Ask => "ask",
            Self::Call => "call",
            Self::Consult => "consult",
            Self::Panel => "panel",
            Self::Confirm => "confirm",
            Self::Check => "check",
            Self::Branch => "branch",
            Self::Answer => "answer",
            Self::HandOff => "hand-off",
            Self::Escalate => "escalate",
            Self::Resolve => "resolve",
            Self::Back => "back",
        }
    }

    /// Keys that mean something beside this verb.
    const fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Say => &["then"],
            Self::Ask => &["kind", "options", "tries", "then", "else"],
            Self::Call => &["with", "clears", "done", "declined", "failed", "refused"],
            Self::Consult => &["question", "done", "else"],
            Self::Panel => &["question", "positions", "done", "else"],
            Self::Confirm | Self::Check => &["yes", "no"],
            Self::Branch => &["cases", "else"],
            Self::Answer => &["then", "else"],
            Self::HandOff => &["objective"],
            Self::Resolve => &["at-once"],
            Self::Escalate | Self::Back => &[],
        }
    }
}

fn verbs(file: &StepFile) -> Vec<Verb> {
    let set = [
        (file.ask.is_some(), Verb::Ask),
        (file.call.is_some(), Verb::Call),
        (file.consult.is_some(), Verb::Consult),
        (!file.panel.is_empty(), Verb::Panel),
        (file.confirm.is_some(), Verb::Confirm),
        (file.check.is_some(), Verb::Check),
        (file.branch.is_some(), Verb::Branch),
        (file.answer.is_some(), Verb::Answer),
        (file.hand_off.is_some(), Verb::HandOff),
        (file.escalate.is_some(), Verb::Escalate),
        (file.resolve.is_some(), Verb::Resolve),
        (file.back.is_some(), Verb::Back),
    ];
    set.into_iter().filter_map(|(set, verb)| set.then_some(verb)).collect()
}

/// Keys that belong to some verb and are set.
fn extras(file: &StepFile) -> Vec<&'static str> {
    let set = [
        (file.kind.is_some(), "kind"),
        (!file.options.is_empty(), "options"),
        (file.tries.is_some(), "tries"),
        (!file.with.is_empty(), "with"),
        (!file.clears.is_empty(), "clears"),
        (file.question.is_some(), "question"),
        (!file.positions.is_empty(), "positions"),
        (file.done.is_some(), "done"),
        (file.declined.is_some(), "declined"),
        (file.failed.is_some(), "failed"),
        (file.refused.is_some(), "refused"),
        (file.yes.is_some(), "yes"),
        (file.no.is_some(), "no"),
        (!file.cases.is_empty(), "cases"),
        (file.objective.is_some(), "objective"),
        (file.at_once.is_some(), "at-once"),
        (file.then.is_some(), "then"),
        (file.otherwise.is_some(), "else"),
    ];
    set.into_iter().filter_map(|(set, key)| set.then_some(key)).collect()
}

impl Draft<'_> {
    /// What the step does; nothing when it cannot be told.
    pub(super) fn act(&mut self, index: u16, file: &StepFile, lines: &Lines) -> Option<StepAct> {
        let verb = match verbs(file).as_slice() {
            [] => Verb::Say,
            [verb] => *verb,
            [first, second, ..] => {
                let what = format!("a step has one verb, this one has `{}` and `{}`", first.key(), second.key());
                self.wrong(index, second.key(), &what, "make two steps of it");
                return None;
            }
        };
        for key in extras(file) {
            if !verb.takes().contains(&key) {
                let what = format!("`{key}` means nothing beside `{}`", verb.key());
                let way_out = match verb.takes() {
                    [] => "take it out".to_owned(),
                    keys => format!("beside `{}` stand `{}`", verb.key(), keys.join("`, `")),
                };
                self.wrong(index, key, &what, &way_out);
            }
        }
        let speaks = matches!(verb, Verb::Ask | Verb::Confirm | Verb::Check);
        if speaks && lines.calm.is_empty() {
            let what = format!("`{}` asks the customer, but there are no words for it", verb.key());
            self.wrong(index, verb.key(), &what, "add `say = [\"...\"]`");
        }
        if verb == Verb::Consult && !(file.say.0.is_empty() && file.tense.0.is_empty()) {
            let way_out = "say it in the next step, where `{step.answer}` can be read";
            self.wrong(index, "say", "a `consult` says nothing itself", way_out);
        }
        if verb == Verb::Panel && !(file.say.0.is_empty() && file.tense.0.is_empty()) {
            let way_out = "say it in the next step, where `{step.position}` can be read";
            self.wrong(index, "say", "a `panel` says nothing itself", way_out);
        }
        if verb == Verb::HandOff && !(file.say.0.is_empty() && file.tense.0.is_empty()) {
            let way_out = "take the words out: the house introduces the receiver, who answers at once";
            self.wrong(index, "say", "a `hand-off` says nothing itself", way_out);
        }
        self.build(index, file, verb)
    }

    fn build(&mut self, index: u16, file: &StepFile, verb: Verb) -> Option<StepAct> {
        Some(match verb {
            Verb::Say => StepAct::Say { then: self.jump_or_next(index, "then", file.then.as_ref()) },
            Verb::Ask => return self.ask(index, file),
            Verb::Call => StepAct::Call {
                tool: file.call.clone()?,
                with: self.arguments(index, file),
                keeps: Vec::new(),
                clears: file.clears.clone(),
                done: self.jump_or_next(index, "done", file.done.as_ref()),
                declined: self.maybe(index, "declined", file.declined.as_ref()),
                failed: self.maybe(index, "failed", file.failed.as_ref()),
                refused: self.maybe(index, "refused", file.refused.as_ref()),
            },
            Verb::Consult => self.consult(index, file)?,
            Verb::Panel => self.panel(index, file),
            Verb::Confirm => StepAct::Confirm {
                tool: file.confirm.clone()?,
                yes: self.jump_or_next(index, "yes", file.yes.as_ref()),
                no: self.needed(index, "no", file.no.as_ref()),
            },
            Verb::Check => StepAct::Check {
                yes: self.needed(index, "yes", file.yes.as_ref()),
                no: self.jump_or_next(index, "no", file.no.as_ref()),
            },
            Verb::Branch => self.branch(index, file)?,
            Verb::Answer => StepAct::Answer {
                then: self.jump_or_next(index, "then", file.then.as_ref()),
                otherwise: self.needed(index, "else", file.otherwise.as_ref()),
            },
            Verb::HandOff => StepAct::HandOff { to: self.receiver(index, file), objective: file.objective.clone() },
            Verb::Escalate => StepAct::Escalate { trigger: file.escalate? },
            Verb::Resolve => StepAct::Resolve { disposition: file.resolve?, at_once: file.at_once == Some(true) },
            Verb::Back => StepAct::Back,
        })
    }

    fn maybe(&mut self, index: u16, key: &str, to: Option<&String>) -> Option<Jump> {
        to.map(|to| self.jump(index, key, to))
    }

    fn needed(&mut self, index: u16, key: &'static str, to: Option<&String>) -> Jump {
        if let Some(to) = to {
            return self.jump(index, key, to);
        }
        self.wrong(
            index,
            "id",
            &format!("the step does not say where `{key}` leads"),
            &format!("add `{key} = \"...\"`"),
        );
        0
    }

    fn ask(&mut self, index: u16, file: &StepFile) -> Option<StepAct> {
        let tries = file.tries.unwrap_or(TRIES);
        if !(1..=TRIES_MAX).contains(&tries) {
            self.wrong(index, "tries", &format!("asking {tries} times"), &format!("take 1 to {TRIES_MAX}"));
        }
        let kind = file.kind.unwrap_or_default();
        if (kind == SlotKind::Choice) == file.options.is_empty() {
            let way_out = "give a `choice` its `options`, and options to nothing else";
            self.wrong(index, "kind", "kind and options do not go together", way_out);
        }
        Some(StepAct::Ask {
            slot: file.ask.clone()?,
            kind,
            options: file.options.iter().map(|(value, words)| (value.clone(), words.clone())).collect(),
            tries,
            then: self.jump_or_next(index, "then", file.then.as_ref()),
            otherwise: self.maybe(index, "else", file.otherwise.as_ref()),
        })
    }

    fn question(&mut self, index: u16, verb: Verb, file: &StepFile) -> Template {
        let way = [Part::Key("steps"), Part::At(index.into()), Part::Key("question")];
        if file.question.as_ref().is_none_or(|question| question.trim().is_empty()) {
            let what = format!("`{}` asks nothing", verb.key());
            self.wrong(index, verb.key(), &what, "add `question = \"...\"`");
        }
        self.template(&way, file.question.as_deref().unwrap_or_default())
    }

    fn panel(&mut self, index: u16, file: &StepFile) -> StepAct {
        if file.panel.len() < 2 || file.panel.len() > usize::from(SPECIALISTS_MAX) {
            let what = format!("a panel of {}", file.panel.len());
            let way_out = format!("name 2 to {SPECIALISTS_MAX} agents; one alone is asked with `consult`");
            self.wrong(index, "panel", &what, &way_out);
        }
        let yes_or_no = || ["yes", "no"].iter().filter_map(|word| word.parse().ok()).collect();
        let positions: Vec<Position> = if file.positions.is_empty() { yes_or_no() } else { file.positions.clone() };
        if !(2..=POSITIONS_MAX).contains(&positions.len()) {
            let what = format!("{} positions", positions.len());
            self.wrong(index, "positions", &what, &format!("name 2 to {POSITIONS_MAX} that exclude each other"));
        }
        StepAct::Panel {
            whom: file.panel.clone(),
            question: self.question(index, Verb::Panel, file),
            positions,
            keeps: Vec::new(),
            done: self.jump_or_next(index, "done", file.done.as_ref()),
            otherwise: self.jump_or_next(index, "else", file.otherwise.as_ref()),
        }
    }

    fn consult(&mut self, index: u16, file: &StepFile) -> Option<StepAct> {
        Some(StepAct::Consult {
            whom: file.consult.clone()?,
            question: self.question(index, Verb::Consult, file),
            keeps: Vec::new(),
            done: self.jump_or_next(index, "done", file.done.as_ref()),
            otherwise: self.jump_or_next(index, "else", file.otherwise.as_ref()),
        })
    }

    fn arguments(&mut self, index: u16, file: &StepFile) -> Vec<(crate::domain::id::SlotName, Template)> {
        let way = |name| [Part::Key("steps"), Part::At(index.into()), Part::Key("with"), Part::Key(name)];
        file.with.iter().map(|(name, text)| (name.clone(), self.template(&way(name.as_str()), text))).collect()
    }

    fn branch(&mut self, index: u16, file: &StepFile) -> Option<StepAct> {
        let on = file.branch.clone()?;
        if on.is_empty() || on.len() > GAP_BYTES_MAX {
            self.wrong(index, "branch", "a branch goes by the name of a fact", "write it without braces");
        }
        if file.cases.is_empty() {
            self.wrong(index, "branch", "the branch has no cases", "add `cases = { value = \"step\" }`");
        }
        let cases = file.cases.iter().map(|(value, to)| (value.clone(), self.jump(index, "cases", to))).collect();
        let otherwise = self.jump_or_next(index, "else", file.otherwise.as_ref());
        Some(StepAct::Branch { on, cases, otherwise })
    }

    fn receiver(&mut self, index: u16, file: &StepFile) -> Option<AgentName> {
        let name = file.hand_off.as_deref().filter(|name| *name != "routing")?;
        if let Ok(agent) = name.parse() {
            return Some(agent);
        }
        self.wrong(index, "hand-off", &format!("`{}` is no agent", name.escape_debug()), "name one, or `routing`");
        None
    }
}
