//! Where things are: the data folder, the deployment, and who runs on them.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use crate::config::{self, Bundle, Problems};
use crate::store::folder::DataFolder;

/// Folders a command works on.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// Folder of journal, keys, tokens and logs
    #[arg(long, env = "BATON_HOME", hide_env_values = true, value_name = "DIR", global = true)]
    pub(super) home: Option<PathBuf>,
    /// Folder of the deployment's files; here if there is a baton.toml, else the built-in support desk
    #[arg(long, env = "BATON_DEPLOYMENT", hide_env_values = true, value_name = "DIR", global = true)]
    pub(super) deployment: Option<PathBuf>,
}

impl Place {
    /// The data folder, made if it is not there, and known to be writable.
    pub(super) fn data(&self) -> Result<DataFolder, Failure> {
        DataFolder::open(&self.data_path()?).map_err(|error| {
            Failure::failed(format!(
                "{error}; make the folder writable for you or name another with --home or BATON_HOME"
            ))
        })
    }

    /// The data folder, if there is one with a journal.
    pub(super) fn existing_data(&self) -> Result<DataFolder, Failure> {
        let path = self.data_path()?;
        if !self.has_journal()? {
            let what = format!(
                "there is no floor in {}; start one with `baton`, or name another folder with --home",
                path.display()
            );
            return Err(Failure::failed(what));
        }
        self.data()
    }

    /// Whether a floor has ever written in the data folder.
    pub(super) fn has_journal(&self) -> Result<bool, Failure> {
        // An empty file is only a place kept for it.
        Ok(std::fs::metadata(self.data_path()?.join("journal.db")).is_ok_and(|file| file.len() > 0))
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

    /// The deployment's folder; none means the built-in desk.
    pub(super) fn deployment_folder(&self) -> Option<PathBuf> {
        let here = || Path::new("baton.toml").exists().then(|| PathBuf::from("."));
        self.deployment.clone().or_else(here)
    }

    /// The deployment: of the folder named, of this folder if it has one, else the built-in desk.
    pub(super) fn bundle(&self) -> Result<Bundle, Failure> {
        self.read().map_err(Failure::failed)
    }

    /// The same, with what is wrong with it as it was found.
    pub(super) fn read(&self) -> Result<Bundle, Problems> {
        match self.deployment_folder() {
            Some(folder) => config::load(&folder),
            None => config::preset(PRESET),
        }
    }

    /// Adds lines to a file of the deployment, and says where it is; what would not be adopted is not written.
    pub(super) fn append(&self, name: &str, lines: &str) -> Result<PathBuf, Failure> {
        let none = || Failure::failed("there is no deployment here to add to; `baton init` writes one".to_owned());
        let folder = self.deployment_folder().ok_or_else(none)?;
        let path = folder.join(name);
        let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", path.display()));
        let mut files = config::texts(&folder).map_err(|problems| Failure::failed(problems.to_string()))?;
        let text = if let Some((_, text)) = files.iter_mut().find(|(known, _)| known == name) {
            text.push_str(lines);
            text.clone()
        } else {
            files.push((name.to_owned(), lines.to_owned()));
            lines.to_owned()
        };
        Bundle::of(files).map_err(|problems| Failure::failed(problems.to_string()))?;
        let fresh = path.with_extension("toml.new");
        let mut file = std::fs::File::create(&fresh).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&fresh, &path).map_err(failed)?;
        Ok(path)
    }
}

/// The deployment of those who have none.
pub(super) const PRESET: &str = "support";

#[cfg(test)]
mod tests {
    use super::*;

    fn place(home: &Path) -> Place {
        Place { home: Some(home.to_owned()), deployment: None }
    }

    #[test]
    fn a_folder_is_made_and_a_bad_one_is_told_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        assert!(place(&inner).existing_data().unwrap_err().to_string().contains("there is no floor"));
        assert_eq!(place(&inner).data().unwrap().path(), inner);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let failure = place(&file.join("x")).data().unwrap_err().to_string();
        assert!(failure.contains("BATON_HOME"), "{failure}");
    }
}
