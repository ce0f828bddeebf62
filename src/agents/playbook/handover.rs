//! The agent was handed the conversation.

use super::run::Run;
use crate::agents::book::Playbooks;
use crate::domain::action::Next;
use crate::domain::conversation::Author;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::{AgentName, IntentName, SlotName};
use crate::domain::playbook::FlowPosition;

/// What `agent` understood of a pack: its objective if it is one of its own, and of facts, questions
/// and promises what the flow for that objective needs. Without a flow nothing is used but the
/// articles, and what was promised holds.
pub fn receipt(book: &Playbooks, agent: &AgentName, pack: &ContextPack) -> Receipt {
    let flow = pack.objective.as_ref().and_then(|intent| book.flow_for(agent, intent));
    let own = |intent: &&IntentName| book.lists(agent, intent) || flow.is_some();
    let needs = flow.map(|flow| &flow.needs);
    let uses = |slot: &&SlotName| needs.is_some_and(|needs| needs.slots.contains(slot));
    let settles = |slot: &&SlotName| needs.is_some_and(|needs| needs.questions.contains(slot));
    let owed = u16::try_from(pack.promises.len()).unwrap_or(u16::MAX);
    Receipt {
        objective: pack.objective.as_ref().filter(own).cloned(),
        slots: pack.slots.iter().map(|fill| &fill.slot).filter(uses).cloned().collect(),
        promises: if needs.is_none_or(|needs| needs.promises) { owed } else { 0 },
        questions: pack.open_questions.iter().filter(settles).cloned().collect(),
    }
}

impl Run<'_> {
    /// Begins where the one before stopped: says what was understood and goes on, asking for nothing
    /// that is known.
    pub(super) fn handed_over(&mut self) {
        let pack = self.context.pack.as_ref();
        let meant = self.context.asked_back.as_ref().filter(|_| self.is_unclear()).and_then(|asked| self.meant(asked));
        let read = pack.and_then(|pack| pack.objective.as_ref());
        let objective = meant.as_ref().filter(|_| self.guesses(read)).or(read);
        let wanted = self.wanted().map(|top| top.intent.clone());
        let flow = self.flow_of(objective).or_else(|| self.flow_of(wanted.as_ref()));
        let left = self.flow.current.clone().filter(|position| self.may_go_on(position));
        if self.back_from_human() {
            let matter = objective.cloned();
            self.after_human(left, matter.as_ref());
            return;
        }
        let own_before = left.zip(flow.as_ref()).filter(|(position, flow)| position.playbook.name == flow.id.name);
        if let Some((position, _)) = own_before {
            // The same flow was under way here before: it goes on where it stood.
            self.flow.current = Some(FlowPosition { waiting: false, ..position });
            self.flow.matter = self.context.pack.as_ref().and_then(|pack| pack.objective.clone());
            return;
        }
        self.pause();
        if self.context.asked_back.is_none() && self.guesses(read) && self.ask_back() {
            return;
        }
        let Some(flow) = flow else {
            self.phrase(|phrases| &phrases.handed_over);
            return self.fall_back();
        };
        self.flow.paused.retain(|position| position.playbook.name != flow.id.name);
        self.begin(&flow, false);
        self.set_aside(&flow);
        let understood = super::words::fullest(&flow.understood, |name| self.fact(name));
        self.said.extend(understood);
        self.own_up_to_promises();
    }

    /// Whether what it was handed over for was only read out of unclear words, and nobody said so.
    fn guesses(&self, objective: Option<&IntentName>) -> bool {
        let top = self.context.analysis.top().map(|top| &top.intent);
        self.is_unclear() && !self.context.said.is_empty() && objective.is_none_or(|objective| top == Some(objective))
    }

    fn may_go_on(&self, position: &FlowPosition) -> bool {
        self.book.flow(&position.playbook).is_some_and(|flow| self.book.follows(&self.context.agent, flow))
    }

    /// Whether a person answered last: their stretch is over, and nobody of us has said a word since.
    fn back_from_human(&self) -> bool {
        let over = self.context.human_stretch.is_some_and(|(_, ended)| ended.is_some());
        let mut ours = self.context.transcript.iter().rev().map(|(_, author, _)| author);
        let last = ours.find(|author| matches!(author, Author::Agent(_) | Author::Operator(_)));
        over && matches!(last, Some(Author::Operator(_)))
    }

    /// A human gave the conversation back. What they were called for they may have settled: nothing of it is
    /// asked or done again unless the customer comes back to it; another matter is taken up at once.
    fn after_human(&mut self, left: Option<FlowPosition>, matter: Option<&IntentName>) {
        self.flow.current = None;
        let before = left.as_ref().map(|position| &position.playbook.name);
        let wanted = self.wanted().map(|top| top.intent.clone());
        let flow = wanted.as_ref().and_then(|intent| self.book.flow_for(&self.context.agent, intent));
        let same = wanted.as_ref() == matter || flow.is_some_and(|flow| Some(&flow.id.name) == before);
        if !self.context.said.is_empty() && wanted.is_some() && !same {
            return self.choose();
        }
        self.phrase(|phrases| &phrases.back_from_human);
        if let Some(position) = left
            && !self.flow.paused.contains(&position)
        {
            self.flow.paused.push(position);
        }
        self.next = Some(Next::Wait);
    }

    /// Promises made before are named, so that the customer knows that they hold.
    fn own_up_to_promises(&mut self) {
        let promises = self.context.pack.iter().flat_map(|pack| &pack.promises);
        let Some(last) = promises.rev().find_map(|promise| promise.text.reveal()) else { return };
        let last = last.raw().to_owned();
        self.phrase_with(|phrases| &phrases.promise_kept, "promise", last.trim_end_matches('.'));
    }
}
