//! All keys, from the file they are read from.

use super::strip::{Strip, fit, piece};
use crate::console::keymap::{Binding, Level};
use crate::console::model::Model;
use crate::console::theme::Token;

/// Cells for the keys.
const KEYS: usize = 16;

/// The help sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpView {
    /// Its lines.
    pub strips: Vec<Strip>,
}

impl From<&Model> for HelpView {
    fn from(model: &Model) -> Self {
        let mut strips = vec![
            Strip::rule([piece(Token::Strong, "HELP")]).right([piece(Token::Key, " Esc"), piece(Token::Dim, " back ")]),
            Strip::of([piece(
                Token::Base,
                " Lower case looks, upper case acts. The floor goes on without this screen.",
            )]),
            Strip::of([
                piece(Token::Breach, " ■"),
                piece(Token::Dim, " past due  "),
                piece(Token::Need, "▲"),
                piece(Token::Dim, " needs you  △ colleague  "),
                piece(Token::Accent, "●"),
                piece(Token::Dim, " waits for you  "),
                piece(Token::Agent, "◆"),
                piece(Token::Dim, " AI works  ◌ quiet  * VIP"),
            ]),
        ];
        let mut group = "";
        for binding in model.keymap.bindings() {
            if binding.group != group {
                group = &binding.group;
                strips.push(Strip::rule([piece(Token::Dim, clean!("{}", group.to_uppercase()))]));
            }
            strips.push(row(binding));
        }
        Self { strips }
    }
}

fn row(binding: &Binding) -> Strip {
    let keys: Vec<String> = binding.on.iter().map(ToString::to_string).collect();
    let keys = if keys.is_empty() { format!(":{}", binding.name) } else { keys.join(" ") };
    let level = match binding.level {
        Level::L0 => "",
        Level::L1 => "at once, with undo ",
        Level::L2 => "asks first ",
        Level::L3 => "type it ",
    };
    Strip::of([piece(Token::Key, fit(&clean!("  {keys}"), KEYS)), piece(Token::Base, clean!("{}", binding.desc))])
        .right([piece(Token::Dim, level)])
}
