//! Scratch databases: one of its own for each test and each benchmark, gone afterwards.

pub mod former;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::db::{Change, Db, Options};
use crate::error::StoreError;
use crate::event_log::HeadKey;
use crate::params;
use crate::sqlite::Work;

/// A database that is thrown away with this value.
pub struct Scratch {
    /// The database.
    pub db: Db,
    /// Where it is, to open it a second time.
    pub options: Options,
    place: Place,
    work: Work,
}

/// What is to be removed.
enum Place {
    /// SQLite: the folder goes away with the value.
    Folder(#[expect(dead_code, reason = "held for its end")] tempfile::TempDir),
    /// PostgreSQL: the server, and the database's name on it.
    Server(String, String),
}

impl Scratch {
    /// Removes a database that is no longer needed from its server; a folder goes away by itself.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the server cannot be reached or refuses.
    pub async fn discard(self) -> Result<(), StoreError> {
        let Self { db, place, .. } = self;
        drop(db);
        place.clear().await
    }

    /// How much the engine has done in this database so far, counted: steps of SQLite's machine,
    /// rows that PostgreSQL has read and written. To be asked while nothing runs; open connections
    /// to PostgreSQL are cut, and it looks at its tables as it otherwise does by and by.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn work(&self) -> Result<u64, StoreError> {
        match &self.options {
            Options::Sqlite { .. } => Ok(self.work.load(Ordering::Relaxed)),
            Options::Postgres { url, .. } => rows_touched(url).await,
        }
    }
}

impl Scratch {
    /// Bytes that the database takes on the disk, its log before the data left out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn bytes(&self) -> Result<u64, StoreError> {
        let sql = match &self.options {
            Options::Sqlite { .. } => {
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size LIMIT 1"
            }
            Options::Postgres { .. } => "SELECT pg_database_size(current_database())",
        };
        let row = self.db.row(sql, vec![]).await?;
        let bytes = row.map(|row| row.of("database").int("size")).transpose()?;
        Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))
    }
}

/// Rows that every connection of a database has read and written; a connection tells when it ends.
async fn rows_touched(url: &str) -> Result<u64, StoreError> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let others = "SELECT count(pg_terminate_backend(pid))
                    FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while 0 < client.query_one(others, &[]).await?.try_get::<_, i64>(0)? {}
    let touched = "SELECT (SELECT sum(seq_tup_read + n_tup_ins + n_tup_upd + n_tup_del)
                             FROM pg_stat_user_tables)
                        + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)";
    let touched = format!("SELECT CAST(({touched}) AS BIGINT)");
    let touched = client.query_one(&touched, &[]).await?.try_get::<_, i64>(0)?;
    client.batch_execute("ANALYZE").await?;
    drop(client);
    // The connection ends with its client; how it ended says nothing about the database.
    let _ = connection.await;
    Ok(u64::try_from(touched).unwrap_or(0))
}

impl Place {
    async fn clear(self) -> Result<(), StoreError> {
        let Self::Server(url, name) = self else { return Ok(()) };
        on_server(&url, &[&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]).await
    }
}

/// Seed of the head key of every scratch database.
pub const HEAD_SEED: [u8; 32] = [42; 32];

/// A fresh SQLite database in a folder of its own.
///
/// # Errors
///
/// [`StoreError`] when the folder or the database cannot be made.
pub async fn sqlite() -> Result<Scratch, StoreError> {
    let folder = tempfile::tempdir().map_err(|_| StoreError::Unavailable("no scratch folder"))?;
    let options = Options::Sqlite { path: folder.path().join("tasuki.db") };
    let work = Work::default();
    let key = HeadKey::from_seed(HEAD_SEED);
    let db = Db::open_counting(&options, key, Some(Arc::clone(&work))).await?;
    Ok(Scratch { db, options, place: Place::Folder(folder), work })
}

/// A fresh database on the server of `url` (a database there that may create others).
///
/// # Errors
///
/// [`StoreError`] when the server cannot be reached or refuses.
pub async fn postgres(url: &str) -> Result<Scratch, StoreError> {
    let Empty { options, place } = empty_postgres(url).await?;
    let db = Db::open(&options, HeadKey::from_seed(HEAD_SEED)).await?;
    Ok(Scratch { db, options, place, work: Work::default() })
}

/// A database that nobody has opened yet: it has no tables.
pub struct Empty {
    /// Where it is.
    pub options: Options,
    place: Place,
}

impl Empty {
    /// Removes the database from its server.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the server cannot be reached or refuses.
    pub async fn discard(self) -> Result<(), StoreError> {
        self.place.clear().await
    }
}

/// A database without tables on the server of `url`.
///
/// # Errors
///
/// [`StoreError`] when the server cannot be reached or refuses.
pub async fn empty_postgres(url: &str) -> Result<Empty, StoreError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("scratch_{}_{number}", std::process::id());
    let drop = format!("DROP DATABASE IF EXISTS {name}");
    on_server(url, &[&drop, &format!("CREATE DATABASE {name}")]).await?;
    let (server, _) = url.rsplit_once('/').unwrap_or((url, ""));
    let options = Options::Postgres { url: format!("{server}/{name}"), connections: 8 };
    Ok(Empty { options, place: Place::Server(url.to_owned(), name) })
}

/// How PostgreSQL plans a prepared statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanMode {
    /// Once for all parameters.
    Generic,
    /// For each anew.
    Custom,
}

/// Has the server of `db`, a throw-away one, write the plan of every statement into its log, from
/// the next connection on.
///
/// # Errors
///
/// [`StoreError`] when the server refuses.
pub async fn write_down_plans(db: &Db, mode: PlanMode) -> Result<(), StoreError> {
    let mode = match mode {
        PlanMode::Generic => "ALTER ROLE postgres SET plan_cache_mode = 'force_generic_plan'",
        PlanMode::Custom => "ALTER ROLE postgres SET plan_cache_mode = 'force_custom_plan'",
    };
    for sql in [
        mode,
        "ALTER ROLE postgres SET session_preload_libraries = 'auto_explain'",
        "ALTER ROLE postgres SET auto_explain.log_min_duration = 0",
        "ALTER ROLE postgres SET auto_explain.log_analyze = on",
        "ALTER ROLE postgres SET auto_explain.log_timing = off",
        "ALTER ROLE postgres SET auto_explain.log_format = 'json'",
    ] {
        db.rows(sql, vec![]).await?;
    }
    Ok(())
}

/// Runs statements that no transaction may hold.
async fn on_server(url: &str, statements: &[&str]) -> Result<(), StoreError> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    for statement in statements {
        client.batch_execute(statement).await?;
    }
    drop(client);
    // The connection ends with its client; how it ended says nothing about the database.
    let _ = connection.await;
    Ok(())
}

/// Takes an event out of the log, as only somebody with the database in their hands can: for tests
/// of whatever must notice.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn lose_event(db: &Db, seq: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM event
                WHERE seq = $1";
    db.commit(Change::new().with(sql, params![seq])).await.map(|_| ())
}

/// Stops the replay of the replica at `url`, or lets it go on; returns when it has.
///
/// # Errors
///
/// [`StoreError`] when the server cannot be reached or is no replica.
pub async fn replay(url: &str, goes_on: bool) -> Result<(), StoreError> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let (change, state) = match goes_on {
        true => ("SELECT CAST(pg_wal_replay_resume() AS TEXT)", "not paused"),
        false => ("SELECT CAST(pg_wal_replay_pause() AS TEXT)", "paused"),
    };
    client.batch_execute(change).await?;
    let now = "SELECT pg_get_wal_replay_pause_state()";
    while client.query_one(now, &[]).await?.try_get::<_, String>(0)? != state {}
    drop(client);
    // The connection ends with its client; how it ended says nothing about the server.
    let _ = connection.await;
    Ok(())
}

/// Runs `check` on a fresh SQLite database and, when `PG_URL` names a server, on a fresh
/// PostgreSQL database: what one engine keeps, the other must keep too.
///
/// # Panics
///
/// When a scratch database cannot be made.
pub async fn for_each_database(check: impl AsyncFn(&Db)) {
    for_each(async |scratch| check(&scratch.db).await).await;
}

/// The same, with where the database is.
///
/// # Panics
///
/// When a scratch database cannot be made.
#[expect(clippy::panic, reason = "only tests and benchmarks call it, and they must stop")]
pub async fn for_each(check: impl AsyncFn(&Scratch)) {
    let sqlite = sqlite().await.unwrap_or_else(|error| panic!("sqlite: {error:?}"));
    check(&sqlite).await;
    if let Ok(url) = std::env::var("PG_URL") {
        let scratch = postgres(&url).await.unwrap_or_else(|error| panic!("postgres: {error:?}"));
        check(&scratch).await;
        // One that stays behind is only in the way: the tests have spoken.
        let _ = scratch.discard().await;
    }
}
