//! Migrations: one tree, both engines.

use refinery::{Migration, Runner};

use crate::dialect;
use crate::error::StoreError;

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

fn failed(error: &refinery::Error) -> StoreError {
    tracing::error!(error = crate::error::source(error), "migration failed");
    StoreError::Migration(i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
}
