//! The customer said something while a step waits for it.

use super::run::Run;
use super::{SWITCH, SWITCH_IN_WORDS, TENSE};
use crate::analysis::reading::{Answer, acknowledges, gives_up, is_question, yes_no};
use crate::domain::action::Next;
use crate::domain::conversation::Disposition;
use crate::domain::escalation::Trigger;
use crate::domain::id::SlotName;
use crate::domain::playbook::{FlowPosition, Jump, Playbook, PlaybookRole, SlotKind, Step, StepAct};
use crate::domain::score::Score;

/// Words of an answer that is nothing else: `the door lock`.
const TERSE: usize = 3;
/// Words that come with a number and want nothing by themselves.
const FACT_WORDS: [&str; 12] =
    ["order", "number", "no", "nr", "it", "is", "it's", "my", "the", "code", "postcode", "and"];
/// Words of a short answer: `no, that was all, thank you`.
pub(super) const SHORT: usize = 7;

impl Run<'_> {
    /// The customer said something.
    pub(super) fn turn(&mut self) {
        if self.context.analysis.wants_human {
            self.pause();
            self.phrase(|phrases| &phrases.human_asked);
            self.next = Some(Next::Escalate { trigger: Trigger::AskedForHuman });
            return;
        }
        let waiting = self.flow.current.clone().filter(|position| position.waiting);
        if self.came_without_a_word(waiting.as_ref()) {
            return;
        }
        let flow = waiting.as_ref().and_then(|position| self.book.flow(&position.playbook)).cloned();
        match waiting.zip(flow) {
            Some((position, flow)) => match flow.step(position.step) {
                Some(step) => self.answered(&flow, step, &position),
                None => self.choose(),
            },
            None => self.choose_or_ask(),
        }
    }

    fn answered(&mut self, flow: &Playbook, step: &Step, at: &FlowPosition) {
        match &step.act {
            StepAct::Ask { slot, kind, options, tries, then, otherwise } => {
                let any_words = kind.takes_any_words();
                let bar = if any_words { SWITCH_IN_WORDS } else { SWITCH };
                if flow.role == PlaybookRole::Fallback && self.fits_a_flow() {
                    return self.switch();
                }
                let value = if any_words { None } else { self.value(*kind, true, options) };
                if value.is_none() && *kind == SlotKind::File && self.holds_back() {
                    return self.wait_for_file();
                }
                if let Some(value) = value {
                    return self.take(flow, at.step, slot, &value, *then);
                }
                if gives_up(&self.reading.plain) && otherwise.is_some() {
                    return self.give_up(*otherwise);
                }
                // Where any words will do, two or three are the answer and not another matter.
                let terse = any_words && self.reading.plain.words().count() <= TERSE;
                if !terse && self.changes_subject(flow, bar) {
                    return self.switch();
                }
                match self.reading.read(*kind, true, options).filter(|_| any_words) {
                    Some(value) => self.take(flow, at.step, slot, &value, *then),
                    None => self.missed(step, at, *tries, *otherwise),
                }
            }
            StepAct::Confirm { yes, no, .. } => self.decided(flow, step, at, (*yes, *no)),
            StepAct::Check { yes, no } => self.checked(flow, step, at, (*yes, *no)),
            StepAct::Resolve { disposition, .. } => self.after_resolve(*disposition),
            // Nothing else waits for words; a call whose answer never came is made again.
            StepAct::Call { .. }
            | StepAct::Consult { .. }
            | StepAct::Panel { .. }
            | StepAct::Say { .. }
            | StepAct::Branch { .. }
            | StepAct::Answer { .. }
            | StepAct::HandOff { .. }
            | StepAct::Escalate { .. }
            | StepAct::Back => {
                if self.changes_subject(flow, SWITCH) {
                    self.switch();
                } else {
                    self.jump(at.step);
                }
            }
        }
    }

    /// Takes the answer, and whatever else the flow will ask that stands beside it.
    fn take(&mut self, flow: &Playbook, step: u16, slot: &SlotName, value: &str, then: Jump) {
        self.note(slot, value);
        self.read_facts(flow, |index, kind| {
            index != step && !kind.takes_any_words() && !matches!(kind, SlotKind::Choice | SlotKind::YesNo)
        });
        self.progress();
        self.jump(then);
    }

    fn decided(&mut self, flow: &Playbook, step: &Step, at: &FlowPosition, (yes, no): (Jump, Jump)) {
        // Another order or amount than the one to be confirmed: back to where it was asked.
        let answer = yes_no(&self.reading.plain);
        let other = |index, kind: SlotKind| {
            index < at.step && (kind.speaks_for_itself() || kind == SlotKind::Choice && answer.is_none())
        };
        if let Some(asked) = self.read_facts(flow, other) {
            return self.jump(asked);
        }
        match answer {
            Some(Answer::Yes) if !self.reading.plain.has("but") => {
                self.progress();
                self.jump(yes);
            }
            Some(Answer::No) => {
                self.progress();
                self.jump(no);
            }
            Some(Answer::Yes) | None if self.changes_subject(flow, SWITCH) => self.switch(),
            Some(Answer::Yes) | None => self.missed(step, at, 3, None),
        }
    }

    fn checked(&mut self, flow: &Playbook, step: &Step, at: &FlowPosition, (yes, no): (Jump, Jump)) {
        match yes_no(&self.reading.plain) {
            Some(Answer::Yes) => {
                self.progress();
                self.jump(yes);
            }
            Some(Answer::No) => {
                self.flow.misses = self.flow.misses.saturating_add(1);
                self.jump(no);
            }
            None if self.changes_subject(flow, SWITCH) => self.switch(),
            None if self.is_social("thanks") => {
                self.progress();
                self.jump(yes);
            }
            None if self.context.analysis.sentiment <= TENSE => {
                self.flow.misses = self.flow.misses.saturating_add(1);
                self.jump(no);
            }
            None => self.missed(step, at, 2, Some(no)),
        }
    }

    /// The customer answers whether there is anything else.
    fn after_resolve(&mut self, disposition: Disposition) {
        let short = self.reading.plain.words().count() <= SHORT;
        let unhappy = self.reading.plain.has_any(&["still", "doesn't", "not work", "not working", "wrong", "but"]);
        let leaving = self.is_social("thanks") || self.is_social("goodbye");
        let answer = yes_no(&self.reading.plain);
        if !unhappy && (leaving || acknowledges(&self.reading.plain) || short && answer == Some(Answer::No)) {
            self.flow.current = None;
            self.flow.paused.clear();
            self.phrase(|phrases| &phrases.farewell);
            self.next = Some(Next::Resolve { disposition });
            return;
        }
        self.flow.current = None;
        if short && answer == Some(Answer::Yes) && !self.fits_a_flow() {
            if !self.resume() {
                self.phrase(|phrases| &phrases.go_ahead);
                self.next = Some(Next::Wait);
            }
            return;
        }
        self.choose_or_ask();
    }

    /// The answer was none: a side question is answered, otherwise the step is asked once more.
    fn missed(&mut self, step: &Step, at: &FlowPosition, tries: u8, otherwise: Option<Jump>) {
        let asks = is_question(self.context.said.raw(), &self.reading.plain);
        if asks && self.answer_from_articles(None) {
            self.phrase(|phrases| &phrases.back_to_question);
            self.speak(step, at.step, true);
            return self.wait();
        }
        self.flow.misses = self.flow.misses.saturating_add(1);
        let vain = at.tries.saturating_add(1);
        if vain >= tries || at.asked.iter().any(|slot| self.was_told(slot)) {
            return self.give_up(otherwise);
        }
        if let Some(position) = &mut self.flow.current {
            position.tries = vain;
        }
        self.speak(step, at.step, true);
        self.wait();
    }

    pub(super) fn give_up(&mut self, otherwise: Option<Jump>) {
        match otherwise {
            Some(to) => self.jump(to),
            None => self.ask_human(Trigger::RepeatedFailure),
        }
    }

    /// Whether the customer clearly wants something else than this flow.
    fn changes_subject(&self, flow: &Playbook, bar: Score) -> bool {
        let analysis = &self.context.analysis;
        // `Order 1182` answers a question, even where another was asked.
        let facts = |word: &str| word.contains(|c: char| c.is_ascii_digit()) || FACT_WORDS.contains(&word);
        if self.reading.plain.words().all(facts) {
            return false;
        }
        analysis.top().is_some_and(|top| {
            let known = self.book.flow_for(&self.context.agent, &top.intent);
            let other = known.map_or(!flow.intents.contains(&top.intent), |known| known.id.name != flow.id.name);
            let somewhere = known.is_some() || self.book.listed_elsewhere(&self.context.agent, &top.intent);
            top.confidence >= bar && other && somewhere
        })
    }

    /// Whether the text is clearly of a flow of some agent.
    fn fits_a_flow(&self) -> bool {
        let social = self.is_social("thanks") || self.is_social("goodbye") || self.is_social("greeting");
        let flow = self.wanted().map(|top| self.book.flow_for(&self.context.agent, &top.intent));
        !social && flow.is_some_and(|own| own.is_none_or(|flow| flow.role == PlaybookRole::Flow))
    }

    /// Whether the most likely intent is that of manners.
    fn is_social(&self, intent: &str) -> bool {
        self.context
            .analysis
            .top()
            .is_some_and(|top| top.intent.as_str() == intent && top.confidence >= self.book.confidence)
    }

    /// Leaves the current flow for what the customer wants now.
    fn switch(&mut self) {
        let paused = self.pause();
        self.interject_or_choose(paused);
    }
}

impl SlotKind {
    /// Whether any words are an answer.
    pub(super) const fn takes_any_words(self) -> bool {
        match self {
            Self::Text => true,
            Self::OrderNumber
            | Self::Email
            | Self::Amount
            | Self::Date
            | Self::YesNo
            | Self::Choice
            | Self::Number
            | Self::ErrorCode
            | Self::Postcode
            | Self::LastFour
            | Self::File => false,
        }
    }
}
