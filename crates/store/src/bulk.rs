//! Many rows at once, apart from any person's access: what a municipality's file brings.

use crate::db::Change;
use crate::dialect::Table;
use crate::row::Value;

/// Rows for several tables and the statements that belong to them, in one commit.
///
/// It carries no events: what it stores is not visible until a change with its event publishes it.
#[derive(Debug, Default)]
pub struct Bulk {
    pub(crate) change: Change,
    pub(crate) inserts: Vec<(&'static Table, Vec<Vec<Value>>)>,
}

impl Bulk {
    /// An empty bulk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds statements; they run before the rows go in, so that a guard fails first.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        debug_assert!(change.events.is_empty(), "events are numbered by the writer only");
        self.change = self.change.and(change);
        self
    }

    /// Adds rows of one table.
    #[must_use]
    pub fn insert(mut self, table: &'static Table, rows: Vec<Vec<Value>>) -> Self {
        self.inserts.push((table, rows));
        self
    }

    /// The same as single statements, for an engine with one writer.
    pub(crate) fn into_change(self) -> Change {
        let mut change = self.change;
        for (table, rows) in self.inserts {
            let sql = table.insert_one();
            change = rows.into_iter().fold(change, |change, row| change.with(sql, row));
        }
        change
    }
}
