//! Beginning an answer with the house's own words: `/`, a few letters, Enter. Choosing never sends.

use crate::domain::id::{ClientKey, ConversationId};
use crate::domain::reply::ReplyChoice;
use crate::domain::text::Clean;
use crate::protocol::console::{Audience, ConsoleRequest};
use crate::protocol::query::Query;
use crate::protocol::transcript::LeftDraft;

use super::super::keymap::{Code, Key};
use super::super::model::Model;
use super::super::model::editor::Editor;
use super::super::model::replies::{Replies, wanted};
use super::Effect;

/// Asks the floor for texts when a `/` begins an answer for which none are here.
pub(super) fn look(model: &mut Model, conversation: ConversationId) -> Vec<Effect> {
    let begun = is_wanted(model, conversation);
    if !begun {
        // The next `/` asks anew, since facts change as a conversation goes on; gaps are still known.
        if model.replies.asked.is_none() {
            model.replies.conversation = None;
        }
        return Vec::new();
    }
    if model.replies.conversation == Some(conversation) {
        model.replies.at = 0;
        return Vec::new();
    }
    let Ok(key) = model.keys.mint() else { return Vec::new() };
    model.replies = Replies { conversation: Some(conversation), asked: Some(key.clone()), ..Replies::default() };
    let query = Query::Replies { conversation };
    vec![Effect::send(ConsoleRequest::Ask { key, query, after: None })]
}

fn is_wanted(model: &Model, conversation: ConversationId) -> bool {
    let draft = model.drafts.get(&conversation).filter(|draft| draft.audience == Audience::Reply);
    draft.is_some_and(|draft| wanted(draft.editor.text()).is_some())
}

/// The texts arrived.
pub(super) fn arrived(model: &mut Model, key: &ClientKey, conversation: ConversationId, choices: Vec<ReplyChoice>) {
    if model.replies.asked.as_ref() == Some(key) {
        let left = left(model, conversation).map(|left| ReplyChoice {
            name: clean!("left by {}", left.by),
            about: Clean::fixed("unsent words of who had it before"),
            text: left.text.clean(),
            open: Vec::new(),
            citation: None,
        });
        let choices = left.into_iter().chain(choices).collect();
        model.replies = Replies { conversation: Some(conversation), asked: None, choices, at: 0 };
    }
}

/// What a colleague who went away had begun to write here, if the viewer holds it now.
pub fn left(model: &Model, conversation: ConversationId) -> Option<&LeftDraft> {
    let open = model.live.open.as_ref().filter(|open| open.id == conversation)?;
    open.detail.as_ref()?.left.as_ref()
}

/// What stands to choose from while this conversation is being answered.
pub fn choices(model: &Model) -> Vec<&ReplyChoice> {
    let Some(conversation) = model.composing.filter(|id| model.replies.conversation == Some(*id)) else {
        return Vec::new();
    };
    let draft = model.drafts.get(&conversation).filter(|draft| draft.audience == Audience::Reply);
    draft.map(|draft| model.replies.fitting(draft.editor.text())).unwrap_or_default()
}

/// A key while there is something to choose from; true if it was one for choosing.
pub(super) fn key(model: &mut Model, conversation: ConversationId, key: Key) -> bool {
    let last = match choices(model).len() {
        0 => return false,
        count => count - 1,
    };
    match (key.code, key.ctrl || key.alt) {
        (Code::Down, false) => model.replies.at = (model.replies.at + 1).min(last),
        (Code::Up, false) => model.replies.at = model.replies.at.saturating_sub(1),
        (Code::Enter | Code::Tab, false) => {
            let chosen = choices(model).get(model.replies.at.min(last)).map(|choice| choice.text.clone());
            let wall = model.wall;
            if let (Some(text), Some(draft)) = (chosen, model.drafts.get_mut(&conversation)) {
                draft.editor = Editor::of(&text);
                draft.unsaved.get_or_insert(wall);
            }
        }
        _ => return false,
    }
    true
}

/// A gap of a chosen text that still stands open in what is about to be sent.
pub(super) fn open_gap<'a>(model: &'a Model, text: &str) -> Option<&'a str> {
    let gaps = model.replies.choices.iter().flat_map(|choice| &choice.open);
    gaps.map(String::as_str).find(|gap| text.contains(&format!("{{{gap}}}")))
}
