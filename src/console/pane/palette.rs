//! The line that finds everything, and what fits it.

use super::strip::{Strip, fit, piece, wrap};
use crate::console::model::Model;
use crate::console::model::sheet::{Palette, PaletteMode};
use crate::console::theme::Token;

/// Cells for the keys of hits, `PageDown` the longest.
const KEY: usize = 10;
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
    /// The palette in so many cells and lines.
    pub fn of(model: &Model, palette: &Palette, width: u16, height: u16) -> Self {
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
                piece(Token::Key, fit(&clean!(" {}", hit.key), KEY)),
                piece(name, fit(&hit.label, NAME)),
                piece(Token::Dim, clean!(" {about}")),
            ]);
            if at != palette.chosen {
                strips.push(strip);
                continue;
            }
            strips.push(strip.on(Token::Selected));
            // The marked one is told whole.
            let room = usize::from(width).saturating_sub(KEY + NAME + 2);
            if about.cells() > room {
                let (lines, _) = wrap(&about, usize::from(width).saturating_sub(KEY + 1), 3);
                let under = |line| Strip::of([piece(Token::Dim, clean!("{:KEY$} {line}", ""))]).on(Token::Selected);
                strips.extend(lines.into_iter().map(under));
            }
        }
        strips.truncate(usize::from(height));
        if palette.hits.is_empty() {
            strips.push(Strip::of([piece(Token::Dim, "   nothing fits")]));
        }
        let limit = model.size.columns.saturating_sub(1);
        Self { strips, cursor: ((3 + before.cells() as u16).min(limit), 1) }
    }
}
