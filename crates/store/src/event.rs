//! Reading the access log (アクセス記録) about one person, against a grant.

use tasuki_core::event::Event;
use tasuki_policy::LogGrant;

use crate::error::StoreError;
use crate::params;
use crate::{Db, Unrecorded};

/// One event with its number in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Number in the log, from 0.
    pub seq: i64,
    /// The event.
    pub event: Event,
}

/// Events about the person of `grant` before number `before`, newest first, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails or an event cannot be read.
pub async fn of_person(
    db: &Db,
    grant: &LogGrant,
    before: Option<i64>,
    limit: u16,
) -> Result<Unrecorded<Vec<Numbered>>, StoreError> {
    let person = grant.person();
    let rows = db
        .rows(
            "SELECT seq, payload
               FROM event
              WHERE insurer_number = $1 AND insured_number = $2 AND seq < $3
              ORDER BY seq DESC
              LIMIT $4",
            params![&person.insurer, &person.insured, before.unwrap_or(i64::MAX), i64::from(limit)],
        )
        .await?;
    let events = rows.into_iter().map(|row| {
        let mut row = row.of("event");
        let seq = row.int("seq")?;
        let payload = row.text("payload")?;
        let event = serde_json::from_str(&payload).map_err(|_| row.corrupt("payload"))?;
        Ok(Numbered { seq, event })
    });
    Ok(Unrecorded::new(events.collect::<Result<_, StoreError>>()?))
}
