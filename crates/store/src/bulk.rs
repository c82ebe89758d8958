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
        if !rows.is_empty() {
            self.change.inserts.push((table, rows));
        }
        self
    }

    /// Need not be on the disk when its commit answers: a crash may take it back, together with
    /// every bulk after it, but never a part of it. The next durable change makes it durable too.
    /// Said last: what is added afterwards is durable again.
    #[must_use]
    pub fn lazily(mut self) -> Self {
        self.change.lazy = true;
        self
    }
}
