//! Calls of language models in words.

use crate::domain::candidate::{Made, Side};
use crate::domain::id::AgentName;
use crate::domain::model::{BudgetOf, ModelCall, ModelEnd};
use crate::domain::personal::Personal;
use crate::domain::text::{Clean, Foreign};

/// Cells of a candidate's words in a transcript: a line or two.
const CANDIDATE_CELLS: usize = 160;

/// What became of a call, and what it cost.
pub(super) fn told(call: &ModelCall, spent: Option<BudgetOf>) -> String {
    let model = &call.model;
    let seconds = format!("{}.{} s", call.took.0 / 1_000, call.took.0 % 1_000 / 100);
    let mut text = match call.end {
        ModelEnd::Answered => format!("{model} answered after {seconds}"),
        ModelEnd::Failed(failure) if call.attempts == 0 => format!("{model} was not asked: it {}", failure.words()),
        ModelEnd::Failed(failure) => format!("{model} {} ({seconds}, attempt {})", failure.words(), call.attempts),
        ModelEnd::Cut => format!("{model} was cut after {seconds}: nobody waits for it any more"),
    };
    let tokens = u64::from(call.usage.input) + u64::from(call.usage.output);
    if tokens > 0 {
        let about = if call.usage.estimated { "about " } else { "" };
        text = format!("{text}; {about}{tokens} tokens");
    }
    if let Some(cost) = call.cost.filter(|cost| cost.micros > 0) {
        text = format!("{text}, {cost}");
    }
    match spent {
        Some(BudgetOf::Agent) => text.push_str("; its money for today is spent, so playbooks answer"),
        Some(BudgetOf::House) => text.push_str("; the house's money for today is spent, so playbooks answer"),
        None => {}
    }
    text
}

/// The line of a transcript; an answer as it should be is none, since it stands there itself.
pub(super) fn line(agent: &AgentName, call: &ModelCall, spent: Option<BudgetOf>) -> Option<Clean> {
    let expected = call.end == ModelEnd::Answered && spent.is_none();
    (!expected).then(|| Clean::shown(&format!("{agent}: {}", told(call, spent))))
}

/// What one self of an agent did, or would have done.
pub(super) fn moved(agent: &AgentName, side: Side, made: &Made) -> String {
    match side {
        Side::Own => format!("{agent} {}", made.did.words()),
        Side::Candidate => format!("{agent}'s candidate {} (nothing of it happens)", made.did.words()),
    }
}

/// The line of a transcript: what the candidate would have done; what the agent did stands there itself.
pub(super) fn candidate(agent: &AgentName, side: Side, made: &Made, text: Option<&Personal<Foreign>>) -> Option<Clean> {
    if side.is_own() {
        return None;
    }
    let words = text.and_then(Personal::reveal).map(|text| text.one_line().truncated(CANDIDATE_CELLS));
    let words = words.map(|words| format!(": \"{words}\"")).unwrap_or_default();
    let seconds = format!("{}.{} s", made.took.0 / 1_000, made.took.0 % 1_000 / 100);
    Some(Clean::shown(&format!("candidate of {agent}: {}, {seconds}{words}", made.did.words())))
}
