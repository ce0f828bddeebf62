//! The house plan as a test: which folder may import which, which outside crate lives where, sizes,
//! names, floats, clocks. Every rule is a function on a source text, and `planted` shows that each
//! of them finds the fault it is there for.

mod planted;
mod rules;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::Source;

/// What a folder of `src/` may know about the others.
struct Layer {
    folder: &'static str,
    /// Imports go to folders of a lower number only.
    number: u8,
    /// And never to these, although they lie lower.
    never: &'static [&'static str],
}

const fn layer(number: u8, folder: &'static str, never: &'static [&'static str]) -> Layer {
    Layer { folder, number, never }
}

/// The tree. Folders of one layer never import each other.
const LAYERS: &[Layer] = &[
    layer(0, "domain", &[]),
    layer(1, "protocol", &[]),
    layer(1, "config", &[]),
    layer(1, "analysis", &[]),
    layer(1, "routing", &[]),
    layer(1, "knowledge", &[]),
    layer(1, "insight", &[]),
    layer(1, "privacy", &[]),
    layer(2, "orchestrator", &["config", "analysis"]),
    layer(3, "picture", &[]),
    layer(3, "store", &["orchestrator"]),
    layer(3, "agents", &[]),
    layer(3, "connectors", &[]),
    layer(4, "runtime", &[]),
    layer(5, "gateway", &["store"]),
    layer(5, "client", &["runtime"]),
    layer(6, "console", &["runtime", "gateway", "store", "orchestrator"]),
    layer(6, "simulation", &["gateway"]),
    layer(7, "cli", &[]),
];

/// Where an outside crate may be named: folders or files of `src/`, without their ending.
const CRATES: &[(&str, &[&str])] = &[
    // The language of the house.
    ("serde", &["*"]),
    ("serde_json", &["*"]),
    ("thiserror", &["*"]),
    ("schemars", &["domain", "protocol", "config", "gateway"]),
    ("jiff", &["cli", "console", "runtime/clock", "config", "picture", "domain/calendar"]),
    ("unicode_segmentation", &["domain", "analysis", "console"]),
    ("unicode_width", &["domain", "console"]),
    // Deployment files.
    ("toml", &["config", "agents", "console", "cli", "simulation"]),
    ("directories", &["cli"]),
    // Text, store, privacy.
    ("whatlang", &["analysis"]),
    ("rust_stemmers", &["analysis", "knowledge"]),
    ("libm", &["analysis", "routing", "knowledge"]),
    ("rusqlite", &["store"]),
    ("chacha20poly1305", &["privacy"]),
    (
        "sha2",
        &["analysis", "agents", "config", "knowledge", "orchestrator", "privacy", "runtime", "store", "simulation"],
    ),
    ("hmac", &["privacy"]),
    ("subtle", &["privacy", "gateway"]),
    ("zeroize", &["agents/key", "privacy"]),
    ("base64", &["privacy", "agents", "gateway", "client", "console", "cli"]),
    ("percent_encoding", &["runtime/telemetry", "gateway", "client"]),
    ("getrandom", &["agents/model", "store", "runtime", "gateway", "client", "cli"]),
    // Runtime and wire.
    ("mimalloc", &["main"]),
    ("tokio", &["agents/model", "agents/tool", "runtime", "gateway", "client", "console/app", "cli"]),
    ("tokio_util", &["agents/model", "runtime", "gateway", "client", "console/app", "cli"]),
    ("futures_util", &["agents/model/socket", "runtime", "gateway", "client", "console/app", "cli"]),
    ("axum", &["gateway"]),
    ("tower", &["gateway"]),
    ("axum_server", &["gateway"]),
    ("hyper_util", &["gateway"]),
    ("rustls", &["gateway", "privacy", "main", "cli"]),
    ("tokio_tungstenite", &["client", "gateway", "agents/model/socket"]),
    ("reqwest", &["agents", "client", "cli", "runtime/telemetry"]),
    ("rmcp", &["agents/tool/mcp"]),
    ("tracing", &["runtime", "gateway", "client", "console/app", "cli", "main"]),
    ("tracing_subscriber", &["cli"]),
    ("tracing_appender", &["cli"]),
    // Console.
    ("ratatui", &["console"]),
    ("crossterm", &["console", "cli"]),
    ("nucleo_matcher", &["console"]),
    ("terminal_colorsaurus", &["console"]),
    ("signal_hook", &["console/app"]),
    // Command line.
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("flate2", &["cli/past", "cli/evaluate"]),
    // Tests alone.
    ("insta", &[]),
    ("tempfile", &[]),
    ("portable_pty", &[]),
    ("vt100", &[]),
];

/// What may stand at the top of the repository, dot folders and ignored files aside.
const TOP: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "benches",
    "fuzz",
    "src",
    "target",
    "tests",
    "themes",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// All Rust files below `folder`, by their path relative to it.
fn sources(folder: &str) -> Vec<Source> {
    let base = root().join(folder);
    let mut paths = Vec::new();
    if base.is_dir() {
        collect(&base, &mut paths);
    }
    paths.sort();
    let read = |path: &PathBuf| Source::new(path.strip_prefix(&base).unwrap(), &fs::read_to_string(path).unwrap());
    paths.iter().map(read).collect()
}

fn no_faults(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn everywhere(rule: impl Fn(&Source) -> Vec<String>) {
    let all = sources("src");
    assert!(all.len() > 50, "the sources are where they are looked for");
    no_faults(&all.iter().flat_map(rule).collect::<Vec<_>>());
}

#[test]
fn imports_point_down() {
    everywhere(rules::imports);
}

#[test]
fn outside_crates_stay_in_their_folders() {
    everywhere(rules::crates);
}

#[test]
fn every_outside_crate_is_listed() {
    no_faults(&rules::unlisted(&fs::read_to_string(root().join("Cargo.toml")).unwrap()));
}

#[test]
fn the_core_has_no_floats() {
    everywhere(rules::floats);
}

#[test]
fn clocks_threads_and_tasks_stay_at_the_edge() {
    everywhere(rules::clocks);
}

#[test]
fn the_fold_reads_no_personal_text() {
    everywhere(rules::reveals);
}

#[test]
fn files_and_functions_are_small() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(sources);
    no_faults(
        &all.flat_map(|source| [rules::long_file(&source), rules::long_functions(&source)].concat())
            .collect::<Vec<_>>(),
    );
}

#[test]
fn names_say_what_is_inside() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(sources);
    no_faults(&all.flat_map(|source| rules::names(&source)).collect::<Vec<_>>());
}

#[test]
fn the_top_of_the_repository_is_tidy() {
    let names: Vec<_> =
        fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    no_faults(&rules::top(&names));
}
