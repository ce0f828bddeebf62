//! Taking back one's own last act: what can be taken back, for how long, and what that restores.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::conversation::Priority;
use super::id::{Label, OperatorName};
use super::supervision::Fuse;
use super::time::{Millis, Timestamp};

/// How long an act can be taken back: long enough to see what it did, too short to build on it. A pass to a
/// person can be taken back until the customer hears of them.
pub const UNDO_WINDOW: Millis = Millis::from_secs(30);

/// What can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undoable {
    /// A takeover.
    TakeOver,
    /// An offer that was taken.
    TakeOffer,
    /// A move to somebody.
    Move,
    /// How much it presses.
    Priority,
    /// Its labels.
    Labels,
    /// It was put to sleep.
    Snooze,
    /// A gate that was set or taken away.
    Gate,
    /// A customer was blocked.
    Block,
}

impl Undoable {
    /// Its word on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TakeOver => "take over",
            Self::TakeOffer => "take offer",
            Self::Move => "move",
            Self::Priority => "priority",
            Self::Labels => "labels",
            Self::Snooze => "snooze",
            Self::Gate => "gate",
            Self::Block => "block",
        }
    }
}

/// What stands again as it stood before the act; a pass that is undone says so itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restored {
    /// How much it presses, and where it stands in its line.
    Priority {
        /// As a person said; none means as the rules say.
        priority: Option<Priority>,
        /// Its place, if it waits in a line.
        rank: Option<Timestamp>,
    },
    /// All its labels.
    Labels(BTreeSet<Label>),
    /// It is awake, with the clocks it had.
    Awake,
    /// Who had set a gate here, and the fuse of its drafts; none means that there was none.
    Gate(Option<(OperatorName, Fuse)>),
}

impl Restored {
    /// What was taken back.
    pub const fn undone(&self) -> Undoable {
        match self {
            Self::Priority { .. } => Undoable::Priority,
            Self::Labels(_) => Undoable::Labels,
            Self::Awake => Undoable::Snooze,
            Self::Gate(_) => Undoable::Gate,
        }
    }
}
