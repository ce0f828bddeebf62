//! Where things are: the data folder, the deployment, and who runs on them.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;

/// Folders a command works on.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// Folder of journal, keys, tokens and logs
    #[arg(long, env = "BATON_HOME", value_name = "DIR", global = true)]
    pub(super) home: Option<PathBuf>,
    /// Folder of the deployment's files; here if there is a baton.toml, else the built-in support desk
    #[arg(long, env = "BATON_DEPLOYMENT", value_name = "DIR", global = true)]
    pub(super) deployment: Option<PathBuf>,
}

impl Place {
    /// The data folder, made if it is not there, and known to be writable.
    pub(super) fn data(&self) -> Result<PathBuf, Failure> {
        let folder = self.data_path()?;
        make_private(&folder)
            .map_err(|error| unusable(&folder, &error))
            .and_then(|()| try_writing(&folder).map_err(|error| unusable(&folder, &error)))?;
        Ok(folder)
    }

    /// Where the data folder is, or would be.
    pub(super) fn data_path(&self) -> Result<PathBuf, Failure> {
        if let Some(home) = &self.home {
            return Ok(home.clone());
        }
        directories::ProjectDirs::from("", "", "baton").map(|dirs| dirs.data_dir().to_owned()).ok_or_else(|| {
            Failure::failed("there is no home folder to keep data in; name one with --home or BATON_HOME")
        })
    }

    /// The deployment's folder; none means the built-in one.
    pub(super) fn deployment(&self) -> Option<PathBuf> {
        let here = || Path::new("baton.toml").exists().then(|| PathBuf::from("."));
        self.deployment.clone().or_else(here)
    }
}

fn unusable(folder: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!(
        "cannot keep data in {}: {error}; make the folder writable or name another with --home or BATON_HOME",
        folder.display()
    ))
}

/// Makes a folder that only its owner may look into; one that is there stays as it is.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn try_writing(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(home: &Path) -> Place {
        Place { home: Some(home.to_owned()), deployment: None }
    }

    #[test]
    fn a_folder_is_made_private_and_a_bad_one_is_told_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        assert_eq!(place(&inner).data(), Ok(inner.clone()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(inner.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let failure = place(&file.join("x")).data().unwrap_err().to_string();
        assert!(failure.contains("BATON_HOME"), "{failure}");
    }
}
