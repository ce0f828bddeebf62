//! Articles: Markdown behind a front matter between two lines `+++`.

use serde::Deserialize;

use super::problem::{Problem, Problems};
use super::read;
use super::source::Source;
use crate::domain::knowledge::Article;
use crate::domain::time::Timestamp;

/// What stands between the `+++` lines.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FrontMatter {
    /// The title.
    pub title: String,
    /// Words it is also found by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// First day it is valid, `2026-11-01`.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// First day it is no longer valid.
    #[serde(default)]
    pub valid_to: Option<String>,
}

const FENCE: &str = "+++";

/// The article of a file.
pub(super) fn article(source: &Source, problems: &mut Problems) -> Option<Article> {
    let wrong =
        |what: String, way_out: &str| Problem { line: 1, column: 1, ..Problem::file(&source.path, what, way_out) };
    let stem = source.path.rsplit('/').next().and_then(|name| name.strip_suffix(".md")).unwrap_or_default();
    let name = match stem.parse() {
        Ok(name) => name,
        Err(error) => {
            problems.push(wrong(format!("the file's name: {error}"), "rename the file"));
            return None;
        }
    };
    let fenced = source.text.strip_prefix(FENCE).and_then(|rest| rest.split_once(&format!("\n{FENCE}")));
    let Some((front, body)) = fenced else {
        let way_out = "begin with a line `+++`, a line `title = \"...\"` and a line `+++`";
        problems.push(wrong("the article has no front matter".to_owned(), way_out));
        return None;
    };
    // Blanks in the place of the fence keep lines and columns true.
    let front = Source::new(&source.path, &format!("   {front}"));
    let matter: FrontMatter = read::read(&front, problems)?;
    if body.trim().is_empty() {
        problems.push(wrong("the article has no text".to_owned(), "write it, or take the file out"));
    }
    let mut day = |text: Option<&String>| {
        text.and_then(|text| {
            let day = midnight(text);
            if day.is_none() {
                problems.push(wrong(format!("`{}` is no day", text.escape_debug()), "write it as `2026-11-01`"));
            }
            day
        })
    };
    Some(Article {
        name,
        valid_from: day(matter.valid_from.as_ref()),
        valid_to: day(matter.valid_to.as_ref()),
        title: matter.title,
        tags: matter.tags,
        body: body.trim().to_owned(),
    })
}

/// The beginning of a day, UTC.
fn midnight(text: &str) -> Option<Timestamp> {
    let day: jiff::civil::Date = text.parse().ok()?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_read_and_its_lines_are_true() {
        let good = "+++\ntitle = \"A\"\nvalid-from = \"2026-01-01\"\n+++\n\nText.\n";
        let mut problems = Problems::default();
        let read = article(&Source::new("knowledge/a-b.md", good), &mut problems).unwrap();
        assert_eq!((read.name.as_str(), read.title.as_str(), read.body.as_str()), ("a-b", "A", "Text."));
        assert_eq!(read.valid_from, Some(Timestamp(1_767_225_600_000)));
        let bad = "+++\ntitle = \"A\"\ntag = []\n+++\nText.";
        assert!(article(&Source::new("knowledge/a.md", bad), &mut problems).is_none());
        let shown = problems.to_string();
        assert!(shown.starts_with("knowledge/a.md:3:1: error: unknown key `tag`; did you mean `tags`?"), "{shown}");
    }
}
