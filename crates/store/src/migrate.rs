//! Migrations: one tree, both engines.

use refinery::{Migration, Runner};

use crate::db::Options;
use crate::error::StoreError;
use crate::{dialect, postgres as server};

/// The migrations in order: number, name, text as SQLite takes it.
const MIGRATIONS: [(&str, &str); 1] =
    [("V1__the_first_house", include_str!("../migrations/V1__the_first_house.sql"))];

fn runner(text: impl Fn(&str) -> String) -> Result<Runner, StoreError> {
    let migration = |(name, sql): &(&str, &str)| Migration::unapplied(name, &text(sql));
    let all: Result<Vec<_>, _> = MIGRATIONS.iter().map(migration).collect();
    let all = all.map_err(|_| StoreError::Migration(0))?;
    Ok(Runner::new(&all).set_abort_divergent(true).set_abort_missing(true))
}

/// Brings a SQLite database up to date.
pub(crate) fn sqlite(connection: &mut rusqlite::Connection) -> Result<(), StoreError> {
    let report = runner(str::to_owned)?.run(connection);
    report.map(|_| ()).map_err(|error| failed(&error))
}

/// Brings a PostgreSQL database up to date; two processes that start together take turns.
pub(crate) async fn postgres(pool: &deadpool_postgres::Pool) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    client.batch_execute("SELECT pg_advisory_lock(7265747275)").await?;
    let report = runner(dialect::postgres_ddl)?.run_async(&mut **client).await;
    client.batch_execute("SELECT pg_advisory_unlock(7265747275)").await?;
    report.map(|_| ()).map_err(|error| failed(&error))
}

/// How far a database's schema is, and how far this version brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Number of the newest migration that the database has; 0 when it has none.
    pub applied: i64,
    /// Number of the newest migration that this version knows.
    pub known: i64,
}

const APPLIED: &str = "SELECT MAX(version) FROM refinery_schema_history";

/// Reads the state of the schema and changes nothing.
///
/// # Errors
///
/// [`StoreError`] when the database cannot be reached.
pub async fn schema(options: &Options) -> Result<Schema, StoreError> {
    let applied = match options {
        Options::Sqlite { path } if !path.exists() => None,
        Options::Sqlite { path } => {
            let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
            let connection = rusqlite::Connection::open_with_flags(path, flags)?;
            if connection.table_exists(None, "refinery_schema_history")? {
                connection.query_row(APPLIED, [], |row| row.get(0))?
            } else {
                None
            }
        }
        Options::Postgres { url, .. } => {
            let client = server::pool(url, 1)?.get().await?;
            let sql = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
            if client.query_one(sql, &[]).await?.try_get(0)? {
                let newest: Option<i32> = client.query_one(APPLIED, &[]).await?.try_get(0)?;
                newest.map(i64::from)
            } else {
                None
            }
        }
    };
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    Ok(Schema { applied: applied.unwrap_or(0), known })
}

fn failed(error: &refinery::Error) -> StoreError {
    tracing::error!(error = crate::error::source(error), "migration failed");
    StoreError::Migration(i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
}
