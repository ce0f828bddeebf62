//! A fault planted for every rule: a rule that finds nothing here would find nothing anywhere.

use std::path::Path;

use super::rules;
use super::source::Source;

fn at(path: &str, text: &str) -> Source {
    Source::new(Path::new(path), text)
}

#[test]
fn an_import_that_points_up_or_sideways() {
    let caught = [
        ("domain/id.rs", "use crate::store::Journal;"),
        ("domain.rs", "use super::config;"),
        ("domain/event/turn.rs", "use super::super::super::gateway::Options;"),
        ("routing/score.rs", "use crate::analysis::words;"),
        ("orchestrator/decide.rs", "fn f() { crate::config::load(); }"),
        ("store/record.rs", "use crate::{domain::id::Seq, orchestrator::Floor};"),
        ("console/model.rs", "use crate::orchestrator::Floor;"),
        ("client/feed.rs", "use crate::runtime::Handle;"),
        ("domain/id.rs", "#[cfg(test)] mod tests { use super::super::super::cli; }"),
        ("picture/row.rs", "use crate::nowhere::Thing;"),
        ("nowhere/thing.rs", "use crate::domain::id::Seq;"),
    ];
    for (path, text) in caught {
        assert_eq!(rules::imports(&at(path, text)).len(), 1, "{path}: {text}");
    }
    let allowed = [
        ("domain/id.rs", "use super::time::Millis; // crate::store\nconst S: &str = \"crate::store\";"),
        ("domain/id.rs", "mod tests { use super::super::time; }"),
        ("store/record.rs", "use crate::{domain::{id::Seq, time}, privacy::seal};"),
        ("cli/serve.rs", "use crate::gateway; use crate::runtime::{Handle, Options};"),
    ];
    for (path, text) in allowed {
        assert_eq!(rules::imports(&at(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn an_outside_crate_in_the_wrong_folder() {
    for (path, text) in [
        ("domain/id.rs", "use tokio::sync::mpsc;"),
        ("gateway/server.rs", "fn f() -> rusqlite::Result<()> {}"),
        ("store.rs", "use axum;"),
        ("console/pane.rs", "use tokio::time;"),
        ("cli/serve.rs", "fn f() { insta::glob(); }"),
    ] {
        assert_eq!(rules::crates(&at(path, text)).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("store/journal.rs", "use rusqlite::Connection;"),
        ("console/app/loop.rs", "use tokio::select;"),
        ("domain/id.rs", "#[cfg(test)]\nmod tests {\n use insta::assert_snapshot; }"),
        ("domain/text/tests.rs", "use vt100::Parser;"),
        ("config/toml.rs", "use super::toml::x; // axum::Router"),
    ] {
        assert_eq!(rules::crates(&at(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
    let after = "#[cfg(test)]\nmod tests {\n use insta::glob; }\nuse insta::glob;";
    assert_eq!(rules::crates(&at("domain/id.rs", after)).len(), 1, "what follows a test module is no test");
}

#[test]
fn a_crate_without_a_place() {
    let manifest = "[dependencies]\nserde = \"1\"\nleft-pad = \"1\"\n[lints.rust]\nunsafe_code = \"deny\"\n";
    assert_eq!(rules::unlisted(manifest).len(), 1);
}

#[test]
fn a_float_in_the_core() {
    assert_eq!(rules::floats(&at("domain/score.rs", "/// no f32\nfn f(x: f64) {}")).len(), 1);
    assert_eq!(rules::floats(&at("protocol/row.rs", "const X: u8 = 1f64 as u8;")).len(), 1);
    assert!(rules::floats(&at("analysis/mood.rs", "fn f(x: f64) {}")).is_empty());
}

#[test]
fn a_clock_or_a_task_in_the_core() {
    for text in [
        "fn f() { tokio::spawn(g()); }",
        "fn f() { std::thread::spawn(g); }",
        "fn f() { Instant::now(); }",
        "fn f() { jiff::Timestamp::now(); }",
        "fn f() { std::thread::sleep(d); }",
    ] {
        assert_eq!(rules::clocks(&at("orchestrator/decide.rs", text)).len(), 1, "{text}");
        assert!(rules::clocks(&at("runtime/clock.rs", text)).is_empty());
    }
}

#[test]
fn a_fold_that_looks_into_personal_values() {
    let text = "fn evolve(text: &Personal<Foreign>) { text.reveal(); }";
    assert_eq!(rules::reveals(&at("orchestrator/evolve/turn.rs", text)).len(), 1);
    assert_eq!(rules::reveals(&at("orchestrator/evolve.rs", text)).len(), 1);
    assert!(rules::reveals(&at("runtime/intake.rs", text)).is_empty());
}

#[test]
fn a_file_or_a_function_over_size() {
    let long = format!("fn long(a: [u8; 3]) {{\n{}}}\nfn short() {{}}", "let x = '{';\n".repeat(70));
    let faults = rules::long_functions(&at("domain/id.rs", &long));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("`long` has 72 lines"), "{faults:?}");
    assert!(rules::long_functions(&at("domain/id.rs", "trait T { fn f(); }\nfn g() {}")).is_empty());
    assert_eq!(rules::long_file(&at("domain/id.rs", &"\n".repeat(601))).len(), 1);
    assert!(rules::long_file(&at("domain/id.rs", &"\n".repeat(600))).is_empty());
}

#[test]
fn a_name_that_says_nothing() {
    for path in ["runtime/utils.rs", "common/id.rs", "gateway/session_manager.rs", "store/mod.rs"] {
        assert_eq!(rules::names(&at(path, "")).len(), 1, "{path}");
    }
    assert_eq!(rules::names(&at("runtime/clock.rs", "mod helpers {}")).len(), 1);
    assert!(rules::names(&at("runtime/clock.rs", "mod ticks {}")).is_empty());
}

#[test]
fn a_stranger_at_the_top() {
    let names = ["src", ".ci", "Makefile"].map(String::from);
    assert_eq!(rules::top(&names).len(), 1);
}
