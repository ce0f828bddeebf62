//! What is to be expected of a conversation and how its customer feels, each with what it is read off.

use super::{open, signal};
use crate::console::model::Model;
use crate::console::model::clock::hours_minutes;
use crate::console::pane::strip::{Strip, level, mood_token, piece};
use crate::console::pane::transcript::mood_of;
use crate::console::theme::Token;
use crate::protocol::transcript::OutlookCard;

/// Messages of the customer whose mood is told: what led to how it is now.
const MESSAGES: usize = 5;

/// How likely a human is needed in the next turns, with the signals and their weights.
pub(super) fn soon(model: &Model) -> Vec<Strip> {
    let outlook = open(model).and_then(|open| open.detail.as_ref()).map(|detail| &detail.outlook);
    let Some(OutlookCard { escalates: Some(chance), terms, .. }) = outlook.filter(|outlook| !outlook.terms.is_empty())
    else {
        return Vec::new();
    };
    let title = Strip::rule([piece(Token::Strong, clean!("A HUMAN IS NEEDED SOON: {chance}"))]);
    [Strip::blank(), title].into_iter().chain(terms.iter().map(signal)).collect()
}

/// The mood of the customer's last messages, the newest first: how each was felt, and the words that moved it.
pub(super) fn mood(model: &Model) -> Vec<Strip> {
    let items = open(model).into_iter().flat_map(|open| open.items.values().rev());
    let read = items.filter_map(|item| Some((item, mood_of(item)?))).take(MESSAGES);
    let lines: Vec<Strip> = read
        .map(|(item, read)| {
            let time = hours_minutes(item.at, &model.zone);
            let token = mood_token(read.level);
            let mut pieces = vec![
                piece(Token::Dim, clean!(" {time} ")),
                piece(token, clean!("{} {:<5} ", level(read.level), read.level.to_string())),
            ];
            pieces.extend(read.why());
            Strip::of(pieces)
        })
        .collect();
    if lines.is_empty() {
        return lines;
    }
    let title = Strip::rule([piece(Token::Strong, "MOOD, AND THE WORDS THAT MOVED IT")]);
    [Strip::blank(), title].into_iter().chain(lines).collect()
}
