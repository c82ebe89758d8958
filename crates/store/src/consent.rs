//! The ledger of consents (同意台帳): rows of `consent`.

use tasuki_core::consent::{Consent, Withdrawal, WithdrawnBy};
use tasuki_core::insured::PersonKey;
use tasuki_core::word::Word;

use crate::db::Change;
use crate::error::StoreError;
use crate::params;
use crate::row::Row;
use crate::seal::SealKey;

/// Where the body of an entry is sealed.
pub fn place(person: &PersonKey, id: &str) -> String {
    format!("consent/{}/{}/{id}", person.insurer, person.insured.expose())
}

/// The entry of a row of the person's file. Its body never changes; the withdrawal is the row's.
pub(crate) fn from_row(row: Row, person: &PersonKey, key: &SealKey) -> Result<Consent, StoreError> {
    let mut row = row.of("consent");
    let id = row.text("id")?;
    let by = row.optional_text("withdrawn_by")?;
    row.skip(3);
    let at = row.optional_at("withdrawn_at_ms")?;
    row.skip(2);
    let withdrawn = match (at, by.as_deref().map(WithdrawnBy::from_word)) {
        (None, None) => None,
        (Some(at), Some(Some(by))) => Some(Withdrawal { at, by }),
        _ => return Err(row.corrupt("withdrawn_by")),
    };
    let sealed = row.bytes("body")?;
    let body =
        key.open_body(place(person, &id).as_bytes(), &sealed).map_err(|_| row.corrupt("body"))?;
    let consent: Consent = serde_json::from_slice(&body).map_err(|_| row.corrupt("body"))?;
    Ok(Consent { withdrawn, ..consent })
}

/// Enters a consent.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when it cannot be sealed.
pub fn give(consent: &Consent, key: &SealKey) -> Result<Change, StoreError> {
    let unsealed = || StoreError::Unavailable("a consent could not be sealed");
    let body = serde_json::to_vec(consent).map_err(|_| unsealed())?;
    let place = place(&consent.person, &consent.id);
    let body = key.seal(place.as_bytes(), &body).map_err(|_| unsealed())?;
    Ok(Change::new().with_one(
        "INSERT INTO consent (insurer_number, insured_number, id, generation, given_at_ms,
                valid_from, valid_until, body, version)
         VALUES ($1, $2, $3, 0, $4, $5, $6, $7, 1)",
        params![
            &consent.person.insurer,
            &consent.person.insured,
            &*consent.id,
            consent.given_at,
            consent.from,
            consent.until,
            body,
        ],
    ))
}

/// Takes a consent back; [`StoreError::Stale`] on commit when it was taken back before.
pub fn withdraw(person: &PersonKey, id: &str, withdrawal: &Withdrawal) -> Change {
    Change::new().with_one(
        "UPDATE consent
            SET withdrawn_at_ms = $4, withdrawn_by = $5, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
            AND withdrawn_at_ms IS NULL",
        params![&person.insurer, &person.insured, id, withdrawal.at, withdrawal.by.word()],
    )
}
