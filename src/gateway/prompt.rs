//! Connections that never say a word: a server cannot tell what they want, so they are ended.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// Time for the first byte, and for all headers of a request: a peer that sends a byte now and then
/// is not kept either.
pub(super) const HEADER_PATIENCE: Duration = Duration::from_secs(10);

/// A stream whose first byte must come in time. After it, the limits of the request's head hold.
pub(super) struct Prompt<S> {
    stream: S,
    // Boxed so that the stream can be moved; dropped with the first byte.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> Prompt<S> {
    pub(super) fn within(patience: Duration, stream: S) -> Self {
        Self { stream, deadline: Some(Box::pin(tokio::time::sleep(patience))) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Prompt<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() {
            self.deadline = None;
        }
        let late = self.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready());
        if late { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { read }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prompt<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn the_first_byte_must_come_in_time_and_later_ones_need_not() {
        let (_silent, here) = tokio::io::duplex(16);
        let mut mute = Prompt::within(Duration::ZERO, here);
        assert_eq!(mute.read_u8().await.unwrap_err().kind(), io::ErrorKind::TimedOut);

        let (mut there, here) = tokio::io::duplex(16);
        let mut talker = Prompt::within(Duration::ZERO, here);
        there.write_all(b"a").await.unwrap();
        assert_eq!(talker.read_u8().await.unwrap(), b'a');
        // The reader waits before the second byte is written, long after its deadline.
        let (second, written) = tokio::join!(talker.read_u8(), there.write_all(b"b"));
        written.unwrap();
        assert_eq!(second.unwrap(), b'b');
    }
}
