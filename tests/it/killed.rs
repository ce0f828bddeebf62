//! A server that is killed under load, again and again, on one data folder.
//!
//! Customers send keyed messages over sockets until the process dies under them. After each start
//! everything that was acknowledged is there exactly once and in order; what was not is sent again
//! under its key, and is there once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use baton::client::customer::Access;
use baton::client::{Address, rest};
use baton::domain::id::TurnNo;
use baton::protocol::customer::SpeakerKind;
use tokio::sync::Notify;

use super::sockets::{Customer, Gone, soak};

/// Customers that talk at the same time.
const CUSTOMERS: usize = 12;
/// Messages of each in one life of the server, if it lives so long: below the rate that is let through.
const EACH: usize = 20;
/// Acknowledgements after which the server is killed: between the least and so many more.
const KILL_AFTER: (usize, usize) = (10, 120);
/// Lives that a conversation sees; then newcomers take over, and it is looked at again in the end.
const LIVES: usize = 5;

/// `baton serve` on a data folder; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: Address,
}

impl Server {
    /// Starts it and waits until it says where it listens.
    pub(crate) fn start(home: &Path) -> Self {
        Self::start_at(home, "127.0.0.1:0")
    }

    /// The same at an address.
    pub(crate) fn start_at(home: &Path, address: &str) -> Self {
        Self::started(home, address, &[])
    }

    /// The same with variables of the environment.
    pub(crate) fn start_with(home: &Path, vars: &[(&str, String)]) -> Self {
        Self::started(home, "127.0.0.1:0", vars)
    }

    fn started(home: &Path, address: &str, vars: &[(&str, String)]) -> Self {
        let mut child = baton(home)
            .args(["serve", "--listen", address])
            .envs(vars.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let url = first.split_whitespace().find(|word| word.starts_with("http"));
        let Some(url) = url else {
            let mut words = String::new();
            child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
            panic!("the server did not start: {first}{words}");
        };
        let address = Address::parse(url).unwrap();
        Self { child, address }
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to end in order, and waits until it has.
    pub(crate) fn stop(&mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success(), "nobody could tell the server to end");
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "the server did not end in order: {ended}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command line on a data folder of its own.
pub(crate) fn baton(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
    command.env("BATON_HOME", home).env_remove("BATON_DEPLOYMENT").current_dir(home);
    command
}

/// One customer through many lives of the server.
struct Person {
    access: Access,
    name: String,
    /// What the floor has said is on disk.
    stored: Vec<(TurnNo, String)>,
    /// What was sent and never answered.
    open: Option<(String, String)>,
    sent: usize,
    /// How often something was sent again under its key.
    again: usize,
}

impl Person {
    async fn new(address: &Address, name: String) -> Self {
        let minted = rest::mint(address, None, None).await.unwrap();
        let access = Access::Conversation { conversation: minted.conversation, token: minted.token };
        Self { access, name, stored: Vec::new(), open: None, sent: 0, again: 0 }
    }

    /// Talks until the server dies, or until enough was said.
    async fn talk(&mut self, address: &Address, told: &(AtomicUsize, Notify), kill_at: usize) {
        let mut customer = Customer::with(address, self.access.clone());
        for _ in 0..EACH {
            self.again += usize::from(self.open.is_some());
            let (key, text) = self.open.take().unwrap_or_else(|| {
                self.sent += 1;
                let number = self.sent;
                (format!("{}-{number}", self.name), format!("{} asks how you are, number {number}", self.name))
            });
            self.open = Some((key.clone(), text.clone()));
            let Ok(turn) = said(&mut customer, &key, &text).await else { return };
            self.open = None;
            self.stored.push((turn, text));
            if told.0.fetch_add(1, Ordering::Relaxed) + 1 == kill_at {
                told.1.notify_one();
            }
        }
    }

    /// Looks at the whole transcript on a fresh socket.
    async fn check(&self, address: &Address) {
        let mut customer = Customer::with(address, self.access.clone());
        while customer.welcome.is_none() {
            customer.hear().await.expect("the socket stands");
        }
        customer.until_turn(customer.welcome.unwrap()).await.expect("the socket stands");
        let numbers: Vec<u64> = customer.read.iter().map(|read| read.turn.0).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "{}: a gap or a double", self.name);
        let mut own: BTreeMap<&str, Vec<TurnNo>> = BTreeMap::new();
        for read in customer.read.iter().filter(|read| read.by == SpeakerKind::You) {
            own.entry(&read.text).or_default().push(read.turn);
        }
        for (turn, text) in &self.stored {
            assert_eq!(own.get(text.as_str()), Some(&vec![*turn]), "{}: {text:?}", self.name);
        }
        assert!(self.stored.windows(2).all(|pair| pair[0].0 < pair[1].0), "{}: out of order", self.name);
        let unanswered = self.open.as_ref().and_then(|(_, text)| own.get(text.as_str())).map_or(0, Vec::len);
        assert!(unanswered <= 1, "{}: stored twice: {:?}", self.name, self.open);
        assert_eq!(own.len(), self.stored.len() + unanswered, "{}: something nobody said", self.name);
    }
}

async fn said(customer: &mut Customer, key: &str, text: &str) -> Result<TurnNo, Gone> {
    customer.say(key, text).await?;
    customer.until_stored(key).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_every_kill() {
    let home = tempfile::tempdir().unwrap();
    let mut all: Vec<Person> = Vec::new();
    let kills = soak(20, 200);
    for life in 0..kills {
        let mut server = Server::start(home.path());
        if life % LIVES == 0 {
            for number in 0..CUSTOMERS {
                all.push(Person::new(&server.address, format!("guest{life}-{number}")).await);
            }
        }
        let here = all.split_off(all.len() - CUSTOMERS);
        for person in &here {
            person.check(&server.address).await;
        }
        let told = Arc::new((AtomicUsize::new(0), Notify::new()));
        let kill_at = KILL_AFTER.0 + life * 37 % KILL_AFTER.1;
        let talking = here.into_iter().map(|mut person| {
            let (told, address) = (Arc::clone(&told), server.address.clone());
            tokio::spawn(async move {
                person.talk(&address, &told, kill_at).await;
                person
            })
        });
        let talking: Vec<_> = talking.collect();
        told.1.notified().await;
        server.kill();
        for person in talking {
            all.push(person.await.unwrap());
        }
    }
    let server = Server::start(home.path());
    for person in &all {
        person.check(&server.address).await;
    }
    drop(server);
    let (stored, again): (usize, usize) =
        all.iter().fold((0, 0), |(stored, again), person| (stored + person.stored.len(), again + person.again));
    println!("{kills} kills, {stored} acknowledged messages, {again} sent again by key");
    assert!(again > 0, "no kill came between a message and its acknowledgement");
    let verified = baton(home.path()).args(["audit", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
