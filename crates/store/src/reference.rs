//! The yardstick of the ingest benchmark: the same rows again, by nothing but the engine's own
//! quickest way: prepared inserts in one transaction (SQLite), binary COPY (PostgreSQL).

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, pin_mut};
use rusqlite::Connection;
use tokio_postgres::types::ToSql;

use crate::db::Options;
use crate::dialect::Table;
use crate::error::StoreError;
use crate::ingestion::{ASSIGNMENT, CONSENT, PAPER, PERSON, SERVICE_USE, STEP};
use crate::row::Value;

/// Tables that municipal files fill.
static TABLES: [&Table; 6] = [&PERSON, &PAPER, &STEP, &CONSENT, &ASSIGNMENT, &SERVICE_USE];

/// Rows that are read before they are written together.
const CHUNK: usize = 20_000;

/// What the yardstick measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    /// Rows written.
    pub rows: u64,
    /// Time of writing them, commit included, reading them not.
    pub took: Duration,
}

/// Writes every row that files brought into `from` into `to`, an empty database of the same engine
/// with the schema in place, durably in one transaction.
///
/// # Errors
///
/// [`StoreError`] when a database fails, or the engines differ.
pub async fn copy(from: &Options, to: &Options) -> Result<Measured, StoreError> {
    match (from, to) {
        (Options::Sqlite { path: from }, Options::Sqlite { path: to }) => {
            sqlite(&Connection::open(from)?, &Connection::open(to)?)
        }
        (Options::Postgres { url: from, .. }, Options::Postgres { url: to, .. }) => {
            postgres(from, to).await
        }
        _ => Err(StoreError::Unavailable("the yardstick needs twice the same engine")),
    }
}

fn sqlite(from: &Connection, to: &Connection) -> Result<Measured, StoreError> {
    to.pragma_update(None, "journal_mode", "WAL")?;
    to.pragma_update(None, "synchronous", "FULL")?;
    let mut measured = Measured::default();
    to.execute_batch("BEGIN IMMEDIATE")?;
    for table in TABLES {
        let mut select = from.prepare(&table.select())?;
        let mut insert = to.prepare(table.insert_one())?;
        let mut rows = select.query([])?;
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            while chunk.len() < CHUNK
                && let Some(row) = rows.next()?
            {
                let columns = (0..table.columns.len())
                    .map(|place| Ok(crate::sqlite::value(row.get_ref(place)?)));
                chunk.push(columns.collect::<Result<Vec<Value>, rusqlite::Error>>()?);
            }
            if chunk.is_empty() {
                break;
            }
            let begin = Instant::now();
            for row in &chunk {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
            measured.took += begin.elapsed();
            measured.rows += u64::try_from(chunk.len()).unwrap_or(0);
        }
    }
    let begin = Instant::now();
    to.execute_batch("COMMIT")?;
    measured.took += begin.elapsed();
    Ok(measured)
}

async fn postgres(from: &str, to: &str) -> Result<Measured, StoreError> {
    let connect = async |url: &str| -> Result<tokio_postgres::Client, StoreError> {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    };
    let (from, mut to) = (connect(from).await?, connect(to).await?);
    let transaction = to.transaction().await?;
    let mut measured = Measured::default();
    for table in TABLES {
        let none: [&(dyn ToSql + Sync); 0] = [];
        let rows = from.query_raw(&table.select(), none).await?.fuse();
        pin_mut!(rows);
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            while chunk.len() < CHUNK
                && let Some(row) = rows.try_next().await?
            {
                chunk.push(crate::postgres::values(&row)?);
            }
            if chunk.is_empty() {
                break;
            }
            let begin = Instant::now();
            // One COPY a chunk: its end is waited for, so that nothing of the server's work falls
            // into the time of reading.
            crate::postgres::copy_in(&transaction, table, &chunk).await?;
            measured.took += begin.elapsed();
            measured.rows += u64::try_from(chunk.len()).unwrap_or(0);
        }
    }
    let begin = Instant::now();
    transaction.commit().await?;
    measured.took += begin.elapsed();
    Ok(measured)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{params, scratch};

    #[tokio::test]
    async fn every_row_is_there_again() {
        let url = std::env::var("PG_URL").ok();
        for engine in [None, url.as_deref()] {
            let make = async || match engine {
                None => scratch::sqlite().await.unwrap(),
                Some(url) => scratch::postgres(url).await.unwrap(),
            };
            let (from, to) = (make().await, make().await);
            let row = |month: &str| params!["990010", "0000000001", "9970000001", month, 1_i64];
            let rows = vec![row("2026-09"), row("2026-10")];
            from.db.insert_many(&SERVICE_USE, rows).await.unwrap();
            assert_eq!(copy(&from.options, &to.options).await.unwrap().rows, 2);
            let sql = "SELECT month FROM service_use ORDER BY month LIMIT 10";
            assert_eq!(to.db.rows(sql, vec![]).await.unwrap().len(), 2);
            from.discard().await.unwrap();
            to.discard().await.unwrap();
        }
    }
}
