//! One floor, many consoles on sockets: how many changes reach them, and how long one takes.
//!
//! A customer's message is timed from the moment it is on disk to the moment each console has read
//! the frame that holds it; frames are coalesced per tick of the feed, and that wait is in the figure.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to say")]

#[path = "figure.rs"]
mod figure;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use baton::client::feed::{Feed, FeedEvent};
use baton::client::{Address, socket};
use baton::config::preset;
use baton::domain::customer::{Identity, Tier};
use baton::domain::id::{ChannelName, ConversationId, Seq};
use baton::domain::time::Millis;
use baton::gateway;
use baton::protocol::console::ConsoleReply;
use baton::runtime::{Handle, NewConversation, Options, Service};
use tokio::sync::mpsc;

const CONSOLES: usize = 50;
const CONVERSATIONS: usize = 200;
const ROUNDS: usize = 5;
/// Messages that are timed one by one, a round.
const TIMED: usize = 60;
/// Messages under load, a round, and how many of them at once.
const LOAD: usize = 4_000;
const ABREAST: usize = 32;

/// A console read up to here, then.
type Arrival = (Seq, Instant);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(bench());
    runtime.shutdown_background();
}

async fn bench() {
    let mut bundle = preset("support").unwrap();
    bundle.agents.iter_mut().for_each(|agent| agent.capacity = 100_000);
    let options = Options { pace: Some(Millis(0)), ..Options::in_memory(bundle) };
    let (floor, _service) = Service::start(options).unwrap();
    let serve = gateway::Options {
        address: "127.0.0.1:0".parse().unwrap(),
        tls: None,
        behind_proxy: false,
        hosts: Vec::new(),
        channel: ChannelName::web(),
    };
    let gateway = gateway::serve(serve, floor.clone()).unwrap();
    let address = Address::parse(&gateway.url()).unwrap();
    let mut people = Vec::new();
    for _ in 0..CONVERSATIONS {
        people.push(floor.open(newcomer()).await.unwrap());
    }
    let changes = Arc::new(AtomicUsize::new(0));
    let frames = Arc::new(AtomicUsize::new(0));
    let mut arrivals = Vec::new();
    for _ in 0..CONSOLES {
        let token = floor.local_token().to_owned();
        let feed =
            socket::connect(socket::Options { address: address.clone(), token, read_only: true, passing: false });
        let (note, noted) = mpsc::channel(4_096);
        tokio::spawn(read(feed, Arc::clone(&changes), Arc::clone(&frames), note));
        arrivals.push(noted);
    }
    say(&floor, &people, 0).await;
    let last = say(&floor, &people, 1).await;
    reached(&mut arrivals, last).await;
    latency(&floor, &people, &mut arrivals).await;
    throughput(&floor, &people, &mut arrivals, &changes, &frames).await;
}

fn newcomer() -> NewConversation {
    NewConversation {
        channel: ChannelName::web(),
        handle: None,
        reference: None,
        identity: Identity::Anonymous,
        tier: Tier::Standard,
        name: None,
    }
}

async fn say(floor: &Handle, people: &[ConversationId], number: usize) -> Seq {
    let conversation = *people.get(number % people.len()).unwrap();
    floor.say(conversation, None, format!("tell me joke number {number}").into(), false).await.unwrap().seq
}

async fn read(mut feed: Feed, changes: Arc<AtomicUsize>, frames: Arc<AtomicUsize>, note: mpsc::Sender<Arrival>) {
    while let Some(event) = feed.events.recv().await {
        let FeedEvent::Reply(reply) = event else { continue };
        let upto = match *reply {
            ConsoleReply::Welcome { seq: Some(seq), .. } => seq,
            ConsoleReply::Delta { to, changes: some, .. } | ConsoleReply::Resumed { to, changes: some, .. } => {
                changes.fetch_add(some.len(), Ordering::Relaxed);
                frames.fetch_add(1, Ordering::Relaxed);
                to
            }
            ConsoleReply::Welcome { .. }
            | ConsoleReply::Reset { .. }
            | ConsoleReply::Lagged { .. }
            | ConsoleReply::Accepted { .. }
            | ConsoleReply::Refused { .. }
            | ConsoleReply::Answer { .. }
            | ConsoleReply::Error { .. } => continue,
        };
        if note.send((upto, Instant::now())).await.is_err() {
            return;
        }
    }
}

/// When each console had read this entry.
async fn reached(arrivals: &mut [mpsc::Receiver<Arrival>], seq: Seq) -> Vec<Instant> {
    let mut times = Vec::new();
    for console in arrivals {
        loop {
            let (upto, at) = console.recv().await.unwrap();
            if upto >= seq {
                times.push(at);
                break;
            }
        }
    }
    times
}

async fn latency(floor: &Handle, people: &[ConversationId], arrivals: &mut [mpsc::Receiver<Arrival>]) {
    let (mut middle, mut high) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut all = Vec::new();
        for number in 0..TIMED {
            let seq = say(floor, people, 2 + round * TIMED + number).await;
            let stored = Instant::now();
            let times = reached(arrivals, seq).await;
            // Read before the acknowledgement reached us: no time at all.
            all.extend(times.iter().map(|at| at.saturating_duration_since(stored)));
            // Not in step with the tick of the feed.
            tokio::time::sleep(Duration::from_millis((number as u64 * 7) % 33)).await;
        }
        all.sort();
        let at = |share: usize| all.get(all.len() * share / 100).unwrap().as_secs_f64() * 1e3;
        middle.push(at(50));
        high.push(at(99));
    }
    figure::say("fanout", "a change to 50 consoles, p50", "ms", middle);
    figure::say("fanout", "a change to 50 consoles, p99", "ms", high);
}

async fn throughput(
    floor: &Handle,
    people: &[ConversationId],
    arrivals: &mut [mpsc::Receiver<Arrival>],
    changes: &AtomicUsize,
    frames: &AtomicUsize,
) {
    let (mut delivered, mut written, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let before = (changes.load(Ordering::Relaxed), frames.load(Ordering::Relaxed));
        let began = Instant::now();
        let from = 1_000 + round * LOAD;
        let lanes = (0..ABREAST).map(|lane| async move {
            let mut last = Seq(0);
            for number in (lane..LOAD).step_by(ABREAST) {
                last = last.max(say(floor, people, from + number).await);
            }
            last
        });
        let draining = async {
            let lasts = futures_util::future::join_all(lanes).await;
            lasts.into_iter().max().unwrap()
        };
        let last = draining.await;
        let took_saying = began.elapsed();
        reached(arrivals, last).await;
        let took = began.elapsed();
        said.push(figure::per_second(LOAD, took_saying));
        delivered.push(figure::per_second(changes.load(Ordering::Relaxed) - before.0, took));
        written.push(figure::per_second(frames.load(Ordering::Relaxed) - before.1, took));
    }
    figure::say("fanout", "messages stored and answered under 50 consoles", "1/s", said);
    figure::say("fanout", "changes delivered to 50 consoles", "1/s", delivered);
    figure::say("fanout", "frames delivered to 50 consoles", "1/s", written);
}
