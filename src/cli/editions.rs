//! The editions of a deployment that were in force on a floor, and what customers began with, off its journal.

use std::collections::{BTreeMap, VecDeque};

use super::failure::Failure;
use super::journal;
use super::place::Place;
use crate::config::{Bundle, Difference, differences};
use crate::domain::customer::Tier;
use crate::domain::envelope::Actor;
use crate::domain::event::{ConversationEvent, Event, FloorEvent, TurnEvent};
use crate::domain::id::{ConversationId, Digest, Handle, Seq};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::runtime::library::{Library, name};

/// An edition that was put in force.
pub(super) struct Edition {
    /// Which one, counted from 1.
    pub(super) number: usize,
    /// When.
    pub(super) at: Timestamp,
    /// By whom; nobody when the floor began with it.
    pub(super) by: Option<String>,
    /// Under which name its texts are kept.
    pub(super) name: Digest,
}

/// How a conversation began.
pub(super) struct Opening {
    pub(super) handle: Handle,
    pub(super) tier: Tier,
    /// The customer's first words; none of who was forgotten.
    pub(super) words: Option<Foreign>,
}

/// The past of a floor, as far as editions are compared with it.
pub(super) struct Past {
    /// The editions, oldest first.
    pub(super) editions: Vec<Edition>,
    /// The last conversations, oldest first.
    pub(super) openings: Vec<Opening>,
    /// The texts of the editions.
    pub(super) library: Library,
}

impl Past {
    /// Reads the journal; of conversations the last `talks`.
    pub(super) fn read(place: &Place, talks: usize) -> Result<Self, Failure> {
        let (data, mut journal) = journal::open(place)?;
        let mut editions: Vec<Edition> = Vec::new();
        let mut order: VecDeque<ConversationId> = VecDeque::new();
        let mut openings: BTreeMap<ConversationId, Opening> = BTreeMap::new();
        journal.replay(Seq(0), &mut |envelope| {
            if let Event::Floor(FloorEvent::Adopted { deployment }) = &envelope.event {
                let by = if let Actor::Operator(name) = &envelope.actor { Some(name.to_string()) } else { None };
                let (number, name) = (editions.len() + 1, name(deployment));
                editions.push(Edition { number, at: envelope.at, by, name });
            }
            if let Event::Conversation(ConversationEvent::Opened { conversation, handle, tier, .. }) = &envelope.event {
                order.push_back(*conversation);
                openings.insert(*conversation, Opening { handle: *handle, tier: *tier, words: None });
                if order.len() > talks {
                    order.pop_front().and_then(|oldest| openings.remove(&oldest));
                }
            }
            if let Event::Turn(TurnEvent::CustomerSpoke { conversation, text, .. }) = &envelope.event
                && let Some(opening) = openings.get_mut(conversation)
            {
                opening.words = opening.words.take().or_else(|| text.reveal().cloned());
            }
        })?;
        let openings = order.iter().filter_map(|id| openings.remove(id)).collect();
        Ok(Self { editions, openings, library: Library::of(data.path()) })
    }

    /// The texts of an edition; nothing if they are not kept any more.
    pub(super) fn bundle(&self, edition: &Edition) -> Option<Bundle> {
        self.library.bundle(edition.name)
    }

    /// What an edition changed of the one before it; nothing is known where texts are missing.
    pub(super) fn changed(&self, edition: &Edition) -> Option<Vec<Difference>> {
        let before = self.editions.get(edition.number.checked_sub(2)?)?;
        Some(differences(&self.bundle(before)?.sources, &self.bundle(edition)?.sources))
    }
}
