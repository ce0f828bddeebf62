//! What a deployment is at run time, and the one that is in force: it may be replaced while the floor lives.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::conductor::Inner;
use super::inner::Desk;
use super::intake::Intake;
use super::library::{Library, name};
use super::past::PastCases;
use super::queries::Writing;
use crate::agents::Playbooks;
use crate::agents::model::Models;
use crate::agents::tool::Tools;
use crate::analysis::Model;
use crate::config::Bundle;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::command::Command;
use crate::domain::consult::{Advice, Consultation};
use crate::domain::deployment::Deployment;
use crate::domain::guard::Finding;
use crate::domain::handoff::{ContextPack, Receipt};
use crate::domain::id::AgentName;
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
    /// What reads its customers' texts.
    pub(super) intake: Intake,
    /// What helps its people to write.
    pub(super) writing: Writing,
    /// Titles of its articles.
    pub(super) titles: Titles,
    /// Its flows, for the edition that comes after.
    flows: Playbooks,
}

impl Edition {
    /// Reads what the files say; trains the triage, which takes a while.
    ///
    /// # Errors
    /// There can be no client for a language model or a server of tools.
    pub(super) fn of(bundle: &Bundle, older: Option<&Playbooks>, past: Option<Arc<PastCases>>) -> Result<Self, String> {
        let own = Playbooks::of(bundle);
        // A conversation finishes on the flows it began with.
        let flows = older.map_or(own.clone(), |older| own.with_versions_of(older));
        let articles = Arc::new(Index::build(&bundle.articles));
        // What is remembered stays; who may use it is said anew.
        let usage = bundle.policy.data.past;
        let past = past.unwrap_or_else(|| Arc::new(PastCases::new(usage, Arc::clone(&articles))));
        past.ruled_by(usage, Arc::clone(&articles));
        let models = Models::open(bundle).map_err(|error| error.to_string())?.map(Arc::new);
        let tools = Tools::open(bundle).map_err(|error| error.to_string())?.map(Arc::new);
        Ok(Self {
            desk: Desk::of(bundle, flows.clone(), Arc::clone(&articles), models, tools.as_deref())
                .with_past(Arc::clone(&past)),
            tools,
            intake: Intake::new(Model::train(&bundle.pairs())),
            writing: Writing { replies: bundle.replies.clone(), articles, past },
            titles: bundle.titles(),
            flows,
        })
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

    /// The flows of a deployment that was adopted before and is another one than `now`.
    pub(super) fn flows_before(&self, older: Option<&Deployment>, now: &Deployment) -> Option<Playbooks> {
        let older = older.filter(|older| *older != now)?;
        self.library.as_ref()?.bundle(name(older)).map(|bundle| Playbooks::of(&bundle))
    }
}

/// The edition in force. Clones share it.
#[derive(Clone)]
pub(super) struct InForce(Arc<RwLock<Arc<Edition>>>);

impl InForce {
    pub(super) fn new(edition: Edition) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(edition))))
    }

    /// The edition as of now; who asked it something goes on with it to the end.
    pub(super) fn now(&self) -> Arc<Edition> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one in force; the one before is given back.
    pub(super) fn replace(&self, edition: Edition) -> Arc<Edition> {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *now, Arc::new(edition))
    }

    /// Puts back what [`InForce::replace`] gave.
    pub(super) fn put_back(&self, edition: Arc<Edition>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = edition;
    }
}

impl Inner for InForce {
    fn step(&self, context: &AgentContext, input: &StepInput) -> Option<AgentStep> {
        self.now().desk.step(context, input)
    }

    fn advise(&self, asked: &Consultation) -> Option<Advice> {
        self.now().desk.advise(asked)
    }

    fn receipt(&self, agent: &AgentName, pack: &ContextPack) -> Receipt {
        self.now().desk.receipt(agent, pack)
    }

    fn findings(&self, floor: &Floor, command: &Command) -> Vec<Finding> {
        self.now().desk.findings(floor, command)
    }
}
