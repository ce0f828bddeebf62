//! Reads one file into its type and turns what the parser says into a problem with a way out.

use serde::de::DeserializeOwned;

use super::nearest::nearest;
use super::problem::{Problem, Problems};
use super::source::Source;

/// The file as its type; what is wrong with it is added to `problems`.
pub(super) fn read<T: DeserializeOwned>(source: &Source, problems: &mut Problems) -> Option<T> {
    match toml::from_str(&source.text) {
        Ok(file) => Some(file),
        Err(error) => {
            problems.push(problem(source, &error));
            None
        }
    }
}

/// The parser's error in the house's words; `shift` lines and bytes belong to what stands before.
pub(super) fn problem(source: &Source, error: &toml::de::Error) -> Problem {
    let (line, column) = source.place(error.span().map_or(0, |span| span.start));
    let message = error.message();
    let (what, way_out) = unknown(message, "field", "key")
        .or_else(|| unknown(message, "variant", "value"))
        .or_else(|| missing(message))
        .unwrap_or_else(|| (message.replace('\n', ", "), "correct this place and check again".to_owned()));
    Problem { line, column, ..Problem::file(&source.path, what, way_out) }
}

/// ``unknown field `x`, expected one of `a`, `b` `` as a problem and its way out.
fn unknown(message: &str, kind: &str, shown: &str) -> Option<(String, String)> {
    let rest = message.strip_prefix("unknown ")?.strip_prefix(kind)?.strip_prefix(" `")?;
    let (given, rest) = rest.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let what = format!("unknown {shown} `{}`", given.escape_debug());
    let list =
        if known.is_empty() { "none is known here".to_owned() } else { format!("known here: {}", known.join(", ")) };
    let way_out = nearest(given, known).map_or(list, |meant| format!("did you mean `{meant}`?"));
    Some((what, way_out))
}

fn missing(message: &str) -> Option<(String, String)> {
    let key = message.strip_prefix("missing field `")?.strip_suffix('`')?;
    Some((format!("the key `{key}` is missing"), format!("add a line `{key} = ...`")))
}
