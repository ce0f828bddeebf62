//! Measures over what was predicted and what was true.

use std::collections::BTreeMap;

/// Bins of the calibration error: fifteen is what published figures use.
const BINS: usize = 15;

/// How often each true class was taken for each other.
#[derive(Default)]
pub(super) struct Confusion {
    counts: BTreeMap<(usize, usize), usize>,
}

/// Measures of one class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ClassMeasure {
    /// Of what was said to be it, how much was.
    pub(super) precision: f64,
    /// Of what was it, how much was found.
    pub(super) recall: f64,
    /// The harmonic mean of both.
    pub(super) f1: f64,
    /// How often it was true.
    pub(super) support: usize,
}

impl Confusion {
    /// Counts one.
    pub(super) fn add(&mut self, truth: usize, said: usize) {
        *self.counts.entry((truth, said)).or_default() += 1;
    }

    /// How many were counted.
    pub(super) fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// Share that was right; 0 of nothing.
    pub(super) fn accuracy(&self) -> f64 {
        let right: usize = self.counts.iter().filter(|((truth, said), _)| truth == said).map(|(_, count)| count).sum();
        share(right, self.total())
    }

    /// Measures by class, for every class that was true or said.
    pub(super) fn classes(&self) -> BTreeMap<usize, ClassMeasure> {
        let mut sums: BTreeMap<usize, (usize, usize, usize)> = BTreeMap::new();
        for ((truth, said), count) in &self.counts {
            sums.entry(*truth).or_default().1 += count;
            sums.entry(*said).or_default().2 += count;
            if truth == said {
                sums.entry(*truth).or_default().0 += count;
            }
        }
        let measure = |(class, (right, truth, said)): (usize, (usize, usize, usize))| {
            let (precision, recall) = (share(right, said), share(right, truth));
            (class, ClassMeasure { precision, recall, f1: share(2 * right, truth + said), support: truth })
        };
        sums.into_iter().map(measure).collect()
    }

    /// Mean F1 over the classes that occur in truth.
    pub(super) fn macro_f1(&self) -> f64 {
        self.mean(|class| class.f1)
    }

    /// Mean recall over the classes that occur in truth.
    pub(super) fn macro_recall(&self) -> f64 {
        self.mean(|class| class.recall)
    }

    fn mean(&self, of: impl Fn(&ClassMeasure) -> f64) -> f64 {
        mean(self.classes().values().filter(|class| class.support > 0).map(of))
    }

    /// What is taken for what, most often first: truth, said, times.
    pub(super) fn worst(&self, n: usize) -> Vec<(usize, usize, usize)> {
        let wrong = self.counts.iter().filter(|((truth, said), _)| truth != said);
        let mut pairs: Vec<(usize, usize, usize)> =
            wrong.map(|((truth, said), count)| (*truth, *said, *count)).collect();
        pairs.sort_by_key(|(truth, said, count)| (std::cmp::Reverse(*count), *truth, *said));
        pairs.truncate(n);
        pairs
    }
}

/// The mean; 0 of nothing. The sum begins at nought, since an empty sum of the library is a nought with a minus.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    sum / count.max(1) as f64
}

/// A figure to be read, with so many places behind the point; what rounds to nought has no sign.
pub(super) fn figure(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(plain) if plain.bytes().all(|byte| matches!(byte, b'0' | b'.')) => plain.to_owned(),
        _ => text,
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The chance that something true scores above something false; equals count half. None when
/// there is only one kind.
pub(super) fn auroc(scored: &[(f64, bool)]) -> Option<f64> {
    let mut sorted: Vec<(f64, bool)> = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let truths = sorted.iter().filter(|(_, truth)| *truth).count();
    let lies = sorted.len() - truths;
    if truths == 0 || lies == 0 {
        return None;
    }
    let (mut below, mut wins) = (0.0, 0.0);
    for equals in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let here = equals.iter().filter(|(_, truth)| *truth).count() as f64;
        let others = equals.len() as f64 - here;
        wins += here * (below + others / 2.0);
        below += others;
    }
    Some(wins / truths as f64 / lies as f64)
}

/// Mean precision at each true one, from the highest score down; of equals the false ones come first.
pub(super) fn average_precision(scored: &[(f64, bool)]) -> Option<f64> {
    let mut sorted: Vec<(f64, bool)> = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (mut found, mut sum) = (0.0, 0.0);
    for (rank, (_, truth)) in sorted.iter().enumerate() {
        if *truth {
            found += 1.0;
            sum += found / (rank as f64 + 1.0);
        }
    }
    (found > 0.0).then(|| sum / found)
}

/// How far confidence is from how often it is right, over fifteen bins weighed by how much they hold.
pub(super) fn calibration_error(sure: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0, 0.0); BINS];
    for (confidence, right) in sure {
        let at = ((confidence * BINS as f64) as usize).min(BINS - 1);
        if let Some((count, sum, hits)) = bins.get_mut(at) {
            *count += 1.0;
            *sum += confidence;
            *hits += f64::from(u8::from(*right));
        }
    }
    let gaps: f64 = bins.iter().map(|(_, sum, hits)| (sum - hits).abs()).sum();
    gaps / sure.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confusion_counts() {
        let mut confusion = Confusion::default();
        for (truth, said) in [(0, 0), (0, 0), (0, 1), (1, 1), (2, 1), (2, 1)] {
            confusion.add(truth, said);
        }
        assert!((confusion.accuracy() - 0.5).abs() < 1e-12 && confusion.total() == 6);
        let classes = confusion.classes();
        assert!((classes[&1].precision - 0.25).abs() < 1e-12 && (classes[&1].recall - 1.0).abs() < 1e-12);
        // F1 of 0.8, 0.4 and 0.
        assert!((confusion.macro_f1() - 0.4).abs() < 1e-12, "{}", confusion.macro_f1());
        assert!((confusion.macro_recall() - 5.0 / 9.0).abs() < 1e-12);
        assert_eq!(confusion.worst(1), [(2, 1, 2)]);
        assert!(Confusion::default().macro_f1().abs() < 1e-12);
    }

    #[test]
    fn nothing_is_nought_without_a_sign() {
        for value in [mean(std::iter::empty()), mean([-0.0].into_iter()), Confusion::default().macro_f1()] {
            assert!(value == 0.0 && value.is_sign_positive(), "{value}");
        }
        assert!((mean([1.0, 2.0].into_iter()) - 1.5).abs() < 1e-12);
        assert_eq!(
            (figure(-0.000_4, 3), figure(-0.0, 1), figure(-0.05, 2)),
            ("0.000".into(), "0.0".into(), "-0.05".into())
        );
    }

    #[test]
    fn rankings_are_measured() {
        let scored = [(0.9, true), (0.8, false), (0.7, true), (0.1, false)];
        assert!((auroc(&scored).unwrap() - 0.75).abs() < 1e-12);
        assert!((average_precision(&scored).unwrap() - 5.0 / 6.0).abs() < 1e-12);
        assert!((auroc(&[(0.5, true), (0.5, false)]).unwrap() - 0.5).abs() < 1e-12, "equals count half");
        assert_eq!((auroc(&[(0.5, true)]), average_precision(&[(0.5, false)])), (None, None));
    }

    #[test]
    fn confidence_that_keeps_its_word_has_no_error() {
        let honest: Vec<(f64, bool)> = (0..10).map(|n| (0.7, n < 7)).collect();
        assert!(calibration_error(&honest) < 1e-9);
        let boasting: Vec<(f64, bool)> = (0..10).map(|n| (1.0, n < 7)).collect();
        assert!((calibration_error(&boasting) - 0.3).abs() < 1e-9);
        assert!(calibration_error(&[]).abs() < 1e-12);
    }
}
