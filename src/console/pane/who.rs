//! Colleagues at a conversation: who writes, who speaks beside the holder, who looks. Shown before one's
//! own first key, so that nobody begins what another is at.

use super::strip::{Piece, piece};
use crate::console::model::Model;
use crate::console::pane::composer::audience_token;
use crate::console::theme::Token;
use crate::domain::id::OperatorName;
use crate::domain::text::Clean;
use crate::protocol::console::Audience;
use crate::protocol::row::{ConversationRow, WriterRow};

/// Colleagues named at once; more are counted.
const NAMED_MAX: usize = 2;

/// The colleagues who are writing here.
pub fn writers<'a>(model: &'a Model, row: &'a ConversationRow) -> impl Iterator<Item = &'a WriterRow> {
    row.writers.iter().filter(|writer| Some(&writer.operator) != model.me())
}

/// The colleague who speaks beside the holder.
pub fn beside<'a>(model: &Model, row: &'a ConversationRow) -> Option<&'a OperatorName> {
    row.barge.as_ref().filter(|operator| Some(*operator) != model.me())
}

/// Colleagues who look and do nothing else.
fn watchers<'a>(model: &'a Model, row: &'a ConversationRow) -> impl Iterator<Item = &'a OperatorName> {
    let busy = |name: &OperatorName| row.writers.iter().any(|writer| writer.operator == *name);
    let idle = move |name: &&OperatorName| {
        Some(*name) != model.me()
            && Some(*name) != row.barge.as_ref()
            && row.holder.operator() != Some(*name)
            && !busy(name)
    };
    row.watchers.iter().filter(idle)
}

/// A colleague who looks, where a row has room for one name.
pub fn watcher<'a>(model: &'a Model, row: &'a ConversationRow) -> Option<&'a OperatorName> {
    row.writers.is_empty().then(|| watchers(model, row).next()).flatten()
}

/// What a colleague does here that a row should say in place of who holds: `ben writes …`, `billing + ben`.
pub fn at_work(model: &Model, row: &ConversationRow) -> Option<Piece> {
    if let Some(writer) = writers(model, row).next() {
        return Some(piece(audience_token(writer.to), clean!("{} writes …", writer.operator)));
    }
    let beside = row.barge.as_ref()?;
    let who = if Some(beside) == model.me() { Clean::fixed("you") } else { Clean::from(beside) };
    Some(piece(Token::Barge, clean!("{} + {who}", row.holder)))
}

/// Everybody who is here, the one who matters most first: `ben writes … · cleo watches`; in fewer words
/// where there is no room.
pub fn here(model: &Model, row: &ConversationRow, roomy: bool) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut add = |token, text: Clean| {
        if !pieces.is_empty() {
            pieces.push(piece(Token::Dim, "· "));
        }
        pieces.push(piece(token, clean!("{text} ")));
    };
    for writer in writers(model, row).take(NAMED_MAX) {
        add(
            audience_token(writer.to),
            clean!("{} writes{} …", writer.operator, if roomy { what(writer.to) } else { "" }),
        );
    }
    match &row.barge {
        Some(operator) if Some(operator) == model.me() => add(Token::Barge, Clean::fixed("you speak beside")),
        Some(operator) => add(Token::Barge, clean!("{operator} speaks{}", if roomy { " beside" } else { "" })),
        None => {}
    }
    let watch: Vec<&str> = watchers(model, row).map(OperatorName::as_str).collect();
    match watch.as_slice() {
        [] => {}
        [one] => add(Token::Operator, clean!("{one} watches")),
        [.., _] if watch.len() <= NAMED_MAX => add(Token::Operator, clean!("{} watch", watch.join(", "))),
        [first, ..] => add(Token::Operator, clean!("{first} and {} more watch", watch.len() - 1)),
    }
    pieces
}

/// What is being written, for a colleague who wonders whether to write too.
pub const fn what(to: Audience) -> &'static str {
    match to {
        Audience::Reply | Audience::Barge => "",
        Audience::Whisper => " a whisper",
        Audience::Note => " a note",
    }
}
