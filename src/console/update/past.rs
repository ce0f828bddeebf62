//! The past: history, sessions asked for, and the player's keys.

use crate::domain::id::ClientKey;
use crate::domain::text::{Clean, Foreign};
use crate::protocol::console::ConsoleRequest;
use crate::protocol::query::{Frame, HistoryRow, Mark, Query};

use super::super::keymap::Past;
use super::super::model::clock::hours_minutes_seconds;
use super::super::model::pending::Tone;
use super::super::model::player::{FRAMES_MAX, Origin, Player};
use super::super::model::{Asked, Model, Pane, View};
use super::Effect;

/// Rows of history kept; who needs more searches by words.
const ROWS_MAX: usize = 5_000;
/// The next page is asked for when the cursor is so near the end.
const AHEAD: usize = 20;

/// Asks for a whole session, to be played.
pub(super) fn ask_session(model: &mut Model, conversation: String, origin: Origin) -> Vec<Effect> {
    let Ok(key) = model.keys.mint() else { return Vec::new() };
    model.asked = Some(Asked { key: key.clone(), conversation: conversation.clone(), frames: Vec::new(), origin });
    let query = Query::Session { conversation };
    vec![Effect::send(ConsoleRequest::Ask { key, query, after: None })]
}

/// A page of the session arrived.
pub(super) fn session(model: &mut Model, frames: Vec<Frame>, next: Option<String>) -> Vec<Effect> {
    let Some(mut asked) = model.asked.take() else { return Vec::new() };
    asked.frames.extend(frames);
    if let Some(after) = next.filter(|_| asked.frames.len() < FRAMES_MAX) {
        let (key, query) = (asked.key.clone(), Query::Session { conversation: asked.conversation.clone() });
        model.asked = Some(asked);
        return vec![Effect::send(ConsoleRequest::Ask { key, query, after: Some(after) })];
    }
    // The composer keeps its text; the past has none.
    model.composing = None;
    match Player::open(asked.frames, asked.origin, model.wall) {
        Some(player) => {
            model.player = Some(player);
            model.line = None;
            model.sheet = None;
            model.pane = Pane::Transcript;
        }
        None => model.say(Tone::Bad, Clean::fixed("nothing of this conversation is left to play")),
    }
    Vec::new()
}

/// Comes back from the past.
pub(super) fn leave(model: &mut Model) {
    model.player = None;
    model.asked = None;
    model.line = None;
    model.sheet = None;
    if matches!(model.view, View::History | View::Knowledge) {
        model.pane = Pane::List;
    }
}

/// A key of the player; the first step back from now asks for the session.
pub(super) fn run(model: &mut Model, step: Past) -> Vec<Effect> {
    let wall = model.wall;
    model.line = None;
    let Some(player) = &mut model.player else {
        let here = model.row().map(|row| row.id.to_string()).filter(|_| step == Past::ScrubBack);
        return here.map(|id| ask_session(model, id, Origin::Scrub)).unwrap_or_default();
    };
    match step {
        Past::ScrubBack => player.backward(),
        Past::ScrubForward if player.at() == player.frames().len() && player.origin == Origin::Scrub => leave(model),
        Past::ScrubForward => player.forward(),
        Past::Play => player.play_or_pause(wall),
        Past::Faster => player.faster(),
        Past::Slower => player.slower(),
        Past::NextDecision => jump(model, Mark::Decision, true),
        Past::PreviousDecision => jump(model, Mark::Decision, false),
        Past::NextHandoff => jump(model, Mark::Handoff, true),
        Past::PreviousHandoff => jump(model, Mark::Handoff, false),
    }
    Vec::new()
}

/// To the next request for a human.
pub(super) fn next_escalation(model: &mut Model) {
    jump(model, Mark::Escalation, true);
}

fn jump(model: &mut Model, mark: Mark, forward: bool) {
    if model.player.as_mut().is_some_and(|player| player.jump(mark, forward)) {
        return;
    }
    let what = match mark {
        Mark::Message => "message",
        Mark::Decision => "routing decision",
        Mark::Handoff => "pass of the baton",
        Mark::Escalation => "escalation",
        Mark::Tool => "tool call",
    };
    let place = if forward { "behind" } else { "before" };
    model.say(Tone::Plain, clean!("no {what} {place} this"));
}

/// Goes to a time of day of the session, `09:04` or `09:04:12`; false when it is none.
pub(super) fn go_to_time(model: &mut Model, time: &str) -> bool {
    let zone = model.zone.clone();
    let Some(player) = &mut model.player else { return false };
    let shaped = matches!(time.len(), 5 | 8) && time.bytes().all(|b| b.is_ascii_digit() || b == b':');
    if !shaped {
        return false;
    }
    let at = player.frames().iter().position(|frame| hours_minutes_seconds(frame.at, &zone).as_str() >= time);
    player.playing = false;
    player.seek(at.map_or(player.frames().len(), |at| at + 1));
    true
}

/// Shows history; the first time it asks for it.
pub(super) fn open_history(model: &mut Model) -> Vec<Effect> {
    leave(model);
    model.view = View::History;
    model.pane = Pane::List;
    model.zoom = false;
    model.unkept = Some(model.wall);
    ask_history(model, None)
}

/// Searches the texts for the words of the filter line.
pub(super) fn search(model: &mut Model) -> Vec<Effect> {
    model.history.words = model.history.line.text().trim().to_owned();
    model.history.chosen = 0;
    ask_history(model, None)
}

fn ask_history(model: &mut Model, after: Option<String>) -> Vec<Effect> {
    let Ok(key) = model.keys.mint() else { return Vec::new() };
    model.history.asked = Some((key.clone(), after.is_some()));
    let query = Query::History { words: Foreign::new(&model.history.words) };
    vec![Effect::send(ConsoleRequest::Ask { key, query, after })]
}

/// A page of history arrived.
pub(super) fn history(model: &mut Model, key: &ClientKey, rows: Vec<HistoryRow>, next: Option<String>) {
    let history = &mut model.history;
    let Some((_, further)) = history.asked.take_if(|(asked, _)| asked == key) else { return };
    if further {
        history.rows.extend(rows);
        history.rows.truncate(ROWS_MAX);
    } else {
        history.rows = rows;
        history.chosen = history.chosen.min(history.rows.len().saturating_sub(1));
    }
    history.next = next.filter(|_| history.rows.len() < ROWS_MAX);
}

/// Moves the mark in history, and asks for more near its end.
pub(super) fn choose(model: &mut Model, by: isize) -> Vec<Effect> {
    let history = &mut model.history;
    let last = history.rows.len().saturating_sub(1);
    history.chosen = history.chosen.saturating_add_signed(by).min(last);
    let more = history.next.clone().filter(|_| history.asked.is_none() && history.chosen + AHEAD > last);
    more.map(|after| ask_history(model, Some(after))).unwrap_or_default()
}

/// Plays the marked row of history.
pub(super) fn open_chosen(model: &mut Model) -> Vec<Effect> {
    let id = model.history.rows.get(model.history.chosen).map(|row| row.id.to_string());
    id.map(|id| ask_session(model, id, Origin::Replay)).unwrap_or_default()
}
