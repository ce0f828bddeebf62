//! Another edition of the deployment, put in force while the floor lives: for everybody, or for a share of the
//! conversations that begin.

use std::sync::Arc;

use crate::agents::Playbooks;
use crate::config::Bundle;
use crate::domain::candidate::Share;
use crate::domain::command::{Act, Command, FloorAct};
use crate::domain::deployment::Deployment;
use crate::domain::envelope::{Actor, KeyUse};
use crate::domain::id::{Digest, OperatorName};
use crate::domain::refusal::Refusal;

use super::{Accepted, Handle, Rejected};
use crate::runtime::edition::Edition;
use crate::runtime::library;

impl Handle {
    /// Puts the edition of that name in force. What it says is known before the rules hear of it, and
    /// conversations stay on the flows they are on; channels, address and practice shop stay until a restart.
    pub(super) async fn adopt(&self, by: &OperatorName, key: KeyUse, name: Digest) -> Result<Accepted, Rejected> {
        let _alone = self.shared.editions.adopting.clone().lock_owned().await;
        let in_force = &self.shared.in_force;
        let (bundle, deployment) = self.texts(name)?;
        // Who is on an edition beside it is on flows of that.
        let edition = self.made(bundle, true).await?;
        let before = in_force.replace(edition);
        let adopting = library::name(&deployment);
        let adopted = self.floor_act(by, key, FloorAct::Adopt(Box::new(deployment))).await;
        match adopted {
            // An act that is repeated under its key is told what came of it then, whatever is in force since.
            Ok(_) if self.shared.replica.read().deployment.as_deref().map(library::name) == Some(adopting) => {
                in_force.now().rule();
                let floor = self.shared.replica.read();
                in_force.retain(|name| floor.editions.beside.values().any(|beside| beside.name == name));
            }
            Ok(_) | Err(_) => in_force.put_back(before),
        }
        adopted
    }

    /// Lets a share of new conversations begin on the edition of that name.
    pub(super) async fn roll_out(
        &self,
        by: &OperatorName,
        key: KeyUse,
        name: Digest,
        share: Share,
    ) -> Result<Accepted, Rejected> {
        let _alone = self.shared.editions.adopting.clone().lock_owned().await;
        let in_force = &self.shared.in_force;
        let (bundle, deployment) = self.texts(name)?;
        let edition = library::name(&deployment);
        let known = in_force.has(edition);
        if !known {
            let made = self.made(bundle, false).await?;
            in_force.add(edition, made);
        }
        let deployment = Box::new(deployment);
        let rolled_out = self.floor_act(by, key, FloorAct::RollOut { edition, deployment, share }).await;
        if rolled_out.is_err() && !known {
            in_force.retain(|name| name != edition);
        } else if rolled_out.is_ok() {
            // Those that were taken back and have no conversation any more.
            let floor = self.shared.replica.read();
            in_force.retain(|name| floor.editions.beside.values().any(|beside| beside.name == name));
        }
        rolled_out
    }

    /// The files of an edition, and what of them the rules read on this floor.
    fn texts(&self, name: Digest) -> Result<(Bundle, Deployment), Refusal> {
        let bundle = self.shared.editions.bundle(name).ok_or(Refusal::NoDeployment)?;
        let deployment = self.shared.editions.deployment(&bundle);
        Ok((bundle, deployment))
    }

    /// Reads an edition, off the threads that serve sockets: it trains a model. With `flows` it knows those
    /// that live conversations are on.
    async fn made(&self, bundle: Bundle, flows: bool) -> Result<Edition, Refusal> {
        let (editions, before) = (self.shared.editions.clone(), self.shared.in_force.all());
        let made = tokio::task::spawn_blocking(move || {
            let past = before.first().map(|now| Arc::clone(&now.writing.past));
            let older: Vec<&Playbooks> = before.iter().filter(|_| flows).map(|edition| edition.flows()).collect();
            let edition = Edition::of(&bundle, &older, past).ok()?;
            editions.keep(&editions.deployment(&bundle), &bundle).ok()?;
            Some(edition)
        });
        let edition = made.await.ok().flatten().ok_or(Refusal::NoDeployment)?;
        self.shared.replica.add_titles(&edition.titles);
        Ok(edition)
    }

    async fn floor_act(&self, by: &OperatorName, key: KeyUse, act: FloorAct) -> Result<Accepted, Rejected> {
        let (actor, key, act) = (Actor::Operator(by.clone()), Some(key), Act::Floor(act));
        self.submit(Command { actor, cause: None, key, seen: None, act }).await
    }
}
