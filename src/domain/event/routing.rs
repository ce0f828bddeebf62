//! Who was chosen, and why.

use crate::domain::id::{ConversationId, TurnNo};
use crate::domain::learning::Features;
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;

super::family! {
    /// Who was chosen, and why.
    RoutingEvent, "routing", conversation;
    /// A turn was routed.
    Routed = "routed" {
        /// Where.
        conversation: ConversationId,
        /// Which turn called for it.
        turn: TurnNo,
        /// The decision with its reasons.
        decision: Box<RoutingDecision>,
        /// What was known: hashes and numbers, no text.
        #[serde(default)]
        features: Box<Features>,
        /// What policy and roster alone gave each candidate, in their order.
        #[serde(default)]
        plain: Vec<Score>,
    }
}
