//! Ends: by a deletion line, or because a full set (全件) does not name a record any more.

use std::collections::{HashMap, HashSet};

use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;

use crate::error::StoreError;
use crate::row::Row;
use crate::{Change, Db, params};

/// Mark of a person in `transfer_seen`; the series is empty.
pub const PERSON: &str = "insured_person";
/// Mark of a kind of record of which a line could not be told: nothing of that kind ends. The
/// series is the kind's word, the number is empty.
pub const UNREAD: &str = "unread";
/// Mark of a consent that the set has named; the series is its history.
pub const CONSENT: &str = "consent";
/// Mark of an opinion request that the set has named; the series is its history.
pub const ASSIGNMENT: &str = "opinion_request";
/// Mark of a month of service that the set has named; the series is its history.
pub const SERVICE: &str = "service_use";
/// Mark of a month of service that ends when the transfer is published.
pub const SERVICE_END: &str = "service_use_end";
/// Mark of an entry of the ledger that ends when the transfer is published.
pub const CONSENT_END: &str = "consent_end";
/// Mark of an entry whose place another one takes when the transfer is published.
pub const CONSENT_REPLACED: &str = "consent_replaced";
/// Mark of a registration that ends when the transfer is published.
pub const ASSIGNMENT_END: &str = "opinion_request_end";

/// A record in a page of [`unseen_papers`]: person, kind, series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// Insured number.
    pub insured: String,
    /// Kind of paper; empty for other records.
    pub kind: String,
    /// Series or id; empty for persons.
    pub series: String,
}

/// A page of an insurer's persons, and the transfer that looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Whose.
    pub insurer: &'a InsurerNumber,
    /// The transfer whose marks count.
    pub sequence: i64,
    /// Persons after this number …
    pub after: &'a str,
    /// … up to this one.
    pub until: &'a str,
}

/// Ends the series of a person.
pub fn person(insurer: &InsurerNumber, insured: &str, generation: i64, at: AtMs) -> Change {
    Change::new().with_one(
        "INSERT INTO insured_person (insurer_number, insured_number, generation, birth_date, sex,
                kana_key, deleted, received_at_ms, digest, body)
         SELECT insurer_number, insured_number, $3, birth_date, sex, kana_key, 1, $4, $5, $5
           FROM insured_person
          WHERE insurer_number = $1 AND insured_number = $2 AND generation < $3
          ORDER BY generation DESC
          LIMIT 1",
        params![insurer, insured, generation, at, Vec::<u8>::new()],
    )
}

/// Ends a paper after its version `version`; of a progress paper also the row that says where it
/// stands.
pub fn paper(
    insurer: &InsurerNumber,
    unseen: &Unseen,
    version: i64,
    generation: i64,
    at: AtMs,
) -> Change {
    let Unseen { insured, kind, series } = unseen;
    Change::new()
        .with_one(
            "INSERT INTO document (insurer_number, insured_number, kind, series, version,
                    generation, author, valid_from, valid_until, received_at_ms, deleted, digest,
                    body)
             SELECT insurer_number, insured_number, kind, series, version + 1, $6, author,
                    valid_from, valid_until, $7, 1, $8, $8
               FROM document
              WHERE insurer_number = $1 AND insured_number = $2 AND kind = $3 AND series = $4
                AND version = $5",
            params![
                insurer,
                &**insured,
                &**kind,
                &**series,
                version,
                generation,
                at,
                Vec::<u8>::new()
            ],
        )
        .with(
            "INSERT INTO certification_step (insurer_number, insured_number, series, version,
                    generation, filed_on, closed_on)
             SELECT insurer_number, insured_number, series, version + 1, $6, filed_on, $7
               FROM certification_step
              WHERE insurer_number = $1 AND insured_number = $2 AND series = $4 AND version = $5
                AND $3 = 'certification_progress'",
            params![insurer, &**insured, &**kind, &**series, version, generation, at.date()],
        )
}

/// Persons of a page whom the set has not named.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unseen_persons(
    db: &Db,
    page: Page<'_>,
    marks: &Marks,
) -> Result<Vec<Unseen>, StoreError> {
    let sql = "SELECT insured_number, generation, deleted
       FROM insured_person
      WHERE insurer_number = $1 AND insured_number > $2 AND insured_number <= $3
      LIMIT 1000000";
    let mut newest: HashMap<String, (i64, bool)> = HashMap::new();
    for row in db.rows(sql, params![page.insurer, page.after, page.until]).await? {
        let mut row = row.of("insured_person");
        let insured = row.text("insured_number")?;
        let (generation, deleted) = (row.int("generation")?, row.flag("deleted")?);
        let known = newest.entry(insured).or_insert((generation, deleted));
        *known = (*known).max((generation, deleted));
    }
    let named = |insured: &str| marks.0.contains(&(insured.into(), PERSON.into(), String::new()));
    let unseen = newest
        .into_iter()
        .filter(|(insured, (_, deleted))| !deleted && !named(insured))
        .map(|(insured, _)| Unseen { insured, kind: String::new(), series: String::new() });
    Ok(unseen.collect())
}

/// Papers of a page, of the kinds in `kinds`, that the set has not named, with their version.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unseen_papers(
    db: &Db,
    page: Page<'_>,
    marks: &Marks,
    kinds: &[&str],
) -> Result<Vec<(Unseen, i64)>, StoreError> {
    let sql = "SELECT insured_number, kind, series, version, deleted
       FROM document
      WHERE insurer_number = $1 AND insured_number > $2 AND insured_number <= $3
      LIMIT 1000000";
    let mut newest: HashMap<(String, String, String), (i64, bool)> = HashMap::new();
    for row in db.rows(sql, params![page.insurer, page.after, page.until]).await? {
        let mut row = row.of("document");
        let key = (row.text("insured_number")?, row.text("kind")?, row.text("series")?);
        if HISTORY_MAX < key.2.len() || !kinds.contains(&&*key.1) || marks.0.contains(&key) {
            continue;
        }
        let (version, deleted) = (row.int("version")?, row.flag("deleted")?);
        let known = newest.entry(key).or_insert((version, deleted));
        *known = (*known).max((version, deleted));
    }
    let unseen = newest.into_iter().filter(|(_, (_, deleted))| !deleted);
    Ok(unseen
        .map(|((insured, kind, series), (version, _))| (Unseen { insured, kind, series }, version))
        .collect())
}

/// Longest history number; the platform's own series are longer.
const HISTORY_MAX: usize = 20;

/// The marks of a page: number, kind and series. They are compared here and not in the statement,
/// which no engine would plan well for tables that have just grown.
pub struct Marks(HashSet<(String, String, String)>);

impl Marks {
    /// The marks of a page.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database fails.
    pub async fn of(db: &Db, page: Page<'_>) -> Result<Self, StoreError> {
        let rows = db
            .rows(
                "SELECT insured_number, kind, series
                   FROM transfer_seen
                  WHERE insurer_number = $1 AND sequence = $2
                    AND insured_number > $3 AND insured_number <= $4
                  LIMIT 1000000",
                params![page.insurer, page.sequence, page.after, page.until],
            )
            .await?;
        let mark = |row: Row| {
            let mut row = row.of("transfer_seen");
            Ok((row.text("insured_number")?, row.text("kind")?, row.text("series")?))
        };
        rows.into_iter().map(mark).collect::<Result<_, StoreError>>().map(Self)
    }
}

/// Entries of the ledgers of a page that files made, are in force and were not named.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unseen_consents(
    db: &Db,
    page: Page<'_>,
    marks: &Marks,
) -> Result<Vec<Unseen>, StoreError> {
    let sql = "SELECT c.insured_number, c.id
       FROM consent c
      WHERE c.insurer_number = $1 AND c.insured_number > $2 AND c.insured_number <= $3
        AND c.withdrawn_at_ms IS NULL AND c.id LIKE 'file-%'
      LIMIT 1000000";
    entries(db, sql, page, marks, CONSENT).await
}

/// Registrations of a page that opinion requests made, go on and were not named.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unseen_assignments(
    db: &Db,
    page: Page<'_>,
    marks: &Marks,
) -> Result<Vec<Unseen>, StoreError> {
    let sql = "SELECT a.insured_number, a.id
       FROM assignment a
      WHERE a.insurer_number = $1 AND a.insured_number > $2 AND a.insured_number <= $3
        AND a.ended_at_ms IS NULL AND a.id LIKE 'file-%'
      LIMIT 1000000";
    entries(db, sql, page, marks, ASSIGNMENT).await
}

/// Months of service of a page that go on and were not named.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unseen_services(
    db: &Db,
    page: Page<'_>,
    marks: &Marks,
) -> Result<Vec<Unseen>, StoreError> {
    let sql = "SELECT s.insured_number, s.id
       FROM service_record s
      WHERE s.insurer_number = $1 AND s.insured_number > $2 AND s.insured_number <= $3
        AND s.ended_at_ms IS NULL AND s.id LIKE 'file-%'
      LIMIT 1000000";
    entries(db, sql, page, marks, SERVICE).await
}

/// The entries of a page whose history has no mark of `kind`.
async fn entries(
    db: &Db,
    sql: &'static str,
    page: Page<'_>,
    marks: &Marks,
    kind: &str,
) -> Result<Vec<Unseen>, StoreError> {
    let mut unseen = Vec::new();
    for row in db.rows(sql, params![page.insurer, page.after, page.until]).await? {
        let (insured, id) = pair(row)?;
        let Some((history, _)) = super::parse_file_id(&id) else { continue };
        if !marks.0.contains(&(insured.clone(), kind.to_owned(), history.to_owned())) {
            unseen.push(Unseen { insured, kind: String::new(), series: id });
        }
    }
    Ok(unseen)
}

fn pair(row: Row) -> Result<(String, String), StoreError> {
    let mut row = row.of("transfer_seen");
    Ok((row.text("insured_number")?, row.text("series")?))
}

/// Words of the kinds of which a line of the set could not be told.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn unread_kinds(
    db: &Db,
    insurer: &InsurerNumber,
    sequence: i64,
) -> Result<HashSet<String>, StoreError> {
    let rows = db
        .rows(
            "SELECT insured_number, series
               FROM transfer_seen
              WHERE insurer_number = $1 AND sequence = $2 AND insured_number = ''
                AND kind = $3
              LIMIT 100",
            params![insurer, sequence, UNREAD],
        )
        .await?;
    rows.into_iter().map(|row| Ok(pair(row)?.1)).collect()
}
