//! A bit flips or a file loses its end: whatever is read afterwards is what was written, or an error.

use baton::domain::id::{ConversationId, Seq};
use baton::store::journal::JournalRead;
use baton::store::journal::sqlite::{Durability, SqliteJournal};

use crate::disk::{Disk, Rng};
use crate::file_system::{mount, with};
use crate::work::{Ledger, open, soak};

/// Damages of a soak, over all journals.
const DAMAGES: u64 = 5_000;
/// Journals that are damaged.
const JOURNALS: u64 = 5;

/// A journal with most of it in the main file and its end still in the log.
fn written(seed: u64) -> (Ledger, Disk) {
    mount("written", Disk::default());
    let (mut journal, vault) = open("written", Durability::Full).unwrap();
    let mut ledger = Ledger::default();
    ledger.run(&mut journal, &vault, &mut Rng(seed)).unwrap();
    let disk = with("written", |disk| disk.after_restart());
    with("written", |disk| disk.dark = true);
    (ledger, disk)
}

/// Says what was damaged.
fn damage(disk: &mut Disk, rng: &mut Rng) -> String {
    let name = ["journal.db", "journal.db-wal"][rng.below(2) as usize];
    let content = &mut disk.files.get_mut(name).unwrap().seen;
    let at = rng.below(content.len() as u64) as usize;
    if rng.below(8) == 0 {
        content.truncate(at);
        return format!("{name} cut at {at}");
    }
    let bit = rng.below(8);
    content[at] ^= 1 << bit;
    format!("{name} byte {at} bit {bit}")
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Outcome {
    /// Nothing that is read is touched by it.
    Harmless,
    /// A start or a read says so.
    Seen,
    /// Only the walk over everything says so.
    Verified,
}

/// What is read of a damaged journal; panics if it is wrong and nobody says so.
fn look(journal: &mut SqliteJournal, ledger: &Ledger, what: &str) -> Outcome {
    if journal.check_anchor(ledger.acknowledged).is_err() {
        return Outcome::Seen;
    }
    let mut wrong = false;
    for of in 0..6 {
        let conversation = ConversationId::from_random([of; 16]);
        let Ok(found) = journal.entries_of(conversation, Seq(0), usize::MAX >> 1) else { return Outcome::Seen };
        wrong |= !found.iter().eq(ledger.given.iter().filter(|entry| entry.conversation == Some(conversation)));
    }
    let Ok(found) = journal.entries(Seq(0), usize::MAX >> 1) else { return Outcome::Seen };
    assert!(found == ledger.given, "{what}: read wrong in silence");
    if journal.verify(ledger.acknowledged).damage.is_some() {
        return Outcome::Verified;
    }
    assert!(!wrong, "{what}: a conversation reads wrong and nothing says so");
    Outcome::Harmless
}

#[test]
fn no_damage_is_read_in_silence() {
    let mut outcomes = Vec::new();
    for seed in 0..JOURNALS {
        let (ledger, whole) = written(seed);
        let mut rng = Rng(seed);
        for _ in 0..soak(DAMAGES) / JOURNALS {
            let mut disk = whole.after_restart();
            let what = damage(&mut disk, &mut rng);
            mount("damaged", disk);
            let outcome = match open("damaged", Durability::Full) {
                Ok((mut journal, _vault)) => look(&mut journal, &ledger, &what),
                Err(_) => Outcome::Seen,
            };
            outcomes.push(outcome);
        }
    }
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let (harmless, seen, verified) = (count(Outcome::Harmless), count(Outcome::Seen), count(Outcome::Verified));
    // Unused bytes of pages and frames already moved are the harmless part.
    assert!(seen + verified > outcomes.len() / 4, "seen {seen}, verified {verified}, harmless {harmless}");
}
