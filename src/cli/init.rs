//! `baton init`: writes a deployment to begin with.

mod gaps;
mod paper;
mod proposal;
mod replies;

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::past::Past;
use super::print::Printer;
use crate::config::{self, Bundle};

/// Makes a deployment: a folder of files to change
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// The folder, made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Which deployment to begin with
    #[arg(long, value_name = "NAME", default_value = super::place::PRESET)]
    preset: String,
    /// Propose one from past dialogues instead, one of JSON a line, plain or .gz
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    from: Option<PathBuf>,
}

impl Init {
    /// Writes the files and says what to do next.
    pub(super) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        let (written, what) = if let Some(file) = &self.from {
            self.propose(file)?
        } else {
            let written = config::write_preset(&self.preset, &self.folder).map_err(Failure::failed)?;
            (written, format!("of the preset `{}`", self.preset))
        };
        let folder = self.folder.display().to_string();
        let step_in = if folder == "." { String::new() } else { format!("cd {folder} && ") };
        let read = if self.from.is_some() { "\n  proposal.md    says what was found, and what is missing" } else { "" };
        printer.says(&format!(
            "wrote {written} files {what} into {folder}\n\nnext:{read}\n  {step_in}baton check    \
             says whether the files fit together\n  {step_in}baton          starts the floor and opens the console"
        ))
    }

    fn propose(&self, file: &Path) -> Result<(usize, String), Failure> {
        let past = Past::read(file)?;
        let files = proposal::files(&past)?;
        // What would not be adopted is not written.
        Bundle::of(files.iter().filter(|(path, _)| path != proposal::PAPER).cloned()).map_err(|problems| {
            Failure::failed(format!("the proposal does not fit together, nothing was written: {problems}"))
        })?;
        let written =
            config::write_files(files.iter().map(|(path, text)| (path.as_str(), text.as_str())), &self.folder)
                .map_err(Failure::failed)?;
        Ok((written, format!("proposed from {} dialogues", past.dialogues.len())))
    }
}
