//! Writing the target: one transaction, read back and verified before it commits.

use std::path::Path;

use futures_util::{TryStreamExt, pin_mut};
use rusqlite::{Connection, params_from_iter};
use tokio::sync::mpsc::Receiver;
use tokio_postgres::Transaction;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::reading::each_row;
use super::{Batch, CopyError, Digest, Reading, Sent, Shape, compare};
use crate::db::Options;
use crate::error::StoreError;
use crate::event_log::{LOAD_HEAD, NO_HEAD, Verifying, signed_head};
use crate::postgres;
use crate::row::Row;

/// The log in its order.
const LOG: &str = "SELECT seq, payload FROM event ORDER BY seq";

/// The row that the migrations made goes; one with events is not there in an empty database.
const EMPTY_HEAD: &str = "DELETE FROM event_head WHERE size = 0";

/// The target takes writes; the source stays closed.
const OPEN: &str = "UPDATE event_head SET closed_because = NULL WHERE id = 1";

/// Writes what arrives; what was sent, and the number of events verified.
pub(super) async fn write(
    to: &Options,
    shapes: Vec<Shape>,
    mut arriving: Receiver<Batch>,
    reading: Reading,
    public: [u8; 32],
    tell: impl FnMut(&'static str, u64) + Send + 'static,
) -> Result<(Sent, u64), CopyError> {
    match to {
        Options::Sqlite { path } => {
            let (path, handle) = (path.clone(), tokio::runtime::Handle::current());
            let write = move || {
                let sent = || handle.block_on(finished(reading));
                sqlite(&path, &shapes, &mut arriving, sent, &public, tell)
            };
            let stopped = |_| CopyError::Store(StoreError::Unavailable("the writing broke off"));
            tokio::task::spawn_blocking(write).await.map_err(stopped)?
        }
        Options::Postgres { url, .. } => {
            let mut client = postgres::pool(url, 1)?.get().await.map_err(StoreError::from)?;
            let transaction = client.transaction().await?;
            empty(&transaction, &shapes).await?;
            copy_in(&transaction, &shapes, &mut arriving, tell).await?;
            let sent = finished(reading).await?;
            let events = verified(&transaction, &shapes, &sent, &public).await?;
            transaction.batch_execute(OPEN).await?;
            transaction.commit().await?;
            Ok((sent, events))
        }
    }
}

/// What the source sent, once it has sent all.
async fn finished(reading: Reading) -> Result<Sent, CopyError> {
    let stopped = |_| CopyError::Store(StoreError::Unavailable("the reading broke off"));
    reading.await.map_err(stopped)?
}

fn sqlite(
    path: &Path,
    shapes: &[Shape],
    arriving: &mut Receiver<Batch>,
    sent: impl FnOnce() -> Result<Sent, CopyError>,
    public: &[u8; 32],
    mut tell: impl FnMut(&'static str, u64),
) -> Result<(Sent, u64), CopyError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Dropped without a commit, it takes everything back.
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.execute(EMPTY_HEAD, [])?;
    for shape in shapes {
        if connection.prepare(&shape.any())?.exists([])? {
            return Err(CopyError::NotEmpty(shape.name));
        }
    }
    let mut next = arriving.blocking_recv();
    for (table, shape) in shapes.iter().enumerate() {
        let mut insert = connection.prepare(&shape.insert())?;
        let mut written = 0;
        while let Some(batch) = next.take_if(|batch| batch.table == table) {
            for row in &batch.rows {
                insert.execute(params_from_iter(row))?;
                written += 1;
            }
            tell(shape.name, written);
            next = arriving.blocking_recv();
        }
    }
    let sent = sent()?;
    let mut arrived = Sent::new();
    for shape in shapes {
        let mut digest = Digest::default();
        each_row(&connection, shape, |row| {
            digest.take(&row);
            Ok(())
        })?;
        arrived.push(digest);
    }
    compare(shapes, &sent, &arrived)?;
    let mut log = Log::default();
    let mut statement = connection.prepare(LOG)?;
    let mut events = statement.query([])?;
    while let Some(event) = events.next()? {
        log.next(event.get(0)?, &event.get::<_, String>(1)?)?;
    }
    let head = crate::sqlite::rows(&connection, LOAD_HEAD, &[])?;
    let events = log.finish(head.into_iter().next(), public)?;
    connection.execute(OPEN, [])?;
    connection.execute_batch("COMMIT")?;
    Ok((sent, events))
}

/// The log as it is read back.
#[derive(Default)]
struct Log {
    verifying: Verifying,
    events: u64,
}

impl Log {
    fn next(&mut self, seq: i64, payload: &str) -> Result<(), CopyError> {
        self.events += 1;
        Ok(self.verifying.next(seq, payload)?)
    }

    /// Compares the log with its head; the number of events.
    fn finish(self, head: Option<Row>, public: &[u8; 32]) -> Result<u64, CopyError> {
        let head = signed_head(head.ok_or(NO_HEAD)?)?;
        // A log without events has no signature yet.
        if head.size > 0 || self.events > 0 {
            self.verifying.finish(&head, public)?;
        }
        Ok(self.events)
    }
}

/// Refuses a target that holds something.
async fn empty(transaction: &Transaction<'_>, shapes: &[Shape]) -> Result<(), CopyError> {
    transaction.batch_execute(EMPTY_HEAD).await?;
    for shape in shapes {
        if transaction.query_opt(&shape.any(), &[]).await?.is_some() {
            return Err(CopyError::NotEmpty(shape.name));
        }
    }
    Ok(())
}

async fn copy_in(
    transaction: &Transaction<'_>,
    shapes: &[Shape],
    arriving: &mut Receiver<Batch>,
    mut tell: impl FnMut(&'static str, u64),
) -> Result<(), CopyError> {
    let mut next = arriving.recv().await;
    for (table, shape) in shapes.iter().enumerate() {
        let types: Vec<Type> =
            shape.columns.iter().map(|(_, column)| postgres::kind(*column)).collect();
        let sink = transaction.copy_in(&shape.copy_in()).await?;
        let writer = BinaryCopyInWriter::new(sink, &types);
        pin_mut!(writer);
        let mut written = 0;
        while let Some(batch) = next.take_if(|batch| batch.table == table) {
            for row in &batch.rows {
                let values: Vec<&(dyn ToSql + Sync)> =
                    row.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
                writer.as_mut().write(&values).await?;
                written += 1;
            }
            tell(shape.name, written);
            next = arriving.recv().await;
        }
        writer.finish().await?;
    }
    Ok(())
}

/// Reads back what has arrived; the number of events.
async fn verified(
    transaction: &Transaction<'_>,
    shapes: &[Shape],
    sent: &Sent,
    public: &[u8; 32],
) -> Result<u64, CopyError> {
    let none = || -> [&(dyn ToSql + Sync); 0] { [] };
    let mut arrived = Sent::new();
    for shape in shapes {
        let mut digest = Digest::default();
        let rows = transaction.query_raw(&shape.select(), none()).await?;
        pin_mut!(rows);
        while let Some(row) = rows.try_next().await? {
            digest.take(&postgres::values(&row)?);
        }
        arrived.push(digest);
    }
    compare(shapes, sent, &arrived)?;
    let mut log = Log::default();
    let events = transaction.query_raw(LOG, none()).await?;
    pin_mut!(events);
    while let Some(event) = events.try_next().await? {
        log.next(event.try_get(0)?, event.try_get(1)?)?;
    }
    let head = transaction.query_opt(LOAD_HEAD, &[]).await?;
    let head = head.map(|row| postgres::values(&row).map(Row::new)).transpose()?;
    log.finish(head, public)
}
