//! One conversation before the judge: the state it stands in, and how events about it are spelled.

use std::sync::Arc;

use crate::domain::agent::AgentSpec;
use crate::domain::baton::Holder;
use crate::domain::command::Seen;
use crate::domain::conversation::HouseSentence;
use crate::domain::deployment::Deployment;
use crate::domain::event::{Event, TurnEvent};
use crate::domain::id::{AgentName, ConversationId, TurnNo};
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;

use super::{escalate, wait};

/// A live conversation with everything a rule may read.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) floor: &'a Floor,
    pub(super) deployment: &'a Arc<Deployment>,
    pub(super) conversation: &'a Conversation,
    pub(super) at: Timestamp,
}

impl<'a> Case<'a> {
    pub(super) fn open(floor: &'a Floor, id: ConversationId, at: Timestamp) -> Result<Self, Refusal> {
        floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
        let conversation = floor.conversation(id).ok_or(Refusal::UnknownConversation)?;
        let deployment = floor.rules(conversation).ok_or(Refusal::NoDeployment)?;
        Ok(Self { floor, deployment, conversation, at })
    }

    pub(super) fn id(&self) -> ConversationId {
        self.conversation.id
    }

    pub(super) fn holder(&self) -> &'a Holder {
        &self.conversation.baton.holder
    }

    /// The agent that holds, as the roster knows it.
    pub(super) fn holding_agent(&self) -> Option<&'a AgentSpec> {
        self.deployment.agent(self.holder().agent()?)
    }

    pub(super) fn not_holder(&self) -> Refusal {
        Refusal::NotHolder { holder: self.holder().clone(), epoch: self.conversation.baton.epoch }
    }

    /// Refuses an act whose author saw another conversation or another holder.
    pub(super) fn check_seen(&self, seen: Option<&Seen>) -> Result<(), Refusal> {
        let same =
            seen.is_none_or(|seen| seen.conversation == self.id() && seen.epoch == self.conversation.baton.epoch);
        if same { Ok(()) } else { Err(self.changed()) }
    }

    pub(super) fn changed(&self) -> Refusal {
        Refusal::ChangedSinceSeen { holder: self.holder().clone(), epoch: self.conversation.baton.epoch }
    }

    /// The house says one of its sentences as message number `turn`.
    pub(super) fn house(&self, turn: TurnNo, sentence: HouseSentence, who: &str) -> Event {
        self.house_by(turn, sentence, who, wait::told(self))
    }

    /// The same of what is expected by a time of its own.
    pub(super) fn house_by(&self, turn: TurnNo, sentence: HouseSentence, who: &str, by: Timestamp) -> Event {
        let text = Foreign::from(self.deployment.sentence(sentence, who, self.at, by));
        TurnEvent::HouseSpoke { conversation: self.id(), turn, sentence, text }.into()
    }

    /// Within which time this customer is promised a human.
    pub(super) fn human_promise(&self) -> Millis {
        escalate::promise(self.deployment, self.conversation.tier)
    }

    /// The moment at which `span` of business time from now has gone by.
    pub(super) fn due_after(&self, span: Millis) -> Timestamp {
        self.deployment.policy.hours.due_after(self.at, span)
    }

    /// How an agent is introduced to the customer.
    pub(super) fn title(&self, agent: &AgentName) -> String {
        self.deployment.agent(agent).map_or_else(|| agent.to_string(), |spec| spec.title.clone())
    }

    /// Whether a human holds of whom the customer has not heard.
    pub(super) fn unannounced(&self) -> bool {
        self.conversation.grace_until.is_some()
    }
}
