//! Who will need somebody soon: what is live and nobody was called for, by what is to be expected of it.

use std::cmp::Reverse;

use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::{Floor, outlook};
use crate::protocol::learning::{LIKELY_ROWS, LikelyRow};

use super::{name_of, need};

/// A chance below this is nothing to look at.
const WORTH: Score = Score::from_percent(20);
/// A clock that is due within it is worth a look.
const SOON: Millis = Millis::from_mins(5);

/// The likeliest first, then what is due first.
pub fn likely(floor: &Floor, at: Timestamp) -> Vec<LikelyRow> {
    let live = floor.conversations.values().filter(|c| !c.asleep() && c.escalation.is_none());
    let mut rows: Vec<LikelyRow> = live.filter_map(|c| row(floor, c, at)).collect();
    rows.sort_by_key(|row| (Reverse(row.escalates), row.due, row.handle));
    rows.truncate(LIKELY_ROWS);
    rows
}

fn row(floor: &Floor, c: &Conversation, at: Timestamp) -> Option<LikelyRow> {
    let expected = outlook(floor, c);
    let (escalates, terms) = expected.escalates.unzip();
    let due = need::due(c);
    let late = due.is_some_and(|due| due <= at + SOON);
    let worth = escalates.is_some_and(|chance| chance >= WORTH);
    (worth || late || expected.opportunity.is_some()).then(|| LikelyRow {
        conversation: c.id,
        handle: c.handle,
        name: name_of(c.name.as_ref(), &c.handle),
        holder: c.baton.holder.clone(),
        escalates,
        mostly: terms.and_then(|terms| terms.first().map(|term| term.signal)),
        due,
        returns: expected.returns.map(|(chance, _)| chance),
        opportunity: expected.opportunity,
    })
}
