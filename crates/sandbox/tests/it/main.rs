//! The sandbox and the gateway's clients, end to end over TLS in one process.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::indexing_slicing, reason = "a missing element fails the test")]

mod eligibility;
mod mail;
mod reader;
mod sign_in;
mod token;
mod world;
