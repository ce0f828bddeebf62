//! One move: the steps of a flow up to the next pause.

use std::sync::Arc;

use super::{ANSWER, ANSWER_UNASKED, MOVES_MAX};
use crate::agents::book::Playbooks;
use crate::analysis::reading::{Reading, is_question};
use crate::domain::action::{AgentContext, AgentStep, Fill, Next, Reply};
use crate::domain::circle::Habit;
use crate::domain::conversation::Disposition;
use crate::domain::customer::IdentityNeed;
use crate::domain::escalation::Trigger;
use crate::domain::id::{PromiseName, SlotName, ToolName};
use crate::domain::knowledge::{Citation, Passage, Unanswered};
use crate::domain::playbook::{
    Either, FlowPosition, FlowState, PAUSED_MAX, Playbook, PlaybookRef, PlaybookRole, SlotKind, Step, StepAct, Template,
};
use crate::domain::promise::Promise;
use crate::domain::text::Foreign;
use crate::domain::tool::ToolCall;

/// A move while it is being made.
#[expect(clippy::struct_excessive_bools, reason = "four facts about one move, each told apart where it is set")]
pub(super) struct Run<'a> {
    pub(super) book: &'a Playbooks,
    pub(super) context: &'a AgentContext,
    pub(super) passages: &'a [Passage],
    pub(super) reading: Reading<'a>,
    pub(super) flow: FlowState,
    /// What the move before asked the customer back.
    pub(super) asked: Option<Box<Either>>,
    pub(super) fills: Vec<Fill>,
    pub(super) promises: Vec<Promise>,
    /// Promises that the tool which came back has kept.
    pub(super) keeps: Vec<PromiseName>,
    /// What the customer will read, a piece each.
    pub(super) said: Vec<String>,
    pub(super) citations: Vec<Citation>,
    pub(super) apology: bool,
    pub(super) next: Option<Next>,
    /// Whether the identity was looked at a moment ago: the next call is made and the rules decide.
    pub(super) vouched: bool,
    /// Whether the flow put aside last goes on as soon as this one ends.
    pub(super) interjected: bool,
    /// Whether a supervisor's words are among what is said.
    pub(super) ordered: bool,
    /// What the flow would have done, had a supervisor not said otherwise.
    pub(super) overruled: Option<Foreign>,
    /// What was looked up in vain.
    pub(super) unanswered: Option<Unanswered>,
    moves: u8,
}

impl<'a> Run<'a> {
    pub(super) fn new(book: &'a Playbooks, context: &'a AgentContext, passages: &'a [Passage]) -> Self {
        let mut flow = context.flow.clone();
        let asked = flow.asked_back.take();
        Self {
            book,
            context,
            passages,
            reading: Reading::new(context.said.raw(), context.at),
            flow,
            asked,
            fills: Vec::new(),
            promises: Vec::new(),
            keeps: Vec::new(),
            said: Vec::new(),
            citations: Vec::new(),
            apology: false,
            next: None,
            vouched: false,
            interjected: false,
            ordered: false,
            overruled: None,
            unanswered: None,
            moves: 0,
        }
    }

    /// The move as it is handed out.
    pub(super) fn finish(mut self) -> AgentStep {
        let next = self.next.take().unwrap_or(Next::Wait);
        if matches!(next, Next::HandOff { .. }) && !self.ordered {
            // The receiver answers; words now would count as the answer.
            self.said.clear();
            self.apology = false;
        }
        if self.said.is_empty() && next == Next::Wait {
            self.phrase(|phrases| &phrases.unclear);
        }
        let reply = (!self.said.is_empty()).then(|| Reply {
            text: Foreign::from(super::words::join(&self.said)),
            citations: self.citations,
            apology: self.apology,
        });
        AgentStep {
            flow: self.flow,
            fills: self.fills,
            promises: self.promises,
            keeps: self.keeps,
            reply,
            next,
            overruled: self.overruled,
            unanswered: self.unanswered,
        }
    }

    /// Begins a flow at its first step. Facts that only mean something as the answer to one of its
    /// questions are asked anew unless they came with a handoff.
    pub(super) fn begin(&mut self, flow: &Arc<Playbook>, fresh: bool) {
        for (_, slot, kind) in flow.asked().collect::<Vec<_>>() {
            if fresh && !kind.speaks_for_itself() {
                self.forget(slot);
            }
        }
        // A flow that begins because nothing is understood guesses nothing.
        let guess = flow.role == PlaybookRole::Flow;
        let named = |kind| guess && matches!(kind, SlotKind::Choice | SlotKind::Number);
        self.read_facts(flow, |_, kind| kind.speaks_for_itself() || named(kind));
        self.flow.current = Some(place(&flow.id, 0));
        self.serve(flow);
    }

    /// From now on this is what the conversation is about. Manners and small questions are not.
    pub(super) fn serve(&mut self, flow: &Playbook) {
        if flow.role == PlaybookRole::Flow && !flow.anyone {
            let wanted = self.wanted().map(|top| &top.intent).filter(|intent| flow.intents.contains(intent));
            self.flow.matter = wanted.or(flow.intents.first()).cloned();
        }
    }

    /// Reads facts of the flow out of what was said, of those questions that `take` lets in. Returns
    /// the first step whose fact changed.
    pub(super) fn read_facts(&mut self, flow: &Playbook, take: impl Fn(u16, SlotKind) -> bool) -> Option<u16> {
        let mut changed = None;
        for (index, step) in (0u16..).zip(&flow.steps) {
            let StepAct::Ask { slot, kind, options, .. } = &step.act else { continue };
            if !take(index, *kind) {
                continue;
            }
            let Some(value) = self.value(*kind, false, options) else { continue };
            if self.fact(slot.as_str()).as_deref() != Some(value.as_str()) {
                self.note(slot, &value);
                changed = changed.or(Some(index));
            }
        }
        changed
    }

    /// Puts the current flow aside. Returns whether it is one to come back to.
    pub(super) fn pause(&mut self) -> bool {
        let Some(position) = self.flow.current.take() else { return false };
        let worth = self.book.flow(&position.playbook).is_some_and(|flow| flow.role == PlaybookRole::Flow);
        if !worth {
            return false;
        }
        self.flow.paused.retain(|other| other.playbook.name != position.playbook.name);
        if self.flow.paused.len() >= PAUSED_MAX {
            self.flow.paused.remove(0);
        }
        self.flow.paused.push(position);
        true
    }

    /// Takes steps until the move is complete.
    pub(super) fn go(&mut self) {
        while self.next.is_none() {
            let Some(position) = self.flow.current.clone() else { break };
            if position.waiting {
                break;
            }
            self.moves += 1;
            let Some(flow) = self.book.flow(&position.playbook).cloned() else {
                self.flow.current = None;
                break;
            };
            if self.moves > MOVES_MAX {
                self.ask_human(Trigger::RepeatedFailure);
                break;
            }
            match flow.step(position.step) {
                Some(step) => self.enter(step, position.step),
                None => self.end_flow(),
            }
        }
    }

    /// Goes on at that step of the current flow.
    pub(super) fn jump(&mut self, to: u16) {
        if let Some(position) = &mut self.flow.current {
            *position = place(&position.playbook, to);
        }
    }

    /// Waits at the current step for what comes back.
    pub(super) fn wait(&mut self) {
        if let Some(position) = &mut self.flow.current {
            position.waiting = true;
        }
        self.next = Some(Next::Wait);
    }

    /// Something went on as it should.
    pub(super) fn progress(&mut self) {
        self.flow.misses = 0;
    }

    fn enter(&mut self, step: &Step, index: u16) {
        for slot in &step.forget {
            self.forget(slot);
        }
        match &step.act {
            StepAct::Say { then } => {
                self.speak(step, index, false);
                self.jump(*then);
            }
            StepAct::Ask { slot, then, otherwise, .. } => {
                if self.fact(slot.as_str()).is_some() {
                    self.jump(*then);
                } else if self.was_told(slot) {
                    self.give_up(*otherwise);
                } else {
                    self.speak(step, index, false);
                    self.wait();
                    if let Some(position) = &mut self.flow.current {
                        position.asked = vec![slot.clone()];
                    }
                }
            }
            StepAct::Confirm { .. } | StepAct::Check { .. } => {
                self.speak(step, index, false);
                self.wait();
            }
            StepAct::Call { tool, with, .. } => self.call(step, index, tool, with),
            StepAct::Consult { whom, question, otherwise, .. } => self.consult(whom, question, *otherwise),
            StepAct::Panel { whom, question, positions, otherwise, .. } => {
                self.panel(whom, question, positions, *otherwise);
            }
            StepAct::Branch { on, cases, otherwise } => {
                let value = self.fact(on);
                let fits = |case: &str| value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case(case));
                let to = cases.iter().find(|(case, _)| fits(case)).map_or(*otherwise, |(_, to)| *to);
                self.speak(step, index, false);
                self.jump(to);
            }
            StepAct::Answer { then, otherwise } => {
                let to = if self.answer_from_articles(Some((step, index))) { *then } else { *otherwise };
                self.jump(to);
            }
            StepAct::HandOff { to, objective } => {
                self.flow.current = None;
                let own = to.as_ref().is_none_or(|to| *to == self.context.agent);
                if let Some(flow) = self.flow_of(objective.as_ref()).filter(|_| own) {
                    // It is this agent's own matter: it goes on by itself.
                    return self.begin(&flow, false);
                }
                self.pass_on(to.clone(), objective.clone());
            }
            StepAct::Escalate { trigger } => {
                self.speak(step, index, false);
                self.flow.current = None;
                self.next = Some(Next::Escalate { trigger: *trigger });
            }
            StepAct::Resolve { disposition, at_once } => {
                self.speak(step, index, false);
                self.settle(*disposition, *at_once);
            }
            StepAct::Back => match self.flow.paused.pop() {
                Some(position) => {
                    self.vouched = true;
                    self.flow.current = Some(FlowPosition { waiting: false, ..position });
                }
                None => self.end_flow(),
            },
        }
    }

    fn call(&mut self, step: &Step, index: u16, tool: &ToolName, with: &[(SlotName, Template)]) {
        if self.prove_identity(tool) {
            return;
        }
        let args = with
            .iter()
            .filter_map(|(name, template)| Some((name.clone(), Foreign::from(template.fill(|gap| self.fact(gap))?))));
        let call = ToolCall { tool: tool.clone(), args: args.collect() };
        self.speak(step, index, false);
        self.wait();
        self.next = Some(Next::Call(call));
    }

    /// The matter is settled: asks for anything else, or ends.
    fn settle(&mut self, disposition: Disposition, at_once: bool) {
        self.progress();
        if at_once {
            self.flow = FlowState::default();
            self.next = Some(Next::Resolve { disposition });
            return;
        }
        if self.interjected {
            return self.end_flow();
        }
        if !self.offer_paused() {
            self.phrase(|phrases| &phrases.anything_else);
        }
        self.wait();
    }

    /// Begins the identity flow when the tool demands a proof that is missing; the current flow goes
    /// on at this call afterwards. Returns whether it did.
    fn prove_identity(&mut self, tool: &ToolName) -> bool {
        let need = self.book.tool(tool).map_or(IdentityNeed::Anonymous, |spec| spec.identity);
        if self.vouched || self.context.identity.satisfies(need, self.context.at) {
            return false;
        }
        self.begin_identity()
    }

    /// Puts the current flow aside for the identity flow. Returns whether there is one.
    pub(super) fn begin_identity(&mut self) -> bool {
        let Some(flow) = self.book.of_role(PlaybookRole::Identity).cloned() else { return false };
        self.pause();
        self.begin(&flow, true);
        true
    }

    /// The current flow has no more steps.
    fn end_flow(&mut self) {
        self.flow.current = None;
        if self.interjected {
            self.interjected = false;
            self.repeat_question();
        } else {
            self.offer_paused();
            self.next = Some(Next::Wait);
        }
    }

    /// Goes back to the flow that was interrupted and asks its question again.
    fn repeat_question(&mut self) {
        let Some(position) = self.flow.paused.pop() else {
            self.next = Some(Next::Wait);
            return;
        };
        // What was learnt in passing is not asked for once more.
        if position.asked.iter().any(|slot| self.fact(slot.as_str()).is_some() || self.was_told(slot)) {
            self.flow.current = Some(FlowPosition { waiting: false, ..position });
            return;
        }
        self.next = Some(Next::Wait);
        if let Some(flow) = self.book.flow(&position.playbook).cloned()
            && let Some(step) = flow.step(position.step)
        {
            self.phrase(|phrases| &phrases.back_to_question);
            self.speak(step, position.step, true);
        }
        self.flow.current = Some(position);
    }

    /// Offers to go back to the flow put aside last, if there is one.
    fn offer_paused(&mut self) -> bool {
        let paused = self.flow.paused.last().and_then(|position| self.book.flow(&position.playbook)).cloned();
        let Some(flow) = paused else { return false };
        self.phrase_with(|phrases| &phrases.resume_offer, "topic", &flow.topic);
        true
    }

    /// The best passage, if it answers what was said: where no flow led to it, only a question is answered.
    pub(super) fn answering(&self) -> Option<&'a Passage> {
        let known = self.known();
        let bar = if known { ANSWER } else { ANSWER_UNASKED };
        self.passages.iter().find(|passage| passage.score >= bar).filter(|_| known || self.asks())
    }

    /// Whether it is plain what the customer wants.
    fn known(&self) -> bool {
        let current = self.flow.current.as_ref().and_then(|position| self.book.flow(&position.playbook));
        current.is_some_and(|flow| flow.role == PlaybookRole::Flow)
    }

    /// Whether the customer asks something that an article could settle.
    fn asks(&self) -> bool {
        // `When will it come?` is about what was said before, and no article knows that.
        is_question(self.context.said.raw(), &self.reading.plain) && self.reading.plain.words().any(names_something)
    }

    /// Nothing answers what was said. What nobody asked is no gap in what the house knows.
    pub(super) fn looked_in_vain(&mut self) {
        if self.known() || self.asks() {
            let nearest = self.passages.first();
            let score = nearest.map(|passage| passage.score).unwrap_or_default();
            self.unanswered = Some(Unanswered { nearest: nearest.map(|passage| passage.citation.clone()), score });
        }
    }

    /// Answers from the best passage, if one is good enough.
    pub(super) fn answer_from_articles(&mut self, lead: Option<(&Step, u16)>) -> bool {
        let Some(passage) = self.answering() else {
            self.looked_in_vain();
            return false;
        };
        match lead.filter(|(step, _)| !step.lines.calm.is_empty()) {
            Some((step, index)) => self.speak(step, index, false),
            None => self.phrase(|phrases| &phrases.answer_lead),
        }
        self.said.push(super::words::excerpt(passage.text.raw()));
        self.phrase_with(|phrases| &phrases.answer_source, "title", passage.title.raw());
        self.citations.push(passage.citation.clone());
        true
    }

    /// Whether the agent was told that the customer was asked for this often enough.
    pub(super) fn was_told(&self, slot: &SlotName) -> bool {
        self.context.told.contains(&Habit::Question(slot.clone()))
    }

    /// Asks for a human because the agent does not get further.
    pub(super) fn ask_human(&mut self, trigger: Trigger) {
        self.flow.current = None;
        self.phrase(|phrases| &phrases.human_offered);
        self.next = Some(Next::Escalate { trigger });
    }
}

/// Whether a word of a question says what it is about.
fn names_something(word: &str) -> bool {
    const BARE: [&str; 22] = [
        "what", "when", "where", "which", "will", "would", "could", "should", "does", "that", "this", "there", "then",
        "have", "come", "take", "long", "much", "many", "with", "about", "your",
    ];
    word.len() >= 4 && !BARE.contains(&word)
}

/// A step that is next and was not asked yet.
pub(super) fn place(playbook: &PlaybookRef, step: u16) -> FlowPosition {
    FlowPosition { playbook: playbook.clone(), step, tries: 0, waiting: false, asked: Vec::new() }
}
