//! Images and files: taken in before a message names them, and read by who may.

use tokio::sync::oneshot;

use crate::domain::command::{Act, Command, CustomerAct, EffectResult};
use crate::domain::envelope::Actor;
use crate::domain::file::{FileKind, NAME_BYTES_MAX, SentFile};
use crate::domain::id::{ClientKey, ConversationId, FileId, OperatorName};
use crate::domain::policy::FilePolicy;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::runtime::queries::Job;
use crate::store::StoreError;
use crate::store::files::{NotKept, Room, Upload};

use super::{Accepted, Handle, RETRY_MS, Rejected};

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is none of the kinds that are taken.
    #[error("files of this kind are not taken here; these are: {}", kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", "))]
    Kind {
        /// Those that are.
        kinds: Vec<FileKind>,
    },
    /// It is too large.
    #[error("the file has {given} bytes, {limit} are the limit")]
    Large {
        /// How large it is.
        given: u64,
        /// How large it may be.
        limit: u64,
    },
    /// The key stands for another file.
    #[error("this key was used before for something else")]
    Reused,
    /// The conversation has so many already.
    #[error("a conversation takes {limit} files")]
    TooMany {
        /// How many it takes.
        limit: u32,
    },
    /// The customer has sent enough within a day.
    #[error("{limit} bytes a day are the limit; try again tomorrow")]
    TooMuchToday {
        /// How many bytes.
        limit: u64,
    },
    /// There is no room.
    #[error("there is no room for files right now; send it later")]
    Full,
    /// The floor turns it down.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// A file that is handed out.
#[derive(Debug)]
pub struct Opened {
    /// What is known of it.
    pub about: SentFile,
    /// Its content.
    pub content: Vec<u8>,
}

impl Handle {
    /// What customers may send, if anything.
    pub fn file_policy(&self) -> Option<FilePolicy> {
        let floor = self.shared.replica.read();
        floor.deployment.as_ref().map(|deployment| deployment.policy.files.clone()).filter(|policy| policy.on)
    }

    /// Takes in a file for a message that is to name it; it is on disk, sealed, when this returns.
    pub async fn take_file(
        &self,
        conversation: ConversationId,
        key: Option<ClientKey>,
        name: &str,
        content: Vec<u8>,
    ) -> Result<SentFile, NotTaken> {
        let policy = self.file_policy().ok_or(Rejected::Refused(Refusal::NoFiles))?;
        let customer = self.shared.replica.customer_of(conversation).ok_or_else(unknown_conversation)?;
        let (given, limit) = (content.len() as u64, u64::from(policy.bytes()));
        if given > limit {
            return Err(NotTaken::Large { given, limit });
        }
        if content.is_empty() {
            return Err(NotTaken::Empty);
        }
        let kind = FileKind::of(&content).filter(|kind| policy.kinds.contains(kind));
        let kind = kind.ok_or_else(|| NotTaken::Kind { kinds: policy.kinds.clone() })?;
        let room = Room { per_conversation: policy.per_conversation(), per_day: policy.per_day, disk: policy.disk };
        let (files, at, name) = (self.shared.files.clone(), self.shared.clock.now(), named(name, kind));
        let kept = move || {
            let key = key.as_ref();
            files.keep(Upload { conversation, customer, key, name: &name, kind, content: &content, at }, room)
        };
        match on_a_thread(kept).await? {
            Ok(sent) => Ok(sent),
            Err(NotKept::Store(error)) => Err(broken(&error).into()),
            Err(NotKept::NoKey) => Err(unknown_conversation().into()),
            Err(NotKept::KeyReused) => Err(NotTaken::Reused),
            Err(NotKept::Conversation { limit }) => Err(NotTaken::TooMany { limit }),
            Err(NotKept::Day { limit }) => Err(NotTaken::TooMuchToday { limit }),
            Err(NotKept::Full) => Err(NotTaken::Full),
        }
    }

    /// Stores what a customer said with the files it names; answers when it is on disk.
    pub async fn say_with(
        &self,
        conversation: ConversationId,
        key: Option<ClientKey>,
        (text, mut named): (Foreign, Vec<FileId>),
        typing: bool,
    ) -> Result<Accepted, Rejected> {
        let mut seen = std::collections::BTreeSet::new();
        named.retain(|file| seen.insert(*file));
        let files = self.claim(conversation, &named).await?;
        // Without a word there is nothing to read a meaning from.
        let is_silent = !named.is_empty() && text.raw().trim().is_empty();
        let analysis = if is_silent { Box::default() } else { self.analysed(conversation, &text)? };
        let accepted = self.customer(CustomerAct::Say { conversation, text, analysis, typing, files }, key).await?;
        if !named.is_empty() {
            let files = self.shared.files.clone();
            // If this is lost, the sweep asks the journal.
            if let Ok(Err(error)) = on_a_thread(move || files.said(&named)).await {
                tracing::warn!(%error, "it is not noted that files were sent; the journal knows");
            }
        }
        Ok(accepted)
    }

    async fn claim(&self, conversation: ConversationId, named: &[FileId]) -> Result<Vec<SentFile>, Rejected> {
        let Some(policy) = self.file_policy().filter(|_| !named.is_empty()) else {
            return if named.is_empty() { Ok(Vec::new()) } else { Err(Refusal::NoFiles.into()) };
        };
        let (given, limit) = (named.len() as u64, u64::from(policy.per_message()));
        if given > limit {
            return Err(Refusal::TooMuch { what: "files in one message".into(), given, limit }.into());
        }
        let (files, at, named) = (self.shared.files.clone(), self.shared.clock.now(), named.to_vec());
        match on_a_thread(move || files.claim(conversation, &named, at)).await? {
            Ok(Some(files)) => Ok(files),
            Ok(None) => Err(Refusal::UnknownFile.into()),
            Err(error) => Err(broken(&error)),
        }
    }

    /// A file as its customer sent it, for them.
    pub async fn own_file(&self, conversation: ConversationId, file: FileId) -> Result<Opened, Rejected> {
        let files = self.shared.files.clone();
        match on_a_thread(move || files.content(conversation, file)).await? {
            Ok(Some((about, content))) => Ok(Opened { about, content }),
            Ok(None) => Err(Refusal::UnknownFile.into()),
            Err(error) => Err(broken(&error)),
        }
    }

    /// A file for an operator: how it stands is read off the journal, the rules say whether they may, and that
    /// they read it is on disk before they have a byte.
    pub async fn open_file(
        &self,
        operator: OperatorName,
        conversation: ConversationId,
        file: FileId,
    ) -> Result<Opened, Rejected> {
        let (answer, answered) = oneshot::channel();
        if self.shared.queries.try_send(Job::File { conversation, file, answer }).is_err() {
            return Err(Refusal::Busy { retry_ms: RETRY_MS }.into());
        }
        let stands = match answered.await {
            Ok(Ok(stands)) => stands.ok_or(Refusal::UnknownFile)?,
            Ok(Err(error)) => return Err(broken(&error)),
            Err(_) => return Err(self.gone()),
        };
        let act = EffectResult::FileAsked { conversation, file, scan: stands.scan, open: stands.open };
        let (actor, act) = (Actor::Operator(operator), Act::Effect(act));
        self.submit(Command { actor, cause: None, key: None, seen: None, act }).await?;
        self.own_file(conversation, file).await
    }
}

/// A name without a path before it; who sends none is called by what it is.
fn named(name: &str, kind: FileKind) -> Foreign {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if last.is_empty() {
        return Foreign::from(format!("file.{}", kind.ending()));
    }
    let mut end = last.len().min(NAME_BYTES_MAX);
    while !last.is_char_boundary(end) {
        end -= 1;
    }
    Foreign::from(last.get(..end).unwrap_or_default())
}

fn unknown_conversation() -> Rejected {
    Refusal::UnknownConversation.into()
}

fn broken(error: &StoreError) -> Rejected {
    tracing::error!(%error, "files cannot be read or written");
    Rejected::Down { reason: error.to_string() }
}

async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Rejected> {
    let died = |error: tokio::task::JoinError| Rejected::Down { reason: error.to_string() };
    tokio::task::spawn_blocking(work).await.map_err(died)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_brings_no_path() {
        let name = |name: &str| named(name, FileKind::Pdf).raw().to_owned();
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name("C:\\Users\\maya\\invoice.pdf"), "invoice.pdf");
        assert_eq!(name("  "), "file.pdf");
        assert_eq!(name(&"ü".repeat(400)).len(), 254);
    }
}
