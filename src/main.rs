//! baton: reads the command line and ends with its status.

use std::process::ExitCode;

fn main() -> ExitCode {
    baton::cli::run()
}
