//! What people do with each other: ask for what a colleague holds, and answer that.

use super::World;
use crate::domain::command::OperatorAct;
use crate::domain::id::{ClaimId, ConversationId};
use crate::orchestrator::conversation::Conversation;

impl World {
    /// Something between colleagues, now and then; mostly where one holds.
    pub(super) fn claim_act(
        &mut self,
        conversation: ConversationId,
        found: Option<&Conversation>,
    ) -> Option<OperatorAct> {
        let held = found.is_some_and(|c| c.baton.holder.operator().is_some());
        let open = found.and_then(|c| c.claim.as_ref()).map(|claim| claim.id);
        match (open, held) {
            (Some(claim), _) if self.dice.chance(50) => {
                let claim = if self.dice.chance(8) { ClaimId(self.dice.below(20)) } else { claim };
                Some(OperatorAct::AnswerClaim { conversation, claim, give: self.dice.chance(60) })
            }
            (None, true) if self.dice.chance(45) => {
                let note = self.dice.chance(30).then(|| "I know them".into());
                Some(OperatorAct::AskFor { conversation, note })
            }
            _ if self.dice.chance(3) => Some(OperatorAct::AskFor { conversation, note: None }),
            _ => None,
        }
    }
}
