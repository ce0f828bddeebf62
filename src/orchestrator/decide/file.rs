//! Files of customers: how many a message may bring, what a scan means, who may read one.

use crate::domain::deployment::Deployment;
use crate::domain::event::{Event, FileEvent};
use crate::domain::file::{SCAN_PATIENCE, Scan, Scanning, SentFile};
use crate::domain::id::{ConversationId, FileId, OperatorName};
use crate::domain::operator::Role;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;

use super::operate::need;

/// How the files of a message stand when it is recorded; nothing when it brings none.
pub(super) fn brought(deployment: &Deployment, files: &[SentFile], before: usize) -> Result<Option<Scanning>, Refusal> {
    if files.is_empty() {
        return Ok(None);
    }
    let policy = &deployment.policy.files;
    if !policy.on {
        return Err(Refusal::NoFiles);
    }
    let within = |what: &str, given: usize, limit: u32| {
        let (given, limit) = (given as u64, u64::from(limit));
        if given <= limit { Ok(()) } else { Err(Refusal::TooMuch { what: what.to_owned(), given, limit }) }
    };
    within("files in one message", files.len(), policy.per_message())?;
    within("files in this conversation", before + files.len(), policy.per_conversation())?;
    let scan = if deployment.scans { Scan::Waits } else { Scan::None };
    Ok(Some(Scanning { scan, open: policy.hands_on(deployment.scans).takes(scan) }))
}

/// Until when an answer waits for the scanner.
pub(super) fn quiet(scanning: Option<Scanning>, at: Timestamp) -> Option<Timestamp> {
    scanning.filter(|scanning| scanning.scan == Scan::Waits).map(|_| at + SCAN_PATIENCE)
}

/// Until when an answer waits for the scanner because of what was sent before.
pub(super) fn pending(c: &Conversation, at: Timestamp) -> Option<Timestamp> {
    let waits = c.files.iter().any(|known| known.scan == Scan::Waits);
    c.quiet_until.filter(|until| waits && *until > at)
}

/// A scanner looked at a file, or could not. A second answer about the same file changes nothing, unless the
/// first was none.
pub(super) fn scanned(floor: &Floor, id: ConversationId, file: FileId, scan: Scan) -> Result<Vec<Event>, Refusal> {
    let deployment = floor.deployment.as_ref().ok_or(Refusal::NoDeployment)?;
    // What was sent before a re-opening is not known here any more; the journal takes it up all the same.
    // A file may be named by two messages.
    let known = || floor.conversation(id).into_iter().flat_map(|c| &c.files).filter(|known| known.file == file);
    if known().next().is_some() && known().all(|known| matches!(known.scan, Scan::Clean | Scan::Refused)) {
        return Ok(Vec::new());
    }
    if floor.conversation(id).is_none() && !floor.stubs.contains_key(&id) {
        return Err(Refusal::UnknownConversation);
    }
    let open = deployment.policy.files.hands_on(deployment.scans).takes(scan);
    Ok(vec![FileEvent::Scanned { conversation: id, file, scan, open }.into()])
}

/// An operator reads a file: personal text, so it is recorded who did.
pub(super) fn asked(
    floor: &Floor,
    by: Option<&OperatorName>,
    (conversation, file): (ConversationId, FileId),
    (scan, open): (Scan, bool),
) -> Result<Vec<Event>, Refusal> {
    let spec = by.and_then(|by| floor.operator_spec(by)).ok_or(Refusal::NotYours)?;
    need(spec, Role::Responder)?;
    if !open {
        return Err(Refusal::FileHeld { scan });
    }
    Ok(vec![FileEvent::Opened { conversation, file, operator: spec.name.clone() }.into()])
}
