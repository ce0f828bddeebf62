//! What people arrange around a conversation, and what an act of theirs that is taken back restores.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::baton::Holder;
use crate::domain::conversation::Priority;
use crate::domain::handoff::ContextPack;
use crate::domain::id::{Epoch, Label, OperatorName};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::domain::undo::Undoable;
use crate::domain::watch::WatchFor;

use super::{Clocks, Escalation, Gate};

/// What the last pass left behind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Passing {
    /// Who answers as far as the customer knows, while a new human holder was not announced.
    pub told: Option<Holder>,
    /// The request for a human that was settled since: a pass that is undone opens it again.
    pub left: Option<Box<Escalation>>,
}

/// An act of a person that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Whose.
    pub by: OperatorName,
    /// What it was.
    pub what: Undoable,
    /// Until when.
    pub until: Timestamp,
    /// The epoch since it: under another somebody else holds.
    pub epoch: Epoch,
    /// What stood before; none once the customer has seen something since.
    pub before: Option<Before>,
}

/// What an undo restores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Before {
    /// Who held.
    Holder(Box<Held>),
    /// How much it pressed.
    Priority(Option<Priority>),
    /// Its labels.
    Labels(BTreeSet<Label>),
    /// That it was awake; how its clocks stood is kept with its sleep.
    Awake,
    /// The gate that was here.
    Gate(Option<Gate>),
}

/// How somebody held a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Who.
    pub holder: Holder,
    /// Since when.
    pub since: Timestamp,
    /// The pack the holder had not answered on.
    pub pack: Option<Box<ContextPack>>,
    /// The request for a human that was open; its offer was withdrawn and does not come back to life.
    pub escalation: Option<Escalation>,
    /// When the customer would have been told of the holder.
    pub grace_until: Option<Timestamp>,
    /// Of whom the customer knew then.
    pub told: Option<Holder>,
    /// The human stretch as it was.
    pub human_stretch: Option<(Timestamp, Option<Timestamp>)>,
}

/// What people arrange around a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Arranged {
    /// How much it presses, if a person said so.
    pub priority: Option<Priority>,
    /// Marks that they put on it.
    pub labels: BTreeSet<Label>,
    /// Who keeps an eye on it.
    pub watches: BTreeMap<OperatorName, Watch>,
}

/// Somebody keeps an eye on a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// When they are called, if they are.
    pub when: Option<WatchFor>,
    /// When that happened.
    pub noticed: Option<Timestamp>,
}

impl Watch {
    /// Whether they wait to be called.
    pub const fn waits(&self) -> bool {
        self.when.is_some() && self.noticed.is_none()
    }
}

/// A sleep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// By whom.
    pub by: OperatorName,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: Option<Personal<Foreign>>,
    /// The clocks as they stood: those that ran run again when it wakes.
    pub clocks: Clocks,
}
