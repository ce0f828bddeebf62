//! Editions checked: who begins on which is what the share says of it, and what an agent may is its edition's.

use std::collections::BTreeMap;

use crate::domain::candidate::Share;
use crate::domain::deployment::Deployment;
use crate::domain::envelope::Envelope;
use crate::domain::event::{BatonEvent, ConversationEvent, FloorEvent};
use crate::domain::id::{ConversationId, Digest, Seq};
use crate::orchestrator::editions::drawn;

use super::Laws;

/// What was rolled out.
#[derive(Debug, Default)]
pub(super) struct EditionBook {
    beside: BTreeMap<Seq, (Digest, Deployment)>,
    open: Option<(Seq, Share)>,
}

impl Laws {
    pub(super) fn edition(&mut self, envelope: &Envelope, event: &FloorEvent) {
        let book = &mut self.editions;
        match event {
            FloorEvent::Adopted { deployment } => {
                self.deployment = Some((**deployment).clone());
                self.editions = EditionBook::default();
            }
            FloorEvent::RolledOut { edition, deployment, share } => {
                let name = |seq: &Seq| book.beside.get(seq).map(|(name, _)| *name);
                let open = book.open.as_ref().map(|(seq, _)| *seq).filter(|seq| name(seq) == Some(*edition));
                let seq = open.unwrap_or(envelope.seq);
                book.beside.entry(seq).or_insert_with(|| (*edition, (**deployment).clone()));
                book.open = Some((seq, share.clone()));
                let percent = share.percent;
                self.hold(5, envelope.seq, (1..=100).contains(&percent), || format!("rolled out to {percent} %"));
            }
            FloorEvent::TakenBack { .. } => {
                let open = self.editions.open.take().is_some();
                self.hold(5, envelope.seq, open, || "taken back, and nothing was rolled out".to_owned());
            }
            FloorEvent::Started { .. } | FloorEvent::Stopped {} => {}
        }
    }

    /// Law 5: a lot is a hash of the conversation, and is drawn once, as it begins.
    pub(super) fn begins(&mut self, envelope: &Envelope, event: &ConversationEvent) {
        match event {
            ConversationEvent::Opened { conversation, .. } | ConversationEvent::Reopened { conversation, .. } => {
                self.account(*conversation).edition = None;
                self.account(*conversation).begins = true;
            }
            ConversationEvent::BeganOn { conversation, edition } => {
                let account = self.account(*conversation);
                let begins = account.begins;
                account.edition = Some(*edition);
                self.hold(5, envelope.seq, begins, || "an edition was changed under a conversation".to_owned());
            }
            ConversationEvent::Identified { .. }
            | ConversationEvent::Resolved { .. }
            | ConversationEvent::FirstContactLost { .. }
            | ConversationEvent::Rated { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken { .. }
            | ConversationEvent::Closed { .. } => {}
        }
    }

    /// The first pass: by then it is on the edition of its lot.
    pub(super) fn begun(&mut self, envelope: &Envelope, event: &BatonEvent) {
        let BatonEvent::Passed { conversation, .. } = event else { return };
        let account = self.account(*conversation);
        if !std::mem::take(&mut account.begins) {
            return;
        }
        let (tier, channel, on) = (account.tier, account.channel.clone(), account.edition);
        let lot = self.editions.open.as_ref().filter(|(seq, share)| {
            let covered = share.segment.as_ref().is_none_or(|segment| {
                tier.zip(channel.as_ref()).is_some_and(|(tier, channel)| segment.covers(tier, channel))
            });
            let name = self.editions.beside.get(seq).map(|(name, _)| *name);
            covered && name.is_some_and(|name| drawn(*conversation, name) < share.percent)
        });
        let lot = lot.map(|(seq, _)| *seq);
        self.hold(5, envelope.seq, on == lot, || format!("began on {on:?}, its lot is {lot:?}"));
    }

    /// The rules of a conversation.
    pub(super) fn rules(&self, id: ConversationId) -> Option<&Deployment> {
        let edition = self.accounts.get(&id).and_then(|account| account.edition);
        let beside = edition.and_then(|seq| self.editions.beside.get(&seq)).map(|(_, deployment)| deployment);
        beside.or(self.deployment.as_ref())
    }
}
