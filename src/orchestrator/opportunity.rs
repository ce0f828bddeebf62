//! Whether a customer would be glad of an offer. Nothing is offered to somebody who is tense or in trouble.

use crate::domain::analysis::{Emotion, TENSE};
use crate::domain::deployment::Deployment;
use crate::domain::event::CallEnd;
use crate::domain::id::{IntentName, ToolName};
use crate::domain::opportunity::{Opportunity, Sign};
use crate::domain::score::Score;
use crate::domain::time::Timestamp;

use super::context;
use super::conversation::Conversation;

/// Mood from which somebody is content.
const CONTENT: Score = Score::from_percent(10);
/// Confidence from which what was just said is a matter of its own.
const SURE: Score = Score::from_percent(60);

/// What speaks for an offer in a live conversation; nothing while the customer is tense, a human is called or has
/// it, an incident is open, or when what is sold was just bought.
pub(super) fn opportunity(deployment: &Deployment, c: &Conversation) -> Option<Opportunity> {
    let analysis = &c.analysis;
    if analysis.safety || analysis.wants_human {
        return None;
    }
    if c.escalation.is_some() || c.incident.is_some() || c.baton.holder.agent().is_none() || tense(c) {
        return None;
    }
    let matter = wanted(deployment, c);
    if sold(deployment, c, Timestamp::default()).is_some() {
        return None;
    }
    let mut signs = Vec::new();
    signs.extend(matter.is_some().then_some(Sign::Matter));
    signs.extend(speaks_of_it(deployment, c).then_some(Sign::Words));
    let solved = c.tried.last().is_some_and(|tried| tried.worked);
    let content = c.mood >= CONTENT || c.analysis.emotion == Emotion::Gratitude;
    signs.extend((solved && content).then_some(Sign::Content));
    Opportunity::of(signs, matter)
}

/// What they came for, or ask for now beyond doubt, if a tool sells it.
fn wanted(deployment: &Deployment, c: &Conversation) -> Option<IntentName> {
    let now = c.analysis.top().filter(|top| top.confidence >= SURE && c.analysis.clarity.is_clear());
    let both = context::matter(c).into_iter().chain(now.map(|top| top.intent.clone()));
    both.into_iter().find(|matter| deployment.tools.iter().any(|tool| tool.sells(matter)))
}

/// The tool that sold what the customer came for, if one did since then.
pub(super) fn sold(deployment: &Deployment, c: &Conversation, since: Timestamp) -> Option<ToolName> {
    let matter = context::matter(c)?;
    let sells = |tool: &ToolName| deployment.tool(tool).is_some_and(|spec| spec.sells(&matter));
    let done = c.results.iter().rev().filter(|result| result.end == CallEnd::Done && result.at >= since);
    done.map(|result| &result.tool).find(|tool| sells(tool)).cloned()
}

/// By the mood over time, or by what was just said.
fn tense(c: &Conversation) -> bool {
    c.mood <= TENSE || c.analysis.sentiment <= TENSE
}

fn speaks_of_it(deployment: &Deployment, c: &Conversation) -> bool {
    deployment.policy.learning.offers.iter().any(|phrase| phrase.was_said(&c.analysis.words))
}
