//! Folds what is learnt: weights move by what was recorded, in the order of the journal.

use std::sync::Arc;

use crate::domain::baton::Holder;
use crate::domain::deployment::Deployment;
use crate::domain::event::{ConversationEvent, EscalationEvent, Event, LearningEvent, LessonEvent};
use crate::domain::id::{ConversationId, Seq, TurnNo};
use crate::domain::learning::{CameOf, Features, Need, PRECEDENTS_KEPT, Precedent, RoutingRule, TurnRating};
use crate::domain::policy::EscalationBudget;
use crate::domain::routing::RoutingDecision;
use crate::domain::score::Score;
use crate::domain::supervision::Segment;
use crate::domain::time::Timestamp;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::due::Due;
use crate::orchestrator::floor::Floor;
use crate::orchestrator::learning::{
    CORRECTIONS_KEPT, Choice, Correction, ENDED_KEPT, Ended, Learning, Mark, Relabelled, RuleState, Window,
};
use crate::routing::bandit;

use super::with;

/// Counts what the budgets rest on, before the entry is folded.
pub(super) fn watch(floor: &mut Floor, event: &Event) {
    count_matter(floor, event);
    let Some(segment) = event.conversation().and_then(|id| budgeted(floor, id)) else { return };
    let window = floor.learning.window_mut(segment);
    if let Event::Conversation(ConversationEvent::Resolved { credited, .. }) = event {
        // Of somebody who is blocked it is over as it begins: nobody had it who could have called anybody.
        if *credited == Holder::Nobody {
            return;
        }
        if window.ended >= EscalationBudget::WINDOW {
            *window = Window { shift: window.shift, ..Window::default() };
        }
        window.ended += 1;
    } else if let Event::Escalation(EscalationEvent::Raised { trigger, .. }) = event
        && CameOf::of_call(*trigger).is_some()
    {
        window.called += 1;
    } else if let Event::Lesson(LessonEvent::NeedKnown { need, .. }) = event {
        window.needless += u32::from(*need == Need::Dismissed);
        window.missed += u32::from(need.missed());
    }
}

/// How long the conversations about a matter take, and how many come back.
fn count_matter(floor: &mut Floor, event: &Event) {
    if let Event::Conversation(ConversationEvent::Resolved { conversation, spent, .. }) = event {
        let choice = floor.conversation(*conversation).and_then(|c| c.choice.as_ref());
        let Some(intent) = choice.and_then(|choice| choice.intent.clone()) else { return };
        let sums = floor.learning.matters.entry(intent).or_default();
        sums.ended = sums.ended.saturating_add(1);
        sums.handled_ms = sums.handled_ms.saturating_add(spent.bot.saturating_add(spent.human));
    } else if let Event::Conversation(ConversationEvent::Reopened { conversation, .. }) = event {
        let ended = floor.learning.ended(*conversation);
        let Some(intent) = ended.and_then(|ended| ended.choice.intent.clone()) else { return };
        let sums = floor.learning.matters.entry(intent).or_default();
        sums.returned = sums.returned.saturating_add(1);
    }
}

/// What the budget of a conversation is about, if it has one.
fn budgeted(floor: &Floor, id: ConversationId) -> Option<Segment> {
    let live = floor.conversation(id).map(|c| (c.tier, &c.channel));
    let (tier, channel) = live.or_else(|| floor.stubs.get(&id).map(|stub| (stub.tier, &stub.channel)))?;
    let policy = &floor.deployment.as_ref()?.policy.escalation;
    policy.budget_for(tier, channel).map(EscalationBudget::segment)
}

/// Somebody was chosen: what that rested on is kept until it is known what came of it.
pub(super) fn chosen(
    floor: &mut Floor,
    (id, turn): (ConversationId, TurnNo),
    (decision, plain): (&RoutingDecision, &[Score]),
    features: &Features,
    at: Timestamp,
) {
    if let Some(state) = decision.rule.and_then(|rule| floor.learning.rules.get_mut(&rule)) {
        state.hits += 1;
        state.agreed = if decision.agrees() { state.agreed + 1 } else { 0 };
    }
    with(floor, id, |c| {
        c.routed = turn;
        c.choice = Some(Box::new(Choice {
            turn,
            at,
            intent: c.analysis.top().map(|top| top.intent.clone()),
            features: features.clone(),
            decision: Box::new(decision.clone()),
            plain: plain.to_vec(),
            came: None,
            terms: Vec::new(),
        }));
    });
}

/// A conversation ends: its last choice can still be rated, and looked at by who corrects another.
pub(super) fn ended(learning: &mut Learning, c: &mut Conversation) {
    let Some(choice) = c.choice.take() else { return };
    learning.ended.retain(|ended| ended.conversation != c.id);
    if learning.ended.len() >= ENDED_KEPT {
        learning.ended.pop_front();
    }
    let (conversation, handle) = (c.id, c.handle);
    learning.ended.push_back(Ended { conversation, handle, choice: *choice });
}

/// It is over for good, or its customer is forgotten: nobody rates it any more, and what was said goes, also
/// as hashes.
pub(super) fn closed(learning: &mut Learning, id: ConversationId) {
    learning.ended.retain(|ended| ended.conversation != id);
}

/// What was learnt from one conversation.
pub(super) fn fold_lesson(floor: &mut Floor, event: &LessonEvent, at: Timestamp) {
    match event {
        LessonEvent::Rewarded { conversation, agent, came, reward, terms, .. } => {
            if !matches!(came, CameOf::Rated(_) | CameOf::Reopened) {
                let (known, settled) = floor.learning.settled.entry(agent.clone()).or_default();
                *known += 1;
                *settled += u32::from(*came == CameOf::Resolved);
            }
            let Some(choice) = choice(floor, *conversation) else { return };
            choice.came = Some(*came);
            if !terms.is_empty() {
                choice.terms.clone_from(terms);
            }
            let (features, decision, intent) =
                (choice.features.clone(), choice.decision.clone(), choice.intent.clone());
            if let Some(intent) = intent {
                remember(
                    floor,
                    Precedent { conversation: *conversation, agent: agent.clone(), intent, reward: *reward },
                );
            }
            bandit::learn(Arc::make_mut(&mut floor.learning.router), &features, &decision, *reward);
        }
        LessonEvent::NeedKnown { need, terms, .. } => {
            let Some(deployment) = floor.deployment.clone() else { return };
            floor.learning.human.learn(terms, need.needed(), &deployment.policy.escalation);
        }
        LessonEvent::Taught { conversation, agent, lasting, .. } => {
            correct(&mut floor.learning, event, at);
            let choice = choice(floor, *conversation).map(|choice| (choice.features.clone(), choice.unlearnt()));
            if let Some((features, decision)) = choice.filter(|_| *lasting) {
                bandit::teach(Arc::make_mut(&mut floor.learning.router), &features, &decision, agent);
            }
        }
        LessonEvent::IntentCorrected { conversation, turn, was, intent, agent, .. } => {
            let (conversation, turn) = (*conversation, *turn);
            let said = Relabelled { at, conversation, turn, was: was.clone(), intent: intent.clone() };
            relabel(&mut floor.learning, said);
            let Some(choice) = choice(floor, conversation).filter(|choice| choice.turn == turn) else {
                return counted(floor, at);
            };
            choice.intent = Some(intent.clone());
            let (features, decision) = (choice.features.clone(), choice.unlearnt());
            if let Some(agent) = agent {
                bandit::teach(Arc::make_mut(&mut floor.learning.router), &features, &decision, agent);
            }
        }
        LessonEvent::TurnRated { agent, rating, .. } => {
            let (good, bad) = floor.learning.rated.entry(agent.clone()).or_default();
            match rating {
                TurnRating::Good => *good += 1,
                TurnRating::Bad => *bad += 1,
            }
        }
    }
    counted(floor, at);
}

/// The customer is known by how their matters went.
fn remember(floor: &mut Floor, went: Precedent) {
    let live = floor.conversation(went.conversation).map(|c| c.customer);
    let customer = live.or_else(|| floor.stubs.get(&went.conversation).map(|stub| stub.customer));
    let Some(state) = customer.and_then(|customer| floor.customers.get_mut(&customer)) else { return };
    state.past.retain(|other| other.conversation != went.conversation);
    if state.past.len() >= PRECEDENTS_KEPT {
        state.past.remove(0);
    }
    state.past.push(went);
}

/// Something was learnt; before the next midnight has passed it is set down.
fn counted(floor: &mut Floor, at: Timestamp) {
    floor.learning.lessons += 1;
    if floor.learning.mark_at.is_none() {
        let next = Learning::next_mark(at);
        floor.learning.mark_at = Some(next);
        floor.due.insert((next, Due::Mark));
    }
}

/// The choice that is learnt about: of a live conversation, or of one that has ended.
fn choice(floor: &mut Floor, id: ConversationId) -> Option<&mut Choice> {
    match floor.conversations.get_mut(&id).and_then(|c| c.choice.as_deref_mut()) {
        Some(choice) => Some(choice),
        None => floor.learning.ended.iter_mut().rev().find(|e| e.conversation == id).map(|e| &mut e.choice),
    }
}

fn correct(learning: &mut Learning, event: &LessonEvent, at: Timestamp) {
    let LessonEvent::Taught { conversation, turn, intent, was, agent, by, .. } = event else { return };
    if learning.corrections.len() >= CORRECTIONS_KEPT {
        learning.corrections.pop_front();
    }
    learning.corrections.push_back(Correction {
        at,
        conversation: *conversation,
        turn: *turn,
        intent: intent.clone(),
        was: was.clone(),
        agent: agent.clone(),
        by: by.clone(),
    });
}

/// The last word on a message holds.
fn relabel(learning: &mut Learning, said: Relabelled) {
    learning.relabelled.retain(|other| (other.conversation, other.turn) != (said.conversation, said.turn));
    if learning.relabelled.len() >= CORRECTIONS_KEPT {
        learning.relabelled.pop_front();
    }
    learning.relabelled.push_back(said);
}

/// What the floor as a whole learns, and forgets again.
pub(super) fn fold(floor: &mut Floor, event: &LearningEvent, seq: Seq, at: Timestamp) {
    match event {
        LearningEvent::RuleMade { rule } => made(floor, rule),
        LearningEvent::RuleEnded { rule, .. } => {
            if let Some(state) = floor.learning.rules.remove(rule) {
                floor.due.remove(&(state.rule.until, Due::Rule(*rule)));
            }
        }
        LearningEvent::ThresholdMoved { tier, channel, to, .. } => {
            let segment = Segment { tier: *tier, channel: channel.clone() };
            floor.learning.window_mut(segment).shift = *to;
        }
        LearningEvent::Marked { .. } => {
            let learning = &mut floor.learning;
            let shifts = learning.budgets.iter().map(|(of, window)| (of.clone(), window.shift)).collect();
            let (router, human) = (Arc::clone(&learning.router), learning.human.clone());
            learning.mark = Some(Box::new(Mark { seq, at, router, human, shifts }));
            learning.lessons = 0;
            unmark(floor);
        }
        LearningEvent::RolledBack { .. } => {
            let learning = &mut floor.learning;
            let mark = learning.mark.clone().unwrap_or_default();
            // Who came to the roster since begins at nothing; who left is forgotten.
            let agents = floor.deployment.iter().flat_map(|deployment| &deployment.agents);
            learning.router = Arc::new(mark.router.adopt(agents.map(|agent| agent.name.clone())));
            learning.human = mark.human;
            for (segment, window) in &mut learning.budgets {
                let marked = mark.shifts.iter().find(|(of, _)| of == segment);
                window.shift = marked.map_or(Score::ZERO, |(_, shift)| *shift);
            }
            learning.lessons = 0;
            unmark(floor);
        }
    }
}

fn unmark(floor: &mut Floor) {
    if let Some(at) = floor.learning.mark_at.take() {
        floor.due.remove(&(at, Due::Mark));
    }
}

fn made(floor: &mut Floor, rule: &RoutingRule) {
    floor.last.rule = floor.last.rule.max(rule.id);
    floor.due.insert((rule.until, Due::Rule(rule.id)));
    floor.learning.rules.insert(rule.id, RuleState { rule: rule.clone(), hits: 0, agreed: 0 });
}

/// A roster replaces the one before: who stays keeps what was learnt of them.
pub(super) fn adopted(learning: &mut Learning, deployment: &Deployment) {
    let agents = deployment.agents.iter().map(|agent| agent.name.clone());
    let next = learning.router.adopt(agents);
    if *learning.router != next {
        learning.router = Arc::new(next);
    }
}
