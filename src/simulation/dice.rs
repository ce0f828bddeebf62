//! Chance from a seed: the same seed and stream give the same draws on every machine.

use crate::domain::time::Millis;

/// Most that one waiting time may exceed its mean: an arrival an hour late helps nobody.
const WAIT_TIMES_MAX: u64 = 6;

/// A stream of draws (SplitMix64: Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of that number under a seed. Streams of one seed do not depend on each other.
    pub const fn new(seed: u64, stream: u64) -> Self {
        Self(mixed(seed ^ mixed(stream.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    /// Sixty-four even bits.
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `limit`; nothing is below nothing, so then it is 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        // The high half of the product is even enough for limits far below 2^64.
        ((self.draw() as u128 * limit as u128) >> 64) as u64
    }

    /// True in so many of a hundred cases.
    pub const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these, if there is any.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len() as u64) as usize)
    }

    /// A span within `percent` above or below this one.
    pub fn about(&mut self, span: Millis, percent: u64) -> Millis {
        let spread = span.0 * percent / 100;
        Millis(span.0 - spread + self.below(2 * spread + 1))
    }

    /// A waiting time of a Poisson process with this mean, at most six times as long.
    pub fn waiting(&mut self, mean: Millis) -> Millis {
        // 53 bits, so that the logarithm never sees a zero.
        let even = ((self.draw() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        let span = (-even.ln() * mean.0 as f64).round() as u64;
        Millis(span.min(mean.0 * WAIT_TIMES_MAX))
    }
}

const fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            [dice.draw(), dice.draw(), dice.draw()]
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert_ne!(draw(7, 1), draw(8, 1));
    }

    #[test]
    fn draws_are_even_and_waits_have_their_mean() {
        let mut dice = Dice::new(7, 0);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[dice.below(10) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        let mean = Millis(1_000);
        let total: u64 = (0..10_000).map(|_| dice.waiting(mean).0).sum();
        assert!((930..1070).contains(&(total / 10_000)), "{total}");
        assert!((0..1_000).all(|_| (800..=1_200).contains(&dice.about(mean, 20).0)));
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
