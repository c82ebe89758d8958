//! What a former release left (前の版が残したもの): its rows, kept as text, put back into a database.
//!
//! The text begins with the number of the release's schema. Then come its tables, each a line with
//! name and columns and a line for each row.

use rusqlite::{Connection, params_from_iter};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio_postgres::types::ToSql;

use crate::copy::{CopyError, each_row, shapes};
use crate::db::Options;
use crate::error::StoreError;
use crate::row::Value;
use crate::{migrate, postgres};

/// The rows of a former release.
#[derive(Debug)]
pub struct Former {
    /// Number of its newest migration.
    pub schema: i64,
    pub(crate) tables: Vec<FormerTable>,
}

/// One table with the columns that the release knew.
#[derive(Debug)]
pub(crate) struct FormerTable {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// Which schema the rows are put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum House {
    /// The one in which they were written: a database that waits for its upgrade.
    Former,
    /// The one of this version: a former process wrote them beside the new one.
    New,
}

/// A line of the text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Schema { schema: i64 },
    Table { table: String, columns: Vec<String> },
    Row(Vec<Json>),
}

/// The row that the migrations made.
const EMPTY_HEAD: &str = "DELETE FROM event_head WHERE size = 0";

const UNREADABLE: StoreError = StoreError::Unavailable("the rows of the former release");

impl Former {
    /// Writes down every row of a SQLite database that has the schema of this version.
    ///
    /// # Errors
    ///
    /// [`CopyError`] when the database cannot be read.
    pub async fn write_down(options: &Options) -> Result<String, CopyError> {
        let Options::Sqlite { path } = options else {
            return Err(CopyError::Store(StoreError::Unavailable("only SQLite is written down")));
        };
        let mut text = line(&Line::Schema { schema: migrate::known() });
        let connection = Connection::open(path).map_err(StoreError::from)?;
        for shape in shapes(options, options).await? {
            let columns = shape.columns.iter().map(|(name, _)| name.clone()).collect();
            let mut rows = Vec::new();
            each_row(&connection, &shape, |row| {
                rows.push(line(&Line::Row(row.into_iter().map(json).collect())));
                Ok(())
            })?;
            rows.sort();
            text.push_str(&line(&Line::Table { table: shape.name.to_owned(), columns }));
            text.extend(rows);
        }
        Ok(text)
    }

    /// Reads the text.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is not one.
    pub fn read(text: &str) -> Result<Self, StoreError> {
        let mut former = Self { schema: 0, tables: Vec::new() };
        for line in text.lines() {
            match serde_json::from_str(line).map_err(|_| UNREADABLE)? {
                Line::Schema { schema } => former.schema = schema,
                Line::Table { table: name, columns } => {
                    former.tables.push(FormerTable { name, columns, rows: Vec::new() });
                }
                Line::Row(row) => {
                    let table = former.tables.last_mut().ok_or(UNREADABLE)?;
                    table.rows.push(row.into_iter().map(value).collect::<Result<_, _>>()?);
                }
            }
        }
        Ok(former)
    }

    /// Puts the rows into an empty database, as the release's own inserts name their columns.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database takes one of them no longer.
    pub async fn put_back(&self, options: &Options, house: House) -> Result<(), StoreError> {
        match house {
            House::Former => migrate::bring_to(options, Some(self.schema)).await?,
            House::New => migrate::bring_to(options, None).await?,
        }
        match options {
            Options::Sqlite { path } => self.load_sqlite(&mut Connection::open(path)?),
            Options::Postgres { url, .. } => self.load_postgres(url).await,
        }
    }

    fn load_sqlite(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let transaction = connection.transaction()?;
        transaction.execute(EMPTY_HEAD, [])?;
        for table in &self.tables {
            let mut insert = transaction.prepare(&table.insert())?;
            for row in &table.rows {
                insert.execute(params_from_iter(row))?;
            }
        }
        Ok(transaction.commit()?)
    }

    async fn load_postgres(&self, url: &str) -> Result<(), StoreError> {
        let mut client = postgres::pool(url, 1)?.get().await?;
        let transaction = client.transaction().await?;
        transaction.execute(EMPTY_HEAD, &[]).await?;
        for table in &self.tables {
            let insert = transaction.prepare(&table.insert()).await?;
            for row in &table.rows {
                let row: Vec<&(dyn ToSql + Sync)> =
                    row.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
                transaction.execute(&insert, &row).await?;
            }
        }
        Ok(transaction.commit().await?)
    }
}

impl FormerTable {
    fn insert(&self) -> String {
        let places: Vec<_> = (1..=self.columns.len()).map(|n| format!("${n}")).collect();
        let (columns, places) = (self.columns.join(", "), places.join(", "));
        format!("INSERT INTO {} ({columns}) VALUES ({places})", self.name)
    }
}

fn line(line: &Line) -> String {
    serde_json::to_string(line).unwrap_or_default() + "\n"
}

/// Bytes are an object, so that they are not taken for a text.
fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => Json::from(number),
        Value::Text(text) => Json::from(text),
        Value::Bytes(bytes) => serde_json::json!({ "hex": hex::encode(bytes) }),
    }
}

fn value(json: Json) -> Result<Value, StoreError> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Number(number) => Value::Int(number.as_i64().ok_or(UNREADABLE)?),
        Json::String(text) => Value::Text(text),
        Json::Object(bytes) => {
            let text = bytes.get("hex").and_then(Json::as_str).ok_or(UNREADABLE)?;
            Value::Bytes(hex::decode(text).map_err(|_| UNREADABLE)?)
        }
        Json::Bool(_) | Json::Array(_) => return Err(UNREADABLE),
    })
}
