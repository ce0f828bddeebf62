//! What is different between two editions of a deployment, in words: file by file, key by key.

use std::collections::BTreeMap;

use serde::Serialize;
use toml::{Table, Value};

use super::source::Source;

/// Longest value that is shown; of a longer one it is said that it changed.
const VALUE_CHARS_MAX: usize = 48;
/// Entries of a list that are named; more are counted.
const NAMED_MAX: usize = 4;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In which file.
    pub file: String,
    /// What, as `capacity: 20 -> 30`.
    pub what: String,
}

/// Everything that is different, in the order of files and keys.
pub fn differences(before: &[Source], after: &[Source]) -> Vec<Difference> {
    let by_path = |sources: &[Source]| -> BTreeMap<String, String> {
        sources.iter().map(|source| (source.path.to_string(), source.text.to_string())).collect()
    };
    let (before, after) = (by_path(before), by_path(after));
    let mut found = Vec::new();
    for (file, text) in &after {
        let what = match before.get(file) {
            None => vec!["new".to_owned()],
            Some(old) if old == text => continue,
            Some(old) => in_file(file, old, text),
        };
        found.extend(what.into_iter().map(|what| Difference { file: file.clone(), what }));
    }
    let gone = before.keys().filter(|file| !after.contains_key(*file));
    found.extend(gone.map(|file| Difference { file: file.clone(), what: "gone".to_owned() }));
    found
}

fn in_file(file: &str, before: &str, after: &str) -> Vec<String> {
    if let (true, Ok(old), Ok(new)) = (is_toml(file), before.parse::<Table>(), after.parse::<Table>()) {
        let mut what = Vec::new();
        in_tables("", &old, &new, &mut what);
        if what.is_empty() {
            what.push("comments or order".to_owned());
        }
        return what;
    }
    let lines = |text: &str, other: &str| text.lines().filter(|line| !other.lines().any(|one| one == *line)).count();
    vec![format!("{} lines more, {} less", lines(after, before), lines(before, after))]
}

fn is_toml(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, end)| end == "toml")
}

fn in_tables(path: &str, before: &Table, after: &Table, what: &mut Vec<String>) {
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for (key, new) in after {
        if let Some(old) = before.get(key) {
            in_values(&at(key), old, new, what);
        } else {
            let value = shown(new).map_or(String::new(), |value| format!(", {value}"));
            what.push(format!("{}: new{value}", at(key)));
        }
    }
    what.extend(before.keys().filter(|key| !after.contains_key(*key)).map(|key| format!("{}: gone", at(key))));
}

fn in_values(path: &str, before: &Value, after: &Value, what: &mut Vec<String>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Table(old), Value::Table(new)) => in_tables(path, old, new, what),
        (Value::Array(old), Value::Array(new)) => in_lists(path, old, new, what),
        (old, new) => what.push(match (shown(old), shown(new)) {
            (Some(old), Some(new)) => format!("{path}: {old} -> {new}"),
            _ => format!("{path}: changed"),
        }),
    }
}

/// Lists of tables are compared by the names of their entries, others as sets.
fn in_lists(path: &str, before: &[Value], after: &[Value], what: &mut Vec<String>) {
    let named = |list: &[Value]| -> Option<BTreeMap<String, Table>> {
        list.iter().map(|one| one.as_table().and_then(|table| Some((name(table)?, table.clone())))).collect()
    };
    if let (Some(old), Some(new)) = (named(before), named(after))
        && old.len() == before.len()
        && new.len() == after.len()
    {
        for (name, table) in &new {
            match old.get(name) {
                Some(known) => in_tables(&format!("{path}[{name}]"), known, table, what),
                None => what.push(format!("{path}[{name}]: new")),
            }
        }
        what.extend(old.keys().filter(|name| !new.contains_key(*name)).map(|name| format!("{path}[{name}]: gone")));
        return;
    }
    let more: Vec<&Value> = after.iter().filter(|one| !before.contains(one)).collect();
    let less: Vec<&Value> = before.iter().filter(|one| !after.contains(one)).collect();
    let told = |list: &[&Value], sign: &str, word: &str| -> Option<String> {
        let each: Option<Vec<String>> = list.iter().map(|value| Some(format!("{sign}{}", shown(value)?))).collect();
        match (list.len(), each) {
            (0, _) => None,
            (count, Some(each)) if count <= NAMED_MAX => Some(each.join(" ")),
            (count, _) => Some(format!("{count} {word}")),
        }
    };
    let parts: Vec<String> = [told(&more, "+", "more"), told(&less, "-", "less")].into_iter().flatten().collect();
    what.push(format!("{path}: {}", if parts.is_empty() { "other order".to_owned() } else { parts.join(", ") }));
}

/// By what an entry of a list is known.
fn name(table: &Table) -> Option<String> {
    ["name", "tool", "id", "handle", "tier"].iter().find_map(|key| table.get(*key)?.as_str().map(str::to_owned))
}

/// A value short enough to be shown.
fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => value.to_string(),
        Value::Array(_) | Value::Table(_) => return None,
    };
    (text.chars().count() <= VALUE_CHARS_MAX && !text.contains('\n')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, before: &str, after: &str) -> Vec<String> {
        let found = differences(&[Source::new(path, before)], &[Source::new(path, after)]);
        found.into_iter().map(|difference| difference.what).collect()
    }

    #[test]
    fn keys_lists_and_named_entries_are_told_apart() {
        let before = "capacity = 20\ntools = [\"a.b\", \"c.d\"]\nold = 1\n[[intents]]\nname = \"refund\"\nexamples = [\"one\", \"two\", \"three\", \"four\", \"five\"]\n[[intents]]\nname = \"gone\"\n";
        let after = "capacity = 30\ntools = [\"a.b\", \"e.f\"]\n[[intents]]\nname = \"refund\"\nexamples = [\"one\", \"1\", \"2\", \"3\", \"4\", \"5\"]\n[[intents]]\nname = \"fresh\"\n";
        assert_eq!(
            told("agents/x.toml", before, after),
            [
                "capacity: 20 -> 30",
                "intents[fresh]: new",
                "intents[refund].examples: 5 more, -two -three -four -five",
                "intents[gone]: gone",
                "tools: +e.f, -c.d",
                "old: gone",
            ]
        );
    }

    #[test]
    fn texts_are_counted_and_comments_are_named_as_such() {
        assert_eq!(told("knowledge/a.md", "one\ntwo\n", "one\nthree\nfour\n"), ["2 lines more, 1 less"]);
        assert_eq!(told("policy.toml", "a = 1 # x\n", "a = 1\n"), ["comments or order"]);
        assert!(told("policy.toml", "a = 1\n", "a = 1\n").is_empty());
        let long = format!("persona = \"{}\"\n", "x".repeat(80));
        assert_eq!(told("agents/a.toml", "persona = \"short\"\n", &long), ["persona: changed"]);
        let files = differences(&[Source::new("agents/a.toml", "")], &[Source::new("agents/b.toml", "")]);
        assert_eq!(files.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["new", "gone"]);
    }
}
