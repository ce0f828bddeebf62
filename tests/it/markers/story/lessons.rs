//! What was learnt from a story, and what the floor makes of it: hashes and numbers, no text of a customer.

use baton::domain::customer::Tier;
use baton::domain::event::{Event, LearningEvent, LessonEvent};
use baton::domain::id::{ConversationId, RuleId, Seq, TurnNo};
use baton::domain::learning::{CameOf, Counted, Need, RoutingRule, RuleEnd, TurnRating};
use baton::domain::score::Score;
use baton::domain::time::Millis;

use super::{ana, now};

pub(super) fn lessons(conversation: ConversationId) -> Vec<Event> {
    let (turn, agent) = (TurnNo(1), || "triage".parse().unwrap());
    let (came, reward) = (CameOf::Resolved, Score::ONE);
    vec![
        LessonEvent::Rewarded {
            conversation,
            turn,
            agent: agent(),
            came,
            reward,
            counted: Counted::default(),
            terms: Vec::new(),
        }
        .into(),
        LessonEvent::NeedKnown { conversation, need: Need::Answered, terms: Vec::new() }.into(),
        LessonEvent::Taught { conversation, turn, intent: None, was: None, agent: agent(), by: ana(), lasting: true }
            .into(),
        LessonEvent::IntentCorrected {
            conversation,
            turn,
            was: None,
            intent: "refund".parse().unwrap(),
            agent: Some(agent()),
            by: ana(),
        }
        .into(),
        LessonEvent::TurnRated { conversation, turn, agent: agent(), rating: TurnRating::Bad, by: ana() }.into(),
    ]
}

pub(super) fn learning() -> Vec<Event> {
    let rule = RoutingRule {
        id: RuleId(1),
        intent: Some("refund".parse().unwrap()),
        words: Vec::new(),
        segment: None,
        agent: "triage".parse().unwrap(),
        author: ana(),
        made: now(),
        until: now() + Millis::from_hours(1),
    };
    vec![
        LearningEvent::RuleMade { rule: Box::new(rule) }.into(),
        LearningEvent::RuleEnded { rule: RuleId(1), end: RuleEnd::ByOperator, by: Some(ana()) }.into(),
        LearningEvent::ThresholdMoved {
            tier: Some(Tier::Gold),
            channel: Some("web".parse().unwrap()),
            from: Score::ZERO,
            to: Score::from_percent(2),
            ended: 50,
            called: 20,
            needless: 5,
            missed: 0,
        }
        .into(),
        LearningEvent::Marked { lessons: 4 }.into(),
        LearningEvent::RolledBack { to: Seq(1), by: ana() }.into(),
    ]
}
