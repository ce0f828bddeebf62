//! Standard input, as far as there is any: what was typed, and that the terminal has gone.
//!
//! crossterm reads a terminal that has hung up for as long as it is told to wait, so it is asked only for
//! what is there: whether there is something, or never will be again, is asked of the system before.

use std::io::{self, Stdin};
use std::time::Duration;

use crossterm::event::Event;
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, Ready};

/// What is typed, clicked and pasted.
pub(super) struct Keyboard {
    input: AsyncFd<Stdin>,
}

impl Keyboard {
    /// Listens to standard input. Must run on a tokio runtime with IO.
    #[expect(deprecated, reason = "a descriptor might be closed meanwhile; that of standard input is not")]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { input: AsyncFd::with_interest(io::stdin(), Interest::READABLE)? })
    }

    /// The next event; none when the terminal has gone. May be dropped before it is done.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            let mut readable = self.input.readable_mut().await.ok()?;
            if gone(readable.ready()) {
                return None;
            }
            match typed() {
                Ok(Some(event)) => return Some(event),
                // More may have come since it was looked for: then it stays readable.
                Ok(None) => readable.clear_ready(),
                Err(_) => return None,
            }
        }
    }
}

/// Time for crossterm to read what is there; with none it does not look at all.
const LOOK: Duration = Duration::from_millis(1);

fn gone(ready: Ready) -> bool {
    ready.is_read_closed() || ready.is_error()
}

/// What has been typed already, whether the runtime has noticed it or not; after a stall it has not always.
pub(super) fn typed() -> io::Result<Option<Event>> {
    if crossterm::event::poll(LOOK)? { crossterm::event::read().map(Some) } else { Ok(None) }
}
