//! Forgetting a customer.

use crate::domain::id::CustomerId;
use crate::store::error::StoreError;
use crate::store::files::Files;
use crate::store::history::History;
use crate::store::journal::JournalRead;
use crate::store::vault::Vault;

/// Forgets a customer whose erasure the journal already records: destroys the key, then takes the
/// erasure up into the index, which writes its file anew. Afterwards no file of the data folder
/// holds a word of theirs: journal and snapshot only ever held them sealed.
///
/// May be repeated, and has to be after a crash in between: at start, for every erasure recorded
/// whose key still lives.
pub fn forget(
    customer: CustomerId,
    (vault, files): (&Vault, &Files),
    history: &mut History,
    journal: &mut dyn JournalRead,
) -> Result<(), StoreError> {
    // As long as the key lives, the next start tries all of it again.
    files.forget(customer)?;
    vault.destroy(customer)?;
    history.catch_up(journal).map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::customer::{Identity, Tier};
    use crate::domain::envelope::{Actor, Envelope};
    use crate::domain::event::{ConversationEvent, CustomerEvent, Event, TurnEvent};
    use crate::domain::id::{ConversationId, FloorName, Handle, Seq};
    use crate::domain::personal::Personal;
    use crate::domain::text::Foreign;
    use crate::domain::time::{Millis, Timestamp};
    use crate::store::folder::DataFolder;
    use crate::store::journal::Journal;
    use crate::store::journal::sqlite::{Options, SqliteJournal};
    use crate::store::snapshot::{self, Part};

    fn holds(folder: &Path, needle: &[u8]) -> bool {
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).any(|path| {
            if path.is_dir() {
                return holds(&path, needle);
            }
            std::fs::read(path).unwrap().windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
        })
    }

    fn envelope(floor: &FloorName, seq: u64, customer: CustomerId, text: &str) -> Envelope {
        let event: Event = TurnEvent::Noted {
            conversation: ConversationId::from_random(customer.to_bytes()),
            operator: "ana".parse().unwrap(),
            text: Personal::Open(Foreign::new(text)),
        }
        .into();
        let (actor, at) = (Actor::Customer(customer), Timestamp(seq as i64));
        Envelope {
            floor: floor.clone(),
            seq: Seq(seq),
            at,
            actor,
            cause: None,
            key: None,
            subject: Some(customer),
            event,
        }
    }

    fn opened(customer: CustomerId, handle: u64) -> Event {
        Event::from(ConversationEvent::Opened {
            conversation: ConversationId::from_random(customer.to_bytes()),
            handle: Handle(handle),
            customer,
            reference: None,
            channel: "web".parse().unwrap(),
            identity: Identity::Anonymous,
            tier: Tier::Standard,
            name: Some(Personal::Open(Foreign::new(if handle == 1 { "marker-ada" } else { "marker-bo" }))),
            earlier: 0,
            silence: Millis(1),
        })
    }

    #[test]
    fn a_forgotten_customer_is_in_no_file_of_the_folder() {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(outer.path()).unwrap();
        let floor: FloorName = "shop".parse().unwrap();
        let vault = Vault::open(&folder.vault()).unwrap();
        let mut journal =
            SqliteJournal::open(&folder.journal(), floor.clone(), vault.clone(), Options::default()).unwrap();
        let mut history = History::open(&folder.history(), floor.clone()).unwrap();
        let files = Files::open(&folder.files(), floor.clone(), vault.clone()).unwrap();
        let (ada, key) = vault.fresh().unwrap();
        let (bo, _) = vault.fresh().unwrap();
        let mut all: Vec<Envelope> = Vec::new();
        for (seq, customer) in [(1, ada), (2, bo)] {
            all.push(Envelope { event: opened(customer, seq), ..envelope(&floor, seq, customer, "") });
        }
        for seq in (3..200).step_by(2) {
            all.push(envelope(&floor, seq, ada, &format!("marker-ada {seq}")));
            all.push(envelope(&floor, seq + 1, bo, &format!("marker-bo {seq}")));
        }
        let head = journal.append(&all).unwrap();
        history.apply(&all).unwrap();
        let state =
            Part { name: "c-1".into(), customer: Some(ada), json: r#"{"said":{"$personal":"marker-ada"}}"#.into() };
        snapshot::save((&folder.snapshot(), &folder.anchor()), "floor 1", &mut journal, head, &[state]).unwrap();
        assert!(holds(outer.path(), key.expose()) && holds(outer.path(), b"marker-ada"), "the search can find");

        let erased = Event::from(CustomerEvent::Erased { customer: ada });
        let seq = head.seq.next();
        let last = Envelope { seq, subject: None, event: erased, ..envelope(&floor, seq.0, ada, "") };
        let head = journal.append(&[last]).unwrap();
        let mut reader = journal.reader().unwrap();
        forget(ada, (&vault, &files), &mut history, &mut *reader).unwrap();
        forget(ada, (&vault, &files), &mut history, &mut *reader).unwrap();

        assert!(!holds(outer.path(), b"marker-ada"));
        assert!(!holds(outer.path(), key.expose()));
        assert!(holds(outer.path(), b"marker-bo"), "the index holds the words of the others");
        assert_eq!(journal.verify(Some(head)).damage, None);
        let read = journal.read(Seq(2), 2).unwrap();
        assert!(matches!(&read[0].event, Event::Turn(TurnEvent::Noted { text: Personal::Erased, .. })));
        assert!(matches!(&read[1].event, Event::Turn(TurnEvent::Noted { text: Personal::Open(_), .. })));
    }
}
