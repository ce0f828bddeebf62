//! Frames in bytes: what one changed cell costs, and what hostile text cannot do.

use super::floor::{NOW, around, busy, delta, draw, id, live, row, send};
use crate::console::model::Model;
use crate::console::pane::Screen;
use crate::console::terminal::Canvas;
use crate::console::theme::{Depth, THEMES, Theme};
use crate::console::update::Message;
use crate::domain::time::Millis;
use crate::protocol::console::Change;
use crate::protocol::row::Waiting;

/// Begin and end of a synchronised frame, which the budget leaves aside.
const MARKS: usize = 16;

fn parser(columns: u16, lines: u16) -> vt100::Parser {
    vt100::Parser::new(lines.try_into().unwrap(), columns.try_into().unwrap(), 0)
}

fn frame(canvas: &mut Canvas, model: &Model, depth: Depth) -> Vec<u8> {
    let theme = Theme::named(&model.theme, depth).unwrap();
    canvas.frame(&Screen::of(model), (model.size.columns, model.size.lines), &theme)
}

#[test]
fn one_changed_cell_costs_at_most_64_bytes() {
    for (theme, _) in THEMES {
        for depth in [Depth::True, Depth::Ansi256, Depth::Ansi16, Depth::None] {
            let mut model = live(200, 60, around());
            let mut only = row(1, "Ann");
            only.waiting = Waiting::Customer(NOW - Millis::from_secs(21));
            model.theme = theme.into();
            send(&mut model, 0, delta(vec![Change::Row(Box::new(only))]));
            model.size.columns = 200;
            send(&mut model, 1, Message::Tick);
            let mut canvas = Canvas::new();
            frame(&mut canvas, &model, depth);
            assert_eq!(frame(&mut canvas, &model, depth), b"", "nothing changed, nothing is written");
            // One digit of one clock: 0:21 becomes 0:22.
            model.live.picture.header.oldest = None;
            frame(&mut canvas, &model, depth);
            model.live.picture.header.turns += 1;
            let bytes = frame(&mut canvas, &model, depth);
            let shown = String::from_utf8(bytes.clone()).unwrap();
            assert!(
                !bytes.is_empty() && bytes.len() - MARKS <= 64,
                "{theme} {depth:?}: {} bytes {shown:?}",
                bytes.len()
            );
        }
    }
}

#[test]
fn nothing_is_drawn_when_no_shown_value_changed() {
    let mut model = busy(120, 40);
    let before = Screen::of(&model);
    let mut quiet = model.live.picture.rows[&id(1)].clone();
    quiet.seq = crate::domain::id::Seq(900);
    send(&mut model, 100, delta(vec![Change::Row(Box::new(quiet))]));
    let after = Screen::of(&model);
    assert!(after.looks_like(&before));
    assert_ne!(after.painted, before.painted, "yet an act now says that it saw the newer entry");
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}evil\u{200b}\u{9b}31m\u{e0041}\u{1b}P+q\u{1b}\\ \r\u{8}";
    let mut changes = around();
    let mut bad = row(1, hostile);
    bad.language = hostile.into();
    changes.push(Change::Row(Box::new(bad)));
    let mut model = live(120, 40, changes);
    model.selected = Some(id(1));
    send(&mut model, 100, Message::Tick);
    let mut items = super::floor::items();
    for item in &mut items {
        if let crate::protocol::transcript::ItemBody::Message { text, .. } = &mut item.body {
            *text = super::floor::text(hostile);
        }
    }
    send(&mut model, 100, delta(vec![Change::Items(id(1), items)]));
    draw(&mut model);
    let bytes = frame(&mut Canvas::new(), &model, Depth::True);
    let mut terminal = parser(120, 40);
    terminal.process(&bytes);
    let contents = terminal.screen().contents();
    assert!(contents.contains("NEEDS YOU") && contents.contains("COMPOSER"), "{contents}");
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("owned\u{7}") && !text.contains('\u{202e}') && !text.contains('\u{9b}'));
    // Our own sequences alone: looks, places, modes, and one title.
    let escapes: Vec<&str> = text.split('\u{1b}').skip(1).collect();
    assert!(escapes.iter().all(|e| e.starts_with('[') || e.starts_with("]2;baton")), "{escapes:?}");
}

#[test]
fn what_a_terminal_shows_is_the_screen() {
    for (columns, lines) in [(80, 24), (120, 40), (200, 60)] {
        let mut model = busy(columns, lines);
        let mut canvas = Canvas::new();
        let mut terminal = parser(columns, lines);
        for wall in [200, 1_300, 2_400, 60_000] {
            send(&mut model, wall, Message::Tick);
            terminal.process(&frame(&mut canvas, &model, Depth::True));
            let mut whole = parser(columns, lines);
            whole.process(&frame(&mut Canvas::new(), &model, Depth::True));
            assert_eq!(terminal.screen().contents(), whole.screen().contents(), "{columns}x{lines} at {wall}");
        }
    }
}

#[test]
fn any_size_and_any_key_is_survived() {
    let keys = "j k l h Tab e d ? Esc p f s . : Esc / Esc < Enter o y A Esc C j Tab Esc Esc W Esc 2 3 5 1 @ Esc G g";
    for (columns, lines) in [(1, 1), (2, 60), (59, 15), (60, 16), (99, 20), (100, 16), (160, 30), (1_000, 500)] {
        let mut model = busy(120, 40);
        send(&mut model, 200, Message::Resize(crate::console::model::Size { columns, lines }));
        for key in keys.split(' ') {
            super::floor::press(&mut model, key);
            super::floor::shown(&model);
        }
    }
}
