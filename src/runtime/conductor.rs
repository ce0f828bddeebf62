//! The conductor: commands in, one durable write, then everything that follows.
//!
//! A synchronous struct without a clock: the service drives it with real time, simulation with a
//! virtual one. Each command of a batch is judged against the floor as the commands before it left
//! it; what can be done in memory is done at once and joins the same write; only after that write
//! does anything leave.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::action::{AgentContext, StepInput};
use crate::domain::analysis::Language;
use crate::domain::command::{Act, Command, EffectResult};
use crate::domain::consult::{Advice, Consultation};
use crate::domain::envelope::{Actor, Envelope, KeyUse};
use crate::domain::event::{ConversationEvent, CustomerEvent, Event, TurnEvent};
use crate::domain::guard::Finding;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::{
    AgentName, CallId, ConsultId, ConversationId, CustomerId, Digest, FileId, FloorName, Seq, TurnNo,
};
use crate::domain::personal::Personal;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::tool::{ToolCall, ToolOutcome};
use crate::domain::translation::Piece;
use crate::orchestrator::context::{agent_context, candidate_context, conferred, consultation};
use crate::orchestrator::conversation::ToolResult;
use crate::orchestrator::{ComposeInput, Effect, Floor, Todo, decide_guarded, evolve, react, repeat};
use crate::store::error::StoreError;
use crate::store::journal::Journal;

use super::handle::Accepted;

/// Steps that one command may set off inside its batch; a playbook that goes in circles ends here
/// and is taken up again by its own time-out.
const INNER_STEPS_MAX: usize = 256;

/// What can be done in memory, at once and bounded: asking a playbook.
pub trait Inner: Send {
    /// The agent's next move; nothing when its backend is not one that answers in memory.
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<crate::domain::action::AgentStep>;
    /// What an agent knows that another asks; nothing when it does not know.
    fn advise(&self, asked: &Consultation) -> Option<Advice>;
    /// Whether who is asked answers in memory; a language model does not.
    fn advises(&self, asked: &Consultation) -> bool {
        let _ = asked;
        true
    }
    /// What the receiver of a handoff understood of the pack, on that edition of the deployment.
    fn receipt(&self, edition: Option<Digest>, agent: &AgentName, pack: &ContextPack) -> Receipt;
    /// What guardrails find in the text that a command brings, whoever made it. Asked of every command
    /// right before it is judged, so that no backend, tool or channel can go past them.
    fn findings(&self, floor: &Floor, command: &Command) -> Vec<Finding> {
        let _ = (floor, command);
        Vec::new()
    }
}

/// A command with the number by which its answer is told apart.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The caller's number.
    pub ticket: u64,
    /// What is asked.
    pub command: Command,
}

/// What leaves after the write.
#[derive(Debug, Default)]
pub struct Released {
    /// An answer for every command.
    pub answers: Vec<(u64, Result<Accepted, Refusal>)>,
    /// What was committed.
    pub envelopes: Arc<[Envelope]>,
    /// What is to be done outside.
    pub outer: Vec<Outer>,
}

/// Something to do outside; it comes back as a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outer {
    /// The entry it follows from.
    pub cause: Seq,
    /// What.
    pub task: Task,
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Ask an agent that answers outside the batch; its reply goes out after its pace.
    Compose {
        /// All it may know, as of when it was asked.
        context: Box<AgentContext>,
        /// What it goes on from.
        input: Box<StepInput>,
        /// How long its reply waits.
        pace: Millis,
    },
    /// Ask an agent's candidate what it would do; nothing of it happens.
    AskBeside {
        /// All it may know.
        context: Box<AgentContext>,
        /// What it goes on from.
        input: Box<StepInput>,
    },
    /// Ask an agent for advice; its answer comes after its pace.
    Consult {
        /// Where.
        conversation: ConversationId,
        /// Which question.
        consult: ConsultId,
        /// What is asked of whom.
        asked: Box<Consultation>,
        /// How long the answer waits.
        pace: Millis,
    },
    /// Call a tool.
    CallTool {
        /// Where.
        conversation: ConversationId,
        /// Which call; also the key towards the receiver.
        call: CallId,
        /// For whom: from the session, never from text.
        customer: CustomerId,
        /// What.
        ask: ToolCall,
        /// Whether its start is recorded before it acts.
        side_effect: bool,
    },
    /// Ask the receiver of a call whether it happened; never makes it.
    Reconcile {
        /// Where.
        conversation: ConversationId,
        /// Which call.
        call: CallId,
        /// How often it was asked, this time included.
        asked: u8,
        /// What it was.
        ask: ToolCall,
    },
    /// Have a scanner look at a file.
    Scan {
        /// Where.
        conversation: ConversationId,
        /// Which.
        file: FileId,
    },
    /// Translate something.
    Translate {
        /// Where.
        conversation: ConversationId,
        /// What.
        piece: Piece,
        /// The words.
        text: Foreign,
        /// Out of which language.
        from: Language,
        /// Into which.
        to: Language,
        /// Until when it is waited for.
        until: Timestamp,
    },
    /// Destroy a customer's key and every trace outside the journal.
    Forget(CustomerId),
}

impl Task {
    /// The conversation it is about; none for what concerns a customer in all of theirs.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::Compose { context, .. } | Self::AskBeside { context, .. } => Some(context.conversation),
            Self::Consult { conversation, .. }
            | Self::CallTool { conversation, .. }
            | Self::Scan { conversation, .. }
            | Self::Translate { conversation, .. }
            | Self::Reconcile { conversation, .. } => Some(*conversation),
            Self::Forget(_) => None,
        }
    }
}

/// The conductor of one floor over one journal.
pub struct Conductor<J> {
    name: FloorName,
    floor: Floor,
    journal: J,
    inner: Box<dyn Inner>,
    failed: Option<String>,
}

/// What a batch has led to so far.
#[derive(Default)]
struct Batch {
    answers: Vec<(u64, Result<Accepted, Refusal>)>,
    envelopes: Vec<Envelope>,
    outer: Vec<Outer>,
}

impl<J: Journal> Conductor<J> {
    /// A conductor for a floor that was folded from this journal.
    pub fn new(name: FloorName, floor: Floor, journal: J, inner: Box<dyn Inner>) -> Self {
        Self { name, floor, journal, inner, failed: None }
    }

    /// The floor as of the last step.
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// The journal, for what is done between steps: reading, anchoring.
    pub fn journal(&mut self) -> &mut J {
        &mut self.journal
    }

    /// Carries out a batch of commands at `at`, and everything that is due.
    ///
    /// # Errors
    ///
    /// The write failed: nothing of the batch may be acknowledged, the floor in memory is ahead of
    /// the disk, and this conductor takes nothing more. A restart finds out what was written.
    pub fn step(&mut self, commands: Vec<Submitted>, at: Timestamp) -> Result<Released, StoreError> {
        if let Some(cause) = &self.failed {
            return Err(StoreError::Stopped { cause: cause.clone() });
        }
        let at = at.max(self.floor.at);
        let mut batch = Batch::default();
        for Submitted { ticket, command } in commands {
            // What was due comes before what is asked now, however the commands are cut into batches.
            self.tick(at, &mut batch);
            let answer = self.carry_out(&command, at, &mut batch);
            batch.answers.push((ticket, answer));
        }
        self.tick(at, &mut batch);
        if !batch.envelopes.is_empty() {
            self.journal.append(&batch.envelopes).inspect_err(|error| self.failed = Some(error.to_string()))?;
        }
        let Batch { answers, envelopes, outer } = batch;
        Ok(Released { answers, envelopes: envelopes.into(), outer })
    }

    /// Does everything that is due.
    fn tick(&mut self, at: Timestamp, batch: &mut Batch) {
        while self.floor.next_due().is_some_and(|due| due <= at) {
            let before = self.floor.seq;
            let tick = Command::of_floor(Act::Floor(crate::domain::command::FloorAct::Tick));
            if self.carry_out(&tick, at, batch).is_err() || self.floor.seq == before {
                break;
            }
        }
    }

    /// One command with everything it sets off in memory.
    fn carry_out(&mut self, command: &Command, at: Timestamp, batch: &mut Batch) -> Result<Accepted, Refusal> {
        if let Some(done) = repeat(&self.floor, command)? {
            return Ok(Accepted { seq: done.seq, turn: done.turn, repeat: true });
        }
        let mut effects = VecDeque::new();
        let accepted = self.commit(command, at, batch, &mut effects)?;
        let mut steps = 0;
        while let Some(effect) = effects.pop_front() {
            // An emergency stop or an incident reaches every conversation, however many there are.
            steps += usize::from(!matches!(effect.todo, Todo::Stop { .. } | Todo::Gather { .. }));
            if steps > INNER_STEPS_MAX {
                break;
            }
            if let Some(command) = self.perform(&effect, batch) {
                // A refused effect is one that nobody waits for any more.
                let _refused = self.commit(&command, at, batch, &mut effects);
            }
        }
        Ok(accepted)
    }

    /// Judges a command and folds what it leads to.
    fn commit(
        &mut self,
        command: &Command,
        at: Timestamp,
        batch: &mut Batch,
        effects: &mut VecDeque<Effect>,
    ) -> Result<Accepted, Refusal> {
        let findings = self.inner.findings(&self.floor, command);
        let events = decide_guarded(&self.floor, command, &findings, at)?;
        // A command ends with what its author will ask for again by key: their own words, or the pass.
        let last = events.len().saturating_sub(1);
        let mut accepted = Accepted { seq: self.floor.seq, turn: None, repeat: false };
        for (index, event) in events.into_iter().enumerate() {
            let key = command.key.as_ref().filter(|_| index == last);
            let envelope = self.envelope(command, key, event, at);
            evolve(&mut self.floor, &envelope);
            accepted = Accepted { seq: envelope.seq, turn: stored_turn(&envelope.event), repeat: false };
            effects.extend(react(&self.floor, &envelope));
            batch.envelopes.push(envelope);
        }
        Ok(accepted)
    }

    fn envelope(&self, command: &Command, key: Option<&KeyUse>, event: Event, at: Timestamp) -> Envelope {
        Envelope {
            floor: self.name.clone(),
            seq: self.floor.seq.next(),
            at,
            actor: command.actor.clone(),
            cause: command.cause,
            key: key.cloned(),
            subject: self.subject(&event),
            event,
        }
    }

    /// Whose key seals the personal parts of an event.
    fn subject(&self, event: &Event) -> Option<CustomerId> {
        match event {
            Event::Conversation(ConversationEvent::Opened { customer, .. })
            | Event::Customer(
                CustomerEvent::Met { customer, .. }
                | CustomerEvent::Recognised { customer, .. }
                | CustomerEvent::Blocked { customer, .. }
                | CustomerEvent::Unblocked { customer, .. }
                | CustomerEvent::Erased { customer },
            ) => Some(*customer),
            Event::Operator(_) | Event::Standing(_) | Event::Incident(_) | Event::Floor(_) => None,
            Event::Conversation(_)
            | Event::Turn(_)
            | Event::Baton(_)
            | Event::Handoff(_)
            | Event::Routing(_)
            | Event::Escalation(_)
            | Event::Tool(_)
            | Event::Approval(_)
            | Event::Supervision(_)
            | Event::Circle(_)
            | Event::Guard(_)
            | Event::Consult(_)
            | Event::Lesson(_)
            | Event::Learning(_)
            | Event::Model(_)
            | Event::File(_)
            | Event::Translation(_)
            | Event::Conflict(_)
            | Event::Clock(_)
            | Event::Promise(_)
            | Event::WrapUp(_)
            | Event::Member(_)
            | Event::Claim(_)
            | Event::Left(_)
            | Event::Desk(_) => self.customer_of(event.conversation()?),
        }
    }

    fn customer_of(&self, id: ConversationId) -> Option<CustomerId> {
        let live = self.floor.conversation(id).map(|c| c.customer);
        live.or_else(|| self.floor.stubs.get(&id).map(|stub| stub.customer))
    }

    /// Does what can be done in memory, and puts aside what cannot.
    fn perform(&self, effect: &Effect, batch: &mut Batch) -> Option<Command> {
        let cause = effect.cause;
        let come_back = |result| {
            let act = Act::Effect(result);
            Some(Command { cause: Some(cause), ..Command::of_floor(act) })
        };
        match &effect.todo {
            Todo::Attend { conversation } => come_back(EffectResult::Attend { conversation: *conversation }),
            Todo::Stop { conversation } => come_back(EffectResult::Stop { conversation: *conversation }),
            Todo::Gather { conversation } => come_back(EffectResult::Gather { conversation: *conversation }),
            Todo::Notice { conversation, occasion } => {
                come_back(EffectResult::Notice { conversation: *conversation, occasion: *occasion })
            }
            Todo::Match => (!self.floor.queued.is_empty()).then(|| come_back(EffectResult::Match)).flatten(),
            Todo::AskReceipt { conversation, handoff } => {
                let waiting = self.floor.conversation(*conversation)?.handoff.as_ref()?;
                let receipt = self.inner.receipt(self.floor.edition_of(*conversation), &waiting.to, &waiting.pack);
                let (conversation, handoff) = (*conversation, *handoff);
                come_back(EffectResult::HandoffAccepted { conversation, handoff, receipt })
            }
            Todo::Compose { conversation, composition, epoch, input } => {
                let context = agent_context(&self.floor, *conversation)?;
                let input = self.input(*conversation, *input)?;
                if context.composition != *composition || context.epoch != *epoch {
                    return None;
                }
                if matches!(input, StepInput::Turn | StepInput::HandedOver)
                    && let Some(context) = candidate_context(&self.floor, &context)
                {
                    let task = Task::AskBeside { context: Box::new(context), input: Box::new(input.clone()) };
                    batch.outer.push(Outer { cause, task });
                }
                self.compose(cause, context, input, batch)
            }
            Todo::Consult { conversation, consult } => self.consult(cause, *conversation, *consult, batch),
            Todo::Weigh { conversation, panel } => {
                come_back(EffectResult::Weigh { conversation: *conversation, panel: *panel })
            }
            Todo::CallTool { conversation, call } => {
                batch.outer.extend(self.tool_task(*conversation, *call).map(|task| Outer { cause, task }));
                None
            }
            Todo::Reconcile { conversation, call } => {
                let (conversation, call) = (*conversation, *call);
                let waiting = self.floor.conversation(conversation)?.calls.get(&call)?;
                let asked = waiting.asked;
                let spec = self.floor.deployment.as_ref()?.tool(&waiting.tool);
                if let Some(ask) = waiting.ask.reveal().cloned().filter(|_| spec.is_some_and(|spec| spec.reconcile)) {
                    batch.outer.push(Outer { cause, task: Task::Reconcile { conversation, call, asked, ask } });
                    return None;
                }
                // A receiver that takes no questions: it stays unknown, and a person has to look.
                let outcome = ToolOutcome::Unknown;
                come_back(EffectResult::ToolReconciled { conversation, call, asked, outcome })
            }
            Todo::Scan { conversation, file } => {
                batch.outer.push(Outer { cause, task: Task::Scan { conversation: *conversation, file: *file } });
                None
            }
            Todo::Translate { conversation, piece } => {
                let task = self.translation(*conversation, *piece);
                batch.outer.extend(task.map(|task| Outer { cause, task }));
                None
            }
            Todo::Forget { customer } => {
                batch.outer.push(Outer { cause, task: Task::Forget(*customer) });
                None
            }
        }
    }

    /// A text that is waited for in another language; nothing when it was erased.
    fn translation(&self, conversation: ConversationId, piece: Piece) -> Option<Task> {
        let c = self.floor.conversation(conversation)?;
        let asked = c.translating.pending.iter().find(|one| one.piece == piece)?;
        let text = match piece {
            Piece::Turn(no) => &c.turns.iter().find(|turn| turn.no == no)?.text,
            Piece::Reply(no) => &c.translating.replies.iter().find(|held| held.no == no)?.text,
        };
        let (text, from, to, until) = (text.reveal()?.clone(), asked.from, asked.to, asked.until);
        Some(Task::Translate { conversation, piece, text, from, to, until })
    }

    /// Asks an agent at once, or puts the question aside when its reply goes out later.
    fn compose(&self, cause: Seq, context: AgentContext, input: StepInput, batch: &mut Batch) -> Option<Command> {
        let pace = self.pace(context.conversation, &context.agent);
        let step = if pace.0 == 0 { self.inner.step(&context, &input) } else { None };
        let Some(step) = step else {
            let task = Task::Compose { context: Box::new(context), input: Box::new(input), pace };
            batch.outer.push(Outer { cause, task });
            return None;
        };
        let AgentContext { agent, conversation, composition, epoch, .. } = context;
        let act = Act::Effect(EffectResult::AgentActed {
            conversation,
            composition,
            epoch,
            step: Box::new(step),
            judged: Vec::new(),
        });
        Some(Command { actor: Actor::Agent(agent), cause: Some(cause), ..Command::of_floor(act) })
    }

    /// Asks another specialist at once, or puts the question aside when its answer comes later.
    fn consult(&self, cause: Seq, id: ConversationId, consult: ConsultId, batch: &mut Batch) -> Option<Command> {
        let asked = consultation(&self.floor, id, consult)?;
        let pace = self.pace(id, &asked.whom);
        if pace.0 > 0 || !self.inner.advises(&asked) {
            let task = Task::Consult { conversation: id, consult, asked: Box::new(asked), pace };
            batch.outer.push(Outer { cause, task });
            return None;
        }
        let advice = self.inner.advise(&asked);
        let act = Act::Effect(EffectResult::Advised { conversation: id, consult, advice, cost: None });
        Some(Command { actor: Actor::Agent(asked.whom), cause: Some(cause), ..Command::of_floor(act) })
    }

    /// How long an agent's reply waits in a conversation.
    fn pace(&self, id: ConversationId, agent: &AgentName) -> Millis {
        let rules = self.floor.conversation(id).and_then(|c| self.floor.rules(c));
        rules.and_then(|rules| rules.agent(agent)).map_or(Millis(0), |spec| spec.pace)
    }

    fn input(&self, conversation: ConversationId, input: ComposeInput) -> Option<StepInput> {
        match input {
            ComposeInput::Turn => Some(StepInput::Turn),
            ComposeInput::HandedOver => Some(StepInput::HandedOver),
            ComposeInput::Advised => {
                let c = self.floor.conversation(conversation)?;
                let advised = c.advised.as_ref()?;
                if let Some(panel) = &advised.panel {
                    return Some(StepInput::Conferred(Box::new(conferred(&self.floor, c, panel)?)));
                }
                let advice = advised.advice.as_ref().and_then(Personal::reveal).cloned();
                Some(StepInput::Advised(advised.whom.clone(), advice))
            }
            ComposeInput::Tool(call) => {
                let results = &self.floor.conversation(conversation)?.results;
                let result: &ToolResult = results.iter().rev().find(|result| result.call == call)?;
                Some(StepInput::ToolReturned(result.ask.reveal()?.clone(), result.outcome.reveal()?.clone()))
            }
        }
    }

    fn tool_task(&self, conversation: ConversationId, call: CallId) -> Option<Task> {
        let state = self.floor.conversation(conversation)?;
        let waiting = state.calls.get(&call)?;
        let ask = waiting.ask.reveal()?.clone();
        Some(Task::CallTool { conversation, call, customer: state.customer, ask, side_effect: waiting.side_effect })
    }
}

fn stored_turn(event: &Event) -> Option<TurnNo> {
    if let Event::Turn(TurnEvent::CustomerSpoke { turn, .. } | TurnEvent::OperatorSpoke { turn, .. }) = event {
        return Some(*turn);
    }
    None
}
