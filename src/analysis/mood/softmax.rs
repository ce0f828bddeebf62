//! Logistic regression over sparse vectors for a handful of classes: every feature holds one run of
//! eight weights, so that a text touches one cache line a feature.

/// Most classes there can be: one register wide.
pub(crate) const LANES: usize = 8;
/// Gradients below this are not worth the memory traffic.
const GRADIENT_MIN: f32 = 2e-3;
/// The constant moves slower than the features: it is part of every text.
const BIAS_STEP: f32 = 0.02;
/// Below this the shared scale of the weights is folded into them, before it loses digits.
const SCALE_MIN: f32 = 1e-3;

/// Features with their values.
pub(crate) type Vector = Vec<(u32, f32)>;
/// A chance, or a weight, for each class.
pub(crate) type Lanes = [f32; LANES];

/// How training goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) classes: usize,
    /// Times over all examples.
    pub(crate) rounds: usize,
    /// First step; it falls to nothing in a straight line.
    pub(crate) step: f32,
    /// Pull of all weights to nothing.
    pub(crate) decay: f32,
}

/// Weights of classes over features.
#[derive(Debug, Clone)]
pub(crate) struct Softmax {
    pub(crate) classes: usize,
    pub(crate) rows: Vec<Lanes>,
    pub(crate) bias: Lanes,
}

impl Softmax {
    /// Trains on vectors with the share of each class, in an order that depends on nothing but how
    /// many there are.
    pub(crate) fn train(examples: &[(Vector, Lanes)], features: usize, course: &Course) -> Self {
        let classes = course.classes.min(LANES);
        let mut model = Self { classes, rows: vec![[0.0; LANES]; features], bias: [0.0; LANES] };
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut dice = 0x2545_f491_4f6c_dd1d_u64;
        let total = (course.rounds * examples.len()).max(1) as f32;
        let mut done = 0_u32;
        // Decay touches all weights at every step; one common factor spares the walk.
        let mut scale = 1.0_f32;
        for _ in 0..course.rounds {
            shuffle(&mut order, &mut dice);
            for (vector, wanted) in order.iter().filter_map(|at| examples.get(*at)) {
                let step = course.step * (1.0 - done as f32 / total);
                model.learn(vector, wanted, step, scale);
                scale *= 1.0 - step * course.decay;
                done += 1;
                if scale < SCALE_MIN {
                    model.fold(scale);
                    scale = 1.0;
                }
            }
        }
        model.fold(scale);
        model
    }

    fn learn(&mut self, vector: &[(u32, f32)], wanted: &Lanes, step: f32, scale: f32) {
        let mut gradient = self.sums(vector, scale);
        chances(&mut gradient, self.classes);
        for (lane, wanted) in gradient.iter_mut().zip(wanted) {
            *lane -= wanted;
            if lane.abs() < GRADIENT_MIN {
                *lane = 0.0;
            }
        }
        for (bias, lane) in self.bias.iter_mut().zip(&gradient) {
            *bias -= BIAS_STEP * step * lane;
        }
        for (feature, value) in vector {
            let Some(row) = self.rows.get_mut(*feature as usize) else { continue };
            let factor = step * value / scale;
            for (weight, lane) in row.iter_mut().zip(&gradient) {
                *weight -= factor * lane;
            }
        }
    }

    fn fold(&mut self, scale: f32) {
        for weight in self.rows.iter_mut().flatten() {
            *weight *= scale;
        }
    }

    fn sums(&self, vector: &[(u32, f32)], scale: f32) -> Lanes {
        let mut sums = [0.0; LANES];
        for (feature, value) in vector {
            let Some(row) = self.rows.get(*feature as usize) else { continue };
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += value * weight;
            }
        }
        for (sum, bias) in sums.iter_mut().zip(&self.bias) {
            *sum = *sum * scale + bias;
        }
        sums
    }

    /// The chance of each class.
    pub(crate) fn chances(&self, vector: &[(u32, f32)]) -> Lanes {
        let mut sums = self.sums(vector, 1.0);
        chances(&mut sums, self.classes);
        sums
    }
}

/// Turns sums into chances; lanes behind the classes become zero.
pub(crate) fn chances(sums: &mut Lanes, classes: usize) {
    let top = sums.iter().take(classes).copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for (lane, sum) in sums.iter_mut().enumerate() {
        *sum = if lane < classes { libm::expf(*sum - top) } else { 0.0 };
        total += *sum;
    }
    if total > 0.0 {
        for sum in sums {
            *sum /= total;
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
    fn classes_are_told_apart_the_same_way_twice() {
        let examples: Vec<(Vector, Lanes)> = (0..60)
            .map(|at| {
                let mut wanted = [0.0; LANES];
                wanted[at % 3] = 1.0;
                (vec![(at as u32 % 3, 1.0), (3, 0.5)], wanted)
            })
            .collect();
        let course = Course { classes: 3, rounds: 10, step: 2.0, decay: 1e-4 };
        let model = Softmax::train(&examples, 4, &course);
        let told = model.chances(&[(1, 1.0), (3, 0.5)]);
        assert!(told[1] > 0.8 && (told.iter().sum::<f32>() - 1.0).abs() < 1e-5 && told[5] == 0.0, "{told:?}");
        let again = Softmax::train(&examples, 4, &course);
        assert_eq!(told.map(f32::to_bits), again.chances(&[(1, 1.0), (3, 0.5)]).map(f32::to_bits));
        assert!(model.chances(&[(9, 1.0)]).iter().all(|chance| chance.is_finite()), "unknown features say nothing");
    }
}
