//! A scratch floor: one conversation with the agents of a deployment, over the very conductor that runs
//! live, in memory, on a clock of its own. Nothing outside is touched: tools are the practice shop's or
//! give what they are told to.
//!
//! Rehearsals are played on it, and `baton try` converses on it.

mod knowing;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::agents::Playbooks;
use crate::agents::model::{Composed, Models};
use crate::agents::shop::{Asking, Shop};
use crate::analysis::Model;
use crate::config::Bundle;
use crate::config::files::GivenFile;
use crate::domain::action::{AgentContext, Failure, StepInput};
use crate::domain::command::{Act, Command, CustomerAct, EffectResult, FloorAct, Opening, OperatorAct, Seen};
use crate::domain::customer::{Identity, IdentityNeed, Proof, Tier};
use crate::domain::deployment::Deployment;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::file::Scan;
use crate::domain::id::{ChannelName, ConversationId, CustomerId, Seq, SlotName, ToolName};
use crate::domain::knowledge::Passage;
use crate::domain::operator::Role;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::tool::ToolOutcome;
use crate::domain::translation::TranslationFailure;
use crate::knowledge::Index;
use crate::orchestrator::Floor;
use crate::orchestrator::conversation::Conversation;
use crate::picture::{Titles, Transcript};
use crate::protocol::transcript::Item;
use crate::runtime::conductor::{Conductor, Inner, Outer, Submitted, Task};
use crate::runtime::inner::Desk;
use crate::store::StoreError;
use crate::store::journal::memory::MemoryJournal;
use crate::store::vault::Vault;
use knowing::Knowing;

/// A working day at noon, 2026-11-23T12:00Z: desks with business hours are open somewhere.
const BEGIN: Timestamp = Timestamp(1_795_435_200_000);
/// How long a turn may take on the floor's clock: retries of tools and agents are over by then.
const TURN_MAX: Millis = Millis::from_mins(2);
/// Things that one turn may set off outside: a circle ends here.
const EFFECTS_MAX: usize = 200;
/// How long the site's word for a customer holds: longer than any rehearsal.
const VOUCHED_FOR: Millis = Millis::from_hours(24 * 365);

/// A scratch floor that could not be made or go on.
#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    /// Its journal or keys in memory failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rules turned a command down.
    #[error("not taken: {0}")]
    Refused(#[from] Refusal),
    /// The deployment's language models cannot be used.
    #[error("the language models cannot be used: {0}")]
    Models(String),
    /// A decision was asked for, and nothing waits for one.
    #[error("nothing waits for a decision")]
    NothingWaits,
    /// A decision was asked for, and the house has nobody who may make it.
    #[error("no operator is a supervisor or an admin, so nobody may decide what waits")]
    NobodyDecides,
}

/// Who answers when an agent's language models are asked: waiting for them is the caller's.
pub trait Composer {
    /// The agent's move.
    fn compose(&mut self, models: &Models, context: &AgentContext, input: &StepInput, passages: &[Passage])
    -> Composed;
}

/// Everything that scratch floors of one deployment share; read once.
pub struct Stage {
    desk: Desk,
    shop: Shop,
    reading: Model,
    deployment: Deployment,
    /// Handle, name and tier of the practice shop's customers.
    people: BTreeMap<String, (String, Tier)>,
    /// Titles of the articles, for whoever shows a transcript.
    pub titles: Titles,
}

/// Who comes to a scratch floor.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The customer of the practice shop that they are.
    pub person: Option<String>,
    /// How sure we are of who they are.
    pub identity: Option<IdentityNeed>,
    /// What they were promised.
    pub tier: Option<Tier>,
    /// What they are called.
    pub name: Option<String>,
    /// What is known of them.
    pub facts: BTreeMap<SlotName, String>,
    /// What tools give instead of being called.
    pub tools: BTreeMap<ToolName, GivenFile>,
    /// What tells conversations apart: the same number draws the same words.
    pub number: [u8; 16],
}

/// One conversation under way.
pub struct Scratch<'a> {
    stage: &'a Stage,
    composer: Option<&'a mut dyn Composer>,
    conductor: Conductor<MemoryJournal>,
    shop: Shop,
    tools: BTreeMap<ToolName, GivenFile>,
    at: Timestamp,
    outer: VecDeque<Outer>,
    log: Vec<Envelope>,
    conversation: ConversationId,
    customer: CustomerId,
}

impl Stage {
    /// Reads what the files say. Without `models` every agent follows its playbooks.
    ///
    /// # Errors
    /// There can be no client for a language model.
    pub fn of(bundle: &Bundle, models: bool) -> Result<Self, ScratchError> {
        let models =
            if models { Models::open(bundle).map_err(|error| ScratchError::Models(error.to_string()))? } else { None };
        let mut deployment = bundle.deployment();
        // Nobody overtakes anybody here, so nobody's reply has to wait.
        deployment.agents.iter_mut().for_each(|agent| agent.pace = Millis(0));
        let articles = Arc::new(Index::build(&bundle.articles));
        let people = bundle.shop.iter().flat_map(|shop| &shop.customers);
        Ok(Self {
            desk: Desk::of(bundle, Playbooks::of(bundle), articles, models.map(Arc::new), None),
            shop: Shop::new(bundle.shop.as_ref(), &bundle.tools),
            reading: Model::train(&bundle.pairs()),
            deployment,
            people: people.map(|person| (person.handle.clone(), (person.name.clone(), person.tier))).collect(),
            titles: bundle.titles(),
        })
    }

    /// Handles of the practice shop's customers.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.people.keys().map(String::as_str)
    }

    /// A conversation that has just been opened, with all people of the house there.
    ///
    /// # Errors
    /// The floor in memory cannot be made, or refuses to begin.
    pub fn open<'a>(
        &'a self,
        visitor: &Visitor,
        composer: Option<&'a mut dyn Composer>,
    ) -> Result<Scratch<'a>, ScratchError> {
        let vault = Vault::in_memory()?;
        let (customer, conversation) =
            (CustomerId::from_random(visitor.number), ConversationId::from_random(visitor.number));
        vault.adopt(customer)?;
        let journal = MemoryJournal::new(self.deployment.name.clone(), vault);
        let inner = Knowing::new(self.desk.clone(), &visitor.facts, self.deployment.clone());
        let conductor = Conductor::new(self.deployment.name.clone(), Floor::default(), journal, Box::new(inner));
        let mut scratch = Scratch {
            stage: self,
            composer,
            conductor,
            shop: self.shop.clone(),
            tools: visitor.tools.clone(),
            at: BEGIN,
            outer: VecDeque::new(),
            log: Vec::new(),
            conversation,
            customer,
        };
        scratch.floor_act(FloorAct::Adopt(Box::new(self.deployment.clone())))?;
        scratch.floor_act(FloorAct::Start)?;
        for operator in &self.deployment.operators {
            scratch.floor_act(FloorAct::Arrive(operator.name.clone()))?;
        }
        scratch.enter(visitor)?;
        Ok(scratch)
    }
}

impl Scratch<'_> {
    /// The conversation, while it lives.
    pub fn conversation(&self) -> Option<&Conversation> {
        self.conductor.floor().conversation(self.conversation)
    }

    /// Everything that was recorded, oldest first.
    pub fn log(&self) -> &[Envelope] {
        &self.log
    }

    /// The lines of a transcript that are new or different since the `from`-th entry.
    pub fn items(&self, from: usize, titles: &Titles) -> Vec<Item> {
        let mut transcript = Transcript::default();
        let mut changed = BTreeMap::new();
        for (index, envelope) in self.log.iter().enumerate() {
            let item = transcript.fold(envelope, titles).filter(|_| index >= from);
            changed.extend(item.map(|item| (item.seq, item.clone())));
        }
        changed.into_values().collect()
    }

    /// The customer says something, and everything that follows at once happens.
    ///
    /// # Errors
    /// The rules do not take it, or the floor broke.
    pub fn say(&mut self, text: &str) -> Result<(), ScratchError> {
        let text = Foreign::from(text);
        let analysis = Box::new(self.stage.reading.analyse(&text));
        let conversation = self.conversation;
        self.customer(CustomerAct::Say { conversation, text, analysis, typing: false, files: Vec::new() })?;
        self.settle()
    }

    /// A person answers the tool call that waits for one: the one of the house who may allow most.
    ///
    /// # Errors
    /// Nothing waits, the person may not, or the floor broke.
    pub fn decide(&mut self, approve: bool) -> Result<(), ScratchError> {
        let waiting = self.conversation().and_then(|c| {
            let (id, approval) = c.approvals.first_key_value()?;
            let seen = Seen { conversation: c.id, epoch: c.baton.epoch, seq: c.seq, subject: c.subject_of(approval) };
            Some((*id, seen))
        });
        let (approval, seen) = waiting.ok_or(ScratchError::NothingWaits)?;
        let people = self.stage.deployment.operators.iter().filter(|operator| operator.role >= Role::Supervisor);
        let most = people.max_by_key(|operator| (operator.role, operator.approval_limit.map(|limit| limit.minor)));
        let name = most.map(|operator| operator.name.clone()).ok_or(ScratchError::NobodyDecides)?;
        let act = OperatorAct::Decide { approval, approve, reason: None, amount: None };
        self.submit(Command {
            actor: Actor::Operator(name),
            seen: Some(seen),
            ..Command::of_floor(Act::Operator(act))
        })?;
        self.settle()
    }

    /// Time passes; what is due happens when it is due.
    ///
    /// # Errors
    /// The floor broke.
    pub fn wait(&mut self, span: Millis) -> Result<(), ScratchError> {
        let until = self.at + span;
        while let Some(due) = self.conductor.floor().next_due().filter(|due| *due <= until) {
            self.at = self.at.max(due);
            self.floor_act(FloorAct::Tick)?;
            self.settle()?;
        }
        self.at = self.at.max(until);
        Ok(())
    }

    fn enter(&mut self, visitor: &Visitor) -> Result<(), ScratchError> {
        let person = visitor.person.as_ref().and_then(|handle| Some((handle, self.stage.people.get(handle)?)));
        let sure = visitor.identity.unwrap_or(match person {
            Some(_) => IdentityNeed::Verified,
            None => IdentityNeed::Anonymous,
        });
        let identity = match sure {
            IdentityNeed::Anonymous => Identity::Anonymous,
            IdentityNeed::Claimed => Identity::Claimed,
            IdentityNeed::Verified => Identity::Verified { by: Proof::SignedToken, until: self.at + VOUCHED_FOR },
        };
        if let (Some((handle, _)), IdentityNeed::Verified) = (person, sure) {
            self.shop.vouch(self.customer, handle);
        }
        let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
        let name = visitor.name.clone().or_else(|| person.map(|(_, (name, _))| first(name)));
        let opening = Opening {
            conversation: self.conversation,
            customer: self.customer,
            handle: None,
            reference: None,
            channel: ChannelName::web(),
            identity,
            tier: visitor.tier.or(person.map(|(_, (_, tier))| *tier)).unwrap_or_default(),
            name: name.map(|name| Foreign::from(name.as_str())),
        };
        self.customer(CustomerAct::Open(opening))?;
        self.settle()
    }

    fn customer(&mut self, act: CustomerAct) -> Result<(), ScratchError> {
        self.submit(Command { actor: Actor::Customer(self.customer), ..Command::of_floor(Act::Customer(act)) })
    }

    fn floor_act(&mut self, act: FloorAct) -> Result<(), ScratchError> {
        self.submit(Command::of_floor(Act::Floor(act)))
    }

    fn submit(&mut self, command: Command) -> Result<(), ScratchError> {
        let released = self.conductor.step(vec![Submitted { ticket: 0, command }], self.at)?;
        self.log.extend(released.envelopes.iter().cloned());
        self.outer.extend(released.outer);
        let answer = released.answers.into_iter().next().map(|(_, answer)| answer);
        answer.transpose()?;
        Ok(())
    }

    /// Does what is to be done outside, and lets time pass as long as something comes back by itself.
    fn settle(&mut self) -> Result<(), ScratchError> {
        let until = self.at + TURN_MAX;
        for _ in 0..EFFECTS_MAX {
            if let Some(outer) = self.outer.pop_front() {
                self.perform(outer)?;
                continue;
            }
            let under_way = self.conversation().is_some_and(is_under_way);
            let due = self.conductor.floor().next_due().filter(|due| under_way && *due <= until);
            let Some(due) = due else { break };
            self.at = self.at.max(due);
            self.floor_act(FloorAct::Tick)?;
        }
        Ok(())
    }

    fn perform(&mut self, outer: Outer) -> Result<(), ScratchError> {
        let Outer { cause, task } = outer;
        match task {
            Task::Compose { context, input, .. } => self.compose(cause, &context, &input),
            Task::Consult { conversation, consult, asked, .. } => {
                let (advice, by) = (self.stage.desk.advise(&asked), Actor::Agent(asked.whom));
                self.come_back(by, cause, EffectResult::Advised { conversation, consult, advice, cost: None })
            }
            Task::CallTool { conversation, call, customer, ask, side_effect } => {
                if side_effect {
                    self.come_back(Actor::Floor, cause, EffectResult::ToolStarted { conversation, call })?;
                }
                let asking = Asking { call, customer, at: self.at };
                let outcome = match self.tools.get(&ask.tool) {
                    Some(given) => outcome(given),
                    None => self.shop.execute(asking, &ask),
                };
                self.come_back(Actor::Floor, cause, EffectResult::ToolReturned { conversation, call, outcome })
            }
            Task::Reconcile { conversation, call, asked, ask } => {
                let outcome = self.shop.happened(call, &ask);
                self.come_back(Actor::Floor, cause, EffectResult::ToolReconciled { conversation, call, asked, outcome })
            }
            // Nobody uploads anything here.
            Task::Scan { conversation, file } => {
                self.come_back(Actor::Floor, cause, EffectResult::FileScanned { conversation, file, scan: Scan::None })
            }
            // A scratch floor has no translator: it answers the words as they are.
            Task::Translate { conversation, piece, .. } => {
                let text = Err(TranslationFailure::Unreachable);
                let result = EffectResult::Translated { conversation, piece, text, call: None };
                self.come_back(Actor::Floor, cause, result)
            }
            // Nothing of this floor outlives it, and nobody is compared on it.
            Task::Forget(_) | Task::AskBeside { .. } => Ok(()),
        }
    }

    /// A language model composes, or what stands in for it.
    fn compose(&mut self, cause: Seq, context: &AgentContext, input: &StepInput) -> Result<(), ScratchError> {
        let desk = &self.stage.desk;
        let AgentContext { agent, conversation, composition, epoch, .. } = context;
        let (conversation, composition, epoch) = (*conversation, *composition, *epoch);
        let passages = desk.passages(context, input);
        let composed = match (desk.models(context, input), self.composer.as_mut()) {
            (Some(models), Some(composer)) => composer.compose(models, context, input, &passages),
            (None, _) | (_, None) => Composed { step: Some(desk.by_playbook(context, input)), ..Composed::default() },
        };
        let actor = Actor::Agent(agent.clone());
        for call in composed.calls {
            let (call, side) = (Box::new(call), context.side);
            let called = EffectResult::ModelCalled { conversation, composition, call, side };
            self.come_back(actor.clone(), cause, called)?;
        }
        let begins = matches!(input, StepInput::Turn | StepInput::HandedOver);
        let instead = || (begins && desk.has_flows(agent)).then(|| desk.by_playbook(context, input));
        let result = match composed.step.or_else(instead) {
            Some(step) => EffectResult::AgentActed {
                conversation,
                composition,
                epoch,
                step: Box::new(step),
                judged: composed.judged,
            },
            None => EffectResult::AgentFailed { conversation, composition, epoch, failure: Failure::Absent },
        };
        self.come_back(actor, cause, result)
    }

    /// Hands a result to the conductor. One that nobody waits for any more is no fault.
    fn come_back(&mut self, actor: Actor, cause: Seq, result: EffectResult) -> Result<(), ScratchError> {
        match self.submit(Command { actor, cause: Some(cause), ..Command::of_floor(Act::Effect(result)) }) {
            Err(ScratchError::Refused(_)) => Ok(()),
            done => done,
        }
    }
}

/// Whether something comes back without anybody's help. What waits for a person does not.
fn is_under_way(c: &Conversation) -> bool {
    let waits_for_people = !c.approvals.is_empty() || c.draft.is_some();
    let busy = c.composing.is_some() || c.retry_at.is_some() || c.handoff.is_some() || !c.calls.is_empty();
    busy && !waits_for_people
}

fn outcome(given: &GivenFile) -> ToolOutcome {
    if given.fails {
        return ToolOutcome::Failed;
    }
    if let Some(reason) = &given.declines {
        return ToolOutcome::Declined(Foreign::from(reason.as_str()));
    }
    let values = given.gives.iter().map(|(name, value)| (name.clone(), Foreign::from(value.as_str())));
    ToolOutcome::Done(values.collect())
}
