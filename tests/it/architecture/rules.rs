//! The rules, each a function from a source text to the faults in it.

use super::source::{Source, Token};
use super::{CRATES, LAYERS, Layer, TOP};

/// Longest file, in lines.
const FILE_MAX: usize = 600;
/// Longest function, in lines with something on them besides comments.
const FUNCTION_MAX: usize = 70;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"];
/// Where tasks, threads and clocks are at home; a lock is tried again after a moment, and who hands a key over may not
/// take for ever.
const EDGE: &[&str] =
    &["agents/model", "agents/key", "runtime", "gateway", "client", "cli", "console/app", "store/lock"];

fn fault(source: &Source, token: &Token, what: &str) -> String {
    format!("{}:{}: {what}", source.path, token.line)
}

fn layer_of(folder: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.folder == folder)
}

/// The folder that a path beginning at `at` leads to, if it leaves the file's own.
fn target(source: &Source, at: usize) -> Option<usize> {
    if at > 0 && source.tokens[at - 1].text == "::" {
        return None;
    }
    if source.tokens[at].text == "crate" {
        return (source.window::<2>(at)[1] == "::").then_some(at + 2);
    }
    let mut next = at;
    let mut steps = 0;
    while source.window::<2>(next) == ["super", "::"] {
        next += 2;
        steps += 1;
    }
    let depth = source.path.matches('/').count() + 1 + source.tokens[at].modules;
    (steps > 0 && steps >= depth).then_some(next)
}

/// `use crate::{a::b, c};` as the places of `a` and `c`.
fn heads(source: &Source, at: usize) -> Vec<usize> {
    if source.window::<1>(at) != ["{"] {
        return vec![at];
    }
    let mut depth = 0;
    let mut found = Vec::new();
    for (i, token) in source.tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && matches!(source.tokens[i - 1].text.as_str(), "{" | ",") => found.push(i),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// Imports go down, and never where the table says never.
pub(super) fn imports(source: &Source) -> Vec<String> {
    let folder = source.folder();
    if matches!(folder, "lib" | "main") {
        return Vec::new();
    }
    let Some(own) = layer_of(folder) else {
        return vec![format!("{}: the folder `{folder}` is not in the plan", source.path)];
    };
    let mut faults = Vec::new();
    for at in 0..source.tokens.len() {
        for head in target(source, at).map(|to| heads(source, to)).unwrap_or_default() {
            let token = &source.tokens[head];
            let name = token.text.as_str();
            match layer_of(name) {
                _ if name == folder => {}
                None => faults.push(fault(source, token, &format!("`{name}` is not a folder of the plan"))),
                Some(other) if other.number >= own.number || own.never.contains(&name) => {
                    faults.push(fault(source, token, &format!("`{folder}` must not import `{name}`")));
                }
                Some(_) => {}
            }
        }
    }
    faults
}

/// Outside crates are named only where the table puts them; tests may use any.
pub(super) fn crates(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, token) in source.tokens.iter().enumerate().filter(|(_, token)| !token.test) {
        let Some((name, places)) = CRATES.iter().find(|(name, _)| *name == token.text) else { continue };
        let before = if at > 0 { source.tokens[at - 1].text.as_str() } else { "" };
        let [_, after] = source.window::<2>(at);
        let named = before != "::" && before != "." && (after == "::" || (before == "use" && after == ";"));
        let own_module = source.tokens.windows(2).any(|pair| pair[0].text == "mod" && pair[1].text == *name);
        if named && !own_module && !places.iter().any(|place| source.is_in(place)) {
            faults.push(fault(source, token, &format!("the crate `{name}` belongs to {places:?}")));
        }
    }
    faults
}

/// Every dependency of the manifest stands in the table.
pub(super) fn unlisted(manifest: &str) -> Vec<String> {
    let mut in_dependencies = false;
    let mut faults = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.trim_end().ends_with("dependencies]");
            continue;
        }
        let name = line.split(['=', ' ', '.']).next().unwrap_or_default().replace('-', "_");
        let is_entry = in_dependencies && line.contains('=') && !line.starts_with(['#', ' ']);
        if is_entry && !CRATES.iter().any(|(known, _)| *known == name) {
            faults.push(format!("Cargo.toml: the crate `{name}` has no place in the architecture test"));
        }
    }
    faults
}

/// No floats in the words and on the wire.
pub(super) fn floats(source: &Source) -> Vec<String> {
    if !matches!(source.folder(), "domain" | "protocol") {
        return Vec::new();
    }
    let is_float = |token: &&Token| {
        let text = token.text.as_str();
        text == "f32" || text == "f64" || (text.starts_with(|c: char| c.is_ascii_digit()) && text.contains("f64"))
    };
    source.tokens.iter().filter(is_float).map(|token| fault(source, token, "a float in the core")).collect()
}

/// Tasks, threads and clocks live in the shell; tests may use them.
pub(super) fn clocks(source: &Source) -> Vec<String> {
    if source.folder() == "main" || EDGE.iter().any(|place| source.is_in(place)) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (at, token) in source.tokens.iter().enumerate().filter(|(_, token)| !token.test) {
        let [first, colons, second] = source.window::<3>(at);
        let spawns = matches!(first, "tokio" | "task" | "thread") && second.starts_with("spawn");
        let asks =
            matches!(first, "Instant" | "SystemTime" | "Timestamp" | "Zoned" | "Utc" | "Local") && second == "now";
        let sleeps = matches!(first, "thread" | "time") && second == "sleep";
        if colons == "::" && (spawns || asks || sleeps) {
            faults.push(fault(source, token, &format!("`{first}::{second}` outside the shell")));
        }
    }
    faults
}

/// The fold moves personal values and never looks into them.
pub(super) fn reveals(source: &Source) -> Vec<String> {
    if !source.is_in("orchestrator/evolve") {
        return Vec::new();
    }
    let looks = |at: &usize| source.window::<3>(*at) == [".", "reveal", "("] && !source.tokens[*at].test;
    let found = (0..source.tokens.len()).filter(looks);
    found.map(|at| fault(source, &source.tokens[at], "the fold looks into a personal value")).collect()
}

/// Files stay small.
pub(super) fn long_file(source: &Source) -> Vec<String> {
    let fault = format!("{}: {} lines, {FILE_MAX} are the limit", source.path, source.lines);
    if source.lines > FILE_MAX { vec![fault] } else { Vec::new() }
}

/// Functions stay small.
pub(super) fn long_functions(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for at in 0..source.tokens.len() {
        if source.tokens[at].text != "fn" {
            continue;
        }
        let name = &source.tokens[at + 1];
        let Some(last) = end_of_function(source, at) else { continue };
        let mut on: Vec<usize> = source.tokens[at..=last].iter().map(|token| token.line).collect();
        on.dedup();
        let lines = on.len();
        if lines > FUNCTION_MAX {
            let what = format!("`{}` has {lines} lines, {FUNCTION_MAX} are the limit", name.text);
            faults.push(fault(source, name, &what));
        }
    }
    faults
}

fn end_of_function(source: &Source, at: usize) -> Option<usize> {
    let (mut round, mut braces) = (0, 0);
    for (i, token) in source.tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "(" | "[" => round += 1,
            ")" | "]" => round -= 1,
            ";" if round == 0 && braces == 0 => return None,
            "{" => braces += 1,
            "}" => {
                braces -= 1;
                if braces == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

/// File and folder names say what is inside, and modules are `foo.rs` beside `foo/`.
pub(super) fn names(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for part in source.path.split('/') {
        let name = part.strip_suffix(".rs").unwrap_or(part);
        if name.split('_').any(|word| EMPTY_NAMES.contains(&word)) {
            faults.push(format!("{}: `{name}` says nothing about what is inside", source.path));
        }
        if name == "mod" {
            faults.push(format!("{}: a module is `foo.rs` beside `foo/`", source.path));
        }
    }
    for pair in source.tokens.windows(2).filter(|pair| pair[0].text == "mod") {
        if EMPTY_NAMES.contains(&pair[1].text.as_str()) {
            faults.push(fault(source, &pair[1], "this name says nothing about what is inside"));
        }
    }
    faults
}

/// The top of the repository holds what the plan names.
pub(super) fn top(names: &[String]) -> Vec<String> {
    let stranger = |name: &&String| !name.starts_with('.') && !TOP.contains(&name.as_str());
    names.iter().filter(stranger).map(|name| format!("`{name}` does not belong at the top")).collect()
}
