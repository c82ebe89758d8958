//! One accepted connection, from its first byte of HTTP to its end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tower::Service;

use super::Limits;
use super::gate::Gate;

/// HTTP/2: how often a silent client is asked whether it is there, and how long it may think.
const PING_EVERY: Duration = Duration::from_secs(30);
const PING_ANSWER: Duration = Duration::from_secs(20);
/// HTTP/2: requests that one connection may have running.
const STREAMS: u32 = 64;

/// Which HTTP a connection speaks; known before its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Http {
    One,
    Two,
}

/// Serves one connection until the client goes, its certificate is refused, it stays idle, or
/// `stop` turns true. A running request is always answered first.
pub(super) async fn serve<I, S>(
    io: I,
    http: Http,
    gate: Arc<Gate>,
    service: S,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let builder = builder(http, limits);
    let through = Arc::clone(&gate);
    let answer = service_fn(move |request| Arc::clone(&through).pass(service.clone(), request));
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(io), answer));
    let end = async {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            () = gate.closing.notified() => {}
            () = idle(&gate, limits.idle) => {}
        }
    };
    let ended = tokio::select! {
        result = connection.as_mut() => Some(result),
        () = end => None,
    };
    let result = match ended {
        Some(result) => result,
        // Nothing to finish; and an HTTP/2 client that has not said a word would be waited for.
        None if gate.activity().0 == 0 => return,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(error = &*error, "a connection ended early");
    }
}

/// Settles the HTTP version beforehand: while it guesses, the builder has no time limit.
fn builder(http: Http, limits: Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_ANSWER)
        .max_concurrent_streams(STREAMS);
    match http {
        Http::One => builder.http1_only(),
        Http::Two => builder.http2_only(),
    }
}

/// Returns when a whole interval has passed in which no request began or ran.
async fn idle(gate: &Gate, limit: Duration) {
    let mut ticks = interval(limit);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    let mut seen = gate.activity().0;
    loop {
        ticks.tick().await;
        let (begun, running) = gate.activity();
        if begun == seen && !running {
            return;
        }
        seen = begun;
    }
}
