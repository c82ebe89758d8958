//! What the server loop counts (接続の計測値).

use std::time::Duration;

use rustls::HandshakeKind;

/// An open connection; it is counted until it is dropped.
pub(super) struct Connection(());

impl Connection {
    /// A connection begins.
    pub(super) fn open() -> Self {
        metrics::gauge!("tasuki_connections").increment(1.0);
        Self(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        metrics::gauge!("tasuki_connections").decrement(1.0);
    }
}

/// A handshake came to its end.
pub(super) fn shaken(kind: Option<HandshakeKind>, took: Duration) {
    let outcome = match kind {
        Some(HandshakeKind::Resumed) => "resumed",
        _ => "full",
    };
    metrics::counter!("tasuki_handshakes_total", "outcome" => outcome).increment(1);
    metrics::histogram!("tasuki_handshake_seconds", "outcome" => outcome)
        .record(took.as_secs_f64());
}

/// A handshake came to nothing: it failed, or was too late.
pub(super) fn not_shaken(outcome: &'static str) {
    metrics::counter!("tasuki_handshakes_total", "outcome" => outcome).increment(1);
}

/// The certificate of an open connection was refused.
pub(super) fn refused(why: &'static str) {
    metrics::counter!("tasuki_certificates_refused_total", "why" => why).increment(1);
}
