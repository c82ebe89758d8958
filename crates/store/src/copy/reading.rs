//! Reading the source: every table out of one snapshot, in batches.

use futures_util::{TryStreamExt, pin_mut};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc::Sender;
use tokio_postgres::types::ToSql;

use super::{Batch, CopyError, Sent, Shape};
use crate::db::Options;
use crate::error::StoreError;
use crate::postgres;
use crate::row::Value;

/// Rows of a batch.
const BATCH: usize = 1_000;

const CLOSED: &str = "SELECT count(id) FROM event_head WHERE closed_because IS NOT NULL";

/// Nothing is written to the source.
pub(super) async fn is_closed(options: &Options) -> Result<bool, CopyError> {
    let closed: i64 = match options {
        Options::Sqlite { path } => read_only(path)?.query_row(CLOSED, [], |row| row.get(0))?,
        Options::Postgres { url, .. } => {
            let client = postgres::pool(url, 1)?.get().await.map_err(StoreError::from)?;
            client.query_one(CLOSED, &[]).await?.try_get(0)?
        }
    };
    Ok(closed > 0)
}

/// Sends every row of every table; what was sent.
pub(super) async fn read(
    from: Options,
    shapes: Vec<Shape>,
    batches: Sender<Batch>,
) -> Result<Sent, CopyError> {
    match from {
        Options::Sqlite { path } => {
            let read = move || sqlite(&read_only(&path)?, &shapes, &batches);
            let stopped = |_| CopyError::Store(StoreError::Unavailable("the reading broke off"));
            tokio::task::spawn_blocking(read).await.map_err(stopped)?
        }
        Options::Postgres { url, .. } => postgres(&url, &shapes, &batches).await,
    }
}

fn read_only(path: &std::path::Path) -> Result<Connection, CopyError> {
    Ok(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// The target has given up: its own error is told.
const GIVEN_UP: CopyError = CopyError::Store(StoreError::Unavailable("the target broke off"));

fn sqlite(
    connection: &Connection,
    shapes: &[Shape],
    batches: &Sender<Batch>,
) -> Result<Sent, CopyError> {
    connection.execute_batch("BEGIN")?;
    let mut sent = Sent::new();
    for (table, shape) in shapes.iter().enumerate() {
        let mut digest = super::Digest::default();
        let mut rows = Vec::new();
        let send = |rows| batches.blocking_send(Batch { table, rows }).map_err(|_| GIVEN_UP);
        each_row(connection, shape, |row| {
            digest.take(&row);
            rows.push(row);
            if rows.len() == BATCH { send(std::mem::take(&mut rows)) } else { Ok(()) }
        })?;
        send(rows)?;
        sent.push(digest);
    }
    Ok(sent)
}

/// Hands every row of a table to `take`.
pub(crate) fn each_row(
    connection: &Connection,
    shape: &Shape,
    mut take: impl FnMut(Vec<Value>) -> Result<(), CopyError>,
) -> Result<(), CopyError> {
    let mut statement = connection.prepare(&shape.select())?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let columns = 0..shape.columns.len();
        let values = columns.map(|column| value(row.get_ref(column)?, shape.name));
        take(values.collect::<Result<_, _>>()?)?;
    }
    Ok(())
}

/// A value as it is; what our schema does not hold is refused instead of changed.
fn value(value: ValueRef<'_>, table: &'static str) -> Result<Value, CopyError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::from(text),
            Err(_) => return Err(CopyError::Value(table)),
        },
        ValueRef::Real(_) => return Err(CopyError::Value(table)),
    })
}

async fn postgres(url: &str, shapes: &[Shape], batches: &Sender<Batch>) -> Result<Sent, CopyError> {
    let client = postgres::pool(url, 1)?.get().await.map_err(StoreError::from)?;
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut sent = Sent::new();
    for (table, shape) in shapes.iter().enumerate() {
        let mut digest = super::Digest::default();
        let mut rows = Vec::new();
        let send = async |rows| batches.send(Batch { table, rows }).await.map_err(|_| GIVEN_UP);
        let none: [&(dyn ToSql + Sync); 0] = [];
        let found = client.query_raw(&shape.select(), none).await?;
        pin_mut!(found);
        while let Some(row) = found.try_next().await? {
            let row = postgres::values(&row)?;
            digest.take(&row);
            rows.push(row);
            if rows.len() == BATCH {
                send(std::mem::take(&mut rows)).await?;
            }
        }
        send(rows).await?;
        sent.push(digest);
    }
    Ok(sent)
}
