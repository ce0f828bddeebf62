//! Calls and results on one line.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::domain::action::Next;
use crate::domain::consult::Advice;
use crate::domain::id::{SlotName, ToolName};
use crate::domain::money::Money;
use crate::domain::personal::Personal;
use crate::domain::text::{Clean, Foreign};
use crate::domain::tool::{ToolCall, ToolOutcome, ToolRefusal};

use super::ERASED;

/// Cells of such a line: a wide screen's transcript; the rest is in the journal.
const LINE_CELLS: usize = 160;

/// What a call asks for: `order=1182 amount=49.90 EUR`.
pub(super) fn ask(call: &Personal<ToolCall>) -> Clean {
    call.reveal().map_or_else(|| Clean::fixed(ERASED), |call| pairs(&call.args))
}

/// What a call is about: `refunds.create 49.90 EUR`.
pub(super) fn call_about(tool: &ToolName, amount: Option<Money>) -> Clean {
    amount.map_or_else(|| Clean::from(tool), |amount| Clean::shown(&format_args!("{tool} {amount}")))
}

/// What is to follow an agent's words: `calls refunds.create amount=49.90 EUR`.
pub(super) fn follows(next: &Personal<Next>) -> Option<Clean> {
    match next.reveal() {
        None | Some(Next::Wait) => None,
        Some(Next::Call(call)) => Some(Clean::shown(&format_args!("calls {} {}", call.tool, pairs(&call.args)))),
        Some(Next::Consult { whom, .. }) => Some(Clean::shown(&format_args!("asks {whom}"))),
        Some(Next::Confer(board)) => Some(Clean::shown(&format_args!("asks {}", board.named()))),
        Some(Next::HandOff { to: Some(to), .. }) => Some(Clean::shown(&format_args!("hands off to {to}"))),
        Some(Next::HandOff { to: None, .. }) => Some(Clean::fixed("hands off to whoever fits")),
        Some(Next::Escalate { .. }) => Some(Clean::fixed("calls for a human")),
        Some(Next::Resolve { .. }) => Some(Clean::fixed("ends the conversation")),
    }
}

/// The same, when a person allows only so much.
pub(super) fn less(about: &Clean, amount: Money) -> Clean {
    Clean::shown(&format_args!("{about}, {amount} of it allowed by one person"))
}

/// What came of a call.
pub(super) fn outcome(outcome: &Personal<ToolOutcome>) -> Clean {
    match outcome.reveal() {
        None => Clean::fixed(ERASED),
        Some(ToolOutcome::Done(values)) => pairs(values),
        Some(ToolOutcome::Declined(why)) => why.one_line().truncated(LINE_CELLS),
        Some(ToolOutcome::Failed) => Clean::fixed("failed after all attempts"),
        Some(ToolOutcome::Unknown) => Clean::fixed("nobody knows whether it happened; check before anything else"),
        Some(ToolOutcome::Refused(refusal)) => Clean::fixed(refused(*refusal)),
    }
}

/// Why a call was not allowed.
pub(super) const fn refused(refusal: ToolRefusal) -> &'static str {
    match refusal {
        ToolRefusal::NotAllowed => "not this agent's tool",
        ToolRefusal::IdentityNeeded => "the customer has not proven who they are",
        ToolRefusal::BadArguments => "an argument is missing or unreadable",
        ToolRefusal::Rejected => "a person said no",
        ToolRefusal::Expired => "nobody decided in time",
        ToolRefusal::OverLimit => "more than a person may allow",
        ToolRefusal::Held => "held; nothing of it is called until it is released",
        ToolRefusal::OverCap => "more than may be paid in one day",
        ToolRefusal::TooOften => "asked for too often",
    }
}

fn pairs(values: &BTreeMap<SlotName, Foreign>) -> Clean {
    let mut text = String::new();
    for (slot, value) in values {
        let gap = if text.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{gap}{slot}={}", value.one_line());
    }
    Clean::shown(&text).truncated(LINE_CELLS)
}

/// What another specialist knows, on one line, with where that stands.
pub(super) fn advice(advice: &Advice) -> Clean {
    Clean::shown(&format_args!("{} ({})", advice.text.one_line(), advice.title.one_line()))
}
