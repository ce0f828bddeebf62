//! Business hours: when the house is open, and by when something is due if only open time counts.
//!
//! A moment is open when the wall clock of the zone stands within an interval of that weekday and the
//! day is no holiday. So an hour that a change of the clocks skips counts nothing, and one that it
//! repeats counts twice.

mod day;
mod opening;
#[cfg(test)]
mod tests;
mod told;
mod zone;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::time::{Millis, Timestamp};

pub use day::Day;
pub use opening::Opening;
pub use zone::Zone;

/// Milliseconds of a day on a wall clock.
const DAY: i64 = 86_400_000;
/// Days looked ahead for open time; who opens once in ten years is closed.
const DAYS_AHEAD: i64 = 3_660;

/// When the house is open. Without any interval it always is, holidays aside.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hours {
    /// Whose wall clock counts: an IANA name such as `Europe/Berlin`.
    pub zone: Zone,
    /// Mondays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mon: Vec<Opening>,
    /// Tuesdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tue: Vec<Opening>,
    /// Wednesdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wed: Vec<Opening>,
    /// Thursdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thu: Vec<Opening>,
    /// Fridays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fri: Vec<Opening>,
    /// Saturdays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sat: Vec<Opening>,
    /// Sundays.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sun: Vec<Opening>,
    /// Days without any opening.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<Day>,
}

/// An open stretch, or what of it counts: from, and up to but without, the second moment.
type Stretch = (Timestamp, Timestamp);

impl Hours {
    /// The days of the week as the file names them, with their openings.
    pub fn week(&self) -> [(&'static str, &[Opening]); 7] {
        [
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
            ("sun", &self.sun),
        ]
    }

    /// Whether there is no moment at which the house is closed.
    pub fn always_open(&self) -> bool {
        self.holidays.is_empty() && self.without_intervals()
    }

    fn without_intervals(&self) -> bool {
        self.week().iter().all(|(_, openings)| openings.is_empty())
    }

    /// The moment at which `span` of open time has gone by since `start`; `start` itself for no span.
    pub fn due_after(&self, start: Timestamp, span: Millis) -> Timestamp {
        if self.always_open() || span.0 == 0 {
            return start + span;
        }
        let mut left = span;
        for (from, until) in self.stretches(start) {
            let open = until.since(from);
            if open >= left {
                return from + left;
            }
            left = Millis(left.0 - open.0);
        }
        start + span
    }

    /// Open time between two moments; nothing when the second is not later.
    pub fn open_between(&self, start: Timestamp, end: Timestamp) -> Millis {
        if self.always_open() {
            return end.since(start);
        }
        let within = self.stretches(start).take_while(|(from, _)| *from < end);
        Millis(within.map(|(from, until)| until.min(end).since(from).0).sum())
    }

    /// The first open moment that is not before `at`.
    pub fn opens(&self, at: Timestamp) -> Timestamp {
        if self.always_open() {
            return at;
        }
        self.stretches(at).next().map_or(at, |(from, _)| from)
    }

    /// Whether the house is open at `at`.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.opens(at) == at
    }

    /// The open stretches from `start` on, in order and apart: each lies within one day and between
    /// two changes of the zone's offset, where wall clock and time run alike.
    fn stretches(&self, start: Timestamp) -> impl Iterator<Item = Stretch> {
        self.days(start).flat_map(|piece| self.openings(&piece))
    }

    /// The pieces of days from `start` on, cut where the zone's offset changes.
    fn days(&self, start: Timestamp) -> impl Iterator<Item = Piece> {
        let mut next = Some(start);
        let pieces = std::iter::from_fn(move || {
            let from = next?;
            let (offset, changes) = self.zone.offset(from)?;
            let day = (from.0 + offset).div_euclid(DAY);
            let midnight = Timestamp((day + 1) * DAY - offset);
            let until = changes.map_or(midnight, |changes| changes.min(midnight));
            next = Some(until);
            Some(Piece { day, offset, from, until })
        });
        pieces.take(usize::try_from(DAYS_AHEAD).unwrap_or(usize::MAX))
    }

    fn openings(&self, piece: &Piece) -> Vec<Stretch> {
        let day = Day::of(piece.day);
        if self.holidays.contains(&day) {
            return Vec::new();
        }
        if self.without_intervals() {
            return vec![(piece.from, piece.until)];
        }
        let week = self.week();
        let openings = week.get(day.weekday()).map(|(_, openings)| *openings).unwrap_or_default();
        let moment = |minute: u16| Timestamp(piece.day * DAY + i64::from(minute) * 60_000 - piece.offset);
        let cut =
            |opening: &Opening| (moment(opening.from()).max(piece.from), moment(opening.until()).min(piece.until));
        openings.iter().map(cut).filter(|(from, until)| from < until).collect()
    }
}

/// A part of one day in which the zone's offset is one.
struct Piece {
    /// Days since 1970-01-01 on the wall clock.
    day: i64,
    /// Milliseconds that the wall clock is ahead of UTC.
    offset: i64,
    from: Timestamp,
    until: Timestamp,
}
