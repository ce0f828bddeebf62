//! Themes: what a thing on screen means, and how that looks. The only place where colours are named.

mod color;

use std::collections::BTreeMap;

use ratatui::style::{Modifier, Style};
use serde::Deserialize;

pub use color::{Depth, sgr};

/// What a piece of the screen means; a theme says how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// Everything that has no other meaning, and the background.
    Base,
    /// Beside the point.
    Dim,
    /// Rules between panes.
    Faint,
    /// What the eye should find first in its place.
    Strong,
    /// Where you are: the view, the pane.
    Accent,
    /// A key that can be pressed.
    Key,
    /// A customer and their words.
    Customer,
    /// Words of a customer that moved the mood.
    Moved,
    /// An AI specialist.
    Agent,
    /// A human of the floor.
    Operator,
    /// The deployment's own sentences and facts.
    House,
    /// Somebody has to look.
    Need,
    /// Past its due time, failed, refused.
    Breach,
    /// All is well.
    Good,
    /// A text the customer will see.
    Reply,
    /// A text the holder sees and the customer does not.
    Whisper,
    /// A text for colleagues.
    Note,
    /// A text the customer will see, written beside the holder.
    Barge,
    /// Something that is over: replay.
    Past,
    /// The row under the cursor.
    Selected,
    /// A card or sheet above the panes.
    Card,
}

impl Token {
    /// All of them, in the order of the files.
    pub const ALL: [Self; 21] = [
        Self::Base,
        Self::Dim,
        Self::Faint,
        Self::Strong,
        Self::Accent,
        Self::Key,
        Self::Customer,
        Self::Moved,
        Self::Agent,
        Self::Operator,
        Self::House,
        Self::Need,
        Self::Breach,
        Self::Good,
        Self::Reply,
        Self::Whisper,
        Self::Note,
        Self::Barge,
        Self::Past,
        Self::Selected,
        Self::Card,
    ];
}

/// The themes that come with the binary: name and file.
pub const THEMES: [(&str, &str); 4] = [
    ("midnight", include_str!("../../themes/midnight.toml")),
    ("daylight", include_str!("../../themes/daylight.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];
/// Longest chain of `inherits`; more is a circle.
const INHERITS_MAX: usize = 4;

/// A theme that cannot be used: what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// No such theme.
    #[error("no theme `{0}`; there are midnight, daylight, contrast and mono")]
    Unknown(String),
    /// Not a theme file.
    #[error("theme `{theme}`: {problem}")]
    File {
        /// Which theme.
        theme: String,
        /// What the reader says, with line and key.
        problem: String,
    },
    /// A colour that is neither in the palette nor a colour.
    #[error("theme `{theme}`: `{color}` is no colour (`#rrggbb`, a name of [palette], or one of the 16 ANSI names)")]
    Color {
        /// Which theme.
        theme: String,
        /// What stands there.
        color: String,
    },
    /// A token without a look.
    #[error("theme `{theme}` says nothing about `{token:?}`")]
    Missing {
        /// Which theme.
        theme: String,
        /// Which token.
        token: Token,
    },
    /// Themes inherit from each other in a circle.
    #[error("theme `{0}` inherits from itself")]
    Circle(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    inherits: Option<String>,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    #[serde(default)]
    tokens: BTreeMap<Token, Look>,
    #[serde(default)]
    ansi: BTreeMap<Token, Look>,
}

/// How a token looks, as a file says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line of the file that stands or does not")]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

impl Look {
    fn modifier(&self) -> Modifier {
        let mut modifier = Modifier::empty();
        modifier.set(Modifier::BOLD, self.bold);
        modifier.set(Modifier::DIM, self.dim);
        modifier.set(Modifier::ITALIC, self.italic);
        modifier.set(Modifier::UNDERLINED, self.underline);
        modifier.set(Modifier::REVERSED, self.reverse);
        modifier
    }
}

/// How every token looks on this terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    name: String,
    styles: BTreeMap<Token, Style>,
}

impl Theme {
    /// Reads one of the themes that come with the binary, for a terminal of this depth.
    /// No depth at all means `mono`, whatever was asked for.
    pub fn named(name: &str, depth: Depth) -> Result<Self, ThemeError> {
        let name = if depth == Depth::None { "mono" } else { name };
        let file = merged(name)?;
        let looks = if depth == Depth::Ansi16 && !file.ansi.is_empty() { &file.ansi } else { &file.tokens };
        let mut styles = BTreeMap::new();
        for token in Token::ALL {
            let look = looks.get(&token).ok_or_else(|| ThemeError::Missing { theme: name.to_owned(), token })?;
            styles.insert(token, style(name, look, &file.palette, depth)?);
        }
        Ok(Self { name: name.to_owned(), styles })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How a token looks by itself.
    pub fn style(&self, token: Token) -> Style {
        self.styles.get(&token).copied().unwrap_or_default()
    }

    /// How a token looks on the ground of another: what it does not say itself, the ground says.
    pub fn on(&self, ground: Token, token: Token) -> Style {
        let base = self.style(Token::Base).patch(self.style(ground));
        // The plain token takes the ground as it is; any other says only what it is there for.
        if token == ground || token == Token::Base { base } else { base.patch(self.style(token)) }
    }
}

fn style(theme: &str, look: &Look, palette: &BTreeMap<String, String>, depth: Depth) -> Result<Style, ThemeError> {
    let read = |name: &Option<String>| {
        let Some(name) = name else { return Ok(None) };
        let value = palette.get(name).unwrap_or(name);
        let color = color::parse(value, depth);
        color.map(Some).ok_or_else(|| ThemeError::Color { theme: theme.to_owned(), color: value.clone() })
    };
    Ok(Style { fg: read(&look.fg)?, bg: read(&look.bg)?, add_modifier: look.modifier(), ..Style::default() })
}

/// The file with everything it inherits below it.
fn merged(name: &str) -> Result<File, ThemeError> {
    let mut file = read(name)?;
    let mut parent = file.inherits.clone();
    let mut depth = 0;
    while let Some(from) = parent {
        depth += 1;
        if depth > INHERITS_MAX {
            return Err(ThemeError::Circle(name.to_owned()));
        }
        let below = read(&from)?;
        below.palette.into_iter().for_each(|(name, color)| {
            file.palette.entry(name).or_insert(color);
        });
        below.tokens.into_iter().for_each(|(token, look)| {
            file.tokens.entry(token).or_insert(look);
        });
        below.ansi.into_iter().for_each(|(token, look)| {
            file.ansi.entry(token).or_insert(look);
        });
        parent = below.inherits;
    }
    Ok(file)
}

fn read(name: &str) -> Result<File, ThemeError> {
    let found = THEMES.iter().find(|(known, _)| *known == name);
    let (_, text) = found.ok_or_else(|| ThemeError::Unknown(name.escape_debug().take(40).collect()))?;
    toml::from_str(text).map_err(|e| ThemeError::File { theme: name.to_owned(), problem: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_speaks_of_every_token_at_every_depth() {
        for (name, _) in THEMES {
            for depth in [Depth::None, Depth::Ansi16, Depth::Ansi256, Depth::True] {
                let theme = Theme::named(name, depth).unwrap();
                assert_eq!(theme.styles.len(), Token::ALL.len());
            }
        }
        assert_eq!(Theme::named("midnigth", Depth::True), Err(ThemeError::Unknown("midnigth".into())));
    }

    #[test]
    fn no_color_means_no_color() {
        let theme = Theme::named("midnight", Depth::None).unwrap();
        assert_eq!(theme.name(), "mono");
        assert!(Token::ALL.iter().all(|t| theme.style(*t).fg.is_none() && theme.style(*t).bg.is_none()));
    }

    #[test]
    fn audiences_never_look_alike() {
        for (name, _) in THEMES {
            for depth in [Depth::None, Depth::Ansi16, Depth::True] {
                let theme = Theme::named(name, depth).unwrap();
                let [reply, whisper, note] = [Token::Reply, Token::Whisper, Token::Note].map(|t| theme.style(t));
                assert!(reply != whisper && whisper != note && note != reply, "{name} {depth:?}");
            }
        }
    }
}
