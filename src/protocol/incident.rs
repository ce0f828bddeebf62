//! Rows of incidents; they are the same for everybody.

use serde::{Deserialize, Serialize};

use crate::domain::id::{ComponentName, Handle, IncidentId, OperatorName};
use crate::domain::incident::{BroadcastKind, ComponentState, Evidence, IncidentCause};
use crate::domain::score::Score;
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Timestamp;

/// One incident, or one that is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// Which.
    pub incident: IncidentId,
    /// Its name; of a proposal the cause in words.
    pub title: Clean,
    /// What its conversations share.
    pub cause: IncidentCause,
    /// Where it stands.
    pub stage: IncidentStage,
    /// Since when.
    pub since: Timestamp,
    /// Live conversations in it.
    pub members: u32,
    /// Of these, the ones that stand behind this row and not on their own.
    pub folded: u32,
    /// Of those, the ones that need somebody because of the cause.
    pub needs: u32,
    /// The greatest harm among these.
    pub harm: Score,
    /// Since when the customer waits who has waited longest.
    pub oldest: Option<Timestamp>,
    /// When the next of their answers is due.
    pub due: Option<Timestamp>,
    /// Live conversations that were told of it.
    #[serde(default)]
    pub told: u32,
    /// The message on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<RunningRow>,
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStage {
    /// Conversations seem to share a cause; a supervisor has to judge it.
    Proposed(Evidence),
    /// Somebody leads it.
    Open {
        /// Who.
        lead: OperatorName,
    },
    /// It is over.
    Cleared {
        /// Who led.
        lead: OperatorName,
        /// How long it can still be told about.
        until: Timestamp,
    },
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningRow {
    /// Which of the incident's, from 1.
    pub broadcast: u32,
    /// What kind of word it is.
    pub kind: BroadcastKind,
    /// So many were told.
    pub told: u32,
    /// So many are to be told still.
    pub left: u32,
}

/// What the house says of one of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Of which.
    pub component: ComponentName,
    /// How it does.
    pub state: ComponentState,
    /// What customers are told.
    pub text: Clean,
    /// Who said so.
    pub by: OperatorName,
    /// When.
    pub since: Timestamp,
    /// The incident with which it ends.
    pub incident: Option<IncidentId>,
}

/// What a message would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Of which incident.
    pub incident: IncidentId,
    /// What kind of word it would be.
    pub kind: BroadcastKind,
    /// The words, with their gaps.
    pub text: Foreign,
    /// So many would be told; this number has to be typed.
    pub count: u32,
    /// Who would not, a reason each.
    pub excluded: Vec<ExcludedRow>,
    /// The fills to look at: the longest, the shortest, the first.
    pub fills: Vec<FillRow>,
}

/// Conversations that would not be told for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedRow {
    /// Why.
    pub why: Clean,
    /// How many.
    pub count: u32,
    /// The first of them.
    pub handles: Vec<Handle>,
}

/// What one conversation would be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillRow {
    /// Why it is shown.
    pub what: Clean,
    /// Which conversation.
    pub handle: Handle,
    /// The customer's name.
    pub name: Clean,
    /// What they would read.
    pub text: Clean,
    /// What they said last.
    pub last: Clean,
}
