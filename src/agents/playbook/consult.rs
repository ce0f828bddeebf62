//! Asking another specialist, and being asked.

use super::ANSWER;
use super::run::Run;
use super::words;
use crate::agents::book::Playbooks;
use crate::domain::action::Next;
use crate::domain::consult::{Advice, Consultation};
use crate::domain::id::{AgentName, Position};
use crate::domain::knowledge::Passage;
use crate::domain::panel::{Board, Conferred};
use crate::domain::playbook::{StepAct, Template};
use crate::domain::text::Foreign;

/// What a playbook agent knows that another asks: the best of the house's articles, with its place. It asks
/// nobody in turn and calls nothing.
pub fn advise(book: &Playbooks, asked: &Consultation, passages: &[Passage]) -> Option<Advice> {
    book.desk(&asked.whom)?;
    let best = passages.first().filter(|passage| passage.score >= ANSWER)?;
    Some(Advice {
        text: Foreign::from(words::excerpt(best.text.raw())),
        title: best.title.clone(),
        citations: vec![best.citation.clone()],
        ..Advice::default()
    })
}

impl Run<'_> {
    /// Asks another, unless the question has a gap that nothing fills.
    pub(super) fn consult(&mut self, whom: &AgentName, question: &Template, otherwise: u16) {
        let Some(question) = question.fill(|gap| self.fact(gap)) else { return self.jump(otherwise) };
        self.wait();
        self.next = Some(Next::Consult { whom: whom.clone(), question: Foreign::from(question) });
    }

    /// Goes on with what the other knows, or without.
    pub(super) fn advised(&mut self, advice: Option<&Advice>) {
        let position = self.flow.current.clone();
        let flow = position.as_ref().and_then(|position| self.book.flow(&position.playbook)).cloned();
        let step = position.as_ref().zip(flow.as_ref()).and_then(|(position, flow)| flow.step(position.step));
        let Some(StepAct::Consult { keeps, done, otherwise, .. }) = step.map(|step| &step.act) else {
            return self.choose();
        };
        let part = |key: &str| match (key, advice) {
            ("answer", Some(advice)) => advice.text.raw().to_owned(),
            ("title", Some(advice)) => advice.title.raw().to_owned(),
            // What was not said this time must not be read from the time before.
            _ => String::new(),
        };
        for (key, slot) in keeps {
            self.note(slot, &part(key));
        }
        self.citations.extend(advice.into_iter().flat_map(|advice| advice.citations.iter().cloned()));
        self.jump(if advice.is_some() { *done } else { *otherwise });
    }

    /// Asks several at once, unless the question has a gap that nothing fills.
    pub(super) fn panel(&mut self, whom: &[AgentName], question: &Template, positions: &[Position], otherwise: u16) {
        let Some(question) = question.fill(|gap| self.fact(gap)) else { return self.jump(otherwise) };
        self.wait();
        let (whom, positions) = (whom.to_vec(), positions.to_vec());
        self.next = Some(Next::Confer(Board { whom, question: Foreign::from(question), positions }));
    }

    /// Goes on with what the panel came to. What was said on it is not the customer's: of it a flow reads what
    /// counts, and whose word that is.
    pub(super) fn conferred(&mut self, conferred: &Conferred) {
        let position = self.flow.current.clone();
        let flow = position.as_ref().and_then(|position| self.book.flow(&position.playbook)).cloned();
        let step = position.as_ref().zip(flow.as_ref()).and_then(|(position, flow)| flow.step(position.step));
        let Some(StepAct::Panel { keeps, done, otherwise, .. }) = step.map(|step| &step.act) else {
            return self.choose();
        };
        let decision = &conferred.decision;
        let part = |key: &str| match key {
            "position" => decision.position.as_ref().map_or("", Position::as_str),
            "by" => decision.won.as_ref().map_or("", AgentName::as_str),
            _ => "",
        };
        for (key, slot) in keeps {
            self.note(slot, part(key));
        }
        self.citations.extend(conferred.citations.iter().cloned());
        self.jump(if decision.position.is_some() { *done } else { *otherwise });
    }
}
