//! The words of corrected messages, as examples for the files of the agents that should have had them.

use std::collections::BTreeMap;

use crate::domain::event::{Event, TurnEvent};
use crate::domain::id::{AgentName, ConversationId, IntentName, TurnNo};
use crate::domain::text::{Clean, Foreign};
use crate::picture::Corrected;
use crate::privacy::redact::redacted;
use crate::protocol::learning::{EXAMPLES_OFFERED, ExamplesToAdd};
use crate::store::StoreError;

use super::Queries;

/// Cells of an example: longer is a story, and no example.
const EXAMPLE_CELLS: usize = 200;
/// Messages that are looked up at most, a part of the journal each.
const LOOKED_UP: usize = 100;

impl Queries {
    /// Their words as they can be read today, the newest first; who was forgotten is no example.
    pub(super) fn examples(&mut self, corrected: Vec<Corrected>) -> Result<Vec<ExamplesToAdd>, StoreError> {
        let mut texts: BTreeMap<(AgentName, Option<IntentName>), Vec<Clean>> = BTreeMap::new();
        for Corrected { agent, intent, conversation, turn } in corrected.into_iter().take(LOOKED_UP) {
            let known = texts.entry((agent, intent)).or_default();
            if known.len() < EXAMPLES_OFFERED
                && let Some(text) = self.words(conversation, turn)?
                && !known.contains(&text)
            {
                known.push(text);
            }
        }
        let rows = texts.into_iter().filter(|(_, texts)| !texts.is_empty());
        Ok(rows.map(|((agent, intent), texts)| ExamplesToAdd { agent, intent, texts }).collect())
    }

    fn words(&mut self, conversation: ConversationId, wanted: TurnNo) -> Result<Option<Clean>, StoreError> {
        let slice = self.slice(conversation)?;
        let text = slice.iter().find_map(|envelope| {
            let Event::Turn(TurnEvent::CustomerSpoke { turn, text, .. }) = &envelope.event else { return None };
            text.reveal().filter(|_| *turn == wanted)
        });
        Ok(text.map(|text| Foreign::from(redacted(text.raw())).one_line().truncated(EXAMPLE_CELLS)))
    }
}
