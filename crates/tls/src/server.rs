//! The server loop: accepts, shakes hands, serves, and stops without dropping a request.
//!
//! One loop for TLS and for plain HTTP on the loopback interface. It bounds everything that a
//! stranger can hold open: the number of connections, the time of a handshake, of a request head
//! and of an idle connection.

mod accept;
mod config;
mod connection;
mod figures;
mod gate;

pub use accept::{serve_plain, serve_tls};
pub(crate) use config::roots;
pub use config::{ClientCertificates, HotConfig, server_config};

use std::time::Duration;

use crate::{Clock, Revoked};

/// What a TLS listener needs besides a socket.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The configuration in force; replace it to bring in a new certificate or CRL.
    pub config: HotConfig,
    /// Certificates that are refused from the next request on.
    pub revoked: Revoked,
    /// Judges the end of a client certificate at every request.
    pub clock: Clock,
}

/// How much a client may take from one listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at one time; further ones wait in the kernel's queue.
    pub connections: usize,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// Time for the head of a request; an HTTP/1.1 connection without a request ends after it too.
    pub head: Duration,
    /// Time without a request after which a connection ends; it may take up to twice as long.
    pub idle: Duration,
    /// Time for running requests to finish at shutdown; then their connections are cut.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(20),
            idle: Duration::from_secs(120),
            drain: Duration::from_secs(30),
        }
    }
}
