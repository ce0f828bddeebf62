//! `baton man`: one manual page over all commands.

use clap::CommandFactory;

use super::failure::Failure;
use super::print::Printer;

/// Prints the manual page, and those of all commands into a folder
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// Write baton.1, baton-demo.1 ... into this folder instead
    #[arg(long, value_name = "DIR")]
    into: Option<std::path::PathBuf>,
}

impl Man {
    /// Prints or writes the pages.
    pub(super) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        let command = super::Cli::command();
        if let Some(folder) = &self.into {
            return clap_mangen::generate_to(command, folder).map_err(|e| {
                Failure::failed(format!("cannot write into {}: {e}; name a folder that is there", folder.display()))
            });
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page).map_err(|e| Failure::failed(format!("no page: {e}")))?;
        printer.document(&String::from_utf8_lossy(&page))
    }
}
