//! What a roster's examples get wrong between them: intents that are taken for each other, and
//! examples of different intents that say nearly the same.

use std::collections::BTreeMap;

use super::Model;
use super::pieces::direction;
use super::words::Words;
use crate::domain::id::IntentName;

/// Parts that the examples are cut into: each is told by a model of the others.
const PARTS: usize = 4;
/// Two intents overlap from so many examples on that are taken for the other's, and from this share
/// (one in so many) of all examples of the one.
const TAKEN_MIN: usize = 2;
const TAKEN_ONE_IN: usize = 3;
/// Examples as near as this, of 1, say the same; chosen so that one word that matters is enough to keep
/// them apart.
const SAME: f32 = 0.985;
/// Larger rosters are not looked at: it would take seconds, and `baton evaluate intents` tells more.
pub const EXAMPLES_MAX: usize = 2_000;

/// What is wrong between two intents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlap {
    /// So many of so many examples of the first are taken for the second.
    Taken {
        /// Whose examples.
        of: IntentName,
        /// What they are taken for.
        for_: IntentName,
        /// How many.
        times: usize,
        /// How many there are.
        examples: usize,
    },
    /// An example of the first says nearly the same as one of the second.
    Same {
        /// The first.
        of: IntentName,
        /// Its example.
        example: String,
        /// The second.
        other: IntentName,
        /// Its example.
        like: String,
    },
}

/// What is wrong between the intents of a roster, in the order of their names; nothing of one with
/// more than [`EXAMPLES_MAX`] examples.
pub fn overlaps(examples: &[(IntentName, &str)]) -> Vec<Overlap> {
    if examples.len() > EXAMPLES_MAX {
        return Vec::new();
    }
    let mut found = taken(examples);
    found.extend(same(examples));
    found
}

fn taken(examples: &[(IntentName, &str)]) -> Vec<Overlap> {
    let mut counts: BTreeMap<&IntentName, usize> = BTreeMap::new();
    let part_of: Vec<usize> = examples
        .iter()
        .map(|(intent, _)| {
            let count = counts.entry(intent).or_default();
            *count += 1;
            (*count - 1) % PARTS
        })
        .collect();
    let mut taken: BTreeMap<(&IntentName, IntentName), usize> = BTreeMap::new();
    for part in 0..PARTS {
        let of = |own: bool| examples.iter().zip(&part_of).filter(move |(_, p)| (**p == part) == own).map(|(e, _)| e);
        let others: Vec<(IntentName, &str)> = of(false).cloned().collect();
        let model = Model::train(&others);
        for (intent, text) in of(true) {
            let said = model.judge(&(*text).into()).top.and_then(|top| model.intents().get(top)).cloned();
            // An intent whose only example is told here is none that the model could name.
            let known = model.intents().binary_search(intent).is_ok();
            if let Some(said) = said.filter(|said| known && said != intent) {
                *taken.entry((intent, said)).or_default() += 1;
            }
        }
    }
    let overlap = |((of, for_), times): ((&IntentName, IntentName), usize)| {
        let examples = counts.get(of).copied().unwrap_or(0);
        is_much(times, examples).then(|| Overlap::Taken { of: of.clone(), for_, times, examples })
    };
    taken.into_iter().filter_map(overlap).collect()
}

/// Whether so many of so many taken for another's are more than chance.
const fn is_much(times: usize, examples: usize) -> bool {
    times >= TAKEN_MIN && times * TAKEN_ONE_IN >= examples
}

fn same(examples: &[(IntentName, &str)]) -> Vec<Overlap> {
    let read: Vec<_> = examples.iter().map(|(intent, text)| (intent, *text, direction(&Words::read(text)))).collect();
    let mut found = Vec::new();
    for (at, (of, example, one)) in read.iter().enumerate() {
        for (other, like, two) in read.iter().take(at) {
            let nearness: f32 = one.iter().zip(two).map(|(a, b)| a * b).sum();
            // The same words are told by the check of the files already.
            if of != other && nearness >= SAME && !example.eq_ignore_ascii_case(like) {
                let (of, other) = ((*of).clone(), (*other).clone());
                found.push(Overlap::Same { of, example: (*example).to_owned(), other, like: (*like).to_owned() });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(of: &[(&str, &[&'static str])]) -> Vec<(IntentName, &'static str)> {
        of.iter().flat_map(|(name, texts)| texts.iter().map(|text| (name.parse().unwrap(), *text))).collect()
    }

    const REFUND: &[&str] = &[
        "i want my money back",
        "please refund my order",
        "refund the second charge",
        "how do i get a refund",
        "can i have my money back",
        "refund this payment",
    ];

    #[test]
    fn intents_that_are_one_are_told() {
        let money: &[&str] = &[
            "give me my money back",
            "i would like a refund please",
            "refund my payment",
            "get my money back",
            "i need a refund for my order",
            "how can i get my money back",
        ];
        let parcel: &[&str] =
            &["where is my parcel", "track my parcel", "has my parcel shipped", "when does the parcel arrive"];
        let found = overlaps(&roster(&[("refund", REFUND), ("money-back", money), ("parcel", parcel)]));
        let pairs: Vec<_> = found
            .iter()
            .filter_map(|one| match one {
                Overlap::Taken { of, for_, .. } => Some((of.as_str(), for_.as_str())),
                Overlap::Same { .. } => None,
            })
            .collect();
        assert!(pairs.contains(&("refund", "money-back")) || pairs.contains(&("money-back", "refund")), "{found:?}");
        assert!(pairs.iter().all(|(of, for_)| *of != "parcel" && *for_ != "parcel"), "{found:?}");
    }

    #[test]
    fn a_few_of_many_are_chance() {
        assert!(is_much(2, 6) && !is_much(2, 7) && !is_much(1, 1));
    }

    #[test]
    fn examples_that_contradict_are_told() {
        let found =
            overlaps(&roster(&[("refund", &["please refund my order"]), ("cancel", &["refund my order, please"])]));
        let [Overlap::Same { of, other, .. }] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((of.as_str(), other.as_str()), ("cancel", "refund"));
    }

    #[test]
    fn a_sound_roster_has_nothing_to_be_told() {
        let parcel: &[&str] = &["where is my parcel", "track my parcel", "has my parcel shipped", "parcel not arrived"];
        assert_eq!(overlaps(&roster(&[("refund", REFUND), ("parcel", parcel)])), []);
        assert_eq!(overlaps(&[]), []);
        assert_eq!(overlaps(&roster(&[("refund", &["x"]), ("parcel", &["y"])])), []);
    }
}
