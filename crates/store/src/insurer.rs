//! Insurers (保険者): rows of `insurer`.

use tasuki_core::insurer::{Insurer, InsurerNumber};

use crate::error::StoreError;
use crate::{Change, Db, Row, params};

/// An insurer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInsurer {
    /// The insurer.
    pub insurer: Insurer,
    /// Newest generation of its files that readers see; 0 before the first.
    pub generation: i64,
    /// Grows by one with every change, that of the generation not counted.
    pub version: i64,
}

/// Adds an insurer without data; duplicate when its number is known.
pub fn add(insurer: &Insurer) -> Change {
    Change::new().with(
        "INSERT INTO insurer (number, name, connected_since, not_connected_because,
                              takes_consent, generation, version)
         VALUES ($1, $2, $3, $4, $5, 0, 1)",
        params![
            &insurer.number,
            insurer.name.as_str(),
            insurer.connected_since,
            insurer.not_connected_because.as_deref(),
            insurer.takes_consent,
        ],
    )
}

/// Saves an insurer, if its version is still the stored one; the generation stays.
pub fn update(stored: &StoredInsurer) -> Change {
    let insurer = &stored.insurer;
    Change::new().with_one(
        "UPDATE insurer
            SET name = $2, connected_since = $3, not_connected_because = $4,
                takes_consent = $5, version = version + 1
          WHERE number = $1 AND version = $6",
        params![
            &insurer.number,
            insurer.name.as_str(),
            insurer.connected_since,
            insurer.not_connected_because.as_deref(),
            insurer.takes_consent,
            stored.version,
        ],
    )
}

/// Lets readers see `generation`; stale unless the newest one is `former`.
pub fn publish(number: &InsurerNumber, former: i64, generation: i64) -> Change {
    Change::new().with_one(
        "UPDATE insurer
            SET generation = $3
          WHERE number = $1 AND generation = $2",
        params![number, former, generation],
    )
}

/// The insurer of a number.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn get(db: &Db, number: &InsurerNumber) -> Result<Option<StoredInsurer>, StoreError> {
    let sql = "SELECT number, name, connected_since, not_connected_because, takes_consent,
                      generation, version
                 FROM insurer
                WHERE number = $1
                LIMIT 1";
    db.row(sql, params![number]).await?.map(stored).transpose()
}

/// All insurers, by number; the country has 1,741.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn list(db: &Db) -> Result<Vec<StoredInsurer>, StoreError> {
    let sql = "SELECT number, name, connected_since, not_connected_because, takes_consent,
                      generation, version
                 FROM insurer
                ORDER BY number
                LIMIT 5000";
    db.rows(sql, vec![]).await?.into_iter().map(stored).collect()
}

fn stored(row: Row) -> Result<StoredInsurer, StoreError> {
    let mut row = row.of("insurer");
    Ok(StoredInsurer {
        insurer: Insurer {
            number: row.parsed("number", InsurerNumber::parse)?,
            name: row.text("name")?,
            connected_since: row.optional_date("connected_since")?,
            not_connected_because: row.optional_text("not_connected_because")?,
            takes_consent: row.flag("takes_consent")?,
        },
        generation: row.int("generation")?,
        version: row.int("version")?,
    })
}
