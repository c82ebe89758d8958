//! All SQL of the platform: one text for SQLite and PostgreSQL.
//!
//! Reads are plain statements; every write is a [`Change`]: guarded statements and the access
//! events that report them, committed together by one group-committing writer ([`Db::commit`]).
//! Whatever reads a person's papers demands a grant that only the policy can make.

pub mod account;
pub mod assignment;
mod bulk;
pub mod card_check;
pub mod certification;
pub mod consent;
mod copy;
mod db;
pub mod delegate;
pub mod device;
pub mod dialect;
pub mod disaster;
mod distribute;
pub mod document;
pub mod emergency;
mod error;
pub mod event;
pub mod event_log;
pub mod facts;
mod handle;
pub mod idempotency;
pub mod ingestion;
pub mod insurer;
pub mod maintenance;
mod migrate;
pub mod notice;
pub mod objection;
pub mod onboarding;
mod partition;
pub mod person;
mod postgres;
pub mod protection;
pub mod provider;
pub mod rate;
pub mod reference;
mod replica;
mod row;
pub mod scratch;
pub mod seal;
pub mod session;
pub mod setting;
pub mod slow;
mod sqlite;
pub mod statistics;
pub mod tables;
mod tally;
pub mod transfer;
pub mod wrong_tries;
pub mod yardstick;

pub use bulk::Bulk;
pub use copy::{Copied, CopyError, copy};
pub use db::{Change, Db, Options, Recorded, Unrecorded};
pub use distribute::{DistributeError, distribute};
pub use error::StoreError;
pub use handle::HandleKey;
pub use migrate::{Schema, schema};
pub use partition::{PartitionError, partition};
pub use replica::ReplicaState;
pub use row::{Row, Value};
