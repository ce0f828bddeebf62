//! `baton completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::failure::Failure;
use super::print::Printer;

/// Prints completions for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// For which shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub(super) fn run(&self, printer: &mut Printer) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::Cli::command(), "baton", &mut script);
        printer.document(&String::from_utf8_lossy(&script))
    }
}
