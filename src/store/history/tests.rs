//! The index against a journal: catching up, questions, erasure.

use super::*;
use crate::domain::analysis::{Analysis, IntentScore};
use crate::domain::baton::{Holder, PassReason};
use crate::domain::conversation::{CloseReason, Disposition};
use crate::domain::customer::{Identity, Tier};
use crate::domain::envelope::Actor;
use crate::domain::event::{BatonEvent, ConversationEvent, CustomerEvent, Event, TurnEvent};
use crate::domain::id::{ConversationId, CustomerId, Epoch, Handle, TurnNo};
use crate::domain::personal::Personal;
use crate::domain::score::Score;
use crate::domain::text::Foreign;
use crate::domain::time::{Millis, Timestamp};
use crate::store::journal::Journal;
use crate::store::journal::memory::MemoryJournal;
use crate::store::vault::Vault;

fn floor() -> FloorName {
    "shop".parse().unwrap()
}

fn conversation(n: u8) -> ConversationId {
    ConversationId::from_random([n; 16])
}

fn personal(text: &str) -> Personal<Foreign> {
    Personal::Open(Foreign::new(text))
}

/// A journal that is being written.
struct Writer {
    journal: MemoryJournal,
    vault: Vault,
    all: Vec<Envelope>,
}

impl Writer {
    fn new() -> Self {
        let vault = Vault::in_memory().unwrap();
        Self { journal: MemoryJournal::new(floor(), vault.clone()), vault, all: Vec::new() }
    }

    fn happen(&mut self, subject: Option<CustomerId>, event: impl Into<Event>) {
        let seq = Seq(self.all.len() as u64 + 1);
        let at = Timestamp(seq.0 as i64 * 1_000);
        let (actor, event) = (Actor::Floor, event.into());
        let envelope = Envelope { floor: floor(), seq, at, actor, cause: None, key: None, subject, event };
        self.journal.append(std::slice::from_ref(&envelope)).unwrap();
        self.all.push(envelope);
    }

    fn open(&mut self, n: u8, customer: CustomerId, name: &str) {
        let opened = ConversationEvent::Opened {
            conversation: conversation(n),
            handle: Handle(u64::from(n)),
            customer,
            reference: None,
            channel: "web".parse().unwrap(),
            identity: Identity::Anonymous,
            tier: Tier::Standard,
            name: Some(personal(name)),
            earlier: 0,
            silence: Millis(1),
        };
        self.happen(Some(customer), opened);
    }

    fn say(&mut self, n: u8, customer: CustomerId, intent: &str, text: &str) {
        let intents = vec![IntentScore { intent: intent.parse().unwrap(), confidence: Score::default() }];
        let spoke = TurnEvent::CustomerSpoke {
            conversation: conversation(n),
            turn: TurnNo(1),
            text: personal(text),
            analysis: Box::new(Analysis { intents, ..Analysis::default() }),
            bytes: text.len() as u32,
            repeats: false,
            quiet_until: None,
            clocks: Vec::new(),
            left: None,
            stands: crate::domain::said::Stands::Alone,
            files: Vec::new(),
            scan: None,
        };
        self.happen(Some(customer), spoke);
    }

    fn note(&mut self, n: u8, customer: CustomerId, text: &str) {
        let operator = "ana".parse().unwrap();
        self.happen(Some(customer), TurnEvent::Noted { conversation: conversation(n), operator, text: personal(text) });
    }

    fn pass(&mut self, n: u8, to: Holder) {
        let passed = BatonEvent::Passed {
            conversation: conversation(n),
            from: Holder::Nobody,
            to,
            epoch: Epoch(1),
            reason: PassReason::Opened,
            since: Timestamp(0),
            grace_until: None,
            pack: None,
            left: None,
            undo_until: None,
        };
        self.happen(None, passed);
    }
}

/// Two customers, three conversations.
fn past() -> (Writer, CustomerId, CustomerId) {
    let mut writer = Writer::new();
    let (ada, bo) = (writer.vault.fresh().unwrap().0, writer.vault.fresh().unwrap().0);
    writer.open(1, ada, "Ada Marker");
    writer.say(1, ada, "refund", "I was charged twice, markerone");
    writer.say(1, ada, "other", "Crème brûlée?");
    writer.pass(1, Holder::Agent("billing".parse().unwrap()));
    writer.note(1, ada, "likes markertwo");
    writer.open(2, bo, "Bo");
    writer.say(2, bo, "login", "charged my phone, cannot log in");
    writer.pass(2, Holder::Operator("ana".parse().unwrap()));
    writer.open(3, ada, "Ada Marker");
    let credited = Holder::Agent("billing".parse().unwrap());
    let conversation = conversation(1);
    let resolved = ConversationEvent::Resolved {
        conversation,
        disposition: Disposition::Solved,
        credited: credited.clone(),
        until: Timestamp(0),
        pack: Box::default(),
        spent: crate::domain::clock::ActorTimes::default(),
        first_contact: true,
    };
    writer.happen(None, resolved);
    writer.happen(Some(ada), ConversationEvent::Rated { conversation, score: 4, comment: None, credited });
    writer.happen(None, ConversationEvent::Closed { conversation, reason: CloseReason::WindowEnded });
    (writer, ada, bo)
}

fn everything(history: &History) -> (Page, Vec<Hit>) {
    (history.list(&Filter::default(), None, 100).unwrap(), history.search("c", None, 100).unwrap())
}

#[test]
fn the_past_can_be_asked() {
    let (mut writer, ada, _) = past();
    let mut history = History::in_memory(floor()).unwrap();
    assert_eq!(history.catch_up(&mut writer.journal).unwrap(), 12);
    let handles = |filter: &Filter| -> Vec<u64> {
        history.list(filter, None, 100).unwrap().rows.iter().map(|row| row.handle.0).collect()
    };
    let any = Filter::default;
    assert_eq!(handles(&any()), [3, 2, 1]);
    assert_eq!(handles(&Filter { customer: Some(ada), ..any() }), [3, 1]);
    assert_eq!(handles(&Filter { intent: Some("refund".parse().unwrap()), ..any() }), [1]);
    assert_eq!(handles(&Filter { closed: Some(false), ..any() }), [3, 2]);
    assert_eq!(handles(&Filter { rating_max: Some(4), ..any() }), [1]);
    assert_eq!(handles(&Filter { rating_max: Some(3), ..any() }), [] as [u64; 0]);
    assert_eq!(handles(&Filter { disposition: Some(Disposition::Solved), ..any() }), [1]);
    assert_eq!(handles(&Filter { holder: Some(Holder::Operator("ana".parse().unwrap())), ..any() }), [2]);
    assert_eq!(handles(&Filter { words: Some("charged tw".into()), ..any() }), [1]);
    assert_eq!(handles(&Filter { since: Some(Timestamp(6_000)), until: Some(Timestamp(9_000)), ..any() }), [2]);
    assert_eq!(handles(&Filter { words: Some("charged".into()), customer: Some(ada), ..any() }), [1]);

    let one = history.summary(conversation(1)).unwrap().unwrap();
    assert_eq!((one.turns, one.rating, one.holders), (2, Some(4), vec!["agent:billing".to_owned()]));
    assert_eq!(one.name.unwrap().raw(), "Ada Marker");
    assert_eq!(history.by_handle(Handle(2)).unwrap().unwrap().conversation, conversation(2));
    assert_eq!(history.by_handle(Handle(9)).unwrap(), None);
}

#[test]
fn pages_and_hits_come_newest_first_without_overlap() {
    let (mut writer, ..) = past();
    let mut history = History::in_memory(floor()).unwrap();
    history.catch_up(&mut writer.journal).unwrap();
    let first = history.list(&Filter::default(), None, 2).unwrap();
    let second = history.list(&Filter::default(), first.next, 2).unwrap();
    assert_eq!((first.rows.len(), second.rows.len(), second.next), (2, 1, None));
    let hits = history.search("charged", None, 10).unwrap();
    assert_eq!(
        hits.iter().map(|hit| (hit.seq.0, hit.author.as_str())).collect::<Vec<_>>(),
        [(7, "customer"), (2, "customer")]
    );
    assert_eq!(hits[0].snippet.raw(), "\u{2}charged\u{3} my phone, cannot log in");
    assert_eq!(history.search("charged", Some(Seq(7)), 10).unwrap().len(), 1);
    assert_eq!(history.search("creme", None, 10).unwrap().len(), 1, "accents do not matter");
    for hostile in ["\"", "a OR", "NEAR(", "text:", "*", "", "x'; drop table turn; --"] {
        history.search(hostile, None, 10).unwrap();
    }
}

#[test]
fn an_index_catches_up_after_a_gap_a_damage_and_a_shorter_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (mut writer, ..) = past();
    let mut whole = History::in_memory(floor()).unwrap();
    whole.catch_up(&mut writer.journal).unwrap();
    {
        let mut history = History::open(&path, floor()).unwrap();
        assert!(history.apply(&writer.all[..3]).unwrap());
        assert!(!history.apply(&writer.all[5..]).unwrap(), "a gap is not papered over");
        assert!(history.apply(&writer.all[1..4]).unwrap(), "what is in is skipped");
    }
    let mut history = History::open(&path, floor()).unwrap();
    assert_eq!(history.indexed_to().unwrap(), Seq(4));
    history.catch_up(&mut writer.journal).unwrap();
    assert_eq!(everything(&history), everything(&whole));
    assert_eq!(everything(&history.reader().unwrap().unwrap()), everything(&whole));
    let mut shorter = MemoryJournal::new(floor(), writer.vault.clone());
    shorter.append(&writer.all[..5]).unwrap();
    history.catch_up(&mut shorter).unwrap();
    assert_eq!(history.indexed_to().unwrap(), Seq(5));
    drop(history);
    for damage in [&b"not a database"[..], b""] {
        std::fs::write(&path, damage).unwrap();
        let mut history = History::open(&path, floor()).unwrap();
        history.catch_up(&mut writer.journal).unwrap();
        assert_eq!(everything(&history), everything(&whole));
    }
    assert_eq!(History::open(&path, "bank".parse().unwrap()).unwrap().indexed_to().unwrap(), Seq(0));
}

#[test]
fn an_erasure_leaves_no_byte_and_equals_a_rebuilt_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (mut writer, ada, bo) = past();
    // Many more texts, so that pages split and the full text has several levels.
    for round in 0..400 {
        let customer = if round % 2 == 0 { ada } else { bo };
        let text = format!(
            "text {round} {} marker{}",
            "filler ".repeat(round % 37),
            if round % 2 == 0 { "ada" } else { "bo" }
        );
        writer.say(if round % 2 == 0 { 3 } else { 2 }, customer, "refund", &text);
    }
    let mut history = History::open(&path, floor()).unwrap();
    for batch in writer.all.chunks(7) {
        assert!(history.apply(batch).unwrap());
    }
    let found = |marker: &str| {
        std::fs::read_dir(folder.path()).unwrap().any(|file| {
            let content = std::fs::read(file.unwrap().path()).unwrap().to_ascii_lowercase();
            content.windows(marker.len()).any(|window| window == marker.as_bytes())
        })
    };
    assert!(
        ["markerone", "markertwo", "markerada", "ada marker", "markerbo"].into_iter().all(found),
        "the search can find"
    );
    writer.happen(None, CustomerEvent::Erased { customer: ada });
    writer.vault.destroy(ada).unwrap();
    history.catch_up(&mut writer.journal).unwrap();
    for marker in ["markerone", "markertwo", "markerada", "ada marker", "ada"] {
        assert!(!found(marker), "{marker} is still in a file");
    }
    assert!(found("markerbo"));
    let mut rebuilt = History::in_memory(floor()).unwrap();
    rebuilt.catch_up(&mut writer.journal).unwrap();
    assert_eq!(everything(&history), everything(&rebuilt));
}
