//! Whose word counts when two say different things.
//!
//! The order is fixed, and the higher one wins: what the house's policy forbids nobody can whisper into
//! being; what needs a person's yes is not whispered either; a supervisor's whisper outranks the flow;
//! the flow outranks what an agent would do by itself. Of two equals the first that was decided wins, and
//! the second reads who and what. The losing side is kept and shown, never dropped in silence.

use serde::{Deserialize, Serialize};

/// Who says what is to be done, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// What an agent would do by itself.
    Own,
    /// The flow it follows.
    Playbook,
    /// What a supervisor whispered.
    Whisper,
    /// The rules of what needs a person's yes.
    Approval,
    /// The house's policy, and the law behind it.
    Policy,
}

impl Authority {
    /// The side that wins, and the one that loses.
    pub fn settle(self, other: Self) -> (Self, Self) {
        if self >= other { (self, other) } else { (other, self) }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Own => "the agent",
            Self::Playbook => "the playbook",
            Self::Whisper => "a whisper",
            Self::Approval => "the approval rules",
            Self::Policy => "the policy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_outranks_approvals_outrank_whispers_outrank_flows_outrank_the_agent() {
        let order = [Authority::Own, Authority::Playbook, Authority::Whisper, Authority::Approval, Authority::Policy];
        for (at, low) in order.iter().enumerate() {
            for high in order.iter().skip(at + 1) {
                assert_eq!(low.settle(*high), (*high, *low));
                assert_eq!(high.settle(*low), (*high, *low));
            }
        }
    }
}
