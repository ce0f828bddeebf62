//! Acts on their way: sent, stored, or nobody knows. The client asks again by the key after a reconnect.

use std::collections::VecDeque;

use crate::domain::id::{ClientKey, ConversationId, IdError, Seq};
use crate::domain::text::Clean;
use crate::domain::time::Millis;
use crate::protocol::console::{Audience, ConsoleCommand};

/// Acts on their way at once; more means that nobody answers, and the next is not taken.
pub const PENDING_MAX: usize = 64;
/// How long a notice stands.
pub const NOTICE_STANDS: Millis = Millis::from_secs(6);
/// Notices that wait behind the one shown; older ones give way.
const NOTICES_MAX: usize = 8;
/// How long a stored message stands by itself if its line of the transcript does not come.
pub const STORED_STANDS: Millis = Millis::from_secs(5);

/// Makes keys: a stem of this console's own, and a number that counts up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    stem: String,
    next: u64,
}

impl Keys {
    /// Keys `STEM-1`, `STEM-2` …; the stem must be this console's alone.
    pub fn new(stem: &str) -> Self {
        Self { stem: stem.to_owned(), next: 0 }
    }

    /// The next key. Fails only if the stem was no key.
    pub fn mint(&mut self) -> Result<ClientKey, IdError> {
        self.next += 1;
        format!("{}-{}", self.stem, self.next).parse()
    }
}

/// How an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Sent; no answer yet.
    Sending,
    /// On disk.
    Stored(Seq, Millis),
    /// The line broke before an answer; it is asked again by its key.
    Unknown,
}

/// An act on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its key.
    pub key: ClientKey,
    /// What was asked.
    pub command: ConsoleCommand,
    /// Its name on screen.
    pub label: Clean,
    /// Where it acts.
    pub conversation: Option<ConversationId>,
    /// A text it carries.
    pub words: Option<(Audience, Clean)>,
    /// How it stands.
    pub fate: Fate,
}

/// What a notice means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For your information.
    Plain,
    /// It worked.
    Good,
    /// It did not work, or cannot be done.
    Bad,
}

/// A line for the viewer that goes away by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The line.
    pub text: Clean,
    /// What it means.
    pub tone: Tone,
    until: Millis,
}

/// Notices, the newest shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notices(VecDeque<Notice>);

impl Notices {
    /// Says something.
    pub fn say(&mut self, tone: Tone, text: Clean, wall: Millis) {
        self.0.retain(|notice| notice.text != text);
        self.0.push_back(Notice { text, tone, until: Millis(wall.0 + NOTICE_STANDS.0) });
        if self.0.len() > NOTICES_MAX {
            self.0.pop_front();
        }
    }

    /// The one shown.
    pub fn shown(&self) -> Option<&Notice> {
        self.0.back()
    }

    /// Forgets those whose time is over.
    pub fn expire(&mut self, wall: Millis) {
        self.0.retain(|notice| wall < notice.until);
    }

    /// When the next one goes.
    pub fn next(&self) -> Option<Millis> {
        self.0.iter().map(|notice| notice.until).min()
    }
}
