//! What the two engines do not share, each with both texts side by side.

use std::sync::OnceLock;

/// A table that takes many rows at once.
#[derive(Debug)]
pub struct Table {
    /// Name of the table.
    pub name: &'static str,
    /// Columns with their types, in the order of the values.
    pub columns: &'static [(&'static str, Column)],
    /// What happens when the key of a row exists.
    pub conflict: Conflict,
    one: OnceLock<String>,
    many: OnceLock<String>,
}

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// `TEXT`.
    Text,
    /// `BIGINT`.
    Int,
    /// `BLOB` in SQLite, `BYTEA` in PostgreSQL.
    Bytes,
}

/// What an insert does when the key exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The insert fails.
    Fail,
    /// The row that is there stays.
    Keep,
}

impl Table {
    /// Describes a table; its statements are written once, when first used.
    pub const fn new(
        name: &'static str,
        conflict: Conflict,
        columns: &'static [(&'static str, Column)],
    ) -> Self {
        Self { name, columns, conflict, one: OnceLock::new(), many: OnceLock::new() }
    }

    /// Inserts one row of values (both engines).
    pub fn insert_one(&self) -> &str {
        self.one.get_or_init(|| {
            let places: Vec<_> = (1..=self.columns.len()).map(|n| format!("${n}")).collect();
            format!("{} VALUES ({}){}", self.into(), places.join(", "), self.on_conflict())
        })
    }

    /// Inserts rows from one array a column (PostgreSQL).
    pub fn insert_arrays(&self) -> &str {
        self.many.get_or_init(|| {
            let array = |(n, (_, column)): (usize, &(&str, Column))| match column {
                Column::Text => format!("${}::TEXT[]", n + 1),
                Column::Int => format!("${}::BIGINT[]", n + 1),
                Column::Bytes => format!("${}::BYTEA[]", n + 1),
            };
            let arrays: Vec<_> = self.columns.iter().enumerate().map(array).collect();
            let from = format!("SELECT * FROM UNNEST({})", arrays.join(", "));
            format!("{} {from}{}", self.into(), self.on_conflict())
        })
    }

    /// Reads every row, in any order (both engines).
    pub(crate) fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.names(), self.name)
    }

    /// Copies rows in (PostgreSQL).
    pub(crate) fn copy_in(&self) -> String {
        format!("COPY {} ({}) FROM STDIN (FORMAT binary)", self.name, self.names())
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    fn into(&self) -> String {
        format!("INSERT INTO {} ({})", self.name, self.names())
    }

    fn on_conflict(&self) -> &'static str {
        match self.conflict {
            Conflict::Fail => "",
            Conflict::Keep => " ON CONFLICT DO NOTHING",
        }
    }
}

/// A statement whose second parameter is a JSON array of texts, joined as `k(value)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByKeys {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Writes a [`ByKeys`]: columns, table and condition of the rows `d`, and the column that is a
/// key. Each key is one look into the index, whatever the engine knows of the table so far.
macro_rules! by_keys {
    ($columns:literal, $table:literal, $key:literal, $condition:literal) => {
        $crate::dialect::ByKeys {
            sqlite: concat!(
                "SELECT ",
                $columns,
                " FROM json_each($2) k CROSS JOIN ",
                $table,
                " d",
                " WHERE d.",
                $key,
                " = k.value AND ",
                $condition,
                " LIMIT 1000000"
            ),
            postgres: concat!(
                "SELECT d.* FROM json_array_elements_text(CAST(CAST($2 AS TEXT) AS JSON)) k(value)",
                " CROSS JOIN LATERAL (SELECT ",
                $columns,
                " FROM ",
                $table,
                " d",
                " WHERE d.",
                $key,
                " = k.value AND ",
                $condition,
                " OFFSET 0) d LIMIT 1000000"
            ),
        }
    };
}
pub(crate) use by_keys;

/// A migration's text for PostgreSQL; as written it is SQLite's.
pub(crate) fn postgres_ddl(text: &str) -> String {
    text.replace(" BLOB", " BYTEA").replace(" WITHOUT ROWID", "")
}

/// Takes the head of the event log, so that one process numbers at a time (PostgreSQL; SQLite
/// has one writer and needs no lock). The columns are those of [`crate::event_log::LOAD_HEAD`].
pub(crate) const LOCK_HEAD: &str = "SELECT size, peaks, root, at_ms, signature, closed_because,
            oldest_schema
       FROM event_head
      WHERE id = 1
        FOR NO KEY UPDATE";

/// Keeps the house open while a bulk goes in, and no commit waiting (PostgreSQL).
pub(crate) const KEEP_OPEN: &str = "SELECT size, peaks, root, at_ms, signature, closed_because,
            oldest_schema
       FROM event_head
      WHERE id = 1
        FOR KEY SHARE";

/// Waits for everybody who keeps the house open (PostgreSQL).
pub(crate) const DRAIN: &str = "SELECT id FROM event_head WHERE id = 1 FOR UPDATE";
