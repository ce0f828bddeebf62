//! Another edition of the deployment, put in force while the floor lives.

use std::sync::Arc;

use crate::domain::command::{Act, Command, FloorAct};
use crate::domain::envelope::{Actor, KeyUse};
use crate::domain::id::{Digest, OperatorName};
use crate::domain::refusal::Refusal;

use super::{Accepted, Handle, Rejected};
use crate::runtime::edition::Edition;

impl Handle {
    /// Puts the edition of that name in force. What it says is known before the rules hear of it, and
    /// conversations stay on the flows they are on; channels, address and practice shop stay until a restart.
    pub(super) async fn adopt(&self, by: &OperatorName, key: KeyUse, name: Digest) -> Result<Accepted, Rejected> {
        let (editions, in_force) = (self.shared.editions.clone(), self.shared.in_force.clone());
        let _alone = editions.adopting.clone().lock_owned().await;
        let unknown = || Rejected::Refused(Refusal::NoDeployment);
        let bundle = editions.library.as_ref().and_then(|library| library.bundle(name)).ok_or_else(unknown)?;
        let deployment = editions.deployment(&bundle);
        let before = in_force.now();
        // It trains a model, which is no work for a thread that serves sockets.
        let made = tokio::task::spawn_blocking(move || {
            let edition = Edition::of(&bundle, Some(before.flows()), Some(Arc::clone(&before.writing.past))).ok()?;
            editions.keep(&editions.deployment(&bundle), &bundle).ok()?;
            Some(edition)
        });
        let edition = made.await.ok().flatten().ok_or_else(unknown)?;
        self.shared.replica.add_titles(&edition.titles);
        let before = in_force.replace(edition);
        let act = Act::Floor(FloorAct::Adopt(Box::new(deployment)));
        let (actor, key) = (Actor::Operator(by.clone()), Some(key));
        let adopted = self.submit(Command { actor, cause: None, key, seen: None, act }).await;
        if adopted.is_err() {
            in_force.put_back(before);
        }
        adopted
    }
}
