//! What a console asks of a running floor.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use crate::domain::command::{Act, Command, FloorAct, Seen};
use crate::domain::envelope::{Actor, KeyUse};
use crate::domain::id::{ClientKey, ConversationId};
use crate::domain::operator::Role;
use crate::domain::refusal::Refusal;
use crate::domain::text::Foreign;
use crate::protocol::console::{Audience, ConsoleCommand, ConsoleReply, KeptDraft, Resume};
use crate::protocol::limits::CONSOLE_QUEUE;
use crate::protocol::query::{Page, Query};

use super::{Accepted, ConsoleId, Handle, Rejected, Viewer, bodies};
use crate::runtime::fanout::ConsoleCall;
use crate::runtime::queries::Job;

/// Longest view that is kept for an operator, in bytes: the protocol says 4 KB.
const VIEW_BYTES_MAX: usize = 4 * 1024;

impl Handle {
    /// A number for a new console.
    pub fn console_id(&self) -> ConsoleId {
        static LAST: AtomicU64 = AtomicU64::new(0);
        ConsoleId(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// The feed of a console: a snapshot, or what it missed if that is possible, then changes. A
    /// console that does not read is told how much it missed and gets a new snapshot. Dropping the
    /// receiver detaches it.
    pub fn console_feed(&self, viewer: Viewer, resume: Option<Resume>) -> mpsc::Receiver<ConsoleReply> {
        let (to, feed) = mpsc::channel(CONSOLE_QUEUE);
        let _ = self.shared.consoles.try_send(ConsoleCall::Attach { viewer, resume, to });
        feed
    }

    /// Streams a conversation's transcript to a console, or none.
    pub fn focus(&self, console: ConsoleId, conversation: Option<ConversationId>) {
        let _ = self.shared.consoles.try_send(ConsoleCall::Focus { console, conversation });
    }

    /// Has something done for an operator; answers when it is on disk.
    pub async fn command(
        &self,
        viewer: &Viewer,
        key: ClientKey,
        seen: Option<Seen>,
        command: ConsoleCommand,
    ) -> Result<Accepted, Rejected> {
        if viewer.read_only {
            return Err(Refusal::NotYours.into());
        }
        let body = bodies::of_operator(&self.shared.secret, &command);
        let act = match command {
            ConsoleCommand::Act(act) => Act::Operator(act),
            ConsoleCommand::Erase(customer) => {
                needs_admin(viewer)?;
                Act::Floor(FloorAct::Erase(customer))
            }
            ConsoleCommand::Adopt(name) => {
                needs_admin(viewer)?;
                return self.adopt(&viewer.operator, KeyUse { key, body }, name).await;
            }
            ConsoleCommand::RollOut { edition, share } => {
                needs_admin(viewer)?;
                return self.roll_out(&viewer.operator, KeyUse { key, body }, edition, share).await;
            }
            ConsoleCommand::TakeBack => {
                needs_admin(viewer)?;
                Act::Floor(FloorAct::TakeBack)
            }
            ConsoleCommand::Shutdown => {
                needs_admin(viewer)?;
                self.shared.life.shutdown.cancel();
                return Ok(Accepted { seq: self.shared.replica.read().seq, turn: None, repeat: false });
            }
        };
        let actor = Actor::Operator(viewer.operator.clone());
        self.submit(Command { actor, cause: None, key: Some(KeyUse { key, body }), seen, act }).await
    }

    /// Answers a question about what is not on the floor, a page at a time.
    pub async fn ask(&self, viewer: &Viewer, query: Query, after: Option<String>) -> (Page, Option<String>) {
        let (answer, answered) = oneshot::channel();
        let (operator, role) = (viewer.operator.clone(), viewer.role);
        let job = Job::Ask { operator, role, query, after, answer };
        if self.shared.queries.try_send(job).is_err() {
            return (Page::Nothing("too many questions at once; ask again".into()), None);
        }
        answered.await.unwrap_or_else(|_| (Page::Nothing("the floor is shutting down".into()), None))
    }

    /// Keeps an unsent text for an operator; an empty one is forgotten. Returns when it is kept.
    pub async fn draft(&self, viewer: &Viewer, conversation: ConversationId, audience: Audience, text: Foreign) {
        let (kept, is_kept) = oneshot::channel();
        let draft = KeptDraft { conversation, audience, text };
        let _ = self.shared.consoles.try_send(ConsoleCall::Draft { operator: viewer.operator.clone(), draft, kept });
        let _ = is_kept.await;
    }

    /// Keeps an operator's view for their next console; what is too long is not kept.
    pub async fn remember(&self, viewer: &Viewer, view: String) {
        if view.len() > VIEW_BYTES_MAX {
            return;
        }
        let (kept, is_kept) = oneshot::channel();
        let _ = self.shared.consoles.try_send(ConsoleCall::Remember { operator: viewer.operator.clone(), view, kept });
        let _ = is_kept.await;
    }
}

fn needs_admin(viewer: &Viewer) -> Result<(), Refusal> {
    if viewer.role >= Role::Admin {
        return Ok(());
    }
    Err(Refusal::RoleNeeded { need: Role::Admin, have: viewer.role })
}
