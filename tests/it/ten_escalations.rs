//! Ten customers ask for a person, and one operator settles them all at a real console, without having
//! read a manual: each key is pressed only where the screen names it, and all of them are counted.

use std::collections::BTreeSet;
use std::time::Instant;

use baton::client::customer::Access;
use baton::client::{Address, rest};
use baton::protocol::customer::SpeakerKind;

use super::killed::Server;
use super::sockets::{Customer, PATIENCE};
use super::terminal::{Terminal, shows};
use super::two_consoles::token;

const CUSTOMERS: usize = 10;
/// Keys for one: next, take over, write, words, take them, send, back, close, confirm.
const KEYS_EACH: usize = 9;
/// What the operator answers: the first of the house's own words.
const ANSWER: &str = "Hello, this is Ana. I have read everything above, so you need not repeat it.";

/// Somebody who asked for a person.
async fn asking(address: &Address) -> Customer {
    let minted = rest::mint(address, None, None).await.unwrap();
    let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
    let mut customer = Customer::with(address, access);
    customer.say("asked", "I want to talk to a human").await.unwrap();
    customer.until_read("asked a colleague to join us").await.unwrap();
    customer
}

/// A desk that counts the keys its operator had to press.
struct Desk {
    terminal: Terminal,
    keys: usize,
    /// With those that fell into a stall, and were pressed again.
    pressed: usize,
}

impl Desk {
    /// Presses a key that the screen names, until it brings this; nothing may be on its way meanwhile.
    fn key(&mut self, key: &str, named: &str, brings: &str) {
        self.terminal.wait(&format!("{named:?}, and nothing on its way"), |screen| {
            shows(screen, named) && !shows(screen, "sending")
        });
        self.keys += 1;
        self.pressed += self.terminal.insists(key, named, &[brings]).1;
    }

    /// The conversation that the footer names.
    fn target(&self) -> String {
        let line = self.terminal.last_line();
        line.split_once(':').map(|(name, _)| name.trim().to_owned()).unwrap_or_default()
    }

    /// Goes to the next that needs somebody. A second press would only go one further.
    fn next(&mut self, settled: &BTreeSet<String>) -> String {
        self.keys += 1;
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.pressed += self.terminal.insists("n", "n next need", &["T take over"]).1;
            let name = self.target();
            if !name.is_empty() && !settled.contains(&name) {
                return name;
            }
            assert!(Instant::now() < deadline, "nobody is left, and {settled:?} are settled");
        }
    }

    /// Answers whoever is marked, and says that it is settled.
    fn settle(&mut self, name: &str) {
        self.key("T", "T take over", &format!("you hold {name}: r writes"));
        self.key("r", "r reply", &format!("REPLY to {name}"));
        self.key("/", "/ words", "Enter takes it");
        self.key("\r", "Enter takes it", "Ctrl-J line");
        self.key("\r", "Enter send", "/ words");
        self.key("\x1b", "Esc keep", "COMPOSER");
        self.key("C", "C close", &format!("CLOSE {name}"));
        self.key("\r", "Enter confirm", "resolved by ana");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_escalations_are_settled_by_keys_that_the_screen_names() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(home.path());
    let mut customers = Vec::new();
    for _ in 0..CUSTOMERS {
        customers.push(asking(&server.address).await);
    }
    let terminal = Terminal::as_operator(home.path(), &token(home.path(), "ana"));
    let mut desk = Desk { terminal, keys: 0, pressed: 0 };
    desk.terminal.until("10 need you");
    desk.terminal.wait("the first is marked", |screen| {
        screen.rows(0, u16::MAX).last().is_some_and(|line| line.trim_start().starts_with("c-"))
    });
    let mut settled = BTreeSet::new();
    while settled.len() < CUSTOMERS {
        let name = if settled.is_empty() { desk.target() } else { desk.next(&settled) };
        desk.settle(&name);
        settled.insert(name);
    }
    desk.terminal.until("0 need you");
    for customer in &mut customers {
        customer.until_read("How did we do today").await.unwrap();
        let people = customer.read.iter().filter(|read| read.by == SpeakerKind::Human);
        let people: Vec<(&str, &str)> = people.map(|read| (read.who.as_str(), read.text.as_str())).collect();
        assert_eq!(people, [("ana", ANSWER)], "one answer, of the one who took it");
        assert_eq!(customer.losses, 0);
    }
    println!("{CUSTOMERS} escalations, {} keys, pressed {} times", desk.keys, desk.pressed);
    // The first is marked when the screen opens.
    assert_eq!(desk.keys, CUSTOMERS * KEYS_EACH - 1);
    assert!(desk.terminal.quits().success());
}
