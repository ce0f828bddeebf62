//! The person asking for help, and how sure we are of them.

use serde::{Deserialize, Serialize};

use super::score::Score;
use super::time::Timestamp;

/// What the deployment promised this customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// As everybody.
    #[default]
    Standard,
    /// A loyal customer.
    Gold,
    /// A customer whose wait is counted twice.
    Vip,
}

impl Tier {
    /// As people say it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Gold => "gold",
            Self::Vip => "VIP",
        }
    }

    /// What it counts in a score, 0 to 1.
    pub const fn standing(self) -> Score {
        match self {
            Self::Standard => Score::ZERO,
            Self::Gold => Score::from_percent(50),
            Self::Vip => Score::ONE,
        }
    }
}

/// How sure we are of who a customer is. Comes from the session, never from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Nobody said anything.
    #[default]
    Anonymous,
    /// They said who they are.
    Claimed,
    /// Proven, until a time.
    Verified {
        /// By what.
        by: Proof,
        /// When it must be proven again.
        until: Timestamp,
    },
}

/// What proved an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A token signed by the site that embeds the chat.
    SignedToken,
    /// Facts only the customer knows, checked by a tool.
    Facts,
}

/// What a tool demands of the customer's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityNeed {
    /// Anybody may.
    Anonymous,
    /// Somebody who said who they are.
    Claimed,
    /// Only who has proven it. The default, since a forgotten line must not open a door.
    #[default]
    Verified,
}

impl Identity {
    /// Whether this is enough for `need` at `at`; a proof that ran out counts as a claim.
    pub fn satisfies(self, need: IdentityNeed, at: Timestamp) -> bool {
        let has = match self {
            Self::Anonymous => IdentityNeed::Anonymous,
            Self::Verified { until, .. } if until > at => IdentityNeed::Verified,
            Self::Claimed | Self::Verified { .. } => IdentityNeed::Claimed,
        };
        has >= need
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_runs_out() {
        let proven = Identity::Verified { by: Proof::SignedToken, until: Timestamp(10) };
        assert!(proven.satisfies(IdentityNeed::Verified, Timestamp(9)));
        assert!(!proven.satisfies(IdentityNeed::Verified, Timestamp(10)));
        assert!(proven.satisfies(IdentityNeed::Claimed, Timestamp(10)));
        assert!(!Identity::Claimed.satisfies(IdentityNeed::default(), Timestamp(0)));
    }
}
