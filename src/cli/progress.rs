//! How far a long command is: one line on the error output, only where somebody watches.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Cells of the bar.
const WIDTH: usize = 30;
/// Cells of the mark that wanders where nobody knows how long it takes.
const MARK: usize = 6;
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
        let seen = io::stderr().is_terminal();
        Self { what, total, done: 0, began: Instant::now(), drawn: None, seen }
    }

    /// One step is done.
    pub(super) fn step(&mut self) {
        self.by(1);
    }

    /// So many steps are done.
    fn by(&mut self, steps: usize) {
        self.done += steps;
        if !self.seen || self.began.elapsed() < PATIENCE || self.drawn.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        draw(&line(self.what, self.done, self.total));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            wipe();
        }
    }
}

/// A file of which it is shown how much was read; of a packed one the packed bytes count.
pub(super) struct Watched {
    file: File,
    progress: Progress,
}

impl Watched {
    /// Watches a file from its beginning.
    pub(super) fn over(file: File) -> Self {
        let bytes = file.metadata().map_or(0, |about| about.len());
        Self { file, progress: Progress::over("reading", usize::try_from(bytes).unwrap_or(usize::MAX)) }
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.by(read);
        Ok(read)
    }
}

/// Does what does not say how far it is, such as a training, under a mark that wanders.
pub(super) fn busy<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    std::thread::scope(|threads| {
        let (done, waits) = channel::<()>();
        threads.spawn(move || {
            let began = Instant::now();
            let mut wait = PATIENCE;
            let mut drawn = 0;
            // The sender goes with the end of the work, and the mark with it.
            while waits.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                draw(&wandering(what, drawn, began.elapsed()));
                (wait, drawn) = (EVERY, drawn + 1);
            }
            if drawn > 0 {
                wipe();
            }
        });
        let result = work();
        drop(done);
        result
    })
}

// A line that cannot be drawn is no reason to stop what it is about.
fn draw(line: &str) {
    let _ = write!(io::stderr(), "\r{line}");
}

fn wipe() {
    let _ = write!(io::stderr(), "\r\u{1b}[K");
}

fn line(what: &str, done: usize, total: usize) -> String {
    let total = total.max(1);
    let done = done.min(total);
    // A share of bytes may not fit into the product.
    let of = |whole: usize| (done as u128 * whole as u128 / total as u128) as usize;
    let (full, percent) = (of(WIDTH), of(100));
    format!("{what} {}{} {percent:3} %", "█".repeat(full), "░".repeat(WIDTH - full))
}

fn wandering(what: &str, drawn: usize, since: Duration) -> String {
    let way = WIDTH - MARK;
    let at = drawn % (2 * way);
    let at = at.min(2 * way - at);
    format!("{what} {}{}{} {} s", "░".repeat(at), "█".repeat(MARK), "░".repeat(way - at), since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert!(line("reading", 0, 0).ends_with("  0 %"));
        assert!(line("reading", 50, 100).contains("█░"));
        assert!(line("reading", 300, 100).ends_with("100 %") && !line("reading", 300, 100).contains('░'));
        assert!(line("reading", usize::MAX / 2, usize::MAX).ends_with(" 49 %"));
    }

    #[test]
    fn the_mark_wanders_to_and_fro() {
        let cells = |drawn| wandering("training", drawn, Duration::from_secs(3)).matches(['█', '░']).count();
        assert!((0..200).all(|drawn| cells(drawn) == WIDTH));
        let at = |drawn| wandering("", drawn, Duration::ZERO);
        assert!(at(0) != at(5) && at(0) == at(2 * (WIDTH - MARK)) && at(1) == at(2 * (WIDTH - MARK) - 1));
        assert!(wandering("training", 7, Duration::from_secs(3)).ends_with(" 3 s"));
    }

    #[test]
    fn work_under_a_mark_gives_what_it_made_and_a_watched_file_its_bytes() {
        assert_eq!(busy("training", || 7), 7);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some");
        std::fs::write(&path, b"abc").unwrap();
        let mut watched = Watched::over(File::open(&path).unwrap());
        let mut read = Vec::new();
        watched.read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), watched.progress.done, watched.progress.total), (&b"abc"[..], 3, 3));
    }
}
