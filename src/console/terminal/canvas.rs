//! From a screen as data to the fewest bytes that show it.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::console::pane::Screen;
use crate::console::theme::{Theme, sgr};
use crate::domain::text::Clean;

/// What the terminal shows, as far as we know.
#[derive(Debug)]
pub struct Canvas {
    shown: Buffer,
    next: Buffer,
    /// The look that the terminal would give to the next character.
    look: Option<Cell>,
    cursor: Option<(u16, u16)>,
    title: Clean,
    /// Nothing is known: everything is drawn.
    fresh: bool,
}

impl Canvas {
    /// A terminal of which nothing is known.
    pub fn new() -> Self {
        let empty = Buffer::empty(Rect::ZERO);
        Self { shown: empty.clone(), next: empty, look: None, cursor: None, title: Clean::default(), fresh: true }
    }

    /// The next frame is drawn whole.
    pub const fn forget(&mut self) {
        self.fresh = true;
    }

    /// The bytes that make the terminal show this screen; none when it does.
    pub fn frame(&mut self, screen: &Screen, size: (u16, u16), theme: &Theme) -> Vec<u8> {
        let area = Rect::new(0, 0, size.0, size.1);
        if self.shown.area != area {
            self.fresh = true;
        }
        let mut out = Vec::new();
        if self.fresh {
            self.fresh = false;
            self.shown = Buffer::empty(area);
            self.next = Buffer::empty(area);
            // A cursor that was left somewhere must not be believed hidden.
            (self.look, self.cursor, self.title) = (None, None, Clean::default());
            out.extend_from_slice(b"\x1b[0m\x1b[?25l\x1b[2J");
        }
        self.next.reset();
        screen.paint(theme, &mut self.next);
        if self.title != screen.title {
            self.title = screen.title.clone();
            out.extend_from_slice(format!("\x1b]2;{}\x07", self.title).as_bytes());
        }
        let cells = out.len();
        diff(&self.shown, &self.next, &mut self.look, &mut out);
        let drew = out.len() > cells;
        self.cursor(screen.cursor, drew, &mut out);
        std::mem::swap(&mut self.shown, &mut self.next);
        if out.is_empty() {
            return out;
        }
        // The terminal shows the frame at once or not at all.
        [b"\x1b[?2026h".as_slice(), &out, b"\x1b[?2026l"].concat()
    }

    fn cursor(&mut self, cursor: Option<(u16, u16)>, drew: bool, out: &mut Vec<u8>) {
        if self.cursor == cursor && !(drew && cursor.is_some()) {
            return;
        }
        match (cursor, self.cursor) {
            (Some((x, y)), before) => {
                go(out, x, y);
                if before.is_none() {
                    out.extend_from_slice(b"\x1b[?25h");
                }
            }
            (None, _) => out.extend_from_slice(b"\x1b[?25l"),
        }
        self.cursor = cursor;
    }
}

impl Default for Canvas {
    fn default() -> Self {
        Self::new()
    }
}

fn go(out: &mut Vec<u8>, x: u16, y: u16) {
    out.extend_from_slice(format!("\x1b[{};{}H", y + 1, x + 1).as_bytes());
}

fn diff(shown: &Buffer, next: &Buffer, look: &mut Option<Cell>, out: &mut Vec<u8>) {
    // Where the terminal's cursor stands after the last character, if that is certain.
    let mut at = None;
    for (x, y, cell) in shown.diff(next) {
        if at != Some((x, y)) {
            go(out, x, y);
        }
        let same = look
            .as_ref()
            .is_some_and(|look| look.fg == cell.fg && look.bg == cell.bg && look.modifier == cell.modifier);
        if !same {
            sgr(cell, out);
            *look = Some(cell.clone());
        }
        out.extend_from_slice(cell.symbol().as_bytes());
        // Terminals disagree about wide characters and clusters: behind one the place is said anew.
        let mut chars = cell.symbol().chars();
        let sure = match (chars.next(), chars.next()) {
            (Some(c), None) => unicode_width::UnicodeWidthChar::width(c) == Some(1),
            _ => false,
        };
        at = sure.then_some((x + 1, y));
    }
}
