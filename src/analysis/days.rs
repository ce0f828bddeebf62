//! Days as people say them: `21 November`.

use crate::domain::time::Timestamp;

const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// The months as they are written out.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day of the calendar, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day {
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: u8,
    /// 1 to 31.
    pub(crate) of_month: u8,
}

impl Day {
    /// The day `after` days after the one of `at`.
    pub(crate) fn of(at: Timestamp, after: i64) -> Self {
        // Days since 0000-03-01, so that the leap day is the last of its year.
        let days = at.0.div_euclid(DAY_MS).saturating_add(after).saturating_add(719_468);
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self { year: year + era * 400 + i64::from(month <= 2), month: month as u8, of_month: day as u8 }
    }

    /// `21 November`.
    pub(crate) fn said(self) -> String {
        let month = MONTHS.get(usize::from(self.month).saturating_sub(1)).copied().unwrap_or_default();
        format!("{} {month}", self.of_month)
    }

    /// `2026-11-21`.
    pub(crate) fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(Day::of(Timestamp(0), 0).iso(), "1970-01-01");
        assert_eq!(Day::of(Timestamp(1_767_225_600_000), 0).iso(), "2026-01-01");
        assert_eq!(Day::of(Timestamp(1_767_225_600_000 - 1), 0).iso(), "2025-12-31");
        assert_eq!(Day::of(Timestamp(1_767_225_600_000), -306).said(), "1 March");
        assert_eq!(Day::of(Timestamp(951_782_400_000), 0).iso(), "2000-02-29");
    }
}
