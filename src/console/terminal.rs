//! The terminal: taken, drawn on, and given back on every way out.
//!
//! Giving back is best effort step by step, happens once, and happens also when any thread panics.

mod canvas;
mod writer;

use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use canvas::Canvas;
pub use writer::Writer;

/// Whether the terminal is ours.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// The hook that gives the terminal back before a panic is printed is installed once.
static HOOK: Once = Once::new();
/// A terminal that hangs is not waited for longer when it is given back.
const PATIENCE: Duration = Duration::from_millis(300);

/// Title kept, other screen, paste in brackets, presses of the pointer and its wheel, no cursor.
/// Motion of the pointer is not asked for: it would flood the input.
const TAKE: &[u8] = b"\x1b[22;2t\x1b[?1049h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[?25l\x1b[2J";
/// The same backwards; it begins with the end of a frame that may be half drawn.
const GIVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[?25h\x1b[?1049l\x1b[23;2t";

/// The terminal while it is ours; dropping it gives it back.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal. Fails when standard input or output is none.
    pub fn take() -> io::Result<Self> {
        HOOK.call_once(|| {
            let previous = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                give_back();
                previous(panic);
            }));
        });
        crossterm::terminal::enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        let guard = Self(());
        let mut out = io::stdout();
        out.write_all(TAKE)?;
        out.flush()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Whether the terminal is still ours: a panic in any thread gives it back.
pub fn is_taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Gives the terminal back, once; every step is tried whatever became of the one before.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // A terminal that takes no more bytes would block us for ever, so another thread writes.
    let (done, wait) = std::sync::mpsc::channel();
    let writing = std::thread::Builder::new().name("terminal-back".into()).spawn(move || {
        let mut out = io::stdout();
        let _ = out.write_all(GIVE);
        let _ = out.flush();
        let _ = done.send(());
    });
    if writing.is_ok() {
        let _ = wait.recv_timeout(PATIENCE);
    }
    let _ = crossterm::terminal::disable_raw_mode();
}
