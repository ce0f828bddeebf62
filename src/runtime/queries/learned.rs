//! What learning has changed, read off the journal: the outcomes since then, the last fifth kept back and
//! judged by what the rest teaches.

use std::collections::{BTreeMap, HashMap};

use crate::domain::envelope::Envelope;
use crate::domain::event::{ConversationEvent, Event, LessonEvent, RoutingEvent};
use crate::domain::id::{ConversationId, Seq};
use crate::domain::learning::{CameOf, Features};
use crate::domain::operator::Role;
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;
use crate::domain::time::Timestamp;
use crate::picture::{corrected, misread, repeated};
use crate::protocol::learning::{HeldBack, Learned};
use crate::protocol::query::Page;
use crate::routing::bandit::{self, Learner};
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
    features: Features,
    decision: RoutingDecision,
    /// The same as policy and roster alone scored it.
    plain: RoutingDecision,
}

/// A choice of which it is known what came.
struct Outcome {
    chosen: Chosen,
    came: CameOf,
    reward: Score,
}

/// The outcomes of a journal as it is read.
#[derive(Default)]
struct Past {
    seq: Seq,
    choices: HashMap<ConversationId, Chosen>,
    outcomes: Vec<Outcome>,
}

impl Queries {
    /// Of supervisors alone: they are who corrects.
    pub(super) fn learned(&mut self, role: Role, since: Option<Timestamp>) -> Answer {
        if let Some(refused) = supervisors_alone(role) {
            return Ok((refused, None));
        }
        let mark = self.replica.read().learning.mark.as_deref().cloned().unwrap_or_default();
        let since = since.unwrap_or(mark.at);
        let outcomes = self.outcomes(since)?;
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
            thresholds: learning.budgets.iter().map(|(tier, window)| (*tier, window.shift)).collect(),
            repeated: repeated(&floor, now),
            misread: misread(&floor, now),
            examples,
            rules: learning.rules.values().map(|state| (state.rule.clone(), state.hits)).collect(),
            rated: learning.rated.iter().map(|(agent, (good, bad))| (agent.clone(), *good, *bad)).collect(),
        };
        Ok((Page::Learned(Box::new(page)), None))
    }

    /// The outcomes since then, oldest first.
    fn outcomes(&mut self, since: Timestamp) -> Result<Vec<Outcome>, StoreError> {
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
        Ok(past.outcomes)
    }
}

impl Past {
    fn fold(&mut self, envelope: &Envelope, since: Timestamp) {
        self.seq = envelope.seq;
        if let Event::Routing(RoutingEvent::Routed { conversation, decision, features, plain, .. }) = &envelope.event {
            let (features, decision) = ((**features).clone(), (**decision).clone());
            let plain = decision.scored(plain);
            self.choices.insert(*conversation, Chosen { features, decision, plain });
        } else if let Event::Lesson(LessonEvent::Rewarded { conversation, came, reward, .. }) = &envelope.event
            && envelope.at >= since
            && let Some(chosen) = self.choices.get(conversation).cloned()
        {
            self.outcomes.push(Outcome { chosen, came: *came, reward: *reward });
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
    HeldBack { learnt: learnt.len() as u32, judged: judged.len() as u32, before: right(start), after: right(&after) }
}
