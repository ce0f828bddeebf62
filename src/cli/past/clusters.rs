//! Requests without labels, sorted by likeness: k-means on the sphere, with as many groups as
//! stand apart best, and named by the words that set each apart.

use std::collections::{BTreeMap, BTreeSet};

use super::Request;
use crate::analysis::likeness::{self, Place};

/// Numbers of groups that are tried: more than the last are too many for one house to read.
const TRIED: [usize; 10] = [2, 3, 4, 6, 8, 10, 13, 16, 20, 25];
/// Requests a group has at least, on average: fewer show no pattern.
const PER_GROUP_MIN: usize = 8;
/// Requests that the groups are found from, spread over all; the others join the nearest group.
const FOUND_FROM_MAX: usize = 1_500;
/// Rounds after which hardly a request changes its group any more.
const ROUNDS: usize = 12;
/// How much better more groups have to stand apart than fewer.
const APART_MORE: f32 = 0.01;
/// Words of a name.
const NAME_WORDS: usize = 2;
/// Letters of a word that a name is made of.
const NAME_LETTERS_MIN: usize = 3;

/// The group of each request, numbered by size, the largest first.
pub(super) fn sort(places: &[Place]) -> Vec<usize> {
    // What all have in common sets none of them apart.
    let middle = Place::middle(places.iter());
    let places: Vec<Place> = places.iter().map(|place| place.apart_from(&middle)).collect();
    let step = places.len().div_ceil(FOUND_FROM_MAX).max(1);
    let sample: Vec<&Place> = places.iter().step_by(step).filter(|place| !place.is_nowhere()).collect();
    // Between a third of the root of their number and the root: fewer groups always stand apart best in
    // talk, where one odd matter is far from all others, and of more even chance makes some.
    let (size, most) = (sample.len(), sample.len() / PER_GROUP_MIN);
    let fits = |count: &&usize| **count <= most && **count * **count <= size && 9 * **count * **count >= size;
    let tried = TRIED.iter().filter(fits).chain(TRIED.last().filter(|last| 9 * **last * **last < size));
    let best = tried.map(|count| centers(&sample, *count)).fold(None, |best: Option<(f32, Vec<Place>)>, centers| {
        let apart = apart(&sample, &centers);
        if best.as_ref().is_none_or(|(so_far, _)| apart > so_far + APART_MORE) { Some((apart, centers)) } else { best }
    });
    let centers = best.map_or_else(|| vec![Place::middle(sample.iter().copied())], |(_, centers)| centers);
    let of: Vec<usize> = places.iter().map(|place| nearest(place, &centers).0).collect();
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for group in &of {
        *sizes.entry(*group).or_default() += 1;
    }
    let mut order: Vec<(usize, usize)> = sizes.into_iter().collect();
    order.sort_by_key(|(group, size)| (std::cmp::Reverse(*size), *group));
    let number: BTreeMap<usize, usize> = order.iter().enumerate().map(|(at, (group, _))| (*group, at)).collect();
    of.iter().map(|group| number.get(group).copied().unwrap_or(0)).collect()
}

/// Desks at most: a house has fewer kinds of people than kinds of matters.
const DESKS_MAX: usize = 8;
/// Matters of a desk, on average, at least: an agent for each matter is none that knows its way around.
const PER_DESK_MIN: usize = 2;

/// The desk of each matter by its center: matters that are like each other go to one agent (average linkage, cut
/// where the desks stand apart best).
pub(super) fn desks(matters: &[Place]) -> Vec<usize> {
    let middle = Place::middle(matters.iter());
    let places: Vec<Place> = matters.iter().map(|place| place.apart_from(&middle)).collect();
    let sample: Vec<&Place> = places.iter().collect();
    let most = (places.len() / PER_DESK_MIN).min(DESKS_MAX);
    let mut groups: Vec<Vec<usize>> = (0..places.len()).map(|matter| vec![matter]).collect();
    let mut best: (f32, Vec<Vec<usize>>) = (f32::NEG_INFINITY, vec![(0..places.len()).collect()]);
    while groups.len() > 1 {
        if groups.len() <= most {
            let center = |group: &Vec<usize>| Place::middle(group.iter().filter_map(|matter| places.get(*matter)));
            let apart = apart(&sample, &groups.iter().map(center).collect::<Vec<_>>());
            if apart > best.0 {
                best = (apart, groups.clone());
            }
        }
        let Some((into, from)) = nearest_groups(&places, &groups) else { break };
        let from = groups.swap_remove(from);
        if let Some(into) = groups.get_mut(into) {
            into.extend(from);
        }
    }
    best.1.sort_by_key(|group| group.iter().copied().min());
    let of = |matter: usize| best.1.iter().position(|group| group.contains(&matter)).unwrap_or(0);
    (0..places.len()).map(of).collect()
}

/// The two groups whose members are nearest to each other on average, the lower number first.
fn nearest_groups(places: &[Place], groups: &[Vec<usize>]) -> Option<(usize, usize)> {
    let near = |a: &[usize], b: &[usize]| {
        let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (places.get(*a), places.get(*b))));
        let sum: f32 = pairs.filter_map(|(a, b)| Some(a?.nearness(b?))).sum();
        sum / (a.len() * b.len()).max(1) as f32
    };
    let all = groups
        .iter()
        .enumerate()
        .flat_map(|(at, a)| groups.iter().enumerate().skip(at + 1).map(move |(other, b)| (near(a, b), (at, other))));
    all.fold(
        None,
        |best: Option<(f32, (usize, usize))>, one| {
            if best.is_none_or(|(near, _)| one.0 > near) { Some(one) } else { best }
        },
    )
    .map(|(_, pair)| pair)
}

/// The part of each place, of so many parts.
pub(super) fn parted(places: &[Place], parts: usize) -> Vec<usize> {
    let centers = centers(&places.iter().collect::<Vec<_>>(), parts);
    places.iter().map(|place| nearest(place, &centers).0).collect()
}

/// The centers of so many groups. The first is the request in the middle of all; each of the others
/// begins with the request that is farthest from those before it among the better half of the known:
/// an oddity that is far from everything is no beginning of a group.
fn centers(sample: &[&Place], count: usize) -> Vec<Place> {
    let middle = Place::middle(sample.iter().copied());
    let mut centers = Vec::with_capacity(count);
    let first = sample.iter().max_by(|a, b| a.nearness(&middle).total_cmp(&b.nearness(&middle)));
    centers.extend(first.map(|place| (*place).clone()));
    let company: Vec<f32> = sample.iter().map(|place| company(place, sample)).collect();
    while centers.len() < count {
        let worth = |at: usize| {
            let far = 1.0 - sample.get(at).map_or(1.0, |place| nearest(place, &centers).1);
            far * company.get(at).copied().unwrap_or(0.0)
        };
        let Some(next) = (0..sample.len()).max_by(|a, b| worth(*a).total_cmp(&worth(*b))) else { break };
        centers.extend(sample.get(next).map(|place| (*place).clone()));
    }
    for _ in 0..ROUNDS {
        let of: Vec<usize> = sample.iter().map(|place| nearest(place, &centers).0).collect();
        for (group, center) in centers.iter_mut().enumerate() {
            let own = || sample.iter().zip(&of).filter(|(_, of)| **of == group).map(|(place, _)| *place);
            if own().next().is_some() {
                *center = Place::middle(own());
            }
        }
    }
    centers
}

/// Requests that a request is compared with to see whether it has company.
const COMPANY_FROM: usize = 200;
/// How near its company is: the mean of so many nearest.
const COMPANY: usize = 5;

fn company(place: &Place, sample: &[&Place]) -> f32 {
    let step = sample.len().div_ceil(COMPANY_FROM).max(1);
    let mut near: Vec<f32> = sample.iter().step_by(step).map(|other| place.nearness(other)).collect();
    near.sort_by(|a, b| b.total_cmp(a));
    near.iter().take(COMPANY).sum::<f32>() / COMPANY as f32
}

/// The nearest center and how near it is.
pub(super) fn nearest(place: &Place, centers: &[Place]) -> (usize, f32) {
    let near = centers.iter().map(|center| place.nearness(center)).enumerate();
    near.fold((0, f32::NEG_INFINITY), |best, one| if one.1 > best.1 { one } else { best })
}

/// How well groups stand apart, -1 to 1: for each request, how much farther the second center is than
/// its own (the silhouette, with centers in the place of all members).
fn apart(sample: &[&Place], centers: &[Place]) -> f32 {
    let width = |place: &&Place| {
        let (own, near) = nearest(place, centers);
        let others = centers.iter().enumerate().filter(|(at, _)| *at != own);
        let second = others.map(|(_, center)| place.nearness(center)).fold(f32::NEG_INFINITY, f32::max);
        let (own, other) = (1.0 - near, 1.0 - second);
        if other > 0.0 { (other - own) / other.max(own) } else { 0.0 }
    };
    sample.iter().map(width).sum::<f32>() / sample.len().max(1) as f32
}

/// A name for each group: the words that it has far more often than the others, else a number after `otherwise`.
pub(super) fn names(requests: &[Request], of: impl Fn(&Request) -> usize, otherwise: &str) -> Vec<String> {
    let groups = requests.iter().map(|request| of(request) + 1).max().unwrap_or(0);
    let mut within: Vec<BTreeMap<String, f32>> = vec![BTreeMap::new(); groups];
    let mut sizes = vec![0.0_f32; groups];
    let mut all: BTreeMap<String, f32> = BTreeMap::new();
    for request in requests {
        let words: BTreeSet<String> = likeness::words(&request.text).into_iter().collect();
        for word in words.into_iter().filter(|word| names_something(word)) {
            *all.entry(word.clone()).or_default() += 1.0;
            if let Some(within) = within.get_mut(of(request)) {
                *within.entry(word).or_default() += 1.0;
            }
        }
        if let Some(size) = sizes.get_mut(of(request)) {
            *size += 1.0;
        }
    }
    let total = requests.len() as f32;
    let mut taken = BTreeSet::new();
    let name = |(at, (words, size)): (usize, (&BTreeMap<String, f32>, &f32))| {
        // What is said often here, and seldom elsewhere.
        let worth = |word: &str, count: f32| {
            let outside = (all.get(word).copied().unwrap_or(0.0) - count + 1.0) / (total - size + 2.0);
            count / size * ((count + 0.5) / (size + 1.0) / outside).ln()
        };
        let mut ranked: Vec<(&String, f32)> = words.iter().map(|(word, count)| (word, worth(word, *count))).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let best: Vec<&str> = ranked.iter().filter(|(_, worth)| *worth > 0.0).map(|(word, _)| word.as_str()).collect();
        let name = best.into_iter().take(NAME_WORDS).collect::<Vec<_>>().join("-");
        let name = if name.is_empty() { format!("{otherwise}-{}", at + 1) } else { name };
        if taken.insert(name.clone()) { name } else { format!("{name}-{}", at + 1) }
    };
    within.iter().zip(&sizes).enumerate().map(name).collect()
}

/// Whether a word may stand in a name: letters that a file can be called by.
fn names_something(word: &str) -> bool {
    word.len() >= NAME_LETTERS_MIN && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: [[&str; 8]; 3] = [
        [
            "where is my parcel",
            "when will the parcel arrive",
            "my parcel has not come",
            "track my parcel please",
            "the parcel is late",
            "has my parcel been shipped",
            "parcel tracking please",
            "my parcel is lost",
        ],
        [
            "i forgot my password",
            "reset my password please",
            "the password does not work",
            "new password please",
            "how do i change the password",
            "password reset mail never came",
            "wrong password again",
            "my password expired",
        ],
        [
            "i want a refund",
            "refund my money please",
            "when do i get the refund",
            "the refund has not arrived",
            "please refund the second charge",
            "how long does a refund take",
            "refund for the broken lamp",
            "no refund yet",
        ],
    ];

    #[test]
    fn what_is_alike_is_sorted_together_and_named() {
        let texts: Vec<&str> = (0..8).flat_map(|at| SAID.iter().map(move |group| group[at])).collect();
        let places = likeness::places(&texts);
        let of = sort(&places);
        for group in 0..3 {
            let own: BTreeSet<usize> = (0..8).map(|at| of[at * 3 + group]).collect();
            assert_eq!(own.len(), 1, "{of:?}");
        }
        assert_eq!(of.iter().max(), Some(&2));
        assert_eq!(of, sort(&places), "the same every time");
        let request =
            |(at, place): (usize, Place)| Request { dialogue: at, text: texts[at].to_owned(), place, matter: of[at] };
        let requests: Vec<Request> = places.into_iter().enumerate().map(request).collect();
        let names = names(&requests, |request| request.matter, "matter");
        for word in ["parcel", "password", "refund"] {
            assert_eq!(names.iter().filter(|name| name.starts_with(word)).count(), 1, "{names:?}");
        }
    }

    #[test]
    fn what_is_parted_is_parted_by_likeness() {
        let texts: Vec<&str> = SAID.iter().flatten().copied().collect();
        let of = parted(&likeness::places(&texts), 3);
        let of_group = |group: usize| of[group * 8..][..8].iter().copied().collect::<BTreeSet<_>>();
        assert!(
            (0..3).all(|group| of_group(group).len() == 1) && of.iter().collect::<BTreeSet<_>>().len() == 3,
            "{of:?}"
        );
        assert_eq!((parted(&likeness::places(&["one", "two"]), 1), parted(&[], 3)), (vec![0, 0], vec![]));
    }

    #[test]
    fn matters_that_are_alike_go_to_one_desk() {
        // Two matters about each: the first word tells which, the second what it is about.
        let matters = [
            "parcel late parcel delivery parcel",
            "password forgotten login password",
            "parcel lost parcel delivery parcel",
            "password wrong login password",
            "refund invoice money refund",
            "refund bill money refund",
        ];
        let of = desks(&likeness::places(&matters));
        assert_eq!(of, [0, 1, 0, 1, 2, 2]);
        assert_eq!(desks(&likeness::places(&matters[..3])), [0, 0, 0], "too few to divide");
        assert!(desks(&[]).is_empty());
    }

    #[test]
    fn few_texts_and_none_are_one_group() {
        assert!(sort(&[]).is_empty());
        assert_eq!(sort(&likeness::places(&["one", "two", ""])), [0, 0, 0]);
    }
}
