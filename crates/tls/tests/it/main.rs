//! Certificates and connections, end to end on the loopback interface.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed helper is a failed test; the lint spares only functions marked as tests"
)]

mod authority;
mod foreign_tools;
mod handshake;
mod lifetime;
mod limits;
mod requests;
mod support;
