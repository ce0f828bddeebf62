//! What a deployment is at run time, and the one that is in force: it may be replaced while the floor lives.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::conductor::Inner;
use super::guarding;
use super::inner::Desk;
use super::intake::Intake;
use super::library::{Library, name};
use super::past::PastCases;
use super::queries::Writing;
use crate::agents::Playbooks;
use crate::agents::model::{Models, Translator};
use crate::agents::tool::Tools;
use crate::agents::tool::scan::Scanner;
use crate::analysis::Model;
use crate::config::Bundle;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::command::Command;
use crate::domain::consult::{Advice, Consultation};
use crate::domain::data::PastUse;
use crate::domain::deployment::Deployment;
use crate::domain::guard::Finding;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::{AgentName, Digest};
use crate::domain::time::Millis;
use crate::knowledge::Index;
use crate::orchestrator::Floor;
use crate::picture::Titles;

/// Everything that the files of one deployment become.
pub(super) struct Edition {
    /// Its agents.
    pub(super) desk: Desk,
    /// What other services serve.
    pub(super) tools: Option<Arc<Tools>>,
    /// What looks at files of its customers.
    pub(super) scanner: Option<Arc<Scanner>>,
    /// What translates, if anything does.
    pub(super) translator: Option<Arc<Translator>>,
    /// What reads its customers' texts.
    pub(super) intake: Intake,
    /// What helps its people to write.
    pub(super) writing: Writing,
    /// Titles of its articles.
    pub(super) titles: Titles,
    /// Its flows, for the edition that comes after.
    flows: Playbooks,
    /// Who may use what conversations that are over came to, once it is in force.
    past: PastUse,
}

impl Edition {
    /// Reads what the files say; trains the triage, which takes a while.
    ///
    /// # Errors
    /// There can be no client for a language model or a server of tools.
    pub(super) fn of(bundle: &Bundle, older: &[&Playbooks], past: Option<Arc<PastCases>>) -> Result<Self, String> {
        // A conversation finishes on the flows it began with.
        let flows = older.iter().fold(Playbooks::of(bundle), |flows, older| flows.with_versions_of(older));
        let articles = Arc::new(Index::build(&bundle.articles));
        // What is remembered stays; who may use it is said anew when the edition is put in force, and not before.
        let usage = bundle.policy.data.past;
        let past = past.unwrap_or_else(|| Arc::new(PastCases::new(usage, Arc::clone(&articles))));
        let models = Models::open(bundle).map_err(|error| error.to_string())?.map(Arc::new);
        let tools = Tools::open(bundle).map_err(|error| error.to_string())?.map(Arc::new);
        let scanner = Scanner::of(bundle.house.scan.as_ref()).map_err(|error| error.to_string())?.map(Arc::new);
        let translator = Translator::open(bundle).map_err(|error| error.to_string())?.map(Arc::new);
        Ok(Self {
            scanner,
            desk: Desk::of(bundle, flows.clone(), Arc::clone(&articles), models, tools.as_deref())
                .with_past(Arc::clone(&past)),
            tools,
            translator,
            intake: Intake::new(Model::train(&bundle.pairs())),
            writing: Writing { replies: bundle.replies.clone(), articles, past },
            titles: bundle.titles(),
            flows,
            past: usage,
        })
    }

    /// What is remembered of conversations that are over goes by its rule from now on.
    pub(super) fn rule(&self) {
        self.writing.past.ruled_by(self.past, Arc::clone(&self.writing.articles));
    }

    /// The flows that its conversations may be on.
    pub(super) const fn flows(&self) -> &Playbooks {
        &self.flows
    }
}

/// How the editions of one floor are made and kept. Clones share their folder.
#[derive(Clone)]
pub(super) struct Editions {
    /// Where their texts are kept; nowhere for a floor in memory.
    pub(super) library: Option<Library>,
    /// The pace of every agent, if the floor has one.
    pub(super) pace: Option<Millis>,
    /// Held by whoever puts one in force: one at a time.
    pub(super) adopting: Arc<Mutex<()>>,
}

impl Editions {
    pub(super) fn new(library: Option<Library>, pace: Option<Millis>) -> Self {
        Self { library, pace, adopting: Arc::default() }
    }

    /// What of a bundle the rules read, as this floor adopts it.
    pub(super) fn deployment(&self, bundle: &Bundle) -> Deployment {
        let mut deployment = bundle.deployment();
        if let Some(pace) = self.pace {
            deployment.agents.iter_mut().for_each(|agent| agent.pace = pace);
        }
        deployment
    }

    /// Keeps the texts of an edition; done before it is adopted.
    pub(super) fn keep(&self, deployment: &Deployment, bundle: &Bundle) -> Result<(), std::io::Error> {
        self.library.as_ref().map_or(Ok(()), |library| library.keep(deployment, bundle).map(|_| ()))
    }

    /// The flows that conversations of a floor may be on when `now` is about to hold for everybody.
    pub(super) fn flows_before(&self, floor: &Floor, now: &Deployment) -> Vec<Playbooks> {
        let older = floor.deployment.as_deref().filter(|older| *older != now).map(name);
        let beside = floor.editions.beside.values().map(|beside| beside.name);
        older.into_iter().chain(beside).filter_map(|name| self.bundle(name)).map(|it| Playbooks::of(&it)).collect()
    }

    /// The texts of an edition, if they are kept.
    pub(super) fn bundle(&self, name: Digest) -> Option<Bundle> {
        self.library.as_ref()?.bundle(name)
    }

    /// What a floor begins with: the files, unless they are what is rolled out to a share. A restart widens
    /// nothing, so then it is what was in force, as it is kept.
    pub(super) fn to_begin_with(&self, floor: &Floor, files: &Bundle) -> (Bundle, Deployment) {
        let deployment = self.deployment(files);
        let rolled_out = floor.editions.rolled_out().is_some_and(|(_, beside, _)| *beside.deployment == deployment);
        let Some(now) = floor.deployment.as_deref().filter(|_| rolled_out) else {
            return (files.clone(), deployment);
        };
        if let Some(bundle) = self.bundle(name(now)) {
            return (bundle, now.clone());
        }
        tracing::warn!("the edition in force is not kept any more: the one that was rolled out holds for all");
        (files.clone(), deployment)
    }

    /// The editions beside that in force, ready to be asked; what is not kept any more is left out, and its
    /// conversations are answered by the agents of the one in force.
    pub(super) fn beside(&self, floor: &Floor, now: &Edition) -> Result<BTreeMap<Digest, Arc<Edition>>, String> {
        let mut beside = BTreeMap::new();
        for one in floor.editions.beside.values() {
            let Some(bundle) = self.bundle(one.name) else {
                tracing::warn!(edition = %one.name, "the texts of an edition with live conversations are not kept");
                continue;
            };
            let edition = Edition::of(&bundle, &[], Some(Arc::clone(&now.writing.past)))?;
            beside.insert(one.name, Arc::new(edition));
        }
        Ok(beside)
    }
}

/// The edition in force, and those beside it.
struct Held {
    now: Arc<Edition>,
    beside: BTreeMap<Digest, Arc<Edition>>,
}

/// The editions that conversations are on. Clones share them.
#[derive(Clone)]
pub(super) struct InForce(Arc<RwLock<Held>>);

impl InForce {
    pub(super) fn new(edition: Edition, beside: BTreeMap<Digest, Arc<Edition>>) -> Self {
        Self(Arc::new(RwLock::new(Held { now: Arc::new(edition), beside })))
    }

    /// The edition in force as of now; who asked it something goes on with it to the end.
    pub(super) fn now(&self) -> Arc<Edition> {
        self.of(None)
    }

    /// The edition of that name; the one in force where there is none beside it.
    pub(super) fn of(&self, name: Option<Digest>) -> Arc<Edition> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let beside = name.and_then(|name| held.beside.get(&name));
        Arc::clone(beside.unwrap_or(&held.now))
    }

    /// All of them, that in force first.
    pub(super) fn all(&self) -> Vec<Arc<Edition>> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(&held.now).chain(held.beside.values()).map(Arc::clone).collect()
    }

    /// Whether there is one of that name beside that in force.
    pub(super) fn has(&self, name: Digest) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).beside.contains_key(&name)
    }

    /// Has one ready beside that in force.
    pub(super) fn add(&self, name: Digest, edition: Edition) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).beside.insert(name, Arc::new(edition));
    }

    /// Lets go of those beside that in force which `kept` does not name.
    pub(super) fn retain(&self, kept: impl Fn(Digest) -> bool) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).beside.retain(|name, _| kept(*name));
    }

    /// Puts another one in force; the one before is given back.
    pub(super) fn replace(&self, edition: Edition) -> Arc<Edition> {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held.now, Arc::new(edition))
    }

    /// Puts back what [`InForce::replace`] gave.
    pub(super) fn put_back(&self, edition: Arc<Edition>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).now = edition;
    }
}

impl Inner for InForce {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        self.of(context.edition).desk.step(context, input)
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        self.of(asked.edition).desk.advise(asked)
    }

    fn advises(&self, asked: &Consultation) -> bool {
        self.of(asked.edition).desk.advises(asked)
    }

    fn receipt(&self, edition: Option<Digest>, agent: &AgentName, pack: &ContextPack) -> Receipt {
        self.of(edition).desk.receipt(edition, agent, pack)
    }

    fn findings(&self, floor: &Floor, command: &Command) -> Vec<Finding> {
        let edition = guarding::conversation_of(command).and_then(|id| floor.edition_of(id));
        self.of(edition).desk.findings(floor, command)
    }
}
