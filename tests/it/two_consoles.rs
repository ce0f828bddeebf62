//! Two operators at two real consoles against one served floor: what one does the other reads, and
//! the customer reads word for word what was meant for them.
//!
//! The terminals are those of `terminal.rs`: keys insist until the screen shows what they bring, and
//! no timing decides. What the customer should have read is written down as it is done.

use std::path::Path;
use std::time::Instant;

use baton::client::customer::Access;
use baton::client::{Address, rest};
use baton::protocol::customer::SpeakerKind;

use super::killed::{Server, baton};
use super::sockets::{Customer, PATIENCE, Read};
use super::terminal::Terminal;

/// The one answer to who or what the customer talks with: a desk would vary its words.
const ABOUT: &str = "I'm an AI, the {agent} of {brand}. A person can join at any time.";
/// The same as the customer reads it.
const AI: &str =
    "first-line assistant: I'm an AI, the first-line assistant of Northwind Home. A person can join at any time.";
/// What an agent says first when a person has had the conversation.
const BACK: &str = "I'm back with you, and I've read along.";
/// Sentences of the house.
const GREETING: &str = "house: Hello and welcome to Northwind Home! I'm an AI assistant. Tell me what's going on; you can ask for a human at any time.";
const AI_AGAIN: &str = "house: Our first-line assistant (an AI) is with you again.";
const STOPPED: &str = "house: Our assistant is stopped for the moment. A colleague will answer you in about 2 minutes.";

/// The sentence that introduces one of the two.
const fn here(ana: bool) -> &'static str {
    if ana {
        "house: Ana from our team is here now and has read along."
    } else {
        "house: Ben from our team is here now and has read along."
    }
}

/// A file with a token of somebody of the roster.
pub(crate) fn token(home: &Path, name: &str) -> String {
    let made = baton(home).args(["operators", "add", name, "--json"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let path = home.join(format!("{name}.token"));
    std::fs::write(&path, made["token"].as_str().unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The support desk, with one wording of each answer.
fn deployment(home: &Path) {
    let made = baton(home).args(["init", "."]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let flow = home.join("playbooks/about-assistant.toml");
    let text = std::fs::read_to_string(&flow).unwrap();
    let (head, _) = text.split_once("say = [").unwrap();
    std::fs::write(&flow, format!("{head}say = [\"{ABOUT}\"]\n")).unwrap();
    std::fs::write(home.join("phrases.toml"), format!("back-from-human = [\"{BACK}\"]\n")).unwrap();
}

/// A message as the transcript is compared by.
fn line(read: &Read) -> String {
    match read.by {
        SpeakerKind::You => format!("you: {}", read.text),
        SpeakerKind::House => format!("house: {}", read.text),
        SpeakerKind::Ai | SpeakerKind::Human | SpeakerKind::Waiting => format!("{}: {}", read.who, read.text),
    }
}

/// Two desks, a customer, and what the customer should have read by now.
struct Stage {
    ana: Terminal,
    ben: Terminal,
    customer: Customer,
    access: Access,
    script: Vec<String>,
}

impl Stage {
    async fn open(home: &Path, address: &Address) -> Self {
        let minted = rest::mint(address, None, None).await.unwrap();
        let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
        let mut customer = Customer::with(address, access.clone());
        customer.say("hello", "what can you do?").await.unwrap();
        customer.until_read("I'm an AI, the").await.unwrap();
        let (ana, ben) = (token(home, "ana"), token(home, "ben"));
        let (ana, ben) = (Terminal::as_operator(home, &ana), Terminal::as_operator(home, &ben));
        let script = [GREETING, "you: what can you do?", AI].map(str::to_owned).into();
        Self { ana, ben, customer, access, script }
    }

    /// The customer says something.
    async fn says(&mut self, key: &str, text: &str) {
        self.customer.say(key, text).await.unwrap();
        self.customer.until_stored(key).await.unwrap();
        self.script.push(format!("you: {text}"));
    }

    /// The customer reads what was meant for them, and nothing else comes before it.
    async fn reads<const N: usize>(&mut self, lines: [&str; N]) {
        self.script.extend(lines.map(str::to_owned));
        let others = |script: &[String]| script.iter().filter(|line| !line.starts_with("you: ")).count();
        while self.customer.read.len() < others(&self.script) {
            self.customer.hear().await.unwrap();
        }
        let read: Vec<String> = self.customer.read.iter().map(line).collect();
        let script: Vec<&String> = self.script.iter().filter(|line| !line.starts_with("you: ")).collect();
        assert_eq!(read.iter().collect::<Vec<_>>(), script);
    }

    /// One desk and the other.
    fn desks(&mut self, ana: bool) -> (&mut Terminal, &mut Terminal) {
        if ana { (&mut self.ana, &mut self.ben) } else { (&mut self.ben, &mut self.ana) }
    }

    /// Who holds writes, is introduced if that was not done, and leaves the composer; the other reads along.
    async fn replies(&mut self, ana: bool, text: &str) {
        let name = if ana { "ana" } else { "ben" };
        let (desk, other) = self.desks(ana);
        desk.does("r", "REPLY to");
        desk.types(text, text);
        desk.does("\r", &format!("you {text}"));
        other.until(&format!("{name} {text}"));
        desk.does("\x1b", "COMPOSER");
        let said = format!("{name}: {text}");
        self.reads([here(ana), &said]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_does_the_other_reads_and_the_customer_reads_no_more_than_was_meant() {
    let home = tempfile::tempdir().unwrap();
    deployment(home.path());
    let server = Server::start(home.path());
    let mut stage = Stage::open(home.path(), &server.address).await;
    observed_and_whispered(&mut stage);
    gated(&mut stage).await;
    beside(&mut stage).await;
    let pass = collided(&mut stage).await;
    asked_and_taken(&mut stage, pass).await;
    held_and_released(&mut stage).await;

    // The whole once more, from its first word, as the customer's page would load it.
    let mut fresh = Customer::with(&server.address, stage.access.clone());
    while fresh.welcome.is_none() {
        fresh.hear().await.unwrap();
    }
    fresh.until_turn(fresh.welcome.unwrap()).await.unwrap();
    assert_eq!(fresh.read.iter().map(line).collect::<Vec<_>>(), stage.script);
    assert_eq!(stage.customer.losses, 0, "the customer's socket was never lost");
    assert!(stage.ben.quits().success());
    assert!(stage.ana.quits().success());
}

/// Each is told that the other looks, the customer is not; a whisper is for the agent and colleagues.
fn observed_and_whispered(stage: &mut Stage) {
    let Stage { ana, ben, .. } = stage;
    for console in [&*ana, &*ben] {
        console.until("what can you do?");
    }
    ana.until("ben watches");
    ben.until("ana watches");
    ana.does("W", "WHISPER to");
    ana.types("be very brief please", "be very brief please");
    ana.does("\r", "you be very brief please");
    ana.does("\x1b", "COMPOSER");
    ben.until("be very brief please");
}

/// The next draft waits; its words are on both screens and not at the customer's.
async fn gated(stage: &mut Stage) {
    stage.ana.does("D", "gate off");
    stage.says("gated", "are you a robot?").await;
    let Stage { ana, ben, .. } = stage;
    ana.until("draft waits for a person");
    ben.until("draft waits for a person");
    ana.does("A", "DRAFT for");
    ana.does("s", "reads it at once");
    ana.confirms("draft of triage sent by you");
    stage.reads([AI]).await;
    stage.ana.does("D", "D gate B barge");
}

/// Barge: ana speaks beside the agent, who keeps the baton and keeps still; ben reads who does, and that
/// she is writing.
async fn beside(stage: &mut Stage) {
    let Stage { ana, ben, .. } = stage;
    ana.does("B", "BARGE beside triage");
    ben.until("ana speaks");
    ana.types("A person here, beside.", "A person here, beside.");
    ben.until("ana writes …");
    ana.does("\r", "BARGE in ");
    ana.confirms("you A person here, beside.");
    ben.until("beside the holder");
    ben.does("B", "this needs the role Supervisor");
    ana.does("\x1b", "COMPOSER");
    ana.does("B", "B barge T take over");
    ben.until("ana watches");
    stage.reads(["ana: A person here, beside."]).await;
}

/// Both take it in the same moment: one has it, the other reads who. Undone before the customer heard of
/// it; where the machine stood still for longer than the grace, it is handed back.
/// Which pass of the baton that was.
async fn collided(stage: &mut Stage) -> u32 {
    let deadline = Instant::now() + PATIENCE;
    for pass in (1_u32..).step_by(2) {
        assert!(Instant::now() < deadline, "their keys never meet");
        // The first holder has no number yet.
        let (now, back) =
            (if pass == 1 { String::new() } else { format!("pass {pass}") }, format!("pass {}", pass + 2));
        for desk in [&stage.ana, &stage.ben] {
            desk.until("triage holds");
            desk.until(&now);
        }
        stage.ben.press("T");
        let ana = stage.ana.brings("T", &["you hold", "ben holds"]) == 0;
        let winner = if ana { "ana" } else { "ben" };
        let (desk, other) = stage.desks(ana);
        desk.until(&format!("pass {}", pass + 1));
        other.until(&format!("{winner} holds"));
        // A key that came late finds a colleague to ask; one that fell into a stall says so.
        let met = other.brings("", &["refused, changed since you looked", "TAKE OVER", "stood still"]) == 0;
        other.does("\x1b", "COMPOSER");
        if desk.brings("z", &[&back, "nothing to undo"]) == 1 {
            desk.does("H", "HAND BACK");
            desk.confirms(&back);
            stage.reads([here(ana), AI_AGAIN]).await;
        }
        if met {
            return pass + 2;
        }
    }
    unreachable!("passes do not end");
}

/// Ben may not take it from ana, he asks and she gives it; she leads, and takes it back for a reason that
/// he reads. What he had begun to write is his, until he gives it to her.
async fn asked_and_taken(stage: &mut Stage, pass: u32) {
    stage.ana.does("T", &format!("pass {}", pass + 1));
    stage.ben.until("ana holds");
    stage.replies(true, "I am Ana, a person.").await;
    let Stage { ana, ben, .. } = stage;
    ben.does("T", "ask ana for it");
    assert!(!ben.has("take it now"), "a responder asks, and does not take");
    ben.confirms("ben asks ana for it");
    ana.until("ben asks ana for it");
    ana.does("A", "ben ASKS FOR");
    ana.does("g", "ben answers");
    ana.confirms("ana gives it to ben");
    ana.until("ben holds");
    ben.until("you hold");
    stage.replies(false, "Ben here, I know devices.").await;
    let Stage { ana, ben, .. } = stage;
    ben.does("r", "REPLY to");
    ben.types("the router may be", "the router may be");
    ana.does("T", "ask ben for it");
    ana.does("t", "at once; ben");
    ana.does("\t", "reason: ▏");
    ana.types("I know her case", "I know her case");
    ana.confirms("ana takes it from ben: I know her case");
    ben.until("ana takes it from ben: I know her case");
    ben.until("ana holds");
    ben.does("\x1b", "U give draft");
    ben.does("U", "you the router may be");
    ana.until("ben the router may be");
    stage.replies(true, "Ana again.").await;
    stage.ana.does("H", "HAND BACK");
    stage.ana.confirms("T take over");
    stage.reads([AI_AGAIN]).await;
}

/// All AI stands still: the customer is told the truth and a person answers; released, it answers again.
async fn held_and_released(stage: &mut Stage) {
    let Stage { ana, ben, .. } = stage;
    ana.does(":", "command");
    ana.types("hold", "hold");
    ana.does("\r", "HOLD");
    ana.does("j", "type stop");
    ana.types("stop", "type stop: stop");
    ana.confirms("held all AI");
    ben.until("held all AI");
    stage.says("held", "are you human?").await;
    stage.reads([STOPPED]).await;
    stage.ben.does("T", "you hold");
    stage.ana.until("ben holds");
    stage.replies(false, "No machine now, I am Ben.").await;
    let Stage { ana, ben, .. } = stage;
    ben.does("H", "HAND BACK");
    // Not just any refusal: a key that was pressed twice has brought one already.
    ben.confirms("has to be released first");
    ana.does(":", "command");
    ana.types("release", "release");
    ana.does("\r", "RELEASE");
    ana.confirms("release all AI: done");
    ben.until("feed live");
    ben.does("H", "HAND BACK");
    ben.confirms("T take over");
    stage.reads([AI_AGAIN]).await;
    stage.says("last", "are you a robot?").await;
    stage.reads([&format!("first-line assistant: {BACK}")]).await;
}
