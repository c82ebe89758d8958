//! Whether the house takes writes (保守のための休止): a mark in the row of the log's head.
//!
//! Every commit of every process reads that row, so the mark holds everywhere from the next commit
//! on. Looks are refused as well, because a look is an event.

use crate::error::StoreError;
use crate::{Change, Db, params};

/// Closes the house, with the events of `change`; when this returns, no write is under way.
///
/// # Errors
///
/// [`StoreError::Stale`] when it is closed already.
pub async fn close(db: &Db, because: &str, change: Change) -> Result<(), StoreError> {
    let mark = Change::new().with_one(
        "UPDATE event_head
            SET closed_because = $1
          WHERE id = 1 AND closed_because IS NULL",
        params![because],
    );
    db.commit(even_closed(mark.and(change))).await?;
    db.drain().await
}

/// Opens the house again, with the events of `change`.
///
/// # Errors
///
/// [`StoreError::Stale`] when it is open.
pub async fn reopen(db: &Db, change: Change) -> Result<(), StoreError> {
    let mark = Change::new().with_one(
        "UPDATE event_head
            SET closed_because = NULL
          WHERE id = 1 AND closed_because IS NOT NULL",
        vec![],
    );
    db.commit(even_closed(mark.and(change))).await?;
    Ok(())
}

/// Why the house is closed; `None` while it is open.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn closed_because(db: &Db) -> Result<Option<String>, StoreError> {
    let sql = "SELECT closed_because
                 FROM event_head
                WHERE id = 1
                LIMIT 1";
    let row = db.row(sql, vec![]).await?.ok_or(crate::event_log::NO_HEAD)?;
    row.of("event_head").optional_text("closed_because")
}

fn even_closed(change: Change) -> Change {
    Change { even_closed: true, ..change }
}
