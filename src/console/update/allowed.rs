//! What can be done on the frame that stands on the screen, and why the rest cannot.
//!
//! The floor judges every act anew; this only spares people hints and keys that would be refused.

use crate::domain::baton::Holder;
use crate::domain::conversation::Phase;
use crate::domain::operator::Role;
use crate::domain::text::Clean;
use crate::protocol::console::Audience;
use crate::protocol::row::{ConversationRow, NeedReason, Section, UndoRow};

use super::super::keymap::{Deed, Go, Look, Past, Run};
use super::super::model::pending::PENDING_MAX;
use super::super::model::player::Origin;
use super::super::model::{Link, Model, View};
use super::compose;

type Allowed = Result<(), Clean>;

/// Whether a run makes sense now; if not, the reason as a sentence.
pub fn allowed(model: &Model, run: Run) -> Allowed {
    match run {
        Run::Go(go) => may_go(model, go),
        Run::Look(look) => may_look(model, look),
        Run::Past(Past::ScrubBack) => looked_at(model),
        Run::Past(_) => model.player.as_ref().map(|_| ()).ok_or_else(|| no("this is now; < goes into the past")),
        Run::Deed(deed) => may_do(model, deed),
    }
}

fn may_go(model: &Model, go: Go) -> Allowed {
    match go {
        Go::NextNeed if model.is_past() => Ok(()),
        Go::NextNeed => some(model.order.section(Section::NeedsYou), "nothing needs you"),
        Go::NextMine => some(model.order.section(Section::Yours), "you hold no conversation"),
        Go::Previous => (!model.trail.is_empty()).then_some(()).ok_or_else(|| no("there is no conversation before")),
        Go::Down
        | Go::Up
        | Go::Left
        | Go::Right
        | Go::Top
        | Go::Bottom
        | Go::PageDown
        | Go::PageUp
        | Go::NextPane
        | Go::PreviousPane
        | Go::Enter
        | Go::Back => Ok(()),
    }
}

fn may_look(model: &Model, look: Look) -> Allowed {
    match look {
        Look::Explain | Look::Zoom | Look::Copy | Look::Open | Look::Acts => looked_at(model),
        Look::Drafts => {
            looked_at(model)?;
            let withheld = model.row().is_some_and(|row| row.withheld > 0);
            withheld.then_some(()).ok_or_else(|| no("no draft was withheld here"))
        }
        Look::Rules | Look::Learn if model.role() < Role::Supervisor => {
            Err(clean!("this needs the role {:?}, you are {:?}", Role::Supervisor, model.role()))
        }
        Look::ViewFloor
        | Look::ViewQueue
        | Look::ViewAgents
        | Look::ViewHistory
        | Look::ViewKnowledge
        | Look::Filter
        | Look::Command
        | Look::Find
        | Look::Help
        | Look::Panel
        | Look::Sort
        | Look::Quit
        | Look::Redraw
        | Look::Suspend
        | Look::Theme
        | Look::Replay
        | Look::Rules
        | Look::Learn
        | Look::Likely
        | Look::Goto => Ok(()),
    }
}

fn no(reason: &'static str) -> Clean {
    Clean::fixed(reason)
}

fn some<T>(list: &[T], reason: &'static str) -> Allowed {
    if list.is_empty() { Err(no(reason)) } else { Ok(()) }
}

fn looked_at(model: &Model) -> Allowed {
    model.row().map(|_| ()).ok_or_else(|| no("no conversation is marked"))
}

/// Whether this console may act at all.
fn may_act(model: &Model, need: Role) -> Allowed {
    if let Some(player) = &model.player {
        return Err(no(match player.origin {
            Origin::Scrub => "this is the past; Esc comes back to now",
            Origin::Replay => "this is a replay: nothing in it can be changed",
        }));
    }
    if model.read_only || model.you.as_ref().is_some_and(|you| you.read_only) {
        return Err(no("this console only looks (it was started with --read-only)"));
    }
    if model.link != Link::Live {
        return Err(no("there is no line to the floor right now"));
    }
    if model.role() < need {
        return Err(clean!("this needs the role {need:?}, you are {:?}", model.role()));
    }
    if model.pending.len() >= PENDING_MAX {
        return Err(no("too many acts wait for an answer"));
    }
    Ok(())
}

/// The least role an act is for.
const fn role(deed: Deed) -> Role {
    match deed {
        Deed::Whisper
        | Deed::Barge
        | Deed::Dismiss
        | Deed::Reroute
        | Deed::WrongIntent
        | Deed::Hold
        | Deed::Release
        | Deed::Block
        | Deed::Unblock
        | Deed::Candidate
        | Deed::Incident
        | Deed::Status
        | Deed::EndRule => Role::Supervisor,
        Deed::Shutdown => Role::Admin,
        Deed::Compose
        | Deed::Untranslated
        | Deed::Decide
        | Deed::Gate
        | Deed::TakeOver
        | Deed::Move
        | Deed::HandBack
        | Deed::TakeOffer
        | Deed::PassOffer
        | Deed::Close
        | Deed::Presence
        | Deed::Promise
        | Deed::GiveDraft
        | Deed::Snooze
        | Deed::Priority
        | Deed::Label
        | Deed::RateTurn
        | Deed::Undo => Role::Responder,
        Deed::Watch => Role::Observer,
    }
}

fn may_do(model: &Model, deed: Deed) -> Allowed {
    may_act(model, role(deed))?;
    let test = |holds: bool, reason: &'static str| if holds { Ok(()) } else { Err(no(reason)) };
    match deed {
        Deed::Presence | Deed::Hold | Deed::Incident | Deed::Status | Deed::EndRule | Deed::Shutdown => return Ok(()),
        Deed::Candidate => {
            let any = model.live.picture.agents.values().any(|row| row.candidate.is_some());
            return test(any, "no agent has a candidate: `[candidate]` in its file gives it one");
        }
        Deed::Release => return test(!model.live.picture.header.held.is_empty(), "nothing is held"),
        Deed::Undo => {
            let shown = undoable(model).is_some() && model.painted.undo.is_some();
            return test(shown, "there is nothing to undo");
        }
        Deed::Compose
        | Deed::Untranslated
        | Deed::TakeOver
        | Deed::HandBack
        | Deed::Whisper
        | Deed::Barge
        | Deed::Decide
        | Deed::Gate
        | Deed::TakeOffer
        | Deed::PassOffer
        | Deed::Move
        | Deed::Dismiss
        | Deed::Reroute
        | Deed::RateTurn
        | Deed::WrongIntent
        | Deed::Promise
        | Deed::GiveDraft
        | Deed::Snooze
        | Deed::Priority
        | Deed::Label
        | Deed::Watch
        | Deed::Block
        | Deed::Unblock
        | Deed::Close => {}
    }
    test(
        matches!(model.view, View::Floor | View::Queue),
        "no conversation of the floor is on the screen; 1 shows the floor",
    )?;
    let Some(row) = &model.painted.target else { return Err(no("no conversation of the floor is marked")) };
    test(model.selected == Some(row.id), "the screen was about to change; look, and press it again")?;
    // Who a customer is does not end with a conversation.
    if deed == Deed::Block {
        return test(row.blocked.is_none(), "this customer is blocked already; `:unblock` ends that");
    }
    if deed == Deed::Unblock {
        return test(row.blocked.is_some(), "this customer is not blocked");
    }
    let over = matches!(row.phase, Phase::Resolved { .. } | Phase::Closed);
    let why = row.need.as_ref().map(|need| &need.why);
    let left = matches!(why, Some(NeedReason::WrapUp { .. } | NeedReason::Promise { .. }));
    if over && left && deed == Deed::Close {
        return Ok(());
    }
    test(!over, "it is over; a word of the customer can re-open it")?;
    may_do_here(model, row, deed)
}

/// Whether an act makes sense in a conversation that goes on.
fn may_do_here(model: &Model, row: &ConversationRow, deed: Deed) -> Allowed {
    let test = |holds: bool, reason: &'static str| if holds { Ok(()) } else { Err(no(reason)) };
    let (mine, leads) = (is_mine(model, row), model.role() >= Role::Supervisor);
    let why = row.need.as_ref().map(|need| &need.why);
    match deed {
        Deed::TakeOver => test(!mine, "you hold it already"),
        Deed::Move | Deed::Close | Deed::Promise | Deed::Snooze | Deed::Priority => {
            test(mine || leads, "you do not hold it; a supervisor can do that")
        }
        Deed::HandBack => test(mine, "you do not hold it"),
        Deed::Untranslated => {
            let open = model.live.open.as_ref().filter(|open| open.id == row.id);
            let translates = open.and_then(|open| open.detail.as_ref()?.translates);
            test(translates.is_some(), "nothing is translated here: the customer writes what the house reads")?;
            test(mine || is_beside(model, row), "you do not hold it; T takes it over")
        }
        Deed::Whisper => may_whisper(row, mine),
        Deed::Barge => may_barge(model, row, mine),
        Deed::Decide => may_decide(model, row, mine || leads),
        Deed::Gate => {
            test(mine || leads, "you do not hold it; a supervisor can gate it")?;
            test(row.gated || row.holder.agent().is_some(), "no agent answers here")
        }
        Deed::TakeOffer | Deed::PassOffer => {
            test(matches!(why, Some(NeedReason::OfferedToYou { .. })), "it is not offered to you")
        }
        Deed::GiveDraft => {
            test(!mine, "you hold it; r goes on with your text")?;
            test(compose::unsent_reply(model, row.id).is_some(), "you have no unsent reply here")
        }
        Deed::Dismiss => test(matches!(why, Some(NeedReason::Escalated { .. })), "no human was called for here"),
        Deed::Reroute => {
            let open = model.live.open.as_ref().filter(|open| open.id == row.id);
            let chosen = open.and_then(|open| open.detail.as_ref()?.decision.as_ref());
            test(chosen.is_some(), "no agent was chosen here yet")
        }
        Deed::Compose
        | Deed::Label
        | Deed::RateTurn
        | Deed::WrongIntent
        | Deed::Watch
        | Deed::Presence
        | Deed::Undo
        | Deed::Hold
        | Deed::Release
        | Deed::Block
        | Deed::Unblock
        | Deed::Candidate
        | Deed::Incident
        | Deed::Status
        | Deed::EndRule
        | Deed::Shutdown => Ok(()),
    }
}

/// Whether the viewer holds this conversation.
pub(super) fn is_mine(model: &Model, row: &ConversationRow) -> bool {
    row.holder.operator().is_some_and(|holder| Some(holder) == model.me())
}

/// Whether there is somebody who could be told something, unseen by the customer.
fn may_whisper(row: &ConversationRow, mine: bool) -> Allowed {
    if mine {
        return Err(no("you hold it yourself; r writes to the customer"));
    }
    let told = row.holder.agent().is_some() || row.holder.operator().is_some();
    told.then_some(()).ok_or_else(|| no("nobody holds it who could be told"))
}

/// Whether something waits here for a word of the viewer.
fn may_decide(model: &Model, row: &ConversationRow, decides: bool) -> Allowed {
    let asked = row.claim.as_ref().is_some_and(|claim| Some(&claim.from) == model.me());
    let approval = model.painted.approval.is_some();
    match (asked, approval, model.painted.draft.is_some()) {
        (false, false, false) => Err(no("nothing waits for a decision here")),
        (false, true, _) if !decides => Err(no("an approval is for a supervisor")),
        _ => Ok(()),
    }
}

/// Whether the viewer may speak beside the holder, or end it.
fn may_barge(model: &Model, row: &ConversationRow, mine: bool) -> Allowed {
    match &row.barge {
        _ if mine => Err(no("you hold it yourself; r writes to the customer")),
        _ if row.holder.agent().is_none() && row.holder.operator().is_none() => {
            Err(no("nobody answers here to speak beside"))
        }
        Some(other) if !is_beside(model, row) => Err(clean!("{other} speaks beside the holder already")),
        Some(_) | None => Ok(()),
    }
}

/// Whether the viewer speaks beside the holder here.
pub(crate) fn is_beside(model: &Model, row: &ConversationRow) -> bool {
    row.barge.is_some() && row.barge.as_ref() == model.me()
}

/// For whom the viewer may write in this conversation, the usual one first.
pub fn audiences(model: &Model, row: &ConversationRow) -> Vec<Audience> {
    let mut audiences = Vec::new();
    if is_mine(model, row) {
        audiences.push(Audience::Reply);
        audiences.push(Audience::Note);
        return audiences;
    }
    if is_beside(model, row) {
        audiences.push(Audience::Barge);
    }
    if model.role() >= Role::Supervisor && !matches!(row.holder, Holder::Nobody | Holder::Queue(_)) {
        audiences.push(Audience::Whisper);
    }
    audiences.push(Audience::Note);
    audiences
}

/// The viewer's last act that can be taken back still.
pub fn undoable(model: &Model) -> Option<(&ConversationRow, UndoRow)> {
    let row = model.live.picture.rows.get(&model.undo?)?;
    let undo = row.undo.filter(|undo| model.floor_now() < undo.until)?;
    Some((row, undo))
}
