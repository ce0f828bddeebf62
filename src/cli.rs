//! The command line: one file per command; joins what the layers keep apart.
//!
//! Does: reads arguments and settings, starts what a command needs, prints what came of it.
//! Never: prints foreign text uncleaned, or decides anything that is the floor's to decide.

mod agents;
mod aloud;
mod apply;
mod approvals;
mod assess;
mod attach;
mod audit;
mod briefs;
mod channels;
mod chat;
mod check;
mod completions;
mod console;
mod conversations;
mod customer;
mod demo;
mod desk;
mod doctor;
mod editions;
mod evaluate;
mod failure;
mod file;
mod house;
mod import;
mod incidents;
mod init;
mod journal;
mod knowledge;
mod learn;
mod line;
mod logs;
mod man;
mod models;
mod operators;
mod part;
mod past;
mod place;
mod policy;
mod print;
mod progress;
mod promises;
mod queue;
mod reach;
mod rehearse;
mod serve;
mod span;
mod status;
mod tools;
mod tryout;
mod verbs;
mod words;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use failure::Failure;
use place::Place;
use print::Printer;

use crate::console::app;

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
    Demo(demo::Demo),
    Serve(serve::Serve),
    Console(console::Console),
    Chat(chat::Chat),
    Replay(console::Replay),
    Explain(conversations::Explain),
    Conversations(conversations::Conversations),
    Queue(queue::Queue),
    Approvals(approvals::Approvals),
    Agents(agents::Agents),
    Incidents(incidents::Incidents),
    Import(import::Import),
    Assess(assess::Assess),
    Export(conversations::Export),
    Evaluate(evaluate::Evaluate),
    Learn(learn::Learn),
    Knowledge(knowledge::Knowledge),
    Models(models::Models),
    Tools(tools::Tools),
    Apply(apply::Apply),
    Policy(policy::Policy),
    Operators(operators::Operators),
    Status(status::Status),
    Channels(channels::Channels),
    Customer(customer::Customer),
    Audit(audit::Audit),
    Init(init::Init),
    Check(check::Check),
    Try(tryout::Try),
    Rehearse(rehearse::Rehearse),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Reads the arguments of this process and does what they ask.
pub fn run() -> ExitCode {
    match Cli::try_parse().map_err(|error| wrong_usage(&error)).and_then(Cli::act) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Help and version as they are; anything else in one line, since it repeats what was typed.
fn wrong_usage(error: &clap::Error) -> Failure {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody is left to be told if even this cannot be printed.
        let _ = error.print();
        return Failure::quiet();
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Failure::usage(format!("something is missing\n\n{}", error.render()));
    }
    let text = error.render().to_string();
    let said: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:")).collect();
    let said = said.into_iter().filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let said = said.collect::<Vec<_>>().join("; ");
    Failure::usage(format!("{}; `baton help` names what there is", said.trim_start_matches("error: ")))
}

impl Cli {
    fn act(self) -> Result<(), Failure> {
        let Self { place, command } = self;
        let printer = &mut Printer::stdout();
        let Some(command) = command else {
            return console::open(&place, app::Options::default(), printer);
        };
        match command {
            Command::Demo(command) => command.run(&place, printer),
            Command::Serve(command) => command.run(&place, printer),
            Command::Console(command) => command.run(&place, printer),
            Command::Chat(command) => command.run(&place, printer),
            Command::Replay(command) => command.run(&place, printer),
            Command::Explain(command) => command.run(&place, printer),
            Command::Conversations(command) => command.run(&place, printer),
            Command::Queue(command) => command.run(&place, printer),
            Command::Approvals(command) => command.run(&place, printer),
            Command::Agents(command) => command.run(&place, printer),
            Command::Incidents(command) => command.run(&place, printer),
            Command::Import(command) => command.run(&place, printer),
            Command::Assess(command) => command.run(printer),
            Command::Evaluate(command) => command.run(&place, printer),
            Command::Learn(command) => command.run(&place, printer),
            Command::Knowledge(command) => command.run(&place, printer),
            Command::Models(command) => command.run(&place, printer),
            Command::Tools(command) => command.run(&place, printer),
            Command::Apply(command) => command.run(&place, printer),
            Command::Policy(command) => command.run(&place, printer),
            Command::Export(command) => command.run(&place, printer),
            Command::Status(command) => command.run(&place, printer),
            Command::Operators(command) => command.run(&place, printer),
            Command::Channels(command) => command.run(&place, printer),
            Command::Customer(command) => command.run(&place, printer),
            Command::Audit(command) => command.run(&place, printer),
            Command::Init(command) => command.run(printer),
            Command::Check(command) => command.run(&place, printer),
            Command::Try(command) => command.run(&place, printer),
            Command::Rehearse(command) => command.run(&place, printer),
            Command::Doctor(command) => command.run(&place, printer),
            Command::Completions(command) => command.run(printer),
            Command::Man(command) => command.run(printer),
        }
    }
}

/// Runs what needs sockets and timers.
fn on_tokio<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Failure::failed(format!("cannot start: {e}")))?;
    let done = runtime.block_on(work);
    // A thread that waits for the keyboard must not hold up the end.
    runtime.shutdown_background();
    done
}
