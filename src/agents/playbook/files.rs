//! The customer sent an image or a file.

use super::run::Run;
use crate::domain::action::Next;
use crate::domain::file::{FileGiven, size};
use crate::domain::playbook::{FlowPosition, SlotKind, Step, StepAct};

impl Run<'_> {
    /// A value of that kind: of a file that came, or out of what was said.
    pub(super) fn value(&mut self, kind: SlotKind, asked: bool, options: &[(String, Vec<String>)]) -> Option<String> {
        if kind == SlotKind::File { self.file() } else { self.reading.read(kind, asked, options) }
    }

    /// Files that came with what is being answered.
    fn brought(&self) -> impl Iterator<Item = &FileGiven> {
        self.context.files.iter().filter(|file| file.now)
    }

    /// The newest of them that is handed on, by its id, for tools and people.
    fn file(&self) -> Option<String> {
        let newest = self.brought().filter(|file| file.open).last()?;
        Some(format!("{} ({}, {})", newest.file, newest.kind.word(), size(newest.bytes)))
    }

    /// Whether a file came, and none that is handed on.
    pub(super) fn holds_back(&self) -> bool {
        self.brought().next().is_some() && self.file().is_none()
    }

    /// A file is asked for, and the one that came cannot be used.
    pub(super) fn wait_for_file(&mut self) {
        self.phrase(|phrases| &phrases.file_held);
        self.wait();
    }

    /// A file came and not a word with it: it is acknowledged, and what is asked stands. Whether that is the answer.
    pub(super) fn came_without_a_word(&mut self, waiting: Option<&FlowPosition>) -> bool {
        if self.brought().next().is_none() || self.reading.plain.words().next().is_some() {
            return false;
        }
        let flow = waiting.and_then(|at| self.book.flow(&at.playbook)).cloned();
        let step: Option<(u16, &Step)> =
            waiting.zip(flow.as_ref()).and_then(|(at, flow)| Some((at.step, flow.step(at.step)?)));
        if step.is_some_and(|(_, step)| matches!(step.act, StepAct::Ask { kind: SlotKind::File, .. })) {
            return false;
        }
        let held = self.holds_back();
        self.phrase(|phrases| if held { &phrases.file_held } else { &phrases.file_came });
        if let Some((index, step)) = step {
            self.speak(step, index, true);
            self.wait();
        } else {
            self.flow.current = None;
            self.phrase(|phrases| &phrases.file_what);
            self.next = Some(Next::Wait);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::step;
    use super::super::tests::context;
    use crate::agents::Playbooks;
    use crate::config::{Bundle, preset_files};
    use crate::domain::action::{AgentContext, AgentStep, StepInput};
    use crate::domain::analysis::{Analysis, IntentScore};
    use crate::domain::file::{FileGiven, FileKind, Scan};
    use crate::domain::id::{FileId, TurnNo};
    use crate::domain::personal::Personal;
    use crate::domain::score::Score;
    use crate::domain::text::Foreign;

    const FLOW: &str = r#"
name = "account-locked"
topic = "your locked account"
intents = ["account-locked"]

[[steps]]
ask = "photo"
kind = "file"
say = ["Please send me a photo of it."]

[[steps]]
resolve = "answered"
say = ["I have what you sent."]
"#;

    /// The preset, with a flow that asks for a photo.
    fn book() -> Playbooks {
        let files = preset_files("support").unwrap().iter().map(|(path, text)| {
            let text = if *path == "playbooks/account-locked.toml" { FLOW } else { text };
            ((*path).to_owned(), text.to_owned())
        });
        Playbooks::of(&Bundle::of(files).unwrap())
    }

    fn locked() -> Analysis {
        let intent = "account-locked".parse().unwrap();
        Analysis { intents: vec![IntentScore { intent, confidence: Score::from_percent(95) }], ..Analysis::default() }
    }

    fn file(open: bool) -> FileGiven {
        let scan = if open { Scan::Clean } else { Scan::Refused };
        let (file, turn, kind) = (FileId::from_random([1; 16]), TurnNo(3), FileKind::Png);
        FileGiven { file, turn, kind, bytes: 84_000, scan, open, now: true }
    }

    fn said(step: &AgentStep) -> String {
        step.reply.as_ref().map(|reply| reply.text.raw().to_owned()).unwrap_or_default()
    }

    fn asked(book: &Playbooks) -> AgentContext {
        let mut context = context("billing");
        context.said = Foreign::from("my account is locked");
        context.analysis = locked();
        let asked = step(book, &context, &StepInput::Turn, &[]);
        assert!(said(&asked).contains("send me a photo"), "{}", said(&asked));
        context.flow = asked.flow;
        (context.said, context.analysis) = (Foreign::default(), Analysis::default());
        context
    }

    #[test]
    fn a_step_that_asks_for_a_file_takes_one_that_is_handed_on_and_no_other() {
        let book = book();
        let mut context = asked(&book);
        context.files = vec![file(false)];
        let held = step(&book, &context, &StepInput::Turn, &[]);
        assert!(said(&held).contains("our check") && held.fills.is_empty(), "{}", said(&held));
        assert!(held.flow.current.as_ref().is_some_and(|at| at.waiting), "it is still asked for");
        context.flow = held.flow;
        context.files = vec![file(true)];
        let taken = step(&book, &context, &StepInput::Turn, &[]);
        assert!(said(&taken).contains("I have what you sent"), "{}", said(&taken));
        let Personal::Open(value) = &taken.fills[0].value else { panic!("erased") };
        assert!(value.raw().ends_with("(png, 83 KB)"), "{}", value.raw());
    }

    #[test]
    fn a_file_without_a_word_is_acknowledged_and_an_open_question_stands() {
        let book = book();
        let mut idle = context("billing");
        idle.files = vec![file(true)];
        let made = step(&book, &idle, &StepInput::Turn, &[]);
        assert!(said(&made).contains("file") && said(&made).contains('?'), "{}", said(&made));
        idle.files = vec![file(false)];
        assert!(said(&step(&book, &idle, &StepInput::Turn, &[])).contains("our check"));
        // An old one is none that came with this message.
        idle.files = vec![FileGiven { now: false, ..file(true) }];
        assert!(!said(&step(&book, &idle, &StepInput::Turn, &[])).contains("your file"));
    }
}
