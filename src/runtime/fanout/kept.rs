//! What the server keeps for operators: unsent texts and the last view. Outside the journal, sealed
//! on disk, written at most once a second. A reply that was begun by somebody who went away is kept for
//! whoever holds the conversation next.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::domain::id::{ConversationId, CustomerId, OperatorName, Seq};
use crate::privacy::seal::{self, DataKey, NONCE_BYTES, Place};
use crate::protocol::console::{Audience, KeptDraft};
use crate::protocol::transcript::LeftDraft;
use crate::runtime::access::write_private;

/// Unsent texts of one operator; the oldest goes.
const DRAFTS_MAX: usize = 40;
/// How often the file is written at most.
const WRITE_EVERY: Duration = Duration::from_secs(1);
/// Its name in the data folder.
const FILE: &str = "desk.sealed";

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Desk {
    drafts: Vec<KeptDraft>,
    view: Option<String>,
}

/// All that is on disk.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sealed {
    desks: BTreeMap<OperatorName, Desk>,
    /// Replies that were begun by people who went away: one a conversation, at most as many as there are.
    left: BTreeMap<ConversationId, LeftDraft>,
}

/// What is kept, by operator.
pub(in crate::runtime) struct Kept {
    sealed: Sealed,
    file: Option<(PathBuf, DataKey)>,
    unwritten: bool,
    written: Option<Instant>,
}

impl Kept {
    /// Reads what was kept; a file that does not open is as good as none, since nothing in it was
    /// ever acknowledged to a customer.
    pub(in crate::runtime) fn open(folder: Option<&Path>, key: DataKey) -> Self {
        let file = folder.map(|folder| (folder.join(FILE), key));
        let sealed = file.as_ref().and_then(|(path, key)| {
            let sealed = std::fs::read(path).ok()?;
            serde_json::from_slice(&seal::open(key, place(), &sealed).ok()?).ok()
        });
        Self { sealed: sealed.unwrap_or_default(), file, unwritten: false, written: None }
    }

    /// Keeps an unsent text; an empty one is forgotten.
    pub(super) fn draft(&mut self, operator: OperatorName, draft: KeptDraft) {
        let drafts = &mut self.sealed.desks.entry(operator).or_default().drafts;
        drafts.retain(|old| (old.conversation, old.audience) != (draft.conversation, draft.audience));
        if !draft.text.is_empty() {
            if drafts.len() >= DRAFTS_MAX {
                drafts.remove(0);
            }
            drafts.push(draft);
        }
        self.unwritten = true;
    }

    /// Keeps a view.
    pub(super) fn remember(&mut self, operator: OperatorName, view: String) {
        self.sealed.desks.entry(operator).or_default().view = Some(view);
        self.unwritten = true;
    }

    /// What is kept for an operator.
    pub(super) fn of(&self, operator: &OperatorName) -> (Vec<KeptDraft>, Option<String>) {
        self.sealed.desks.get(operator).map(|desk| (desk.drafts.clone(), desk.view.clone())).unwrap_or_default()
    }

    /// Forgets unsent texts of a conversation that is over for good.
    pub(super) fn forget(&mut self, conversation: ConversationId) {
        self.keep_only(|id| id != conversation);
    }

    /// Forgets unsent texts of all conversations but these.
    pub(super) fn keep_only(&mut self, stays: impl Fn(ConversationId) -> bool) {
        for desk in self.sealed.desks.values_mut() {
            let before = desk.drafts.len();
            desk.drafts.retain(|draft| stays(draft.conversation));
            self.unwritten |= desk.drafts.len() != before;
        }
        let before = self.sealed.left.len();
        self.sealed.left.retain(|id, _| stays(*id));
        self.unwritten |= self.sealed.left.len() != before;
    }

    /// Somebody is gone and their conversation goes on: the reply they had begun is for whoever has it next.
    /// They keep it too. Whether there is one.
    pub(super) fn leave(&mut self, operator: &OperatorName, conversation: ConversationId) -> bool {
        let begun = |draft: &&KeptDraft| (draft.conversation, draft.audience) == (conversation, Audience::Reply);
        let draft = self.sealed.desks.get(operator).and_then(|desk| desk.drafts.iter().find(begun));
        let Some(text) = draft.map(|draft| draft.text.clone()) else { return false };
        self.sealed.left.insert(conversation, LeftDraft { by: operator.clone(), text });
        self.unwritten = true;
        true
    }

    /// The conversation went on in other words: what was left for it is out of date. Whether there was any.
    pub(super) fn outdated(&mut self, conversation: ConversationId) -> bool {
        let removed = self.sealed.left.remove(&conversation).is_some();
        self.unwritten |= removed;
        removed
    }

    /// Replies that were left unsent.
    pub(super) const fn left(&self) -> &BTreeMap<ConversationId, LeftDraft> {
        &self.sealed.left
    }

    /// Whether the file has everything.
    pub(super) const fn is_written(&self) -> bool {
        !self.unwritten
    }

    /// Writes the file if there is something to write and it was not written just now.
    pub(super) fn write(&mut self, at_once: bool) {
        let waits = self.written.is_some_and(|at| at.elapsed() < WRITE_EVERY) && !at_once;
        if !self.unwritten || waits {
            return;
        }
        (self.unwritten, self.written) = (false, Some(Instant::now()));
        let Some((path, key)) = &self.file else { return };
        if let Err(error) = write(path, key, &self.sealed) {
            tracing::warn!(%error, "unsent texts could not be kept on disk");
        }
    }
}

fn write(path: &Path, key: &DataKey, kept: &Sealed) -> Result<(), std::io::Error> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|error| std::io::Error::other(error.to_string()))?;
    let sealed = seal::seal(key, nonce, place(), &serde_json::to_vec(kept)?).map_err(std::io::Error::other)?;
    let fresh = path.with_extension("new");
    write_private(&fresh, &sealed)?;
    std::fs::rename(fresh, path)
}

/// The file has a key of its own, so its place is always the same.
fn place() -> Place<'static> {
    Place { floor: "", seq: Seq(0), kind: "desk", customer: CustomerId::from_random([0; 16]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsent_texts_survive_sealed_and_go_with_their_conversation() {
        let folder = tempfile::tempdir().unwrap();
        let key = DataKey::from_bytes([1; 32]);
        let ana: OperatorName = "ana".parse().unwrap();
        let conversation = ConversationId::from_random([2; 16]);
        let draft = KeptDraft { conversation, audience: Audience::Reply, text: "marker-draft".into() };
        let mut kept = Kept::open(Some(folder.path()), key.clone());
        kept.draft(ana.clone(), draft.clone());
        kept.draft(ana.clone(), KeptDraft { audience: Audience::Note, ..draft.clone() });
        kept.remember(ana.clone(), "floor".into());
        kept.write(true);
        let bytes = std::fs::read(folder.path().join(FILE)).unwrap();
        assert!(!bytes.windows(12).any(|window| window == b"marker-draft"));

        let mut again = Kept::open(Some(folder.path()), key);
        let (drafts, view) = again.of(&ana);
        assert_eq!((drafts.len(), view.as_deref()), (2, Some("floor")));
        again.draft(ana.clone(), KeptDraft { text: "".into(), ..draft });
        assert_eq!(again.of(&ana).0.len(), 1, "an empty one is forgotten");
        again.forget(conversation);
        assert!(again.of(&ana).0.is_empty());
        assert!(Kept::open(Some(folder.path()), DataKey::from_bytes([9; 32])).sealed.desks.is_empty());
    }
}
