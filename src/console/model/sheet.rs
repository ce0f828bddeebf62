//! What can lie over the transcript: explanations, drafts, help, the palette.

use crate::domain::id::{ConversationId, Seq};
use crate::domain::text::Clean;

use super::super::keymap::Run;
use super::View;
use super::editor::Editor;

/// A sheet over the transcript. `Esc` takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What it shows.
    pub kind: SheetKind,
    /// Lines scrolled out above.
    pub top: usize,
    /// The marked row, where it is a list.
    pub chosen: usize,
}

/// What a sheet shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetKind {
    /// Why this holder, and why it needs somebody.
    Explain,
    /// Drafts that did not go out.
    Drafts,
    /// All keys.
    Help,
    /// Rules on who takes what.
    Rules,
    /// What was learnt, and what people corrected again and again.
    Learn,
    /// What is likely to need somebody.
    Likely,
    /// One line of the transcript, whole.
    Whole(Seq),
    /// A search over everything, or a command line.
    Palette(Palette),
}

/// A line being typed, and what fits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// Which kind of line.
    pub mode: PaletteMode,
    /// The line.
    pub input: Editor,
    /// What fits, best first.
    pub hits: Vec<Hit>,
    /// Which is marked.
    pub chosen: usize,
}

/// Which kind of line a palette holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaletteMode {
    /// `:` a command with its words.
    Command,
    /// `Ctrl-P` anything by its name.
    Find,
    /// `.` the acts on this conversation.
    Acts,
}

/// Something that fits a palette's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub label: Clean,
    /// A word about it.
    pub about: Clean,
    /// Its key, if it has one.
    pub key: String,
    /// Why it cannot be done, if it cannot.
    pub dead: Option<Clean>,
    /// What `Enter` does.
    pub goes: Goes,
}

/// Where a hit leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// To a conversation.
    Conversation(ConversationId),
    /// To a view.
    View(View),
    /// It does what a key does.
    Run(Run),
}

impl Sheet {
    /// A sheet at its top.
    pub const fn of(kind: SheetKind) -> Self {
        Self { kind, top: 0, chosen: 0 }
    }
}
