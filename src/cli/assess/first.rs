//! What to automate first: matters by what an agent would take off people's hands.

use std::collections::BTreeSet;

use serde::Serialize;

use super::holds::annoyed;
use crate::analysis::likeness::Place;
use crate::cli::past::typical::centers;
use crate::cli::past::{Past, Request};
use crate::domain::text::Foreign;

/// Requests of a matter below which nothing can be said of it.
const REQUESTS_MIN: usize = 5;

/// One matter and what it would save.
#[derive(Debug, Serialize)]
pub(super) struct Saving {
    pub(super) matter: Foreign,
    /// How often it is asked for.
    pub(super) requests: usize,
    /// How alike the requests are, 0 to 1: whether one flow could serve them.
    pub(super) alike: f32,
    /// Share of its dialogues that stay at one desk and annoy nobody.
    pub(super) smooth: f32,
    /// Requests that would be taken off people's hands: the three multiplied.
    pub(super) saved: f32,
    /// The same in hours of handling, where dialogues have times.
    pub(super) saved_hours: Option<f32>,
}

/// Matters by what they would save, most first; `lengths` are the dialogues' in ms.
pub(super) fn to_automate(past: &Past, lengths: &[Option<u64>]) -> Vec<Saving> {
    let matters = past.desks.matters.len();
    let centers = centers(past.requests.iter().map(|request| (request.matter, &request.place)), matters);
    let saving = |(matter, center): (usize, &Place)| {
        let own = || past.requests.iter().filter(move |request| request.matter == matter);
        let requests = own().count();
        let (name, _) = past.desks.matters.get(matter)?;
        if requests < REQUESTS_MIN {
            return None;
        }
        let nearness = |request: &Request| request.place.nearness(center).max(0.0);
        let alike = own().map(nearness).sum::<f32>() / requests as f32;
        let dialogues: BTreeSet<usize> = own().map(|request| request.dialogue).collect();
        let is_smooth = |at: &&usize| {
            let passed = past.courses.get(**at).is_some_and(|course| course.passes > 0);
            !passed && past.dialogues.get(**at).and_then(annoyed) != Some(true)
        };
        let smooth = dialogues.iter().filter(is_smooth).count() as f32 / dialogues.len().max(1) as f32;
        let saved = requests as f32 * alike * smooth;
        let mut times: Vec<u64> = dialogues.iter().filter_map(|at| lengths.get(*at).copied().flatten()).collect();
        times.sort_unstable();
        let median = times.get(times.len() / 2);
        let saved_hours = median.map(|ms| saved * (*ms as f32) / 3_600_000.0);
        Some(Saving { matter: name.as_str().into(), requests, alike, smooth, saved, saved_hours })
    };
    let mut savings: Vec<Saving> = centers.iter().enumerate().filter_map(saving).collect();
    savings.sort_by(|a, b| b.saved.total_cmp(&a.saved).then_with(|| a.matter.cmp(&b.matter)));
    savings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::dialogue;

    #[test]
    fn much_asked_alike_and_smooth_comes_first() {
        let line = |at: usize, matter: &str, text: &str, annoyed: bool| {
            format!(
                r#"{{"id":"{matter}{at}","turns":[{{"role":"customer","text":"{text}","at_ms":0}},{{"role":"agent","text":"ok","at_ms":3600000}}],"labels":{{"intent":"{matter}","annoyed":{annoyed}}}}}"#
            )
        };
        let odd =
            ["the lamp hums at night", "paint the door green", "how tall is it", "do you sing", "seven small cats"];
        let mut lines: Vec<String> = (0..6).map(|at| line(at, "parcel", "where is my parcel", false)).collect();
        lines.extend((0..6).map(|at| line(at, "angry", "give me my money back", true)));
        lines.extend(odd.iter().enumerate().map(|(at, text)| line(at, "odd", text, false)));
        lines.extend((0..4).map(|at| line(at, "seldom", "a gift card please", false)));
        let past = Past::of(dialogue::read(lines.join("\n").as_bytes()).unwrap());
        let lengths = vec![Some(3_600_000); past.dialogues.len()];
        let found = to_automate(&past, &lengths);
        let names: Vec<&str> = found.iter().map(|saving| saving.matter.raw()).collect();
        assert_eq!(names, ["parcel", "odd", "angry"], "{found:?}");
        assert!((found[0].saved - 6.0).abs() < 0.01 && found[0].saved_hours.is_some_and(|hours| hours > 5.9));
        assert!(found[2].saved < 0.01 && found[1].alike < 0.8, "{found:?}");
    }
}
