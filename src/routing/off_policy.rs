//! What another policy would have reached, told from choices that were made by this one: each outcome of the
//! same choice counts by how unlikely that choice was (self-normalised inverse propensity), with the interval
//! that holds the true value nineteen times of twenty.

use crate::domain::score::{Propensity, Score};

/// Outcomes that an estimate needs, counted as if all weighed the same: below, one lucky draw is the whole of it.
const WEIGH_MIN: f64 = 10.0;
/// Standard errors to each side for nineteen of twenty.
const NINETEEN_OF_TWENTY: f64 = 1.96;

/// One choice of which it is known what came, and what the other policy would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Whether it would have chosen the same.
    pub same: bool,
    /// How likely its own choice was when the choice was made; zero when it was never tried.
    pub likely: Propensity,
    /// What came of the choice that was made, 0 to 1.
    pub reward: Score,
}

/// What a policy would have reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Mean reward, 0 to 1.
    pub value: Score,
    /// The lower end of its interval.
    pub low: Score,
    /// The upper end.
    pub high: Score,
}

/// The estimate over those choices at which it can be told, if there are enough, and how many choices there
/// were at which the other policy would have done what was never tried: about these nothing can be said.
pub fn value(choices: impl IntoIterator<Item = Judged>) -> (Option<Estimate>, u32) {
    let (mut same, mut untried) = (Vec::new(), 0);
    for choice in choices {
        if choice.likely == Propensity(0) {
            untried += 1;
        } else if choice.same {
            same.push((f64::from(CERTAIN) / f64::from(choice.likely.0), reward(choice.reward)));
        }
    }
    let whole: f64 = same.iter().map(|(weight, _)| weight).sum();
    let squares: f64 = same.iter().map(|(weight, _)| weight * weight).sum();
    if squares <= 0.0 || whole * whole / squares < WEIGH_MIN {
        return (None, untried);
    }
    let value = same.iter().map(|(weight, reward)| weight * reward).sum::<f64>() / whole;
    let spread: f64 = same.iter().map(|(weight, reward)| (weight * (reward - value)).powi(2)).sum();
    let reach = NINETEEN_OF_TWENTY * spread.sqrt() / whole;
    let estimate = Estimate { value: score(value), low: score(value - reach), high: score(value + reach) };
    (Some(estimate), untried)
}

const CERTAIN: u32 = super::CERTAIN;

fn reward(reward: Score) -> f64 {
    f64::from(reward.0) / f64::from(Score::ONE.0)
}

fn score(value: f64) -> Score {
    Score((value.clamp(0.0, 1.0) * f64::from(Score::ONE.0)).round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next of a row of numbers that look like chance, 0 to 999,999.
    fn draw(state: &mut u64) -> u32 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((*state >> 33) % u64::from(CERTAIN)) as u32
    }

    /// Choices between one that does well in 80 of 100 and one that does in 40, the better one tried in 30.
    fn stream(seed: u64, choices: u32) -> Vec<Judged> {
        let mut state = seed;
        let one = |_| {
            let better = draw(&mut state) < 300_000;
            let well = draw(&mut state) < if better { 800_000 } else { 400_000 };
            Judged { same: better, likely: Propensity(300_000), reward: if well { Score::ONE } else { Score::ZERO } }
        };
        (0..choices).map(one).collect()
    }

    #[test]
    fn a_policy_is_told_from_the_choices_of_another() {
        let truth = Score::from_percent(80);
        let found: Vec<Estimate> = (1..=200).map(|seed| value(stream(seed * 7_919, 400)).0.unwrap()).collect();
        let mean = found.iter().map(|estimate| i64::from(estimate.value.0)).sum::<i64>() / 200;
        assert!((mean - i64::from(truth.0)).abs() < 60, "{mean}");
        let held = found.iter().filter(|estimate| (estimate.low..=estimate.high).contains(&truth)).count();
        assert!((180..=198).contains(&held), "nineteen of twenty: {held} of 200");
        assert!(found.iter().all(|estimate| estimate.low < estimate.value && estimate.value < estimate.high));
    }

    #[test]
    fn rare_choices_weigh_as_much_as_they_are_rare() {
        // Half of the choices are of a kind at which the same was tried rarely and went well.
        let rare = (0..20).map(|_| Judged { same: true, likely: Propensity(100_000), reward: Score::ONE });
        let often = (0..200).map(|_| Judged { same: true, likely: Propensity(CERTAIN), reward: Score::ZERO });
        assert_eq!(value(rare.chain(often)).0.unwrap().value, Score::from_percent(50));
    }

    #[test]
    fn what_was_never_tried_is_not_guessed() {
        let never = Judged { same: false, likely: Propensity(0), reward: Score::ONE };
        assert_eq!(value([never; 40]), (None, 40));
        let other = Judged { same: false, likely: Propensity(500_000), reward: Score::ONE };
        assert_eq!(value([other; 40]), (None, 0), "the other choice says nothing of this one");
        let few = Judged { same: true, likely: Propensity(CERTAIN), reward: Score::ONE };
        assert_eq!(value([few; 9]).0, None, "few say nothing");
        assert!(value([few; 10]).0.is_some());
    }
}
