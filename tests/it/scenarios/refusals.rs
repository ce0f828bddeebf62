//! Every way in which the rules turn a command down is shown by a scenario.

use std::collections::BTreeSet;

use super::{files, run};

/// Refusals that no command of a scenario can meet: they come from the edges, or from before the first deployment.
const ELSEWHERE: &[&str] = &["busy", "no_deployment", "not_yours", "unknown_customer", "already_open", "unknown_file"];

#[test]
fn every_refusal_has_a_scenario() {
    let source = include_str!("../../../src/domain/refusal.rs");
    let body = source.split("pub enum Refusal {").nth(1).unwrap();
    let variants = body.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?;
        let end = name.find([' ', ','])?;
        let name = name.get(..end)?;
        (name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(char::is_alphanumeric)).then_some(name)
    });
    let snake = |name: &str| {
        name.char_indices().fold(String::new(), |mut out, (at, c)| {
            if c.is_ascii_uppercase() && at > 0 {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
            out
        })
    };
    let all: BTreeSet<String> = variants.map(snake).collect();
    assert!(all.len() >= 25, "{all:?}");
    let shown: BTreeSet<String> = files().iter().flat_map(|file| run(file)).collect();
    let missing: Vec<&String> =
        all.iter().filter(|code| !shown.contains(*code) && !ELSEWHERE.contains(&code.as_str())).collect();
    assert!(missing.is_empty(), "no scenario shows {missing:?}");
}
