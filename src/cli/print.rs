//! What commands print: one writer, into which only clean text and escaped JSON go.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use super::failure::Failure;
use crate::domain::text::{Clean, shown_json};

/// Where a command prints.
pub(super) struct Printer {
    out: Box<dyn Write + Send>,
    pretty: bool,
}

impl Printer {
    /// The standard output.
    pub(super) fn stdout() -> Self {
        let out = io::stdout();
        let pretty = out.is_terminal();
        Self { out: Box::new(out), pretty }
    }

    /// Another writer.
    #[cfg(test)]
    fn to(out: impl Write + Send + 'static) -> Self {
        Self { out: Box::new(out), pretty: false }
    }

    /// A line of ours or a cleaned one; newlines in it stay.
    pub(super) fn line(&mut self, text: &Clean) -> Result<(), Failure> {
        self.write(&format!("{text}\n"))
    }

    /// A line made of our own words and clean values.
    pub(super) fn says(&mut self, text: &impl std::fmt::Display) -> Result<(), Failure> {
        self.line(&Clean::shown(text))
    }

    /// A value as one line of JSON, wherever it goes.
    pub(super) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value);
        let text = text.map_err(|e| Failure::failed(format!("cannot be written as JSON: {e}")))?;
        self.write(&format!("{}\n", shown_json(&text)))
    }

    /// A value as one line of JSON, or laid out on a terminal; hidden characters are spelled.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = if self.pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
        let text = text.map_err(|e| Failure::failed(format!("cannot be written as JSON: {e}")))?;
        self.write(&format!("{}\n", shown_json(&text)))
    }

    /// A document of ours as it is: completions, a manual page, Markdown of clean parts.
    pub(super) fn document(&mut self, text: &str) -> Result<(), Failure> {
        self.write(text)
    }

    /// Rows under a heading, each column as wide as it needs to be. Cells are cut at `CELL_MAX`.
    pub(super) fn table(&mut self, heading: &[&'static str], rows: &[Vec<Clean>]) -> Result<(), Failure> {
        let rows: Vec<Vec<Clean>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.one_line().truncated(CELL_MAX)).collect()).collect();
        let heading: Vec<Clean> = heading.iter().map(|title| Clean::fixed(title)).collect();
        let all = || std::iter::once(&heading).chain(&rows);
        let width = |column: usize| all().filter_map(|row| row.get(column)).map(Clean::cells).max().unwrap_or(0);
        let widths: Vec<usize> = (0..heading.len()).map(width).collect();
        let mut text = String::new();
        for row in all() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell.as_str());
                line.push_str(&" ".repeat(width.saturating_sub(cell.cells()) + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            // A reader such as `head` has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::quiet()),
            Err(error) => Err(Failure::failed(format!("cannot print: {error}"))),
            Ok(()) => Ok(()),
        }
    }
}

/// Says beside the output what a reader of it should know; cleaned, on the standard error.
pub(super) fn aside(what: &impl std::fmt::Display) {
    // What is said beside the output is no reason to end without it.
    let _ = writeln!(io::stderr(), "baton: {}", Clean::shown(what));
}

/// Widest cell of a table.
const CELL_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::domain::text::Foreign;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const HOSTILE: &str = "a\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}b\u{200d}\u{e0041}c\r\n\u{8}";

    #[test]
    fn nothing_hidden_is_printed() {
        let paper = Paper::default();
        let mut printer = Printer::to(paper.clone());
        let hostile = Foreign::from(HOSTILE);
        let piled = Foreign::from(format!("e{}", "\u{301}".repeat(20_000)));
        printer.json(&serde_json::json!({ "name": hostile, "more": [hostile, piled] })).unwrap();
        printer.pretty = true;
        printer.json(&serde_json::json!({ "name": hostile, "more": [hostile, piled] })).unwrap();
        printer.line(&hostile.clean()).unwrap();
        printer.says(&hostile.raw()).unwrap();
        printer.table(&["name"], &[vec![hostile.clean()]]).unwrap();
        let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        let bad = |c: &char| (c.is_control() && *c != '\n') || matches!(*c, '\u{202e}' | '\u{200d}' | '\u{e0041}');
        assert_eq!(text.chars().find(bad), None, "{}", text.escape_debug());
        assert!(text.matches('\u{301}').count() < 20);
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(first["name"], HOSTILE);
        assert_eq!(first["more"][1], piled.raw());
    }
}
