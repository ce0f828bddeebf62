//! From opened data to a conductor that has begun its life.

use std::path::PathBuf;
use std::sync::Arc;

use crate::agents::Playbooks;
use crate::agents::model::Models;
use crate::agents::shop::Shop;
use crate::analysis::Model;
use crate::config::Bundle;
use crate::domain::command::{Act, Command, FloorAct};
use crate::domain::deployment::Deployment;
use crate::domain::id::Seq;
use crate::knowledge::Index;
use crate::orchestrator::Floor;
use crate::runtime::clock::Clock;
use crate::runtime::conductor::{Conductor, Outer, Submitted, Task};
use crate::runtime::inner::Desk;
use crate::runtime::intake::Intake;
use crate::runtime::ledger::Ledger;
use crate::runtime::library::Library;
use crate::runtime::past::PastCases;
use crate::runtime::queries::Writing;
use crate::runtime::snapshots::{Copy, Keeper};
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
    pub(super) conductor: Conductor<J>,
    pub(super) ledger: Ledger,
    /// What was under way when the last life ended.
    pub(super) outer: Vec<Outer>,
    pub(super) clock: Arc<Clock>,
    pub(super) desk: Desk,
    pub(super) shop: Shop,
    pub(super) intake: Arc<Intake>,
    pub(super) questions: (Box<dyn JournalRead>, History),
    pub(super) writing: Writing,
    pub(super) keeper: Option<Keeper>,
    pub(super) lock: Option<(Lock, Owner)>,
}

/// Adopts the deployment if it differs, begins a life, and says what has to be taken up again.
pub(super) fn prepare<J: Journal>(parts: Parts<J>) -> Result<Prepared<J>, Error> {
    let Parts { options, folder, lock, vault, journal, history, copy, erased } = parts;
    let Copy { floor, mut ledger } = copy;
    let data = folder.as_ref().map(|folder| Ok::<_, Error>((folder.path().to_owned(), folder.admin_token()?)));
    let data = data.transpose()?;
    let library = data.as_ref().map(|(path, _)| Library::of(path));
    let deployment = deployment(&options);
    let articles = Arc::new(Index::build(&options.bundle.articles));
    let past = Arc::new(PastCases::new(options.bundle.policy.data.past, Arc::clone(&articles)));
    let (replies, remembered) = (options.bundle.replies.clone(), Arc::clone(&past));
    let writing = Writing { replies, articles: Arc::clone(&articles), past: remembered };
    let flows = flows(&options.bundle, &deployment, &floor, library.as_ref())?;
    let models = Models::open(&options.bundle).map_err(|error| Error::Models(error.to_string()))?.map(Arc::new);
    let desk = Desk::of(&options.bundle, flows, articles, models).with_past(past);
    let clock = Arc::new(Clock::start(floor.at, options.speed));
    let questions = (journal.reader()?, history);
    let keeper = folder.as_ref().map(|folder| {
        let (snapshot, anchor) = (folder.snapshot(), folder.anchor());
        Ok::<_, Error>(Keeper { journal: journal.reader()?, snapshot, anchor })
    });
    let keeper = keeper.transpose()?;
    let name = deployment.name.clone();
    let mut conductor = Conductor::new(name, floor, journal, Box::new(desk.clone()));
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
    let intake = Arc::new(Intake::new(Model::train(&bundle.pairs())));
    Ok(Prepared {
        bundle,
        seed,
        data,
        vault,
        conductor,
        ledger,
        outer,
        clock,
        desk,
        shop,
        intake,
        questions,
        writing,
        keeper,
        lock,
    })
}

fn deployment(options: &Options) -> Deployment {
    let mut deployment = options.bundle.deployment();
    if let Some(pace) = options.pace {
        deployment.agents.iter_mut().for_each(|agent| agent.pace = pace);
    }
    deployment
}

/// The flows of today, with those of the deployment before behind them.
fn flows(
    bundle: &Bundle,
    deployment: &Deployment,
    floor: &Floor,
    library: Option<&Library>,
) -> Result<Playbooks, Error> {
    let mut flows = Playbooks::of(bundle);
    if let Some(library) = library {
        library.keep(deployment, bundle).map_err(|source| Error::File { what: "deployments", source })?;
        let older = floor.deployment.as_deref().filter(|older| *older != deployment);
        if let Some(older) = older.and_then(|older| library.flows(older)) {
            flows = flows.with_versions_of(&older);
        }
    }
    Ok(flows)
}
