//! A card above the composer: what is at stake, what can be chosen, what follows.

use super::strip::{Piece, Strip, piece, wrap};
use crate::console::model::Model;
use crate::console::model::card::Card;
use crate::console::theme::Token;
use crate::domain::text::Clean;

/// Lines of one fact; what is longer says so, since nobody may approve what they cannot see.
const FACT_LINES_MAX: usize = 12;
/// Choices shown at once.
const CHOICES_MAX: usize = 10;

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl CardView {
    /// A card in so many cells.
    pub fn of(model: &Model, card: &Card, width: u16) -> Self {
        let width = usize::from(width);
        let dead = card.is_dead(model.wall);
        let enter = if dead { piece(Token::Dim, " Enter") } else { piece(Token::Key, " Enter") };
        let mut strips = vec![Strip::rule([piece(Token::Strong, card.title.clone())]).right([
            enter,
            piece(Token::Dim, " confirms"),
            piece(Token::Key, "  Esc"),
            piece(Token::Dim, " back "),
        ])];
        for fact in &card.facts {
            strips.extend(lines(fact, Token::Base, "  ", width));
        }
        if changed(model, card) {
            strips.push(Strip::of([piece(Token::Breach, "  changed since this card was opened: Esc, and look again")]));
        }
        let top = (card.chosen + 1).saturating_sub(CHOICES_MAX);
        for (choice, at) in card.choices.iter().zip(0..).skip(top).take(CHOICES_MAX) {
            let chosen = at == card.chosen;
            let mark = if chosen { "›" } else { " " };
            let letter = choice.letter.map_or_else(|| "  ".to_owned(), |letter| format!("{letter} "));
            let label = if chosen { Token::Strong } else { Token::Base };
            let mut pieces: Vec<Piece> = vec![
                piece(Token::Accent, clean!(" {mark} ")),
                piece(Token::Key, clean!("{letter}")),
                piece(label, choice.label.clone()),
            ];
            if card.choices.len() > 3 {
                pieces.push(piece(Token::Dim, clean!("  {}", choice.consequence)));
            }
            let strip = Strip::of(pieces);
            strips.push(if chosen { strip.on(Token::Selected) } else { strip });
        }
        if let Some(choice) = card.choice() {
            strips.extend(lines(&clean!("then: {}", choice.consequence), Token::Need, "  ", width));
            if let Some(wanted) = &choice.type_first {
                let token = if card.still_to_type().is_some() { Token::Need } else { Token::Good };
                strips.push(Strip::of([
                    piece(token, clean!("  type {wanted}: ")),
                    piece(Token::Strong, clean!("{}▏", card.typed)),
                ]));
            }
        }
        if let Some(note) = &card.note {
            let cursor = if note.writing { "▏" } else { "" };
            let token = if note.writing { Token::Note } else { Token::Dim };
            strips.push(Strip::of([
                piece(Token::Key, "  Tab "),
                piece(token, clean!("{}: {}{cursor}", note.label, note.editor.text().replace('\n', " "))),
            ]));
        }
        let strips =
            strips.into_iter().map(|strip| if strip.ground == Token::Base { strip.on(Token::Card) } else { strip });
        Self { strips: strips.collect() }
    }
}

fn lines(text: &Clean, token: Token, indent: &'static str, width: usize) -> Vec<Strip> {
    let (lines, more) = wrap(text, width.saturating_sub(indent.len() + 1), FACT_LINES_MAX);
    let mut strips: Vec<Strip> =
        lines.into_iter().map(|line| Strip::of([piece(Token::Base, indent), piece(token, line)])).collect();
    if more > 0 {
        strips.push(Strip::of([piece(Token::Breach, clean!("  … {more} more lines are not shown"))]));
    }
    strips
}

/// Whether holder or epoch are not those that the card was opened on.
fn changed(model: &Model, card: &Card) -> bool {
    let Some(seen) = &card.seen else { return false };
    let row = model.live.picture.rows.get(&seen.conversation);
    row.is_none_or(|row| row.epoch != seen.epoch)
}
