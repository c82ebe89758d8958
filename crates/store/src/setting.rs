//! Settings an operator has changed (設定): rows of `setting`, each version kept.

use tasuki_core::date::AtMs;

use crate::error::StoreError;
use crate::{Change, Db, Row, params};

/// One version of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Counts from 1.
    pub version: i64,
    /// The value as text; its form is the business of whoever reads it.
    pub value: String,
    /// Account that set it.
    pub set_by: String,
    /// When.
    pub set_at: AtMs,
}

/// Adds the version after the newest one; duplicate when somebody else was first with it, stale
/// when there is none before it.
pub fn set(name: &str, setting: &Setting) -> Change {
    Change::new().with_one(
        "INSERT INTO setting (name, version, value, set_by, set_at_ms)
         SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT),
                CAST($5 AS BIGINT)
          WHERE $2 = 1
             OR EXISTS (SELECT 1
                          FROM setting
                         WHERE name = $1 AND version = $2 - 1)",
        params![
            name,
            setting.version,
            setting.value.as_str(),
            setting.set_by.as_str(),
            setting.set_at,
        ],
    )
}

/// All versions of a setting, newest first.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn versions(db: &Db, name: &str, limit: i64) -> Result<Vec<Setting>, StoreError> {
    let sql = "SELECT version, value, set_by, set_at_ms
                 FROM setting
                WHERE name = $1
                ORDER BY version DESC
                LIMIT $2";
    db.rows(sql, params![name, limit]).await?.into_iter().map(setting).collect()
}

/// The version in force.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn newest(db: &Db, name: &str) -> Result<Option<Setting>, StoreError> {
    Ok(versions(db, name, 1).await?.pop())
}

fn setting(row: Row) -> Result<Setting, StoreError> {
    let mut row = row.of("setting");
    Ok(Setting {
        version: row.int("version")?,
        value: row.text("value")?,
        set_by: row.text("set_by")?,
        set_at: row.at("set_at_ms")?,
    })
}
