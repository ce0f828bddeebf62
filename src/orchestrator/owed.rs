//! What is owed to a customer: the open promises of a conversation, live or resolved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::baton::Holder;
use crate::domain::conversation::Author;
use crate::domain::id::{ConversationId, OperatorName, PromiseId, PromiseName};
use crate::domain::personal::Personal;
use crate::domain::promise::Promise;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

use super::floor::Floor;

/// The open promises of one conversation. What was kept or let go is in the journal.
pub type Open = BTreeMap<PromiseId, Owed>;

/// One open promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Who made it.
    pub by: Author,
    /// What the flow that made it calls it.
    pub name: Option<PromiseName>,
    /// What, in words.
    pub text: Personal<Foreign>,
    /// By when.
    pub due: Option<Timestamp>,
    /// When it was made.
    pub since: Timestamp,
    /// Whether its time has passed.
    pub breached: bool,
    /// Who was named for it; without a name it is owed by whoever holds the baton.
    pub keeper: Option<OperatorName>,
}

impl Owed {
    /// Who owes it while `holder` holds the baton: it passes with the baton, so that it cannot be left
    /// behind, unless somebody was named for it.
    pub fn owner(&self, holder: &Holder) -> Holder {
        self.keeper.clone().map_or_else(|| holder.clone(), Holder::Operator)
    }

    /// As it travels with the context.
    pub fn travels(&self, id: PromiseId) -> Promise {
        Promise { id: Some(id), name: self.name.clone(), text: self.text.clone(), due: self.due }
    }
}

/// All of them as they travel.
pub fn travelling(open: &Open) -> impl Iterator<Item = Promise> + '_ {
    open.iter().map(|(id, owed)| owed.travels(*id))
}

/// The next that becomes late.
pub fn next_late(open: &Open) -> Option<(Timestamp, PromiseId)> {
    open.iter().filter(|(_, owed)| !owed.breached).filter_map(|(id, owed)| Some((owed.due?, *id))).min()
}

/// One open promise and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which.
    pub id: PromiseId,
    /// What is known of it.
    pub owed: &'a Owed,
    /// Who holds the baton there.
    pub holder: &'a Holder,
}

impl Found<'_> {
    /// Who owes it.
    pub fn owner(&self) -> Holder {
        self.owed.owner(self.holder)
    }
}

impl Floor {
    /// The open promises of a conversation, live or resolved, and who holds the baton there.
    pub fn owed_in(&self, id: ConversationId) -> Option<(&Open, &Holder)> {
        let live = self.conversation(id).map(|c| (&c.owed, &c.baton.holder));
        live.or_else(|| self.stubs.get(&id).map(|stub| (&stub.owed, &Holder::Nobody)))
    }

    /// Every open promise of the floor, by conversation.
    pub fn owed(&self) -> impl Iterator<Item = Found<'_>> {
        let owing = self.conversations.keys().chain(&self.owing);
        owing.filter_map(|id| Some((*id, self.owed_in(*id)?))).flat_map(|(conversation, (open, holder))| {
            open.iter().map(move |(id, owed)| Found { conversation, id: *id, owed, holder })
        })
    }
}
