//! The knowledge view: what customers asked and no article answers.

use crate::domain::id::ClientKey;
use crate::protocol::console::ConsoleRequest;
use crate::protocol::knowledge::Gaps;
use crate::protocol::query::Query;

use super::super::model::player::Origin;
use super::super::model::{Model, Pane, View};
use super::{Effect, past};

/// Shows it, and asks anew: what is there stays until the answer comes.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    past::leave(model);
    model.view = View::Knowledge;
    model.pane = Pane::List;
    model.zoom = false;
    model.unkept = Some(model.wall);
    let Ok(key) = model.keys.mint() else { return Vec::new() };
    model.knowledge.asked = Some(key.clone());
    vec![Effect::send(ConsoleRequest::Ask { key, query: Query::Gaps { since: None }, after: None })]
}

/// The answer is there.
pub(super) fn arrived(model: &mut Model, key: &ClientKey, page: Box<Gaps>) {
    if model.knowledge.asked.take_if(|asked| asked == key).is_some() {
        model.knowledge.chosen = model.knowledge.chosen.min(page.rows.len().saturating_sub(1));
        model.knowledge.gaps = Some(page);
    }
}

/// Moves the mark.
pub(super) fn choose(model: &mut Model, by: isize) {
    let rows = model.knowledge.gaps.as_ref().map_or(0, |page| page.rows.len());
    model.knowledge.chosen = model.knowledge.chosen.saturating_add_signed(by).min(rows.saturating_sub(1));
}

/// Plays the conversation in which the marked kind was asked last.
pub(super) fn play(model: &mut Model) -> Vec<Effect> {
    let gaps = model.knowledge.gaps.as_ref();
    let row = gaps.and_then(|page| page.rows.get(model.knowledge.chosen));
    let id = row.and_then(|row| row.examples.first()).map(|example| example.conversation.to_string());
    id.map(|id| past::ask_session(model, id, Origin::Replay)).unwrap_or_default()
}
