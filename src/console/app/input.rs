//! Events of the terminal as messages.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::console::keymap::{Code, Key};
use crate::console::update::Message;

/// Keys without a character.
const CODES: [(KeyCode, Code); 14] = [
    (KeyCode::Enter, Code::Enter),
    (KeyCode::Esc, Code::Esc),
    (KeyCode::Tab, Code::Tab),
    (KeyCode::BackTab, Code::BackTab),
    (KeyCode::Backspace, Code::Backspace),
    (KeyCode::Delete, Code::Delete),
    (KeyCode::Up, Code::Up),
    (KeyCode::Down, Code::Down),
    (KeyCode::Left, Code::Left),
    (KeyCode::Right, Code::Right),
    (KeyCode::PageUp, Code::PageUp),
    (KeyCode::PageDown, Code::PageDown),
    (KeyCode::Home, Code::Home),
    (KeyCode::End, Code::End),
];

/// The message of an event, if it has one.
pub(super) fn message(event: Event, fresh: bool) -> Option<Message> {
    match event {
        Event::Key(event) => key(event).map(|key| Message::Key { key, fresh }),
        Event::Paste(text) if fresh => Some(Message::Paste(text)),
        Event::Mouse(event) if fresh => {
            if event.kind == MouseEventKind::Down(MouseButton::Left) {
                Some(Message::Click(event.column, event.row))
            } else {
                let down = event.kind == MouseEventKind::ScrollDown;
                (down || event.kind == MouseEventKind::ScrollUp).then_some(Message::Wheel { down })
            }
        }
        Event::Resize(columns, lines) => Some(size(columns, lines)),
        Event::Paste(_) | Event::Mouse(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

/// The message of a new size.
pub(super) const fn size(columns: u16, lines: u16) -> Message {
    Message::Resize(super::size_of(columns, lines))
}

fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let code = if let KeyCode::Char(c) = event.code {
        // With Ctrl, terminals disagree about the case.
        Code::Char(if ctrl { c.to_ascii_lowercase() } else { c })
    } else if let KeyCode::F(n) = event.code {
        Code::F(n)
    } else {
        CODES.iter().find(|(code, _)| *code == event.code).map(|(_, code)| *code)?
    };
    Some(Key { code, ctrl, alt })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_arrive_as_the_keymap_names_them() {
        let of = |code, modifiers| key(KeyEvent::new(code, modifiers)).unwrap().to_string();
        assert_eq!(of(KeyCode::Char('G'), KeyModifiers::SHIFT), "G");
        assert_eq!(of(KeyCode::Char('P'), KeyModifiers::CONTROL), "Ctrl-p");
        assert_eq!(of(KeyCode::BackTab, KeyModifiers::SHIFT), "Shift-Tab");
        assert_eq!(of(KeyCode::Enter, KeyModifiers::SHIFT), "Enter");
        assert!(key(KeyEvent::new(KeyCode::Insert, KeyModifiers::NONE)).is_none());
    }

    #[test]
    fn what_was_pasted_or_clicked_during_a_stall_is_gone() {
        assert_eq!(message(Event::Paste("x".into()), false), None);
        assert_eq!(message(Event::Resize(0, 0), false), Some(size(80, 24)));
    }
}
