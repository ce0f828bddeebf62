//! The selected conversation: what is asked, and what would happen if you pressed each key.

use crate::console::keymap::{Deed, Run};
use crate::console::model::Model;
use crate::console::pane::strip::{Strip, fit, piece, wrap};
use crate::console::theme::Token;
use crate::domain::baton::Holder;
use crate::domain::conversation::{Author, Phase};
use crate::domain::text::Clean;
use crate::protocol::query::Foreseen;
use crate::protocol::row::ConversationRow;
use crate::protocol::transcript::ItemBody;

/// Acts as the wire names them, with what does them here. Notes and replies are no decisions, so they
/// are not foretold.
const DEEDS: [(&str, Deed, &str); 17] = [
    ("take_offer", Deed::TakeOffer, "take the offer"),
    ("pass_offer", Deed::PassOffer, "pass the offer"),
    ("decide", Deed::Decide, ""),
    ("settle_draft", Deed::Decide, ""),
    ("take_over", Deed::TakeOver, "take over"),
    ("undo", Deed::Undo, "undo"),
    ("dismiss", Deed::Dismiss, "no human needed"),
    ("gate", Deed::Gate, "gate"),
    ("barge", Deed::Barge, "speak beside"),
    ("end_barge", Deed::Barge, "end the barge"),
    ("hand_back", Deed::HandBack, "hand back"),
    ("move", Deed::Move, "move"),
    ("snooze", Deed::Snooze, "snooze"),
    ("wake", Deed::Snooze, "wake"),
    ("set_priority", Deed::Priority, "priority"),
    ("resolve", Deed::Close, "resolve"),
    ("close", Deed::Close, "close for good"),
];
/// Lines that one foretold act takes at most.
const WORDS_MAX: usize = 4;
/// Lines of what the customer asked.
const ASKED_MAX: usize = 2;
/// Cells of the key and the name of an act.
const LEAD: usize = 22;

/// All lines, as many as there are.
pub(super) fn strips(model: &Model, width: usize) -> Vec<Strip> {
    let Some(row) = model.row().filter(|_| !model.is_past()) else { return Vec::new() };
    let mut strips = vec![head(row)];
    strips.extend(asked(model, row, width));
    if !matches!(row.phase, Phase::Live | Phase::Snoozed { .. }) {
        strips.push(Strip::of([piece(Token::Dim, "  it is over; nothing can be done here")]));
        return strips;
    }
    let Some(page) = model.foresight.page_of(row.id) else {
        strips.push(Strip::of([piece(Token::Dim, "  what would happen is being asked …")]));
        return strips;
    };
    strips.push(Strip::rule([piece(Token::Strong, "WHAT HAPPENS IF YOU …")]));
    let (refused, possible): (Vec<_>, Vec<_>) = page.acts.iter().partition(|one| one.refused);
    strips.extend(possible.into_iter().flat_map(|one| act(model, one, width)));
    strips.extend(refused.into_iter().flat_map(|one| act(model, one, width)));
    strips
}

fn head(row: &ConversationRow) -> Strip {
    let holds = match &row.holder {
        Holder::Queue(queue) => clean!("waits in line {queue}"),
        Holder::Nobody => Clean::fixed("nobody holds it"),
        Holder::Agent(_) | Holder::Operator(_) => clean!("{} holds it", row.holder),
    };
    let about = row.intent.as_ref().map(|intent| format!(" · about {intent}")).unwrap_or_default();
    let name = row.name.one_line();
    // Who has no name goes by the handle already.
    let handle = Some(format!(" · {}", row.handle)).filter(|_| name.as_str() != row.handle.to_string());
    Strip::rule([
        piece(Token::Strong, name.truncated(24)),
        piece(Token::Dim, clean!("{} · {holds}{about}", handle.unwrap_or_default())),
    ])
}

/// What the customer said last.
fn asked(model: &Model, row: &ConversationRow, width: usize) -> Vec<Strip> {
    let open = model.live.open.as_ref().filter(|open| open.id == row.id);
    let last = open.and_then(|open| {
        open.items.values().rev().find_map(|item| {
            let ItemBody::Message { author: Author::Customer, text, .. } = &item.body else { return None };
            Some(text.one_line())
        })
    });
    let Some(last) = last else { return Vec::new() };
    let (lines, more) = wrap(&last, width.saturating_sub(4), ASKED_MAX);
    let n = lines.len();
    let strips = lines.into_iter().enumerate().map(|(at, line)| {
        let more = if more > 0 && at + 1 == n { " …" } else { "" };
        Strip::of([piece(Token::Customer, clean!("  {line}{more}"))])
    });
    strips.collect()
}

/// `T take over           you hold it; billing stops; …`.
fn act(model: &Model, one: &Foreseen, width: usize) -> Vec<Strip> {
    let Some((_, deed, word)) = DEEDS.iter().find(|(act, ..)| *act == one.act) else { return Vec::new() };
    // Why there is no offer to you or nothing to undo is told by `.`, where all acts stand.
    if one.refused && matches!(deed, Deed::TakeOffer | Deed::PassOffer | Deed::Undo) {
        return Vec::new();
    }
    let key = model.keymap.key_of(Run::Deed(*deed));
    let name = match (*word, one.about.as_str()) {
        // What it is about stands on the row already.
        ("", about) => {
            let verb = about.split(' ').next().unwrap_or_default();
            if one.act == "settle_draft" { clean!("{verb} the draft") } else { clean!("{verb}") }
        }
        (word, about) if matches!(deed, Deed::Move | Deed::Gate) => clean!("{word} {about}"),
        (word, _) => Clean::fixed(word),
    };
    let (ink, key_ink) = if one.refused { (Token::Dim, Token::Dim) } else { (Token::Base, Token::Key) };
    let (lines, _) = wrap(&one.words, width.saturating_sub(LEAD + 2), WORDS_MAX);
    let strips = lines.into_iter().enumerate().map(|(at, line)| {
        let (key, name) =
            if at == 0 { (clean!("  {key:<2}"), name.clone()) } else { (Clean::fixed("    "), Clean::default()) };
        Strip::of([piece(key_ink, key), piece(ink, fit(&name, LEAD - 4)), piece(Token::Dim, " "), piece(ink, line)])
    });
    strips.collect()
}
