//! One pass over a text: what may be shown is copied, what may not is replaced by a mark.

use unicode_width::UnicodeWidthChar;

use super::MARK;

/// Most combining marks on one base: real writing needs fewer, piles of them smear over lines.
pub(super) const COMBINING_MAX: usize = 8;

/// Whether `text` is printable ASCII and newlines alone, which is most text and needs no work.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b == b'\n' || (0x20..0x7f).contains(&b))
}

/// The text without anything that steers a terminal, re-orders a line or hides; linear in time.
pub(super) fn clean(text: &str) -> String {
    let mut out = Cleaner { out: String::with_capacity(text.len()), ..Cleaner::default() };
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if let Some(sequence) = Sequence::begun_by(c, &mut rest) {
            sequence.skip(&mut rest);
            out.mark();
            continue;
        }
        match class(c) {
            Class::Plain => out.base(c),
            Class::Newline => out.newline(),
            Class::Space => out.base(' '),
            Class::Return if rest.as_str().starts_with('\n') => {}
            Class::Return | Class::Hidden => out.mark(),
            Class::Joiner => {
                let joins = rest.clone().next().is_some_and(is_pictograph);
                out.joiner(c, joins);
            }
            Class::Selector => out.selector(c),
            Class::Combining => {
                out.combining(c);
            }
        }
    }
    out.out
}

/// What a character may do on a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Plain,
    Newline,
    Space,
    Return,
    Joiner,
    Selector,
    Combining,
    Hidden,
}

/// The class of a character that begins no control sequence.
pub(super) fn class(c: char) -> Class {
    match c {
        ' '..='~' => Class::Plain,
        '\n' => Class::Newline,
        '\t' => Class::Space,
        '\r' => Class::Return,
        '\u{200d}' => Class::Joiner,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => Class::Selector,
        _ if c.is_control() || is_invisible(c) => Class::Hidden,
        _ if c.is_whitespace() => Class::Space,
        _ if c.width() == Some(0) => Class::Combining,
        _ if is_assigned(c) => Class::Plain,
        _ => Class::Hidden,
    }
}

/// Bidirectional controls, zero-width and default-ignorable characters, line separators and tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the character is assigned and no format, private-use or non-character.
///
/// The standard library keeps the table for its debug output: there it escapes all others. Behind
/// a first character it lets combining marks stand, hence the `a`.
fn is_assigned(c: char) -> bool {
    let mut bytes = [b'a'; 5];
    let (_, tail) = bytes.split_at_mut(1);
    let len = 1 + c.encode_utf8(tail).len();
    let pair = bytes.get(..len).and_then(|pair| std::str::from_utf8(pair).ok());
    pair.is_some_and(|pair| pair.escape_debug().nth(1) == Some(c))
}

/// Roughly the extended pictographs: what a joiner may stand between.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// What stands at the end of the text so far.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum End {
    /// Nothing, or a newline: there is no base to combine with.
    #[default]
    Start,
    /// A mark for something taken out.
    Mark,
    /// A character and what combines with it.
    Base,
    /// A pictograph, which a joiner may follow.
    Pictograph,
    /// A joiner; a pictograph of the same cluster comes next.
    Joiner,
}

/// The text so far and its last cluster.
#[derive(Default)]
struct Cleaner {
    out: String,
    end: End,
    /// The last character has a variation selector.
    selected: bool,
    /// Combining characters in the last cluster.
    combined: usize,
}

impl Cleaner {
    fn base(&mut self, c: char) {
        if self.end != End::Joiner {
            self.combined = 0;
        }
        self.out.push(c);
        self.end = if is_pictograph(c) { End::Pictograph } else { End::Base };
        self.selected = false;
    }

    fn newline(&mut self) {
        self.base('\n');
        self.end = End::Start;
    }

    fn mark(&mut self) {
        if self.end != End::Mark {
            self.base(MARK);
            self.end = End::Mark;
        }
    }

    /// Whether the character was kept. A mark is not something to combine with, so what follows an
    /// overfull cluster, or stands at the beginning of a line, is taken out as one.
    fn combining(&mut self, c: char) -> bool {
        if matches!(self.end, End::Start | End::Mark) || self.combined >= COMBINING_MAX {
            self.mark();
            return false;
        }
        self.out.push(c);
        self.combined += 1;
        true
    }

    fn selector(&mut self, c: char) {
        if self.selected {
            return self.mark();
        }
        self.selected = self.combining(c);
    }

    fn joiner(&mut self, c: char, joins: bool) {
        if !joins || self.end != End::Pictograph {
            return self.mark();
        }
        if self.combining(c) {
            self.end = End::Joiner;
        }
    }
}

/// A control sequence of ECMA-48, by how it ends.
enum Sequence {
    /// Parameters, intermediates and a final character.
    Csi,
    /// Everything up to a terminator: OSC, DCS, SOS, PM, APC.
    Text,
    /// Intermediates and a final character.
    Escape,
}

impl Sequence {
    /// The sequence that `c` begins, if any; takes the second character of two-character beginnings.
    fn begun_by(c: char, rest: &mut std::str::Chars<'_>) -> Option<Self> {
        match c {
            '\u{9b}' => Some(Self::Csi),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => Some(Self::Text),
            '\u{1b}' => {
                let kind = match rest.clone().next() {
                    Some('[') => Self::Csi,
                    Some(']' | 'P' | 'X' | '^' | '_') => Self::Text,
                    _ => return Some(Self::Escape),
                };
                rest.next();
                Some(kind)
            }
            _ => None,
        }
    }

    /// Skips to behind the sequence's end, or to what broke it off.
    fn skip(&self, rest: &mut std::str::Chars<'_>) {
        match self {
            Self::Csi => {
                skip_while(rest, |c| ('\u{30}'..='\u{3f}').contains(&c));
                skip_while(rest, |c| ('\u{20}'..='\u{2f}').contains(&c));
                skip_one(rest, |c| ('\u{40}'..='\u{7e}').contains(&c));
            }
            Self::Escape => {
                skip_while(rest, |c| ('\u{20}'..='\u{2f}').contains(&c));
                skip_one(rest, |c| ('\u{30}'..='\u{7e}').contains(&c));
            }
            // An escape ends it too: it is the beginning of `ESC \`, or of another sequence.
            Self::Text => {
                skip_while(rest, |c| !matches!(c, '\u{7}' | '\u{9c}' | '\u{18}' | '\u{1a}' | '\u{1b}'));
                skip_one(rest, |c| c != '\u{1b}');
            }
        }
    }
}

fn skip_while(rest: &mut std::str::Chars<'_>, belongs: impl Fn(char) -> bool) {
    let text = rest.as_str();
    *rest = text.trim_start_matches(belongs).chars();
}

fn skip_one(rest: &mut std::str::Chars<'_>, belongs: impl Fn(char) -> bool) {
    if rest.clone().next().is_some_and(belongs) {
        rest.next();
    }
}
