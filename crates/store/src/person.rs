//! Insured persons (被保険者): rows of `insured_person` and the opaque handles of pages.

use jiff::civil::Date;
use tasuki_core::insured::{InsuredNumber, InsuredPerson, PersonKey, Sex};
use tasuki_core::insurer::InsurerNumber;
use tasuki_policy::SearchGrant;

use crate::error::StoreError;
use crate::params;
use crate::row::Row;
use crate::seal::{Keyring, SealKey};
use crate::{Db, Unrecorded};

/// Where the body of a person's row is sealed.
pub fn place(person: &PersonKey, generation: i64) -> String {
    format!("insured_person/{}/{}/{generation}", person.insurer, person.insured.expose())
}

/// Opens a row of generation, end and body; `None` when the series has ended.
pub(crate) fn from_row(
    row: Row,
    person: &PersonKey,
    key: &SealKey,
) -> Result<Option<InsuredPerson>, StoreError> {
    let mut row = row.of("insured_person");
    let generation = row.int("generation")?;
    if row.flag("deleted")? {
        return Ok(None);
    }
    let sealed = row.bytes("body")?;
    let body = key
        .open_body(place(person, generation).as_bytes(), &sealed)
        .map_err(|_| row.corrupt("body"))?;
    serde_json::from_slice(&body).map(Some).map_err(|_| row.corrupt("body"))
}

/// What a person gives at the counter without a card (カードなしの本人確認).
///
/// Which items must match is the list of `spec/sharing.md` §2, gate 2.
#[derive(Debug, Clone)]
pub struct MatchingItems {
    /// Insurer and number as the certificate prints them.
    pub person: PersonKey,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
}

/// Whether a person with exactly these items is known. Which item differs is never told.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn matches(
    db: &Db,
    grant: &SearchGrant,
    items: &MatchingItems,
) -> Result<bool, StoreError> {
    let within = grant.within().is_none_or(|insurer| *insurer == items.person.insurer);
    let row = db
        .row(
            "SELECT birth_date, sex, deleted
               FROM insured_person
              WHERE insurer_number = $1 AND insured_number = $2
                AND generation <= (SELECT generation FROM insurer WHERE number = $1)
              ORDER BY generation DESC
              LIMIT 1",
            params![&items.person.insurer, &items.person.insured],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let mut row = row.of("insured_person");
    let birth_date = row.optional_date("birth_date")?;
    let sex: Sex = row.word("sex")?;
    let live = !row.flag("deleted")?;
    Ok(live & within & (birth_date == Some(items.birth_date)) & (sex == items.sex))
}

/// One person of an insurer's own search.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who.
    pub person: InsuredPerson,
}

/// Persons of the insurer of `grant` whose folded reading begins with `kana_key`, in the order of
/// the reading, at most `limit`. Empty for a grant that is not an insurer's.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn by_kana(
    db: &Db,
    keyring: &Keyring,
    grant: &SearchGrant,
    kana_key: &str,
    limit: u16,
) -> Result<Unrecorded<Vec<Found>>, StoreError> {
    let Some(insurer) = grant.within() else { return Ok(Unrecorded::new(vec![])) };
    let key = keyring.insurer(db, insurer).await?;
    let rows = db
        .rows(
            "SELECT p.insured_number, p.generation, p.deleted, p.body
               FROM insured_person p
              WHERE p.insurer_number = $1 AND p.kana_key >= $2 AND p.kana_key < $3
                AND p.generation = (SELECT max(n.generation) FROM insured_person n
                                     WHERE n.insurer_number = p.insurer_number
                                       AND n.insured_number = p.insured_number
                                       AND n.generation <=
                                           (SELECT generation FROM insurer WHERE number = $1))
              ORDER BY p.kana_key, p.insured_number
              LIMIT $4",
            params![insurer, kana_key, format!("{kana_key}\u{10FFFF}"), i64::from(limit)],
        )
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut row = row.of("insured_person");
        let insured = row.parsed("insured_number", InsuredNumber::parse)?;
        let person = PersonKey { insurer: insurer.clone(), insured };
        found.extend(from_row(row, &person, &key)?.map(|person| Found { person }));
    }
    Ok(Unrecorded::new(found))
}

/// Every published and live person number of an insurer after `after`, for jobs of the insurer.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn numbers(
    db: &Db,
    insurer: &InsurerNumber,
    after: &str,
    limit: u16,
) -> Result<Vec<InsuredNumber>, StoreError> {
    let rows = db
        .rows(
            "SELECT DISTINCT insured_number
               FROM insured_person
              WHERE insurer_number = $1 AND insured_number > $2
                AND generation <= (SELECT generation FROM insurer WHERE number = $1)
              ORDER BY insured_number
              LIMIT $3",
            params![insurer, after, i64::from(limit)],
        )
        .await?;
    rows.into_iter()
        .map(|row| row.of("insured_person").parsed("insured_number", InsuredNumber::parse))
        .collect()
}
