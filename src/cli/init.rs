//! `baton init`: writes a deployment to begin with.

use std::path::PathBuf;

use super::failure::Failure;
use super::print::Printer;
use crate::config;

/// Makes a deployment: a folder of files to change
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// The folder, made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Which deployment to begin with
    #[arg(long, value_name = "NAME", default_value = super::place::PRESET)]
    preset: String,
}

impl Init {
    /// Writes the files and says what to do next.
    pub(super) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        let written = config::write_preset(&self.preset, &self.folder).map_err(Failure::failed)?;
        let folder = self.folder.display().to_string();
        let step_in = if folder == "." { String::new() } else { format!("cd {folder} && ") };
        printer.says(&format!(
            "wrote {written} files of the preset `{}` into {folder}\n\nnext:\n  {step_in}baton check    \
             says whether the files fit together\n  {step_in}baton          starts the floor and opens the console",
            self.preset
        ))
    }
}
