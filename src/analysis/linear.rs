//! Multinomial logistic regression over sparse vectors, trained by stochastic gradient descent.

use super::features::Sparse;

/// From so many examples a class on a set counts as large; below it a step has to be more careful
/// and is taken more often.
const LARGE: usize = 40;
/// Rounds over the examples, and the first step size, which falls to nothing in a straight line: of
/// a large set and of a small one. Chosen on parts of the training sets of published questions.
const ROUNDS: (usize, usize) = (4, 8);
const STEP: (f32, f32) = (2.0, 1.0);
/// Weight of the class means that training begins with: the first rounds would lead there anyway.
const BEGINNING: f32 = 8.0;
/// Gradients below this are not worth the memory traffic.
const GRADIENT_MIN: f32 = 2e-3;
/// Classes are laid out in groups of so many, so that the compiler can use wide registers.
const LANES: usize = 8;

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
        model.begin(examples);
        let large = examples.len() >= LARGE * classes;
        let (rounds, first) = if large { (ROUNDS.0, STEP.0) } else { (ROUNDS.1, STEP.1) };
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

    /// Begins at the mean of each class: that is where the first rounds would lead anyway.
    fn begin(&mut self, examples: &[(Sparse, usize)]) {
        let mut count = vec![0.0_f32; self.classes];
        for (_, class) in examples {
            if let Some(count) = count.get_mut(*class) {
                *count += 1.0;
            }
        }
        for (vector, class) in examples {
            let factor = BEGINNING / count.get(*class).copied().unwrap_or(1.0);
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
        let dense = worth.len() * 4 > self.stride;
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

/// Adds `factor` times `run` to `sums`; both are whole groups long. Written over arrays of a known
/// length and without adaptors, because this is where all the time of training goes.
#[inline]
fn add(sums: &mut [f32], factor: f32, run: &[f32]) {
    let (sums, _) = sums.as_chunks_mut::<LANES>();
    let (run, _) = run.as_chunks::<LANES>();
    let mut at = 0;
    while let (Some(sums), Some(values)) = (sums.get_mut(at), run.get(at)) {
        let mut lane = 0;
        while lane < LANES {
            sums[lane] += factor * values[lane];
            lane += 1;
        }
        at += 1;
    }
}

/// Turns scores into probabilities, sharpened by `sharpness` (one over the temperature).
pub(super) fn softmax(scores: &mut [f32], sharpness: f32) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        let below = (*score - top) * sharpness;
        // Less than a ten-millionth shows in no record.
        *score = if below < -16.0 { 0.0 } else { libm::expf(below) };
        sum += *score;
    }
    if sum > 0.0 {
        for score in scores {
            *score /= sum;
        }
    }
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
    fn classes_that_differ_are_told_apart() {
        let examples: Vec<(Sparse, usize)> = (0..20).map(|i| (vec![(i % 2, 1.0), (2, 0.5)], i as usize % 2)).collect();
        let model = Linear::train(&examples, 3, 2);
        let mut chances = model.logits(&vec![(0, 1.0)]);
        softmax(&mut chances, 1.0);
        assert!(chances[0] > 0.9, "{chances:?}");
        assert_eq!(model.logits(&vec![(9, 1.0)]), [0.0, 0.0], "unknown features change nothing");
    }
}
