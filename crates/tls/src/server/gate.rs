//! What happens to each request before the application sees it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::{HeaderValue, Request, StatusCode, Version, header};
use hyper::body::Incoming;
use tokio::sync::Notify;
use tower::{Service, ServiceExt};

use super::figures;
use crate::{Clock, Peer, Revoked};

/// A checked client certificate with what it takes to check it again.
#[derive(Clone)]
pub(super) struct Checked {
    pub(super) peer: Peer,
    pub(super) revoked: Revoked,
    pub(super) clock: Clock,
}

impl Checked {
    /// Why the certificate is no longer good; `None` when it is.
    fn refusal(&self) -> Option<&'static str> {
        if self.revoked.contains(&self.peer.serial_hex) {
            figures::refused("revoked");
            return Some(REVOKED);
        }
        if self.clock.now_ms() > self.peer.not_after_ms {
            figures::refused("ended");
            return Some(EXPIRED);
        }
        None
    }
}

/// The body of a refusal, RFC 9457. The application never sees the request, so neither the
/// wording nor the timing depends on what was asked.
const REVOKED: &str = concat!(
    r#"{"type":"urn:tasuki:problem:certificate-revoked","status":403,"#,
    r#""title":"この端末の証明書は失効しています。","#,
    r#""detail":"この証明書では利用できません。事業所の管理者に連絡し、"#,
    r#"新しい証明書の発行を受けてください。"}"#
);
const EXPIRED: &str = concat!(
    r#"{"type":"urn:tasuki:problem:certificate-expired","status":403,"#,
    r#""title":"この端末の証明書の有効期限が切れています。","#,
    r#""detail":"事業所の管理者に連絡し、新しい証明書の発行を受けてください。"}"#
);

/// What all requests of one connection share.
pub(super) struct Gate {
    pub(super) remote: SocketAddr,
    pub(super) checked: Option<Checked>,
    /// Requests begun so far.
    begun: AtomicU64,
    /// Requests whose answer has not begun yet.
    running: AtomicUsize,
    /// Rung when the connection must end after the answer that is being written.
    pub(super) closing: Notify,
}

impl Gate {
    pub(super) fn new(remote: SocketAddr, checked: Option<Checked>) -> Self {
        Self {
            remote,
            checked,
            begun: AtomicU64::new(0),
            running: AtomicUsize::new(0),
            closing: Notify::new(),
        }
    }

    /// Requests begun so far, and whether one is being answered.
    pub(super) fn activity(&self) -> (u64, bool) {
        (self.begun.load(Ordering::Relaxed), self.running.load(Ordering::Relaxed) > 0)
    }

    /// Refuses the request, or hands it to the application with peer and address attached.
    pub(super) async fn pass<S>(
        self: Arc<Self>,
        service: S,
        mut request: Request<Incoming>,
    ) -> Result<Response, Infallible>
    where
        S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    {
        let _running = Running::begin(&self);
        if let Some(checked) = &self.checked {
            if let Some(problem) = checked.refusal() {
                self.closing.notify_one();
                return Ok(refuse(problem, request.version()));
            }
            request.extensions_mut().insert(checked.peer.clone());
        }
        request.extensions_mut().insert(ConnectInfo(self.remote));
        service.oneshot(request).await
    }
}

/// Counts a request as running until it is answered or given up.
struct Running<'a>(&'a Gate);

impl<'a> Running<'a> {
    fn begin(gate: &'a Gate) -> Self {
        gate.begun.fetch_add(1, Ordering::Relaxed);
        gate.running.fetch_add(1, Ordering::Relaxed);
        Self(gate)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

fn refuse(problem: &'static str, version: Version) -> Response {
    let mut response = Response::new(Body::from(problem));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // HTTP/2 says the same with a frame of its own and forbids the header.
    if version <= Version::HTTP_11 {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
