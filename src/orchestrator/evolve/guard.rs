//! Folds what guardrails found.

use crate::domain::circle::{Habit, TOLD_MAX, Told};
use crate::domain::event::GuardEvent;
use crate::domain::guard::{Finding, GuardAction};
use crate::domain::id::AgentName;
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::floor::Floor;

use super::with;

pub(super) fn fold(floor: &mut Floor, event: &GuardEvent) {
    match event {
        GuardEvent::Read { conversation, turn, findings, then, .. } => {
            let holder = floor.conversation(*conversation).and_then(|c| c.baton.holder.agent().cloned());
            if let Some(agent) = holder {
                count(floor, &agent, findings);
            }
            with(floor, *conversation, |c| {
                let turn = turn.unwrap_or(c.last_said);
                match then {
                    GuardAction::Note | GuardAction::Again => {}
                    GuardAction::Approval => c.guard.caution = turn,
                    GuardAction::Human => c.guard.alarmed = turn,
                }
            });
        }
        // A record for people: what passes stands in the handoff.
        GuardEvent::Crossed { .. } => {}
        GuardEvent::Tainted { conversation, by } => with(floor, *conversation, |c| c.guard.taint = Some(by.clone())),
        GuardEvent::Caught { conversation, composition, agent, findings, then } => {
            count(floor, agent, findings);
            with(floor, *conversation, |c| {
                let this = c.composing.as_mut().filter(|composing| composing.id == *composition);
                let Some(composing) = this.filter(|_| *then == GuardAction::Again) else { return };
                composing.moves = composing.moves.saturating_add(1);
                c.guard.again = composing.upto;
                for finding in findings {
                    tell(c, agent, *finding);
                }
            });
        }
    }
}

fn count(floor: &mut Floor, agent: &AgentName, findings: &[Finding]) {
    let Some(state) = floor.agents.get_mut(agent) else { return };
    for finding in findings {
        *state.caught.entry(finding.kind()).or_default() += 1;
    }
}

/// Its author knows it from now on.
fn tell(c: &mut Conversation, agent: &AgentName, finding: Finding) {
    let told = Told { agent: agent.clone(), habit: Habit::Guarded(finding.reason) };
    if c.told.contains(&told) {
        return;
    }
    c.told.push(told);
    if c.told.len() > TOLD_MAX {
        c.told.remove(0);
    }
}
