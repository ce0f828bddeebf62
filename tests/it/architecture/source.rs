//! A source text as tokens: enough of Rust's grammar to find imports, bodies and tests.

use std::path::Path;

/// One token with its line, and whether it belongs to test code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) test: bool,
    /// Inline modules around it.
    pub(super) modules: usize,
}

/// A file of ours.
pub(super) struct Source {
    /// Relative to the folder it was found in, with `/`.
    pub(super) path: String,
    pub(super) lines: usize,
    pub(super) tokens: Vec<Token>,
}

impl Source {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        let path = path.to_string_lossy().replace('\\', "/");
        let mut tokens = tokenise(text);
        mark(&mut tokens);
        if path.ends_with("/tests.rs") || path.contains("/tests/") {
            for token in &mut tokens {
                token.test = true;
            }
        }
        Self { path, lines: text.lines().count(), tokens }
    }

    /// The folder of `src/` it belongs to, or its own name at the top.
    pub(super) fn folder(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Whether it is `place.rs` or lies below `place/`.
    pub(super) fn is_in(&self, place: &str) -> bool {
        let stem = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        place == "*" || stem == place || stem.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The texts of the tokens from `at` on; empty strings after the end.
    pub(super) fn window<const N: usize>(&self, at: usize) -> [&str; N] {
        std::array::from_fn(|i| self.tokens.get(at + i).map_or("", |token| token.text.as_str()))
    }
}

fn tokenise(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&c) = chars.get(at) {
        let end = end_of_token(&chars, at);
        let piece: String = chars[at..end].iter().collect();
        let is_word = c.is_alphanumeric() || c == '_';
        let is_mark = !is_word && !c.is_whitespace() && end == at + 1 && c != '"' && c != '\'';
        if (is_word && !piece.contains('"')) || is_mark || piece == "::" {
            tokens.push(Token { text: piece.clone(), line, test: false, modules: 0 });
        }
        line += piece.matches('\n').count();
        at = end;
    }
    tokens
}

/// Where the token, comment, string or blank that begins at `at` ends.
fn end_of_token(chars: &[char], at: usize) -> usize {
    let get = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let until =
        |from: usize, stop: &dyn Fn(usize) -> bool| (from..chars.len()).find(|&i| stop(i)).unwrap_or(chars.len());
    match (get(at), get(at + 1)) {
        ('/', '/') => until(at, &|i| get(i) == '\n'),
        ('/', '*') => (until(at + 2, &|i| get(i) == '*' && get(i + 1) == '/') + 2).min(chars.len()),
        ('"', _) => end_of_string(chars, at + 1),
        ('b' | 'c', '"') => end_of_string(chars, at + 2),
        ('r', '"' | '#') | ('b', 'r') if raw_string(chars, at).is_some() => raw_string(chars, at).unwrap_or(at + 1),
        ('\'', _) => end_of_quote(chars, at),
        (':', ':') => at + 2,
        (c, _) if c.is_alphanumeric() || c == '_' => until(at, &|i| !(get(i).is_alphanumeric() || get(i) == '_')),
        _ => at + 1,
    }
}

fn end_of_string(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let start = at + usize::from(chars[at] == 'b') + 1;
    let hashes = chars[start..].iter().take_while(|c| **c == '#').count();
    if chars.get(start + hashes) != Some(&'"') {
        return None;
    }
    let closes =
        |i: usize| chars[i] == '"' && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
    let end = (start + hashes + 1..chars.len()).find(|&i| closes(i))?;
    Some(end + 1 + hashes)
}

/// A character, or the mark alone if it is a lifetime.
fn end_of_quote(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => (at + 3..chars.len()).find(|&i| chars[i] == '\'').map_or(chars.len(), |i| i + 1),
        (Some(_), Some('\'')) => at + 3,
        _ => at + 1,
    }
}

/// Marks what stands under `#[cfg(test)]`, and counts inline modules.
fn mark(tokens: &mut [Token]) {
    let (mut depth, mut at) = (0_usize, 0);
    // Brace depths at which an inline module, or test code, was entered.
    let (mut modules, mut test): (Vec<usize>, Option<usize>) = (Vec::new(), None);
    let mut awaited = false;
    while at < tokens.len() {
        let get = |i: usize| tokens.get(i).map_or("", |token: &Token| token.text.as_str());
        let attribute = (0..7).map(|i| get(at + i)).collect::<String>() == "#[cfg(test)]";
        let opens_module = get(at) == "{" && at >= 2 && get(at - 2) == "mod";
        match get(at) {
            "{" => {
                if opens_module {
                    modules.push(depth);
                }
                if awaited && test.is_none() {
                    test = Some(depth);
                }
                awaited = false;
                depth += 1;
            }
            "}" => {
                depth = depth.saturating_sub(1);
                if modules.last() == Some(&depth) {
                    modules.pop();
                }
            }
            ";" => awaited = false,
            _ => awaited |= attribute,
        }
        let closes = get(at) == "}" && test == Some(depth);
        tokens[at].test = test.is_some() || awaited;
        tokens[at].modules = modules.len();
        if closes {
            test = None;
        }
        at += 1;
    }
}
