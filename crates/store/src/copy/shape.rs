//! The tables of a database as its catalogue has them.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::CopyError;
use crate::db::Options;
use crate::dialect::Column;
use crate::error::StoreError;
use crate::postgres;
use crate::tables::TABLES;

/// Kept by the migrations, on each side for itself.
const OWN: &str = "refinery_schema_history";

/// A table that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// By name, so that both sides agree on the order.
    pub(crate) columns: Vec<(String, Column)>,
}

impl Shape {
    /// Names of the columns, as a statement lists them.
    pub(super) fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Reads every row.
    pub(super) fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.names(), self.name)
    }

    /// Finds a row, if there is one.
    pub(super) fn any(&self) -> String {
        format!("SELECT 1 FROM {} LIMIT 1", self.name)
    }

    /// Inserts one row.
    pub(super) fn insert(&self) -> String {
        let places: Vec<_> = (1..=self.columns.len()).map(|n| format!("?{n}")).collect();
        let (name, columns) = (self.name, self.names());
        format!("INSERT INTO {name} ({columns}) VALUES ({})", places.join(", "))
    }

    /// Takes many rows (PostgreSQL).
    pub(super) fn copy_in(&self) -> String {
        format!("COPY {} ({}) FROM STDIN (FORMAT binary)", self.name, self.names())
    }
}

/// Table, then column and its type.
type Catalogue = BTreeMap<String, BTreeMap<String, String>>;

const SQLITE: &str = "SELECT t.name, c.name, c.type
       FROM sqlite_master t, pragma_table_info(t.name) c
      WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";

const POSTGRES: &str = "SELECT t.relname::TEXT, a.attname::TEXT, format_type(a.atttypid, NULL)
       FROM pg_class t
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition
        AND t.relnamespace = current_schema()::regnamespace";

async fn catalogue(options: &Options) -> Result<Catalogue, CopyError> {
    let mut found = Catalogue::new();
    let mut take = |(table, column, kind): (String, String, String)| {
        found.entry(table).or_default().insert(column, kind);
    };
    match options {
        Options::Sqlite { path } if !path.exists() => {}
        Options::Sqlite { path } => {
            let connection = Connection::open(path)?;
            let mut statement = connection.prepare(SQLITE)?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            for row in rows {
                take(row?);
            }
        }
        Options::Postgres { url, .. } => {
            let client = postgres::pool(url, 1)?.get().await.map_err(StoreError::from)?;
            for row in client.query(POSTGRES, &[]).await? {
                take((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
            }
        }
    }
    found.remove(OWN);
    Ok(found)
}

/// Refuses a database with a table that is not of ours.
pub(super) async fn only_known(options: &Options) -> Result<(), CopyError> {
    let known = |name: &String| TABLES.iter().any(|table| table.name == name.as_str());
    match catalogue(options).await?.into_keys().find(|name| !known(name)) {
        Some(name) => Err(CopyError::Unknown(name)),
        None => Ok(()),
    }
}

/// Every table, with the columns that both sides have alike.
pub(crate) async fn common(from: &Options, to: &Options) -> Result<Vec<Shape>, CopyError> {
    only_known(from).await?;
    let (source, target) = (catalogue(from).await?, catalogue(to).await?);
    TABLES
        .iter()
        .map(|table| {
            let name = table.name;
            let columns = |side: &Catalogue| -> Option<Vec<(String, Column)>> {
                side.get(name)?
                    .iter()
                    .map(|(column, kind)| Some((column.clone(), column_type(kind)?)))
                    .collect()
            };
            match (columns(&source), columns(&target)) {
                (Some(source), Some(target)) if source == target => {
                    Ok(Shape { name, columns: source })
                }
                _ => Err(CopyError::Columns(name)),
            }
        })
        .collect()
}

/// The type of a column as either engine writes it; `None` for one that our schema does not use.
fn column_type(kind: &str) -> Option<Column> {
    match kind {
        "TEXT" | "text" => Some(Column::Text),
        "BIGINT" | "bigint" => Some(Column::Int),
        "BLOB" | "bytea" => Some(Column::Bytes),
        _ => None,
    }
}
