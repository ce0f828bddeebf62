//! Labelled lines: JSON Lines, plain or gzipped, read with errors that name file and line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::progress::Watched;

/// Largest file that is read, unpacked: labelled sets of a hundred thousand lines are a tenth of it.
const BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Longest line: a whole recorded dialogue with its tool results.
const LINE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// A file of labelled lines.
pub(in crate::cli) struct Rows {
    path: PathBuf,
    rows: Vec<(usize, Value)>,
}

/// One line of it.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Row<'a> {
    path: &'a Path,
    line: usize,
    value: &'a Value,
}

impl Rows {
    /// Reads a file; blank lines are passed over. One line that is no JSON object is a failure.
    pub(in crate::cli) fn read(path: &Path) -> Result<Self, Failure> {
        let unread = |what: &dyn std::fmt::Display| {
            Failure::failed(format!(
                "{}: {what}; give a file with one JSON object a line, plain or .gz",
                path.display()
            ))
        };
        let file = File::open(path).map_err(|error| unread(&error))?;
        let file = Watched::over(file);
        let packed = path.extension().is_some_and(|end| end == "gz");
        let plain: Box<dyn Read> =
            if packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut from = BufReader::new(plain.take(BYTES_MAX));
        let mut rows = Vec::new();
        let mut bytes = Vec::new();
        for line in 1.. {
            bytes.clear();
            let broken = |what: &dyn std::fmt::Display| Failure::failed(format!("{}:{line}: {what}", path.display()));
            let read = (&mut from).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
            if read.map_err(|error| broken(&error))? == 0 {
                break;
            }
            if bytes.len() as u64 == LINE_BYTES_MAX {
                return Err(broken(&format!("the line is longer than {} MB", LINE_BYTES_MAX / 1024 / 1024)));
            }
            let text = std::str::from_utf8(&bytes).map_err(|error| broken(&format!("no UTF-8: {error}")))?;
            if text.trim().is_empty() {
                continue;
            }
            let value: Value =
                serde_json::from_str(text).map_err(|error| broken(&format!("no JSON object: {error}")))?;
            if !value.is_object() {
                return Err(broken(&"a JSON object is wanted, such as {\"text\": \"…\", \"label\": \"…\"}"));
            }
            rows.push((line, value));
        }
        if rows.is_empty() {
            return Err(unread(&"holds no line"));
        }
        Ok(Self { path: path.to_owned(), rows })
    }

    /// Reads several files, one after another.
    pub(in crate::cli) fn read_all(paths: &[PathBuf]) -> Result<Vec<Self>, Failure> {
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// The lines in order.
    pub(in crate::cli) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, value)| Row { path: &self.path, line: *line, value })
    }
}

impl<'a> Row<'a> {
    /// The value under a name; dots lead into objects: `labels.customer_annoyed`.
    pub(in crate::cli) fn find(&self, field: &str) -> Option<&'a Value> {
        let whole = self.value.get(field);
        whole.or_else(|| field.split('.').try_fold(self.value, |value, name| value.get(name)))
    }

    /// The value under a name that has to be there.
    pub(in crate::cli) fn value(&self, field: &str) -> Result<&'a Value, Failure> {
        self.find(field).ok_or_else(|| {
            let names = self.value.as_object().map(|object| object.keys().map(String::as_str).collect::<Vec<_>>());
            self.wrong(format!("there is no `{field}`; the line has: {}", names.unwrap_or_default().join(", ")))
        })
    }

    /// A text that has to be there.
    pub(in crate::cli) fn text(&self, field: &str) -> Result<&'a str, Failure> {
        let value = self.value(field)?;
        value.as_str().ok_or_else(|| self.wrong(format!("`{field}` is {}, a text is wanted", kind(value))))
    }

    /// A label: a text, a number or a yes or no, as text.
    pub(in crate::cli) fn label(&self, field: &str) -> Result<String, Failure> {
        match self.value(field)? {
            Value::String(text) if !text.trim().is_empty() => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(yes) => Ok(yes.to_string()),
            // Sets with several labels a line: the first is what it is mainly about.
            Value::Array(list) if list.first().is_some_and(Value::is_string) => {
                Ok(list.first().and_then(Value::as_str).unwrap_or_default().to_owned())
            }
            other @ (Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
                Err(self.wrong(format!("`{field}` is {}, a label is wanted", kind(other))))
            }
        }
    }

    /// A complaint about this line, with its place.
    pub(in crate::cli) fn wrong(&self, what: impl std::fmt::Display) -> Failure {
        Failure::failed(format!("{}:{}: {what}", self.path.display(), self.line))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "an empty text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn told(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        std::fs::write(&path, bytes).unwrap();
        Rows::read(&path).err().map(|failure| failure.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_broken_line_is_named() {
        let good = "{\"text\":\"a\",\"label\":\"b\"}\n";
        assert!(told(format!("{good}\n{{\"text\": \n").as_bytes()).contains("rows.jsonl:3: no JSON object"));
        assert!(told(format!("{good}[1]\n").as_bytes()).contains("rows.jsonl:2: a JSON object is wanted"));
        assert!(told(b"{\"text\":\"\xff\"}\n").contains("rows.jsonl:1: no UTF-8"));
        assert!(told(b"\n \n").contains("holds no line"));
        assert!(Rows::read(Path::new("/nowhere.jsonl")).err().unwrap().to_string().contains("/nowhere.jsonl"));
    }

    #[test]
    fn fields_are_found_and_missing_ones_told_with_what_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl.gz");
        let file = File::create(&path).unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packed
            .write_all(b"{\"text\":\"a\",\"n\":3,\"labels\":{\"annoyed\":true},\"many\":[\"x\",\"y\"],\"no\":null}\n")
            .unwrap();
        packed.finish().unwrap();
        let rows = Rows::read(&path).unwrap();
        let row = rows.iter().next().unwrap();
        assert_eq!((row.text("text").unwrap(), row.label("n").unwrap().as_str()), ("a", "3"));
        assert_eq!((row.label("labels.annoyed").unwrap(), row.label("many").unwrap()), ("true".into(), "x".into()));
        let missing = row.label("label").unwrap_err().to_string();
        assert!(missing.contains("gz:1: there is no `label`; the line has: labels, many, n, no, text"), "{missing}");
        assert!(row.text("n").unwrap_err().to_string().contains("`n` is a number, a text is wanted"));
        assert!(row.label("no").unwrap_err().to_string().contains("`no` is null"));
        let cut = folder.path().join("cut.jsonl.gz");
        std::fs::write(&cut, &std::fs::read(&path).unwrap()[..30]).unwrap();
        assert!(Rows::read(&cut).err().unwrap().to_string().contains("cut.jsonl.gz:1: "));
    }
}
