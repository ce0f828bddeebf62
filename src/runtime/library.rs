//! Deployments as they were adopted, kept in the data folder: a conversation finishes on the flows
//! it began with, also when the files have changed since.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::agents::Playbooks;
use crate::config::Bundle;
use crate::domain::deployment::Deployment;
use crate::domain::id::Digest;
use crate::privacy::digest::digest;

use super::access::write_private;

/// Where they are kept.
const FOLDER: &str = "deployments";

/// The folder of a floor's deployments.
pub(super) struct Library {
    folder: PathBuf,
}

impl Library {
    pub(super) fn of(data: &Path) -> Self {
        Self { folder: data.join(FOLDER) }
    }

    /// Keeps the texts of a deployment; done before it is adopted.
    pub(super) fn keep(&self, deployment: &Deployment, bundle: &Bundle) -> Result<(), std::io::Error> {
        let path = self.path(deployment);
        if path.exists() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder)?;
        let texts: BTreeMap<&str, &str> = bundle.sources.iter().map(|source| (&*source.path, &*source.text)).collect();
        let fresh = path.with_extension("new");
        write_private(&fresh, &serde_json::to_vec(&texts)?)?;
        std::fs::rename(fresh, path)
    }

    /// The flows of a deployment that was adopted before; nothing if its texts are not here any more.
    pub(super) fn flows(&self, deployment: &Deployment) -> Option<Playbooks> {
        let text = std::fs::read(self.path(deployment)).ok()?;
        let texts: BTreeMap<String, String> = serde_json::from_slice(&text).ok()?;
        Bundle::of(texts).ok().map(|bundle| Playbooks::of(&bundle))
    }

    fn path(&self, deployment: &Deployment) -> PathBuf {
        self.folder.join(format!("{}.json", name(deployment)))
    }
}

/// Names a deployment by all that is adopted of it.
fn name(deployment: &Deployment) -> Digest {
    let text = serde_json::to_vec(deployment).unwrap_or_default();
    digest([text.as_slice()])
}
