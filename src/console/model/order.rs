//! In which order rows stand. It changes only when nobody's hands are on the keys.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::id::ConversationId;
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::row::{ConversationRow, NeedReason, Section, Waiting};

/// No list is re-ordered so soon after a key: the row under the eye stays where it is.
pub const HANDS_ON: Millis = Millis::from_secs(1);
/// A list is re-ordered no more often: a list that dances cannot be read.
pub const SORT_EVERY: Millis = Millis::from_secs(1);
/// Moods within such a step rank alike, so that a shade of mood moves nothing.
const MOOD_STEP: i32 = 2_000;

/// How live rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Lowest mood first.
    #[default]
    Mood,
    /// Longest waiting customer first.
    Wait,
    /// Newest first.
    Newest,
    /// By name.
    Name,
}

impl Sort {
    /// The next one, round.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Mood => Self::Wait,
            Self::Wait => Self::Newest,
            Self::Newest => Self::Name,
            Self::Name => Self::Mood,
        }
    }

    /// Its word on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mood => "mood",
            Self::Wait => "wait",
            Self::Newest => "newest",
            Self::Name => "name",
        }
    }
}

/// The rows of each section, first to last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    needs: Vec<ConversationId>,
    yours: Vec<ConversationId>,
    live: Vec<ConversationId>,
    dirty: bool,
    sorted_at: Millis,
}

impl Order {
    /// The rows of a section.
    pub fn section(&self, section: Section) -> &[ConversationId] {
        match section {
            Section::NeedsYou => &self.needs,
            Section::Yours => &self.yours,
            Section::Live => &self.live,
        }
    }

    /// All rows as they stand below each other.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = ConversationId> + Clone + '_ {
        self.needs.iter().chain(&self.yours).chain(&self.live).copied()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.needs.len() + self.yours.len() + self.live.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where a row stands, counted over all sections.
    pub fn position(&self, id: ConversationId) -> Option<usize> {
        self.all().position(|other| other == id)
    }

    /// The row at a place.
    pub fn at(&self, place: usize) -> Option<ConversationId> {
        self.all().nth(place)
    }

    /// Something changed that may change the order.
    pub const fn touch(&mut self) {
        self.dirty = true;
    }

    /// When the order may be made anew, if it has to be.
    pub fn due(&self, last_key: Option<Millis>) -> Option<Millis> {
        let hands_off = last_key.map_or(0, |key| key.0 + HANDS_ON.0);
        let rested = if self.is_empty() { 0 } else { self.sorted_at.0 + SORT_EVERY.0 };
        self.dirty.then(|| Millis(hands_off.max(rested)))
    }

    /// Makes the order anew if it has to be and may be.
    pub fn settle(&mut self, rows: &Rows<'_>, wall: Millis, last_key: Option<Millis>) {
        if self.due(last_key).is_some_and(|due| wall >= due) {
            self.sort(rows, wall);
        }
    }

    /// Makes the order anew at once: the viewer asked for another one.
    pub fn sort(&mut self, rows: &Rows<'_>, wall: Millis) {
        let of = |section| rows.all.values().filter(move |row| row.section == section && rows.filter.passes(row));
        self.needs = by(of(Section::NeedsYou), |row| {
            let (harm, due) = row.need.as_ref().map_or((Score::ZERO, None), |need| (need.harm, need.due));
            (Reverse(harm), due.unwrap_or(Timestamp(i64::MAX)), row.handle)
        });
        self.yours = by(of(Section::Yours), |row| (waits_since(row), row.handle));
        self.live = match rows.sort {
            Sort::Mood => by(of(Section::Live), |row| (row.mood.0.div_euclid(MOOD_STEP), row.handle)),
            Sort::Wait => by(of(Section::Live), |row| (waits_since(row), row.handle)),
            Sort::Newest => by(of(Section::Live), |row| Reverse(row.handle)),
            Sort::Name => by(of(Section::Live), |row| (row.name.clone(), row.handle)),
        };
        self.dirty = false;
        self.sorted_at = wall;
    }
}

/// What an order is made of.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// All rows of the floor.
    pub all: &'a BTreeMap<ConversationId, ConversationRow>,
    /// How live rows are ordered.
    pub sort: Sort,
    /// Which rows are wanted.
    pub filter: &'a Filter,
}

fn by<'a, K: Ord>(
    rows: impl Iterator<Item = &'a ConversationRow>,
    key: impl Fn(&ConversationRow) -> K,
) -> Vec<ConversationId> {
    let mut keyed: Vec<(K, ConversationId)> = rows.map(|row| (key(row), row.id)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// Since when the customer waits; those who do not wait come last.
fn waits_since(row: &ConversationRow) -> Timestamp {
    match row.waiting {
        Waiting::Customer(since) => since,
        Waiting::Us(_) | Waiting::Nobody => Timestamp(i64::MAX),
    }
}

/// Words that a row must contain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    words: Vec<String>,
}

impl Filter {
    /// Words, separated by spaces; case does not matter.
    pub fn of(text: &str) -> Self {
        Self { words: text.split_whitespace().map(str::to_lowercase).collect() }
    }

    /// Whether everything passes.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether each word stands in what is shown of the row.
    pub fn passes(&self, row: &ConversationRow) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let need = row.need.as_ref().map(|need| match &need.why {
            NeedReason::Escalated { .. } => "human",
            NeedReason::OfferedToYou { .. } => "offer",
            NeedReason::Approval { about, .. } => about.as_str(),
            NeedReason::Draft { .. } => "draft",
            NeedReason::Failing => "failing",
            NeedReason::Overdue => "overdue",
            NeedReason::WrapUp { .. } => "wrap-up",
            NeedReason::Promise { about, .. } => about.as_str(),
        });
        let intent = row.intent.as_ref().map(crate::domain::id::IntentName::as_str);
        let text = format!(
            "{} {} {} {} {:?} {} {}",
            row.name,
            row.handle,
            row.holder,
            row.channel,
            row.tier,
            intent.unwrap_or_default(),
            need.unwrap_or_default()
        );
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}
