//! Tries within a window (回数の制限): rows of `rate`.

use tasuki_core::date::AtMs;

use crate::error::StoreError;
use crate::{Change, Db, params};

/// Tries of `subject` in the windows that begin at or after `since`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn tries(db: &Db, subject: &str, since: AtMs) -> Result<i64, StoreError> {
    let sql = "SELECT CAST(coalesce(sum(tries), 0) AS BIGINT)
                 FROM rate
                WHERE subject = $1 AND window_start >= $2
                LIMIT 1";
    match db.row(sql, params![subject, since]).await? {
        Some(row) => row.of("rate").int("tries"),
        None => Ok(0),
    }
}

/// Counts one try in the window that begins at `window`.
pub fn count(subject: &str, window: AtMs) -> Change {
    Change::new().with(
        "INSERT INTO rate (subject, window_start, tries)
         VALUES ($1, $2, 1)
             ON CONFLICT (subject, window_start) DO UPDATE
            SET tries = rate.tries + 1",
        params![subject, window],
    )
}

/// Removes windows that began before `before`.
pub fn sweep(before: AtMs) -> Change {
    Change::new().with(
        "DELETE FROM rate
          WHERE window_start < $1",
        params![before],
    )
}
