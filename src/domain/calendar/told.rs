//! A time as a customer is told it: a short wait in minutes, a far one by the house's clock.

use super::{DAY, Day, Hours};
use crate::domain::time::{Millis, Timestamp};

/// A wait up to this is told in minutes; who reads "in 840 minutes" has to reckon.
const IN_MINUTES: Millis = Millis::from_mins(60);
/// A time of day is told in such steps, the later one: more would be more than anybody knows.
const STEP: i64 = 5 * 60_000;
/// The days of a week, as a customer reads them.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Hours {
    /// How long it is from `at` to `by`: `a minute`, `12 minutes`, `3 hours`. Never less than a minute.
    pub fn wait_told(&self, at: Timestamp, by: Timestamp) -> String {
        let wait = by.since(at);
        match (wait.0.div_ceil(60_000), wait.0.div_ceil(3_600_000)) {
            (0 | 1, _) => "a minute".to_owned(),
            (minutes, _) if wait <= IN_MINUTES => format!("{minutes} minutes"),
            (_, hours) => format!("{hours} hours"),
        }
    }

    /// When that is: `in about 12 minutes`, `by 14:30 (Europe/Berlin)`, `on Monday by 09:05 (UTC)`,
    /// `on 2026-12-28 by 09:05 (UTC)`.
    pub fn when_told(&self, at: Timestamp, by: Timestamp) -> String {
        let wait = by.since(at);
        let far = |moment: Timestamp| {
            let (offset, _) = self.zone.offset(moment).filter(|_| wait > IN_MINUTES)?;
            Some(moment.0 + offset)
        };
        let (Some(now), Some(then)) = (far(at), far(by)) else {
            return format!("in about {}", self.wait_told(at, by));
        };
        let then = then.div_euclid(STEP) * STEP + if then.rem_euclid(STEP) > 0 { STEP } else { 0 };
        let (today, day) = (now.div_euclid(DAY), then.div_euclid(DAY));
        let minute = then.rem_euclid(DAY) / 60_000;
        let clock = format!("by {:02}:{:02} ({})", minute / 60, minute % 60, self.zone);
        match day - today {
            0 => clock,
            1..7 => {
                let name = DAYS.get(Day::of(day).weekday()).copied().unwrap_or_default();
                format!("on {name} {clock}")
            }
            _ => format!("on {} {clock}", Day::of(day)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str) -> Hours {
        Hours { zone: zone.parse().unwrap(), ..Hours::default() }
    }

    /// 2026-11-27, a Friday, 10:00 UTC, 11:00 in Berlin.
    const NOW: Timestamp = Timestamp(1_795_773_600_000);

    fn told(zone: &str, mins: u64) -> String {
        hours(zone).when_told(NOW, NOW + Millis::from_mins(mins))
    }

    #[test]
    fn a_short_wait_is_told_in_minutes_and_a_far_one_by_the_clock() {
        assert_eq!(told("UTC", 0), "in about a minute");
        assert_eq!(told("UTC", 12), "in about 12 minutes");
        assert_eq!(told("UTC", 60), "in about 60 minutes");
        assert_eq!(told("UTC", 61), "by 11:05 (UTC)");
        assert_eq!(told("Europe/Berlin", 61), "by 12:05 (Europe/Berlin)");
        assert_eq!(told("UTC", 13 * 60 + 57), "on Saturday by 00:00 (UTC)");
        assert_eq!(told("UTC", 3 * 24 * 60), "on Monday by 10:00 (UTC)");
        assert_eq!(told("UTC", 31 * 24 * 60), "on 2026-12-28 by 10:00 (UTC)");
        assert_eq!(hours("UTC").wait_told(NOW, NOW + Millis::from_mins(61)), "2 hours");
    }

    #[test]
    fn the_clock_is_that_of_the_day_it_tells() {
        // Berlin has left summer time by then: 2026-10-24 09:00 UTC is 11:00 there, two days later 10:00.
        let before = Timestamp(1_792_832_400_000);
        let told = hours("Europe/Berlin").when_told(before, before + Millis::from_hours(48));
        assert_eq!(told, "on Monday by 10:00 (Europe/Berlin)");
    }
}
