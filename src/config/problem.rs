//! What is wrong with a file, where, and the way out.

use std::fmt;

use super::source::{Part, Source};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The deployment cannot be adopted.
    Error,
    /// It can, but something will not go well.
    Advice,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, below the deployment's folder.
    pub file: String,
    /// Its line, from 1; 0 when it is about the whole file.
    pub line: u32,
    /// Its column, from 1.
    pub column: u32,
    /// How bad.
    pub level: Level,
    /// What is wrong, with the value.
    pub what: String,
    /// What to do about it.
    pub way_out: String,
}

impl Problem {
    /// About a whole file.
    pub(super) fn file(file: &str, what: impl Into<String>, way_out: impl Into<String>) -> Self {
        let level = Level::Error;
        Self { file: file.to_owned(), line: 0, column: 0, level, what: what.into(), way_out: way_out.into() }
    }

    /// About the value at the end of `way`.
    pub(super) fn at(source: &Source, way: &[Part<'_>], what: impl Into<String>, way_out: impl Into<String>) -> Self {
        let (line, column) = source.locate(way);
        Self { line, column, ..Self::file(&source.path, what, way_out) }
    }

    /// The same as advice.
    pub(super) fn advice(self) -> Self {
        Self { level: Level::Advice, ..self }
    }
}

/// `agents/billing.toml:12:5: error: unknown key ...; did you mean ...?`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        let level = match self.level {
            Level::Error => "error",
            Level::Advice => "advice",
        };
        write!(f, ": {level}: {}", self.what)?;
        if self.way_out.is_empty() { Ok(()) } else { write!(f, "; {}", self.way_out) }
    }
}

/// Everything that is wrong with a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Only one.
    pub(super) fn one(problem: Problem) -> Self {
        Self(vec![problem])
    }

    /// Adds one.
    pub(super) fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Whether something keeps the deployment from being adopted.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.level == Level::Error)
    }
}

/// One line each.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
