//! Folds the supervision ladder.

use crate::domain::event::{StandingEvent, SupervisionEvent};
use crate::domain::id::OperatorName;
use crate::domain::supervision::DraftEnd;
use crate::domain::time::Timestamp;
use crate::domain::undo::Undoable;
use crate::orchestrator::conversation::{Barge, Before, Conversation, Gate, HeldDraft, VERDICTS_KEPT, WaitsFor};
use crate::orchestrator::floor::Floor;
use crate::orchestrator::standing::{Hold, StandingGate};

use super::{desk, with};

pub(super) fn fold(floor: &mut Floor, event: &SupervisionEvent, at: Timestamp) {
    match event {
        SupervisionEvent::GateSet { conversation, by, fuse, undo_until } => with(floor, *conversation, |c| {
            let gate = fuse.map(|fuse| Gate { by: by.clone(), fuse });
            let before = Before::Gate(std::mem::replace(&mut c.gate, gate));
            if let Some(until) = undo_until {
                desk::remember(c, by, Undoable::Gate, *until, before);
            }
        }),
        SupervisionEvent::Barged { conversation, operator, quiet_until }
        | SupervisionEvent::BargeWriting { conversation, operator, quiet_until } => {
            with(floor, *conversation, |c| beside(c, operator, *quiet_until));
        }
        SupervisionEvent::BargeEnded { conversation, .. } => with(floor, *conversation, |c| c.barge = None),
        SupervisionEvent::DraftHeld { conversation, draft, .. } => {
            floor.last.draft = floor.last.draft.max(*draft);
            with(floor, *conversation, |c| held(c, event, at));
        }
        SupervisionEvent::FuseEnded { conversation, .. } => with(floor, *conversation, |c| {
            if let Some(draft) = &mut c.draft {
                draft.fuse = None;
            }
        }),
        SupervisionEvent::DraftSettled { conversation, draft, agent, end, by, again, .. } => {
            if let Some(state) = floor.agents.get_mut(agent) {
                state.drafts.count(*end);
            }
            with(floor, *conversation, |c| {
                c.judged_drafts.push_back((*draft, *end, by.clone()));
                if c.judged_drafts.len() > VERDICTS_KEPT {
                    c.judged_drafts.pop_front();
                }
                settled(c, *end, *again, at);
            });
        }
    }
}

/// Somebody writes beside the holder: what an agent has begun is set aside, unless it has acted outside or
/// waits for a tool or a person.
pub(super) fn beside(c: &mut Conversation, operator: &OperatorName, quiet_until: Timestamp) {
    c.barge = Some(Barge { operator: operator.clone(), quiet_until });
    if c.composing.as_ref().is_some_and(|composing| composing.waits_for == WaitsFor::Agent && !composing.committed) {
        c.composing = None;
    }
}

fn held(c: &mut Conversation, event: &SupervisionEvent, at: Timestamp) {
    let SupervisionEvent::DraftHeld { draft, composition, agent, epoch, held, fuse, .. } = event else { return };
    c.draft = Some(HeldDraft {
        id: *draft,
        agent: agent.clone(),
        epoch: *epoch,
        composition: *composition,
        held: held.clone(),
        since: at,
        fuse: *fuse,
    });
    if let Some(composing) = c.composing.as_mut().filter(|composing| composing.id == *composition) {
        composing.waits_for = WaitsFor::Draft(*draft);
    }
}

fn settled(c: &mut Conversation, end: DraftEnd, again: bool, at: Timestamp) {
    c.draft = None;
    match end {
        DraftEnd::Sent | DraftEnd::Edited | DraftEnd::Fused => {
            if let Some(composing) = &mut c.composing {
                composing.waits_for = WaitsFor::Agent;
                composing.at = at;
            }
        }
        DraftEnd::Dropped => {
            let upto = c.composing.take().map_or(c.last_said, |composing| composing.upto);
            if again {
                c.redrafted = upto;
            } else {
                c.dropped = upto;
            }
        }
    }
}

pub(super) fn fold_standing(floor: &mut Floor, event: &StandingEvent, at: Timestamp) {
    match event {
        StandingEvent::GateSet { target, by, fuse } => {
            let (target, by) = (target.clone(), by.clone());
            let gates = &mut floor.standing.gates;
            gates.retain(|gate| gate.target != target);
            gates.extend(fuse.map(|fuse| StandingGate { target, by, since: at, fuse }));
        }
        StandingEvent::HoldPlaced { target, by, then, reason } => {
            let hold = Hold { target: target.clone(), then: *then, by: by.clone(), since: at, reason: reason.clone() };
            floor.standing.holds.retain(|other| other.target != hold.target);
            floor.standing.holds.push(hold);
        }
        StandingEvent::HoldReleased { target, .. } => floor.standing.holds.retain(|hold| hold.target != *target),
        StandingEvent::LifeSet { agent, life, .. } => {
            floor.standing.lives.insert(agent.clone(), *life);
        }
        StandingEvent::CandidateSet { agent, share, .. } => {
            floor.standing.candidates.insert(agent.clone(), share.clone());
        }
    }
}
