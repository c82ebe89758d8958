//! SQLite: readers without waiting, and the one writer with its group commit.

mod checkpoint;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, params_from_iter};
use tokio::sync::mpsc;

use crate::db::{Change, GROUP, Job, Recorded};
use crate::error::StoreError;
use crate::event_log::{Head, HeadKey, Leaf};
use crate::row::{Row, Value};
use crate::slow::Watch;
use crate::tally::Tally;
use checkpoint::Checkpoints;

/// Connections for reading; one is opened when none is free, so a read never waits.
#[derive(Clone)]
pub(crate) struct Readers {
    path: Arc<Path>,
    free: Arc<Mutex<Vec<Connection>>>,
    work: Option<Work>,
}

/// Counts the steps of SQLite's machine, for scratch databases: a figure that grows with the rows
/// that statements touch, and not with what else the processor does.
pub(crate) type Work = Arc<AtomicU64>;

/// Steps that are counted together.
const COUNTED: u16 = 50;

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

/// Opens the file for one writer and many readers.
pub(crate) fn open(path: &Path, work: Option<Work>) -> Result<(Readers, Connection), StoreError> {
    let readers = Readers { path: path.into(), free: Arc::default(), work };
    let writer = readers.connect()?;
    writer.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit is on the disk before its answer leaves.
    writer.pragma_update(None, "synchronous", "FULL")?;
    Ok((readers, writer))
}

/// A connection that waits for its turn, and nothing more.
fn plain(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

impl Readers {
    fn connect(&self) -> Result<Connection, StoreError> {
        let mut connection = plain(&self.path)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // A prepared plan stays as it is; without this, bound values make SQLite plan anew.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "foreign_keys", "OFF")?;
        connection.pragma_update(None, "cache_size", -16_000)?;
        // A mapped file would be unmapped at each commit of the writer, and counted as memory.
        connection.pragma_update(None, "mmap_size", 0)?;
        if let Some(work) = self.work.clone() {
            let count = move || {
                work.fetch_add(u64::from(COUNTED), Ordering::Relaxed);
                false
            };
            connection.progress_handler(i32::from(COUNTED), Some(count))?;
        }
        Ok(connection)
    }

    /// All rows of a read, on a connection of its own.
    pub(crate) fn rows(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.with_connection(|connection| rows(connection, sql, params))
    }

    /// All rows of several reads, which see one state of the database.
    pub(crate) fn rows_of(
        &self,
        reads: &[(&'static str, Vec<Value>)],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        self.with_connection(|connection| {
            connection.prepare_cached("BEGIN")?.execute([])?;
            let answers = reads.iter().map(|(sql, params)| rows(connection, sql, params)).collect();
            connection.prepare_cached("COMMIT")?.execute([])?;
            answers
        })
    }

    fn with_connection<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = free.map_or_else(|| self.connect(), Ok)?;
        let answer = read(&connection);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        answer
    }
}

/// All rows of a statement.
pub(crate) fn rows(
    connection: &Connection,
    sql: &'static str,
    params: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let watch = Watch::begin();
    let mut statement = connection.prepare_cached(sql)?;
    let width = statement.column_count();
    bind(&mut statement, params)?;
    let mut answer = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = answer.next()? {
        let mut values = Vec::with_capacity(width);
        for column in 0..width {
            values.push(value(row.get_ref(column)?));
        }
        rows.push(Row::new(values));
    }
    watch.end(sql, rows.len());
    Ok(rows)
}

/// Binds `$n` to the n-th parameter, wherever it stands: SQLite itself would number the names in
/// the order in which the text mentions them.
fn bind(statement: &mut CachedStatement<'_>, params: &[Value]) -> Result<(), rusqlite::Error> {
    let count = statement.parameter_count();
    for place in 1..=count {
        let name = statement.parameter_name(place).and_then(|name| name.get(1..));
        let number = name.and_then(|number| number.parse::<usize>().ok());
        let value = number.and_then(|number| params.get(number.checked_sub(1)?));
        let missing = rusqlite::Error::InvalidParameterCount(params.len(), count);
        statement.raw_bind_parameter(place, value.ok_or(missing)?)?;
    }
    Ok(())
}

/// Runs a statement that answers no rows; how many rows it touched.
fn execute(
    connection: &Connection,
    sql: &'static str,
    params: &[Value],
) -> Result<usize, rusqlite::Error> {
    let watch = Watch::begin();
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    let touched = statement.raw_execute()?;
    watch.end(sql, touched);
    Ok(touched)
}

/// A column as a value; text that is not UTF-8 and floating point do not occur in our tables.
pub(crate) fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(bytes) => {
            let lossy = |_| String::from_utf8_lossy(bytes).into_owned();
            Value::Text(std::str::from_utf8(bytes).map_or_else(lossy, str::to_owned))
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Starts the thread that makes every write.
pub(crate) fn start_writer(
    mut connection: Connection,
    jobs: mpsc::Receiver<Job>,
    key: HeadKey,
) -> Result<(), StoreError> {
    let path = connection.path().map(PathBuf::from);
    let path = path.ok_or(StoreError::Unavailable("the file has no name to open it by"))?;
    let checkpoints = Checkpoints::beside(&mut connection, &path)?;
    let writer = Writer { connection, key, waits: true, checkpoints };
    std::thread::Builder::new()
        .name("tasuki-writer".to_owned())
        .spawn(move || writer.run(jobs))
        .map(|_| ())
        .map_err(|_| StoreError::Unavailable("the writer could not start"))
}

/// While changes keep coming, a commit waits this long before it looks again.
const PAUSE: Duration = Duration::from_micros(200);

/// Looks in vain until a commit waits for no more changes.
const QUIET: usize = 2;

/// Looks of one commit at most.
const LOOKS: usize = 10;

/// Every so many commits one waits for more changes than came the last time.
const PROBE: u32 = 8;

/// How long a commit waits for more changes to share the disk's answer with: until as many came as
/// the last time, or no more come. A change that comes alone does not wait.
#[derive(Debug, Default)]
struct Pace {
    last: usize,
    commits: u32,
}

impl Pace {
    /// A commit of `known` changes waits for more, after so many looks and so many in vain.
    fn waits(&self, known: usize, looks: usize, quiet: usize) -> bool {
        let probes = self.commits.is_multiple_of(PROBE);
        let wanted = if probes { GROUP } else { self.last };
        let alone = self.last < 2 && known < 2;
        !alone && known < wanted && looks < LOOKS && quiet < QUIET
    }

    fn gather(&mut self, jobs: &mut mpsc::Receiver<Job>, group: &mut Vec<Job>) {
        self.commits = self.commits.wrapping_add(1);
        let (mut looks, mut quiet) = (0, 0);
        while self.waits(group.len(), looks, quiet) {
            std::thread::sleep(PAUSE);
            let known = group.len();
            while group.len() < GROUP
                && let Ok(job) = jobs.try_recv()
            {
                group.push(job);
            }
            looks += 1;
            quiet = if group.len() == known { quiet + 1 } else { 0 };
        }
        self.last = group.len();
    }
}

/// The one writer: numbers the log and shares each commit among all changes that wait.
struct Writer {
    connection: Connection,
    key: HeadKey,
    /// Commits are on the disk when they answer.
    waits: bool,
    checkpoints: Checkpoints,
}

impl Writer {
    fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(GROUP);
        let mut pace = Pace::default();
        while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
            pace.gather(&mut jobs, &mut group);
            // Whoever waits for the disk does not wait for a file's rows, too.
            let (files, changes): (Vec<_>, Vec<_>) =
                group.drain(..).partition(|job| job.change.lazy);
            self.answer(changes);
            self.answer(files);
        }
    }

    /// Commits jobs together and answers them.
    fn answer(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        let (changes, answers): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.change, job.answer)).unzip();
        let results = self.commit(changes);
        for (answer, result) in answers.into_iter().zip(results) {
            // Whoever asked may have gone; the change stands all the same.
            let _ = answer.send(result);
        }
        self.checkpoints.after_commit(&self.connection);
    }

    /// Commits a group; each change has its own result, all of them share the disk's answer.
    fn commit(&mut self, changes: Vec<Change>) -> Vec<Result<Recorded, StoreError>> {
        let count = changes.len();
        let mut tally = Tally::begin(count);
        self.wait_for_disk(!changes.iter().all(|change| change.lazy));
        match self.group(changes, &mut tally) {
            Ok(results) => {
                tally.committed();
                results
            }
            Err(error) => {
                Tally::failed();
                tracing::error!(error = crate::error::source(&error), "commit failed");
                let _ = self.connection.execute_batch("ROLLBACK");
                let failed = || Err(StoreError::Unavailable(error.reason()));
                std::iter::repeat_with(failed).take(count).collect()
            }
        }
    }

    /// Commits wait for the disk, or leave it to the next one that does: the log before the data
    /// is one file, so a sync of it covers every commit before.
    fn wait_for_disk(&mut self, waits: bool) {
        if self.waits != waits {
            let level = if waits { "FULL" } else { "NORMAL" };
            // When it fails, commits go on as before; the next one tries again.
            if self.connection.pragma_update(None, "synchronous", level).is_ok() {
                self.waits = waits;
            }
        }
    }

    fn group(
        &self,
        changes: Vec<Change>,
        tally: &mut Tally,
    ) -> Result<Vec<Result<Recorded, StoreError>>, StoreError> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        // Read anew each time: a command beside the server appends to the same log.
        let mut head = load_head(&self.connection)?;
        let mut results = Vec::with_capacity(changes.len());
        for change in changes {
            let result = head.admits(&change).and_then(|()| self.apply(&change));
            if result.is_ok() {
                for event in &change.events {
                    self.append(head.append(event)?)?;
                    tally.event(event);
                }
            }
            results.push(result.map(|()| Recorded::new()));
        }
        if head.grew() {
            self.store_head(&head)?;
        }
        let watch = Watch::begin();
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        watch.end("COMMIT", results.len());
        Ok(results)
    }

    /// Runs the statements of one change, or none of them.
    fn apply(&self, change: &Change) -> Result<(), StoreError> {
        if change.statements.is_empty() && change.inserts.is_empty() {
            return Ok(());
        }
        self.connection.prepare_cached("SAVEPOINT change")?.execute([])?;
        let result = self.statements(change);
        if result.is_err() {
            self.connection.prepare_cached("ROLLBACK TO change")?.execute([])?;
        }
        self.connection.prepare_cached("RELEASE change")?.execute([])?;
        result
    }

    fn statements(&self, change: &Change) -> Result<(), StoreError> {
        for statement in &change.statements {
            let touched = execute(&self.connection, statement.sql, &statement.params)?;
            if statement.must_touch_one && touched != 1 {
                return Err(StoreError::Stale);
            }
        }
        for (table, rows) in &change.inserts {
            let watch = Watch::begin();
            let mut insert = self.connection.prepare_cached(table.insert_one())?;
            for row in rows {
                // The places of an insert stand in the order of the columns.
                insert.execute(params_from_iter(row))?;
            }
            watch.end(table.insert_one(), rows.len());
        }
        Ok(())
    }

    fn append(&self, leaf: Leaf) -> Result<(), StoreError> {
        let params = leaf.params();
        execute(&self.connection, crate::event_log::EVENT.insert_one(), &params)?;
        Ok(())
    }

    fn store_head(&self, head: &Head) -> Result<(), StoreError> {
        let params = head.params(&self.key);
        execute(&self.connection, crate::event_log::STORE_HEAD, &params)?;
        Ok(())
    }
}

/// The head as the database has it.
fn load_head(connection: &Connection) -> Result<Head, StoreError> {
    let found = rows(connection, crate::event_log::LOAD_HEAD, &[])?;
    found.into_iter().next().map_or(Err(crate::event_log::NO_HEAD), Head::from_row)
}

#[cfg(test)]
mod hang_tests;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{self, Verifying};
    use tasuki_core::date::AtMs;
    use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
    use tokio::sync::oneshot;

    fn event(note: usize) -> Change {
        Change::event(Event {
            at: AtMs(1),
            actor: Actor::System { part: "test".to_owned() },
            person: None,
            action: Action::SettingChange,
            purpose: Purpose::Operation,
            outcome: Outcome::Allowed,
            touched: vec![],
            note: Some("x".repeat(note)),
        })
    }

    #[test]
    fn a_commit_waits_for_as_many_changes_as_came_before_and_alone_for_none() {
        let pace = |last, commits| Pace { last, commits };
        assert!(!pace(0, 1).waits(1, 0, 0) && !pace(1, PROBE).waits(1, 0, 0));
        assert!(pace(9, 1).waits(1, 0, 0) && pace(9, 1).waits(8, 0, 0));
        assert!(!pace(9, 1).waits(9, 0, 0) && pace(9, PROBE).waits(9, 0, 0));
        assert!(!pace(9, PROBE).waits(GROUP, 0, 0));
        assert!(!pace(9, 1).waits(5, LOOKS, 0) && !pace(9, 1).waits(5, 0, QUIET));
        // The first two that come together find that there are others.
        assert!(pace(0, PROBE).waits(2, 0, 0) && !pace(0, 1).waits(2, 0, 0));
    }

    /// A writer whose file may grow by `pages` and no more: a full disk.
    fn limited(path: &Path, pages: i64) -> mpsc::Sender<Job> {
        let (_, mut connection) = open(path, None).unwrap();
        crate::migrate::sqlite(&mut connection).unwrap();
        let now: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        connection.pragma_update(None, "max_page_count", now + pages).unwrap();
        let (writer, jobs) = mpsc::channel(10);
        start_writer(connection, jobs, HeadKey::from_seed([42; 32])).unwrap();
        writer
    }

    async fn commit(writer: &mpsc::Sender<Job>, change: Change) -> Result<Recorded, StoreError> {
        let (answer, done) = oneshot::channel();
        writer.send(Job { change, answer }).await.unwrap();
        done.await.unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_what_was_acknowledged_before_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tasuki.db");
        let writer = limited(&path, 20);
        let mut acknowledged = 0;
        let refused = loop {
            match commit(&writer, event(2_000)).await {
                Ok(_) => acknowledged += 1,
                Err(error) => break error,
            }
        };
        let full = "the disk of the database is full";
        assert!(
            matches!(refused, StoreError::Unavailable(reason) if reason == full),
            "{refused:?}"
        );
        assert!(acknowledged > 3);
        // The writer lives: with room again it goes on, here by a connection without the limit.
        drop(writer);
        let options = crate::Options::Sqlite { path };
        let db = crate::Db::open(&options, HeadKey::from_seed([42; 32])).await.unwrap();
        db.commit(event(2_000)).await.unwrap();
        let mut verifying = Verifying::default();
        for (seq, payload) in event_log::page(&db, 0, 1_000).await.unwrap() {
            verifying.next(seq, &payload).unwrap();
        }
        let head = event_log::head(&db).await.unwrap().unwrap();
        verifying.finish(&head, db.log_key()).unwrap();
        assert_eq!(head.size, acknowledged + 1);
    }
}
