//! Recorded dialogues: one JSON object a line, as customers' scripts and as history to import.

use std::io::BufRead;

use serde::Deserialize;

use crate::domain::text::Foreign;
use crate::domain::time::Millis;

/// Longest line taken: the longest recorded dialogues have a tenth of it.
pub const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Pause before a customer's turn where the recording has no times.
pub const PAUSE: Millis = Millis::from_secs(8);

/// A recorded dialogue. Fields that nobody here reads are passed over.
#[derive(Debug, Clone, Deserialize)]
pub struct Dialogue {
    /// Its name in its source.
    pub id: String,
    /// By which channel it came.
    #[serde(default)]
    pub channel: Option<String>,
    /// When it began, RFC 3339, if known.
    #[serde(default)]
    pub started_at: Option<String>,
    /// Whose it was.
    #[serde(default)]
    pub customer: Party,
    /// What was said, in order.
    pub turns: Vec<Turn>,
    /// What its source says of it as a whole.
    #[serde(default)]
    pub labels: Labels,
}

/// What a source says of a dialogue: names of its own, and values of any kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Labels(serde_json::Value);

impl Labels {
    /// The texts under a name: one, or a list of them; none where it has no such name.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let texts: Vec<&str> = match self.0.get(name) {
            Some(serde_json::Value::String(text)) => vec![text],
            Some(serde_json::Value::Array(list)) => list.iter().filter_map(serde_json::Value::as_str).collect(),
            Some(_) | None => Vec::new(),
        };
        texts.into_iter().filter(|text| !text.trim().is_empty()).collect()
    }

    /// A yes or no; none where nobody has said.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }
}

/// The customer, as far as the recording names them.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Party {
    /// Their name in the source.
    #[serde(default)]
    pub id: Option<String>,
}

/// One entry of a recording.
#[derive(Debug, Clone, Deserialize)]
pub struct Turn {
    /// Who, or what.
    pub role: TurnRole,
    /// When, counted from the first entry, in ms.
    #[serde(default)]
    pub at_ms: Option<u64>,
    /// The words.
    #[serde(default)]
    pub text: Option<Foreign>,
    /// Of a tool that is called or comes back: its name.
    #[serde(default, deserialize_with = "word")]
    pub name: Option<String>,
    /// Of an agent's words: the source's name for what they do.
    #[serde(default, deserialize_with = "word")]
    pub act: Option<String>,
    /// Of a pass: the desk or matter it went to.
    #[serde(default, deserialize_with = "word")]
    pub to: Option<String>,
}

/// A name; sources that hold something else in its place name nothing.
fn word<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value.as_str().filter(|name| !name.trim().is_empty()).map(str::to_owned))
}

/// Whose entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnRole {
    /// The person asking.
    Customer,
    /// The human who answered.
    Agent,
    /// A tool was called.
    ToolCall,
    /// A tool came back.
    ToolResult,
    /// It went to another desk.
    Route,
}

/// A recording that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DialogueError {
    /// It could not be read.
    #[error("line {line} cannot be read: {source}")]
    Read {
        /// Which line, from 1.
        line: usize,
        /// Why.
        source: std::io::Error,
    },
    /// It is no dialogue.
    #[error("line {line} is no dialogue: {source}; expected {{\"id\", \"turns\": [{{\"role\", \"text\"}}]}}")]
    Malformed {
        /// Which line, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// It is too long.
    #[error("line {line} has more than {LINE_BYTES_MAX} bytes; a dialogue is one line of JSON")]
    TooLong {
        /// Which line, from 1.
        line: usize,
    },
}

/// All dialogues of a JSONL text, in order; empty lines are passed over.
pub fn read(mut from: impl BufRead) -> Result<Vec<Dialogue>, DialogueError> {
    let mut dialogues = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let read = std::io::Read::take(&mut from, LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
        let count = read.map_err(|source| DialogueError::Read { line, source })?;
        if count == 0 {
            break;
        }
        if count as u64 == LINE_BYTES_MAX {
            return Err(DialogueError::TooLong { line });
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        dialogues.push(serde_json::from_slice(&bytes).map_err(|source| DialogueError::Malformed { line, source })?);
    }
    Ok(dialogues)
}

impl Dialogue {
    /// The customer's turns with their times from the beginning. Where the recording has no times,
    /// [`PAUSE`] lies between them.
    pub fn script(&self) -> Vec<(Millis, Foreign)> {
        let said = self.turns.iter().filter(|turn| turn.role == TurnRole::Customer);
        let spoken = said.filter_map(|turn| Some((turn.at_ms, turn.text.clone().filter(|text| !text.is_empty())?)));
        (0..).zip(spoken).map(|(n, (at, text))| (at.map_or(Millis(n * PAUSE.0), Millis), text)).collect()
    }

    /// Whether it went from one desk to another.
    pub fn was_handed_over(&self) -> bool {
        self.turns.iter().any(|turn| turn.role == TurnRole::Route)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_becomes_a_script() {
        let text = concat!(
            r#"{"id":"a","turns":[{"role":"customer","at_ms":0,"text":"Hi"},{"role":"agent","at_ms":9,"text":"Yes?"},"#,
            r#"{"role":"route","to":"x"},{"role":"customer","at_ms":12000,"text":"Help"}],"labels":{}}"#,
            "\n\n",
            r#"{"id":"b","turns":[{"role":"customer","text":"One"},{"role":"customer","text":"Two"}]}"#
        );
        let both = read(text.as_bytes()).unwrap();
        let times = |d: &Dialogue| d.script().iter().map(|(at, _)| at.0).collect::<Vec<_>>();
        assert_eq!((times(&both[0]), times(&both[1])), (vec![0, 12_000], vec![0, PAUSE.0]));
        assert!(both[0].was_handed_over() && !both[1].was_handed_over());
        assert_eq!(both[0].turns[2].to.as_deref(), Some("x"));
    }

    #[test]
    fn labels_are_read_as_they_come_and_odd_ones_name_nothing() {
        let text = concat!(
            r#"{"id":"a","turns":[{"role":"tool_call","name":"find","act":["x"],"to":7}],"#,
            r#""labels":{"domains":["bank","",3],"flow":"returns","annoyed":true,"done":null}}"#,
            "\n",
            r#"{"id":"b","turns":[],"labels":null}"#
        );
        let both = read(text.as_bytes()).unwrap();
        let (labels, turn) = (&both[0].labels, &both[0].turns[0]);
        assert_eq!((labels.texts("domains"), labels.texts("flow")), (vec!["bank"], vec!["returns"]));
        assert_eq!((labels.flag("annoyed"), labels.flag("done"), labels.flag("no")), (Some(true), None, None));
        assert_eq!((turn.name.as_deref(), &turn.act, &turn.to), (Some("find"), &None, &None));
        assert!(both[1].labels.texts("domains").is_empty());
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = read("{\"id\":\"a\",\"turns\":[]}\nnonsense\n".as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("line 2 is no dialogue"), "{error}");
        let long = " ".repeat(LINE_BYTES_MAX as usize + 1);
        assert!(matches!(read(long.as_bytes()), Err(DialogueError::TooLong { line: 1 })));
    }
}
