//! Puts what changed into words for each operator, and sends it to their consoles.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::domain::id::{ConversationId, OperatorName};
use crate::domain::operator::Role;
use crate::domain::time::Timestamp;
use crate::orchestrator::Floor;
use crate::picture::{self, Lens, Room, Touched};
use crate::protocol::console::{Change, ConsoleReply};
use crate::protocol::row::{HeaderRow, Need, Section};

use super::attach::ROWS_A_FRAME;
use super::{Consoles, LOOK_EVERY};
use crate::runtime::fanout::console::Console;
use crate::runtime::fanout::focus::pieces;

/// What one operator was shown, as far as time alone can change it.
pub(super) struct Eye {
    role: Role,
    /// Needs shown, and whether they stand under this operator's.
    needs: BTreeMap<ConversationId, (Need, bool)>,
    header: HeaderRow,
}

impl Eye {
    /// What an operator is shown by a whole picture.
    pub(super) fn open(floor: &Floor, lens: &Lens<'_>) -> Self {
        let mut eye = Self { role: lens.role, needs: BTreeMap::new(), header: HeaderRow::default() };
        eye.needs.extend(picture::needs(floor, lens).map(|(id, need, theirs)| (id, (need, theirs))));
        eye.header = picture::header(floor, lens.at, eye.count());
        eye
    }

    fn count(&self) -> u32 {
        self.needs.values().filter(|(_, theirs)| *theirs).count() as u32
    }

    /// Rows that time alone has changed, among those where it can.
    fn aged(&self, floor: &Floor, late: &BTreeSet<ConversationId>, lens: &Lens<'_>) -> Vec<ConversationId> {
        let candidates: BTreeSet<&ConversationId> = self.needs.keys().chain(&floor.queued).chain(late).collect();
        let differs = |id: &&&ConversationId| {
            let now = picture::need_in(floor, ***id, lens);
            now.as_ref() != self.needs.get(**id).map(|(need, _)| need)
        };
        candidates.iter().filter(differs).map(|id| **id).collect()
    }

    fn note(&mut self, change: &Change) {
        match change {
            Change::Row(row) => match &row.need {
                Some(need) => {
                    self.needs.insert(row.id, (need.clone(), row.section == Section::NeedsYou));
                }
                None => {
                    self.needs.remove(&row.id);
                }
            },
            Change::Gone(id) => {
                self.needs.remove(id);
            }
            Change::Agent(_)
            | Change::AgentGone(_)
            | Change::Operator(_)
            | Change::Queue(_)
            | Change::Status(_)
            | Change::Incidents(_)
            | Change::Header(_)
            | Change::Acts(_)
            | Change::Detail(_)
            | Change::Items(..) => {}
        }
    }
}

/// What all operators' frames of one tick have in common.
struct Tick<'a> {
    floor: &'a Floor,
    at: Timestamp,
    room: &'a Room,
    dirty: &'a Touched,
    roster: &'a [Change],
    /// Without the count of needs, which is each operator's own.
    header: Option<HeaderRow>,
    /// What is past its due time; only when it is time to look.
    late: Option<BTreeSet<ConversationId>>,
}

impl Consoles {
    /// Sends every console what changed for it since the last tick.
    pub(super) fn flush(&mut self) {
        self.flushed = Instant::now();
        let looks = self.looked.elapsed() >= LOOK_EVERY;
        if self.attached.is_empty() {
            self.dirty = Touched::default();
            return;
        }
        if self.dirty.is_empty() && !looks {
            return;
        }
        let dirty = std::mem::take(&mut self.dirty);
        if dirty.everything {
            self.begin_anew("the deployment changed");
            return;
        }
        self.wanted();
        let at = self.wiring.clock.now();
        let replica = std::sync::Arc::clone(&self.wiring.replica);
        let floor = replica.read();
        // A planned end that passes changes a person's row although nothing happened.
        let mut roster = if dirty.roster || looks { self.changed_roster(&floor, at) } else { Vec::new() };
        if std::mem::take(&mut self.acts.1) {
            roster.push(self.last_acts());
        }
        let late = looks.then(|| picture::late(&floor, at));
        let header = (looks || dirty.header).then(|| picture::header(&floor, at, 0));
        let tick = Tick { floor: &floor, at, room: &self.room, dirty: &dirty, roster: &roster, header, late };
        let changes: BTreeMap<OperatorName, Vec<Change>> =
            self.eyes.iter_mut().map(|(operator, eye)| (operator.clone(), tick.changes(operator, eye))).collect();
        let details: Vec<_> = self.attached.values().map(|console| tick.detail(console)).collect();
        drop(floor);
        if looks {
            self.looked = self.flushed;
        }
        let fresh = self.focused.fresh();
        for (console, detail) in self.attached.values_mut().zip(details) {
            let mut parts = changes.get(&console.viewer.operator).cloned().unwrap_or_default();
            parts.extend(detail);
            while parts.len() > ROWS_A_FRAME {
                let rest = parts.split_off(ROWS_A_FRAME);
                // Only the last frame moves the console on: a resume in between repeats, and omits nothing.
                console.delta(console.upto, at, std::mem::replace(&mut parts, rest));
            }
            console.delta(self.seq, at, parts);
            let Some(focus) = console.focus else { continue };
            for piece in fresh.get(&focus).cloned().map(pieces).unwrap_or_default() {
                console.delta(self.seq, at, vec![Change::Items(focus, piece)]);
            }
        }
    }

    /// Rows of the roster that differ from those sent before.
    fn changed_roster(&mut self, floor: &Floor, at: Timestamp) -> Vec<Change> {
        let now = picture::roster(floor, at);
        let changed = now.iter().filter(|change| !self.roster.contains(change)).cloned().collect();
        self.roster = now;
        changed
    }

    /// Asks again for transcripts that the reader could not take.
    fn wanted(&mut self) {
        let focused: BTreeSet<ConversationId> = self.attached.values().filter_map(|console| console.focus).collect();
        for id in focused {
            self.want(id);
        }
    }

    /// Every console begins anew, since every row may be different.
    fn begin_anew(&mut self, reason: &str) {
        self.roster.clear();
        self.eyes.clear();
        let ids: Vec<_> = self.attached.keys().copied().collect();
        for id in ids {
            let Some(mut console) = self.attached.remove(&id) else { continue };
            console.send(ConsoleReply::Reset { reason: reason.to_owned() });
            self.welcome(&mut console);
            self.attached.insert(id, console);
            self.show_focus(id);
        }
    }
}

impl Tick<'_> {
    fn lens<'b>(&'b self, operator: &'b OperatorName, role: Role) -> Lens<'b> {
        Lens { operator, role, at: self.at, room: self.room }
    }

    /// Rows and header that are different for one operator.
    fn changes(&self, operator: &OperatorName, eye: &mut Eye) -> Vec<Change> {
        let lens = self.lens(operator, eye.role);
        let mut ids = self.dirty.conversations.clone();
        if let Some(late) = &self.late {
            ids.extend(eye.aged(self.floor, late, &lens));
        }
        let mut changes = self.roster.to_vec();
        for id in ids {
            let change = picture::conversation(self.floor, id, &lens);
            eye.note(&change);
            changes.push(change);
        }
        if let Some(header) = &self.header {
            let header = HeaderRow { needs: eye.count(), ..header.clone() };
            if header != eye.header {
                eye.header = header.clone();
                changes.push(Change::Header(Box::new(header)));
            }
        }
        changes
    }

    /// The side panel of what a console looks at, if it may be different.
    fn detail(&self, console: &Console) -> Option<Change> {
        let id = console.focus.filter(|id| self.dirty.conversations.contains(id))?;
        let lens = self.lens(&console.viewer.operator, console.viewer.role);
        picture::detail(self.floor, id, &lens).map(|detail| Change::Detail(Box::new(detail)))
    }
}
