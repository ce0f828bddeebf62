//! Customers whom nobody answers for a while.

use super::{ERASED, Floor};
use crate::domain::text::{Clean, Foreign};
use crate::protocol::query::BlockRow;

/// All of them; whose time is over first comes first.
pub fn blocked(floor: &Floor) -> Vec<BlockRow> {
    let found = floor.customers.iter().filter_map(|(customer, known)| Some((customer, known.blocked.as_ref()?)));
    let mut rows: Vec<BlockRow> = found
        .map(|(customer, block)| BlockRow {
            customer: *customer,
            by: block.by.clone(),
            since: block.since,
            until: block.until,
            reason: block.reason.reveal().map_or_else(|| Clean::fixed(ERASED), Foreign::one_line),
            handle: block.told_in.and_then(|id| {
                let live = floor.conversation(id).map(|c| c.handle);
                live.or_else(|| floor.stubs.get(&id).map(|stub| stub.handle))
            }),
        })
        .collect();
    rows.sort_by_key(|row| (row.until, row.customer));
    rows
}
