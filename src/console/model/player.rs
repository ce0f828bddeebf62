//! A past session as frames, applied to a scene of its own by the same `apply` as the live feed.

use crate::domain::id::ConversationId;
use crate::domain::time::{Millis, Timestamp};
use crate::protocol::console::Change;
use crate::protocol::query::{Frame, Mark};

use super::picture::{Opened, Scene};

/// A scene is kept every so many frames, so that a step back applies few frames again.
const CHECKPOINT_EVERY: usize = 64;
/// Frames of one session; a longer one is cut, which the timeline says.
pub const FRAMES_MAX: usize = 20_000;
/// Silences are shortened to this while playing: nobody watches a customer think for an hour.
const GAP_MAX: Millis = Millis::from_secs(2);
/// Speeds a player offers, in thousandths.
const SPEEDS: [u32; 6] = [500, 1_000, 2_000, 4_000, 8_000, 16_000];

/// From where a session was opened, and so where `Esc` leads back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A step back in a live conversation.
    Scrub,
    /// A row of history, a command, or a replay from the start.
    Replay,
}

/// A session being looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// Which conversation.
    pub id: ConversationId,
    /// From where it was opened.
    pub origin: Origin,
    /// Whether time passes.
    pub playing: bool,
    /// What is seen at this moment.
    pub scene: Scene,
    frames: Vec<Frame>,
    /// Frames applied; at least one.
    at: usize,
    /// Where in the session's time the player stands.
    moment: Timestamp,
    /// The console's clock at the last tick.
    wall: Millis,
    speed: usize,
    checkpoints: Vec<Scene>,
}

impl Player {
    /// A player over a whole session: at its first frame and playing, or one step before its end
    /// and standing when it was opened to scrub. Nothing when the session names no conversation.
    pub fn open(frames: Vec<Frame>, origin: Origin, wall: Millis) -> Option<Self> {
        let id = frames.iter().flat_map(|frame| &frame.changes).find_map(conversation)?;
        let moment = frames.first().map(|frame| frame.at)?;
        let scene = Scene { open: Some(Opened::empty(id)), ..Scene::default() };
        let checkpoints = vec![scene.clone()];
        let end = frames.len();
        let mut player = Self { id, origin, playing: false, scene, frames, at: 0, moment, wall, speed: 1, checkpoints };
        match origin {
            Origin::Scrub => player.seek(end.saturating_sub(1)),
            Origin::Replay => {
                player.seek(1);
                player.playing = true;
            }
        }
        Some(player)
    }

    /// Frames applied so far.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// All frames.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The session's time.
    pub const fn moment(&self) -> Timestamp {
        self.moment
    }

    /// Thousandths of real time.
    pub fn speed(&self) -> u32 {
        SPEEDS.get(self.speed).copied().unwrap_or(1_000)
    }

    /// Plays faster.
    pub fn faster(&mut self) {
        self.speed = (self.speed + 1).min(SPEEDS.len() - 1);
    }

    /// Plays slower.
    pub const fn slower(&mut self) {
        self.speed = self.speed.saturating_sub(1);
    }

    /// Plays or pauses; at the end it plays again from the beginning.
    pub fn play_or_pause(&mut self, wall: Millis) {
        if !self.playing && self.at == self.frames.len() {
            self.seek(1);
        }
        self.playing = !self.playing;
        self.wall = wall;
    }

    /// One frame on.
    pub fn forward(&mut self) {
        self.playing = false;
        self.seek(self.at + 1);
    }

    /// One frame back.
    pub fn backward(&mut self) {
        self.playing = false;
        self.seek(self.at.saturating_sub(1));
    }

    /// To the nearest mark of a kind behind or before this frame; false when there is none.
    pub fn jump(&mut self, mark: Mark, forward: bool) -> bool {
        let is = |frame: &Frame| frame.mark == Some(mark);
        let found = if forward {
            self.frames.iter().skip(self.at).position(is).map(|ahead| self.at + ahead + 1)
        } else {
            let before = self.frames.get(..self.at.saturating_sub(1)).unwrap_or_default();
            before.iter().rposition(is).map(|at| at + 1)
        };
        let Some(at) = found else { return false };
        self.playing = false;
        self.seek(at);
        true
    }

    /// Shows the session after so many frames, from one to all of them.
    pub fn seek(&mut self, at: usize) {
        let at = at.clamp(1, self.frames.len());
        if at < self.at {
            let checkpoint = (at / CHECKPOINT_EVERY).min(self.checkpoints.len() - 1);
            self.scene = self.checkpoints.get(checkpoint).cloned().unwrap_or_default();
            self.at = checkpoint * CHECKPOINT_EVERY;
        }
        while self.at < at {
            self.step();
        }
        self.moment = self.frames.get(at - 1).map_or(self.moment, |frame| frame.at);
    }

    fn step(&mut self) {
        let Some(frame) = self.frames.get(self.at) else { return };
        for change in &frame.changes {
            self.scene.apply(change.clone());
        }
        self.at += 1;
        if self.at == self.checkpoints.len() * CHECKPOINT_EVERY {
            self.checkpoints.push(self.scene.clone());
        }
    }

    /// Time passes.
    pub fn tick(&mut self, wall: Millis) {
        let passed = wall.0.saturating_sub(self.wall.0);
        self.wall = wall;
        if !self.playing {
            return;
        }
        let moment = self.moment + Millis(passed * u64::from(self.speed()) / 1_000);
        // What is left of a long silence is shortened from its far end.
        let next = self.frames.get(self.at).map(|frame| frame.at);
        let mut moment = next.map_or(moment, |next| moment.max(next - GAP_MAX));
        while let Some(frame) = self.frames.get(self.at) {
            if frame.at > moment {
                break;
            }
            self.step();
        }
        if self.at == self.frames.len() {
            self.playing = false;
            moment = self.frames.last().map_or(moment, |frame| frame.at);
        }
        self.moment = moment;
    }

    /// How long until something changes by itself.
    pub fn next_tick(&self) -> Option<Millis> {
        let next = self.frames.get(self.at).filter(|_| self.playing)?;
        let left = next.at.since(self.moment).0 * 1_000 / u64::from(self.speed());
        // The timeline moves between frames, a few times a second.
        Some(Millis(left.clamp(16, 200)))
    }
}

fn conversation(change: &Change) -> Option<ConversationId> {
    match change {
        Change::Row(row) => Some(row.id),
        Change::Items(id, _) => Some(*id),
        Change::Detail(detail) => Some(detail.id),
        Change::Gone(_)
        | Change::Agent(_)
        | Change::AgentGone(_)
        | Change::Operator(_)
        | Change::Status(_)
        | Change::Incidents(_)
        | Change::Queue(_)
        | Change::Header(_)
        | Change::Acts(_) => None,
    }
}
