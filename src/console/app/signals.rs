//! Signals that end, stop and wake a console.

use std::io;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP, SIGWINCH};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// To end; its name.
    End(&'static str),
    /// To stop until told to go on.
    Stop,
    /// To go on.
    Continued,
    /// To look how large the terminal is now.
    Resized,
}

/// All signals that a console listens to.
pub(super) struct Signals {
    hangup: Stream,
    terminate: Stream,
    interrupt: Stream,
    quit: Stream,
    stop: Stream,
    go_on: Stream,
    resize: Stream,
}

impl Signals {
    /// Listens. From now on the signals do nothing by themselves.
    pub(super) fn new() -> io::Result<Self> {
        let listen = |number| signal(SignalKind::from_raw(number));
        Ok(Self {
            hangup: listen(SIGHUP)?,
            terminate: listen(SIGTERM)?,
            interrupt: listen(SIGINT)?,
            quit: listen(SIGQUIT)?,
            stop: listen(SIGTSTP)?,
            go_on: listen(SIGCONT)?,
            resize: listen(SIGWINCH)?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            // A terminal that goes away sends a hang-up and then the signal to go on, for those who had stopped.
            biased;
            _ = self.hangup.recv() => Signal::End("SIGHUP"),
            _ = self.terminate.recv() => Signal::End("SIGTERM"),
            _ = self.interrupt.recv() => Signal::End("SIGINT"),
            _ = self.quit.recv() => Signal::End("SIGQUIT"),
            _ = self.stop.recv() => Signal::Stop,
            _ = self.go_on.recv() => Signal::Continued,
            _ = self.resize.recv() => Signal::Resized,
        }
    }
}

/// The viewer pressed the key that a shell would have seen: the same way is gone as with its signal.
pub(super) fn stop_asked() {
    let _ = signal_hook::low_level::raise(SIGTSTP);
}

/// Stops this process; returns when it is told to go on.
pub(super) fn stop() -> io::Result<()> {
    signal_hook::low_level::raise(SIGSTOP)
}
