//! The business hours of `policy.toml`; a single opening is checked where it is read.

use super::Check;
use crate::config::source::Part;

impl Check<'_> {
    pub(super) fn hours(&mut self) {
        let file = self.file("policy.toml");
        for (day, openings) in self.bundle.policy.hours.week() {
            for (nth, pair) in openings.windows(2).enumerate() {
                if let [before, after] = pair
                    && after.from() < before.until()
                {
                    let way = [Part::Key("hours"), Part::Key(day), Part::At(nth + 1)];
                    let what = format!("`{after}` begins before `{before}` ends on `{day}`");
                    self.error(file, &way, what, "put the openings in order and join those that overlap");
                }
            }
        }
    }
}
