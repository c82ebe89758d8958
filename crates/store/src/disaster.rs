//! Regions opened in a disaster (災害時の開放): rows of `disaster`.

use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;

use crate::error::StoreError;
use crate::row::Row;
use crate::{Change, Db, params};

/// An opened region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Whose persons are open.
    pub insurer: InsurerNumber,
    /// Opaque id.
    pub id: String,
    /// Why, in the operator's words.
    pub reason: String,
    /// Account that opened it.
    pub opened_by: String,
    /// From when.
    pub opened_at: AtMs,
    /// Until when; an earlier end has moved it.
    pub until: AtMs,
}

/// Regions of all insurers, those that end last first, ended ones included, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn list(db: &Db, limit: u16) -> Result<Vec<Region>, StoreError> {
    let rows = db
        .rows(
            "SELECT insurer_number, id, reason, opened_by, opened_at_ms, until_ms
               FROM disaster
              ORDER BY until_ms DESC, id
              LIMIT $1",
            params![i64::from(limit)],
        )
        .await?;
    rows.into_iter().map(region).collect()
}

/// Opens the persons of an insurer in a disaster, until a moment.
pub fn open(
    insurer: &InsurerNumber,
    id: &str,
    reason: &str,
    by: &str,
    at: AtMs,
    until: AtMs,
) -> Change {
    Change::new().with_one(
        "INSERT INTO disaster (insurer_number, id, reason, opened_by, opened_at_ms, until_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![insurer, id, reason, by, at, until],
    )
}

/// Closes a region before its end.
pub fn close(insurer: &InsurerNumber, id: &str, at: AtMs) -> Change {
    Change::new().with_one(
        "UPDATE disaster
            SET until_ms = $3
          WHERE insurer_number = $1 AND id = $2 AND until_ms > $3",
        params![insurer, id, at],
    )
}

fn region(row: Row) -> Result<Region, StoreError> {
    let mut row = row.of("disaster");
    Ok(Region {
        insurer: row.parsed("insurer_number", InsurerNumber::parse)?,
        id: row.text("id")?,
        reason: row.text("reason")?,
        opened_by: row.text("opened_by")?,
        opened_at: row.at("opened_at_ms")?,
        until: row.at("until_ms")?,
    })
}
