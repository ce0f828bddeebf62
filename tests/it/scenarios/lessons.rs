//! What a step says of what was learnt, and who was chosen by that.

use baton::domain::envelope::Envelope;
use baton::domain::event::{Event, LearningEvent, LessonEvent, RoutingEvent};
use baton::domain::learning::RuleWord;

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
    if let Some(chosen) = &step.chosen {
        let last = player.floor.log.iter().rev().find_map(|envelope| {
            let Event::Routing(RoutingEvent::Routed { decision, .. }) = &envelope.event else { return None };
            Some(decision)
        });
        let decision = last.unwrap();
        let rule = decision.rule.map(|rule| format!(" by {rule}")).unwrap_or_default();
        let of = &decision.candidates;
        assert_eq!(&format!("{}{rule}", decision.chosen), chosen, "{place}: chosen of {of:#?}");
    }
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
        LessonEvent::Rewarded { agent, came, reward, .. } => format!("{agent} {} {reward}", came.words()),
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
        LearningEvent::ThresholdMoved { tier, from, to, .. } => format!("{} {from} > {to}", word(tier)),
        LearningEvent::Marked { lessons } => format!("marked {lessons}"),
        LearningEvent::RolledBack { to, .. } => format!("rolled back to {to}"),
    }
}
