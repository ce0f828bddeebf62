//! A thread that writes frames, so that a terminal which takes its time never holds up the console.

use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};

/// Hands frames to the terminal, one at a time.
#[derive(Debug)]
pub struct Writer {
    frames: SyncSender<Vec<u8>>,
}

impl Writer {
    /// Starts the thread; `done` is called from it after each frame, with what became of it.
    pub fn start(done: impl Fn(io::Result<()>) + Send + 'static) -> io::Result<Self> {
        // One frame is on its way at a time; the one slot is for a text that goes to the clipboard.
        let (frames, taken) = sync_channel::<Vec<u8>>(1);
        std::thread::Builder::new().name("terminal".into()).spawn(move || {
            while let Ok(frame) = taken.recv() {
                let mut out = io::stdout().lock();
                // The terminal may have been given back meanwhile; who does that takes the lock after
                // saying so, so that nothing is written behind it.
                let written = if super::is_taken() { out.write_all(&frame).and_then(|()| out.flush()) } else { Ok(()) };
                drop(out);
                done(written);
            }
        })?;
        Ok(Self { frames })
    }

    /// Hands a frame over; false when the one before is still on its way.
    pub fn write(&self, frame: Vec<u8>) -> bool {
        self.frames.try_send(frame).is_ok()
    }
}
