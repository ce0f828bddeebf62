//! What a step says of what was learnt, and who was chosen by that.

use baton::domain::envelope::Envelope;
use baton::domain::event::{Event, LearningEvent, LessonEvent, RoutingEvent};

use super::{Player, Step};

/// Kinds of a step's entries as a story tells them: what is learnt follows by itself, and is told apart.
pub(super) fn told(log: &[Envelope]) -> Vec<&'static str> {
    let kinds = log.iter().map(|envelope| envelope.event.kind());
    kinds.filter(|kind| !kind.starts_with("lesson.") && !kind.starts_with("learning.")).collect()
}

pub(super) fn check(player: &Player, step: &Step, before: usize, place: &str) {
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
    Some(match &envelope.event {
        Event::Lesson(LessonEvent::Rewarded { agent, came, reward, .. }) => {
            format!("{agent} {} {reward}", came.words())
        }
        Event::Lesson(LessonEvent::NeedKnown { need, .. }) => format!("human {}", word(need)),
        Event::Lesson(LessonEvent::Taught { was, agent, lasting, .. }) => {
            let was = was.as_ref().map_or("nobody", |was| was.as_str());
            format!("{was} > {agent}{}", if *lasting { " taught" } else { "" })
        }
        Event::Lesson(LessonEvent::TurnRated { agent, rating, .. }) => format!("{agent} {}", word(rating)),
        Event::Learning(LearningEvent::RuleMade { rule }) => {
            let words: Vec<&str> = rule.words.iter().map(|word| word.as_str()).collect();
            let intent = rule.intent.as_ref().map_or("any", |intent| intent.as_str());
            format!("{} {intent} {words:?} > {} by {}", rule.id, rule.agent, rule.author)
        }
        Event::Learning(LearningEvent::RuleEnded { rule, end, .. }) => format!("{rule} {}", word(end)),
        Event::Learning(LearningEvent::ThresholdMoved { tier, from, to, .. }) => {
            format!("{} {from} > {to}", word(tier))
        }
        Event::Learning(LearningEvent::Marked { lessons }) => format!("marked {lessons}"),
        Event::Learning(LearningEvent::RolledBack { to, .. }) => format!("rolled back to {to}"),
        _ => return None,
    })
}
