//! Wrong tries of a login (試行の誤り): rows of `wrong_tries`.

use tasuki_core::date::AtMs;

use crate::error::StoreError;
use crate::{Change, Db, params};

/// How often a login was tried wrongly in a row, and when it may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongTries {
    /// Wrong tries in a row.
    pub tries: i64,
    /// Before this moment every try is refused.
    pub next_try_at: AtMs,
    /// 0 when there is no row yet.
    pub version: i64,
}

/// The wrong tries of `subject`; none when it has no row.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn of(db: &Db, subject: &str) -> Result<WrongTries, StoreError> {
    let sql = "SELECT tries, next_try_at_ms, version
                 FROM wrong_tries
                WHERE subject = $1
                LIMIT 1";
    let Some(row) = db.row(sql, params![subject]).await? else {
        return Ok(WrongTries { tries: 0, next_try_at: AtMs(0), version: 0 });
    };
    let mut row = row.of("wrong_tries");
    Ok(WrongTries {
        tries: row.int("tries")?,
        next_try_at: row.at("next_try_at_ms")?,
        version: row.int("version")?,
    })
}

/// Counts a try before it is checked: tries at the same time cannot pass each other. Stale or
/// duplicate when another try came first.
pub fn count(subject: &str, former: &WrongTries, tries: i64, next_try_at: AtMs) -> Change {
    if former.version == 0 {
        return Change::new().with(
            "INSERT INTO wrong_tries (subject, tries, next_try_at_ms, version)
             VALUES ($1, $2, $3, 1)",
            params![subject, tries, next_try_at],
        );
    }
    Change::new().with_one(
        "UPDATE wrong_tries
            SET tries = $2, next_try_at_ms = $3, version = version + 1
          WHERE subject = $1 AND version = $4",
        params![subject, tries, next_try_at, former.version],
    )
}

/// Takes back the count of a try that was right.
pub fn take_back(subject: &str) -> Change {
    Change::new().with(
        "UPDATE wrong_tries
            SET tries = tries - 1, next_try_at_ms = 0, version = version + 1
          WHERE subject = $1 AND tries > 0",
        params![subject],
    )
}

/// Forgets all wrong tries: everything was right, or somebody unlocked the account.
pub fn clear(subject: &str) -> Change {
    Change::new().with(
        "UPDATE wrong_tries
            SET tries = 0, next_try_at_ms = 0, version = version + 1
          WHERE subject = $1",
        params![subject],
    )
}
