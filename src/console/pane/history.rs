//! Past and present conversations, newest first.

use super::strip::{Strip, fit, piece};
use super::transcript::disposition_word;
use crate::console::model::clock::day_and_time;
use crate::console::model::{Model, Pane};
use crate::console::theme::Token;
use crate::domain::text::Clean;
use crate::protocol::query::HistoryRow;

/// From this width on a row shows how it went.
const ROOMY: u16 = 64;

/// The history list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl HistoryView {
    /// The list in so many cells.
    pub fn of(model: &Model, width: u16, height: u16) -> Self {
        let history = &model.history;
        let more = if history.next.is_some() { "+" } else { "" };
        let mut title = vec![piece(Token::Strong, clean!("HISTORY {}{more}", history.rows.len()))];
        let typing = model.filter_line.1;
        if typing || !history.line.text().is_empty() {
            let cursor = if typing { "▏" } else { "" };
            title.push(piece(Token::Key, clean!(" /{}{cursor}", history.line.text())));
        }
        let right = if history.asked.is_some() { " asking … " } else { " newest first " };
        let mut strips = vec![Strip::rule(title).right([piece(Token::Dim, right)])];
        let rows = usize::from(height).saturating_sub(1);
        let top = (history.chosen + 1).saturating_sub(rows);
        for (row, at) in history.rows.iter().zip(0..).skip(top).take(rows) {
            let strip = line(model, row, width);
            strips.push(if at == history.chosen { mark(model, strip) } else { strip });
        }
        if history.rows.is_empty() && history.asked.is_none() {
            strips.push(Strip::of([piece(Token::Dim, "  nothing was found")]));
        }
        Self { strips }
    }
}

fn mark(model: &Model, mut strip: Strip) -> Strip {
    if let Some(first) = strip.left.first_mut() {
        let here = model.pane == Pane::List && !model.is_past();
        *first = piece(Token::Accent, if here { "›" } else { "·" });
    }
    strip.on(Token::Selected)
}

fn line(model: &Model, row: &HistoryRow, width: u16) -> Strip {
    let time = day_and_time(row.opened, &model.zone);
    let state = match (row.disposition, row.ended) {
        (Some(disposition), _) => Clean::fixed(disposition_word(disposition)),
        (None, Some(_)) => Clean::fixed("ended"),
        (None, None) => Clean::fixed("live"),
    };
    let token = if row.ended.is_some() || row.disposition.is_some() { Token::Dim } else { Token::Good };
    let mut left = vec![
        piece(Token::Base, " "),
        piece(Token::Dim, clean!("{time} ")),
        piece(Token::Customer, fit(&row.name.one_line(), if width >= ROOMY { 20 } else { 12 })),
    ];
    if width >= ROOMY {
        let intent = row.intent.as_ref().map(Clean::from).unwrap_or_default();
        left.push(piece(Token::Dim, clean!(" {:<8}", row.handle.to_string())));
        left.push(piece(Token::Base, clean!(" {}", fit(&intent, 16))));
        let holders: Vec<&str> = row.holders.iter().map(Clean::as_str).collect();
        let found = row.excerpt.as_ref().map(|text| format!("  “{}”", text.one_line())).unwrap_or_default();
        left.push(piece(Token::Dim, clean!(" {}{found}", holders.join(" > "))));
    }
    let rating = row.rating.map(|rating| format!(" {rating}/5")).unwrap_or_default();
    Strip::of(left).right([piece(token, clean!(" {state}{rating} "))])
}
