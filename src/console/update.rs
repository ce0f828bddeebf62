//! What each message does to the model, and what has to be done outside because of it. Pure: no clock, no IO.

mod acts;
mod allowed;
mod blocks;
mod candidates;
mod cards;
mod compose;
mod confirm;
mod corrections;
mod decide;
mod desk;
mod endings;
mod files;
mod holds;
mod incidents;
mod keys;
mod knowledge;
mod lists;
mod moves;
mod palette;
mod past;
mod pledges;
mod presence;
mod replies;
mod reply;
mod translated;

use serde::{Deserialize, Serialize};

use crate::domain::conversation::Phase;
use crate::domain::id::{ConversationId, Seq};
use crate::domain::text::{Clean, Foreign};
use crate::domain::time::Millis;
use crate::protocol::console::{ConsoleReply, ConsoleRequest};
use crate::protocol::query::Query;

use super::keymap::Key;
use super::model::order::Sort;
use super::model::painted::Painted;
use super::model::pending::{Fate, STORED_STANDS, Tone};
use super::model::picture::Opened;
use super::model::player::Player;
use super::model::{Link, Model, Size, View};

pub(crate) use allowed::is_beside;
pub use allowed::{allowed, audiences, undoable};
pub(crate) use cards::presence_word;
pub(crate) use corrections::about;
pub(crate) use decide::asked;
pub(crate) use desk::is_asleep;
pub use files::Wanted;
pub(crate) use lists::receivers;
pub use replies::{choices, left};

/// A conversation is streamed once the cursor has rested on it so long: walking a list asks for nothing.
const FOCUS_AFTER: Millis = Millis(60);
/// What would follow is asked no more often.
const FORESEE_EVERY: Millis = Millis(500);
/// A draft goes to the server no more often.
const DRAFT_EVERY: Millis = Millis(500);
/// The view goes to the server so long after it changed.
const KEEP_AFTER: Millis = Millis::from_secs(2);
/// However fast the floor's clock runs, the screen shows its seconds no more often.
const CLOCK_EVERY: Millis = Millis(250);

/// What happens to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A key. One that waited while the screen stood still is not fresh: it types, but never acts.
    Key {
        /// Which.
        key: Key,
        /// Whether it was pressed on the frame that stands on the screen.
        fresh: bool,
    },
    /// A text was pasted.
    Paste(String),
    /// The pointer was pressed at a column and line.
    Click(u16, u16),
    /// The wheel was turned, down or up.
    Wheel {
        /// Down.
        down: bool,
    },
    /// The screen has another size.
    Resize(Size),
    /// The line to the floor is different.
    Link(Link),
    /// The floor said something.
    Reply(Box<ConsoleReply>),
    /// A request could not be handed over: too many wait.
    Unsent(Box<ConsoleRequest>),
    /// What came of something that was done outside.
    Told(Result<Clean, Clean>),
    /// A frame was drawn.
    Painted(Box<Painted>),
    /// Time has passed.
    Tick,
}

/// What has to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask the floor.
    Send(Box<ConsoleRequest>),
    /// Put a text on the clipboard.
    Copy(Clean),
    /// Fetch a file of a customer and open it.
    OpenFile(Box<Wanted>),
    /// Leave the console; the floor goes on, unless it was stopped from here.
    Leave {
        /// The floor was stopped from here.
        stopped: bool,
    },
    /// Draw everything again.
    Redraw,
    /// Give the terminal back to the shell until it calls again.
    Suspend,
}

impl Effect {
    fn send(request: ConsoleRequest) -> Self {
        Self::Send(Box::new(request))
    }
}

/// What the server keeps of the view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    view: View,
    selected: Option<ConversationId>,
    sort: Sort,
    filter: String,
}

/// Handles one message at a moment of the console's own clock.
pub fn update(model: &mut Model, wall: Millis, message: Message) -> Vec<Effect> {
    model.wall = model.wall.max(wall);
    let mut effects = match message {
        Message::Key { key, fresh } => keys::key(model, key, fresh),
        Message::Paste(text) => keys::paste(model, &text),
        Message::Click(x, y) => moves::click(model, x, y),
        Message::Wheel { down } => moves::wheel(model, down),
        Message::Resize(size) => {
            model.size = size;
            vec![Effect::Redraw]
        }
        Message::Link(link) => reply::link(model, link),
        Message::Reply(reply) => reply::reply(model, *reply),
        Message::Unsent(request) => unsent(model, &request),
        Message::Told(came) => {
            let (tone, words) = came.map_or_else(|words| (Tone::Bad, words), |words| (Tone::Good, words));
            model.say(tone, words);
            Vec::new()
        }
        Message::Painted(painted) => {
            painted_now(model, *painted);
            return Vec::new();
        }
        Message::Tick => Vec::new(),
    };
    effects.extend(pass_time(model));
    effects
}

fn painted_now(model: &mut Model, painted: Painted) {
    let wall = model.wall;
    if let Some(card) = model.card.as_mut().filter(|_| painted.card) {
        card.drawn.get_or_insert(wall);
        card.read |= painted.card_rest == 0;
    }
    model.painted = painted;
}

fn unsent(model: &mut Model, request: &ConsoleRequest) -> Vec<Effect> {
    if let ConsoleRequest::Command { key, .. } = request {
        let lost: Vec<_> = model.pending.extract_if(.., |pending| pending.key == *key).collect();
        for pending in lost {
            compose::put_back(model, pending);
        }
    }
    model.say(Tone::Bad, Clean::fixed("not sent: too much waits for the floor; try again in a moment"));
    Vec::new()
}

/// What time brings about by itself.
fn pass_time(model: &mut Model) -> Vec<Effect> {
    let wall = model.wall;
    model.notices.expire(wall);
    model.settle();
    if let Some(player) = &mut model.player {
        player.tick(wall);
    }
    model.pending.retain(|pending| match pending.fate {
        Fate::Stored(_, since) => wall.0 < since.0 + STORED_STANDS.0,
        Fate::Sending | Fate::Unknown => true,
    });
    if model.selected.is_none() && !model.is_past() {
        moves::first(model);
    }
    if let Some(place) = model.selected.and_then(|id| model.order.position(id)) {
        model.place = place;
    }
    let mut effects = Vec::new();
    effects.extend(focus(model));
    effects.extend(foresee(model));
    effects.extend(save_drafts(model));
    effects.extend(keep_view(model));
    model.look();
    effects
}

/// Streams the marked conversation once the cursor rests on it.
fn focus(model: &mut Model) -> Vec<Effect> {
    let open = model.live.open.as_ref().map(|open| open.id);
    if open == model.selected || model.is_past() || model.wall.0 < model.selected_at.0 + FOCUS_AFTER.0 {
        return Vec::new();
    }
    let conversation = model.selected;
    model.live.open = conversation.map(Opened::empty);
    model.known_upto = conversation.and_then(|id| model.looked.get(&id)).and_then(|(_, seq)| *seq);
    model.older = None;
    model.line = None;
    let mut effects = vec![Effect::send(ConsoleRequest::Focus { conversation })];
    if let Some(conversation) = conversation
        && let Ok(key) = model.keys.mint()
    {
        model.beside.ask(key.clone());
        effects.push(Effect::send(ConsoleRequest::Ask { key, query: Query::Past { conversation }, after: None }));
    }
    effects
}

/// The marked row, if the queue shows it and what would follow in it is not known.
fn unforeseen(model: &Model) -> Option<(ConversationId, Seq)> {
    let shown = model.view == View::Queue && !model.is_past() && model.link == Link::Live;
    let row = model.row().filter(|row| shown && matches!(row.phase, Phase::Live | Phase::Snoozed { .. }))?;
    (!model.foresight.knows(row)).then_some((row.id, row.seq))
}

/// When that may be asked: the cursor rests, and a busy conversation is not asked about at every word.
fn may_foresee(model: &Model) -> Millis {
    let again = if model.foresight.asked_at == Millis(0) { 0 } else { model.foresight.asked_at.0 + FORESEE_EVERY.0 };
    Millis(again.max(model.selected_at.0 + FOCUS_AFTER.0))
}

/// Asks what would follow if the viewer did this or that.
fn foresee(model: &mut Model) -> Option<Effect> {
    let (conversation, seq) = unforeseen(model)?;
    if model.wall < may_foresee(model) {
        return None;
    }
    let key = model.keys.mint().ok()?;
    model.foresight.ask(key.clone(), (conversation, seq), model.wall);
    let query = Query::WhatIf { conversation: conversation.to_string() };
    Some(Effect::send(ConsoleRequest::Ask { key, query, after: None }))
}

fn save_drafts(model: &mut Model) -> Vec<Effect> {
    let wall = model.wall;
    let due = |since: Millis| wall.0 >= since.0 + DRAFT_EVERY.0;
    let mut effects = Vec::new();
    for (conversation, draft) in &mut model.drafts {
        if draft.unsaved.is_some_and(due) {
            draft.unsaved = None;
            let (conversation, audience, text) = (*conversation, draft.audience, draft.editor.foreign());
            effects.push(Effect::send(ConsoleRequest::Draft { conversation, audience, text }));
        }
    }
    let composing = model.composing;
    model.drafts.retain(|id, draft| draft.unsaved.is_some() || !draft.editor.is_blank() || composing == Some(*id));
    effects
}

fn keep_view(model: &mut Model) -> Option<Effect> {
    if model.unkept.is_none_or(|since| model.wall.0 < since.0 + KEEP_AFTER.0) || model.you.is_none() {
        return None;
    }
    model.unkept = None;
    let filter = if model.filter.is_empty() { String::new() } else { model.filter_line.0.text().to_owned() };
    let kept = Kept { view: model.view, selected: model.selected, sort: model.sort, filter };
    let view = serde_json::to_string(&kept).ok()?;
    Some(Effect::send(ConsoleRequest::Remember { view }))
}

fn take_up_view(model: &mut Model, view: &str) {
    let Ok(kept) = serde_json::from_str::<Kept>(view) else { return };
    model.view = kept.view;
    model.sort = kept.sort;
    if !kept.filter.is_empty() {
        model.filter_line.0.insert(Foreign::new(&kept.filter).one_line().as_str());
        model.filter = super::model::order::Filter::of(model.filter_line.0.text());
    }
    if let Some(id) = kept.selected.filter(|id| model.live.picture.rows.contains_key(id)) {
        moves::select(model, id);
    }
    model.unkept = None;
}

/// When something changes by itself next, on the console's clock; nothing when only a message can.
pub fn next_wake(model: &Model) -> Option<Millis> {
    let wall = model.wall;
    let later = |span: Millis| Millis(wall.0 + span.0);
    let after = |since: Millis, span: Millis| Millis(since.0 + span.0);
    let seconds = model.clock.until_next_second(wall).map(|span| later(span.max(CLOCK_EVERY)));
    let counting = matches!(model.link, Link::Lost { .. }).then(|| later(Millis::from_secs(1)));
    let resting = model.live.open.as_ref().map(|open| open.id) != model.selected && !model.is_past();
    let stored = model.pending.iter().filter_map(|pending| match pending.fate {
        Fate::Stored(_, since) => Some(after(since, STORED_STANDS)),
        Fate::Sending | Fate::Unknown => None,
    });
    let drafts = model.drafts.values().filter_map(|draft| draft.unsaved).map(|since| after(since, DRAFT_EVERY));
    let card = model.card.as_ref().and_then(|card| card.drawn).map(|drawn| after(drawn, super::model::card::DEAD));
    [
        seconds,
        counting,
        model.player.as_ref().and_then(Player::next_tick).map(later),
        model.notices.next(),
        model.order.due(model.last_key),
        resting.then(|| after(model.selected_at, FOCUS_AFTER)),
        unforeseen(model).map(|_| may_foresee(model)),
        model.unkept.filter(|_| model.you.is_some()).map(|since| after(since, KEEP_AFTER)),
        card.filter(|live| *live > wall),
        stored.min(),
        drafts.min(),
    ]
    .into_iter()
    .flatten()
    .min()
}
