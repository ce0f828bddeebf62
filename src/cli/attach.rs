//! Finds the orchestrator of a data folder, or starts one beside this process that outlives it.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::failure::Failure;
use super::place::Place;
use crate::client::Address;
use crate::store::folder::DataFolder;
use crate::store::lock::{Lock, Owner};

/// How long a start may take: the longest journals fold in a few seconds.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at the lock file.
const LOOK: Duration = Duration::from_millis(30);

/// A floor that can be reached.
pub(super) struct Reached {
    /// Where.
    pub(super) address: Address,
    /// The token of the data folder's owner.
    pub(super) token: String,
    /// Its process.
    pub(super) pid: u32,
    /// Whether it was started just now.
    pub(super) fresh: bool,
}

/// The orchestrator running on the place's data folder, if one does.
pub(super) async fn running(place: &Place) -> Result<Option<Reached>, Failure> {
    let path = place.data_path()?;
    if !path.join("lock").exists() {
        return Ok(None);
    }
    let data = place.data()?;
    match Lock::owner(&data.lock())? {
        None => Ok(None),
        Some(_) => wait(&data, None).await.map(Some),
    }
}

/// The orchestrator of the place's data folder; started if none runs.
pub(super) async fn reach(place: &Place) -> Result<Reached, Failure> {
    if let Some(reached) = running(place).await? {
        return Ok(reached);
    }
    // What is wrong with the deployment is told here, and not in a log.
    place.bundle()?;
    let data = place.data()?;
    let child = start(place, &data)?;
    wait(&data, Some(child)).await
}

fn start(place: &Place, data: &DataFolder) -> Result<Child, Failure> {
    use std::os::unix::process::CommandExt;
    let told = std::fs::File::create(said(data))
        .map_err(|e| Failure::failed(format!("cannot write {}: {e}", said(data).display())))?;
    let program = std::env::current_exe().map_err(Failure::failed)?;
    let mut command = Command::new(program);
    command.arg("serve").arg("--detached").arg("--home").arg(data.path());
    if let Some(folder) = place.deployment_folder() {
        command.arg("--deployment").arg(folder);
    }
    // A process group of its own: keys of this terminal do not reach it.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(told).process_group(0);
    command.spawn().map_err(|e| Failure::failed(format!("cannot start the orchestrator: {e}")))
}

fn said(data: &DataFolder) -> std::path::PathBuf {
    data.log().join("start.log")
}

async fn wait(data: &DataFolder, mut child: Option<Child>) -> Result<Reached, Failure> {
    let fresh = child.is_some();
    let deadline = tokio::time::Instant::now() + START_PATIENCE;
    loop {
        if let Some(Owner { url: Some(url), pid, .. }) = Lock::owner(&data.lock())? {
            return Ok(Reached { address: Address::parse(&url)?, token: data.admin_token()?, pid, fresh });
        }
        if let Some(child) = &mut child
            && child.try_wait().map_err(Failure::failed)?.is_some()
        {
            let words = std::fs::read_to_string(said(data)).unwrap_or_default();
            let words = words.trim().trim_start_matches("baton: ").to_owned();
            return Err(Failure::failed(if words.is_empty() {
                format!("the orchestrator did not start; {} may say why", data.log().display())
            } else {
                words
            }));
        }
        if tokio::time::Instant::now() > deadline {
            return Err(Failure::failed(format!(
                "the orchestrator on {} does not say where it listens; {} may say why",
                data.path().display(),
                data.log().display()
            )));
        }
        tokio::time::sleep(LOOK).await;
    }
}
