//! The seam: one database, two engines.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tasuki_core::date::AtMs;
use tasuki_core::event::Event;
use tokio::sync::{mpsc, oneshot};

use crate::error::StoreError;
use crate::event_log::HeadKey;
use crate::replica::Replica;
use crate::row::{Row, Value};
use crate::{migrate, postgres, sqlite};

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Options {
    /// One SQLite file on this machine.
    Sqlite {
        /// The file; made when it is not there.
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres {
        /// `postgres://user:password@host:port/name`.
        url: String,
        /// Most connections this process opens.
        connections: usize,
    },
}

/// A database with its one writer.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    /// May answer papers; none is named with SQLite.
    pub(crate) replica: Option<Arc<Replica>>,
    writer: mpsc::Sender<Job>,
    log_key: [u8; 32],
}

/// The engine behind the seam.
#[derive(Clone)]
enum Engine {
    Sqlite(sqlite::Readers),
    Postgres(deadpool_postgres::Pool),
}

/// Guarded statements and the events that report them: all of it happens, or nothing.
#[derive(Debug, Default)]
pub struct Change {
    pub(crate) statements: Vec<Statement>,
    /// Rows that go in after the statements.
    pub(crate) inserts: Vec<(&'static crate::dialect::Table, Vec<Vec<Value>>)>,
    pub(crate) events: Vec<Event>,
    /// The commit need not wait for the disk; see [`crate::Bulk::lazily`].
    pub(crate) lazy: bool,
    /// It is taken while the house is closed, too: it opens or closes it.
    pub(crate) even_closed: bool,
}

/// One statement of a change.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) params: Vec<Value>,
    /// The statement must touch exactly one row, or the change is [`StoreError::Stale`].
    pub(crate) must_touch_one: bool,
}

/// Proof that a change, and with it its events, is durable. Only the writer makes one.
#[derive(Debug)]
pub struct Recorded {
    _made_by_the_writer: (),
}

impl Recorded {
    pub(crate) fn new() -> Self {
        Self { _made_by_the_writer: () }
    }
}

/// Something read about a person whose access event is not durable yet.
///
/// INVARIANT: the content leaves only against the [`Recorded`] of its event.
pub struct Unrecorded<T>(T);

impl<T> Unrecorded<T> {
    pub(crate) fn new(content: T) -> Self {
        Self(content)
    }

    /// Hands out the content; `_proof` shows that the event is durable.
    pub fn open(self, _proof: &Recorded) -> T {
        self.0
    }

    /// Looks inside to describe the content in its own event, without letting it out.
    pub fn describe<R>(&self, describe: impl FnOnce(&T) -> R) -> R {
        describe(&self.0)
    }
}

/// A change on its way to the writer.
pub(crate) struct Job {
    pub(crate) change: Change,
    pub(crate) answer: oneshot::Sender<Result<Recorded, StoreError>>,
}

/// How long anybody waits for the database: then the answer is that it is not available.
pub(crate) const PATIENCE: Duration = Duration::from_secs(8);

/// Changes that wait for the writer at most; more wait for a place, as long as [`PATIENCE`] lasts.
const QUEUE: usize = 8_192;

/// Changes that share one commit at most.
pub(crate) const GROUP: usize = 512;

impl Change {
    /// An empty change.
    pub fn new() -> Self {
        Self::default()
    }

    /// A change that only appends one event.
    pub fn event(event: Event) -> Self {
        Self { events: vec![event], ..Self::default() }
    }

    /// Adds a statement that may touch any number of rows.
    #[must_use]
    pub fn with(mut self, sql: &'static str, params: Vec<Value>) -> Self {
        self.statements.push(Statement { sql, params, must_touch_one: false });
        self
    }

    /// Adds a statement that must touch exactly one row; otherwise nothing happens.
    #[must_use]
    pub fn with_one(mut self, sql: &'static str, params: Vec<Value>) -> Self {
        self.statements.push(Statement { sql, params, must_touch_one: true });
        self
    }

    /// Adds the event that reports the change.
    #[must_use]
    pub fn and_event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Joins another change to this one: both happen, or neither.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.statements.extend(other.statements);
        self.inserts.extend(other.inserts);
        self.lazy &= other.lazy;
        self.even_closed |= other.even_closed;
        self.events.extend(other.events);
        self
    }
}

impl Db {
    /// Opens the database, brings its schema up to date and starts its writer.
    ///
    /// `key` signs the heads of the event log.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database cannot be reached, or was made by a newer version.
    pub async fn open(options: &Options, key: HeadKey) -> Result<Self, StoreError> {
        Self::open_counting(options, key, None).await
    }

    /// Opens the database as [`Self::open`] does, and lets SQLite count its work.
    pub(crate) async fn open_counting(
        options: &Options,
        key: HeadKey,
        work: Option<sqlite::Work>,
    ) -> Result<Self, StoreError> {
        let (writer, jobs) = mpsc::channel(QUEUE);
        let log_key = key.public();
        let engine = match options {
            Options::Sqlite { path } => {
                let (readers, mut connection) = sqlite::open(path, work)?;
                migrate::sqlite(&mut connection)?;
                sqlite::start_writer(connection, jobs, key)?;
                Engine::Sqlite(readers)
            }
            Options::Postgres { url, connections } => {
                let pool = postgres::pool(url, *connections)?;
                migrate::postgres(&pool).await?;
                postgres::start_writer(pool.clone(), jobs, key);
                Engine::Postgres(pool)
            }
        };
        Ok(Self { engine, replica: None, writer, log_key })
    }

    /// A database whose SQLite writer a test has prepared.
    #[cfg(test)]
    pub(crate) fn over(readers: sqlite::Readers, writer: mpsc::Sender<Job>, key: &HeadKey) -> Self {
        let engine = Engine::Sqlite(readers);
        Self { engine, replica: None, writer, log_key: key.public() }
    }

    /// Where the server of a PostgreSQL database keeps its files, and the bytes of the database.
    ///
    /// The folder is known when the server is reached without a network between and the role may
    /// read it; `None`: SQLite, whose file is the operator's own.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn server_disk(&self) -> Result<Option<(Option<PathBuf>, i64)>, StoreError> {
        let Engine::Postgres(pool) = &self.engine else { return Ok(None) };
        let sql = "SELECT CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'MEMBER')
                         AND coalesce(inet_server_addr() = inet_client_addr(), TRUE)
                        THEN current_setting('data_directory') END,
                   pg_database_size(current_database())";
        let Some(row) = postgres::rows(pool, sql, &[]).await?.into_iter().next() else {
            return Ok(None);
        };
        let mut row = row.of("server");
        let folder = row.optional_text("folder")?.map(PathBuf::from);
        Ok(Some((folder, row.int("bytes")?)))
    }

    /// Time of the database's machine; `None` where it is this one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn server_time(&self) -> Result<Option<AtMs>, StoreError> {
        let Engine::Postgres(pool) = &self.engine else { return Ok(None) };
        let sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
        let row = postgres::rows(pool, sql, &[]).await?.into_iter().next();
        row.map(|row| row.of("clock").at("now")).transpose()
    }

    /// All rows of a read.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn rows(
        &self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        match &self.engine {
            Engine::Sqlite(readers) => readers.rows(sql, &params),
            Engine::Postgres(pool) => postgres::rows(pool, sql, &params).await,
        }
    }

    /// All rows of several reads that belong together: on PostgreSQL they travel at once.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn rows_of<const N: usize>(
        &self,
        reads: [(&'static str, Vec<Value>); N],
    ) -> Result<[Vec<Row>; N], StoreError> {
        let answers = match &self.engine {
            Engine::Sqlite(readers) => readers.rows_of(&reads),
            Engine::Postgres(pool) => postgres::rows_of(pool, &reads).await,
        };
        answers?.try_into().map_err(|_| StoreError::Unavailable("an answer is missing"))
    }

    /// The first row of a read, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn row(
        &self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    /// Commits a change with its events, durable when this returns.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when a guarded statement did not touch exactly one row,
    /// [`StoreError::Duplicate`] when a key exists; then nothing of the change happened.
    /// [`StoreError::Unavailable`] when there was no answer in time: it may still happen, and then
    /// with its events.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn commit(&self, change: Change) -> Result<Recorded, StoreError> {
        let slow = |_| StoreError::Unavailable("the database is too slow: nothing was answered");
        let change = match crate::idempotency::mark() {
            Some(mark) => change.and(mark),
            None => change,
        };
        tokio::time::timeout(PATIENCE, self.submit(change)).await.map_err(slow)?
    }

    /// Hands a change to the writer and waits as long as it takes.
    async fn submit(&self, change: Change) -> Result<Recorded, StoreError> {
        let (answer, done) = oneshot::channel();
        let job = Job { change, answer };
        self.writer.send(job).await.map_err(|_| StoreError::Unavailable("the writer stopped"))?;
        done.await.map_err(|_| StoreError::Unavailable("the writer stopped"))?
    }

    /// Changes that wait for the writer now, and how many may.
    pub fn queue(&self) -> (usize, usize) {
        let places = self.writer.max_capacity();
        (places - self.writer.capacity(), places)
    }

    /// The public key of the log's heads.
    pub fn log_key(&self) -> &[u8; 32] {
        &self.log_key
    }

    /// Waits until every bulk that began while the house was open has ended.
    pub(crate) async fn drain(&self) -> Result<(), StoreError> {
        match &self.engine {
            // Bulks go through the one writer, in turn.
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(pool) => postgres::drain(pool).await,
        }
    }

    /// All rows of a read by a list of keys.
    pub(crate) async fn rows_by_keys(
        &self,
        statement: crate::dialect::ByKeys,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = match &self.engine {
            Engine::Sqlite(_) => statement.sqlite,
            Engine::Postgres(_) => statement.postgres,
        };
        self.rows(sql, params).await
    }

    /// Stores a bulk of rows in one commit: all of it, or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when a guarded statement did not touch exactly one row,
    /// [`StoreError::Duplicate`] when a key exists that must not.
    pub async fn store(&self, bulk: crate::bulk::Bulk) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite(_) => self.submit(bulk.change).await.map(|_| ()),
            Engine::Postgres(pool) => postgres::store(pool, &bulk).await,
        }
    }

    /// Inserts many rows into one table, apart from any person's access: municipal files.
    ///
    /// Rows whose key exists are left as they are.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails; then none of `rows` is stored.
    pub async fn insert_many(
        &self,
        table: &'static crate::dialect::Table,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        self.store(crate::bulk::Bulk::new().insert(table, rows)).await
    }
}
