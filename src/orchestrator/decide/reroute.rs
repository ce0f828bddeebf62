//! What people say about what agents did: who should have had it, and how an answer was.

use crate::domain::baton::Holder;
use crate::domain::command::{OperatorAct, Seen};
use crate::domain::conversation::Author;
use crate::domain::event::{Event, LearningEvent, LessonEvent};
use crate::domain::id::{AgentName, IntentName, RuleId, TurnNo};
use crate::domain::learning::{RULE_SPAN_MAX, RULE_WORDS_MAX, RULES_MAX, Reach, RoutingRule, RuleEnd, TurnRating};
use crate::domain::operator::{OperatorSpec, Role};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::orchestrator::floor::Floor;

use super::case::Case;
use super::operate::need;

/// What of this page is about the floor as a whole; nothing for other acts.
pub(super) fn of_the_floor(
    floor: &Floor,
    by: &OperatorSpec,
    act: &OperatorAct,
    at: Timestamp,
) -> Option<Result<Vec<Event>, Refusal>> {
    if let OperatorAct::MakeRule { agent, intent, until, words, segment } = act {
        let (id, author) = (floor.last.rule.next(), by.name.clone());
        let (agent, intent, words, made, until) = (agent.clone(), intent.clone(), words.clone(), at, *until);
        let segment = segment.clone().filter(|segment| !segment.is_empty());
        return Some(make_rule(floor, by, RoutingRule { id, intent, words, segment, agent, author, made, until }));
    }
    if let OperatorAct::EndRule { rule } = act {
        return Some(end_rule(floor, by, *rule));
    }
    let OperatorAct::RollBackLearning {} = act else { return None };
    Some(roll_back(floor, by))
}

/// A rule that no single conversation is behind.
fn make_rule(floor: &Floor, by: &OperatorSpec, rule: RoutingRule) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Supervisor)?;
    let agents = floor.deployment.as_ref().map(|deployment| &deployment.agents[..]).unwrap_or_default();
    if !agents.iter().any(|spec| spec.name == rule.agent) {
        return Err(Refusal::UnknownTarget { target: Holder::Agent(rule.agent) });
    }
    if let Some(intent) = rule.intent.as_ref().filter(|intent| !agents.iter().any(|spec| spec.intents.contains(intent)))
    {
        return Err(Refusal::UnknownIntent { intent: intent.clone() });
    }
    check_rule(floor, &rule, rule.made)?;
    Ok(vec![LearningEvent::RuleMade { rule: Box::new(rule) }.into()])
}

fn end_rule(floor: &Floor, by: &OperatorSpec, rule: RuleId) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Supervisor)?;
    floor.learning.rules.get(&rule).ok_or(Refusal::UnknownRule { rule })?;
    Ok(vec![LearningEvent::RuleEnded { rule, end: RuleEnd::ByOperator, by: Some(by.name.clone()) }.into()])
}

/// Everything that was learnt since the last mark is forgotten; rules are people's own words and stay.
fn roll_back(floor: &Floor, by: &OperatorSpec) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Admin)?;
    if floor.learning.lessons == 0 {
        return Err(Refusal::NothingLearnt);
    }
    let to = floor.learning.mark.as_ref().map(|mark| mark.seq).unwrap_or_default();
    Ok(vec![LearningEvent::RolledBack { to, by: by.name.clone() }.into()])
}

/// Somebody else should have had it: what is taught by that, without the pass.
pub(super) fn taught(case: &Case<'_>, by: &OperatorSpec, to: &AgentName, reach: &Reach) -> Result<Vec<Event>, Refusal> {
    let c = case.conversation;
    if case.deployment.agent(to).is_none() {
        return Err(Refusal::UnknownTarget { target: Holder::Agent(to.clone()) });
    }
    let choice = c.choice.as_deref().ok_or(Refusal::NotRouted)?;
    let taught = LessonEvent::Taught {
        conversation: c.id,
        turn: choice.turn,
        intent: choice.intent.clone(),
        was: Some(choice.decision.chosen.clone()),
        agent: to.clone(),
        by: by.name.clone(),
        lasting: matches!(reach, Reach::Teach),
    };
    let mut events = vec![taught.into()];
    if let Reach::Rule { until, words, segment } = reach {
        let rule = RoutingRule {
            id: case.floor.last.rule.next(),
            intent: choice.intent.clone(),
            words: words.clone(),
            segment: segment.clone().filter(|segment| !segment.is_empty()),
            agent: to.clone(),
            author: by.name.clone(),
            made: case.at,
            until: *until,
        };
        check_rule(case.floor, &rule, case.at)?;
        events.push(LearningEvent::RuleMade { rule: Box::new(rule) }.into());
    }
    Ok(events)
}

fn check_rule(floor: &Floor, rule: &RoutingRule, at: Timestamp) -> Result<(), Refusal> {
    if rule.until <= at {
        return Err(Refusal::InThePast);
    }
    let too_much = |what: &str, given: usize, limit: usize| {
        let (given, limit) = (given as u64, limit as u64);
        if given > limit { Err(Refusal::TooMuch { what: what.to_owned(), given, limit }) } else { Ok(()) }
    };
    let days = |ms: u64| usize::try_from(ms.div_ceil(24 * 3_600_000)).unwrap_or(usize::MAX);
    too_much("days of a rule", days(rule.until.since(at).0), days(RULE_SPAN_MAX.0))?;
    too_much("words of a rule", rule.words.len(), RULE_WORDS_MAX)?;
    too_much("rules", floor.learning.rules.len() + 1, RULES_MAX)?;
    // A rule about everything would be the end of routing.
    if rule.intent.is_none() && rule.words.is_empty() { Err(Refusal::Empty) } else { Ok(()) }
}

/// How an answer of an agent was.
pub(super) fn rate_turn(
    case: &Case<'_>,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    (turn, rating): (TurnNo, TurnRating),
) -> Result<Vec<Event>, Refusal> {
    case.check_seen(seen)?;
    let said = case.conversation.turns.iter().find(|said| said.no == turn);
    let Some(Author::Agent(agent)) = said.map(|said| said.author.clone()) else {
        return Err(Refusal::NoAnswer { turn });
    };
    Ok(vec![LessonEvent::TurnRated { conversation: case.id(), turn, agent, rating, by: by.name.clone() }.into()])
}

/// What a message was about. Whoever takes that and was passed over for it is taught by it.
pub(super) fn correct_intent(
    case: &Case<'_>,
    by: &OperatorSpec,
    seen: Option<&Seen>,
    (turn, intent): (TurnNo, &IntentName),
) -> Result<Vec<Event>, Refusal> {
    need(by, Role::Supervisor)?;
    case.check_seen(seen)?;
    let c = case.conversation;
    if !c.turns.iter().any(|said| said.no == turn && said.author == Author::Customer) {
        return Err(Refusal::NotTheCustomers { turn });
    }
    let mut takers = case.deployment.agents.iter().filter(|spec| spec.intents.contains(intent)).peekable();
    if takers.peek().is_none() {
        return Err(Refusal::UnknownIntent { intent: intent.clone() });
    }
    let choice = c.choice.as_deref().filter(|choice| choice.turn == turn);
    let read = c.analysis.top().filter(|_| c.last_said == turn).map(|top| top.intent.clone());
    let chosen = choice.map(|choice| &choice.decision.chosen);
    // Several may take it: if one of them was chosen, the choice was right.
    let mut others = takers.map(|spec| &spec.name).peekable();
    let first = others.peek().copied();
    let missed = chosen.is_some() && !others.any(|name| Some(name) == chosen);
    let corrected = LessonEvent::IntentCorrected {
        conversation: c.id,
        turn,
        was: choice.and_then(|choice| choice.intent.clone()).or(read),
        intent: intent.clone(),
        agent: first.filter(|_| missed).cloned(),
        by: by.name.clone(),
    };
    Ok(vec![corrected.into()])
}

/// The rules of an agent that leaves the roster end with it.
pub(super) fn agents_left<'a>(
    floor: &'a Floor,
    stays: impl Fn(&AgentName) -> bool + 'a,
) -> impl Iterator<Item = Event> + 'a {
    let gone = floor.learning.rules.iter().filter(move |(_, state)| !stays(&state.rule.agent));
    gone.map(|(rule, _)| LearningEvent::RuleEnded { rule: *rule, end: RuleEnd::AgentLeft, by: None }.into())
}
