//! Files of customers at rest.

use super::*;

const ROOM: Room = Room { per_conversation: 3, per_day: 1_000, disk: 2_000 };

fn floor() -> FloorName {
    "shop".parse().unwrap()
}

fn conversation(number: u8) -> ConversationId {
    ConversationId::from_random([number; 16])
}

struct Shelf {
    files: Files,
    vault: Vault,
    customer: CustomerId,
}

impl Shelf {
    fn new() -> Self {
        let vault = Vault::in_memory().unwrap();
        Self::on(Files::in_memory(floor(), vault.clone()).unwrap(), vault)
    }

    fn on(files: Files, vault: Vault) -> Self {
        let (customer, _) = vault.fresh().unwrap();
        Self { files, vault, customer }
    }

    fn keep(&self, key: Option<&str>, content: &[u8], at: i64) -> Result<SentFile, NotKept> {
        let key: Option<ClientKey> = key.map(|key| key.parse().unwrap());
        let name = Foreign::from("invoice.pdf");
        self.files.keep(
            Upload {
                conversation: conversation(1),
                customer: self.customer,
                key: key.as_ref(),
                name: &name,
                kind: FileKind::Pdf,
                content,
                at: Timestamp(at),
            },
            ROOM,
        )
    }
}

fn holds(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        content.windows(needle.len()).any(|window| window == needle)
    })
}

#[test]
fn an_upload_that_is_tried_again_is_the_same_file_and_another_content_under_its_key_is_refused() {
    let shelf = Shelf::new();
    let first = shelf.keep(Some("k-1"), b"%PDF-1", 1).unwrap();
    assert_eq!(shelf.keep(Some("k-1"), b"%PDF-1", 2).unwrap(), first);
    assert!(matches!(shelf.keep(Some("k-1"), b"%PDF-2", 3), Err(NotKept::KeyReused)));
    shelf.files.claim(conversation(1), &[first.file], Timestamp(4)).unwrap().unwrap();
    shelf.files.said(&[first.file]).unwrap();
    assert_eq!(shelf.keep(Some("k-1"), b"%PDF-1", 5).unwrap().file, first.file, "also after it was said");
    // Without a key the same content is the same file as long as nobody has said it.
    let second = shelf.keep(None, b"%PDF-3", 6).unwrap();
    assert_eq!(shelf.keep(None, b"%PDF-3", 7).unwrap().file, second.file);
    shelf.files.claim(conversation(1), &[second.file], Timestamp(8)).unwrap().unwrap();
    assert_ne!(shelf.keep(None, b"%PDF-3", 9).unwrap().file, second.file);
}

#[test]
fn there_is_so_much_room_and_no_more() {
    let shelf = Shelf::new();
    for number in 0..3_u8 {
        shelf.keep(None, &[number; 300], 1).unwrap();
    }
    assert!(matches!(shelf.keep(None, b"%PDF-4", 1), Err(NotKept::Conversation { limit: 3 })));
    let shelf = Shelf::new();
    shelf.keep(None, &[1; 900], 1).unwrap();
    assert!(matches!(shelf.keep(None, &[2; 101], 2), Err(NotKept::Day { limit: 1_000 })));
    shelf.keep(None, &[2; 101], 2 + DAY).unwrap();
    assert!(matches!(shelf.keep(None, &[3; 1_000], 3 + 2 * DAY), Err(NotKept::Full)));
}

#[test]
fn a_file_is_found_in_its_own_conversation_alone() {
    let shelf = Shelf::new();
    let sent = shelf.keep(None, b"%PDF-1", 1).unwrap();
    assert_eq!(shelf.files.content(conversation(1), sent.file).unwrap().unwrap(), (sent.clone(), b"%PDF-1".to_vec()));
    assert!(shelf.files.content(conversation(2), sent.file).unwrap().is_none());
    assert!(shelf.files.claim(conversation(2), &[sent.file], Timestamp(2)).unwrap().is_none());
    let nobodys = FileId::from_random([9; 16]);
    assert!(shelf.files.claim(conversation(1), &[sent.file, nobodys], Timestamp(2)).unwrap().is_none());
}

#[test]
fn what_nobody_said_is_swept_and_what_a_dead_process_had_claimed_is_asked_of_the_journal() {
    let shelf = Shelf::new();
    let orphan = shelf.keep(None, b"%PDF-1", 10).unwrap().file;
    let (lost, said) = (shelf.keep(None, b"%PDF-2", 10).unwrap().file, shelf.keep(None, b"%PDF-3", 10).unwrap().file);
    shelf.files.claim(conversation(1), &[lost, said], Timestamp(20)).unwrap().unwrap();
    let is_said = |_, file| Ok(file == said);
    assert_eq!(shelf.files.sweep(Timestamp(10), is_said).unwrap(), 0, "not yet");
    assert_eq!(shelf.files.sweep(Timestamp(15), is_said).unwrap(), 1, "the one that nobody claimed");
    assert!(shelf.files.about(conversation(1), orphan).unwrap().is_none());
    assert!(shelf.files.about(conversation(1), lost).unwrap().is_some());
    assert_eq!(shelf.files.sweep(Timestamp(21), is_said).unwrap(), 1);
    assert!(shelf.files.about(conversation(1), lost).unwrap().is_none());
    assert!(shelf.files.content(conversation(1), said).unwrap().is_some());
    let asked = |_, _| panic!("what is noted as said is not asked for again");
    assert_eq!(shelf.files.sweep(Timestamp(99), asked).unwrap(), 0);
}

#[test]
fn no_byte_of_a_file_lies_open_and_nothing_is_left_of_a_forgotten_customer() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(&folder.path().join("vault.db")).unwrap();
    let files = Files::open(&folder.path().join("files.db"), floor(), vault.clone()).unwrap();
    let (ada, bo) = (Shelf::on(files.clone(), vault.clone()), Shelf::on(files.clone(), vault));
    let content: Vec<u8> = b"%PDF marker-content ".iter().copied().cycle().take(800).collect();
    let (of_ada, of_bo) = (ada.keep(None, &content, 1).unwrap(), bo.keep(None, &content, 2).unwrap());
    assert_ne!(of_ada.file, of_bo.file, "the same content of two people is two files");
    for open in [b"marker-content".as_slice(), b"invoice.pdf"] {
        assert!(!holds(folder.path(), open), "{open:?} lies open");
    }
    let whose = ada.customer.to_bytes();
    assert!(holds(folder.path(), &of_ada.file.to_bytes()), "the search can find");
    files.forget(ada.customer).unwrap();
    ada.vault.destroy(ada.customer).unwrap();
    assert!(files.content(conversation(1), of_ada.file).unwrap().is_none());
    assert!(!holds(folder.path(), &of_ada.file.to_bytes()) && !holds(folder.path(), &whose), "a trace is left");
    assert_eq!(files.content(conversation(1), of_bo.file).unwrap().unwrap().1, content);
    assert!(matches!(ada.keep(None, b"%PDF-9", 3), Err(NotKept::NoKey)));
}

#[test]
fn a_dead_key_makes_a_file_unreadable_even_where_its_row_is_left() {
    let shelf = Shelf::new();
    let sent = shelf.keep(None, b"%PDF-1", 1).unwrap();
    shelf.vault.destroy(shelf.customer).unwrap();
    assert!(shelf.files.content(conversation(1), sent.file).unwrap().is_none());
}
