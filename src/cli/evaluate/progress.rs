//! How far a long measurement is: one line on the error output, only where somebody watches.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Cells of the bar.
const WIDTH: usize = 30;
/// Shortest time between two drawings: faster than the eye is wasted.
const EVERY: Duration = Duration::from_millis(100);
/// What is done sooner needs no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// A bar under way; it is wiped when dropped.
pub(super) struct Progress {
    what: &'static str,
    total: usize,
    done: usize,
    began: Instant,
    drawn: Option<Instant>,
    seen: bool,
}

impl Progress {
    /// Begins a bar over so many steps.
    pub(super) fn over(what: &'static str, total: usize) -> Self {
        let seen = std::io::stderr().is_terminal();
        Self { what, total, done: 0, began: Instant::now(), drawn: None, seen }
    }

    /// One step is done.
    pub(super) fn step(&mut self) {
        self.done += 1;
        if !self.seen || self.began.elapsed() < PATIENCE || self.drawn.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        // A bar that cannot be drawn is no reason to stop measuring.
        let _ = write!(std::io::stderr(), "\r{}", line(self.what, self.done, self.total));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn line(what: &str, done: usize, total: usize) -> String {
    let total = total.max(1);
    let full = (done * WIDTH / total).min(WIDTH);
    let percent = (done * 100 / total).min(100);
    format!("{what} {}{} {percent:3} %", "█".repeat(full), "░".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert!(line("reading", 0, 0).ends_with("  0 %"));
        assert!(line("reading", 50, 100).contains("█░"));
        assert!(line("reading", 300, 100).ends_with("100 %") && !line("reading", 300, 100).contains('░'));
    }
}
