//! The person's word on a look that seems strange (ご本人からの問い合わせ): rows of `objection`.

use tasuki_core::date::AtMs;
use tasuki_core::document::Author;
use tasuki_core::insured::{InsuredNumber, PersonKey, Personal};
use tasuki_core::insurer::InsurerNumber;
use tasuki_policy::{ListGrant, LogGrant};

use crate::error::StoreError;
use crate::row::Row;
use crate::seal::{Keyring, SealKey};
use crate::{Change, Db, Unrecorded, params};

/// One objection.
#[derive(Debug, Clone)]
pub struct Objection {
    /// Opaque id.
    pub id: String,
    /// Who made it.
    pub person: PersonKey,
    /// Number of the event it is about.
    pub event_seq: i64,
    /// What the person says.
    pub note: Personal,
    /// When it was made.
    pub made_at: AtMs,
    /// When it was answered.
    pub answered_at: Option<AtMs>,
    /// The insurer's answer.
    pub answer: Option<Personal>,
    /// Grows by one with every change.
    pub version: i64,
}

fn place(person: &PersonKey, id: &str, part: &str) -> String {
    format!("objection/{}/{}/{id}/{part}", person.insurer, person.insured.expose())
}

/// Objections of the insurer's persons, those without answer first, at most `limit`; empty for a
/// grant that is not an insurer's.
///
/// # Errors
///
/// [`StoreError`] when the database fails or a text does not open.
pub async fn of_insurer(
    db: &Db,
    keyring: &Keyring,
    grant: &ListGrant,
    limit: u16,
) -> Result<Unrecorded<Vec<Objection>>, StoreError> {
    let Author::Insurer(insurer) = grant.organisation() else {
        return Ok(Unrecorded::new(vec![]));
    };
    let rows = db
        .rows(
            "SELECT insured_number, id, event_seq, note, made_at_ms, answered_at_ms, answer,
                    version
               FROM objection
              WHERE insurer_number = $1
              ORDER BY CASE WHEN answered_at_ms IS NULL THEN 0 ELSE 1 END, made_at_ms DESC
              LIMIT $2",
            params![insurer, i64::from(limit)],
        )
        .await?;
    opened(db, keyring, insurer, rows).await
}

/// Objections of the person of `grant`, newest first, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails or a text does not open.
pub async fn of_person(
    db: &Db,
    keyring: &Keyring,
    grant: &LogGrant,
    limit: u16,
) -> Result<Unrecorded<Vec<Objection>>, StoreError> {
    let person = grant.person();
    let rows = db
        .rows(
            "SELECT insured_number, id, event_seq, note, made_at_ms, answered_at_ms, answer,
                    version
               FROM objection
              WHERE insurer_number = $1 AND insured_number = $2
              ORDER BY made_at_ms DESC, id
              LIMIT $3",
            params![&person.insurer, &person.insured, i64::from(limit)],
        )
        .await?;
    opened(db, keyring, &person.insurer, rows).await
}

/// How many objections of an insurer's persons wait for an answer.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unanswered(db: &Db, insurer: &InsurerNumber) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*)
                 FROM objection
                WHERE insurer_number = $1 AND answered_at_ms IS NULL
                LIMIT 1";
    let row = db.row(sql, params![insurer]).await?;
    row.map_or(Ok(0), |row| row.of("objection").int("count"))
}

/// Enters the person's word on a look that seems strange.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when the text cannot be sealed.
pub fn make(
    person: &PersonKey,
    id: &str,
    event_seq: i64,
    text: &str,
    at: AtMs,
    key: &SealKey,
) -> Result<Change, StoreError> {
    let note = key
        .seal(place(person, id, "note").as_bytes(), text.as_bytes())
        .map_err(|_| StoreError::Unavailable("a note could not be sealed"))?;
    Ok(Change::new().with_one(
        "INSERT INTO objection (insurer_number, insured_number, id, event_seq, note, made_at_ms,
                version)
         VALUES ($1, $2, $3, $4, $5, $6, 1)",
        params![&person.insurer, &person.insured, id, event_seq, note, at],
    ))
}

/// Enters the insurer's answer; [`StoreError::Stale`] on commit when there is one.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when the text cannot be sealed.
pub fn answer(
    objection: &Objection,
    text: &str,
    at: AtMs,
    key: &SealKey,
) -> Result<Change, StoreError> {
    let Objection { person, id, .. } = objection;
    let sealed = key
        .seal(place(person, id, "answer").as_bytes(), text.as_bytes())
        .map_err(|_| StoreError::Unavailable("an answer could not be sealed"))?;
    Ok(Change::new().with_one(
        "UPDATE objection
            SET answered_at_ms = $4, answer = $5, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
            AND answered_at_ms IS NULL",
        params![&person.insurer, &person.insured, id.as_str(), at, sealed],
    ))
}

async fn opened(
    db: &Db,
    keyring: &Keyring,
    insurer: &InsurerNumber,
    rows: Vec<Row>,
) -> Result<Unrecorded<Vec<Objection>>, StoreError> {
    if rows.is_empty() {
        return Ok(Unrecorded::new(vec![]));
    }
    let key = keyring.insurer(db, insurer).await?;
    let objections = rows.into_iter().map(|row| from_row(row, insurer, &key));
    Ok(Unrecorded::new(objections.collect::<Result<_, _>>()?))
}

fn from_row(row: Row, insurer: &InsurerNumber, key: &SealKey) -> Result<Objection, StoreError> {
    let mut row = row.of("objection");
    let insured = row.parsed("insured_number", InsuredNumber::parse)?;
    let person = PersonKey { insurer: insurer.clone(), insured };
    let id = row.text("id")?;
    let event_seq = row.int("event_seq")?;
    let open = |part: &str, sealed: &[u8]| {
        let text = key.open(place(&person, &id, part).as_bytes(), sealed).ok()?;
        String::from_utf8(text.to_vec()).ok().map(Personal::new)
    };
    let note = row.bytes("note")?;
    let note = open("note", &note).ok_or_else(|| row.corrupt("note"))?;
    let made_at = row.at("made_at_ms")?;
    let answered_at = row.optional_at("answered_at_ms")?;
    let answer = match row.optional_bytes("answer")? {
        Some(sealed) => Some(open("answer", &sealed).ok_or_else(|| row.corrupt("answer"))?),
        None => None,
    };
    let version = row.int("version")?;
    Ok(Objection { id, person, event_seq, note, made_at, answered_at, answer, version })
}
