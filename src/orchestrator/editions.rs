//! Which edition of the deployment a conversation is on: the one in force, or one that is rolled out to a share.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::candidate::Share;
use crate::domain::customer::Tier;
use crate::domain::deployment::Deployment;
use crate::domain::id::{ChannelName, ConversationId, Digest, Seq};

use super::conversation::Conversation;
use super::floor::Floor;

/// Editions beside the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Editions {
    /// By the entry that rolled each out. One that takes no new conversations goes with its last live one.
    pub beside: BTreeMap<Seq, Beside>,
    /// The one on which new conversations begin, and which of them.
    pub open: Option<(Seq, Share)>,
}

/// An edition beside the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// The name of its texts.
    pub name: Digest,
    /// Its roster and rules.
    pub deployment: Arc<Deployment>,
    /// Conversations in which it holds.
    pub live: u32,
}

impl Editions {
    /// The edition that is rolled out now.
    pub fn rolled_out(&self) -> Option<(Seq, &Beside, &Share)> {
        let (seq, share) = self.open.as_ref()?;
        Some((*seq, self.beside.get(seq)?, share))
    }

    /// One more edition, or another share of the one that is rolled out.
    pub(super) fn roll_out(&mut self, seq: Seq, name: Digest, deployment: &Deployment, share: &Share) {
        let same = self.rolled_out().filter(|(_, beside, _)| beside.name == name).map(|(seq, ..)| seq);
        let seq = same.unwrap_or(seq);
        let fresh = || Beside { name, deployment: Arc::new(deployment.clone()), live: 0 };
        self.beside.entry(seq).or_insert_with(fresh);
        self.open = Some((seq, share.clone()));
    }

    /// No new conversation begins on it.
    pub(super) fn take_back(&mut self) {
        if let Some((seq, _)) = self.open.take() {
            self.forget(seq);
        }
    }

    pub(super) fn began(&mut self, seq: Seq) {
        if let Some(beside) = self.beside.get_mut(&seq) {
            beside.live += 1;
        }
    }

    pub(super) fn ended(&mut self, seq: Seq) {
        if let Some(beside) = self.beside.get_mut(&seq) {
            beside.live = beside.live.saturating_sub(1);
            self.forget(seq);
        }
    }

    /// Drops an edition that nobody is on and nobody begins on.
    fn forget(&mut self, seq: Seq) {
        let open = self.open.as_ref().is_some_and(|(open, _)| *open == seq);
        if !open && self.beside.get(&seq).is_some_and(|beside| beside.live == 0) {
            self.beside.remove(&seq);
        }
    }
}

impl Floor {
    /// The rules of a conversation.
    pub fn rules(&self, c: &Conversation) -> Option<&Arc<Deployment>> {
        self.deployment_of(c.edition)
    }

    /// The deployment of an edition; the one in force where it is beside that no more.
    pub fn deployment_of(&self, edition: Option<Seq>) -> Option<&Arc<Deployment>> {
        let beside = edition.and_then(|seq| self.editions.beside.get(&seq));
        beside.map(|beside| &beside.deployment).or(self.deployment.as_ref())
    }

    /// On which edition beside the one in force a conversation is, or would be on if its customer came back now.
    pub fn edition_of(&self, id: ConversationId) -> Option<Digest> {
        self.editions.beside.get(&self.goes_by(id)?).map(|beside| beside.name)
    }

    /// The entry of the edition beside the one in force that a conversation is on, or would begin anew on.
    pub fn goes_by(&self, id: ConversationId) -> Option<Seq> {
        let live = self.conversation(id).map(|c| c.edition);
        live.unwrap_or_else(|| {
            let stub = self.stubs.get(&id)?;
            self.begins_on(id, stub.tier, &stub.channel)
        })
    }

    /// On which edition beside the one in force a conversation begins: by its id alone, so that the same share
    /// says the same of it however often it is asked.
    pub fn begins_on(&self, id: ConversationId, tier: Tier, channel: &ChannelName) -> Option<Seq> {
        let (seq, beside, share) = self.editions.rolled_out()?;
        let covered = share.segment.as_ref().is_none_or(|segment| segment.covers(tier, channel));
        (covered && drawn(id, beside.name) < share.percent).then_some(seq)
    }
}

/// A number from 0 to 99 that belongs to this conversation and edition.
pub(super) fn drawn(id: ConversationId, edition: Digest) -> u8 {
    use sha2::{Digest as _, Sha256};
    let hash =
        Sha256::new().chain_update(b"edition begins").chain_update(id.to_bytes()).chain_update(edition.0).finalize();
    let [first, second, ..] = hash.as_slice() else { return 0 };
    (u16::from_be_bytes([*first, *second]) % 100) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Conversations that are drawn: the share of a tenth strays from it by less than a fifth with one in 10^12.
    const DRAWN: u64 = 20_000;

    #[test]
    fn a_share_is_of_conversations_evenly_and_each_edition_draws_anew() {
        let (one, other) = (Digest([1; 16]), Digest([2; 16]));
        let id = |n: u64| ConversationId::from_random((u128::from(n) * 0x9E37_79B9_7F4A_7C15).to_be_bytes());
        let within = |edition, percent| (0..DRAWN).filter(|n| drawn(id(*n), edition) < percent).count() as u64;
        for (percent, share) in [(10, DRAWN / 10), (50, DRAWN / 2), (100, DRAWN)] {
            assert!(within(one, percent).abs_diff(share) <= share / 5, "{percent} %: {}", within(one, percent));
        }
        let both = (0..DRAWN).filter(|n| drawn(id(*n), one) < 10 && drawn(id(*n), other) < 10).count() as u64;
        assert!(both < DRAWN / 50, "another edition is another lot: {both}");
    }
}
