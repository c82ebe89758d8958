//! Why a store function failed.

use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;

/// Callers branch on the variant; operators read the source.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with the same key exists.
    #[error("a row with the same key exists")]
    Duplicate,
    /// The row changed since it was read, or is gone.
    #[error("the row changed since it was read")]
    Stale,
    /// A value in the database cannot be read by this version, or its seal is broken.
    #[error("{table}.{column} holds a value this version cannot read")]
    Corrupt {
        /// Table of the value.
        table: &'static str,
        /// Column of the value.
        column: &'static str,
    },
    /// SQLite failed.
    #[error("sqlite")]
    Sqlite(#[source] rusqlite::Error),
    /// PostgreSQL failed.
    #[error("postgresql")]
    Postgres(#[source] tokio_postgres::Error),
    /// No connection could be had, or the writer has stopped.
    #[error("the database is not available: {0}")]
    Unavailable(&'static str),
    /// The house is closed for maintenance: nothing is written until somebody opens it again.
    #[error("the house is closed for maintenance")]
    Closed,
    /// The schema has left this program behind.
    #[error("the database needs a program that knows schema {needs}, this one knows {known}")]
    Newer {
        /// Smallest schema number that a program must know.
        needs: i64,
        /// Newest that this one knows.
        known: i64,
    },
    /// The schema is not the one this version knows.
    #[error("migration {0} does not match what the database has")]
    Migration(i64),
}

impl StoreError {
    /// Why a commit failed, for the operator.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Unavailable(reason) => reason,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => "the disk of the database is full",
                Some(ErrorCode::DatabaseBusy) => "another process holds the database",
                Some(ErrorCode::SystemIoFailure) => "the disk of the database fails, or is full",
                Some(ErrorCode::ReadOnly) => "the database cannot be written",
                _ => "the commit failed",
            },
            Self::Postgres(error) => match error.code() {
                Some(&SqlState::DISK_FULL) => "the disk of the database is full",
                Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => "this database is a replica",
                Some(&(SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN)) => {
                    "the database is shutting down"
                }
                Some(&SqlState::CANNOT_CONNECT_NOW) => "the database is starting",
                None => "the database cannot be reached",
                _ => "the commit failed",
            },
            _ => "the commit failed",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(code)
                if code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                    || code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE =>
            {
                Self::Duplicate
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        if error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION) {
            Self::Duplicate
        } else if error.is_closed() {
            Self::Unavailable("the connection was closed")
        } else {
            Self::Postgres(error)
        }
    }
}

impl From<deadpool_postgres::PoolError> for StoreError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => Self::from(error),
            deadpool_postgres::PoolError::Timeout(
                deadpool_postgres::TimeoutType::Create | deadpool_postgres::TimeoutType::Recycle,
            ) => Self::Unavailable("the database gives no answer"),
            _ => Self::Unavailable("no connection to the database is free"),
        }
    }
}

/// An error as the log takes it.
pub(crate) fn source<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> &'a (dyn std::error::Error + 'static) {
    error
}
