//! Tests of baton from outside: one binary, a file or a folder per subject.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod chromium;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod cli_acts;
#[cfg(test)]
mod cli_evaluate;
#[cfg(test)]
mod cli_knowledge;
#[cfg(test)]
mod cli_measures;
#[cfg(test)]
mod cli_past;
#[cfg(test)]
mod cli_rehearse;
#[cfg(test)]
mod cli_sites;
#[cfg(test)]
mod config;
#[cfg(test)]
mod devtools;
#[cfg(test)]
mod editions;
#[cfg(test)]
mod files;
#[cfg(test)]
mod floor;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod house;
#[cfg(test)]
mod human_stretch;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod learning;
#[cfg(test)]
mod markers;
#[cfg(test)]
mod models;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod sent;
#[cfg(test)]
mod sockets;
#[cfg(test)]
mod takeovers;
#[cfg(test)]
mod ten_escalations;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod translated;
mod triage;
#[cfg(test)]
mod two_consoles;
#[cfg(test)]
mod wire;
