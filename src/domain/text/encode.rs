//! Encoders: the text survives, and whoever reads the file sees every character that hides.

use std::fmt::Write as _;

use super::clean::{Class, class};

/// Whether a reader would not see `c`, or would see other characters moved by it.
fn hides(c: char) -> bool {
    match class(c) {
        Class::Plain | Class::Combining => false,
        Class::Space => c == '\t',
        Class::Newline | Class::Return | Class::Joiner | Class::Selector | Class::Hidden => true,
    }
}

pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

pub(super) fn csv(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    // A spreadsheet would run these as a formula.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        out.push('\'');
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\"\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            _ if hides(c) => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            _ if hides(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Marks on one character that a reader is shown as they are; more is a pile that climbs over lines.
const MARKS_SHOWN: usize = 3;

pub(super) fn shown_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut marks = 0;
    for c in json.chars() {
        marks = if class(c) == Class::Combining { marks + 1 } else { 0 };
        // Line ends and spaces between values are no part of any text: inside a string they are
        // spelled already.
        if c != '\n' && (hides(c) || marks > MARKS_SHOWN) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
