//! Who will need somebody soon: what is live and nobody was called for, and what was resolved and is likely to come
//! back, by what is to be expected of it.

use std::cmp::Reverse;

use crate::domain::baton::Holder;
use crate::domain::score::Score;
use crate::domain::time::{Millis, Timestamp};
use crate::orchestrator::conversation::Conversation;
use crate::orchestrator::learning::Ended;
use crate::orchestrator::{Floor, outlook, returns};
use crate::protocol::learning::{LIKELY_ROWS, LikelyRow};

use super::{name_of, need};

/// A chance below this is nothing to look at.
const WORTH: Score = Score::from_percent(20);
/// A clock that is due within it is worth a look.
const SOON: Millis = Millis::from_mins(5);
/// Rows of what was resolved: it waits, and must not push out what is live.
const RESOLVED_ROWS: usize = 15;

/// What is live first, the likeliest to need a human before what is due; then what was resolved, the likeliest to
/// come back first.
pub fn likely(floor: &Floor, at: Timestamp) -> Vec<LikelyRow> {
    let live = floor.conversations.values().filter(|c| !c.asleep() && c.escalation.is_none());
    let mut rows: Vec<LikelyRow> = live.filter_map(|c| row(floor, c, at)).collect();
    rows.sort_by_key(|row| (Reverse(row.escalates), row.due, Reverse(row.returns), row.handle));
    let mut resolved: Vec<LikelyRow> =
        floor.learning.ended.iter().filter_map(|ended| resolved(floor, ended, at)).collect();
    resolved.sort_by_key(|row| (Reverse(row.returns), Reverse(row.reopens_until), row.handle));
    resolved.truncate(RESOLVED_ROWS);
    rows.truncate(LIKELY_ROWS - resolved.len());
    rows.extend(resolved);
    rows
}

fn row(floor: &Floor, c: &Conversation, at: Timestamp) -> Option<LikelyRow> {
    let expected = outlook(floor, c);
    let (escalates, terms) = expected.escalates.unzip();
    let due = need::due(c);
    let late = due.is_some_and(|due| due <= at + SOON);
    let returns = expected.returns.map(|(chance, _)| chance);
    let worth = [escalates, returns].into_iter().flatten().any(|chance| chance >= WORTH);
    (worth || late || expected.opportunity.is_some()).then(|| LikelyRow {
        conversation: c.id,
        handle: c.handle,
        name: name_of(c.name.as_ref(), &c.handle),
        holder: c.baton.holder.clone(),
        escalates,
        mostly: terms.and_then(|terms| terms.first().map(|term| term.signal)),
        due,
        returns,
        reopens_until: None,
        opportunity: expected.opportunity,
    })
}

/// A conversation that was resolved and can be re-opened still, about a matter that customers come back about.
fn resolved(floor: &Floor, ended: &Ended, at: Timestamp) -> Option<LikelyRow> {
    let conversation = ended.conversation;
    let stub = floor.stubs.get(&conversation).filter(|stub| stub.until > at)?;
    let (chance, _) = returns(floor, ended.choice.intent.as_ref()?).filter(|(chance, _)| *chance >= WORTH)?;
    Some(LikelyRow {
        conversation,
        handle: stub.handle,
        name: name_of(stub.name.as_ref(), &stub.handle),
        holder: Holder::Nobody,
        escalates: None,
        mostly: None,
        due: None,
        returns: Some(chance),
        reopens_until: Some(stub.until),
        opportunity: None,
    })
}
