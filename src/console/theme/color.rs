//! Colours as text in files, as the terminal can show them, and as bytes on their way to it.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// None, or none are wanted.
    None,
    /// The 16 of old, in the terminal's own shades.
    Ansi16,
    /// The 256 of xterm.
    Ansi256,
    /// All.
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR` wins over all, then `COLORTERM`, then `TERM`.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        if variable("NO_COLOR").is_some_and(|v| !v.is_empty()) || term == "dumb" {
            return Self::None;
        }
        let colorterm = variable("COLORTERM").unwrap_or_default();
        if colorterm == "truecolor" || colorterm == "24bit" || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

/// The 16 names and their numbers are those of ECMA-48 and its bright half.
const ANSI: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// A colour of a file as this terminal can show it; nothing if it is no colour.
pub(super) fn parse(text: &str, depth: Depth) -> Option<Color> {
    if let Some((_, color)) = ANSI.iter().find(|(name, _)| *name == text) {
        return Some(*color);
    }
    let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let part = |range| hex.get(range).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let (r, g, b) = (part(0..2)?, part(2..4)?, part(4..6)?);
    Some(match depth {
        Depth::True => Color::Rgb(r, g, b),
        Depth::Ansi256 => Color::Indexed(nearest(r, g, b)),
        Depth::None | Depth::Ansi16 => Color::Reset,
    })
}

/// The nearest of xterm's 6×6×6 cube (16 to 231) and its 24 greys (232 to 255).
fn nearest(r: u8, g: u8, b: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let far = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let step = |v: u8| STEPS.iter().zip(0u8..).min_by_key(|(s, _)| far(**s, v)).map_or((0, 0), |(s, i)| (*s, i));
    let ((cr, ri), (cg, gi), (cb, bi)) = (step(r), step(g), step(b));
    let cube = far(cr, r) + far(cg, g) + far(cb, b);
    let mean = ((u16::from(r) + u16::from(g) + u16::from(b)) / 3) as u8;
    let index = (mean.saturating_sub(3) / 10).min(23);
    let grey = 8 + 10 * index;
    if far(grey, r) + far(grey, g) + far(grey, b) < cube { 232 + index } else { 16 + 36 * ri + 6 * gi + bi }
}

/// Writes the sequence that gives what follows the look of `cell`, whatever the look was before.
pub fn sgr(cell: &Cell, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[0");
    let modifiers = [
        (Modifier::BOLD, b";1"),
        (Modifier::DIM, b";2"),
        (Modifier::ITALIC, b";3"),
        (Modifier::UNDERLINED, b";4"),
        (Modifier::REVERSED, b";7"),
    ];
    for (modifier, code) in modifiers {
        if cell.modifier.contains(modifier) {
            out.extend_from_slice(code);
        }
    }
    color(cell.fg, 30, out);
    color(cell.bg, 40, out);
    out.push(b'm');
}

/// Writes a colour; `ground` is 30 for the text and 40 for what is behind it.
fn color(color: Color, ground: u8, out: &mut Vec<u8>) {
    let text = if let Color::Rgb(r, g, b) = color {
        format!(";{};2;{r};{g};{b}", ground + 8)
    } else if let Color::Indexed(i) = color {
        format!(";{};5;{i}", ground + 8)
    } else if let Some((_, at)) = ANSI.iter().zip(0u8..).find(|((_, named), _)| *named == color) {
        format!(";{}", if at < 8 { ground + at } else { ground + 52 + at })
    } else {
        return;
    };
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_how_many_colours_there_are() {
        let depth = |pairs: &[(&str, &str)]| {
            Depth::of(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Ansi256);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Ansi16);
        assert_eq!(depth(&[("TERM", "dumb"), ("COLORTERM", "truecolor")]), Depth::None);
        assert_eq!(depth(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), Depth::None);
        assert_eq!(depth(&[("NO_COLOR", ""), ("COLORTERM", "truecolor")]), Depth::True, "empty does not count");
    }

    #[test]
    fn colours_become_short_sequences() {
        let mut cell = Cell::default();
        let bytes = |cell: &Cell| {
            let mut out = Vec::new();
            sgr(cell, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(bytes(&cell), "\x1b[0m");
        cell.set_fg(Color::LightRed).set_bg(Color::Blue);
        assert_eq!(bytes(&cell), "\x1b[0;91;44m");
        cell.set_fg(Color::Rgb(255, 0, 1));
        cell.modifier = Modifier::BOLD;
        assert_eq!(bytes(&cell), "\x1b[0;1;38;2;255;0;1;44m");
        assert_eq!(parse("#ff0000", Depth::Ansi256), Some(Color::Indexed(196)));
        assert_eq!(parse("#808080", Depth::Ansi256), Some(Color::Indexed(244)));
        assert_eq!(parse("#ff00", Depth::True), None);
    }
}
