//! One set of expectations for both engines.

use std::path::Path;

use super::memory::MemoryJournal;
use super::sqlite::{Options, SqliteJournal};
use super::*;
use crate::domain::envelope::Actor;
use crate::domain::event::{Event, TurnEvent};
use crate::domain::id::CustomerId;
use crate::domain::personal::Personal;
use crate::domain::text::Foreign;
use crate::domain::time::Timestamp;

fn floor() -> FloorName {
    "shop".parse().unwrap()
}

fn conversation(n: u8) -> ConversationId {
    ConversationId::from_random([n; 16])
}

fn said(seq: u64, of: u8, customer: Option<CustomerId>, text: &str) -> Entry {
    let json =
        format!(r#"{{"seq":{seq},"event":{{"text":{{"$personal":{}}}}}}}"#, serde_json::to_string(text).unwrap());
    Entry { seq: Seq(seq), kind: "customer_said".into(), conversation: Some(conversation(of)), customer, json }
}

fn ticked(seq: u64) -> Entry {
    Entry {
        seq: Seq(seq),
        kind: "ticked".into(),
        conversation: None,
        customer: None,
        json: format!(r#"{{"seq":{seq}}}"#),
    }
}

fn sqlite(folder: &Path, vault: &Vault) -> SqliteJournal {
    SqliteJournal::open(&folder.join("journal.db"), floor(), vault.clone(), Options::default()).unwrap()
}

fn on_both(check: impl Fn(&mut dyn Journal, &Vault)) {
    let vault = Vault::in_memory().unwrap();
    check(&mut MemoryJournal::new(floor(), vault.clone()), &vault);
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_memory().unwrap();
    check(&mut sqlite(folder.path(), &vault), &vault);
}

#[test]
fn what_is_appended_is_read_back_whole_and_by_conversation() {
    on_both(|journal, vault| {
        let (ada, _) = vault.fresh().unwrap();
        let batch =
            [said(1, 1, Some(ada), "one"), ticked(2), said(3, 2, Some(ada), "two"), said(4, 1, Some(ada), "three")];
        assert_eq!(journal.head().unwrap(), Head::genesis("shop"));
        let head = journal.append_entries(&batch[..2]).unwrap();
        assert_eq!(journal.append_entries(&[]).unwrap(), head);
        let head = journal.append_entries(&batch[2..]).unwrap();
        assert_eq!(head, journal.head().unwrap());
        let mut reader = journal.reader().unwrap();
        assert_eq!(reader.head().unwrap(), head);
        assert_eq!(reader.entries(Seq(0), 10).unwrap(), batch);
        assert_eq!(journal.entries(Seq(1), 2).unwrap(), batch[1..3]);
        let thread = journal.entries_of(conversation(1), Seq(0), 10).unwrap();
        assert_eq!(thread, [batch[0].clone(), batch[3].clone()]);
        assert_eq!(journal.entries_of(conversation(1), Seq(1), 10).unwrap(), batch[3..]);
        assert!(journal.entries_of(conversation(9), Seq(0), 10).unwrap().is_empty());
        let verdict = journal.verify(Some(head));
        assert_eq!((verdict.head, verdict.sound, verdict.damage), (head, 4, None));
        journal.settle().unwrap();
    });
}

#[test]
fn a_batch_that_does_not_continue_the_journal_is_refused_whole() {
    on_both(|journal, _| {
        for wrong in [vec![ticked(2)], vec![ticked(1), ticked(3)], vec![ticked(1), said(2, 1, None, "of nobody")]] {
            assert!(journal.append_entries(&wrong).is_err());
            assert_eq!(journal.head().unwrap().seq, Seq(0));
        }
        assert!(journal.append_entries(&[ticked(1)]).is_ok(), "a refused batch does not stop the journal");
    });
}

#[test]
fn erasing_leaves_the_chain_whole() {
    on_both(|journal, vault| {
        let (ada, bo) = (vault.fresh().unwrap().0, vault.fresh().unwrap().0);
        journal.append_entries(&[said(1, 1, Some(ada), "ada's"), said(2, 2, Some(bo), "bo's")]).unwrap();
        vault.destroy(ada).unwrap();
        let head = journal.append_entries(&[said(3, 1, Some(ada), "too late")]).unwrap();
        let read = journal.entries(Seq(0), 10).unwrap();
        assert_eq!(read[0].json, r#"{"seq":1,"event":{"text":{"$personal":null}}}"#);
        assert!(read[1].json.contains("bo's"));
        assert!(!read[2].json.contains("late"));
        assert_eq!(journal.verify(Some(head)).damage, None);
    });
}

#[test]
fn after_a_failed_write_nothing_more_is_taken() {
    let mut journal = MemoryJournal::new(floor(), Vault::in_memory().unwrap());
    journal.break_after(1).unwrap();
    journal.append_entries(&[ticked(1)]).unwrap();
    assert!(journal.append_entries(&[ticked(2)]).is_err());
    assert!(matches!(journal.append_entries(&[ticked(2)]), Err(StoreError::Stopped { .. })));
    let mut again = journal.reopened().unwrap();
    assert_eq!(again.head().unwrap().seq, Seq(1));
    again.append_entries(&[ticked(2)]).unwrap();
}

#[test]
fn a_journal_survives_its_process_and_belongs_to_its_floor() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_memory().unwrap();
    let (ada, _) = vault.fresh().unwrap();
    let head = sqlite(folder.path(), &vault).append_entries(&[said(1, 1, Some(ada), "one")]).unwrap();
    let mut again = sqlite(folder.path(), &vault);
    assert_eq!(again.head().unwrap(), head);
    again.append_entries(&[said(2, 1, Some(ada), "two")]).unwrap();
    assert_eq!(again.entries_of(conversation(1), Seq(0), 10).unwrap().len(), 2);
    again.check_anchor(Some(head)).unwrap();
    drop(again);
    let path = folder.path().join("journal.db");
    let other = SqliteJournal::open(&path, "bank".parse().unwrap(), vault.clone(), Options::default());
    assert!(matches!(other, Err(StoreError::Foreign { .. })));
    std::fs::write(folder.path().join("text.db"), "not a database, not even close to one").unwrap();
    assert!(SqliteJournal::open(&folder.path().join("text.db"), floor(), vault, Options::default()).is_err());
}

#[test]
fn a_journal_cut_short_or_written_anew_is_told_by_its_anchor() {
    let vault = Vault::in_memory().unwrap();
    let mut long = MemoryJournal::new(floor(), vault.clone());
    let anchor = long.append_entries(&[ticked(1), ticked(2), ticked(3)]).unwrap();
    let mut short = MemoryJournal::new(floor(), vault.clone());
    short.append_entries(&[ticked(1)]).unwrap();
    assert!(matches!(short.check_anchor(Some(anchor)), Err(StoreError::Damaged { seq: Seq(2), .. })));
    let mut anew = MemoryJournal::new(floor(), vault);
    anew.append_entries(&[ticked(1), ticked(2), Entry { json: "{}".into(), ..ticked(3) }, ticked(4)]).unwrap();
    assert!(matches!(anew.check_anchor(Some(anchor)), Err(StoreError::Damaged { seq: Seq(3), .. })));
    assert!(anew.verify(Some(anchor)).damage.is_some());
    assert!(anew.verify(None).damage.is_none(), "the chain alone cannot tell");
}

#[test]
fn envelopes_come_back_as_they_were_and_erased_when_the_key_died() {
    on_both(|journal, vault| {
        let (ada, _) = vault.fresh().unwrap();
        let batch: Vec<Envelope> = (1..=3).map(|seq| noted(seq, ada, "she likes blue")).collect();
        journal.append(&batch[..1]).unwrap();
        journal.append(&batch[1..]).unwrap();
        assert_eq!(journal.read(Seq(0), 10).unwrap(), batch);
        assert_eq!(journal.read_conversation(conversation(1), Seq(2), 10).unwrap(), batch[2..]);
        let mut seen = Vec::new();
        journal.replay(Seq(1), &mut |envelope| seen.push(envelope)).unwrap();
        assert_eq!(seen, batch[1..]);
        vault.destroy(ada).unwrap();
        let read = journal.read(Seq(0), 10).unwrap();
        assert!(
            matches!(&read[0].event, Event::Turn(TurnEvent::Noted { text: Personal::Erased, .. })),
            "{:?}",
            read[0]
        );
    });
}

fn noted(seq: u64, customer: CustomerId, text: &str) -> Envelope {
    let event = TurnEvent::Noted {
        conversation: conversation(1),
        operator: "ana".parse().unwrap(),
        text: Personal::Open(Foreign::new(text)),
    };
    Envelope {
        floor: floor(),
        seq: Seq(seq),
        at: Timestamp(seq as i64),
        actor: Actor::Operator("ana".parse().unwrap()),
        cause: None,
        key: None,
        subject: Some(customer),
        event: event.into(),
    }
}
