//! The floor's time as the console may assume it between two frames of the feed.

use jiff::tz::TimeZone;

use crate::domain::time::{Millis, Timestamp};

/// Where the floor's clock stood, and how fast it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    at: Timestamp,
    /// The console's own clock at that moment.
    wall: Millis,
    /// Thousandths of the wall's speed.
    speed: u32,
}

impl Clock {
    /// A clock that stands still at a moment: of a past session.
    pub const fn standing(at: Timestamp) -> Self {
        Self { at, wall: Millis(0), speed: 0 }
    }

    /// The feed said what time it is; what the console had assumed is never taken back.
    pub fn set(&mut self, at: Timestamp, wall: Millis) {
        self.at = self.at.max(at).max(self.now(wall));
        self.wall = wall;
    }

    /// Another life of the floor, or another floor: its time holds whatever was assumed.
    pub const fn begin(&mut self, at: Timestamp, wall: Millis, speed: u32) {
        *self = Self { at, wall, speed };
    }

    /// The floor's time.
    pub fn now(&self, wall: Millis) -> Timestamp {
        let passed = u128::from(wall.0.saturating_sub(self.wall.0)) * u128::from(self.speed) / 1_000;
        self.at + Millis(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// Thousandths of the wall's speed.
    pub const fn speed(&self) -> u32 {
        self.speed
    }

    /// How long until the floor's clock shows another second; nothing when it stands.
    pub fn until_next_second(&self, wall: Millis) -> Option<Millis> {
        let left = 1_000 - self.now(wall).0.rem_euclid(1_000);
        let speed = u64::from(self.speed);
        (speed > 0).then(|| Millis((u64::try_from(left).unwrap_or(1_000) * 1_000).div_ceil(speed)))
    }
}

/// Hours and minutes of a moment where the viewer sits: `09:04`.
pub fn hours_minutes(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone, "%H:%M")
}

/// Hours, minutes and seconds: `09:04:12`.
pub fn hours_minutes_seconds(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone, "%H:%M:%S")
}

/// The day: `11-23`.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone, "%m-%d")
}

/// Day and time: `11-23 09:04`.
pub fn day_and_time(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone, "%m-%d %H:%M")
}

/// The next time the viewer's wall clock shows this hour and minute.
pub fn next_at(now: Timestamp, (hour, minute): (u8, u8), zone: &TimeZone) -> Timestamp {
    let at = || {
        let here = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone());
        let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?);
        let today = here.with().hour(hour).minute(minute).second(0).subsec_nanosecond(0).build().ok()?;
        let next = if today > here { today } else { today.checked_add(jiff::Span::new().days(1)).ok()? };
        Some(Timestamp(next.timestamp().as_millisecond()))
    };
    // What no calendar holds is a day away.
    at().unwrap_or(now + Millis::from_hours(24))
}

fn local(at: Timestamp, zone: &TimeZone, format: &str) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|at| at.to_zoned(zone.clone()).strftime(format).to_string())
        .unwrap_or_default()
}

/// The moment that somebody typed: `30m`, `2h`, `3d` from `now` on, or the next `14:30` where they sit.
pub fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(span) = text.parse::<Millis>() {
        return Some(now + span);
    }
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    let today = at_time(now, 0, (hour, minute), zone)?;
    if today > now { Some(today) } else { at_time(now, 1, (hour, minute), zone) }
}

/// When people come to work, so many days from now: what sleeps until a day wakes then.
const MORNING: (i8, i8) = (9, 0);

/// The morning of a day; so many days of 24 hours later where the zone has no such moment.
pub fn next_morning(now: Timestamp, days: i64, zone: &TimeZone) -> Timestamp {
    let plain = now + Millis::from_hours(days.unsigned_abs() * 24);
    at_time(now, days, MORNING, zone).unwrap_or(plain)
}

fn at_time(now: Timestamp, days: i64, (hour, minute): (i8, i8), zone: &TimeZone) -> Option<Timestamp> {
    let here = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone());
    let day = here.date().checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
    let then = day.to_datetime(time).to_zoned(zone.clone()).ok()?;
    Some(Timestamp(then.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assumed_time_is_never_taken_back() {
        let mut clock = Clock::default();
        clock.begin(Timestamp(1_000_000), Millis(500), 2_000);
        assert_eq!(clock.now(Millis(1_500)), Timestamp(1_002_000));
        clock.set(Timestamp(1_001_000), Millis(1_500));
        assert_eq!(clock.now(Millis(1_500)), Timestamp(1_002_000), "the frame was on its way for a second");
        assert_eq!(clock.until_next_second(Millis(1_750)), Some(Millis(250)));
        assert_eq!(Clock::standing(Timestamp(5)).until_next_second(Millis(9)), None);
    }

    #[test]
    fn a_time_of_day_is_the_next_one() {
        let now = Timestamp(1_763_888_640_000);
        assert_eq!(next_at(now, (17, 30), &TimeZone::UTC), now + Millis::from_mins(8 * 60 + 26));
        assert_eq!(next_at(now, (9, 4), &TimeZone::UTC), now + Millis::from_hours(24), "it is that now");
    }

    #[test]
    fn times_are_those_of_the_viewer() {
        let at = Timestamp(1_763_888_640_000);
        assert_eq!(hours_minutes(at, &TimeZone::UTC), "09:04");
        assert_eq!(day_and_time(at, &TimeZone::UTC), "11-23 09:04");
    }
}
