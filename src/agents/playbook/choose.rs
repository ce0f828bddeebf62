//! Which flow fits what the customer wants, or who else.

use std::sync::Arc;

use super::run::{Run, place};
use super::{MISSES_MAX, OUT_OF_SCOPE, SWITCH};
use crate::analysis::reading::{Answer, yes_no};
use crate::domain::action::Next;
use crate::domain::analysis::{IntentScore, Language};
use crate::domain::escalation::Trigger;
use crate::domain::id::{AgentName, IntentName};
use crate::domain::playbook::{FlowPosition, PAUSED_MAX, Playbook, PlaybookRole};
use crate::domain::score::Score;

/// How sure an intent must be that is read out of another language.
const FOREIGN_SURE: Score = Score::from_percent(95);

impl Run<'_> {
    /// The most likely intent, if it is more than a guess and somebody takes it.
    pub(super) fn wanted(&self) -> Option<&IntentScore> {
        let top = self.context.analysis.top()?;
        let sure = top.confidence >= self.book.confidence;
        // Far from every example, only a high confidence counts.
        let inside = self.context.analysis.out_of_scope < OUT_OF_SCOPE || top.confidence >= OUT_OF_SCOPE;
        // In another language a word may look like one of ours.
        let sure = sure && (!self.is_foreign() || top.confidence >= FOREIGN_SURE);
        let taken = self.book.flow_for(&self.context.agent, &top.intent).is_some()
            || self.book.lists(&self.context.agent, &top.intent)
            || self.book.listed_elsewhere(&self.context.agent, &top.intent);
        (sure && inside && taken).then_some(top)
    }

    /// Nothing waits for an answer: what is unclear is asked back about, once in a row.
    pub(super) fn choose_or_ask(&mut self) {
        self.flow.current = None;
        match self.asked.clone() {
            Some(asked) => match self.meant(&asked) {
                Some(intent) => self.take_up_meant(&intent),
                // Guessing at what was just denied would be deaf.
                None if self.wanted().is_none_or(|top| asked.holds(&top.intent) && self.is_unclear()) => {
                    self.fall_back();
                }
                None => self.choose(),
            },
            // An article that answers is better than a question.
            None if self.is_unclear() && self.answering().is_some() => self.fall_back(),
            None if self.flow.paused.is_empty() && self.ask_back() => {}
            None => self.choose(),
        }
    }

    fn take_up_meant(&mut self, intent: &IntentName) {
        if !self.take_up(intent) {
            self.fall_back();
        }
    }

    /// No flow is under way: takes up the one put aside, begins one, passes on, or falls back.
    pub(super) fn choose(&mut self) {
        self.flow.current = None;
        if !self.flow.paused.is_empty() && self.wanted().is_none() {
            match yes_no(&self.reading.plain) {
                Some(Answer::Yes) if self.resume() => return,
                Some(Answer::No) => {
                    self.flow.paused.clear();
                    self.phrase(|phrases| &phrases.anything_else);
                    self.next = Some(Next::Wait);
                    return;
                }
                Some(Answer::Yes) | None => {}
            }
        }
        let wanted = self.wanted().map(|top| top.intent.clone());
        if !wanted.is_some_and(|intent| self.take_up(&intent)) {
            self.fall_back();
        }
    }

    /// Begins the flow for that, or passes it to whose matter it is. Returns whether either was possible.
    fn take_up(&mut self, intent: &IntentName) -> bool {
        if let Some(flow) = self.flow_of(Some(intent)) {
            self.flow.paused.retain(|position| position.playbook.name != flow.id.name);
            self.begin(&flow, true);
            self.set_aside(&flow);
            return true;
        }
        if self.book.lists(&self.context.agent, intent) {
            return false;
        }
        self.pass_on(None, Some(intent.clone()));
        true
    }

    /// A second wish in the same words waits until the first is served, and is then offered.
    pub(super) fn set_aside(&mut self, first: &Playbook) {
        let sure = self.context.analysis.intents.iter().skip(1).filter(|wish| wish.confidence >= SWITCH);
        let flows: Vec<_> = sure.filter_map(|wish| self.book.any_flow(&wish.intent)).cloned().collect();
        let Some(second) = flows.into_iter().find(|flow| flow.id.name != first.id.name) else { return };
        self.read_facts(&second, |_, kind| kind.speaks_for_itself());
        self.flow.paused.retain(|position| position.playbook.name != second.id.name);
        if self.flow.paused.len() < PAUSED_MAX {
            self.flow.paused.push(place(&second.id, 0));
        }
    }

    /// After a change of subject: manners and small questions are answered in passing, and the
    /// question that waits is asked again; a real matter is taken up.
    pub(super) fn interject_or_choose(&mut self, paused: bool) {
        let flow = self.wanted().and_then(|top| self.book.flow_for(&self.context.agent, &top.intent)).cloned();
        match flow.filter(|flow| flow.anyone && paused) {
            Some(flow) => {
                self.interjected = true;
                self.begin(&flow, true);
            }
            None => self.choose(),
        }
    }

    /// No intent fits.
    pub(super) fn fall_back(&mut self) {
        let known = self.answering().is_some();
        let outside = self.context.analysis.out_of_scope >= OUT_OF_SCOPE && !known;
        if (outside || self.wanted().is_none()) && self.is_foreign() {
            return self.other_language();
        }
        // Without a word nothing is outside of anything, and nobody wants to be told so twice.
        let said = self.reading.plain.words().next().is_some() && self.flow.misses == 0;
        let role = if outside && said { PlaybookRole::OutOfScope } else { PlaybookRole::Fallback };
        let flow = self.book.of_role(role).or_else(|| self.book.of_role(PlaybookRole::Fallback)).cloned();
        if !known {
            self.looked_in_vain();
            self.flow.misses = self.flow.misses.saturating_add(1);
        }
        match flow {
            Some(flow) => self.begin(&flow, true),
            None if self.answer_from_articles(None) => self.next = Some(Next::Wait),
            None if self.flow.misses > MISSES_MAX => self.ask_human(Trigger::RepeatedFailure),
            None => {
                self.phrase(|phrases| &phrases.unclear);
                self.next = Some(Next::Wait);
            }
        }
    }

    /// Whether the customer writes in a language that the flows are not written in.
    pub(super) fn is_foreign(&self) -> bool {
        let language = self.context.analysis.language;
        language != Language::UNKNOWN && language != Language::ENGLISH
    }

    /// Says so once, and then asks for a human.
    fn other_language(&mut self) {
        self.flow.misses = self.flow.misses.saturating_add(1);
        if self.flow.misses >= MISSES_MAX {
            return self.ask_human(Trigger::RepeatedFailure);
        }
        self.phrase(|phrases| &phrases.other_language);
        self.next = Some(Next::Wait);
    }

    /// Takes up the flow put aside last. A flow that is another's to follow goes to them.
    pub(super) fn resume(&mut self) -> bool {
        let Some(position) = self.flow.paused.pop() else { return false };
        let Some(flow) = self.book.flow(&position.playbook).cloned() else { return false };
        if !self.book.follows(&self.context.agent, &flow) {
            let objective = flow.intents.first().cloned();
            self.pass_on(None, objective);
            return true;
        }
        self.phrase_with(|phrases| &phrases.resume_back, "topic", &flow.topic);
        self.serve(&flow);
        self.flow.current = Some(FlowPosition { waiting: false, ..position });
        true
    }

    /// Another takes it, for this.
    pub(super) fn pass_on(&mut self, to: Option<AgentName>, objective: Option<IntentName>) {
        // Who takes it does not ask back once more.
        self.flow.asked_back = self.asked.take();
        if objective.is_some() {
            self.flow.matter.clone_from(&objective);
        }
        self.next = Some(Next::HandOff { to, objective });
    }

    /// The agent's flow for an objective.
    pub(super) fn flow_of(&self, objective: Option<&IntentName>) -> Option<Arc<Playbook>> {
        objective.and_then(|intent| self.book.flow_for(&self.context.agent, intent)).cloned()
    }
}
