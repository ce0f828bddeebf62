//! From opened data to a conductor that has begun its life.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::agents::Playbooks;
use crate::agents::shop::Shop;
use crate::config::Bundle;
use crate::domain::command::{Act, Command, FloorAct};
use crate::domain::id::Seq;
use crate::runtime::clock::Clock;
use crate::runtime::conductor::{Conductor, Outer, Submitted, Task};
use crate::runtime::edition::{Edition, Editions, InForce};
use crate::runtime::ledger::Ledger;
use crate::runtime::library::Library;
use crate::runtime::snapshots::{Copy, Keeper};
use crate::store::files::Files;
use crate::store::history::History;
use crate::store::journal::{Journal, JournalRead};
use crate::store::lock::{Lock, Owner};
use crate::store::vault::Vault;

use super::open::Parts;
use super::{Error, Options};

/// A floor that is about to run.
pub(super) struct Prepared<J> {
    pub(super) bundle: Bundle,
    pub(super) seed: Option<u64>,
    /// The data folder and its owner's token.
    pub(super) data: Option<(PathBuf, String)>,
    pub(super) vault: Vault,
    pub(super) files: Files,
    pub(super) conductor: Conductor<J>,
    pub(super) ledger: Ledger,
    /// What was under way when the last life ended.
    pub(super) outer: Vec<Outer>,
    pub(super) clock: Arc<Clock>,
    pub(super) in_force: InForce,
    pub(super) editions: Editions,
    pub(super) shop: Shop,
    pub(super) questions: (Box<dyn JournalRead>, History),
    pub(super) keeper: Option<Keeper>,
    pub(super) lock: Option<(Lock, Owner)>,
}

/// Adopts the deployment if it differs, begins a life, and says what has to be taken up again.
pub(super) fn prepare<J: Journal>(parts: Parts<J>) -> Result<Prepared<J>, Error> {
    let Parts { options, folder, lock, vault, files, journal, history, copy, erased } = parts;
    let Copy { floor, mut ledger } = copy;
    let data = folder.as_ref().map(|folder| Ok::<_, Error>((folder.path().to_owned(), folder.admin_token()?)));
    let data = data.transpose()?;
    let library = data.as_ref().map(|(path, _)| Library::of(path));
    let editions = Editions::new(library, options.pace);
    let (begun_with, deployment) = editions.to_begin_with(&floor, &options.bundle);
    let kept = editions.keep(&deployment, &begun_with);
    kept.map_err(|source| Error::File { what: "deployments", source })?;
    let older = editions.flows_before(&floor, &deployment);
    let older: Vec<&Playbooks> = older.iter().collect();
    let edition = Edition::of(&begun_with, &older, None).map_err(Error::Clients)?;
    let stays = floor.deployment.as_deref() == Some(&deployment);
    let beside = if stays { editions.beside(&floor, &edition).map_err(Error::Clients)? } else { BTreeMap::new() };
    let in_force = InForce::new(edition, beside);
    let clock = Arc::new(Clock::start(floor.at, options.speed));
    let questions = (journal.reader()?, history);
    let keeper = folder.as_ref().map(|folder| {
        let (snapshot, anchor) = (folder.snapshot(), folder.anchor());
        Ok::<_, Error>(Keeper { journal: journal.reader()?, snapshot, anchor })
    });
    let keeper = keeper.transpose()?;
    let name = deployment.name.clone();
    let mut conductor = Conductor::new(name, floor, journal, Box::new(in_force.clone()));
    let acts = [FloorAct::Adopt(Box::new(deployment)), FloorAct::Start];
    let commands = acts.into_iter().enumerate().map(|(ticket, act)| {
        let (ticket, command) = (ticket as u64, Command::of_floor(Act::Floor(act)));
        Submitted { ticket, command }
    });
    let released = conductor.step(commands.collect(), clock.now())?;
    if let Some((_, Err(refusal))) = released.answers.into_iter().find(|(_, answer)| answer.is_err()) {
        return Err(Error::NotAdopted(refusal));
    }
    released.envelopes.iter().for_each(|envelope| ledger.fold(envelope));
    let mut outer = released.outer;
    outer.extend(erased.into_iter().map(|customer| Outer { cause: Seq(0), task: Task::Forget(customer) }));
    let Options { bundle, seed, .. } = options;
    let mut shop = Shop::new(bundle.shop.as_ref(), &bundle.tools);
    ledger.rebuild(&mut shop);
    Ok(Prepared {
        bundle,
        seed,
        data,
        vault,
        files,
        conductor,
        ledger,
        outer,
        clock,
        in_force,
        editions,
        shop,
        questions,
        keeper,
        lock,
    })
}
