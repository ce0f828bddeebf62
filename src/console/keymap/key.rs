//! One key as text and as value, and those that are never given a meaning.

use std::fmt;
use std::str::FromStr;

/// A key with what is held down beside it. Shift is part of the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named as it stands on the keyboard")]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    F(u8),
}

/// Keys that terminals, multiplexers or flow control take for themselves, and those that arrive as
/// another key in most terminals (Ctrl-H is Backspace, Ctrl-I is Tab, Ctrl-M and Shift-Enter are Enter).
pub(crate) const NEVER: [&str; 8] =
    ["Ctrl-s", "Ctrl-q", "Ctrl-a", "Ctrl-b", "Ctrl-h", "Ctrl-i", "Ctrl-m", "Shift-Enter"];

/// Named keys and their values.
const NAMED: [(&str, Code); 15] = [
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("Shift-Tab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("PageUp", Code::PageUp),
    ("PageDown", Code::PageDown),
    ("Home", Code::Home),
    ("End", Code::End),
    ("Space", Code::Char(' ')),
];

/// A text that is no key one can bind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a key.
    #[error("`{0}` is no key (write `j`, `G`, `Ctrl-p`, `Alt-x`, `Enter`, `PageDown`, `F5` …)")]
    Unknown(String),
    /// A key that is never bound.
    #[error("`{0}` is never bound: terminals and multiplexers keep it or send another key for it")]
    Never(String),
}

impl Key {
    /// A key with nothing held down.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// The character it types, if it types one.
    pub const fn typed(&self) -> Option<char> {
        match (self.code, self.ctrl || self.alt) {
            (Code::Char(c), false) => Some(c),
            _ => None,
        }
    }
}

impl FromStr for Key {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let unknown = || KeyError::Unknown(text.escape_debug().take(40).collect());
        if NEVER.iter().any(|never| never.eq_ignore_ascii_case(text)) {
            return Err(KeyError::Never(text.to_owned()));
        }
        let (ctrl, rest) = text.strip_prefix("Ctrl-").map_or((false, text), |rest| (true, rest));
        let (alt, rest) = rest.strip_prefix("Alt-").map_or((false, rest), |rest| (true, rest));
        if let Some((_, code)) = NAMED.iter().find(|(name, _)| *name == rest) {
            return Ok(Self { code: *code, ctrl, alt });
        }
        if let Some(number) = rest.strip_prefix('F').and_then(|n| n.parse().ok()).filter(|n| (1..=12).contains(n)) {
            return Ok(Self { code: Code::F(number), ctrl, alt });
        }
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Ok(Self { code: Code::Char(c), ctrl, alt }),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ctrl = if self.ctrl { "Ctrl-" } else { "" };
        let alt = if self.alt { "Alt-" } else { "" };
        let text = match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => format!("{ctrl}{alt}{name}"),
            (None, Code::Char(c)) => format!("{ctrl}{alt}{c}"),
            (None, Code::F(n)) => format!("{ctrl}{alt}F{n}"),
            (None, _) => String::new(),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_text() {
        for text in ["j", "G", "Ctrl-p", "Alt-x", "Enter", "Shift-Tab", "Space", "F5", "<", "@", "ä", "PageDown"] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        for wrong in ["", "jj", "Ctrl-", "F13", "Enterr", "\u{1b}"] {
            assert!(matches!(wrong.parse::<Key>(), Err(KeyError::Unknown(_))), "{wrong:?}");
        }
        for never in NEVER {
            assert!(matches!(never.parse::<Key>(), Err(KeyError::Never(_))), "{never}");
        }
    }
}
