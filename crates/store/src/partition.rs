//! Partitions by insurer (保険者ごとの分割): the tables of persons, cut by a hash of the number.
//!
//! An existing table is copied into a partitioned twin that then takes its name: all tables in one
//! transaction, so that a fault leaves everything as it was. While it runs nobody writes (the
//! head's row is held); readers wait only for the exchange at the end. Every table is cut alike, so
//! all rows of an insurer lie in partitions of the same number.

use tokio_postgres::Transaction;

use crate::db::Options;
use crate::dialect::DRAIN;
use crate::error::StoreError;
use crate::migrate::ONE_AT_A_TIME;
use crate::{postgres, tables};

/// Why nothing was partitioned.
#[derive(Debug, thiserror::Error)]
pub enum PartitionError {
    /// SQLite has no partitions.
    #[error("only PostgreSQL has partitions")]
    NotPostgres,
    /// The twin does not hold what the table holds.
    #[error("{table}: the copy holds {copied} rows, the table {found}")]
    Count {
        /// The table.
        table: &'static str,
        /// Rows of the table.
        found: i64,
        /// Rows of the copy.
        copied: i64,
    },
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<tokio_postgres::Error> for PartitionError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Cuts every table of persons into `parts` partitions, whatever it was before; `tell` hears of
/// each table and its rows.
///
/// # Errors
///
/// [`PartitionError`]; then nothing has changed.
pub async fn partition(
    options: &Options,
    parts: u16,
    mut tell: impl FnMut(&'static str, i64),
) -> Result<(), PartitionError> {
    let Options::Postgres { url, .. } = options else { return Err(PartitionError::NotPostgres) };
    let pool = postgres::pool(url, 1)?;
    let mut client = pool.get().await.map_err(StoreError::from)?;
    let transaction = client.transaction().await?;
    transaction.batch_execute(&format!("SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")).await?;
    // First the head's row, as every writer does: nobody is in the middle of a commit now.
    transaction.query_one(DRAIN, &[]).await?;
    for table in tables::of_insurers() {
        transaction.batch_execute(&format!("LOCK TABLE {table} IN SHARE MODE")).await?;
    }
    for table in tables::of_insurers() {
        tell(table, exchange(&transaction, table, parts).await?);
    }
    transaction.commit().await?;
    for table in tables::of_insurers() {
        client.batch_execute(&format!("ANALYZE {table}")).await?;
    }
    Ok(())
}

/// Puts a partitioned twin in the place of `table`; its rows.
async fn exchange(
    transaction: &Transaction<'_>,
    table: &'static str,
    parts: u16,
) -> Result<i64, PartitionError> {
    let run = async |sql: String| transaction.batch_execute(&sql).await;
    run(format!(
        "CREATE TABLE {table}_twin (LIKE {table} INCLUDING ALL EXCLUDING INDEXES)
         PARTITION BY HASH (insurer_number)"
    ))
    .await?;
    for part in 0..parts {
        run(format!(
            "CREATE TABLE {table}_twin_p{part} PARTITION OF {table}_twin
             FOR VALUES WITH (MODULUS {parts}, REMAINDER {part})"
        ))
        .await?;
    }
    // TABLE reads every column in its order, which LIKE has kept.
    run(format!("INSERT INTO {table}_twin TABLE {table}")).await?;
    let count = async |name: &str| -> Result<i64, tokio_postgres::Error> {
        let sql = format!("SELECT count(insurer_number) FROM {name}");
        transaction.query_one(&sql, &[]).await?.try_get(0)
    };
    let (found, copied) = (count(table).await?, count(&format!("{table}_twin")).await?);
    if found != copied {
        return Err(PartitionError::Count { table, found, copied });
    }
    let indexes = indexes(transaction, table).await?;
    for index in &indexes {
        run(index.build(table)).await?;
    }
    run(format!("DROP TABLE {table}")).await?;
    run(format!("ALTER TABLE {table}_twin RENAME TO {table}")).await?;
    for part in 0..parts {
        run(format!("ALTER TABLE {table}_twin_p{part} RENAME TO {table}_p{part}")).await?;
    }
    for Index { name, .. } in &indexes {
        // The constraint of a primary key follows its index.
        run(format!("ALTER INDEX {name}_twin RENAME TO {name}")).await?;
    }
    Ok(found)
}

/// An index as it is to be on the twin.
struct Index {
    name: String,
    /// `PRIMARY KEY (…)` or `UNIQUE (…)`, of a constraint.
    constraint: Option<String>,
    /// `CREATE INDEX … USING …`.
    definition: String,
}

impl Index {
    /// Builds it on the twin of `table`, under a name of its own.
    fn build(&self, table: &str) -> String {
        let Self { name, constraint, definition } = self;
        if let Some(constraint) = constraint {
            return format!("ALTER TABLE {table}_twin ADD CONSTRAINT {name}_twin {constraint}");
        }
        let unique = if definition.starts_with("CREATE UNIQUE") { "UNIQUE " } else { "" };
        let (_, columns) = definition.split_once(" USING ").unwrap_or_default();
        format!("CREATE {unique}INDEX {name}_twin ON {table}_twin USING {columns}")
    }
}

async fn indexes(
    transaction: &Transaction<'_>,
    table: &'static str,
) -> Result<Vec<Index>, tokio_postgres::Error> {
    let sql = "SELECT i.relname::TEXT, pg_get_constraintdef(c.oid), pg_get_indexdef(i.oid)
                 FROM pg_index x
                 JOIN pg_class i ON i.oid = x.indexrelid
            LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u')
                WHERE x.indrelid = $1::TEXT::regclass
                ORDER BY i.relname";
    let rows = transaction.query(sql, &[&table]).await?;
    rows.iter()
        .map(|row| {
            let (name, constraint, definition) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            Ok(Index { name, constraint, definition })
        })
        .collect()
}
