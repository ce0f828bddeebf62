//! Folds questions of one specialist to another, and to several at once.

use crate::domain::consult::Advice;
use crate::domain::event::ConsultEvent;
use crate::domain::id::ConsultId;
use crate::domain::personal::Personal;
use crate::domain::time::Timestamp;
use crate::orchestrator::consults::{Advised, Consult, Opinion, Panel};
use crate::orchestrator::conversation::{Conversation, WaitsFor};
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &ConsultEvent, at: Timestamp) {
    match event {
        ConsultEvent::Asked { conversation, consult, .. } => {
            floor.last.consult = floor.last.consult.max(*consult);
            with(floor, *conversation, |c| asked(c, event, at));
        }
        ConsultEvent::Convened { conversation, panel, .. } => {
            floor.last.consult = floor.last.consult.max(*panel);
            with(floor, *conversation, |c| convened(c, event, at));
        }
        ConsultEvent::Answered { conversation, .. } => with(floor, *conversation, |c| answered(c, event, at)),
        ConsultEvent::Failed { conversation, .. } => with(floor, *conversation, |c| failed(c, event, at)),
        ConsultEvent::Refused { conversation, whom, .. } => with(floor, *conversation, |c| {
            c.consulted = c.consulted.saturating_add(1);
            c.advised = Some(Advised { whom: whom.clone(), advice: None, panel: None });
        }),
        ConsultEvent::Settled { conversation, .. } => with(floor, *conversation, |c| settled(c, event, at)),
    }
}

fn asked(c: &mut Conversation, event: &ConsultEvent, at: Timestamp) {
    let ConsultEvent::Asked { consult, by, whom, epoch, composition, question, until, panel, judges, .. } = event
    else {
        return;
    };
    let entry = Consult {
        by: by.clone(),
        whom: whom.clone(),
        epoch: *epoch,
        composition: *composition,
        question: question.clone(),
        until: *until,
        panel: *panel,
        judges: *judges,
    };
    c.consults.insert(*consult, entry);
    if *judges {
        if let Some(open) = this(c, *panel) {
            open.judge = Some(whom.clone());
        }
        return;
    }
    c.asked_of.add(by, whom);
    if panel.is_some() {
        return;
    }
    c.consulted = c.consulted.saturating_add(1);
    if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == *composition) {
        composing.waits_for = WaitsFor::Consult(*consult);
        composing.at = at;
    }
}

fn convened(c: &mut Conversation, event: &ConsultEvent, at: Timestamp) {
    let ConsultEvent::Convened { panel, by, epoch, composition, question, positions, about, members, left_out, .. } =
        event
    else {
        return;
    };
    c.panel = Some(Box::new(Panel {
        id: *panel,
        by: by.clone(),
        epoch: *epoch,
        composition: *composition,
        question: question.clone(),
        positions: positions.clone(),
        about: about.clone(),
        members: members.clone(),
        left_out: left_out.clone(),
        opinions: Vec::new(),
        judge: None,
        judged: None,
        settled: None,
    }));
    c.consulted = c.consulted.saturating_add(1);
    if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == *composition) {
        composing.waits_for = WaitsFor::Panel(*panel);
        composing.at = at;
    }
}

fn answered(c: &mut Conversation, event: &ConsultEvent, at: Timestamp) {
    let ConsultEvent::Answered { consult, advice, stale, stand, .. } = event else { return };
    let Some(asked) = c.consults.remove(consult).filter(|_| !stale) else { return };
    let Some(panel) = asked.panel else {
        return go_on(c, WaitsFor::Consult(*consult), said(asked, Some(advice.clone())), at);
    };
    let opinion = Opinion { agent: asked.whom, stand: stand.clone().unwrap_or_default(), advice: advice.clone() };
    if let Some(open) = this(c, Some(panel)) {
        if asked.judges {
            open.judged = Some(opinion);
        } else {
            open.opinions.push(opinion);
        }
    }
}

fn failed(c: &mut Conversation, event: &ConsultEvent, at: Timestamp) {
    let ConsultEvent::Failed { consult, why, stale, .. } = event else { return };
    let Some(asked) = c.consults.remove(consult).filter(|_| !stale) else { return };
    if asked.panel.is_none() {
        return go_on(c, WaitsFor::Consult(*consult), said(asked, None), at);
    }
    if let Some(open) = this(c, asked.panel) {
        open.leave_out(asked.whom, *why);
    }
}

fn settled(c: &mut Conversation, event: &ConsultEvent, at: Timestamp) {
    let ConsultEvent::Settled { panel, decision, reason, .. } = event else { return };
    let Some(mut over) = c.panel.take_if(|open| open.id == *panel) else { return };
    let waits = WaitsFor::Panel(over.id);
    over.settled = Some((decision.clone(), reason.clone()));
    let whom = decision.won.clone().unwrap_or_else(|| over.by.clone());
    go_on(c, waits, Advised { whom, advice: None, panel: Some(over) }, at);
}

/// The panel of that number, if it is open.
fn this(c: &mut Conversation, panel: Option<ConsultId>) -> Option<&mut Panel> {
    c.panel.as_deref_mut().filter(|open| Some(open.id) == panel)
}

fn said(asked: Consult, advice: Option<Personal<Advice>>) -> Advised {
    Advised { whom: asked.whom, advice, panel: None }
}

/// Whoever asked has the next move again.
fn go_on(c: &mut Conversation, waited: WaitsFor, advised: Advised, at: Timestamp) {
    let asked = c.seq;
    if let Some(composing) = c.composing.as_mut().filter(|one| one.waits_for == waited) {
        composing.waits_for = WaitsFor::Agent;
        composing.at = at;
        composing.asked = asked;
        c.advised = Some(advised);
    }
}
