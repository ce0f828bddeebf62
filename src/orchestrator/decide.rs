//! The judge: every rule of the floor lives here, and nothing here changes anything.

mod agent;
pub mod allow;
mod approve;
mod attend;
mod barge;
mod block;
mod brief;
mod candidate;
mod case;
mod circle;
mod claim;
mod clock;
mod conflict;
mod consult;
mod customer;
mod desk;
mod draft;
mod edit;
mod edition;
mod end;
mod escalate;
mod file;
mod floor;
mod guard;
mod handoff;
mod hold;
mod incident;
mod left;
mod lesson;
mod line;
mod matching;
mod model;
mod operate;
mod panel;
mod pass;
mod people;
mod promise;
mod reroute;
mod route;
mod snooze;
mod tick;
mod tool;
mod translate;
mod undo;
mod wait;
pub(super) mod watch;
mod wrap_up;

use crate::domain::command::{Act, Command, EffectResult};
use crate::domain::envelope::Actor;
use crate::domain::event::Event;
use crate::domain::guard::Finding;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;

use super::floor::Floor;
use super::keys::Done;

pub(super) use escalate::read as likely;

/// What happens if `command` is carried out at `at`; an empty answer means that nothing has to.
///
/// # Errors
///
/// A [`Refusal`] says why not; nothing has happened then.
pub fn decide(state: &Floor, command: &Command, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    decide_guarded(state, command, &[], at)
}

/// The same, with what guardrails found in the text that the command brings.
///
/// # Errors
///
/// As [`decide`].
pub fn decide_guarded(
    state: &Floor,
    command: &Command,
    findings: &[Finding],
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let events = judge(state, command, findings, at)?;
    Ok(panel::over(state, lesson::with(state, command, events, at)))
}

fn judge(state: &Floor, command: &Command, findings: &[Finding], at: Timestamp) -> Result<Vec<Event>, Refusal> {
    match &command.act {
        Act::Customer(act) => customer::decide(state, command, act, at).map(|said| guard::heard(state, said, findings)),
        Act::Operator(act) => {
            let Actor::Operator(operator) = &command.actor else { return Err(Refusal::NotYours) };
            operate::decide(state, operator, command.seen.as_ref(), act, at)
        }
        Act::Effect(result) => decide_effect(state, &command.actor, (result, findings), at),
        Act::Floor(act) => floor::decide(state, act, at),
    }
}

fn decide_effect(
    state: &Floor,
    actor: &Actor,
    (result, findings): (&EffectResult, &[Finding]),
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    match result {
        EffectResult::Attend { conversation } => attend::decide(state, *conversation, at),
        EffectResult::BargerWrites { conversation, operator } => barge::writes(state, *conversation, operator, at),
        EffectResult::Stop { conversation } => hold::reach(state, *conversation, at),
        EffectResult::Gather { conversation } => incident::gather(state, *conversation, at),
        EffectResult::Notice { conversation, occasion } => watch::noticed(state, *conversation, *occasion, at),
        EffectResult::Match => Ok(matching::next_offer(state, at)),
        EffectResult::AgentActed { conversation, composition, epoch, step, judged } => {
            let by = if let Actor::Agent(agent) = actor { Some(agent) } else { None };
            let findings = guard::with_verdict(findings, judged);
            agent::acted(state, *conversation, (*composition, *epoch), by, (step, &findings), at)
        }
        EffectResult::AgentFailed { conversation, composition, epoch, failure } => {
            agent::failed(state, *conversation, *composition, *epoch, *failure, at)
        }
        EffectResult::ModelCalled { conversation, composition, call, side } => {
            let by = if let Actor::Agent(agent) = actor { Some(agent) } else { None };
            model::called(state, *conversation, *composition, (by, *side), call, at)
        }
        EffectResult::CandidateMoved { conversation, composition, step, cost, took } => {
            let by = if let Actor::Agent(agent) = actor { Some(agent) } else { None };
            candidate::moved(state, *conversation, (*composition, by), step.as_deref(), (*cost, *took))
        }
        EffectResult::HandoffAccepted { conversation, handoff, receipt } => {
            let accepted = handoff::accepted(state, *conversation, *handoff, receipt, at)?;
            Ok(guard::between(state, *conversation, accepted, findings))
        }
        EffectResult::Advised { conversation, consult, advice, cost } => {
            let said = consult::answered(state, *conversation, *consult, (advice.as_ref(), *cost), at)?;
            Ok(guard::between(state, *conversation, said, findings))
        }
        EffectResult::Weigh { conversation, panel } => panel::weigh(state, *conversation, *panel, at),
        EffectResult::Translated { conversation, piece, text, call } => {
            let text = text.as_ref().map_err(|why| *why);
            let came = translate::came(state, *conversation, *piece, (text, call.as_deref()), at)?;
            Ok(guard::translated(state, *conversation, came, findings))
        }
        EffectResult::HandoffDeclined { conversation, handoff, reason } => {
            handoff::declined(state, *conversation, *handoff, *reason, at)
        }
        EffectResult::ToolReconciled { conversation, call, asked, outcome } => {
            let back = tool::reconciled(state, *conversation, (*call, *asked), outcome, at)?;
            Ok(guard::brought(state, (*conversation, *call), back, findings))
        }
        EffectResult::FileScanned { conversation, file, scan } => file::scanned(state, *conversation, *file, *scan),
        EffectResult::FileAsked { conversation, file, scan, open } => {
            let by = if let Actor::Operator(operator) = actor { Some(operator) } else { None };
            file::asked(state, by, (*conversation, *file), (*scan, *open))
        }
        EffectResult::ToolStarted { conversation, call } => tool::started(state, *conversation, *call),
        EffectResult::ToolReturned { conversation, call, outcome } => {
            let back = tool::returned(state, *conversation, *call, outcome, at)?;
            Ok(guard::brought(state, (*conversation, *call), back, findings))
        }
    }
}

/// What a keyed command led to before, if it was carried out before.
///
/// # Errors
///
/// `KeyReused` and `KeyTooOld`: the command must not be carried out.
pub fn repeat(state: &Floor, command: &Command) -> Result<Option<Done>, Refusal> {
    let Some(key) = &command.key else { return Ok(None) };
    match &command.actor {
        Actor::Operator(name) => state.operators.get(name).map_or(Ok(None), |operator| operator.keys.look_up(key)),
        Actor::Customer(_) => {
            let Some(id) = customer::conversation_of(&command.act) else { return Ok(None) };
            let live = state.conversation(id).map(|c| &c.keys);
            let keys = live.or_else(|| state.stubs.get(&id).map(|stub| &stub.keys));
            keys.map_or(Ok(None), |keys| keys.look_up(key))
        }
        Actor::Agent(_) | Actor::Floor => Ok(None),
    }
}
