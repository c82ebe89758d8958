//! All SQL of the platform: one text for SQLite and PostgreSQL.
//!
//! Reads are plain statements; every write is a [`Change`]: guarded statements and the access
//! events that report them, committed together by one group-committing writer ([`Db::commit`]).
//! Whatever reads a person's papers demands a grant that only the policy can make.

mod db;
pub mod dialect;
mod error;
pub mod event_log;
mod migrate;
mod postgres;
mod row;
pub mod scratch;
pub mod seal;
mod sqlite;
pub mod transfer;

pub use db::{Change, Db, Options, Recorded, Unrecorded};
pub use error::StoreError;
pub use row::{Row, Value};
