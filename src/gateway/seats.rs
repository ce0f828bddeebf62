//! Plain connections at once: whoever comes when all seats are taken is hung up on, and who then says
//! nothing does not keep the seat.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

use super::prompt::{HEADER_PATIENCE, Prompt};

/// Connections that are not sockets yet, or never will be: posts held for their answer among them.
const CONNECTIONS_MAX: usize = 8_192;

/// An acceptor that gives every connection a seat before anything else.
#[derive(Clone)]
pub(super) struct Seats<A> {
    inner: A,
    free: Arc<Semaphore>,
}

impl<A> Seats<A> {
    pub(super) fn before(inner: A) -> Self {
        Self { inner, free: Arc::new(Semaphore::new(CONNECTIONS_MAX)) }
    }
}

impl<A, I, S> Accept<I, S> for Seats<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: Send + 'static,
    A::Service: Send + 'static,
{
    type Stream = Prompt<A::Stream>;
    type Service = Seated<A::Service>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let Ok(seat) = Arc::clone(&self.free).try_acquire_owned() else {
            let full = io::Error::other(format!("all {CONNECTIONS_MAX} seats are taken"));
            return Box::pin(std::future::ready(Err(full)));
        };
        let accepting = self.inner.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            Ok((Prompt::within(HEADER_PATIENCE, stream), Seated { service, _seat: Arc::new(seat) }))
        })
    }
}

/// A connection's service with its seat; an upgrade to a socket gives the seat back.
#[derive(Clone)]
pub(super) struct Seated<S> {
    service: S,
    _seat: Arc<OwnedSemaphorePermit>,
}

impl<R, S: Service<R>> Service<R> for Seated<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.service.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum_server::accept::DefaultAcceptor;

    #[tokio::test]
    async fn who_comes_when_it_is_full_is_turned_away_until_somebody_leaves() {
        let seats = Seats { inner: DefaultAcceptor::new(), free: Arc::new(Semaphore::new(1)) };
        let first = seats.accept((), ()).await;
        assert!(first.is_ok());
        assert!(Accept::<(), ()>::accept(&seats, (), ()).await.is_err());
        drop(first);
        assert!(seats.accept((), ()).await.is_ok());
    }
}
