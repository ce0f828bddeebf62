//! Checks the files against each other, after each was read by itself.

mod flows;
mod hours;
mod house;
mod models;
mod panels;
mod rehearsals;
mod replies;
mod roster;
mod servers;
mod translation;

use std::collections::BTreeSet;

use super::bundle::Bundle;
use super::problem::{Problem, Problems};
use super::source::{Part, Source};

/// What is looked at, and what was found.
struct Check<'a> {
    bundle: &'a Bundle,
    problems: &'a mut Problems,
}

/// Adds what does not fit together; a bundle with unreadable files is left alone, since what they
/// would have said is missing everywhere else.
pub(super) fn check(bundle: &Bundle, problems: &mut Problems) {
    if problems.has_errors() {
        return;
    }
    let mut check = Check { bundle, problems };
    check.house();
    check.hours();
    check.tools();
    check.servers();
    check.shop();
    check.models();
    check.judge();
    check.translation();
    check.roster();
    check.examples();
    check.flows();
    check.conflict();
    check.replies();
    check.rehearsals();
}

impl<'a> Check<'a> {
    /// The file at that path.
    fn file(&self, path: &str) -> Option<&'a Source> {
        self.bundle.sources.iter().find(|source| &*source.path == path)
    }

    /// The file in that folder whose `name` is that.
    fn named(&self, folder: &str, name: &str) -> Option<&'a Source> {
        let says = |source: &&Source| {
            let table = toml::de::DeTable::parse(&source.text).ok();
            table.is_some_and(|table| {
                table.get_ref().get("name").and_then(|value| value.get_ref().as_str()) == Some(name)
            })
        };
        // Nearly always the file is named as its content; reading all of them is for the others.
        let usual = self.file(&format!("{folder}{name}.toml")).filter(says);
        usual.or_else(|| self.bundle.sources.iter().filter(|source| source.path.starts_with(folder)).rfind(says))
    }

    fn error(
        &mut self,
        source: Option<&Source>,
        way: &[Part<'_>],
        what: impl Into<String>,
        way_out: impl Into<String>,
    ) {
        self.problems.push(placed(source, way, what.into(), way_out.into()));
    }

    fn advice(
        &mut self,
        source: Option<&Source>,
        way: &[Part<'_>],
        what: impl Into<String>,
        way_out: impl Into<String>,
    ) {
        self.problems.push(placed(source, way, what.into(), way_out.into()).advice());
    }

    /// Says that `name` stands twice.
    fn twice<'n>(
        &mut self,
        source: Option<&Source>,
        list: &'static str,
        key: &'static str,
        names: impl Iterator<Item = &'n str>,
    ) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name) {
                let way = [Part::Key(list), Part::At(index), Part::Key(key)];
                self.error(
                    source,
                    &way,
                    format!("`{}` stands twice in {list}", name.escape_debug()),
                    "rename one, or take it out",
                );
            }
        }
    }
}

fn placed(source: Option<&Source>, way: &[Part<'_>], what: String, way_out: String) -> Problem {
    match source {
        Some(source) => Problem::at(source, way, what, way_out),
        None => Problem::file("baton.toml", what, way_out),
    }
}
