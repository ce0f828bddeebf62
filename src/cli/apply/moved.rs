//! Past conversations once more, with their first words, under both editions.

use serde::Serialize;

use crate::cli::editions::Opening;
use crate::cli::failure::Failure;
use crate::config::Bundle;
use crate::domain::baton::Holder;
use crate::domain::text::{Clean, Foreign};
use crate::privacy::redact::redacted;
use crate::simulation::scratch::{Scratch, ScratchError, Stage, Visitor};

/// Cells of the words that are shown.
const WORDS_CELLS: usize = 60;

/// A conversation that would go to somebody else.
#[derive(Serialize)]
pub(super) struct Moved {
    pub(super) conversation: String,
    pub(super) before: String,
    pub(super) after: String,
    /// Its first words, redacted.
    pub(super) words: Clean,
}

/// How many could be routed once more, and those that go elsewhere. Nothing was learnt yet on either side.
pub(super) fn moved(before: &Bundle, after: &Bundle, openings: &[Opening]) -> Result<(usize, Vec<Moved>), Failure> {
    let stage = |bundle: &Bundle| Stage::of(bundle, false).map_err(Failure::failed);
    let (old, new) = (stage(before)?, stage(after)?);
    let (mut looked_at, mut moved) = (0, Vec::new());
    for (number, opening) in openings.iter().enumerate() {
        let Some(words) = &opening.words else { continue };
        let visitor = Visitor {
            tier: Some(opening.tier),
            // The same draws on both sides.
            number: (number as u128 + 1).to_be_bytes(),
            ..Visitor::default()
        };
        let holder = |stage: &Stage| holder(stage, &visitor, words).map_err(Failure::failed);
        let (before, after) = (holder(&old)?, holder(&new)?);
        looked_at += 1;
        if before != after {
            let words = Foreign::from(redacted(words.raw())).one_line().truncated(WORDS_CELLS);
            moved.push(Moved { conversation: opening.handle.to_string(), before, after, words });
        }
    }
    Ok((looked_at, moved))
}

/// Who holds after the first words.
fn holder(stage: &Stage, visitor: &Visitor, words: &Foreign) -> Result<String, ScratchError> {
    let mut scratch: Scratch<'_> = stage.open(visitor, None)?;
    scratch.say(words.raw())?;
    Ok(scratch.conversation().map_or_else(
        || "nobody".to_owned(),
        |c| match &c.baton.holder {
            Holder::Nobody => "nobody".to_owned(),
            Holder::Agent(name) => name.to_string(),
            Holder::Operator(name) => format!("{name} (a person)"),
            Holder::Queue(name) => format!("the line {name}"),
        },
    ))
}
