//! A seeded world: commands of customers and operators, effects that come back in seeded order or
//! fail, time that jumps, disks that break, lives that end; over the very conductor that runs live.
//!
//! The commands are kept by instant, so that the same ones can be carried out again in batches of
//! another size.

mod cast;
mod closing;
mod incidents;
mod ladder;
mod moves;
mod people;
#[cfg(test)]
mod tests;

use crate::domain::command::{Act, Command, EffectResult, FloorAct};
use crate::domain::deployment::Deployment;
use crate::domain::envelope::{Actor, Envelope, KeyUse};
use crate::domain::file::{Scan, ScanFault};
use crate::domain::id::{CallId, ChannelName, ConversationId, CustomerId, IdError, Seq};
use crate::domain::time::{Millis, Timestamp};
use crate::domain::translation::TranslationFailure;
use crate::orchestrator::laws::Laws;
use crate::orchestrator::{Floor, evolve};
use crate::runtime::conductor::{Conductor, Inner, Outer, Released, Submitted, Task};
use crate::store::StoreError;
use crate::store::journal::memory::MemoryJournal;
use crate::store::journal::{Journal, JournalRead};
use crate::store::vault::Vault;

use super::dice::Dice;

use cast::{Wild, cast, tool_answer};

/// When worlds begin; any day will do.
const BEGIN: Timestamp = Timestamp(1_700_000_000_000);
/// Commands in one instant at most.
const INSTANT_MAX: u64 = 12;

/// Commands that are carried out at the same time.
#[derive(Debug, Clone)]
pub struct Instant {
    /// When.
    pub at: Timestamp,
    /// What, in order.
    pub commands: Vec<Command>,
}

/// A world that could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Its journal or vault failed where no fault was asked for.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The desk cannot be read.
    #[error("the preset cannot be read: {0}")]
    Preset(String),
    /// A name of ours is none.
    #[error(transparent)]
    Name(#[from] IdError),
}

/// What goes wrong in a world besides what its people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Disks break and lives end in the middle; the next life rebuilds from the journal.
    pub crashes: bool,
    /// Customers are forgotten, and their keys destroyed.
    pub erasures: bool,
}

/// One seeded world.
pub struct World {
    dice: Dice,
    faults: Faults,
    desk: Deployment,
    channel: ChannelName,
    vault: Vault,
    journal: MemoryJournal,
    conductor: Conductor<MemoryJournal>,
    at: Timestamp,
    /// Effects that have not come back.
    outer: Vec<Outer>,
    /// Who has talked here.
    known: Vec<(ConversationId, CustomerId)>,
    /// Keys in use, with what they were used for.
    used: Vec<(Actor, KeyUse, Act)>,
    minted: u64,
    /// What was carried out, life by life.
    lives: Vec<Vec<Instant>>,
    /// The laws over everything committed.
    pub laws: Laws,
    /// Commands that the rules turned down.
    pub refused: u64,
}

impl World {
    /// A world of that seed, with its deployment adopted.
    pub fn new(seed: u64, faults: Faults) -> Result<Self, WorldError> {
        Self::of(cast()?, seed, faults)
    }

    /// The same with a desk that is at hand: reading one takes longer than a short world lives.
    fn of(desk: Deployment, seed: u64, faults: Faults) -> Result<Self, WorldError> {
        let vault = Vault::in_memory()?;
        let journal = MemoryJournal::new(desk.name.clone(), vault.clone());
        let conductor = conductor(&desk, Floor::default(), journal.clone());
        let mut world = Self {
            dice: Dice::new(seed, 0),
            faults,
            desk,
            channel: "web".parse()?,
            vault,
            journal,
            conductor,
            at: BEGIN,
            outer: Vec::new(),
            known: Vec::new(),
            used: Vec::new(),
            minted: 0,
            lives: Vec::new(),
            laws: Laws::default(),
            refused: 0,
        };
        world.begin_life()?;
        Ok(world)
    }

    /// Carries out about so many commands.
    pub fn run(&mut self, commands: u64) -> Result<(), StoreError> {
        let mut done = 0;
        while done < commands {
            if self.dice.chance(60) {
                self.at = self.at + self.dice.waiting(Millis(4_000));
            }
            let count = 1 + self.dice.below(INSTANT_MAX);
            // Each command is thought of in view of the floor as it was before the instant.
            let mut commands = Vec::new();
            for _ in 0..count {
                commands.extend(self.next_commands()?);
            }
            done += count;
            if self.faults.crashes && self.dice.chance(6) {
                self.journal.break_after(self.dice.below(2))?;
            }
            if commands.is_empty() {
                continue;
            }
            if self.carry_out(commands).is_err() {
                self.next_life()?;
            }
        }
        Ok(())
    }

    /// The floor as the conductor sees it.
    pub fn floor(&self) -> &Floor {
        self.conductor.floor()
    }

    /// The journal, to read.
    pub fn journal(&self) -> Result<Box<dyn JournalRead>, StoreError> {
        self.journal.reader()
    }

    /// The commands of the only life of a world without crashes.
    pub fn instants(&self) -> &[Instant] {
        self.lives.first().map_or(&[], Vec::as_slice)
    }

    /// Carries the commands of a world out again on a new floor, in batches of at most `size`.
    /// Returns what was committed.
    pub fn again(&self, size: usize) -> Result<Vec<Envelope>, StoreError> {
        let journal = MemoryJournal::new(self.desk.name.clone(), self.vault.clone());
        let mut conductor = conductor(&self.desk, Floor::default(), journal);
        let mut committed = Vec::new();
        for instant in self.instants() {
            for batch in instant.commands.chunks(size.max(1)) {
                let released = conductor.step(submitted(batch.to_vec()), instant.at)?;
                committed.extend(released.envelopes.iter().cloned());
            }
        }
        Ok(committed)
    }

    fn carry_out(&mut self, commands: Vec<Command>) -> Result<(), StoreError> {
        let instant = Instant { at: self.at, commands: commands.clone() };
        let Released { answers, envelopes, outer } = self.conductor.step(submitted(commands), self.at)?;
        if let Some(life) = self.lives.last_mut() {
            life.push(instant);
        }
        self.refused += answers.iter().filter(|(_, answer)| answer.is_err()).count() as u64;
        for envelope in &*envelopes {
            self.laws.check(envelope);
        }
        for effect in outer {
            match effect.task {
                Task::Forget(customer) => {
                    self.vault.destroy(customer)?;
                }
                Task::Compose { .. }
                | Task::AskBeside { .. }
                | Task::Consult { .. }
                | Task::Translate { .. }
                | Task::CallTool { .. }
                | Task::Scan { .. }
                | Task::Reconcile { .. } => {
                    self.outer.push(effect);
                }
            }
        }
        Ok(())
    }

    fn begin_life(&mut self) -> Result<(), StoreError> {
        self.lives.push(Vec::new());
        let mut commands = vec![
            Command::of_floor(Act::Floor(FloorAct::Start)),
            Command::of_floor(Act::Floor(FloorAct::Adopt(Box::new(self.desk.clone())))),
        ];
        for operator in &self.desk.operators {
            commands.push(Command::of_floor(Act::Floor(FloorAct::Arrive(operator.name.clone()))));
        }
        self.carry_out(commands)
    }

    /// The process died: what was not written is gone, effects under way come back to nobody.
    fn next_life(&mut self) -> Result<(), StoreError> {
        self.journal = self.journal.reopened()?;
        let floor = replayed(&mut *self.journal.reader()?)?;
        self.conductor = conductor(&self.desk, floor, self.journal.clone());
        self.outer.clear();
        self.begin_life()
    }

    /// An effect that comes back, in whatever order.
    fn completion(&mut self) -> Option<Vec<Command>> {
        if self.outer.is_empty() {
            return None;
        }
        let drawn = self.dice.below(self.outer.len() as u64) as usize;
        let Outer { cause, task } = self.outer.swap_remove(drawn);
        let come_back = |actor, result| Command { actor, cause: Some(cause), ..Command::of_floor(Act::Effect(result)) };
        Some(match task {
            Task::Compose { context, input, .. } => {
                let result = Wild { desk: self.desk.clone() }.later(&context, &input);
                vec![come_back(Actor::Agent(context.agent.clone()), result)]
            }
            Task::AskBeside { context, input } => {
                let agent = context.agent.clone();
                vec![come_back(Actor::Agent(agent), Wild { desk: self.desk.clone() }.beside(&context, &input))]
            }
            Task::Consult { conversation, consult, asked, .. } => {
                let advice = Wild { desk: self.desk.clone() }.advise(&asked);
                vec![come_back(
                    Actor::Agent(asked.whom),
                    EffectResult::Advised { conversation, consult, advice, cost: None },
                )]
            }
            Task::Translate { conversation, piece, .. } => {
                let text = Err(TranslationFailure::Unreachable);
                let result = EffectResult::Translated { conversation, piece, text, call: None };
                vec![come_back(Actor::Floor, result)]
            }
            Task::CallTool { conversation, call, ask, side_effect, .. } => {
                let outcome = tool_answer(call, &ask);
                let returned = come_back(Actor::Floor, EffectResult::ToolReturned { conversation, call, outcome });
                let started = come_back(Actor::Floor, EffectResult::ToolStarted { conversation, call });
                if side_effect { vec![started, returned] } else { vec![returned] }
            }
            Task::Reconcile { conversation, call, asked, ask } => {
                let outcome = tool_answer(CallId(call.0 + u64::from(asked)), &ask);
                vec![come_back(Actor::Floor, EffectResult::ToolReconciled { conversation, call, asked, outcome })]
            }
            Task::Scan { conversation, file } => {
                let scans = [Scan::Clean, Scan::Refused, Scan::Unknown(ScanFault::TimedOut)];
                let drawn = self.dice.below(scans.len() as u64) as usize;
                let scan = scans.get(drawn).copied().unwrap_or(Scan::Clean);
                vec![come_back(Actor::Floor, EffectResult::FileScanned { conversation, file, scan })]
            }
            Task::Forget(_) => Vec::new(),
        })
    }
}

fn conductor(desk: &Deployment, floor: Floor, journal: MemoryJournal) -> Conductor<MemoryJournal> {
    Conductor::new(desk.name.clone(), floor, journal, Box::new(Wild { desk: desk.clone() }))
}

/// A floor as a start finds it: the fold of everything in the journal.
pub fn replayed(journal: &mut dyn JournalRead) -> Result<Floor, StoreError> {
    let mut floor = Floor::default();
    journal.replay(Seq(0), &mut |envelope| evolve(&mut floor, &envelope))?;
    Ok(floor)
}

fn submitted(commands: Vec<Command>) -> Vec<Submitted> {
    (0..).zip(commands).map(|(ticket, command)| Submitted { ticket, command }).collect()
}
