//! Multinomial logistic regression over sparse vectors, trained by stochastic gradient descent.

use super::features::Sparse;

/// From so many examples a class on a set counts as large.
const LARGE: usize = 40;
/// Below so many examples a set is tiny: it is learnt with care, since that costs nothing.
const TINY: usize = 200;

/// How training goes.
struct Course {
    /// Times over the examples.
    rounds: usize,
    /// The first step; it falls to nothing in a straight line.
    step: f32,
    /// Weight of the class means that training begins with: the first rounds would lead there anyway.
    mean: f32,
}

/// Chosen on parts of the training sets of published questions.
const COURSE_LARGE: Course = Course { rounds: 4, step: 2.0, mean: 8.0 };
/// Few rounds: what a roster holds is learnt at every start.
const COURSE_SMALL: Course = Course { rounds: 3, step: 2.0, mean: 10.0 };
const COURSE_TINY: Course = Course { rounds: 8, step: 1.0, mean: 8.0 };
/// Gradients below this are not worth the memory traffic.
const GRADIENT_MIN: f32 = 2e-3;
/// Classes are laid out in groups of so many, so that wide registers are full.
const LANES: usize = 8;

/// Whether so many examples are a large set for so many classes.
pub(super) const fn is_large(examples: usize, classes: usize) -> bool {
    examples >= LARGE * classes
}

/// Weights of classes over features.
pub(super) struct Linear {
    classes: usize,
    /// Classes rounded up to whole groups.
    stride: usize,
    /// By feature, then by class: a text touches one run of memory per feature.
    weights: Vec<f32>,
}

impl Linear {
    /// Trains on vectors with the number of their class, in an order that depends on nothing but
    /// how many there are.
    pub(super) fn train(examples: &[(Sparse, usize)], features: usize, classes: usize) -> Self {
        let stride = classes.div_ceil(LANES) * LANES;
        let mut model = Self { classes, stride, weights: vec![0.0; features * stride] };
        let Course { rounds, step: first, mean } = match examples.len() {
            count if is_large(count, classes) => COURSE_LARGE,
            TINY.. => COURSE_SMALL,
            0..TINY => COURSE_TINY,
        };
        model.begin(examples, mean);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut dice = 0x2545_f491_4f6c_dd1d_u64;
        let steps = (rounds * examples.len()).max(1) as f32;
        let mut done = 0;
        for _ in 0..rounds {
            shuffle(&mut order, &mut dice);
            for (vector, class) in order.iter().filter_map(|at| examples.get(*at)) {
                let step = first * (1.0 - done as f32 / steps);
                model.learn(vector, *class, step);
                done += 1;
            }
        }
        model
    }

    /// Begins at the mean of each class, so many times over.
    fn begin(&mut self, examples: &[(Sparse, usize)], mean: f32) {
        let mut count = vec![0.0_f32; self.classes];
        for (_, class) in examples {
            if let Some(count) = count.get_mut(*class) {
                *count += 1.0;
            }
        }
        for (vector, class) in examples {
            let factor = mean / count.get(*class).copied().unwrap_or(1.0);
            for (feature, weight) in vector {
                let at = *feature as usize * self.stride + class;
                if let Some(w) = self.weights.get_mut(at) {
                    *w += factor * weight;
                }
            }
        }
        // What all classes share speaks for none.
        let shares = 1.0 / self.classes.max(1) as f32;
        for run in self.weights.chunks_mut(self.stride.max(1)) {
            let mean = run.iter().sum::<f32>() * shares;
            for w in run.iter_mut().take(self.classes) {
                *w -= mean;
            }
        }
    }

    fn learn(&mut self, vector: &Sparse, class: usize, step: f32) {
        let mut gradient = self.logits(vector);
        softmax(&mut gradient, 1.0);
        if let Some(own) = gradient.get_mut(class) {
            *own -= 1.0;
        }
        gradient.resize(self.stride, 0.0);
        let worth: Vec<(usize, f32)> =
            gradient.iter().copied().enumerate().filter(|(_, g)| g.abs() >= GRADIENT_MIN).collect();
        // Few classes: touch them alone. Many: the whole run at once is faster.
        let dense = worth.len() * 6 > self.stride;
        for (feature, weight) in vector {
            let from = *feature as usize * self.stride;
            let Some(run) = self.weights.get_mut(from..from + self.stride) else { continue };
            let factor = -step * weight;
            if dense {
                add(run, factor, &gradient);
                continue;
            }
            for (class, g) in &worth {
                if let Some(w) = run.get_mut(*class) {
                    *w += factor * g;
                }
            }
        }
    }

    /// The score of each class before it becomes a probability.
    pub(super) fn logits(&self, vector: &Sparse) -> Vec<f32> {
        let mut logits = vec![0.0; self.stride];
        for (feature, weight) in vector {
            let from = *feature as usize * self.stride;
            let Some(run) = self.weights.get(from..from + self.stride) else { continue };
            add(&mut logits, *weight, run);
        }
        logits.truncate(self.classes);
        logits
    }
}

/// Adds `factor` times `run` to `sums`. One plain walk, which the compiler turns into wide registers:
/// this is where all the time of training goes.
#[inline]
fn add(sums: &mut [f32], factor: f32, run: &[f32]) {
    let length = sums.len().min(run.len());
    let (Some(sums), Some(run)) = (sums.get_mut(..length), run.get(..length)) else { return };
    let mut at = 0;
    while at < length {
        sums[at] += factor * run[at];
        at += 1;
    }
}

/// Turns scores into probabilities, sharpened by `sharpness` (one over the temperature).
pub(super) fn softmax(scores: &mut [f32], sharpness: f32) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for score in scores.iter_mut() {
        *score = power((*score - top) * sharpness);
    }
    let sum: f32 = scores.iter().sum();
    if sum > 0.0 {
        let share = 1.0 / sum;
        for score in scores {
            *score *= share;
        }
    }
}

/// Less than a ten-millionth shows in no record.
const POWER_MIN: f32 = -16.0;

/// `e` to the power of a number that is not above zero, to seven digits; below [`POWER_MIN`] nothing.
/// Products and sums alone (Cephes), so that it is the same everywhere and many are done at once.
#[inline]
fn power(x: f32) -> f32 {
    // Adding it leaves the nearest whole number in the lowest bits.
    const WHOLE: f32 = 12_582_912.0;
    let within = if x > POWER_MIN { x } else { POWER_MIN };
    let shifted = within * std::f32::consts::LOG2_E + WHOLE;
    let whole = shifted - WHOLE;
    let rest = within - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for factor in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_66, 0.5] {
        sum = sum * rest + factor;
    }
    let fraction = sum * rest * rest + rest + 1.0;
    let scale = f32::from_bits(shifted.to_bits().wrapping_sub(WHOLE.to_bits()).wrapping_add(127) << 23);
    if x > POWER_MIN { fraction * scale } else { 0.0 }
}

fn shuffle(order: &mut [usize], dice: &mut u64) {
    for last in (1..order.len()).rev() {
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        order.swap(last, (*dice % (last as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_library() {
        for at in 0..3_200 {
            let x = -(at as f32) / 200.0;
            let (own, known) = (power(x), libm::expf(x));
            assert!((own - known).abs() <= 3e-7 * known, "{x}: {own} {known}");
        }
        assert_eq!((power(0.0), power(-16.5), power(f32::NEG_INFINITY)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn odd_scores_become_chances() {
        for mut scores in [vec![], vec![f32::NEG_INFINITY, 1.0], vec![0.0; 3], vec![1e30, -1e30], vec![-80.0, -81.0]] {
            softmax(&mut scores, 1.8);
            let sum: f32 = scores.iter().sum();
            assert!(scores.is_empty() || (sum - 1.0).abs() < 1e-5, "{scores:?}");
        }
    }

    #[test]
    fn classes_that_differ_are_told_apart() {
        let examples: Vec<(Sparse, usize)> = (0..20).map(|i| (vec![(i % 2, 1.0), (2, 0.5)], i as usize % 2)).collect();
        let model = Linear::train(&examples, 3, 2);
        let mut chances = model.logits(&vec![(0, 1.0)]);
        softmax(&mut chances, 1.0);
        assert!(chances[0] > 0.9, "{chances:?}");
        assert_eq!(model.logits(&vec![(9, 1.0)]), [0.0, 0.0], "unknown features change nothing");
    }
}
