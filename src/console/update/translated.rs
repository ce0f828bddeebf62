//! Replies to a customer who writes another language: translated, unless their author says otherwise.

use crate::domain::text::Clean;
use crate::protocol::console::Audience;
use crate::protocol::transcript::{HeldFate, ItemBody};

use super::super::model::Model;
use super::super::model::editor::Editor;
use super::super::model::pending::Tone;
use super::{Effect, compose};

/// What the person writes here goes out as it is from now on, or is translated again. With nothing written their
/// last reply that went to nobody is taken up. Nothing is sent by this.
pub(super) fn switch(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.painted.target.clone() else { return Vec::new() };
    let unsent = last_unsent(model);
    let audience = if super::is_beside(model, &row) { Audience::Barge } else { Audience::Reply };
    let written = model.drafts.get(&row.id).filter(|draft| !draft.editor.is_blank()).map(|draft| draft.audience);
    compose::begin(model, row.id, written.unwrap_or(audience));
    let wall = model.wall;
    let Some(draft) = model.drafts.get_mut(&row.id) else { return Vec::new() };
    draft.untranslated = !draft.untranslated;
    if let Some(text) = unsent.filter(|_| draft.untranslated && draft.editor.is_blank()) {
        draft.editor = Editor::of(&text);
        draft.unsaved = Some(wall);
    }
    let said = if draft.untranslated {
        "what you write here goes out as it is; `:untranslated` ends that"
    } else {
        "what you write here is translated"
    };
    model.say(Tone::Plain, Clean::fixed(said));
    Vec::new()
}

/// The viewer's last words here, if they waited for a translation that did not come.
fn last_unsent(model: &Model) -> Option<Clean> {
    let open = model.live.open.as_ref().filter(|open| Some(open.id) == model.selected)?;
    open.items.values().rev().find_map(|item| {
        let ItemBody::Held { operator, text, fate: HeldFate::Unsent(_), .. } = &item.body else { return None };
        (Some(operator) == model.me()).then(|| text.clone())
    })
}
