//! What was learnt from one conversation.

use crate::domain::escalation::Term;
use crate::domain::id::{AgentName, ConversationId, IntentName, OperatorName, TurnNo};
use crate::domain::learning::{CameOf, Counted, Need, TurnRating};
use crate::domain::score::Score;

super::family! {
    /// What was learnt from one conversation.
    LessonEvent, "lesson", conversation;
    /// It is known what came of the last choice of an agent.
    Rewarded = "rewarded" {
        /// Where.
        conversation: ConversationId,
        /// For which message the choice was made.
        turn: TurnNo,
        /// Who was chosen.
        agent: AgentName,
        /// What came of it.
        came: CameOf,
        /// What the policy takes that for, 0 to 1.
        reward: Score,
        /// What that was made of beside it.
        #[serde(default, skip_serializing_if = "Counted::is_nothing")]
        counted: Counted,
        /// What was read of the conversation at its end, when it has ended.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        terms: Vec<Term>,
    }
    /// It is known whether a human was needed.
    NeedKnown = "need_known" {
        /// Where.
        conversation: ConversationId,
        /// How that is known.
        need: Need,
        /// What was read then.
        terms: Vec<Term>,
    }
    /// A person says who should have had it, and that what is like it should go there too.
    Taught = "taught" {
        /// Where.
        conversation: ConversationId,
        /// The message that is meant.
        turn: TurnNo,
        /// As what it was read.
        intent: Option<IntentName>,
        /// Who was chosen for it.
        was: Option<AgentName>,
        /// Who should have been.
        agent: AgentName,
        /// Who says so.
        by: OperatorName,
        /// Whether it counts for others than this conversation.
        lasting: bool,
    }
    /// A person says what a message was about.
    IntentCorrected = "intent_corrected" {
        /// Where.
        conversation: ConversationId,
        /// The message that is meant.
        turn: TurnNo,
        /// As what it was read, as far as that is still at hand.
        was: Option<IntentName>,
        /// What it was about.
        intent: IntentName,
        /// Who takes that and was not chosen for it: what is like it goes there from now on.
        agent: Option<AgentName>,
        /// Who says so.
        by: OperatorName,
    }
    /// A person judged an answer of an agent.
    TurnRated = "turn_rated" {
        /// Where.
        conversation: ConversationId,
        /// Which message.
        turn: TurnNo,
        /// Whose.
        agent: AgentName,
        /// How it was.
        rating: TurnRating,
        /// Who says so.
        by: OperatorName,
    }
}
