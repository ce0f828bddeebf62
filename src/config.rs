//! The files of a deployment: roster, flows, articles, rules, tools, the practice shop.
//!
//! Does: reads them into types, says exactly where and how a file is wrong and the way out, checks
//! the files against each other, and holds the presets.
//! Never: opens a socket, keeps a secret, or decides anything about a conversation.

mod article;
mod bundle;
mod check;
mod differences;
pub mod files;
mod flow;
mod lines;
mod nearest;
pub mod phrases;
mod preset;
mod problem;
mod read;
mod replies;
pub mod schema;
pub mod shop;
mod source;

use std::fs;
use std::io;
use std::path::Path;

pub use bundle::Bundle;
pub use differences::{Difference, differences};
pub use preset::{PRESETS, Preset, preset, preset_files, replace_files, write_files, write_preset};
pub use problem::{Level, Problem, Problems};
pub use source::{Source, digest};

/// Largest file of a deployment, in bytes: a long playbook has 10 kB.
pub const FILE_BYTES_MAX: u64 = 512 * 1024;
/// Files of one deployment: every one is read at start.
pub const FILES_MAX: usize = 2_000;

/// Reads the deployment in `dir`.
///
/// # Errors
/// All problems found, in the order of files and lines.
pub fn load(dir: &Path) -> Result<Bundle, Problems> {
    Bundle::of(texts(dir)?)
}

/// The files of the deployment in `dir`, as (path below it, text).
///
/// # Errors
/// A file cannot be read, or there are too many, or too large ones.
pub fn texts(dir: &Path) -> Result<Vec<(String, String)>, Problems> {
    let mut texts = Vec::new();
    collect(dir, "", &mut texts).map_err(Problems::one)?;
    Ok(texts)
}

/// The files in `dir` that belong to a deployment, as (path below it, text).
fn collect(dir: &Path, below: &str, texts: &mut Vec<(String, String)>) -> Result<(), Problem> {
    let shown = if below.is_empty() { dir.display().to_string() } else { below.trim_end_matches('/').to_owned() };
    let failed = |error: &io::Error| {
        Problem::file(
            &shown,
            format!("cannot be read: {error}"),
            "name a folder with a baton.toml, or make one with `baton init`",
        )
    };
    let mut entries: Vec<_> =
        fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(|error| failed(&error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{below}{name}");
        let kind = entry.metadata().map_err(|error| failed(&error))?;
        if kind.is_dir() {
            if below.is_empty() && files::FOLDERS.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{name}/"), texts)?;
            }
            continue;
        }
        if !files::belongs(&path) {
            continue;
        }
        if kind.len() > FILE_BYTES_MAX || texts.len() >= FILES_MAX {
            return Err(Problem::file(
                &path,
                format!("is over the limit of {FILE_BYTES_MAX} bytes a file and {FILES_MAX} files"),
                "split it, or take out what no conversation needs",
            ));
        }
        let text = fs::read_to_string(entry.path())
            .map_err(|error| Problem::file(&path, format!("cannot be read: {error}"), "save it as UTF-8 text"))?;
        texts.push((path, text));
    }
    Ok(())
}
