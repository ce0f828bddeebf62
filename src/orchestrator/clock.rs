//! The clocks of one conversation, as their events left them.

use serde::{Deserialize, Serialize};

use crate::domain::baton::Holder;
use crate::domain::clock::{ActorTimes, ClockKind, ClockSet, Spender};
use crate::domain::id::TurnNo;
use crate::domain::time::Timestamp;

use super::conversation::Conversation;
use super::due::Alarm;

/// A clock that was set running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Which, and its times.
    pub set: ClockSet,
    /// The customer's message that set it running.
    pub turn: TurnNo,
    /// When that was.
    pub since: Timestamp,
    /// Since when it stands still.
    pub paused: Option<Timestamp>,
    /// Whether it has warned.
    pub warned: bool,
    /// Whether it was breached.
    pub breached: bool,
}

impl Clock {
    /// What it does next: it warns before it is breached.
    fn alarm(&self) -> Option<(Timestamp, Alarm)> {
        let ClockSet { clock, warn, due } = self.set;
        match (self.paused, self.warned, self.breached) {
            (Some(_), ..) | (None, _, true) => None,
            (None, false, false) => Some((warn, Alarm::ClockWarns(clock))),
            (None, true, false) => Some((due, Alarm::ClockBreached(clock))),
        }
    }
}

/// The clocks that answers and the end of the matter are owed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Clocks {
    /// Of the answer that is owed; none when none is.
    pub answer: Option<Clock>,
    /// Of the matter; none before the customer has said anything.
    pub resolution: Option<Clock>,
}

impl Clocks {
    /// The clock of that kind, if it was set.
    pub fn get(&self, kind: ClockKind) -> Option<&Clock> {
        self.iter().find(|clock| clock.set.clock == kind)
    }

    /// Both, as far as they were set.
    pub fn iter(&self) -> impl Iterator<Item = &Clock> {
        self.answer.iter().chain(&self.resolution)
    }

    /// The one that is due next; one that stands still is not.
    pub fn next(&self) -> Option<&Clock> {
        self.iter().filter(|clock| clock.paused.is_none()).min_by_key(|clock| clock.set.due)
    }

    pub(super) fn alarms(&self) -> impl Iterator<Item = (Timestamp, Alarm)> {
        self.iter().filter_map(Clock::alarm)
    }

    /// A clock begins to run, or runs on with new times.
    pub(super) fn set(&mut self, set: ClockSet, turn: TurnNo, at: Timestamp) {
        let slot = if set.clock.is_answer() { &mut self.answer } else { &mut self.resolution };
        let fresh = Clock { set, turn, since: at, paused: None, warned: false, breached: false };
        *slot = Some(slot.map_or(fresh, |running| Clock { set, paused: None, ..running }));
    }

    /// Nothing is owed now: the answer was given, the matter waits for the customer.
    pub(super) fn answered(&mut self, at: Timestamp) {
        self.answer = None;
        self.pause(at);
    }

    /// All of them stand still.
    pub(super) fn pause(&mut self, at: Timestamp) {
        for clock in self.answer.iter_mut().chain(&mut self.resolution) {
            clock.paused.get_or_insert(at);
        }
    }

    /// Those that ran in `before` run on; a breached one stays breached.
    pub(super) fn run_on(&mut self, before: &Self) {
        let ran = |kind: ClockKind| before.get(kind).is_some_and(|clock| clock.paused.is_none());
        let clocks = self.answer.iter_mut().chain(&mut self.resolution);
        clocks.filter(|clock| ran(clock.set.clock)).for_each(|clock| clock.paused = None);
    }

    pub(super) fn change(&mut self, kind: ClockKind, change: impl FnOnce(&mut Clock)) {
        let mut clocks = self.answer.iter_mut().chain(&mut self.resolution);
        if let Some(clock) = clocks.find(|clock| clock.set.clock == kind) {
            change(clock);
        }
    }
}

impl Conversation {
    /// Whose time it is now.
    pub fn spender(&self) -> Option<Spender> {
        // A sleep counts for nobody.
        if self.asleep() {
            return None;
        }
        if !self.unanswered() {
            return Some(Spender::Customer);
        }
        match self.baton.holder {
            Holder::Nobody => None,
            Holder::Agent(_) => Some(Spender::Bot),
            Holder::Queue(_) => Some(Spender::Queue),
            Holder::Operator(_) => Some(Spender::Human),
        }
    }

    /// How long each actor had it, up to `at`.
    pub fn spent_until(&self, at: Timestamp) -> ActorTimes {
        let now = at.since(self.spent_since).0;
        self.spender().map_or(self.spent, |spender| self.spent.with(spender, now))
    }
}
