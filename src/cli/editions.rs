//! The editions of a deployment that were in force on a floor, and what customers began with, off its journal.

mod compared;

use std::collections::{BTreeMap, VecDeque};

use super::failure::Failure;
use super::journal;
use super::place::Place;
use crate::config::{Bundle, Difference, differences};
use crate::domain::candidate::Share;
use crate::domain::customer::Tier;
use crate::domain::envelope::{Actor, Envelope};
use crate::domain::event::{ConversationEvent, Event, FloorEvent, TurnEvent};
use crate::domain::id::{ConversationId, Digest, Handle, Seq};
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;
use crate::runtime::library::{Library, name};
use compared::Comparison;
pub(super) use compared::{Arms, Sums};

/// An edition that was put in force, for everybody or for a share.
pub(super) struct Edition {
    /// Which one, counted from 1.
    pub(super) number: usize,
    /// When.
    pub(super) at: Timestamp,
    /// By whom; nobody when the floor began with it.
    pub(super) by: Option<String>,
    /// Under which name its texts are kept.
    pub(super) name: Digest,
    /// Which new conversations begin on it, while it is rolled out.
    pub(super) share: Option<Share>,
    /// Conversations that it holds in now.
    pub(super) live: usize,
    /// What came of those that began on it, and of the others, while it was rolled out.
    pub(super) arms: Option<Arms>,
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
    /// Where the one in force stands among them.
    in_force: Option<usize>,
    /// The last conversations, oldest first.
    pub(super) openings: Vec<Opening>,
    /// The texts of the editions.
    pub(super) library: Library,
}

impl Past {
    /// Reads the journal; of conversations the last `talks`.
    pub(super) fn read(place: &Place, talks: usize) -> Result<Self, Failure> {
        let (data, mut journal) = journal::open(place)?;
        let mut reading = Reading::default();
        let mut openings = Openings { talks, ..Openings::default() };
        journal.replay(Seq(0), &mut |envelope| {
            reading.fold(&envelope);
            openings.fold(&envelope);
        })?;
        let (editions, in_force) = reading.done();
        Ok(Self { editions, in_force, openings: openings.done(), library: Library::of(data.path()) })
    }

    /// The edition in force for everybody, but for a share of which another may hold.
    pub(super) fn in_force(&self) -> Option<&Edition> {
        self.editions.get(self.in_force?)
    }

    /// The edition on which a share of new conversations begins.
    pub(super) fn rolled_out(&self) -> Option<(&Edition, &Share)> {
        self.editions.iter().find_map(|edition| Some((edition, edition.share.as_ref()?)))
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

/// Editions as they followed each other.
#[derive(Default)]
struct Reading {
    editions: Vec<Edition>,
    in_force: Option<usize>,
    /// Where editions beside that in force stand, by the entry that rolled each out.
    beside: BTreeMap<Seq, usize>,
    /// The one that is rolled out.
    open: Option<(Seq, usize)>,
    /// Live conversations with the entry that rolled out what they began on.
    live: BTreeMap<ConversationId, Option<Seq>>,
    compared: Comparison,
}

impl Reading {
    fn fold(&mut self, envelope: &Envelope) {
        if let Event::Floor(event) = &envelope.event {
            self.floor(envelope, event);
        } else if let Event::Conversation(event) = &envelope.event {
            self.conversation(event);
        }
        self.compared.fold(&envelope.event, self.open.map(|(_, index)| index));
    }

    fn floor(&mut self, envelope: &Envelope, event: &FloorEvent) {
        match event {
            FloorEvent::Adopted { deployment } => {
                let name = name(deployment);
                let widened = self.open.take().map(|(_, index)| index);
                self.close(widened);
                let widened = widened.filter(|index| self.editions.get(*index).is_some_and(|one| one.name == name));
                self.in_force = Some(widened.unwrap_or_else(|| self.begin(envelope, name)));
                self.beside.clear();
            }
            FloorEvent::RolledOut { edition, share, .. } => {
                let open =
                    self.open.filter(|(_, index)| self.editions.get(*index).is_some_and(|it| it.name == *edition));
                let (seq, index) = open.unwrap_or_else(|| (envelope.seq, self.begin(envelope, *edition)));
                self.open = Some((seq, index));
                self.beside.insert(seq, index);
                self.compared.rolled_out(index, share);
                if let Some(edition) = self.editions.get_mut(index) {
                    edition.share = Some(share.clone());
                }
            }
            FloorEvent::TakenBack { .. } => {
                let taken = self.open.take().map(|(_, index)| index);
                self.close(taken);
            }
            FloorEvent::Started { .. } | FloorEvent::Stopped {} => {}
        }
    }

    fn conversation(&mut self, event: &ConversationEvent) {
        match event {
            ConversationEvent::Opened { conversation, .. } | ConversationEvent::Reopened { conversation, .. } => {
                self.live.insert(*conversation, None);
            }
            ConversationEvent::BeganOn { conversation, edition } => {
                self.live.insert(*conversation, Some(*edition));
            }
            ConversationEvent::Resolved { conversation, .. } | ConversationEvent::Closed { conversation, .. } => {
                self.live.remove(conversation);
            }
            ConversationEvent::Identified { .. }
            | ConversationEvent::FirstContactLost { .. }
            | ConversationEvent::Rated { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken { .. } => {}
        }
    }

    fn begin(&mut self, envelope: &Envelope, name: Digest) -> usize {
        let by = if let Actor::Operator(name) = &envelope.actor { Some(name.to_string()) } else { None };
        let index = self.editions.len();
        let edition = Edition { number: index + 1, at: envelope.at, by, name, share: None, live: 0, arms: None };
        self.editions.push(edition);
        index
    }

    fn close(&mut self, index: Option<usize>) {
        self.compared.closed();
        if let Some(edition) = index.and_then(|index| self.editions.get_mut(index)) {
            edition.share = None;
        }
    }

    /// The editions with who is on each; what is beside that in force no more is on that.
    fn done(mut self) -> (Vec<Edition>, Option<usize>) {
        for began in self.live.values() {
            let beside = began.and_then(|seq| self.beside.get(&seq)).copied();
            if let Some(edition) = beside.or(self.in_force).and_then(|index| self.editions.get_mut(index)) {
                edition.live += 1;
            }
        }
        for (index, arms) in self.compared.done() {
            if let Some(edition) = self.editions.get_mut(index) {
                edition.arms = Some(arms);
            }
        }
        (self.editions, self.in_force)
    }
}

/// The last conversations with what their customers began with.
#[derive(Default)]
struct Openings {
    talks: usize,
    order: VecDeque<ConversationId>,
    found: BTreeMap<ConversationId, Opening>,
}

impl Openings {
    fn fold(&mut self, envelope: &Envelope) {
        if let Event::Conversation(ConversationEvent::Opened { conversation, handle, tier, .. }) = &envelope.event {
            self.order.push_back(*conversation);
            self.found.insert(*conversation, Opening { handle: *handle, tier: *tier, words: None });
            if self.order.len() > self.talks {
                self.order.pop_front().and_then(|oldest| self.found.remove(&oldest));
            }
        }
        if let Event::Turn(TurnEvent::CustomerSpoke { conversation, text, .. }) = &envelope.event
            && let Some(opening) = self.found.get_mut(conversation)
        {
            opening.words = opening.words.take().or_else(|| text.reveal().cloned());
        }
    }

    fn done(mut self) -> Vec<Opening> {
        self.order.iter().filter_map(|id| self.found.remove(id)).collect()
    }
}
