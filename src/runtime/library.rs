//! Deployments as they were adopted, kept in the data folder: a conversation finishes on the flows
//! it began with, also when the files have changed since, and an earlier one can be put in force again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::Bundle;
use crate::domain::deployment::Deployment;
use crate::domain::id::Digest;
use crate::privacy::digest::digest;

use super::access::write_private;

/// Where they are kept.
const FOLDER: &str = "deployments";

/// The folder of a floor's deployments.
#[derive(Debug, Clone)]
pub struct Library {
    folder: PathBuf,
}

impl Library {
    /// The library of that data folder.
    pub fn of(data: &Path) -> Self {
        Self { folder: data.join(FOLDER) }
    }

    /// Keeps the texts of a deployment, and says under which name.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn keep(&self, deployment: &Deployment, bundle: &Bundle) -> Result<Digest, std::io::Error> {
        let name = name(deployment);
        let path = self.path(name);
        if path.exists() {
            return Ok(name);
        }
        std::fs::create_dir_all(&self.folder)?;
        let texts: BTreeMap<&str, &str> = bundle.sources.iter().map(|source| (&*source.path, &*source.text)).collect();
        let fresh = path.with_extension("new");
        write_private(&fresh, &serde_json::to_vec(&texts)?)?;
        std::fs::rename(fresh, path)?;
        Ok(name)
    }

    /// The deployment of that name; nothing if its texts are not here any more, or are none that this
    /// version reads.
    pub fn bundle(&self, name: Digest) -> Option<Bundle> {
        let text = std::fs::read(self.path(name)).ok()?;
        let texts: BTreeMap<String, String> = serde_json::from_slice(&text).ok()?;
        Bundle::of(texts).ok()
    }

    fn path(&self, name: Digest) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }
}

/// Names a deployment by all that is adopted of it.
pub fn name(deployment: &Deployment) -> Digest {
    let text = serde_json::to_vec(deployment).unwrap_or_default();
    digest([text.as_slice()])
}
