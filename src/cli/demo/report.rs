//! What came of a demo, as one JSON object or in words.

use std::time::Duration;

use serde::Serialize;

use super::crowd::Visits;
use super::witness::Seen;
use crate::simulation::scenario::Library;

/// Breaches and troubles that are told in full; the counts tell the rest.
const TOLD_MAX: usize = 5;

/// What came of a demo.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) conversations: u64,
    pub(super) turns: u64,
    pub(super) answers: u64,
    pub(super) handoffs: u64,
    pub(super) escalations: u64,
    pub(super) replies_withheld: u64,
    pub(super) laws_checked: u64,
    pub(super) laws_broken: usize,
    pub(super) turns_per_s: f64,
    pub(super) turn_p50_ms: f64,
    pub(super) turn_p99_ms: f64,
    pub(super) rss_mb: f64,
    /// Digest over who was chosen, handed to and escalated: equal for equal seeds.
    pub(super) decisions: String,
    /// Visits that the end of the time cut off; with any, the digest says nothing.
    pub(super) unfinished: u64,
    pub(super) operator_acts: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) breaches: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) trouble: Vec<String>,
}

impl Report {
    /// Puts together what was seen.
    pub(super) fn new(seen: &Seen, mut visits: Visits, operator_acts: u64, took: Duration, library: &Library) -> Self {
        let (laws, tally) = (&seen.laws, &seen.tally);
        visits.answered_us.sort_unstable();
        visits.trouble.truncate(TOLD_MAX);
        Self {
            conversations: tally.conversations,
            turns: tally.turns,
            answers: tally.answers,
            handoffs: tally.handoffs,
            escalations: tally.escalations,
            replies_withheld: tally.replies_withheld,
            laws_checked: laws.checked,
            laws_broken: laws.broken.len(),
            turns_per_s: rounded(tally.turns as f64 / took.as_secs_f64().max(0.001)),
            turn_p50_ms: percentile(&visits.answered_us, 50),
            turn_p99_ms: percentile(&visits.answered_us, 99),
            rss_mb: rss_mb(),
            decisions: tally.decisions(library),
            unfinished: visits.unfinished,
            operator_acts,
            breaches: laws.broken.iter().take(TOLD_MAX).map(ToString::to_string).collect(),
            trouble: visits.trouble,
        }
    }

    /// The same for people.
    pub(super) fn in_words(&self) -> String {
        let laws = if self.laws_broken == 0 {
            format!("{} checks of the laws, none broken", self.laws_checked)
        } else {
            format!("{} LAWS BROKEN: {}", self.laws_broken, self.breaches.join("; "))
        };
        format!(
            "{} conversations, {} messages of customers, {} answers, {} handoffs, {} escalations, {} drafts withheld\n\
             {laws}\n{:.0} messages/s, answered in {} ms (median), {} ms (99 of 100); {} MB; decisions {}",
            self.conversations,
            self.turns,
            self.answers,
            self.handoffs,
            self.escalations,
            self.replies_withheld,
            self.turns_per_s,
            self.turn_p50_ms,
            self.turn_p99_ms,
            self.rss_mb,
            self.decisions
        )
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// In milliseconds; zero when nothing was measured.
fn percentile(sorted_us: &[u32], percent: usize) -> f64 {
    let at = (sorted_us.len() * percent / 100).min(sorted_us.len().saturating_sub(1));
    rounded(f64::from(sorted_us.get(at).copied().unwrap_or(0)) / 1_000.0)
}

/// Memory this process occupies, as far as the system tells.
fn rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb: Option<f64> = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    rounded(kb.unwrap_or(0.0) / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let times: Vec<u32> = (1..=100).map(|n| n * 1_000).collect();
        assert!((percentile(&times, 50) - 51.0).abs() < 0.01);
        assert!((percentile(&times, 99) - 100.0).abs() < 0.01);
        assert!(percentile(&[], 99).abs() < f64::EPSILON);
    }
}
