//! What would happen if: the judge asked without anything being done.

use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;

use super::decide::decide;
use super::floor::Floor;

/// What would happen if `command` were carried out now: the same judgement that an act meets, of
/// which nothing is kept. The floor is neither changed nor copied, so asking is as cheap as judging.
///
/// A clock that lags behind the newest entry is no reason for another answer: time never runs back.
///
/// # Errors
///
/// The [`Refusal`] that the act would meet.
pub fn dry_run(floor: &Floor, command: &Command, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    decide(floor, command, at.max(floor.at))
}
