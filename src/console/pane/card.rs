//! A card above the composer: what is at stake, what can be chosen, what follows.

use super::strip::{Piece, Strip, left, piece, wrap};
use crate::console::model::Model;
use crate::console::model::card::{Card, Fact, Typing};
use crate::console::theme::Token;
use crate::domain::text::Clean;

/// Choices shown at once.
const CHOICES_MAX: usize = 10;
/// From this width on the head says what each key does.
const ROOMY: usize = 60;
/// Cells of the word that says what kind a fact is.
const LABEL: usize = 8;
/// Lines of what is written beside a choice that are seen at once: its end.
const NOTE_MAX: usize = 4;
/// Before them stands the key.
const TAB: &str = "  Tab ";

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardView {
    /// Its lines.
    pub strips: Vec<Strip>,
    /// Lines of facts that stand below what is seen: nobody may approve what they have not read.
    pub rest: usize,
}

impl CardView {
    /// A card in so many cells and lines: choices are always seen, facts scroll where they are too many.
    pub fn of(model: &Model, card: &Card, (width, height): (u16, u16)) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        let mut strips = vec![head(model, card, width)];
        let mut below = Vec::new();
        if changed(model, card) {
            below.push(Strip::of([piece(Token::Breach, "  changed since this card was opened: Esc, and look again")]));
        }
        below.extend(choices(card));
        below.extend(then(card, width));
        below.extend(note(card, width));
        let facts: Vec<Strip> = card.facts.iter().flat_map(|fact| fact_lines(fact, width)).collect();
        let room = height.saturating_sub(below.len() + 1).max(1);
        let scrolls = facts.len() > room;
        let room = if scrolls { room.saturating_sub(1).max(1) } else { room };
        let top = card.top.min(facts.len().saturating_sub(room));
        let rest = facts.len().saturating_sub(top + room);
        strips.extend(facts.into_iter().skip(top).take(room));
        if scrolls {
            let above = if top > 0 { format!("{top} above · ") } else { String::new() };
            let token = if rest > 0 { Token::Need } else { Token::Dim };
            let line = Strip::of([piece(token, clean!("  … {above}{rest} more lines"))]);
            strips.push(line.right([piece(Token::Key, " PageDown"), piece(Token::Dim, " reads on ")]));
        }
        strips.extend(below);
        let strips =
            strips.into_iter().map(|strip| if strip.ground == Token::Base { strip.on(Token::Card) } else { strip });
        Self { strips: strips.collect(), rest }
    }
}

fn head(model: &Model, card: &Card, width: usize) -> Strip {
    let now = model.floor_now();
    let mut right: Vec<Piece> = Vec::new();
    right.extend(card.until.map(|until| {
        let token = if until < now { Token::Breach } else { Token::Need };
        piece(token, clean!(" {} left ", left(now, until)))
    }));
    right.push(piece(if card.is_dead(model.wall) { Token::Dim } else { Token::Key }, " Enter"));
    if width >= ROOMY {
        right.push(piece(Token::Dim, " confirms"));
    }
    right.extend([piece(Token::Key, "  Esc"), piece(Token::Dim, " back ")]);
    Strip::rule([piece(Token::Strong, card.title.clone())]).right(right)
}

fn fact_lines(fact: &Fact, width: usize) -> Vec<Strip> {
    let token = if fact.warns { Token::Need } else { Token::Base };
    let indent = if fact.label.is_empty() { 2 } else { 2 + LABEL };
    let (lines, _) = wrap(&fact.text, width.saturating_sub(indent + 1), usize::MAX);
    let label = |at: usize| if at == 0 { clean!("  {:1$}", fact.label, indent - 2) } else { clean!("{:indent$}", "") };
    let lines = lines.into_iter().enumerate();
    lines.map(|(at, line)| Strip::of([piece(Token::Dim, label(at)), piece(token, line)])).collect()
}

fn choices(card: &Card) -> Vec<Strip> {
    let top = (card.chosen + 1).saturating_sub(CHOICES_MAX);
    let shown = card.choices.iter().zip(0..).skip(top).take(CHOICES_MAX);
    let line = |(choice, at): (&crate::console::model::card::Choice, usize)| {
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
        if chosen { strip.on(Token::Selected) } else { strip }
    };
    shown.map(line).collect()
}

/// What the marked choice brings about, and what it wants typed.
fn then(card: &Card, width: usize) -> Vec<Strip> {
    let Some(choice) = card.choice() else { return Vec::new() };
    let (lines, _) = wrap(&clean!("then: {}", choice.consequence), width.saturating_sub(3), usize::MAX);
    let mut strips: Vec<Strip> =
        lines.into_iter().map(|line| Strip::of([piece(Token::Base, "  "), piece(Token::Need, line)])).collect();
    if let Some(typing) = &choice.typing {
        let token = if card.still_to_type().is_some() { Token::Need } else { Token::Good };
        let wanted = match typing {
            Typing::Exactly(wanted) => clean!("type {wanted}"),
            Typing::Below(whole) => clean!("type an amount below {whole}"),
            Typing::Minutes => Clean::fixed("for how many minutes, if you know"),
        };
        strips.push(Strip::of([piece(token, clean!("  {wanted}: ")), piece(Token::Strong, clean!("{}▏", card.typed))]));
    }
    strips
}

/// What is written beside the choice, wrapped: who writes sees the end of it.
fn note(card: &Card, width: usize) -> Vec<Strip> {
    let Some(note) = &card.note else { return Vec::new() };
    let cursor = if note.writing { "▏" } else { "" };
    let token = if note.writing { Token::Note } else { Token::Dim };
    let text = clean!("{}: {}{cursor}", note.label, note.editor.text().replace('\n', " "));
    let (lines, _) = wrap(&text, width.saturating_sub(TAB.len() + 1), usize::MAX);
    let above = lines.len().saturating_sub(NOTE_MAX);
    let lines = lines.into_iter().skip(above).enumerate();
    let key = |at: usize| if at == 0 { Clean::fixed(TAB) } else { clean!("{:1$}", "", TAB.len()) };
    lines.map(|(at, line)| Strip::of([piece(Token::Key, key(at)), piece(token, line)])).collect()
}

/// Whether holder or epoch are not those that the card was opened on.
fn changed(model: &Model, card: &Card) -> bool {
    let Some(seen) = &card.seen else { return false };
    let row = model.live.picture.rows.get(&seen.conversation);
    row.is_none_or(|row| row.epoch != seen.epoch)
}
