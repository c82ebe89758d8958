//! PostgreSQL: a pool for reading and the group-committing writer of this process.

use bytes::BytesMut;
use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Transaction};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::NoTls;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::bulk::Bulk;
use crate::db::{Change, GROUP, Job, PATIENCE, Recorded};
use crate::dialect::{Column, Conflict, DRAIN, KEEP_OPEN, LOCK_HEAD, Table};
use crate::error::StoreError;
use crate::event_log::{EVENT, Head, HeadKey, NO_HEAD, STORE_HEAD};
use crate::row::{Row, Value};
use crate::slow::Watch;
use crate::tally::Tally;

/// A pool of at most `connections`.
pub(crate) fn pool(url: &str, connections: usize) -> Result<Pool, StoreError> {
    let mut config: tokio_postgres::Config = url.parse()?;
    // A server that is gone without a word is noticed, and a process that stands still in the
    // middle of a commit loses the head's row to the others.
    let options = format!("{} {STANDING_STILL}", config.get_options().unwrap_or_default());
    config.options(options.trim()).connect_timeout(PATIENCE).tcp_user_timeout(PATIENCE);
    config.keepalives_idle(PATIENCE);
    let recycling_method = RecyclingMethod::Fast;
    let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method });
    Pool::builder(manager)
        .max_size(connections)
        .wait_timeout(Some(PATIENCE))
        // A server that stands still takes the connection and says nothing.
        .create_timeout(Some(PATIENCE))
        .runtime(deadpool_postgres::Runtime::Tokio1)
        .build()
        .map_err(|_| StoreError::Unavailable("the pool of connections could not be made"))
}

/// How long a transaction may stand still.
const STANDING_STILL: &str = "-c idle_in_transaction_session_timeout=20000";

const NO_ANSWER: StoreError = StoreError::Unavailable("the database gives no answer");

/// What was answered in time. A connection whose answer is missing is given up: later answers
/// would come behind it.
fn in_time<T>(
    client: Client,
    answer: Result<Result<T, StoreError>, tokio::time::error::Elapsed>,
) -> Result<T, StoreError> {
    answer.unwrap_or_else(|_| {
        drop(Client::take(client));
        Err(NO_ANSWER)
    })
}

/// All rows of a read.
pub(crate) async fn rows(
    pool: &Pool,
    sql: &'static str,
    params: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let until = Instant::now() + PATIENCE;
    let client = timeout_at(until, pool.get()).await.map_err(|_| NO_ANSWER)??;
    let answer = timeout_at(until, read(&client, sql, params)).await;
    in_time(client, answer)
}

/// All rows of a read on a connection.
async fn read(
    client: &Client,
    sql: &'static str,
    params: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let watch = Watch::begin();
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, &references(params)).await?;
    watch.end(sql, rows.len());
    rows.iter().map(row).collect()
}

/// All rows of several reads, sent together on one connection.
pub(crate) async fn rows_of(
    pool: &Pool,
    reads: &[(&'static str, Vec<Value>)],
) -> Result<Vec<Vec<Row>>, StoreError> {
    let until = Instant::now() + PATIENCE;
    let client = timeout_at(until, pool.get()).await.map_err(|_| NO_ANSWER)??;
    let answers = reads.iter().map(|(sql, params)| read(&client, sql, params));
    let answer = timeout_at(until, futures_util::future::try_join_all(answers)).await;
    in_time(client, answer)
}

/// Stores a bulk in one transaction of its own, apart from the numbering of the log.
pub(crate) async fn store(pool: &Pool, bulk: &Bulk) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let keep = transaction.prepare_cached(KEEP_OPEN).await?;
    match transaction.query_opt(&keep, &[]).await? {
        Some(found) => Head::from_row(row(&found)?)?.admits(&bulk.change)?,
        None => return Err(NO_HEAD),
    }
    if bulk.change.lazy {
        transaction.batch_execute("SET LOCAL synchronous_commit = off").await?;
    }
    statements(&transaction, &bulk.change).await?;
    let watch = Watch::begin();
    transaction.commit().await?;
    watch.end("COMMIT", 1);
    Ok(())
}

/// Waits until every bulk that began while the house was open has ended.
pub(crate) async fn drain(pool: &Pool) -> Result<(), StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    transaction.query_opt(DRAIN, &[]).await?;
    transaction.commit().await?;
    Ok(())
}

/// Inserts rows the quickest way: COPY, unless rows whose key exists are to be left alone.
async fn insert(
    transaction: &Transaction<'_>,
    table: &'static Table,
    rows: &[Vec<Value>],
) -> Result<(), StoreError> {
    if table.conflict == Conflict::Keep || rows.len() < COPY_FROM {
        return insert_arrays(transaction, table, rows).await;
    }
    let watch = Watch::begin();
    copy_in(transaction, table, rows).await?;
    watch.end(table.insert_one(), rows.len());
    Ok(())
}

/// Copies rows in; all are there when this returns.
pub(crate) async fn copy_in(
    transaction: &tokio_postgres::Transaction<'_>,
    table: &Table,
    rows: &[Vec<Value>],
) -> Result<(), StoreError> {
    let types: Vec<Type> = table.columns.iter().map(|(_, column)| kind(*column)).collect();
    let sink = transaction.copy_in(&table.copy_in()).await?;
    let writer = BinaryCopyInWriter::new(sink, &types);
    futures_util::pin_mut!(writer);
    for row in rows {
        writer.as_mut().write(&references(row)).await?;
    }
    writer.finish().await?;
    Ok(())
}

/// Fewer rows than this go in by one statement, which is prepared already.
const COPY_FROM: usize = 50;

/// The type of a column.
pub(crate) fn kind(column: Column) -> Type {
    match column {
        Column::Text => Type::TEXT,
        Column::Int => Type::INT8,
        Column::Bytes => Type::BYTEA,
    }
}

async fn insert_arrays(
    transaction: &Transaction<'_>,
    table: &'static Table,
    rows: &[Vec<Value>],
) -> Result<(), StoreError> {
    let watch = Watch::begin();
    let arrays: Vec<_> = (0..table.columns.len()).map(|place| array(table, rows, place)).collect();
    let arrays: Vec<&(dyn ToSql + Sync)> =
        arrays.iter().map(|array| -> &(dyn ToSql + Sync) { &**array }).collect();
    let statement = transaction.prepare_cached(table.insert_arrays()).await?;
    transaction.execute(&statement, &arrays).await?;
    watch.end(table.insert_arrays(), rows.len());
    Ok(())
}

/// One column of many rows as an array parameter.
fn array<'a>(
    table: &Table,
    rows: &'a [Vec<Value>],
    place: usize,
) -> Box<dyn ToSql + Sync + Send + 'a> {
    fn column<'a, T>(
        rows: &'a [Vec<Value>],
        place: usize,
        take: impl Fn(&'a Value) -> Option<T>,
    ) -> Vec<Option<T>> {
        rows.iter().map(|row| row.get(place).and_then(&take)).collect()
    }
    match table.columns.get(place) {
        Some((_, Column::Int)) => Box::new(column(rows, place, |value| match value {
            Value::Int(number) => Some(*number),
            _ => None,
        })),
        Some((_, Column::Bytes)) => Box::new(column(rows, place, |value| match value {
            Value::Bytes(bytes) => Some(bytes.as_slice()),
            _ => None,
        })),
        _ => Box::new(column(rows, place, |value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })),
    }
}

fn references(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    values(row).map(Row::new)
}

/// The columns of a row.
pub(crate) fn values(row: &tokio_postgres::Row) -> Result<Vec<Value>, StoreError> {
    let columns = row.columns().iter().enumerate().map(|(place, column)| {
        Ok(match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(place)?.map_or(Value::Null, Value::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(place)?.map(i64::from).into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place)?.into(),
            _ => row.try_get::<_, Option<String>>(place)?.into(),
        })
    });
    columns.collect::<Result<_, tokio_postgres::Error>>().map_err(StoreError::from)
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::INT4 | Type::TEXT | Type::VARCHAR | Type::BYTEA)
    }

    to_sql_checked!();
}

/// Starts the task that makes every write of this process.
pub(crate) fn start_writer(pool: Pool, mut jobs: mpsc::Receiver<Job>, key: HeadKey) {
    tokio::spawn(async move {
        let mut group = Vec::with_capacity(GROUP);
        while jobs.recv_many(&mut group, GROUP).await > 0 {
            let (changes, answers): (Vec<_>, Vec<_>) =
                group.drain(..).map(|job| (job.change, job.answer)).unzip();
            let count = changes.len();
            let results = commit_in_time(&pool, changes, &key).await.unwrap_or_else(|error| {
                Tally::failed();
                tracing::error!(error = crate::error::source(&error), "commit failed");
                let failed = || Err(StoreError::Unavailable(error.reason()));
                std::iter::repeat_with(failed).take(count).collect()
            });
            for (answer, result) in answers.into_iter().zip(results) {
                // Whoever asked may have gone; the change stands all the same.
                let _ = answer.send(result);
            }
        }
    });
}

async fn commit_in_time(
    pool: &Pool,
    changes: Vec<Change>,
    key: &HeadKey,
) -> Result<Vec<Result<Recorded, StoreError>>, StoreError> {
    let mut client = pool.get().await?;
    let answer = timeout(PATIENCE, commit(&mut client, changes, key)).await;
    in_time(client, answer)
}

/// Commits a group; each change has its own result, all of them share the disk's answer.
async fn commit(
    client: &mut Client,
    changes: Vec<Change>,
    key: &HeadKey,
) -> Result<Vec<Result<Recorded, StoreError>>, StoreError> {
    let mut tally = Tally::begin(changes.len());
    let transaction = client.transaction().await?;
    let lock = transaction.prepare_cached(LOCK_HEAD).await?;
    let mut head = match transaction.query_opt(&lock, &[]).await? {
        Some(found) => Head::from_row(row(&found)?)?,
        None => return Err(NO_HEAD),
    };
    let mut results = Vec::with_capacity(changes.len());
    let mut leaves = Vec::new();
    for change in changes {
        let result = match head.admits(&change) {
            Ok(()) => apply(&transaction, &change).await,
            refused => refused,
        };
        if result.is_ok() {
            for event in &change.events {
                leaves.push(head.append(event)?.params());
                tally.event(event);
            }
        }
        results.push(result.map(|()| Recorded::new()));
    }
    if head.grew() {
        insert_arrays(&transaction, &EVENT, &leaves).await?;
        let store = transaction.prepare_cached(STORE_HEAD).await?;
        transaction.execute(&store, &references(&head.params(key))).await?;
    }
    let watch = Watch::begin();
    transaction.commit().await?;
    watch.end("COMMIT", results.len());
    tally.committed();
    Ok(results)
}

/// Runs the statements of one change, or none of them.
async fn apply(transaction: &Transaction<'_>, change: &Change) -> Result<(), StoreError> {
    if change.statements.is_empty() && change.inserts.is_empty() {
        return Ok(());
    }
    transaction.batch_execute("SAVEPOINT change").await?;
    let result = statements(transaction, change).await;
    if result.is_err() {
        transaction.batch_execute("ROLLBACK TO SAVEPOINT change").await?;
    }
    transaction.batch_execute("RELEASE SAVEPOINT change").await?;
    result
}

async fn statements(transaction: &Transaction<'_>, change: &Change) -> Result<(), StoreError> {
    for statement in &change.statements {
        let params = references(&statement.params);
        let watch = Watch::begin();
        let prepared = transaction.prepare_cached(statement.sql).await?;
        let touched = transaction.execute(&prepared, &params).await?;
        watch.end(statement.sql, usize::try_from(touched).unwrap_or(usize::MAX));
        if statement.must_touch_one && touched != 1 {
            return Err(StoreError::Stale);
        }
    }
    for (table, rows) in &change.inserts {
        insert(transaction, table, rows).await?;
    }
    Ok(())
}
