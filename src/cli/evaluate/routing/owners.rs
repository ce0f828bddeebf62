//! Whose the labels of the examples are, where no file says it: learnt from the rewards of the stream.

use super::seeds::Whose;

/// How much one reward of one, or of nothing, says, in logarithms of odds: about five to one.
const SAYS: f32 = 1.7;
/// What a guess by the order of names is worth before anything was seen.
const GUESS: f32 = 1.5;
/// No run of rewards is believed more than this, so that a desk that changes is followed.
const MOST: f32 = 5.0;
/// What is left of older rewards with each new one.
const KEPT: f32 = 0.99;
/// An arm is taken for the owner when it leads the next by so much.
const LEADS: f32 = 0.5;
/// An arm so far behind the best is not tried for the owner's texts.
const BEHIND: f32 = 0.8;
/// A text whose kind is less sure says nothing about its owner.
const SURE_FROM: f32 = 0.3;

/// What is believed of one owner.
struct Belief {
    /// By arm.
    odds: Vec<f32>,
    taken: Option<usize>,
}

/// What is believed of all owners of which the file does not say it.
pub(super) struct Owners {
    beliefs: Vec<Option<Belief>>,
    arms: usize,
}

impl Owners {
    /// What the files say to begin with.
    pub(super) fn of(owners: &[Whose], arms: usize) -> Self {
        let believe = |whose: &Whose| {
            let mut odds = vec![0.0; arms];
            let taken = match whose {
                Whose::Said(_) => return None,
                Whose::Unknown => None,
                Whose::Guessed(arm) => Some(*arm),
            };
            if let Some(odds) = taken.and_then(|arm| odds.get_mut(arm)) {
                *odds = GUESS;
            }
            Some(Belief { odds, taken })
        };
        Self { beliefs: owners.iter().map(believe).collect(), arms }
    }

    /// Which arms may be tried for a text of this owner, told with that confidence: all of them, once one was taken
    /// for it, since by then the words say more than the kind.
    pub(super) fn open(&self, owner: Option<usize>, sure: f32) -> Vec<bool> {
        let belief = owner.and_then(|owner| self.beliefs.get(owner)).and_then(Option::as_ref);
        let Some(belief) = belief.filter(|belief| sure >= SURE_FROM && belief.taken.is_none()) else {
            return vec![true; self.arms];
        };
        let best = belief.odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        belief.odds.iter().map(|odds| *odds > best - BEHIND).collect()
    }

    /// Learns what an arm earned with such a text; the arm that the owner's texts are for from now on, if that changed.
    pub(super) fn learn(&mut self, owner: Option<usize>, sure: f32, arm: usize, reward: f32) -> Option<usize> {
        let belief = owner.and_then(|owner| self.beliefs.get_mut(owner)).and_then(Option::as_mut);
        let belief = belief.filter(|_| sure >= SURE_FROM)?;
        for odds in &mut belief.odds {
            *odds *= KEPT;
        }
        let odds = belief.odds.get_mut(arm)?;
        *odds = (*odds + SAYS * sure * (2.0 * reward - 1.0)).clamp(-MOST, MOST);
        let lead = *odds;
        let others = belief.odds.iter().enumerate().filter(|(at, _)| *at != arm);
        let next = others.map(|(_, odds)| *odds).fold(f32::NEG_INFINITY, f32::max);
        if belief.taken == Some(arm) {
            // Who is no longer the likeliest is looked for anew.
            belief.taken = (lead >= next).then_some(arm);
            return None;
        }
        if lead < next + LEADS {
            return None;
        }
        belief.taken = Some(arm);
        Some(arm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_found_by_rewards_and_found_again_when_it_moves() {
        let mut owners = Owners::of(&[Whose::Unknown, Whose::Said(1), Whose::Guessed(2)], 3);
        assert_eq!(owners.open(Some(0), 0.9), [true; 3]);
        assert_eq!(owners.learn(Some(0), 0.9, 0, 0.0), None);
        assert_eq!(owners.open(Some(0), 0.9), [false, true, true], "what failed is not tried again at once");
        assert_eq!(owners.open(Some(0), 0.1), [true; 3], "a text that is told by chance closes nothing");
        assert_eq!(owners.learn(Some(0), 0.9, 2, 1.0), Some(2));
        assert_eq!(owners.learn(Some(0), 0.9, 2, 1.0), None, "it has not changed");
        assert_eq!(owners.open(Some(0), 0.9), [true; 3], "who has an arm leaves the choice to what is learnt");
        assert_eq!((owners.learn(Some(0), 0.9, 2, 0.0), owners.learn(Some(0), 0.9, 2, 0.0)), (None, None));
        assert_eq!(owners.open(Some(0), 0.9), [false, true, true], "it is looked for anew");
        assert_eq!(owners.learn(Some(0), 0.9, 1, 1.0), Some(1));
        assert_eq!(
            (owners.open(Some(1), 0.9), owners.learn(Some(1), 0.9, 0, 1.0)),
            (vec![true; 3], None),
            "said is said"
        );
        assert_eq!(owners.open(Some(2), 0.9), [true; 3], "a guess closes nothing");
        assert_eq!((owners.open(None, 0.9), owners.learn(None, 0.9, 0, 1.0)), (vec![true; 3], None));
    }
}
