//! What learning has changed, read off the journal: the outcomes since then, the last fifth kept back and
//! judged by what the rest teaches.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::envelope::Envelope;
use crate::domain::event::{ConversationEvent, Event, LearningEvent, LessonEvent, RoutingEvent};
use crate::domain::id::{ConversationId, Seq, TurnNo};
use crate::domain::learning::{CameOf, Features};
use crate::domain::operator::Role;
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;
use crate::domain::supervision::Segment;
use crate::domain::time::Timestamp;
use crate::picture::{corrected, misread, repeated};
use crate::protocol::learning::{HeldBack, Learned, ThresholdMove, Worth};
use crate::protocol::query::Page;
use crate::routing::bandit::{self, Learner};
use crate::routing::off_policy;
use crate::store::StoreError;
use crate::store::journal::PAGE;

use super::Queries;
use super::answer::{Answer, supervisors_alone};

/// Outcomes that are judged at most: the newest, of some weeks.
const OUTCOMES_MAX: usize = 20_000;
/// One of so many is kept back.
const KEPT_BACK: usize = 5;
/// From this reward on a choice went well.
const WENT_WELL: Score = Score::from_percent(50);

/// A choice, until it is known what came of it.
#[derive(Clone)]
struct Chosen {
    turn: TurnNo,
    features: Features,
    decision: RoutingDecision,
    /// The same as policy and roster alone scored it.
    plain: RoutingDecision,
}

/// A choice of which it is known what came.
struct Outcome {
    conversation: ConversationId,
    chosen: Chosen,
    came: CameOf,
    reward: Score,
}

/// What is read of a journal.
#[derive(Default)]
struct Past {
    seq: Seq,
    choices: HashMap<ConversationId, Chosen>,
    outcomes: Vec<Outcome>,
    moves: Vec<ThresholdMove>,
}

impl Queries {
    /// Of supervisors alone: they are who corrects.
    pub(super) fn learned(&mut self, role: Role, since: Option<Timestamp>) -> Answer {
        if let Some(refused) = supervisors_alone(role) {
            return Ok((refused, None));
        }
        let mark = self.replica.read().learning.mark.as_deref().cloned().unwrap_or_default();
        let since = since.unwrap_or(mark.at);
        let Past { outcomes, moves, .. } = self.read_past(since)?;
        let now = self.clock.now();
        let meant = corrected(&self.replica.read(), now);
        let examples = self.examples(meant)?;
        let floor = self.replica.read();
        let learning = &floor.learning;
        let mut came: BTreeMap<CameOf, u32> = BTreeMap::new();
        for outcome in &outcomes {
            *came.entry(outcome.came).or_default() += 1;
        }
        let agents = floor.deployment.iter().flat_map(|deployment| &deployment.agents).map(|spec| spec.name.clone());
        let page = Learned {
            since,
            mark: mark.seq,
            lessons: learning.lessons,
            came: came.into_iter().collect(),
            held_back: judge(&outcomes, &mark.router.adopt(agents)),
            signals: learning.human.shifts().collect(),
            thresholds: learning.budgets.iter().map(|(of, window)| (of.clone(), window.shift)).collect(),
            moves,
            repeated: repeated(&floor, now),
            misread: misread(&floor, now),
            examples,
            rules: learning.rules.values().map(|state| (state.rule.clone(), state.hits, state.agreed)).collect(),
            rated: learning.rated.iter().map(|(agent, (good, bad))| (agent.clone(), *good, *bad)).collect(),
        };
        Ok((Page::Learned(Box::new(page)), None))
    }

    /// The outcomes and the moves of thresholds since then, oldest first.
    fn read_past(&mut self, since: Timestamp) -> Result<Past, StoreError> {
        let mut past = Past::default();
        loop {
            let batch = self.journal.read(past.seq, PAGE)?;
            if batch.is_empty() {
                break;
            }
            for envelope in &batch {
                past.fold(envelope, since);
            }
        }
        let surplus = past.outcomes.len().saturating_sub(OUTCOMES_MAX);
        past.outcomes.drain(..surplus);
        Ok(past)
    }
}

impl Past {
    fn fold(&mut self, envelope: &Envelope, since: Timestamp) {
        self.seq = envelope.seq;
        if let Event::Routing(RoutingEvent::Routed { conversation, turn, decision, features, plain, .. }) =
            &envelope.event
        {
            let (features, decision) = ((**features).clone(), (**decision).clone());
            let plain = decision.scored(plain);
            self.choices.insert(*conversation, Chosen { turn: *turn, features, decision, plain });
        } else if let Event::Lesson(LessonEvent::Rewarded { conversation, came, reward, .. }) = &envelope.event
            && envelope.at >= since
            && let Some(chosen) = self.choices.get(conversation).cloned()
        {
            self.outcomes.push(Outcome { conversation: *conversation, chosen, came: *came, reward: *reward });
        } else if let Event::Learning(LearningEvent::ThresholdMoved {
            tier,
            channel,
            from,
            to,
            ended,
            called,
            needless,
            missed,
        }) = envelope.event.clone()
        {
            let (at, segment) = (envelope.at, Segment { tier, channel });
            let moved = ThresholdMove { at, segment, from, to, ended, called, needless, missed };
            self.moves.extend((at >= since).then_some(moved));
        } else if let Event::Conversation(ConversationEvent::Closed { conversation, .. }) = &envelope.event {
            self.choices.remove(conversation);
        }
    }
}

/// Learns from the first four fifths what the last fifth is judged by.
fn judge(outcomes: &[Outcome], start: &Learner) -> HeldBack {
    let (learnt, judged) = outcomes.split_at(outcomes.len() - outcomes.len() / KEPT_BACK);
    let mut after = start.clone();
    for outcome in learnt {
        bandit::learn(&mut after, &outcome.chosen.features, &outcome.chosen.decision, outcome.reward);
    }
    let right = |learner: &Learner| {
        let is_right = |outcome: &&Outcome| {
            let chosen = &outcome.chosen;
            let first = bandit::again(learner, &chosen.features, &chosen.plain);
            (first.as_ref() == Some(&chosen.decision.chosen)) == (outcome.reward >= WENT_WELL)
        };
        judged.iter().filter(is_right).count() as u32
    };
    let last = last_words(judged);
    let sum: i64 = last.iter().map(|outcome| i64::from(outcome.reward.0)).sum();
    HeldBack {
        learnt: learnt.len() as u32,
        judged: judged.len() as u32,
        before: right(start),
        after: right(&after),
        reached: Score(i32::try_from(sum / (last.len() as i64).max(1)).unwrap_or_default()),
        before_worth: worth(start, &last),
        after_worth: worth(&after, &last),
    }
}

/// Of what came of one choice the last: a rating says it better than the end before it.
fn last_words(judged: &[Outcome]) -> Vec<&Outcome> {
    let mut known = HashSet::new();
    judged.iter().rev().filter(|outcome| known.insert((outcome.conversation, outcome.chosen.turn))).collect()
}

/// What this knowledge would have reached at these choices.
fn worth(learner: &Learner, outcomes: &[&Outcome]) -> Worth {
    let judged = outcomes.iter().filter_map(|outcome| {
        let chosen = &outcome.chosen;
        let own = bandit::again(learner, &chosen.features, &chosen.plain)?;
        let candidate = chosen.decision.candidates.iter().find(|candidate| candidate.agent == own)?;
        let same = own == chosen.decision.chosen;
        Some(off_policy::Judged { same, likely: candidate.propensity, reward: outcome.reward })
    });
    let (estimate, untried) = off_policy::value(judged);
    Worth { value: estimate.map(|told| (told.value, told.low, told.high)), untried }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::routing::{Basis, Candidate};
    use crate::domain::score::Propensity;

    /// One of two equally likely agents was chosen for a message of that conversation; `first` scores higher.
    fn outcome(conversation: u8, chosen: &str, reward: Score) -> Outcome {
        let candidate = |agent: &str, score| Candidate {
            agent: agent.parse().unwrap(),
            score: Score(score),
            propensity: Propensity(500_000),
            contributions: Vec::new(),
        };
        let decision = RoutingDecision {
            candidates: vec![candidate("first", 2_000), candidate("second", 1_000)],
            chosen: chosen.parse().unwrap(),
            margin: Score(1_000),
            basis: Basis::Explored,
            rule: None,
        };
        let chosen = Chosen { turn: TurnNo(2), features: Features::default(), plain: decision.clone(), decision };
        let conversation = ConversationId::from_random([conversation; 16]);
        Outcome { conversation, chosen, came: CameOf::Resolved, reward }
    }

    #[test]
    fn what_other_knowledge_would_have_reached_is_told_from_what_was_tried() {
        let (good, bad) = (Score::from_percent(90), Score::from_percent(10));
        let mut outcomes: Vec<Outcome> =
            (0..200).map(|n| if n % 2 == 0 { outcome(n, "first", good) } else { outcome(n, "second", bad) }).collect();
        let held = judge(&outcomes, &Learner::default());
        assert_eq!((held.judged, held.reached), (40, Score::from_percent(50)));
        assert_eq!(held.before_worth, Worth { value: Some((good, good, good)), untried: 0 });
        // The last one comes back: what came of its choice is another thing now, and one choice stays one: 18 of 19.
        outcomes.push(outcome(198, "first", Score::ZERO));
        let held = judge(&outcomes, &Learner::default());
        assert_eq!(held.judged, 40);
        let (value, low, high) = held.before_worth.value.unwrap();
        assert!(value == Score(8_526) && low < value && value < high, "{held:?}");
    }

    #[test]
    fn moves_of_thresholds_are_told_from_the_mark_on() {
        let moved = |seq: u64, at: i64| Envelope {
            floor: "shop".parse().unwrap(),
            seq: Seq(seq),
            at: Timestamp(at),
            actor: crate::domain::envelope::Actor::Floor,
            cause: None,
            key: None,
            subject: None,
            event: LearningEvent::ThresholdMoved {
                tier: Some(crate::domain::customer::Tier::Gold),
                channel: None,
                from: Score(0),
                to: Score(500),
                ended: 50,
                called: 9,
                needless: 6,
                missed: 0,
            }
            .into(),
        };
        let mut past = Past::default();
        for (seq, at) in [(1, 900), (2, 1_000), (3, 2_000)] {
            past.fold(&moved(seq, at), Timestamp(1_000));
        }
        assert_eq!(past.moves.iter().map(|moved| moved.at.0).collect::<Vec<_>>(), [1_000, 2_000]);
        assert_eq!(past.moves[0].words(), "threshold for gold .00 > .05: 9 of 50 called, 6 needless, 0 missed");
    }
}
