//! Two that said different things, and whose word counted.

use crate::domain::authority::Authority;
use crate::domain::id::{AgentName, CompositionId, ConversationId, Seq};
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;

super::family! {
    /// Two that said different things.
    ConflictEvent, "conflict", conversation;
    /// One word counted, and the other was not followed.
    Settled = "settled" {
        /// Where.
        conversation: ConversationId,
        /// In which attempt to answer.
        composition: CompositionId,
        /// Who had to follow one of them.
        agent: AgentName,
        /// Whose word counted.
        won: Authority,
        /// Whose did not.
        lost: Authority,
        /// What would have been done by the one that lost.
        proposal: Personal<Foreign>,
        /// The entries of the whispers in force.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        under: Vec<Seq>,
    }
}
