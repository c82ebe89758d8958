//! Moving a whole installation from one database to another (データベースの引っ越し).
//!
//! Every table is streamed in batches out of one snapshot of the source into one transaction of the
//! target: all of it arrives, or nothing. Before the target's commit its rows are read back and
//! compared with what was sent, and its log is verified against the signed head. The source has to
//! be closed before (see [`crate::maintenance`]), so that nothing is written behind the snapshot;
//! the target is open afterwards.

mod digest;
mod reading;
mod shape;
mod writing;

use tokio::sync::mpsc;

use crate::db::Options;
use crate::error::StoreError;
use crate::event_log::LogError;
use crate::row::Value;
use crate::{migrate, tables};

use digest::Digest;
pub(crate) use reading::each_row;
use shape::Shape;
pub(crate) use shape::common as shapes;

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A schema is not the one that this version knows.
    #[error("the schema of the source is not of this version: run `tasuki migrate` on it first")]
    Schema,
    /// The source takes writes.
    #[error("the source is open: close it before, so that nothing is written behind the copy")]
    Open,
    /// A table that this version does not know: its rows would be lost.
    #[error("this version does not know the table {0}: nothing was copied")]
    Unknown(String),
    /// A table does not have the same columns on both sides.
    #[error("the columns of {0} are not the same on both sides")]
    Columns(&'static str),
    /// The target holds something.
    #[error("the target is not empty: {0} has rows")]
    NotEmpty(&'static str),
    /// A value that cannot be kept as it is.
    #[error("{0} holds a value that cannot be carried over")]
    Value(&'static str),
    /// What arrived is not what was sent.
    #[error("{table}: {arrived} of {sent} rows arrived as they were sent")]
    Differs {
        /// The table.
        table: &'static str,
        /// Rows sent.
        sent: u64,
        /// Rows that are there.
        arrived: u64,
    },
    /// The log on the target does not verify.
    #[error("the log does not verify")]
    Log(#[from] LogError),
    /// A database failed.
    #[error("a database failed")]
    Store(#[from] StoreError),
}

impl From<tokio_postgres::Error> for CopyError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for CopyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Tables.
    pub tables: usize,
    /// Rows of all tables.
    pub rows: u64,
    /// Events of the log, verified.
    pub events: u64,
}

/// Rows of one table on their way.
struct Batch {
    table: usize,
    rows: Vec<Vec<Value>>,
}

/// Batches that wait for the target at most.
const WAITING: usize = 4;

/// Copies `from` into `to`, an empty database; `public` is the key of the log's heads, and `tell`
/// hears the table and the rows of it that are written.
///
/// # Errors
///
/// [`CopyError`]; then the target holds no row.
pub async fn copy(
    from: &Options,
    to: &Options,
    public: &[u8; 32],
    tell: impl FnMut(&'static str, u64) + Send + 'static,
) -> Result<Copied, CopyError> {
    let schema = migrate::schema(from).await?;
    if schema.applied != schema.known {
        return Err(CopyError::Schema);
    }
    if !reading::is_closed(from).await? {
        return Err(CopyError::Open);
    }
    shape::only_known(to).await?;
    migrate::bring_up_to_date(to).await?;
    let shapes = shape::common(from, to).await?;
    let (batches, arriving) = mpsc::channel(WAITING);
    let reading = tokio::spawn(reading::read(from.clone(), shapes.clone(), batches));
    let written = writing::write(to, shapes, arriving, reading, *public, tell).await;
    let (sent, events) = written?;
    Ok(Copied {
        tables: tables::TABLES.len(),
        rows: sent.iter().map(|digest| digest.rows).sum(),
        events,
    })
}

/// What the source sent of each table.
type Sent = Vec<Digest>;

/// The task that reads the source.
type Reading = tokio::task::JoinHandle<Result<Sent, CopyError>>;

/// Compares what was sent with what is there.
fn compare(shapes: &[Shape], sent: &[Digest], arrived: &[Digest]) -> Result<(), CopyError> {
    for (shape, (sent, arrived)) in shapes.iter().zip(sent.iter().zip(arrived)) {
        if sent != arrived {
            let (sent, arrived) = (sent.rows, arrived.rows);
            return Err(CopyError::Differs { table: shape.name, sent, arrived });
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "copy/tests.rs"]
mod tests;
