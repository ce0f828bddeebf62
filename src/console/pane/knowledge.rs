//! What customers asked and no article answers: by intent, the most frequent first, with the last words.

use super::strip::{Strip, fit, fit_right, piece};
use crate::console::model::clock::day_and_time;
use crate::console::model::{Model, Pane};
use crate::console::theme::Token;
use crate::domain::text::Clean;
use crate::protocol::knowledge::{GapExample, GapRow};

/// From this width on a row says what came nearest.
const ROOMY: u16 = 76;
/// Cells of an intent's name.
const NAME: usize = 24;
/// Cells of an article's name.
const ARTICLE: usize = 20;

/// The list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl KnowledgeView {
    /// The list in so many cells; the marked row is always seen.
    pub fn of(model: &Model, width: u16, height: u16) -> Self {
        let knowledge = &model.knowledge;
        let asked = knowledge.gaps.as_ref().map_or(0, |page| page.asked);
        let title = clean!("ASKED, NOT FOUND {asked}");
        let right = if knowledge.asked.is_some() { " asking … " } else { " most frequent first " };
        let mut strips = vec![Strip::rule([piece(Token::Strong, title)]).right([piece(Token::Dim, right)])];
        let Some(page) = &knowledge.gaps else { return Self { strips } };
        if page.rows.is_empty() {
            strips.push(Strip::of([piece(Token::Dim, "  nothing was asked that no article answers")]));
        }
        let mut lines = Vec::new();
        let mut marked = 0;
        for (row, at) in page.rows.iter().zip(0..) {
            let here = at == knowledge.chosen;
            if here {
                marked = lines.len() + row.examples.len();
            }
            lines.push(head(model, row, width, here));
            lines.extend(row.examples.iter().map(example));
        }
        let rows = usize::from(height).saturating_sub(1);
        let top = (marked + 1).saturating_sub(rows);
        strips.extend(lines.into_iter().skip(top).take(rows));
        Self { strips }
    }
}

fn head(model: &Model, row: &GapRow, width: u16, here: bool) -> Strip {
    let keys = model.pane == Pane::List && !model.is_past();
    let mark = match (here, keys) {
        (true, true) => piece(Token::Accent, "›"),
        (true, false) => piece(Token::Accent, "·"),
        (false, _) => piece(Token::Base, " "),
    };
    let name = row.intent.as_ref().map_or_else(|| Clean::fixed("nothing that is known"), Clean::from);
    let mut left = vec![
        mark,
        piece(Token::Need, clean!("{} ", fit_right(&Clean::shown(&row.times), 4))),
        piece(Token::Strong, fit(&name, NAME)),
    ];
    if width >= ROOMY {
        let nearest = row.nearest.as_ref().map(|article| clean!("nearest {article} {}", row.score));
        left.push(piece(Token::Dim, clean!(" {}", fit(&nearest.unwrap_or_default(), ARTICLE + 16))));
    }
    let last = day_and_time(row.last, &model.zone);
    let strip = Strip::of(left).right([piece(Token::Dim, clean!(" {last} "))]);
    if here { strip.on(Token::Selected) } else { strip }
}

fn example(example: &GapExample) -> Strip {
    let text = clean!("{:<8} {}", example.handle.to_string(), example.text.one_line());
    Strip::of([piece(Token::Base, "       "), piece(Token::Dim, text)])
}
