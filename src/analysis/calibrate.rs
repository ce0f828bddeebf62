//! How far scores can be trusted, learnt from texts that were held out.

use super::linear::softmax;

/// The sharpness that published sets of questions ask for: a few held-out examples do not overrule it.
pub(super) const USUAL_SHARPNESS: f32 = 1.8;
/// How many held-out examples that experience is worth.
const USUAL_WEIGHT: f32 = 6.0;
/// The ends of the scale that sharpness is looked for on, as logarithms, and how often its valley is
/// narrowed: to less than a hundredth.
const ENDS: (f32, f32) = (-1.5, 2.5);
const LOOKS: usize = 14;
/// The golden section: of two looks in a valley one can be kept.
const GOLDEN: f32 = 0.618_034;
/// Where a text is unclear if nothing was learnt: it may as well be something else.
const USUAL_DOUBT: f32 = 0.4;
/// The ends of what may be learnt instead.
const DOUBT: (f32, f32) = (0.2, 0.6);
/// Fewer held-out texts than this do not move it.
const DOUBT_TEXTS_MIN: usize = 40;

/// The sharpness under which held-out scores, with the number of the true class, say how often they
/// are right: where the chance they give to what was true is best.
pub(super) fn sharpness(held_out: &[(Vec<f32>, usize)]) -> f32 {
    let loss = |sharpness: f32| -> f32 {
        let of = |(logits, class): &(Vec<f32>, usize)| {
            let mut chances = logits.clone();
            softmax(&mut chances, sharpness);
            -libm::logf(chances.get(*class).copied().unwrap_or(0.0).max(1e-6))
        };
        let away = libm::logf(sharpness / USUAL_SHARPNESS);
        held_out.iter().map(of).sum::<f32>() + USUAL_WEIGHT * away * away
    };
    // The loss has one valley; it is narrowed by the golden section, a look at a time.
    let (mut low, mut high) = ENDS;
    let inner = |low: f32, high: f32, share: f32| low + (high - low) * share;
    let (mut left, mut right) = (inner(low, high, 1.0 - GOLDEN), inner(low, high, GOLDEN));
    let (mut at_left, mut at_right) = (loss(libm::expf(left)), loss(libm::expf(right)));
    for _ in 0..LOOKS {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = inner(low, high, 1.0 - GOLDEN);
            at_left = loss(libm::expf(left));
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = inner(low, high, GOLDEN);
            at_right = loss(libm::expf(right));
        }
    }
    libm::expf(f32::midpoint(low, high))
}

/// The confidence below which a text is unclear: what is told below it is more often wrong than right.
/// Learnt from confidences with whether they were right.
pub(super) fn doubt(mut told: Vec<(f32, bool)>) -> f32 {
    if told.len() < DOUBT_TEXTS_MIN {
        return USUAL_DOUBT;
    }
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut best, mut at) = (0, 0, 0.0);
    for (confidence, right) in told {
        sum += if right { -1 } else { 1 };
        if sum > best {
            (best, at) = (sum, confidence);
        }
    }
    at.clamp(DOUBT.0, DOUBT.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfidence_is_cooled_and_doubt_is_heated() {
        // Sure of the first class every time, right in half of the cases.
        let boasting: Vec<(Vec<f32>, usize)> = (0..400).map(|i| (vec![4.0, 0.0], i % 2)).collect();
        assert!(sharpness(&boasting) < 0.3, "{}", sharpness(&boasting));
        let shy: Vec<(Vec<f32>, usize)> = (0..400).map(|_| (vec![0.2, 0.0], 0)).collect();
        assert!(sharpness(&shy) > 5.0, "{}", sharpness(&shy));
        assert!((sharpness(&[]) - USUAL_SHARPNESS).abs() < 0.05);
    }

    #[test]
    fn doubt_begins_where_more_is_wrong_than_right() {
        let told = |wrong_below: f32| (0..100).map(|n| n as f32 / 100.0).map(|c| (c, c > wrong_below)).collect();
        assert!((doubt(told(0.5)) - 0.5).abs() < 0.02);
        assert!((doubt(told(0.9)) - DOUBT.1).abs() < 1e-6 && (doubt(told(-1.0)) - DOUBT.0).abs() < 1e-6);
        assert!((doubt(Vec::new()) - USUAL_DOUBT).abs() < 1e-6);
    }
}
