//! What is stored of the persons of a batch: the newest row of each series.

use std::collections::HashMap;

use tasuki_core::insurer::InsurerNumber;

use crate::dialect::{ByKeys, by_keys};
use crate::error::StoreError;
use crate::{Db, params};

/// The newest row of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHead {
    /// Generation of the row.
    pub generation: i64,
    /// The series has ended.
    pub deleted: bool,
    /// Digest of what it says.
    pub digest: Vec<u8>,
}

/// The newest version of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperHead {
    /// Version.
    pub version: i64,
    /// Generation of the row.
    pub generation: i64,
    /// The series has ended.
    pub deleted: bool,
    /// Digest of what it says.
    pub digest: Vec<u8>,
}

/// The newest entry that a consent record of a file made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentHead {
    /// Counts the entries of the record, from 1.
    pub number: u32,
    /// Generation of the row.
    pub generation: i64,
    /// Taken back: when and by whom.
    pub withdrawn: Option<(i64, String)>,
    /// Sealed body.
    pub body: Vec<u8>,
}

/// The newest registration that an opinion request of a file made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentHead {
    /// Counts the registrations of the record, from 1.
    pub number: u32,
    /// Generation of the row.
    pub generation: i64,
    /// The institution.
    pub provider: String,
    /// When it began.
    pub started_at_ms: i64,
    /// Ended.
    pub ended: bool,
    /// What the request says, sealed; `None` in rows of an older version.
    pub body: Option<Vec<u8>>,
}

/// The newest month that a record of service brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceHead {
    /// Counts the months of the record, from 1.
    pub number: u32,
    /// Generation of the row.
    pub generation: i64,
    /// The office.
    pub provider: String,
    /// The month, `YYYY-MM`.
    pub month: String,
    /// Ended.
    pub ended: bool,
}

const PERSONS: ByKeys = by_keys!(
    "d.insured_number, d.generation, d.deleted, d.digest",
    "insured_person",
    "insured_number",
    "d.insurer_number = $1"
);

const PAPERS: ByKeys = by_keys!(
    "d.insured_number, d.series, d.version, d.generation, d.deleted, d.digest",
    "document",
    "insured_number",
    "d.insurer_number = $1 AND d.kind = $3"
);

const CONSENTS: ByKeys = by_keys!(
    "d.insured_number, d.id, d.generation, d.withdrawn_at_ms, d.withdrawn_by, d.body",
    "consent",
    "insured_number",
    "d.insurer_number = $1"
);

const ASSIGNMENTS: ByKeys = by_keys!(
    "d.insured_number, d.id, d.generation, d.provider_number, d.started_at_ms, d.ended_at_ms, d.body",
    "assignment",
    "insured_number",
    "d.insurer_number = $1 AND d.identity_check = 'opinion_request'"
);

const SERVICES: ByKeys = by_keys!(
    "d.insured_number, d.id, d.generation, d.provider_number, d.month, d.ended_at_ms",
    "service_record",
    "insured_number",
    "d.insurer_number = $1"
);

/// `keys` as the JSON array the statements take; numbers of persons need no escapes.
fn json(keys: &[&str]) -> String {
    format!("[\"{}\"]", keys.join("\",\""))
}

/// Newest rows of the persons `keys` (insured numbers, each once).
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn persons(
    db: &Db,
    insurer: &InsurerNumber,
    keys: &[&str],
) -> Result<HashMap<String, PersonHead>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.rows_by_keys(PERSONS, params![insurer, json(keys)]).await?;
    let mut heads: HashMap<String, PersonHead> = HashMap::with_capacity(rows.len());
    for row in rows {
        let mut row = row.of("insured_person");
        let insured = row.text("insured_number")?;
        let head = PersonHead {
            generation: row.int("generation")?,
            deleted: row.flag("deleted")?,
            digest: row.bytes("digest")?,
        };
        if heads.get(&insured).is_none_or(|known| known.generation < head.generation) {
            heads.insert(insured, head);
        }
    }
    Ok(heads)
}

/// Newest versions of every paper of `kind` of the persons `keys`, by number and series.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn papers(
    db: &Db,
    insurer: &InsurerNumber,
    kind: &str,
    keys: &[&str],
) -> Result<HashMap<(String, String), PaperHead>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.rows_by_keys(PAPERS, params![insurer, json(keys), kind]).await?;
    let mut heads: HashMap<(String, String), PaperHead> = HashMap::with_capacity(rows.len());
    for row in rows {
        let mut row = row.of("document");
        let key = (row.text("insured_number")?, row.text("series")?);
        let head = PaperHead {
            version: row.int("version")?,
            generation: row.int("generation")?,
            deleted: row.flag("deleted")?,
            digest: row.bytes("digest")?,
        };
        if heads.get(&key).is_none_or(|known| known.version < head.version) {
            heads.insert(key, head);
        }
    }
    Ok(heads)
}

/// Newest entries that files made in the ledgers of the persons `keys`, by number and history.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn consents(
    db: &Db,
    insurer: &InsurerNumber,
    keys: &[&str],
) -> Result<HashMap<(String, String), ConsentHead>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.rows_by_keys(CONSENTS, params![insurer, json(keys)]).await?;
    let mut heads: HashMap<(String, String), ConsentHead> = HashMap::new();
    for row in rows {
        let mut row = row.of("consent");
        let insured = row.text("insured_number")?;
        let id = row.text("id")?;
        let Some((history, number)) = super::parse_file_id(&id) else { continue };
        let generation = row.int("generation")?;
        let at = row.optional_int("withdrawn_at_ms")?;
        let by = row.optional_text("withdrawn_by")?;
        let head =
            ConsentHead { number, generation, withdrawn: at.zip(by), body: row.bytes("body")? };
        let key = (insured, history.to_owned());
        if heads.get(&key).is_none_or(|known| known.number < number) {
            heads.insert(key, head);
        }
    }
    Ok(heads)
}

/// Newest registrations that opinion requests of files made for the persons `keys`, by number
/// and history.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn assignments(
    db: &Db,
    insurer: &InsurerNumber,
    keys: &[&str],
) -> Result<HashMap<(String, String), AssignmentHead>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.rows_by_keys(ASSIGNMENTS, params![insurer, json(keys)]).await?;
    let mut heads: HashMap<(String, String), AssignmentHead> = HashMap::new();
    for row in rows {
        let mut row = row.of("assignment");
        let insured = row.text("insured_number")?;
        let id = row.text("id")?;
        let Some((history, number)) = super::parse_file_id(&id) else { continue };
        let head = AssignmentHead {
            number,
            generation: row.int("generation")?,
            provider: row.text("provider_number")?,
            started_at_ms: row.int("started_at_ms")?,
            ended: row.optional_int("ended_at_ms")?.is_some(),
            body: row.optional_bytes("body")?,
        };
        let key = (insured, history.to_owned());
        if heads.get(&key).is_none_or(|known| known.number < number) {
            heads.insert(key, head);
        }
    }
    Ok(heads)
}

/// Newest months of service of the persons `keys`, by number and history.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn services(
    db: &Db,
    insurer: &InsurerNumber,
    keys: &[&str],
) -> Result<HashMap<(String, String), ServiceHead>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.rows_by_keys(SERVICES, params![insurer, json(keys)]).await?;
    let mut heads: HashMap<(String, String), ServiceHead> = HashMap::new();
    for row in rows {
        let mut row = row.of("service_record");
        let insured = row.text("insured_number")?;
        let id = row.text("id")?;
        let Some((history, number)) = super::parse_file_id(&id) else { continue };
        let head = ServiceHead {
            number,
            generation: row.int("generation")?,
            provider: row.text("provider_number")?,
            month: row.text("month")?,
            ended: row.optional_int("ended_at_ms")?.is_some(),
        };
        let key = (insured, history.to_owned());
        if heads.get(&key).is_none_or(|known| known.number < number) {
            heads.insert(key, head);
        }
    }
    Ok(heads)
}
