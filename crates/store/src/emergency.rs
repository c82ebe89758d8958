//! Emergency looks (緊急時の閲覧): rows of `emergency`.

use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;

use crate::db::Change;
use crate::error::StoreError;
use crate::seal::SealKey;
use crate::{Db, params};

/// An emergency opening on its way into the table.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Opaque id.
    pub id: &'a str,
    /// Whose information.
    pub person: &'a PersonKey,
    /// The office that opens.
    pub provider: &'a ProviderNumber,
    /// The account that opens.
    pub account: &'a str,
    /// Word of the reason's list.
    pub reason: &'a str,
    /// What was written beside it.
    pub note: &'a str,
    /// From when.
    pub at: AtMs,
    /// Until when, exclusive.
    pub until: AtMs,
}

fn place(person: &PersonKey, id: &str, column: &str) -> String {
    format!("emergency/{}/{}/{id}/{column}", person.insurer, person.insured.expose())
}

/// Opens a person to one account until a moment.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when the note cannot be sealed.
pub fn open(opening: &Opening<'_>, key: &SealKey) -> Result<Change, StoreError> {
    let place = place(opening.person, opening.id, "note");
    let note = key
        .seal(place.as_bytes(), opening.note.as_bytes())
        .map_err(|_| StoreError::Unavailable("a note could not be sealed"))?;
    Ok(Change::new().with_one(
        "INSERT INTO emergency (insurer_number, insured_number, id, provider_number, account_id,
                reason, note, opened_at_ms, until_ms, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
        params![
            &opening.person.insurer,
            &opening.person.insured,
            opening.id,
            opening.provider,
            opening.account,
            opening.reason,
            note,
            opening.at,
            opening.until,
        ],
    ))
}

/// An emergency look as its office's privacy officer reviews it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Opaque id.
    pub id: String,
    /// Whose information.
    pub person: PersonKey,
    /// The account that opened.
    pub account: String,
    /// Word of the reason's list.
    pub reason: String,
    /// From when.
    pub at: AtMs,
    /// Until when, exclusive.
    pub until: AtMs,
    /// When it was reviewed.
    pub reviewed_at: Option<AtMs>,
}

/// Emergency looks of an office, those without review first, newest first, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn of_provider(
    db: &Db,
    provider: &ProviderNumber,
    limit: u16,
) -> Result<Vec<Opened>, StoreError> {
    let rows = db
        .rows(
            "SELECT id, insurer_number, insured_number, account_id, reason, opened_at_ms,
                    until_ms, reviewed_at_ms
               FROM emergency
              WHERE provider_number = $1
              ORDER BY CASE WHEN reviewed_at_ms IS NULL THEN 0 ELSE 1 END, opened_at_ms DESC
              LIMIT $2",
            params![provider, i64::from(limit)],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("emergency");
            Ok(Opened {
                id: row.text("id")?,
                person: PersonKey {
                    insurer: row.parsed("insurer_number", InsurerNumber::parse)?,
                    insured: row.parsed("insured_number", InsuredNumber::parse)?,
                },
                account: row.text("account_id")?,
                reason: row.text("reason")?,
                at: row.at("opened_at_ms")?,
                until: row.at("until_ms")?,
                reviewed_at: row.optional_at("reviewed_at_ms")?,
            })
        })
        .collect()
}

/// Enters the review of an emergency look; [`StoreError::Stale`] on commit when it has one.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when the text cannot be sealed.
pub fn review(
    opened: &Opened,
    by: &str,
    text: &str,
    at: AtMs,
    key: &SealKey,
) -> Result<Change, StoreError> {
    let place = place(&opened.person, &opened.id, "review");
    let text = key
        .seal(place.as_bytes(), text.as_bytes())
        .map_err(|_| StoreError::Unavailable("a review could not be sealed"))?;
    Ok(Change::new().with_one(
        "UPDATE emergency
            SET reviewed_at_ms = $4, reviewed_by = $5, review = $6, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
            AND reviewed_at_ms IS NULL",
        params![&opened.person.insurer, &opened.person.insured, &*opened.id, at, by, text],
    ))
}
