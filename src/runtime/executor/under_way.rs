//! Answers that language models are writing, each with the string that cuts it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::domain::envelope::Envelope;
use crate::domain::id::{CompositionId, ConversationId};
use crate::orchestrator::Floor;
use crate::runtime::fanout::Replica;

/// All of them, by their conversation: of each there is one at most that somebody waits for.
#[derive(Default)]
pub(in crate::runtime) struct UnderWay {
    of: Mutex<BTreeMap<ConversationId, (CompositionId, CancellationToken)>>,
    /// How many there are, so that floors without models pay nothing.
    count: AtomicUsize,
}

impl UnderWay {
    /// A model begins to write; what cuts it. Whatever it wrote for this conversation before is cut.
    pub(super) fn begin(
        &self,
        conversation: ConversationId,
        composition: CompositionId,
        stops: &CancellationToken,
        replica: &Replica,
    ) -> CancellationToken {
        let cut = stops.child_token();
        let floor = replica.read();
        let mut of = self.lock();
        if let Some((_, before)) = of.insert(conversation, (composition, cut.clone())) {
            before.cancel();
        }
        self.count.store(of.len(), Ordering::Release);
        // What was folded before it began was not told to it.
        if waited_for(&floor, conversation) != Some(composition) {
            cut.cancel();
        }
        cut
    }

    /// It has ended.
    pub(super) fn end(&self, conversation: ConversationId, composition: CompositionId) {
        let mut of = self.lock();
        if of.get(&conversation).is_some_and(|(known, _)| *known == composition) {
            of.remove(&conversation);
        }
        self.count.store(of.len(), Ordering::Release);
    }

    /// Cuts those that nobody waits for any more, now that these entries were folded.
    pub(super) fn cut_stale(&self, envelopes: &[Envelope], replica: &Replica) {
        if self.count.load(Ordering::Acquire) == 0 {
            return;
        }
        let floor = replica.read();
        let of = self.lock();
        for id in envelopes.iter().filter_map(|envelope| envelope.event.conversation()) {
            let Some((composition, cut)) = of.get(&id) else { continue };
            if waited_for(&floor, id) != Some(*composition) {
                cut.cancel();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConversationId, (CompositionId, CancellationToken)>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The attempt at an answer that somebody waits for.
fn waited_for(floor: &Floor, id: ConversationId) -> Option<CompositionId> {
    floor.conversation(id)?.composing.as_ref().map(|composing| composing.id)
}
