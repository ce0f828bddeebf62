//! The keyless agent: follows playbooks.
//!
//! [`step`] is a pure function: the same book, context, input and passages give the same move. It
//! reads nothing but its arguments, is bounded by [`MOVES_MAX`], and keeps nothing: where a flow
//! stands and what was learnt go out with the move and come back with the next context.
//!
//! What customers write is read for facts, for yes and no, and for what they want; it is never an
//! instruction. What supervisors whisper is one in exactly these forms, one a line:
//!
//! - `say: TEXT`: the text goes out with the next answer, before the agent's own words;
//! - `ask: TEXT`: the question goes out with the next answer, after the agent's own words;
//! - `handoff: AGENT`: the baton is passed to that agent;
//! - `escalate`: a colleague is asked for.
//!
//! A whisper in any other form does nothing, and the customer hears nothing of it.

mod ask_back;
mod choose;
mod consult;
mod facts;
mod files;
mod handover;
mod opine;
mod returned;
mod run;
mod turn;
mod whisper;
mod words;

use super::book::Playbooks;
use crate::domain::action::{AgentContext, AgentStep, StepInput};
use crate::domain::knowledge::Passage;
use crate::domain::score::Score;

pub use crate::domain::analysis::TENSE;
pub use consult::advise;
pub use handover::receipt;
pub use opine::opine;

pub(super) use opine::Opinion;

/// Steps taken in one move: a flow that needs more without a pause has gone astray.
pub const MOVES_MAX: u8 = 40;
/// Apologies made in one conversation by everybody together; more sound hollow.
pub const APOLOGIES_MAX: u8 = 2;
/// Confidence from which another intent interrupts a question that waits for an answer.
pub const SWITCH: Score = Score::from_percent(60);
/// The same where any words could be the answer.
pub const SWITCH_IN_WORDS: Score = Score::from_percent(85);
/// Out-of-scope score from which the matter is not one of this desk.
pub const OUT_OF_SCOPE: Score = Score::from_percent(60);
/// Score from which a passage answers a question that is known to be one the articles settle.
pub const ANSWER: Score = Score::from_percent(30);
/// Score from which a passage answers a question of which nothing is known.
pub const ANSWER_UNASKED: Score = Score::from_percent(42);
/// Answers in a row that did not help before a human is asked for, where no flow says otherwise.
pub const MISSES_MAX: u8 = 2;

/// What the agent of `context` does next. `passages` are the best of the house's articles for what
/// was said, best first.
pub fn step(book: &Playbooks, context: &AgentContext, input: &StepInput, passages: &[Passage]) -> AgentStep {
    let mut run = run::Run::new(book, context, passages);
    match input {
        StepInput::Turn => run.turn(),
        StepInput::HandedOver => run.handed_over(),
        StepInput::ToolReturned(call, outcome) => run.returned(call, outcome),
        StepInput::Advised(_, advice) => run.advised(advice.as_ref()),
        StepInput::Conferred(conferred) => run.conferred(conferred),
    }
    run.go();
    if !matches!(input, StepInput::Turn | StepInput::HandedOver) {
        // Nothing was looked up for this move.
        run.unanswered = None;
    }
    run.obey_whispers();
    run.finish()
}

#[cfg(test)]
pub(super) mod tests;
