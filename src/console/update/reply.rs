//! What the floor says: snapshots and changes, and what became of acts and questions.

use crate::domain::command::OperatorAct;
use crate::domain::id::{ClientKey, Seq};
use crate::domain::supervision::GateTarget;
use crate::domain::text::{Clean, Foreign};
use crate::protocol::console::{Change, ConsoleCommand, ConsoleReply, ConsoleRequest, KeptDraft};
use crate::protocol::query::Page;
use crate::protocol::row::ConversationRow;

use super::super::model::editor::Editor;
use super::super::model::pending::{Fate, Pending, Tone};
use super::super::model::picture::{Scene, Touched};
use super::super::model::player::Origin;
use super::super::model::{Draft, Link, Model};
use super::{Effect, allowed, compose, corrections, incidents, knowledge, lists, past, replies, take_up_view};

/// The line is different.
pub(super) fn link(model: &mut Model, link: Link) -> Vec<Effect> {
    if matches!(link, Link::Lost { .. } | Link::Ended(_)) {
        model.arriving = None;
        for pending in model.pending.iter_mut().filter(|pending| pending.fate == Fate::Sending) {
            pending.fate = Fate::Unknown;
        }
    }
    model.link = link;
    Vec::new()
}

/// The floor said something.
pub(super) fn reply(model: &mut Model, reply: ConsoleReply) -> Vec<Effect> {
    match reply {
        ConsoleReply::Welcome { you, at, speed, changes, seq, drafts, view, .. } => {
            model.you = Some(you);
            let arriving = model.arriving.get_or_insert_with(Scene::default);
            for change in changes {
                arriving.apply(change);
            }
            if seq.is_some() {
                model.clock.begin(at, model.wall, speed);
                return welcome(model, drafts, view.as_deref());
            }
        }
        ConsoleReply::Resumed { at, changes, .. } => {
            model.link = Link::Live;
            model.clock.set(at, model.wall);
            apply(model, changes);
        }
        ConsoleReply::Delta { at, changes, .. } => {
            model.clock.set(at, model.wall);
            apply(model, changes);
        }
        ConsoleReply::Reset { .. } => {
            model.arriving = None;
            model.link = Link::Greeting;
        }
        ConsoleReply::Lagged { skipped } => {
            model.arriving = None;
            model.link = Link::Greeting;
            let text = format_args!("this screen was too slow and missed {skipped} frames; a new picture is coming");
            model.say(Tone::Plain, Clean::shown(&text));
        }
        ConsoleReply::Accepted { key, seq } => return accepted(model, &key, seq),
        ConsoleReply::Refused { key, message, .. } => refused(model, &key, &message),
        ConsoleReply::Answer { key, page, next } => return answer(model, &key, page, next),
        ConsoleReply::Error { message, .. } => model.say(Tone::Bad, Foreign::new(&message).one_line()),
    }
    Vec::new()
}

fn apply(model: &mut Model, changes: Vec<Change>) {
    for change in changes {
        if let Change::Row(row) = &change {
            // What was there when it came is not unread.
            model.looked.entry(row.id).or_insert((row.turns, None));
        }
        if let Change::Gone(id) = &change {
            model.looked.remove(id);
        }
        if let Change::Row(row) = &change {
            note_row(model, row);
        }
        if let Change::Incidents(rows) = &change {
            incidents::heard(model, rows);
        }
        if model.live.apply(change) == Touched::Rows {
            model.order.touch();
        }
    }
}

/// What a row says about the viewer's own acts.
fn note_row(model: &mut Model, row: &ConversationRow) {
    let conversation = row.id;
    let beside = allowed::is_beside(model, row);
    if !beside {
        model.spoke_beside.remove(&conversation);
    }
    let mine = allowed::is_mine(model, row);
    let is_shown = |command: &ConsoleCommand| {
        let ConsoleCommand::Act(act) = command else { return false };
        let taken = matches!(act, OperatorAct::TakeOver { conversation: of, .. } if *of == conversation);
        taken && mine || beside && *act == OperatorAct::Barge { conversation }
    };
    model.pending.retain(|pending| !is_shown(&pending.command) || !matches!(pending.fate, Fate::Stored(..)));
}

/// The last part of a snapshot arrived: it takes the place of what was there.
fn welcome(model: &mut Model, drafts: Vec<KeptDraft>, view: Option<&str>) -> Vec<Effect> {
    if let Some(arrived) = model.arriving.take() {
        model.live.picture = arrived.picture;
    }
    for row in model.live.picture.rows.values() {
        model.looked.entry(row.id).or_insert((row.turns, None));
    }
    let rows = &model.live.picture.rows;
    model.looked.retain(|id, _| rows.contains_key(id));
    // What was done here before this console came may still be taken back.
    let undoes = rows.values().filter_map(|row| Some((row.undo?.until, row.id)));
    model.undo = model.undo.filter(|id| rows.contains_key(id)).or_else(|| undoes.max().map(|(_, id)| id));
    model.order.touch();
    model.link = Link::Live;
    for kept in drafts {
        // What is being written here is newer than what the server kept.
        model.drafts.entry(kept.conversation).or_insert_with(|| Draft {
            audience: kept.audience,
            editor: Editor::of(&kept.text.clean()),
            untranslated: false,
            unsaved: None,
        });
    }
    if !std::mem::replace(&mut model.resumed_view, true) {
        if let Some(view) = view {
            take_up_view(model, view);
        }
        if let Some(conversation) = model.replay.take() {
            return past::ask_session(model, conversation, Origin::Replay);
        }
    }
    Vec::new()
}

fn settled(model: &mut Model, key: &ClientKey) -> Option<Pending> {
    let at = model.pending.iter().position(|pending| pending.key == *key)?;
    Some(model.pending.remove(at))
}

fn accepted(model: &mut Model, key: &ClientKey, seq: Seq) -> Vec<Effect> {
    let Some(mut pending) = settled(model, key) else { return Vec::new() };
    let mut effects = Vec::new();
    if can_be_undone(&pending.command) {
        model.undo = pending.conversation;
    }
    match (&pending.command, pending.conversation) {
        (ConsoleCommand::Act(OperatorAct::TakeOver { conversation, .. }), _) => {
            let row = model.live.picture.rows.get(conversation);
            let name = row.map(|row| row.name.one_line()).unwrap_or_default();
            let shown = row.is_none_or(|row| allowed::is_mine(model, row));
            let said = clean!("you hold {name}: r writes; until you do, z undoes");
            model.say(Tone::Good, said);
            if !shown {
                // Its row comes with the next changes.
                pending.fate = Fate::Stored(seq, model.wall);
                model.pending.push(pending);
            }
        }
        (ConsoleCommand::Act(OperatorAct::Barge { conversation }), _) => {
            let row = model.live.picture.rows.get(conversation);
            let shown = row.is_none_or(|row| allowed::is_beside(model, row));
            let said = clean!("{}: write; B ends it", pending.label);
            model.say(Tone::Good, said);
            if !shown {
                // Its row comes with the next changes.
                pending.fate = Fate::Stored(seq, model.wall);
                model.pending.push(pending);
            }
        }
        (ConsoleCommand::Act(OperatorAct::Undo { .. }), _) => {
            model.undo = None;
            let said = clean!("{}: done", pending.label);
            model.say(Tone::Good, said);
        }
        (
            ConsoleCommand::Act(OperatorAct::Reply { .. } | OperatorAct::Whisper { .. } | OperatorAct::Note { .. }),
            Some(id),
        ) => {
            // The text is on disk: the server's copy of the draft may go.
            if let (None, Some((audience, _))) =
                (model.drafts.get(&id).filter(|d| !d.editor.is_blank()), &pending.words)
            {
                let draft = ConsoleRequest::Draft { conversation: id, audience: *audience, text: Foreign::default() };
                effects.push(Effect::send(draft));
            }
            if matches!(pending.command, ConsoleCommand::Act(OperatorAct::Reply { .. })) && model.undo == Some(id) {
                model.undo = None;
            }
            pending.fate = Fate::Stored(seq, model.wall);
            model.pending.push(pending);
        }
        (ConsoleCommand::Act(OperatorAct::MakeRule { .. } | OperatorAct::EndRule { .. }), _) => {
            let said = clean!("{}: done", pending.label);
            model.say(Tone::Good, said);
            effects.extend(lists::again(model));
        }
        (ConsoleCommand::Shutdown, _) => effects.push(Effect::Leave { stopped: true }),
        _ => {
            let said = clean!("{}: done", pending.label);
            model.say(Tone::Good, said);
        }
    }
    effects
}

/// Whether an act can be taken back for a while.
const fn can_be_undone(command: &ConsoleCommand) -> bool {
    matches!(
        command,
        ConsoleCommand::Act(
            OperatorAct::TakeOver { .. }
                | OperatorAct::TakeOffer { .. }
                | OperatorAct::Move { .. }
                | OperatorAct::Block { .. }
                | OperatorAct::SetPriority { .. }
                | OperatorAct::Label { .. }
                | OperatorAct::Snooze { .. }
                | OperatorAct::Gate { target: GateTarget::Conversation(_), .. }
        )
    )
}

fn refused(model: &mut Model, key: &ClientKey, message: &str) {
    let Some(pending) = settled(model, key) else { return };
    let message = Foreign::new(message).one_line();
    model.say(Tone::Bad, clean!("{}: refused, {message}", pending.label));
    compose::put_back(model, pending);
}

fn answer(model: &mut Model, key: &ClientKey, page: Page, next: Option<String>) -> Vec<Effect> {
    let session = model.asked.as_ref().is_some_and(|asked| asked.key == *key);
    match page {
        Page::Session(frames) if session => return past::session(model, frames, next),
        Page::History(rows) => past::history(model, key, rows, next),
        Page::Before(id, items) => {
            if model.older.as_ref() == Some(key) {
                // Without older lines the question stays answered: asking again would bring nothing.
                if !items.is_empty() {
                    model.older = None;
                }
                model.live.add_older(id, items);
            }
        }
        Page::Replies(conversation, choices) => replies::arrived(model, key, conversation, choices),
        Page::Past(conversation, page) => drop(model.beside.answer(key, Some((conversation, page)))),
        Page::WhatIf(page) => drop(model.foresight.answer(key, Some(page))),
        // What has just ended is no news: the row says so.
        Page::Nothing(_) if model.foresight.answer(key, None) => {}
        Page::Nothing(_) if model.beside.answer(key, None) => {}
        // The card says already that nobody was chosen.
        Page::Nothing(_) if model.alike.0.as_ref() == Some(key) => model.alike.0 = None,
        Page::Nothing(reason) => {
            if session {
                model.asked = None;
            }
            if model.history.asked.as_ref().is_some_and(|(asked, _)| asked == key) {
                model.history.asked = None;
            }
            model.knowledge.asked.take_if(|asked| asked == key);
            lists::refused(model, key);
            model.say(Tone::Bad, Foreign::new(&reason).one_line());
        }
        Page::Preview(page) => incidents::previewed(model, key, page),
        Page::Alike(page) => corrections::arrived(model, key, page),
        Page::Gaps(page) => knowledge::arrived(model, key, page),
        Page::Likely(rows) => lists::likely(model, key, rows),
        Page::Learned(page) => lists::learned(model, key, page),
        Page::Session(_) | Page::Briefs(_) | Page::Promises(_) | Page::Blocked(_) => {}
    }
    Vec::new()
}
