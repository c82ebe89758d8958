//! Reading a person's file (利用者の記録一式): all that a look needs, in one statement.
//!
//! One statement instead of nine: on PostgreSQL each has its price of planning, binding and
//! answering, and all of it shows one state of the database.

use std::collections::HashMap;

use tasuki_core::date::AtMs;
use tasuki_core::document::Author;
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_core::word::Word;

use super::Facts;
use crate::certification::StepAverage;
use crate::document::Sealed;
use crate::error::StoreError;
use crate::row::Row;
use crate::seal::{Keyring, SealKey};
use crate::{Db, assignment, consent, params, person, protection};

/// Each row says of which part it is; then come five texts, three numbers and a sealed body, which
/// each part fills as far as it needs. Of the person only the newest row is read, of all else what
/// was published.
macro_rules! facts {
    () => {
        "WITH published AS (SELECT generation FROM insurer WHERE number = $1)
     SELECT 'insurer', number, name, connected_since, not_connected_because, CAST(NULL AS TEXT),
            takes_consent, generation, CAST(NULL AS BIGINT), CAST(NULL AS BYTEA)
       FROM insurer
      WHERE number = $1
      UNION ALL
     SELECT 'person', NULL, NULL, NULL, NULL, NULL, NULL, p.generation, p.deleted, p.body
       FROM (SELECT generation, deleted, body
               FROM insured_person
              WHERE insurer_number = $1 AND insured_number = $2
                AND generation <= (SELECT generation FROM published)
                AND received_at_ms <= $3
              ORDER BY generation DESC
              LIMIT 1) p
      UNION ALL
     SELECT 'average', step, NULL, NULL, NULL, NULL, cases, tenth_days, NULL, NULL
       FROM insurer_average
      WHERE insurer_number = $1
      UNION ALL
     SELECT 'disaster', NULL, NULL, NULL, NULL, NULL, until_ms, NULL, NULL, NULL
       FROM disaster
      WHERE insurer_number = $1 AND opened_at_ms <= $3 AND until_ms > $3
      UNION ALL
     SELECT 'emergency', account_id, NULL, NULL, NULL, NULL, until_ms, NULL, NULL, NULL
       FROM emergency
      WHERE insurer_number = $1 AND insured_number = $2 AND until_ms > $3
      UNION ALL
     SELECT 'assignment', p.name, a.id, a.provider_number, a.identity_check,
            (SELECT max(s.month) FROM service_use s
              WHERE s.insurer_number = a.insurer_number AND s.insured_number = a.insured_number
                AND s.provider_number = a.provider_number AND s.ended_at_ms IS NULL
                AND s.generation <= (SELECT generation FROM published)),
            a.started_at_ms, a.ended_at_ms, NULL, a.body
       FROM assignment a
  LEFT JOIN provider p ON p.number = a.provider_number
      WHERE a.insurer_number = $1 AND a.insured_number = $2
        AND a.generation <= (SELECT generation FROM published)
      UNION ALL
     SELECT 'consent', id, withdrawn_by, NULL, NULL, NULL, withdrawn_at_ms, NULL, NULL, body
       FROM consent
      WHERE insurer_number = $1 AND insured_number = $2
        AND generation <= (SELECT generation FROM published)
      UNION ALL
     SELECT 'block', b.id, b.provider_number, p.name, b.reason, NULL, b.blocked_at_ms,
            b.lifted_at_ms, NULL, b.note
       FROM protection_block b
  LEFT JOIN provider p ON p.number = b.provider_number
      WHERE b.insurer_number = $1 AND b.insured_number = $2"
    };
}

/// What makes a look heavy.
macro_rules! papers {
    () => {
        "SELECT 'document', kind, series, author, valid_from, valid_until, version, received_at_ms,
            deleted, body
       FROM document
      WHERE insurer_number = $1 AND insured_number = $2
        AND generation <= (SELECT generation FROM published)"
    };
}

const FILE: &str = concat!(facts!(), " UNION ALL ", papers!(), " LIMIT 4000");

/// All but the papers, and the generation that is published.
const FACTS: &str = concat!(facts!(), " LIMIT 4000");

/// The papers, and the generation that is published where they are read.
const PAPERS: &str = concat!(
    "WITH published AS (SELECT generation FROM insurer WHERE number = $1)
     SELECT 'reached', CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT),
            CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS BIGINT), generation,
            CAST(NULL AS BIGINT), CAST(NULL AS BYTEA)
       FROM published
      UNION ALL ",
    papers!(),
    " LIMIT 4000"
);

/// Loads the facts about `key` for a reader whose papers are kept under `author`.
///
/// # Errors
///
/// [`StoreError`] when the database fails or a row does not open.
#[tracing::instrument(level = "debug", name = "facts", skip_all)]
pub async fn load(
    db: &Db,
    keyring: &Keyring,
    key: &PersonKey,
    author: Option<Author>,
    at: AtMs,
) -> Result<Facts, StoreError> {
    let all = || params![&key.insurer, &key.insured, at];
    let papers = (PAPERS, params![&key.insurer, &key.insured]);
    let rows = match db.with_papers_of_replica((FACTS, all()), papers, generation).await? {
        Some(rows) => rows,
        None => db.rows(FILE, all()).await?,
    };
    let mut facts = Facts::none(key, author, at);
    let mut parts = Vec::with_capacity(rows.len());
    for row in rows {
        let mut row = row.of("file");
        match row.text("part")? {
            part if part == "insurer" => facts.insurer = Some(insurer(row)?),
            part => parts.push((part, row)),
        }
    }
    if facts.insurer.is_none() {
        return Ok(facts);
    }
    let seal = keyring.insurer(db, &key.insurer).await?;
    for (part, row) in parts {
        facts.add(&part, row, &seal)?;
    }
    facts.seal = Some(seal);
    facts.assignments.sort_by(|a, b| (a.started_at, &a.id).cmp(&(b.started_at, &b.id)));
    facts.consents.sort_by(|a, b| (a.given_at, &a.id).cmp(&(b.given_at, &b.id)));
    facts.blocks.sort_by(|a, b| (a.blocked_at, &a.id).cmp(&(b.blocked_at, &b.id)));
    facts.averages.sort_by_key(|average| average.step.word());
    Ok(facts)
}

impl Facts {
    /// Nothing is known about `key`.
    fn none(key: &PersonKey, author: Option<Author>, at: AtMs) -> Self {
        Self {
            key: key.clone(),
            at,
            insurer: None,
            person: None,
            assignments: vec![],
            consents: vec![],
            emergencies: vec![],
            disaster_open: false,
            author,
            papers: Sealed::default(),
            provider_names: HashMap::new(),
            requests: HashMap::new(),
            blocks: vec![],
            averages: vec![],
            seal: None,
        }
    }

    /// Takes a row of [`FILE`] that is of `part`.
    fn add(&mut self, part: &str, mut row: Row, seal: &SealKey) -> Result<(), StoreError> {
        match part {
            "person" => {
                row.skip(6);
                self.person = person::from_row(row, &self.key, seal)?;
            }
            "average" => self.averages.push(average(row)?),
            "reached" => {}
            "disaster" => self.disaster_open = true,
            "emergency" => self.emergencies.push(emergency(row)?),
            "assignment" => {
                let mut row = row.of("assignment");
                let name = row.optional_text("name")?;
                let assignment = assignment::from_row(&mut row, self.key.clone())?;
                row.skip(1);
                if let Some(sealed) = row.optional_bytes("body")? {
                    let id = &assignment.id;
                    let request = assignment::request(&sealed, &self.key, id, seal)?;
                    self.requests.insert(id.clone(), request);
                }
                if let Some(name) = name {
                    self.provider_names.insert(assignment.provider.clone(), name);
                }
                self.assignments.push(assignment);
            }
            "consent" => self.consents.push(consent::from_row(row, &self.key, seal)?),
            "block" => self.blocks.push(protection::from_row(row, &self.key, seal)?),
            "document" => self.papers.add(row, &self.key)?,
            _ => return Err(row.corrupt("part")),
        }
        Ok(())
    }
}

/// The generation that was published where the rows were read.
fn generation(rows: &[Row]) -> Option<i64> {
    rows.iter().find_map(|row| {
        let mut row = row.clone().of("file");
        let part = row.text("part").ok()?;
        row.skip(6);
        row.int("generation").ok().filter(|_| part == "insurer" || part == "reached")
    })
}

fn insurer(row: Row) -> Result<Insurer, StoreError> {
    let mut row = row.of("insurer");
    let number = row.parsed("number", InsurerNumber::parse)?;
    let name = row.text("name")?;
    let connected_since = row.optional_date("connected_since")?;
    let not_connected_because = row.optional_text("not_connected_because")?;
    row.skip(1);
    let takes_consent = row.flag("takes_consent")?;
    Ok(Insurer { number, name, connected_since, not_connected_because, takes_consent })
}

fn average(row: Row) -> Result<StepAverage, StoreError> {
    let mut row = row.of("insurer_average");
    let step = row.word("step")?;
    row.skip(4);
    Ok(StepAverage { step, cases: row.int("cases")?, tenth_days: row.int("tenth_days")? })
}

fn emergency(row: Row) -> Result<(String, AtMs), StoreError> {
    let mut row = row.of("emergency");
    let account = row.text("account_id")?;
    row.skip(4);
    Ok((account, row.at("until_ms")?))
}
