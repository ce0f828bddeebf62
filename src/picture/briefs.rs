//! What shifts left to the next, with names and holders as they are now.

use crate::domain::brief::{Brief, BriefLine};
use crate::domain::id::BriefId;
use crate::orchestrator::Floor;
use crate::orchestrator::owed::Owed;
use crate::protocol::query::{BriefLineRow, BriefRow};

use super::name_of;

/// All that the floor remembers, newest first.
pub fn briefs(floor: &Floor) -> Vec<BriefRow> {
    floor.briefs.iter().rev().map(|(id, brief)| row(floor, *id, brief)).collect()
}

fn row(floor: &Floor, id: BriefId, brief: &Brief) -> BriefRow {
    BriefRow {
        id,
        by: brief.by.clone(),
        at: brief.at,
        since: brief.since,
        sums: brief.sums,
        lines: brief.lines.iter().map(|line| line_now(floor, line)).collect(),
        signed: brief.signed.clone(),
    }
}

fn line_now(floor: &Floor, line: &BriefLine) -> BriefLineRow {
    let now = floor.conversation(line.conversation);
    let stub = floor.stubs.get(&line.conversation);
    let named = now.map(|c| (&c.name, c.handle)).or(stub.map(|stub| (&stub.name, stub.handle)));
    let open = floor.owed_in(line.conversation).map(|(open, _)| open);
    let words = |owed: &Owed| super::owed::sentence(&owed.text);
    BriefLineRow {
        conversation: line.conversation,
        handle: line.handle,
        name: named.map(|(text, handle)| name_of(text.as_ref(), &handle)),
        holder: now.map(|c| c.baton.holder.clone()),
        reasons: line.reasons.clone(),
        owed: line.owed.iter().map(|(id, due)| (*id, *due, open.and_then(|open| open.get(id)).map(words))).collect(),
    }
}
