//! In which order rows stand. It changes only when nobody's hands are on the keys.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::conversation::{Phase, Priority};
use crate::domain::id::{ConversationId, IncidentId};
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::incident::IncidentRow;
use crate::protocol::row::{ConversationRow, NeedReason, Section, Waiting};

/// No list is re-ordered so soon after a key: the row under the eye stays where it is.
pub const HANDS_ON: Millis = Millis::from_secs(1);
/// A list is re-ordered no more often: a list that dances cannot be read.
pub const SORT_EVERY: Millis = Millis::from_secs(1);
/// Moods within such a step rank alike, so that a shade of mood moves nothing.
const MOOD_STEP: i32 = 2_000;

/// Sections of the list.
pub const SECTIONS: usize = 5;

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
    watched: Vec<ConversationId>,
    live: Vec<ConversationId>,
    /// Conversations that stand for all that are folded into the row of an incident.
    faces: BTreeMap<ConversationId, IncidentId>,
    asleep: Vec<ConversationId>,
    dirty: bool,
    sorted_at: Millis,
}

impl Order {
    /// The rows of a section.
    pub fn section(&self, section: Section) -> &[ConversationId] {
        match section {
            Section::NeedsYou => &self.needs,
            Section::Yours => &self.yours,
            Section::Watched => &self.watched,
            Section::Live => &self.live,
            Section::Snoozed => &self.asleep,
        }
    }

    /// The incident for whose conversations a row stands.
    pub fn face(&self, id: ConversationId) -> Option<IncidentId> {
        self.faces.get(&id).copied()
    }

    /// All rows as they stand below each other.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = ConversationId> + Clone + '_ {
        let first = self.needs.iter().chain(&self.yours).chain(&self.watched);
        first.chain(&self.live).chain(&self.asleep).copied()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.needs.len() + self.yours.len() + self.watched.len() + self.live.len() + self.asleep.len()
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

    /// Whether something changed since it was made.
    pub const fn is_dirty(&self) -> bool {
        self.dirty
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
        self.faces = faces(rows);
        let faces = &self.faces;
        let incident = |row: &ConversationRow| {
            let id = faces.get(&row.id)?;
            rows.incidents.iter().find(|incident| incident.incident == *id)
        };
        let section_of = |row: &ConversationRow| match incident(row) {
            Some(incident) if incident.needs > 0 => Section::NeedsYou,
            Some(_) | None => row.section,
        };
        let stands = |row: &&ConversationRow| {
            let alone = !row.is_folded() || !rows.filter.is_empty() || faces.contains_key(&row.id);
            alone && rows.filter.passes(row)
        };
        let of = |section| rows.all.values().filter(stands).filter(move |row| section_of(row) == section);
        self.needs = by(of(Section::NeedsYou), |row| {
            let own = row.need.as_ref().map_or((Score::ZERO, None), |need| (need.harm, need.due));
            let (harm, due) = incident(row).map_or(own, |incident| (incident.harm, incident.due));
            (Reverse(harm), due.unwrap_or(Timestamp(i64::MAX)), row.handle)
        });
        self.yours = by(of(Section::Yours), |row| (pressing(row), waits_since(row), row.handle));
        self.watched = by(of(Section::Watched), |row| (waits_since(row), row.handle));
        self.live = match rows.sort {
            Sort::Mood => by(of(Section::Live), |row| (pressing(row), row.mood.0.div_euclid(MOOD_STEP), row.handle)),
            Sort::Wait => by(of(Section::Live), |row| (pressing(row), waits_since(row), row.handle)),
            Sort::Newest => by(of(Section::Live), |row| Reverse(row.handle)),
            Sort::Name => by(of(Section::Live), |row| (row.name.clone(), row.handle)),
        };
        self.asleep = by(of(Section::Snoozed), |row| (wakes(row), row.handle));
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
    /// The incidents behind whose rows others stand.
    pub incidents: &'a [IncidentRow],
}

/// Of those that are folded into an incident, the one that came first; who looks for something sees all.
fn faces(rows: &Rows<'_>) -> BTreeMap<ConversationId, IncidentId> {
    if !rows.filter.is_empty() {
        return BTreeMap::new();
    }
    let mut first: BTreeMap<IncidentId, &ConversationRow> = BTreeMap::new();
    for (incident, row) in
        rows.all.values().filter(|row| row.is_folded()).filter_map(|row| Some((row.in_incident()?, row)))
    {
        let face = first.entry(incident).or_insert(row);
        if row.handle < face.handle {
            *face = row;
        }
    }
    first.into_iter().map(|(incident, row)| (row.id, incident)).collect()
}

fn by<'a, K: Ord>(
    rows: impl Iterator<Item = &'a ConversationRow>,
    key: impl Fn(&ConversationRow) -> K,
) -> Vec<ConversationId> {
    let mut keyed: Vec<(K, ConversationId)> = rows.map(|row| (key(row), row.id)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// What a person called pressing comes first.
fn pressing(row: &ConversationRow) -> Reverse<Priority> {
    Reverse(row.set_priority.unwrap_or_default())
}

/// When a sleep is over: who wakes next stands first.
const fn wakes(row: &ConversationRow) -> Timestamp {
    match row.phase {
        Phase::Snoozed { until } => until,
        Phase::Live | Phase::Resolved { .. } | Phase::Closed => Timestamp(i64::MAX),
    }
}

/// Since when the customer waits; those who do not wait come last.
fn waits_since(row: &ConversationRow) -> Timestamp {
    match row.waiting {
        Waiting::Customer(since) => since,
        Waiting::Us(_) | Waiting::Nobody => Timestamp(i64::MAX),
    }
}

/// Words that a row must contain, or the incident it must belong to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    words: Vec<String>,
    incident: Option<IncidentId>,
}

impl Filter {
    /// Words, separated by spaces; case does not matter.
    pub fn of(text: &str) -> Self {
        Self { words: text.split_whitespace().map(str::to_lowercase).collect(), incident: None }
    }

    /// Conversations of an incident.
    pub const fn members(incident: IncidentId) -> Self {
        Self { words: Vec::new(), incident: Some(incident) }
    }

    /// The incident whose conversations are wanted.
    pub const fn incident(&self) -> Option<IncidentId> {
        self.incident
    }

    /// Whether everything passes.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty() && self.incident.is_none()
    }

    /// Whether each word stands in what is shown of the row.
    pub fn passes(&self, row: &ConversationRow) -> bool {
        if self.incident.is_some() && row.in_incident() != self.incident {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let need = row.need.as_ref().map(|need| match &need.why {
            NeedReason::Escalated { .. } => "human",
            NeedReason::OfferedToYou { .. } => "offer",
            NeedReason::AskedFor { .. } => "asked",
            NeedReason::Approval { about, .. } | NeedReason::Promise { about, .. } => about.as_str(),
            NeedReason::Draft { .. } => "draft",
            NeedReason::LeftAlone { .. } => "silent",
            NeedReason::Failing => "failing",
            NeedReason::Overdue => "overdue",
            NeedReason::WrapUp { .. } => "wrap-up",
            NeedReason::Watched { .. } => "watched",
        });
        let intent = row.intent.as_ref().map(crate::domain::id::IntentName::as_str);
        let labels: Vec<String> = row.labels.iter().map(|label| format!(" #{label}")).collect();
        let labels = labels.concat();
        let text = format!(
            "{} {} {} {} {:?} {} {}{labels}",
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
