//! Accepts connections and keeps count of them.

use std::convert::Infallible;
use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::Service;
use tracing::Instrument;

use super::connection::{self, Http};
use super::gate::{Checked, Gate};
use super::{Limits, Tls, figures};
use crate::Peer;

/// Pause after the system could not give us a socket (too many open files), so as not to spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `service` over TLS 1.3 until `shutdown` completes and the running requests are answered.
///
/// `service` is an `axum::Router` or any other service with an axum response. Each request
/// carries in its extensions `axum::extract::ConnectInfo<SocketAddr>` and, when the configuration
/// asks for client certificates, [`Peer`]. A certificate that is revoked or has ended is answered
/// with 403, and its connection is closed. Dropping the future cuts all connections.
pub async fn serve_tls<S>(
    listener: TcpListener,
    tls: Tls,
    service: S,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let serve = move |stream, remote, stop| {
        let (tls, service) = (tls.clone(), service.clone());
        async move {
            let Some(stream) = handshake(stream, &tls, limits.handshake).await else { return };
            let (_, session) = stream.get_ref();
            let http = match session.alpn_protocol() {
                Some(b"h2") => Http::Two,
                _ => Http::One,
            };
            let Ok(checked) = checked(&stream, &tls) else { return };
            let gate = Arc::new(Gate::new(remote, checked));
            connection::serve(stream, http, gate, service, limits, stop).await;
        }
    };
    accept_loop(listener, limits, shutdown, serve).await;
}

/// Serves `service` over plain HTTP/1.1, for the loopback interface only: health, metrics, and
/// what stands behind a proxy on the same machine.
///
/// Requests carry `axum::extract::ConnectInfo<SocketAddr>` and never a [`Peer`].
pub async fn serve_plain<S>(
    listener: TcpListener,
    service: S,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let serve = move |stream, remote, stop| {
        let gate = Arc::new(Gate::new(remote, None));
        connection::serve(stream, Http::One, gate, service.clone(), limits, stop)
    };
    accept_loop(listener, limits, shutdown, serve).await;
}

async fn accept_loop<F>(
    listener: TcpListener,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
    serve: impl Fn(TcpStream, SocketAddr, watch::Receiver<bool>) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(limits.connections));
    let (stop, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(ended) = open.join_next(), if !open.is_empty() => report(ended),
            (stream, remote, place) = accept(&listener, &places) => {
                let connection = serve(stream, remote, stopped.clone());
                open.spawn(async move {
                    let _counted = figures::Connection::open();
                    connection.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    // The receivers live in the connections; without any there is nobody to tell.
    let _ = stop.send(true);
    let drained = timeout(limits.drain, drain(&mut open)).await;
    if drained.is_err() {
        tracing::warn!(connections = open.len(), "connections cut: requests took too long");
        open.shutdown().await;
    }
}

async fn drain(open: &mut JoinSet<()>) {
    while let Some(ended) = open.join_next().await {
        report(ended);
    }
}

/// A panic ends its own connection and no other; somebody must hear of it all the same.
fn report(ended: Result<(), JoinError>) {
    if ended.is_err_and(|error| error.is_panic()) {
        tracing::error!("a connection ended in a panic");
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // Nobody closes the semaphore, so there always is a permit.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                // Small answers must not wait for the client's acknowledgement.
                let _ = stream.set_nodelay(true);
                return (stream, remote, place);
            }
            Err(error) if gave_up(error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The client went away before it was accepted; no fault of ours.
fn gave_up(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

async fn handshake(stream: TcpStream, tls: &Tls, limit: Duration) -> Option<TlsStream<TcpStream>> {
    let begun = Instant::now();
    let shaking = TlsAcceptor::from(tls.config.current()).accept(stream);
    let answer = timeout(limit, shaking).instrument(tracing::debug_span!("handshake")).await;
    match answer {
        Ok(Ok(stream)) => {
            figures::shaken(stream.get_ref().1.handshake_kind(), begun.elapsed());
            Some(stream)
        }
        Ok(Err(error)) => {
            figures::not_shaken("failed");
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => {
            figures::not_shaken("late");
            tracing::debug!("a TLS handshake took too long");
            None
        }
    }
}

/// Reads the client certificate that the handshake has verified; `Ok(None)` when none was asked.
fn checked(stream: &TlsStream<TcpStream>, tls: &Tls) -> Result<Option<Checked>, ()> {
    let (_, session) = stream.get_ref();
    let Some(leaf) = session.peer_certificates().and_then(|chain| chain.first()) else {
        return Ok(None);
    };
    match Peer::from_der(leaf) {
        Ok(peer) => {
            let (revoked, clock) = (tls.revoked.clone(), tls.clock.clone());
            Ok(Some(Checked { peer, revoked, clock }))
        }
        Err(error) => {
            tracing::warn!(%error, "a verified client certificate names no device");
            Err(())
        }
    }
}
