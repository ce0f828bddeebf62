//! The most typical of many texts: near to their own kind, far from others, and unlike each other.

use std::collections::BTreeSet;

use super::spread::Spread;
use crate::analysis::likeness::Place;
use crate::domain::text::Foreign;

/// Words of a text that is shown as typical: shorter ones say too little, longer ones too much.
const WORDS: std::ops::RangeInclusive<usize> = 2..=25;
/// Texts nearer to each other than this say the same.
const SAME: f32 = 0.85;
/// Texts that are looked at: the most typical are not behind so many others.
const LOOKED_AT_MAX: usize = 3_000;

/// The centers of groups, by the group of each place.
pub(in crate::cli) fn centers<'a>(of: impl Iterator<Item = (usize, &'a Place)>, groups: usize) -> Vec<Place> {
    let mut own: Vec<Vec<&Place>> = vec![Vec::new(); groups];
    for (group, place) in of {
        if let Some(own) = own.get_mut(group) {
            own.push(place);
        }
    }
    own.into_iter().map(|own| Place::middle(own.into_iter())).collect()
}

/// At most `count` typical texts of the group, most typical first: cleaned, without names and numbers, distinct, and
/// none with a word that only few customers used. `shown` holds what stands elsewhere already.
pub(in crate::cli) fn typical<'a>(
    texts: impl Iterator<Item = (&'a str, &'a Place)>,
    (group, centers): (usize, &[Place]),
    spread: &Spread,
    shown: &mut BTreeSet<String>,
    count: usize,
) -> Vec<String> {
    let Some(center) = centers.get(group) else { return Vec::new() };
    let own = |place: &Place| {
        let others = centers.iter().enumerate().filter(|(at, _)| *at != group);
        let nearest = others.map(|(_, other)| place.nearness(other)).fold(0.0, f32::max);
        place.nearness(center) - nearest / 2.0
    };
    let mut ranked: Vec<(f32, &str, &Place)> = texts
        .filter(|(text, place)| !place.is_nowhere() && WORDS.contains(&text.split_whitespace().count()))
        .map(|(text, place)| (own(place), text, place))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let mut chosen: Vec<(String, &Place)> = Vec::new();
    for (_, text, place) in ranked.into_iter().take(LOOKED_AT_MAX) {
        if chosen.len() == count {
            break;
        }
        if !spread.is_common(text) || chosen.iter().any(|(_, other)| place.nearness(other) > SAME) {
            continue;
        }
        let clean = Foreign::new(text).one_line();
        let text = spread.taken_out(clean.as_str().trim());
        if plain(&text).is_empty() || text.contains('…') || !shown.insert(plain(&text)) {
            continue;
        }
        chosen.push((text, place));
    }
    chosen.into_iter().map(|(text, _)| text).collect()
}

/// A text without case and punctuation: two that are equal so say the same.
pub(in crate::cli) fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::likeness;

    #[test]
    fn typical_texts_are_distinct_redacted_and_of_their_own_kind() {
        let texts = [
            "where is my parcel 1182?",
            "Where is my parcel 4711?",
            "track the parcel please",
            "hello there",
            "my name is Jo and where is my parcel",
            "reset my password",
            "i forgot the password",
        ];
        let places = likeness::places(&texts);
        let groups = [0, 0, 0, 0, 0, 1, 1];
        let centers = centers(groups.iter().copied().zip(&places), 2);
        let spread = Spread::of(&[]);
        let mut shown = BTreeSet::new();
        let own = || texts.iter().copied().zip(&places).take(5);
        let found = typical(own(), (0, &centers), &spread, &mut shown, 3);
        assert!(found.iter().any(|text| text.eq_ignore_ascii_case("where is my parcel 0000?")), "{found:?}");
        assert_eq!(found.iter().filter(|text| text.to_lowercase().contains("0000")).count(), 1, "{found:?}");
        assert!(found.iter().all(|text| !text.contains("Jo")), "{found:?}");
        assert_eq!(found.last().map(String::as_str), Some("hello there"), "{found:?}");
        assert!(typical(own(), (0, &centers), &spread, &mut shown, 3).is_empty(), "shown once only");
        assert!(typical(own(), (9, &centers), &spread, &mut shown, 3).is_empty());
    }
}
