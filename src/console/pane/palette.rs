//! The line that finds everything, and what fits it.

use super::strip::{Strip, fit, piece};
use crate::console::model::Model;
use crate::console::model::sheet::{Palette, PaletteMode};
use crate::console::theme::Token;

/// Cells for the names of hits.
const NAME: usize = 14;

/// The palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteView {
    /// Its lines.
    pub strips: Vec<Strip>,
    /// Where the cursor stands: column and line.
    pub cursor: (u16, u16),
}

impl PaletteView {
    /// The palette in so many lines.
    pub fn of(model: &Model, palette: &Palette, height: u16) -> Self {
        let (title, mark) = match palette.mode {
            PaletteMode::Command => ("COMMAND", ":"),
            PaletteMode::Find => ("FIND", ">"),
            PaletteMode::Acts => ("ACTS ON THIS CONVERSATION", "."),
        };
        let (before, behind) = palette.input.halves();
        let before = clean!("{before}");
        let mut strips = vec![
            Strip::rule([piece(Token::Strong, title)]).right([piece(Token::Key, " Esc"), piece(Token::Dim, " back ")]),
            Strip::of([
                piece(Token::Key, clean!(" {mark} ")),
                piece(Token::Base, before.clone()),
                piece(Token::Base, clean!("{behind}")),
            ]),
        ];
        let rows = usize::from(height).saturating_sub(strips.len());
        let top = (palette.chosen + 1).saturating_sub(rows);
        for (hit, at) in palette.hits.iter().zip(0..).skip(top).take(rows) {
            let (name, about) = match &hit.dead {
                Some(reason) => (Token::Dim, reason.clone()),
                None => (Token::Base, hit.about.clone()),
            };
            let strip = Strip::of([
                piece(Token::Key, fit(&clean!(" {}", hit.key), 9)),
                piece(name, fit(&hit.label, NAME)),
                piece(Token::Dim, clean!(" {about}")),
            ]);
            strips.push(if at == palette.chosen { strip.on(Token::Selected) } else { strip });
        }
        if palette.hits.is_empty() {
            strips.push(Strip::of([piece(Token::Dim, "   nothing fits")]));
        }
        let limit = model.size.columns.saturating_sub(1);
        Self { strips, cursor: ((3 + before.cells() as u16).min(limit), 1) }
    }
}
