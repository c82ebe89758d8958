//! Migrations: one tree, both engines.
//!
//! A migration either adds (old programs go on working beside the new one) or takes away, and then
//! raises `event_head.oldest_schema`: programs that know less refuse to start, and to write. The
//! rule for both is in `docs/how-to/upgrade.md`.

use refinery::{Migration, Runner};

use crate::db::Options;
use crate::error::StoreError;
use crate::{dialect, postgres as server};

/// The migrations in order: number, name, text as SQLite takes it.
const MIGRATIONS: [(&str, &str); 7] = [
    ("V1__the_first_house", include_str!("../migrations/V1__the_first_house.sql")),
    ("V2__the_state_of_the_house", include_str!("../migrations/V2__the_state_of_the_house.sql")),
    ("V3__days_of_decisions", include_str!("../migrations/V3__days_of_decisions.sql")),
    ("V4__what_stands_today", include_str!("../migrations/V4__what_stands_today.sql")),
    ("V5__a_reading_for_a_consent", include_str!("../migrations/V5__a_reading_for_a_consent.sql")),
    (
        "V6__months_of_service_by_record",
        include_str!("../migrations/V6__months_of_service_by_record.sql"),
    ),
    ("V7__opinion_requests", include_str!("../migrations/V7__opinion_requests.sql")),
];

/// Whoever changes tables on PostgreSQL holds this advisory lock.
pub(crate) const ONE_AT_A_TIME: i64 = 7_265_747_275;

/// Number of the newest migration that this program knows.
pub(crate) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// This program may work with a database that needs `oldest_schema`.
///
/// # Errors
///
/// [`StoreError::Newer`] when it may not.
pub(crate) fn admits(oldest_schema: i64) -> Result<(), StoreError> {
    let known = known();
    match oldest_schema <= known {
        true => Ok(()),
        false => Err(StoreError::Newer { needs: oldest_schema, known }),
    }
}

fn runner(text: impl Fn(&str) -> String) -> Result<Runner, StoreError> {
    let migration = |(name, sql): &(&str, &str)| Migration::unapplied(name, &text(sql));
    let all: Result<Vec<_>, _> = MIGRATIONS.iter().map(migration).collect();
    let all = all.map_err(|_| StoreError::Migration(0))?;
    Ok(Runner::new(&all).set_abort_divergent(true).set_abort_missing(true))
}

/// Brings a database up to date that nobody has opened.
pub(crate) async fn bring_up_to_date(options: &Options) -> Result<(), StoreError> {
    match options {
        Options::Sqlite { path } => sqlite(&mut crate::sqlite::open(path, None)?.1),
        Options::Postgres { url, .. } => postgres(&server::pool(url, 1)?).await,
    }
}

/// Brings an empty database to a schema of the past, or of this version.
pub(crate) async fn bring_to(options: &Options, schema: Option<i64>) -> Result<(), StoreError> {
    let Some(schema) = schema else { return bring_up_to_date(options).await };
    let target = i32::try_from(schema).map(refinery::Target::Version);
    let target = target.map_err(|_| StoreError::Migration(schema))?;
    let report = match options {
        Options::Sqlite { path } => {
            let mut connection = rusqlite::Connection::open(path)?;
            runner(str::to_owned)?.set_target(target).run(&mut connection)
        }
        Options::Postgres { url, .. } => {
            let mut client = server::pool(url, 1)?.get().await?;
            let runner = runner(dialect::postgres_ddl)?.set_target(target);
            runner.run_async(&mut **client).await
        }
    };
    report.map(|_| ()).map_err(|error| failed(&error))
}

/// Brings a SQLite database up to date; one that is ahead is left as it is.
pub(crate) fn sqlite(connection: &mut rusqlite::Connection) -> Result<(), StoreError> {
    if applied_sqlite(connection)? > known() {
        return admits(connection.query_row(OLDEST, [], |row| row.get(0))?);
    }
    let report = runner(str::to_owned)?.run(connection);
    report.map(|_| ()).map_err(|error| failed(&error))
}

/// Brings a PostgreSQL database up to date; two processes that start together take turns, and a
/// database that is ahead is left as it is.
pub(crate) async fn postgres(pool: &deadpool_postgres::Pool) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    client.batch_execute(&format!("SELECT pg_advisory_lock({ONE_AT_A_TIME})")).await?;
    let report = bring_up(&mut client).await;
    client.batch_execute(&format!("SELECT pg_advisory_unlock({ONE_AT_A_TIME})")).await?;
    report
}

async fn bring_up(client: &mut deadpool_postgres::Object) -> Result<(), StoreError> {
    if applied_postgres(client).await? > known() {
        return admits(client.query_one(OLDEST, &[]).await?.try_get(0)?);
    }
    let report = runner(dialect::postgres_ddl)?.run_async(&mut ***client).await;
    report.map(|_| ()).map_err(|error| failed(&error))
}

/// How far a database's schema is, and how far this version brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Number of the newest migration that the database has; 0 when it has none.
    pub applied: i64,
    /// Number of the newest migration that this version knows.
    pub known: i64,
    /// Smallest number that a program must know to work with the database.
    pub oldest: i64,
}

impl Schema {
    /// This version works with the database as it is.
    pub fn is_usable(&self) -> bool {
        self.applied >= self.known && self.oldest <= self.known
    }
}

const APPLIED: &str = "SELECT MAX(version) FROM refinery_schema_history";
const OLDEST: &str = "SELECT oldest_schema FROM event_head WHERE id = 1";

/// From this migration on there is [`OLDEST`].
const FIRST_WITH_OLDEST: i64 = 2;

fn applied_sqlite(connection: &rusqlite::Connection) -> Result<i64, StoreError> {
    if !connection.table_exists(None, "refinery_schema_history")? {
        return Ok(0);
    }
    let newest: Option<i64> = connection.query_row(APPLIED, [], |row| row.get(0))?;
    Ok(newest.unwrap_or(0))
}

async fn applied_postgres(client: &tokio_postgres::Client) -> Result<i64, StoreError> {
    let sql = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_one(sql, &[]).await?.try_get(0)? {
        return Ok(0);
    }
    let newest: Option<i32> = client.query_one(APPLIED, &[]).await?.try_get(0)?;
    Ok(newest.map_or(0, i64::from))
}

/// Reads the state of the schema and changes nothing.
///
/// # Errors
///
/// [`StoreError`] when the database cannot be reached.
pub async fn schema(options: &Options) -> Result<Schema, StoreError> {
    let schema = |applied, oldest| Schema { applied, known: known(), oldest };
    match options {
        Options::Sqlite { path } if !path.exists() => Ok(schema(0, 0)),
        Options::Sqlite { path } => {
            let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
            let connection = rusqlite::Connection::open_with_flags(path, flags)?;
            let applied = applied_sqlite(&connection)?;
            let oldest = match applied {
                ..FIRST_WITH_OLDEST => 0,
                _ => connection.query_row(OLDEST, [], |row| row.get(0))?,
            };
            Ok(schema(applied, oldest))
        }
        Options::Postgres { url, .. } => {
            let client = server::pool(url, 1)?.get().await?;
            let applied = applied_postgres(&client).await?;
            let oldest = match applied {
                ..FIRST_WITH_OLDEST => 0,
                _ => client.query_one(OLDEST, &[]).await?.try_get(0)?,
            };
            Ok(schema(applied, oldest))
        }
    }
}

fn failed(error: &refinery::Error) -> StoreError {
    tracing::error!(error = crate::error::source(error), "migration failed");
    StoreError::Migration(known())
}

#[cfg(test)]
mod former_tests;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{self, HeadKey};
    use crate::scratch::{self, HEAD_SEED};
    use crate::{Change, Db, params};

    const INSURER: &str = "INSERT INTO insurer
            (number, name, takes_consent, generation, version)
     VALUES ('990010', '架空市', 1, 0, 1)";

    /// A database as the first migration left it, with a row in it.
    async fn first_house(options: &Options) {
        bring_to(options, Some(1)).await.unwrap();
        match options {
            Options::Sqlite { path } => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.execute(INSURER, []).unwrap();
            }
            Options::Postgres { url, .. } => {
                let client = server::pool(url, 1).unwrap().get().await.unwrap();
                client.execute(INSURER, &[]).await.unwrap();
            }
        }
    }

    async fn is_brought_up(options: &Options) {
        first_house(options).await;
        assert_eq!(schema(options).await.unwrap().applied, 1);
        let db = Db::open(options, HeadKey::from_seed(HEAD_SEED)).await.unwrap();
        let now = schema(options).await.unwrap();
        assert!(now.applied == known() && now.is_usable(), "{now:?}");
        assert_eq!(event_log::head(&db).await.unwrap(), None);
        let count = db.rows("SELECT number FROM insurer LIMIT 9", vec![]).await.unwrap().len();
        assert_eq!(count, 1);
    }

    #[tokio::test]
    async fn a_database_of_the_first_schema_is_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        is_brought_up(&Options::Sqlite { path: folder.path().join("old.db") }).await;
        if let Ok(url) = std::env::var("PG_URL") {
            let empty = scratch::empty_postgres(&url).await.unwrap();
            is_brought_up(&empty.options).await;
            empty.discard().await.unwrap();
        }
    }

    #[tokio::test]
    async fn an_older_program_works_with_what_was_added_and_stops_at_what_was_taken_away() {
        let ahead = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                     VALUES (1000, 'the_far_future', '2036-01-01T00:00:00Z', '0')";
        let raise = "UPDATE event_head SET oldest_schema = $1 WHERE id = 1";
        scratch::for_each(async |scratch| {
            let open = async || Db::open(&scratch.options, HeadKey::from_seed(HEAD_SEED)).await;
            scratch.db.commit(Change::new().with(ahead, vec![])).await.unwrap();
            let beside = open().await.unwrap();
            assert!(schema(&scratch.options).await.unwrap().is_usable());
            let raised = Change::new().with_one(raise, params![known() + 1]);
            scratch.db.commit(raised).await.unwrap();
            let needs = known() + 1;
            // Whoever started before may read, and writes nothing any more.
            let written = beside.commit(Change::new()).await.map(|_| ());
            for refused in [written, open().await.map(|_| ())] {
                assert!(matches!(refused, Err(StoreError::Newer { needs: n, .. }) if n == needs));
            }
            assert!(!schema(&scratch.options).await.unwrap().is_usable());
        })
        .await;
    }
}
