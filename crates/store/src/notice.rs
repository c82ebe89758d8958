//! Notices to an organisation (お知らせ): a code with parameters, without personal data.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;

use crate::db::Change;
use crate::error::StoreError;
use crate::{Db, params};

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Opaque id.
    pub id: String,
    /// What happened; its Japanese text is in the message file of the web crate.
    pub code: String,
    /// Parameters of the text, JSON.
    pub params: String,
    /// When.
    pub made_at: AtMs,
    /// When somebody of the organisation read it.
    pub read_at: Option<AtMs>,
}

/// Adds a notice.
pub fn add(organisation: &Organisation, id: &str, code: &str, params: &str, at: AtMs) -> Change {
    Change::new().with_one(
        "INSERT INTO notice (organisation, id, code, params, made_at_ms)
         VALUES ($1, $2, $3, $4, $5)",
        params![organisation.to_string(), id, code, params, at],
    )
}

/// Adds a notice unless the organisation has one of this id already: for what is looked at again
/// and again, and told once.
pub fn add_once(
    organisation: &Organisation,
    id: &str,
    code: &str,
    params: &str,
    at: AtMs,
) -> Change {
    Change::new().with(
        "INSERT INTO notice (organisation, id, code, params, made_at_ms)
         VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (organisation, id) DO NOTHING",
        params![organisation.to_string(), id, code, params, at],
    )
}

/// Adds a notice to every insurer.
pub fn to_insurers(id: &str, code: &str, params: &str, at: AtMs) -> Change {
    Change::new().with(
        "INSERT INTO notice (organisation, id, code, params, made_at_ms)
         SELECT 'insurer:' || number, CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT),
                CAST($4 AS BIGINT)
           FROM insurer",
        params![id, code, params, at],
    )
}

/// Adds a notice to every office and institution with an account, as
/// [`crate::account::provider_organisations`] lists them.
pub fn to_providers(id: &str, code: &str, params: &str, at: AtMs) -> Change {
    Change::new().with(
        "INSERT INTO notice (organisation, id, code, params, made_at_ms)
         SELECT DISTINCT organisation, CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT),
                CAST($4 AS BIGINT)
           FROM membership
          WHERE active = 1 AND organisation >= 'provider:' AND organisation < 'provider;'",
        params![id, code, params, at],
    )
}

/// Id of the one notice about the end of a certificate; [`crate::device::untold`] looks for it.
pub fn device_due_id(sha256: &str) -> String {
    format!("device-due-{sha256}")
}

/// Notices of an organisation, newest first, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn newest(
    db: &Db,
    organisation: &Organisation,
    limit: u16,
) -> Result<Vec<Notice>, StoreError> {
    let rows = db
        .rows(
            "SELECT id, code, params, made_at_ms, read_at_ms
               FROM notice
              WHERE organisation = $1
              ORDER BY made_at_ms DESC, id
              LIMIT $2",
            params![organisation.to_string(), i64::from(limit)],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("notice");
            Ok(Notice {
                id: row.text("id")?,
                code: row.text("code")?,
                params: row.text("params")?,
                made_at: row.at("made_at_ms")?,
                read_at: row.optional_at("read_at_ms")?,
            })
        })
        .collect()
}

/// Marks every notice of an organisation up to `at` as read.
pub fn mark_read(organisation: &Organisation, at: AtMs) -> Change {
    Change::new().with(
        "UPDATE notice
            SET read_at_ms = $2
          WHERE organisation = $1 AND read_at_ms IS NULL AND made_at_ms <= $2",
        params![organisation.to_string(), at],
    )
}

/// How many notices of an organisation nobody has read.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unread(db: &Db, organisation: &Organisation) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*)
                 FROM notice
                WHERE organisation = $1 AND read_at_ms IS NULL
                LIMIT 1";
    let row = db.row(sql, params![organisation.to_string()]).await?;
    row.map_or(Ok(0), |row| row.of("notice").int("count"))
}
