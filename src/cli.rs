//! The command line: one file per command; joins what the layers keep apart.
//!
//! Does: reads arguments and settings, starts what a command needs, prints what came of it.
//! Never: prints foreign text uncleaned, or decides anything that is the floor's to decide.

mod audit;
mod check;
mod completions;
mod failure;
mod init;
mod journal;
mod logs;
mod man;
mod place;
mod print;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use place::Place;
use print::Printer;

/// Air-traffic control for AI support agents
#[derive(Debug, Parser)]
#[command(name = "baton", version, about, long_about = None)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Check(check::Check),
    Audit(audit::Audit),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Reads the arguments of this process and does what they ask.
pub fn run() -> ExitCode {
    // Usage errors end here with status 2, help with 0.
    let cli = Cli::parse();
    match cli.act() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

impl Cli {
    fn act(self) -> Result<(), Failure> {
        let mut printer = Printer::stdout();
        match self.command {
            None => Err(Failure::usage("name a command; `baton help` lists them")),
            Some(Command::Init(command)) => command.run(&mut printer),
            Some(Command::Check(command)) => command.run(&self.place, &mut printer),
            Some(Command::Audit(command)) => command.run(&self.place, &mut printer),
            Some(Command::Completions(command)) => command.run(&mut printer),
            Some(Command::Man(command)) => command.run(&mut printer),
        }
    }
}
