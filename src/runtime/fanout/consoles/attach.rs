//! Consoles come, look at something, fall behind, and go.

use tokio::sync::mpsc;

use crate::domain::command::FloorAct;
use crate::domain::envelope::Envelope;
use crate::domain::id::{ConversationId, OperatorName};
use crate::picture::{self, Lens};
use crate::protocol::console::{Change, ConsoleReply, Resume, You};
use crate::runtime::handle::{ConsoleId, Viewer};
use crate::runtime::queries::Job;

use super::render::Eye;
use super::{Console, Consoles};
use crate::runtime::fanout::focus::pieces;

/// Rows in one frame of a snapshot: each is at most some 1.5 KB, and a frame 256 KB.
pub(super) const ROWS_A_FRAME: usize = 150;
/// Frames of a snapshot at most: half of what waits for one console.
const FRAMES_MAX: usize = crate::protocol::limits::CONSOLE_QUEUE / 2;

impl Consoles {
    /// Attaches a console: what it missed if that is whole, or a snapshot.
    pub(super) fn attach(&mut self, viewer: Viewer, resume: Option<&Resume>, to: mpsc::Sender<ConsoleReply>) {
        self.take_up();
        let id = viewer.console;
        if viewer.present && self.present.insert(viewer.operator.clone()) {
            self.comings.push_back(FloorAct::Arrive(viewer.operator.clone()));
            self.announce();
        }
        let mut console = Console::new(viewer, to, self.seq);
        match resume.map(|resume| self.missed(&console.viewer, resume)) {
            Some(Ok((from, changes))) => {
                let at = self.wiring.clock.now();
                console.send(ConsoleReply::Resumed { from, to: self.seq, at, changes });
                self.eye(&console.viewer);
            }
            Some(Err(reason)) => {
                console.send(ConsoleReply::Reset { reason: reason.into() });
                self.welcome(&mut console);
            }
            None => self.welcome(&mut console),
        }
        self.attached.insert(id, console);
    }

    /// What a console missed, whole; or why that is not possible.
    fn missed(&self, viewer: &Viewer, resume: &Resume) -> Result<(crate::domain::id::Seq, Vec<Change>), &'static str> {
        if resume.run != self.wiring.run || resume.seq > self.seq {
            return Err("the orchestrator was started again");
        }
        let mut ids = self.ring.after(resume.seq).ok_or("too much has happened since")?;
        let at = self.wiring.clock.now();
        let floor = self.wiring.replica.read();
        let lens = Lens { operator: &viewer.operator, role: viewer.role, at, room: &self.room };
        // Time alone may have made a need since.
        ids.extend(picture::needs(&floor, &lens).map(|(id, ..)| id));
        if ids.len() > ROWS_A_FRAME {
            return Err("too much has happened since");
        }
        let rows: Vec<Change> = ids.iter().map(|id| picture::conversation(&floor, *id, &lens)).collect();
        let needs = picture::needs(&floor, &lens).filter(|(_, _, theirs)| *theirs).count();
        let mut changes = picture::roster(&floor, at);
        changes.push(Change::Header(Box::new(picture::header(&floor, at, needs as u32))));
        changes.push(self.last_acts());
        changes.extend(rows);
        Ok((resume.seq, changes))
    }

    /// The whole floor, in frames.
    pub(super) fn welcome(&mut self, console: &mut Console) {
        let viewer = console.viewer.clone();
        let at = self.wiring.clock.now();
        let (floor_name, mut changes) = {
            let floor = self.wiring.replica.read();
            let lens = Lens { operator: &viewer.operator, role: viewer.role, at, room: &self.room };
            let name = floor.deployment.as_ref().map(|deployment| deployment.name.clone());
            (name, picture::picture(&floor, &lens))
        };
        let Some(floor) = floor_name else { return };
        changes.push(self.last_acts());
        self.eye(&viewer);
        let you = You { operator: viewer.operator.clone(), role: viewer.role, read_only: viewer.read_only, floor };
        let (run, speed) = (self.wiring.run.clone(), self.wiring.clock.speed());
        let rows = ROWS_A_FRAME.max(changes.len().div_ceil(FRAMES_MAX));
        while changes.len() > rows {
            let rest = changes.split_off(rows);
            let (you, run, part) = (you.clone(), run.clone(), std::mem::replace(&mut changes, rest));
            let (seq, drafts, view) = (None, Vec::new(), None);
            console.send(ConsoleReply::Welcome { you, run, at, speed, changes: part, seq, drafts, view });
        }
        let (drafts, view) = self.wiring.kept.of(&viewer.operator);
        console.send(ConsoleReply::Welcome { you, run, at, speed, changes, seq: Some(self.seq), drafts, view });
        console.upto = self.seq;
    }

    /// What an operator was shown; made at their first console.
    fn eye(&mut self, viewer: &Viewer) {
        if !self.eyes.contains_key(&viewer.operator) {
            let at = self.wiring.clock.now();
            let floor = self.wiring.replica.read();
            let lens = Lens { operator: &viewer.operator, role: viewer.role, at, room: &self.room };
            let eye = Eye::open(&floor, &lens);
            drop(floor);
            self.eyes.insert(viewer.operator.clone(), eye);
        }
    }

    /// A console looks at something else.
    pub(super) fn focus(&mut self, id: ConsoleId, conversation: Option<ConversationId>) {
        let Some(console) = self.attached.get_mut(&id) else { return };
        let before = std::mem::replace(&mut console.focus, conversation);
        let viewer = console.viewer.clone();
        if let Some(before) = before.filter(|before| Some(*before) != conversation) {
            self.unwatch(&viewer.operator, before);
        }
        let Some(now) = conversation else { return };
        if viewer.present {
            let watchers = self.room.watchers.entry(now).or_default();
            if !watchers.contains(&viewer.operator) {
                watchers.push(viewer.operator.clone());
                self.dirty.conversations.insert(now);
            }
        }
        self.want(now);
        self.show_focus(id);
    }

    /// Makes sure that a transcript is read.
    pub(super) fn want(&mut self, id: ConversationId) {
        if self.focused.begin(id) && self.wiring.queries.try_send(Job::Transcript { conversation: id }).is_err() {
            // The reader is full: asked for again at the next tick.
            self.focused.end(id);
        }
    }

    /// A transcript was read.
    pub(super) fn loaded(&mut self, id: ConversationId, slice: &[Envelope]) {
        let replica = std::sync::Arc::clone(&self.wiring.replica);
        self.focused.load(id, slice, &replica.titles());
        let looking: Vec<ConsoleId> =
            self.attached.iter().filter(|(_, console)| console.focus == Some(id)).map(|(id, _)| *id).collect();
        for console in looking {
            self.show_focus(console);
        }
    }

    /// Sends a console the side panel and the lines of what it looks at, as far as they are there.
    pub(super) fn show_focus(&mut self, id: ConsoleId) {
        let Some(console) = self.attached.get_mut(&id) else { return };
        let Some(conversation) = console.focus else { return };
        let at = self.wiring.clock.now();
        let detail = {
            let floor = self.wiring.replica.read();
            let viewer = &console.viewer;
            let lens = Lens { operator: &viewer.operator, role: viewer.role, at, room: &self.room };
            picture::detail(&floor, conversation, &lens)
        };
        let detail: Vec<Change> = detail.map(|detail| Change::Detail(Box::new(detail))).into_iter().collect();
        console.delta(console.upto, at, detail);
        for piece in pieces(self.focused.all(conversation).unwrap_or_default()) {
            console.delta(console.upto, at, vec![Change::Items(conversation, piece)]);
        }
    }

    /// An operator looks away, unless another console of theirs still looks.
    fn unwatch(&mut self, operator: &OperatorName, id: ConversationId) {
        let looks = |console: &Console| console.focus == Some(id);
        if !self.attached.values().any(looks) {
            self.focused.end(id);
        }
        let still = self.attached.values().any(|c| looks(c) && c.viewer.operator == *operator && c.viewer.present);
        if still {
            return;
        }
        if let Some(watchers) = self.room.watchers.get_mut(&id) {
            watchers.retain(|watcher| watcher != operator);
            if watchers.is_empty() {
                self.room.watchers.remove(&id);
            }
            self.dirty.conversations.insert(id);
        }
    }

    /// Forgets consoles that went away; with an operator's last one they depart.
    pub(super) fn drop_gone(&mut self) {
        let gone: Vec<ConsoleId> =
            self.attached.iter().filter(|(_, console)| console.is_gone()).map(|(id, _)| *id).collect();
        for id in gone {
            let Some(console) = self.attached.remove(&id) else { continue };
            let operator = console.viewer.operator;
            if let Some(focus) = console.focus {
                self.unwatch(&operator, focus);
            }
            let mut others = self.attached.values().filter(|other| other.viewer.operator == operator);
            let last = others.clone().next().is_none();
            if last {
                self.eyes.remove(&operator);
            }
            if others.all(|other| !other.viewer.present) && self.present.remove(&operator) {
                self.comings.push_back(FloorAct::Depart(operator.clone()));
            }
            if last {
                self.forget_writer(&operator);
            }
        }
    }

    /// Consoles that read again after they fell behind begin anew.
    pub(super) fn revive(&mut self) {
        let ready: Vec<(ConsoleId, u64)> = self
            .attached
            .iter_mut()
            .filter(|(_, console)| console.is_lagging())
            .filter_map(|(id, console)| Some((*id, console.caught_up()?)))
            .collect();
        for (id, skipped) in ready {
            let Some(mut console) = self.attached.remove(&id) else { continue };
            console.send(ConsoleReply::Lagged { skipped });
            self.welcome(&mut console);
            self.attached.insert(id, console);
            self.show_focus(id);
        }
    }
}
