//! Keys: which key does what, read from one file that hints, help and documentation are made from.

mod key;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use key::{Code, Key, KeyError};

/// The keys that come with the binary.
const BUILT_IN: &str = include_str!("keymap/keymap.toml");

/// What a key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(untagged)]
pub enum Run {
    /// Moves about.
    Go(Go),
    /// Looks at something.
    Look(Look),
    /// Moves in the past.
    Past(Past),
    /// Acts on the floor.
    Deed(Deed),
}

/// Moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the keymap file describes each in a sentence that users read")]
pub enum Go {
    Down,
    Up,
    Left,
    Right,
    Top,
    Bottom,
    PageDown,
    PageUp,
    NextPane,
    PreviousPane,
    Enter,
    Back,
    NextNeed,
    NextMine,
    Previous,
}

/// Looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the keymap file describes each in a sentence that users read")]
pub enum Look {
    ViewFloor,
    ViewQueue,
    ViewAgents,
    ViewHistory,
    ViewKnowledge,
    Filter,
    Command,
    Find,
    Help,
    Acts,
    Explain,
    Drafts,
    Zoom,
    Panel,
    Sort,
    Open,
    Copy,
    Quit,
    Redraw,
    Suspend,
    Theme,
    Replay,
    Rules,
    Learn,
    Likely,
    Goto,
}

/// Steps in a past session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the keymap file describes each in a sentence that users read")]
pub enum Past {
    ScrubBack,
    ScrubForward,
    Play,
    NextDecision,
    PreviousDecision,
    NextHandoff,
    PreviousHandoff,
    Faster,
    Slower,
}

/// Acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the keymap file describes each in a sentence that users read")]
pub enum Deed {
    Compose,
    TakeOver,
    HandBack,
    Whisper,
    Barge,
    Decide,
    Gate,
    TakeOffer,
    PassOffer,
    Move,
    Dismiss,
    Reroute,
    RateTurn,
    WrongIntent,
    Close,
    Presence,
    Snooze,
    Priority,
    Label,
    Watch,
    Undo,
    Hold,
    Release,
    Block,
    Unblock,
    Untranslated,
    Candidate,
    GiveDraft,
    Incident,
    Promise,
    Status,
    EndRule,
    Shutdown,
}

/// How many things a key can do; the file must name each of them once.
#[cfg(test)]
const RUNS: usize = Go::Previous as usize + Look::Goto as usize + Past::Slower as usize + Deed::Shutdown as usize + 4;

/// How much a key can do harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Level {
    /// Looks.
    L0,
    /// Acts at once, with undo.
    L1,
    /// A card states the consequence, then Enter.
    L2,
    /// A number or word is typed.
    L3,
}

/// One row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The keys; none means that it is a command only.
    pub on: Vec<Key>,
    /// What they do.
    pub run: Run,
    /// Its name as a command: `take-over`.
    pub name: String,
    /// Its short name in hints.
    pub word: String,
    /// A sentence.
    pub desc: String,
    /// How much harm.
    pub level: Level,
    /// Under which heading help shows it.
    pub group: String,
}

/// A keymap file that cannot be used, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// Not a keymap file.
    #[error("keymap: {0}")]
    File(String),
    /// A key that is never bound, or none at all.
    #[error("keymap: {0}")]
    Key(#[from] KeyError),
    /// A key with two meanings.
    #[error("keymap: `{key}` is given to both `{first}` and `{second}`; a key means one thing in every view")]
    Twice {
        /// Which key.
        key: String,
        /// The one that has it.
        first: String,
        /// The one that wants it too.
        second: String,
    },
    /// Something has only keys with Alt, which many terminals swallow.
    #[error("keymap: `{0}` has only keys with Alt; give it a plain one too")]
    AltAlone(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<R> {
    #[serde(default = "Vec::new")]
    key: Vec<R>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    on: Vec<String>,
    run: String,
    word: String,
    desc: String,
    level: Level,
    group: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    on: Vec<String>,
    run: Run,
}

/// All keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
    by_key: BTreeMap<Key, Run>,
}

impl Keymap {
    /// The built-in keys; `changes` is the text of a user's file whose rows (`on`, `run`) replace keys.
    pub fn read(changes: Option<&str>) -> Result<Self, KeymapError> {
        let file = |e: toml::de::Error| KeymapError::File(e.to_string());
        let rows: File<Row> = toml::from_str(BUILT_IN).map_err(file)?;
        let mut bindings = rows.key.into_iter().map(binding).collect::<Result<Vec<_>, _>>()?;
        if let Some(changes) = changes {
            let changes: File<Change> = toml::from_str(changes).map_err(file)?;
            for change in changes.key {
                let on = keys(&change.on)?;
                bindings.iter_mut().filter(|b| b.run == change.run).for_each(|b| b.on.clone_from(&on));
            }
        }
        let by_key = index(&bindings)?;
        Ok(Self { bindings, by_key })
    }

    /// What a key does.
    pub fn run(&self, key: Key) -> Option<Run> {
        self.by_key.get(&key).copied()
    }

    /// All rows, in the order of the file.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The row of one thing.
    pub fn binding(&self, run: Run) -> Option<&Binding> {
        self.bindings.iter().find(|b| b.run == run)
    }

    /// The first key of one thing as hints show it; empty when it has none.
    pub fn key_of(&self, run: Run) -> String {
        self.binding(run).and_then(|b| b.on.first()).map(Key::to_string).unwrap_or_default()
    }

    /// What is called so as a command.
    pub fn command(&self, name: &str) -> Option<&Binding> {
        self.bindings.iter().find(|b| b.name == name)
    }

    /// The table of the documentation, in Markdown.
    pub fn table(&self) -> String {
        let mut table = String::from("| key | does | level |\n|---|---|---|\n");
        for binding in &self.bindings {
            let keys: Vec<String> = binding.on.iter().map(|key| format!("`{key}`")).collect();
            let keys = if keys.is_empty() { format!("`:{}`", binding.name) } else { keys.join(" ") };
            table.extend(["| ", &keys, " | ", &binding.desc, &format!(" | {:?} |\n", binding.level)]);
        }
        table
    }
}

fn binding(row: Row) -> Result<Binding, KeymapError> {
    let name = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(&row.run);
    let run = Run::deserialize(name).map_err(|_| KeymapError::File(format!("nothing is called `{}`", row.run)))?;
    Ok(Binding {
        on: keys(&row.on)?,
        run,
        name: row.run,
        word: row.word,
        desc: row.desc,
        level: row.level,
        group: row.group,
    })
}

fn keys(texts: &[String]) -> Result<Vec<Key>, KeymapError> {
    texts.iter().map(|text| text.parse().map_err(KeymapError::from)).collect()
}

fn index(bindings: &[Binding]) -> Result<BTreeMap<Key, Run>, KeymapError> {
    let mut by_key = BTreeMap::new();
    for binding in bindings {
        if !binding.on.is_empty() && binding.on.iter().all(|key| key.alt) {
            return Err(KeymapError::AltAlone(binding.name.clone()));
        }
        for key in &binding.on {
            if let Some(first) = by_key.insert(*key, binding.run) {
                let first = bindings.iter().find(|b| b.run == first).map(|b| b.name.clone()).unwrap_or_default();
                return Err(KeymapError::Twice { key: key.to_string(), first, second: binding.name.clone() });
            }
        }
    }
    Ok(by_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_everything_once() {
        let keymap = Keymap::read(None).unwrap();
        let runs: std::collections::BTreeSet<Run> = keymap.bindings().iter().map(|b| b.run).collect();
        assert_eq!(runs.len(), RUNS);
        assert_eq!(keymap.bindings().len(), RUNS);
    }

    #[test]
    fn lower_case_looks_and_upper_case_acts() {
        let keymap = Keymap::read(None).unwrap();
        let lower = |key: &Key| matches!(key.code, Code::Char(c) if c.is_ascii_lowercase());
        // `z` takes a step of one's own back, which changes less than leaving it.
        for binding in keymap.bindings().iter().filter(|b| b.run != Run::Deed(Deed::Undo)) {
            if binding.on.iter().any(lower) {
                assert_eq!(binding.level, Level::L0, "{}", binding.name);
            }
        }
    }

    #[test]
    fn a_user_moves_keys_but_not_onto_the_forbidden_ones() {
        let moved = Keymap::read(Some("[[key]]\non = [\"K\"]\nrun = \"take-over\"")).unwrap();
        assert_eq!(moved.run("K".parse().unwrap()), Some(Run::Deed(Deed::TakeOver)));
        assert_eq!(moved.run("T".parse().unwrap()), None);
        for wrong in ["Ctrl-s", "Ctrl-q", "Ctrl-a", "Ctrl-b", "Ctrl-h", "Ctrl-i", "Ctrl-m", "Shift-Enter"] {
            let file = format!("[[key]]\non = [\"{wrong}\"]\nrun = \"take-over\"");
            assert!(matches!(Keymap::read(Some(&file)), Err(KeymapError::Key(_))), "{wrong}");
        }
        let twice = Keymap::read(Some("[[key]]\non = [\"j\"]\nrun = \"take-over\""));
        assert!(matches!(twice, Err(KeymapError::Twice { .. })));
        let alone = Keymap::read(Some("[[key]]\non = [\"Alt-t\"]\nrun = \"take-over\""));
        assert_eq!(alone, Err(KeymapError::AltAlone("take-over".into())));
    }

    #[test]
    fn the_documentation_is_made_from_it() {
        let table = Keymap::read(None).unwrap().table();
        assert!(table.contains(
            "| `T` | answer instead of the holder; a colleague is asked, or it is taken for a reason | L1 |"
        ));
        assert!(table.contains("| `:shutdown` |"));
    }
}
