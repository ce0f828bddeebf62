//! All keys, from the file they are read from.

use super::strip::{Strip, fit, piece, wrap};
use crate::console::keymap::{Binding, Level};
use crate::console::model::Model;
use crate::console::theme::Token;
use crate::domain::text::Clean;

/// Lines of one entry; the sheet scrolls, so there is no reason to cut.
const LINES_MAX: usize = 9;

/// Cells for the keys: the longest pair, `PageDown Ctrl-d`.
const KEYS: usize = 18;

/// The help sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl HelpView {
    /// The sheet in so many cells; nothing on it is cut off.
    pub fn of(model: &Model, width: u16) -> Self {
        let width = usize::from(width);
        let mut strips = vec![
            Strip::rule([piece(Token::Strong, "HELP")]).right([piece(Token::Key, " Esc"), piece(Token::Dim, " back ")]),
        ];
        let motto = "Lower case looks, upper case acts. The floor goes on without this screen.";
        let (motto, _) = wrap(&Clean::fixed(motto), width.saturating_sub(2), LINES_MAX);
        strips.extend(motto.into_iter().map(|line| Strip::of([piece(Token::Base, clean!(" {line}"))])));
        strips.push(Strip::of([
            piece(Token::Breach, " ■"),
            piece(Token::Dim, " past due  "),
            piece(Token::Need, "▲"),
            piece(Token::Dim, " needs you  △ a colleague is on it"),
        ]));
        strips.push(Strip::of([
            piece(Token::Accent, " ●"),
            piece(Token::Dim, " waits for you  "),
            piece(Token::Agent, "◆"),
            piece(Token::Dim, " AI works  ◌ quiet  * VIP"),
        ]));
        let mut group = "";
        for binding in model.keymap.bindings() {
            if binding.group != group {
                group = &binding.group;
                strips.push(Strip::rule([piece(Token::Dim, clean!("{}", group.to_uppercase()))]));
            }
            strips.extend(rows(binding, width));
        }
        Self { strips }
    }
}

/// A key and what it does, in as many lines as it takes.
fn rows(binding: &Binding, width: usize) -> Vec<Strip> {
    let keys: Vec<String> = binding.on.iter().map(ToString::to_string).collect();
    let keys = if keys.is_empty() { format!(":{}", binding.name) } else { keys.join(" ") };
    let level = match binding.level {
        Level::L0 => "",
        Level::L1 => " (at once)",
        Level::L2 => " (asks first)",
        Level::L3 => " (to be typed)",
    };
    let does = clean!("{}{level}", binding.desc);
    let (lines, _) = wrap(&does, width.saturating_sub(KEYS + 1), LINES_MAX);
    let keys = std::iter::once(clean!("  {keys}")).chain(std::iter::repeat(Clean::default()));
    let row = |(line, keys): (Clean, Clean)| Strip::of([piece(Token::Key, fit(&keys, KEYS)), piece(Token::Base, line)]);
    lines.into_iter().zip(keys).map(row).collect()
}
