//! Who comes when: a Poisson process over weighted scenarios, all from the seed.

use std::sync::Arc;

use super::dice::Dice;
use super::scenario::{Library, Scenario};
use crate::domain::time::Millis;

/// One customer who is going to come.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Counted from 0.
    pub number: u64,
    /// When, from the beginning, on the floor's clock.
    pub at: Millis,
    /// With what.
    pub scenario: Arc<Scenario>,
}

/// An endless row of customers.
#[derive(Debug)]
pub struct Arrivals {
    library: Arc<Library>,
    dice: Dice,
    gap: Millis,
    at: Millis,
    number: u64,
    /// Scenarios of the round at hand, drawn without repetition so that each comes before any comes twice.
    round: Vec<Arc<Scenario>>,
}

impl Arrivals {
    /// Customers from this library, one per `gap` on average. The first comes at once.
    pub const fn new(library: Arc<Library>, seed: u64, gap: Millis) -> Self {
        Self { library, dice: Dice::new(seed, ARRIVALS), gap, at: Millis(0), number: 0, round: Vec::new() }
    }
}

/// The stream of draws that arrivals use; personas use their numbers.
const ARRIVALS: u64 = u64::MAX;

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        if self.round.is_empty() {
            let copies = |one: &Arc<Scenario>| vec![Arc::clone(one); usize::from(one.weight)];
            self.round = self.library.scenarios.iter().flat_map(copies).collect();
        }
        if self.round.is_empty() {
            return None;
        }
        let drawn = self.dice.below(self.round.len() as u64) as usize;
        let scenario = self.round.swap_remove(drawn);
        let arrival = Arrival { number: self.number, at: self.at, scenario };
        self.number += 1;
        self.at = Millis(self.at.0 + self.dice.waiting(self.gap).0);
        Some(arrival)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn support() -> Library {
        Library::of(&crate::config::preset("support").unwrap()).unwrap()
    }

    fn names(seed: u64) -> Vec<(u64, String)> {
        let library = Arc::new(support());
        let gap = Millis::from_secs(5);
        Arrivals::new(library, seed, gap).take(300).map(|a| (a.at.0, a.scenario.name.clone())).collect()
    }

    #[test]
    fn a_seed_is_a_schedule_and_every_scenario_comes() {
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
        let library = support();
        let row = names(7);
        for scenario in &library.scenarios {
            assert!(row.iter().any(|(_, name)| *name == scenario.name), "{} never comes", scenario.name);
        }
        assert!(row.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }
}
