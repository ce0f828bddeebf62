//! Queues, and who holds which end.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Bundle;
use crate::domain::id::ChannelName;
use crate::privacy::handle::handle_digest;
use crate::privacy::seal::{DataKey, KEY_BYTES};
use crate::privacy::token::hex;
use crate::runtime::access::{Access, identity_secret};
use crate::runtime::clock::Clock;
use crate::runtime::executor::scanning::SCANS_AT_ONCE;
use crate::runtime::executor::under_way::UnderWay;
use crate::runtime::executor::{self, Executor, Vouched};
use crate::runtime::fanout::{CONSOLE_CALLS, ConsoleCall, Kept, Replica, Wiring};
use crate::runtime::handle::{Asked, ChannelAccess, Handle, INBOX, Life, Shared};
use crate::runtime::pump::{Published, RELEASED};
use crate::runtime::queries::{JOBS, Job, Queries};
use crate::runtime::snapshots::Copy;
use crate::runtime::telemetry::{Names, Sender, Target, Telemetry};
use crate::store::StoreError;
use crate::store::history::History;
use crate::store::journal::{Journal, JournalRead};
use crate::store::vault::Vault;

use super::Error;
use super::prepare::Prepared;

/// Everything that is shared, and the ends of queues that the threads take.
pub(super) struct Wired {
    pub(super) handle: Handle,
    pub(super) executor: Executor,
    pub(super) wiring: Wiring,
    pub(super) life: Arc<Life>,
    pub(super) ends: Ends,
}

/// The ends that the threads take.
pub(super) struct Ends {
    pub(super) inbox: Receiver<Asked>,
    pub(super) consoles: Receiver<ConsoleCall>,
    pub(super) queries: Receiver<Job>,
    pub(super) released: (SyncSender<Published>, Receiver<Published>),
    pub(super) copies: (SyncSender<Box<Copy>>, Receiver<Box<Copy>>),
}

/// Connects everything.
pub(super) fn wire<J: Journal>(
    prepared: &Prepared<J>,
    tokio: tokio::runtime::Handle,
    traced: bool,
) -> Result<Wired, Error> {
    let Prepared { bundle, data, vault, files, clock, .. } = prepared;
    let replica = Arc::new(Replica::new(prepared.conductor.floor().clone(), bundle.titles()));
    prepared.in_force.all().iter().for_each(|edition| replica.add_titles(&edition.titles));
    let (inbox, inbox_end) = sync_channel(INBOX);
    let (consoles, consoles_end) = sync_channel(CONSOLE_CALLS);
    let (queries, queries_end) = sync_channel(JOBS);
    let secret = secret_of(prepared)?;
    let executor = Executor::new(executor::Shared {
        tokio,
        inbox: inbox.clone(),
        queries: queries.clone(),
        replica: Arc::clone(&replica),
        clock: Arc::clone(clock),
        in_force: prepared.in_force.clone(),
        consoles: consoles.clone(),
        under_way: UnderWay::default(),
        shop: Mutex::new(prepared.shop.clone()),
        files: files.clone(),
        scans: Semaphore::new(SCANS_AT_ONCE),
        vouched: vouched(bundle, &secret),
        traces: traced.then(|| Names::new(secret.clone())),
        stops: CancellationToken::new(),
        tasks: TaskTracker::new(),
        forgetting: 0.into(),
    });
    let path = data.as_ref().map(|(path, _)| path.as_path());
    let wiring = Wiring {
        replica: Arc::clone(&replica),
        inbox: inbox.clone(),
        queries: queries.clone(),
        clock: Arc::clone(clock),
        kept: Kept::open(path, vault.secret("desk")?),
        run: run_name()?,
    };
    let local = data.as_ref().map(|(path, token)| (path.as_path(), token.clone()));
    let access = Access::open(local).map_err(|source| Error::File { what: "tokens", source })?;
    let life = Arc::new(Life::default());
    let shared = Shared {
        inbox,
        replica,
        consoles,
        queries,
        in_force: prepared.in_force.clone(),
        editions: prepared.editions.clone(),
        access,
        channels: channels(bundle, vault)?,
        vault: vault.clone(),
        files: files.clone(),
        clock: Arc::clone(clock),
        secret,
        seeded: prepared.seed.is_some(),
        life: Arc::clone(&life),
        measures: Arc::default(),
    };
    let ends = Ends {
        inbox: inbox_end,
        consoles: consoles_end,
        queries: queries_end,
        released: sync_channel(RELEASED),
        copies: sync_channel(1),
    };
    Ok(Wired { handle: Handle { shared: Arc::new(shared) }, executor, wiring, life, ends })
}

/// What reads traces off what is committed, and the task that sends them; nothing unless they are to go anywhere.
pub(super) fn telemetry<J: Journal>(
    target: Option<Target>,
    prepared: &Prepared<J>,
    handle: &Handle,
    tokio: &tokio::runtime::Handle,
) -> Result<Option<(Telemetry, tokio::task::JoinHandle<()>)>, Error> {
    let Some(target) = target else { return Ok(None) };
    let (measures, names) = (Arc::clone(&handle.shared.measures), Names::new(handle.shared.secret.clone()));
    let sender = Sender::new(target, Arc::clone(&measures)).map_err(Error::Telemetry)?;
    let (telemetry, waiting) = Telemetry::new(names, &prepared.bundle, prepared.conductor.floor(), measures);
    Ok(Some((telemetry, sender.start(waiting, tokio))))
}

/// What digests of names from outside are made with.
fn secret_of<J>(prepared: &Prepared<J>) -> Result<DataKey, StoreError> {
    prepared.seed.map_or_else(|| prepared.vault.secret("digests"), |seed| Ok(DataKey::from_bytes(seeded(seed))))
}

/// A secret that is none.
fn seeded(seed: u64) -> [u8; KEY_BYTES] {
    let mut bytes = [0; KEY_BYTES];
    for (byte, from) in bytes.iter_mut().zip(seed.to_be_bytes().into_iter().cycle()) {
        *byte = from;
    }
    bytes
}

/// The reader of the past, with its queue.
pub(super) fn questions(
    (journal, history): (Box<dyn JournalRead>, History),
    handle: &Handle,
    jobs: Receiver<Job>,
    clock: Arc<Clock>,
) -> (Queries, Receiver<Job>) {
    let shared = &handle.shared;
    let (replica, consoles, vault) = (Arc::clone(&shared.replica), shared.consoles.clone(), shared.vault.clone());
    let in_force = shared.in_force.clone();
    let files = shared.files.clone();
    (Queries { journal, history, vault, files, replica, consoles, clock, in_force }, jobs)
}

/// What the gateway has to know of each channel; the built-in page has one in every deployment.
fn channels(bundle: &Bundle, vault: &Vault) -> Result<BTreeMap<ChannelName, ChannelAccess>, StoreError> {
    let mut channels = BTreeMap::new();
    for channel in &bundle.house.channels {
        channels.insert(channel.name.clone(), access(&channel.name, channel.origins.clone(), vault)?);
    }
    let web = ChannelName::web();
    if let Entry::Vacant(vacant) = channels.entry(web) {
        let access = access(vacant.key(), Vec::new(), vault)?;
        vacant.insert(access);
    }
    Ok(channels)
}

fn access(name: &ChannelName, origins: Vec<String>, vault: &Vault) -> Result<ChannelAccess, StoreError> {
    Ok(ChannelAccess { origins, identity_secret: Some(identity_secret(vault, name)?) })
}

/// Persons of the practice shop under the digests by which the gateway knows signed visitors.
fn vouched(bundle: &Bundle, secret: &DataKey) -> Vouched {
    let Some(shop) = &bundle.shop else { return Vouched::new() };
    let mut channels: Vec<String> = bundle.house.channels.iter().map(|channel| channel.name.to_string()).collect();
    channels.push(ChannelName::web().to_string());
    let person = |channel: &String, handle: &String| {
        (handle_digest(secret, &format!("handle:{channel}"), handle), handle.clone())
    };
    let pairs = channels.iter().flat_map(|channel| shop.customers.iter().map(move |who| person(channel, &who.handle)));
    pairs.collect()
}

/// Names this life of the consoles' feed.
fn run_name() -> Result<String, Error> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| Error::Store(StoreError::NoRandomness(error)))?;
    Ok(hex(&random))
}
