//! Folds questions of one specialist to another.

use crate::domain::event::ConsultEvent;
use crate::domain::id::ConsultId;
use crate::domain::time::Timestamp;
use crate::orchestrator::consults::{Advised, Consult};
use crate::orchestrator::conversation::{Conversation, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &ConsultEvent, at: Timestamp) {
    match event {
        ConsultEvent::Asked { conversation, consult, .. } => {
            floor.last.consult = floor.last.consult.max(*consult);
            with(floor, *conversation, |c| asked(c, event, at));
        }
        ConsultEvent::Answered { conversation, consult, advice, stale } => with(floor, *conversation, |c| {
            let whom = c.consults.remove(consult).map(|asked| asked.whom);
            if let Some(whom) = whom.filter(|_| !stale) {
                go_on(c, *consult, Advised { whom, advice: Some(advice.clone()) }, at);
            }
        }),
        ConsultEvent::Failed { conversation, consult, stale, .. } => with(floor, *conversation, |c| {
            let whom = c.consults.remove(consult).map(|asked| asked.whom);
            if let Some(whom) = whom.filter(|_| !stale) {
                go_on(c, *consult, Advised { whom, advice: None }, at);
            }
        }),
        ConsultEvent::Refused { conversation, whom, .. } => with(floor, *conversation, |c| {
            c.consulted = c.consulted.saturating_add(1);
            c.advised = Some(Advised { whom: whom.clone(), advice: None });
        }),
    }
}

fn asked(c: &mut Conversation, event: &ConsultEvent, at: Timestamp) {
    let ConsultEvent::Asked { consult, by, whom, epoch, composition, question, until, .. } = event else { return };
    let entry = Consult {
        by: by.clone(),
        whom: whom.clone(),
        epoch: *epoch,
        composition: *composition,
        question: question.clone(),
        until: *until,
    };
    c.consults.insert(*consult, entry);
    c.consulted = c.consulted.saturating_add(1);
    if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == *composition) {
        composing.waits_for = WaitsFor::Consult(*consult);
        composing.at = at;
    }
}

/// Whoever asked has the next move again.
fn go_on(c: &mut Conversation, consult: ConsultId, advised: Advised, at: Timestamp) {
    let asked = c.seq;
    if let Some(composing) = c.composing.as_mut().filter(|one| one.waits_for == WaitsFor::Consult(consult)) {
        composing.waits_for = WaitsFor::Agent;
        composing.at = at;
        composing.asked = asked;
        c.advised = Some(advised);
    }
}
