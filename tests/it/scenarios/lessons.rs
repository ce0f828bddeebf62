//! What a step says of what was learnt, and who was chosen by that.

use baton::domain::candidate::Side;
use baton::domain::command::{Act, Command, EffectResult};
use baton::domain::envelope::{Actor, Envelope};
use baton::domain::event::{Event, LearningEvent, LessonEvent, RoutingEvent};
use baton::domain::learning::RuleWord;
use baton::domain::model::{Cost, ModelCall, ModelEnd, Usage};
use baton::domain::opportunity::Opportunity;
use baton::domain::refusal::Refusal;
use baton::domain::routing::{Factor, RoutingDecision};
use baton::domain::supervision::Segment;
use baton::domain::time::Millis;
use baton::orchestrator::outlook;
use baton::picture::likely;
use baton::runtime::Accepted;

use super::{Player, Step};

/// Kinds of a step's entries as a story tells them: what is learnt follows by itself, and is told apart.
pub(super) fn told(log: &[Envelope]) -> Vec<&'static str> {
    let kinds = log.iter().map(|envelope| envelope.event.kind());
    kinds.filter(|kind| !kind.starts_with("lesson.") && !kind.starts_with("learning.")).collect()
}

pub(super) fn check(player: &Player, step: &Step, (before, kinds): (usize, &[&str]), place: &str) {
    if let Some(events) = &step.events {
        assert_eq!(&kinds, events, "{place}");
    }
    if let Some(learns) = &step.learns {
        let lessons: Vec<String> = player.floor.log[before..].iter().filter_map(lesson).collect();
        assert_eq!(&lessons, learns, "{place}: learns");
    }
    if let Some(expected) = &step.opportunity {
        let (floor, id) = (player.floor.floor(), player.who(step).0);
        let shown = |seen: Option<Opportunity>| seen.map_or_else(|| "none".to_owned(), |seen| seen.to_string());
        let seen = outlook(floor, floor.conversation(id).unwrap()).opportunity;
        assert_eq!(&shown(seen), expected, "{place}: opportunity");
        let listed = likely(floor, player.floor.at).into_iter().find(|row| row.conversation == id);
        assert_eq!(&shown(listed.and_then(|row| row.opportunity)), expected, "{place}: in the list");
    }
    if let Some(past) = step.past {
        let winner = last_choice(player).winner().unwrap();
        let given = winner.contributions.iter().find(|term| term.factor == Factor::Past);
        assert_eq!(given.map_or(0, |term| term.score.0), past, "{place}: past of {winner:#?}");
    }
    if let Some(chosen) = &step.chosen {
        let decision = last_choice(player);
        let rule = decision.rule.map(|rule| format!(" by {rule}")).unwrap_or_default();
        let of = &decision.candidates;
        assert_eq!(&format!("{}{rule}", decision.chosen), chosen, "{place}: chosen of {of:#?}");
    }
}

fn last_choice(player: &Player) -> &RoutingDecision {
    let last = player.floor.log.iter().rev().find_map(|envelope| {
        let Event::Routing(RoutingEvent::Routed { decision, .. }) = &envelope.event else { return None };
        Some(decision)
    });
    last.unwrap()
}

/// A model answered for the holder.
pub(super) fn bill(player: &mut Player, step: &Step, cost: Cost) -> Result<Accepted, Refusal> {
    let conversation = player.who(step).0;
    let holder = player.floor.floor().conversation(conversation).unwrap().baton.holder.clone();
    let call = ModelCall {
        model: "small".parse().unwrap(),
        end: ModelEnd::Answered,
        usage: Usage::default(),
        cost: Some(cost),
        took: Millis(900),
        attempts: 1,
    };
    let composition = player.floor.floor().last.composition;
    let result = EffectResult::ModelCalled { conversation, composition, call: Box::new(call), side: Side::Own };
    let actor = Actor::Agent(holder.agent().expect("an agent holds").clone());
    player.floor.submit(Command { actor, ..Command::of_floor(Act::Effect(result)) })
}

pub(super) fn check_paid(player: &Player, step: &Step, place: &str) {
    let Some(paid) = &step.paid else { return };
    let (floor, eur) = (player.floor.floor(), baton::domain::money::Currency::EUR);
    let now = floor.spending.by_agent(&"billing".parse().unwrap(), eur, player.floor.at);
    assert_eq!(&now.to_string(), paid, "{place}");
}

fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap();
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn lesson(envelope: &Envelope) -> Option<String> {
    if let Event::Lesson(event) = &envelope.event {
        return Some(of_one(event));
    }
    let Event::Learning(event) = &envelope.event else { return None };
    Some(of_the_floor(event))
}

fn of_one(event: &LessonEvent) -> String {
    match event {
        LessonEvent::Rewarded { agent, came, reward, counted, .. } => {
            let sold = counted.sold.as_ref().map(|tool| format!(", sold by {tool}")).unwrap_or_default();
            let cost = counted.cost.map(|cost| format!(", cost {cost}")).unwrap_or_default();
            format!("{agent} {} {reward}{sold}{cost}", came.words())
        }
        LessonEvent::NeedKnown { need, .. } => format!("human {}", word(need)),
        LessonEvent::Taught { was, agent, lasting, .. } => {
            let was = was.as_ref().map_or("nobody", |was| was.as_str());
            format!("{was} > {agent}{}", if *lasting { " taught" } else { "" })
        }
        LessonEvent::IntentCorrected { was, intent, agent, .. } => {
            let was = was.as_ref().map_or("nothing", |was| was.as_str());
            format!("{was} was {intent}{}", agent.as_ref().map(|agent| format!(", {agent} learns")).unwrap_or_default())
        }
        LessonEvent::TurnRated { agent, rating, .. } => format!("{agent} {}", word(rating)),
    }
}

fn of_the_floor(event: &LearningEvent) -> String {
    match event {
        LearningEvent::RuleMade { rule } => {
            let words: Vec<&str> = rule.words.iter().map(RuleWord::as_str).collect();
            let intent = rule.intent.as_ref().map_or("any", |intent| intent.as_str());
            format!("{} {intent} {words:?} > {} by {}", rule.id, rule.agent, rule.author)
        }
        LearningEvent::RuleEnded { rule, end, .. } => format!("{rule} {}", word(end)),
        LearningEvent::ThresholdMoved { tier, channel, from, to, .. } => {
            let segment = Segment { tier: *tier, channel: channel.clone() };
            format!("{} {from} > {to}", segment.words())
        }
        LearningEvent::Marked { lessons } => format!("marked {lessons}"),
        LearningEvent::RolledBack { to, .. } => format!("rolled back to {to}"),
    }
}
