//! Counts without persons (統計): for the insurer's overview and its table of looks.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;

use crate::error::StoreError;
use crate::{Db, params};

/// Certified persons of an insurer, and those of them with a consent that stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConsentCount {
    /// Persons whose certification is in force.
    pub certified: i64,
    /// Of those, with a consent that has begun, is not past its last day and was not taken back.
    pub with_consent: i64,
}

/// Counts the certified persons of an insurer on the day of `now`, and their consents that stand.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn consents(
    db: &Db,
    insurer: &InsurerNumber,
    now: AtMs,
) -> Result<ConsentCount, StoreError> {
    let row = db
        .row(
            "SELECT COUNT(*), CAST(coalesce(sum(p.consented), 0) AS BIGINT)
               FROM (SELECT d.insured_number,
                            MAX(CASE WHEN EXISTS
                                (SELECT 1 FROM consent c
                                  WHERE c.insurer_number = d.insurer_number
                                    AND c.insured_number = d.insured_number
                                    AND c.given_at_ms <= $3
                                    AND (c.valid_from IS NULL OR c.valid_from <= $2)
                                    AND (c.valid_until IS NULL OR c.valid_until >= $2)
                                    AND (c.withdrawn_at_ms IS NULL OR c.withdrawn_at_ms > $3)
                                    AND c.generation <=
                                        (SELECT generation FROM insurer WHERE number = $1))
                                THEN 1 ELSE 0 END) AS consented
                       FROM document d
                      WHERE d.insurer_number = $1 AND d.kind = 'insured_certificate'
                        AND d.deleted = 0 AND d.valid_from <= $2 AND d.valid_until >= $2
                        AND d.generation <= (SELECT generation FROM insurer WHERE number = $1)
                        AND d.version = (SELECT max(n.version) FROM document n
                                          WHERE n.insurer_number = d.insurer_number
                                            AND n.insured_number = d.insured_number
                                            AND n.kind = d.kind AND n.series = d.series
                                            AND n.generation <=
                                                (SELECT generation FROM insurer
                                                  WHERE number = $1))
                      GROUP BY d.insured_number) p
              LIMIT 1",
            params![insurer, now.date(), now],
        )
        .await?;
    let Some(row) = row else { return Ok(ConsentCount::default()) };
    let mut row = row.of("document");
    Ok(ConsentCount { certified: row.int("certified")?, with_consent: row.int("with_consent")? })
}

/// Whom it concerns when an insurer's persons are opened in a disaster (開放の広がり).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// Persons in the insurer's register.
    pub persons: i64,
    /// Offices and institutions that are in charge of one of them.
    pub in_charge: i64,
    /// Offices and institutions of the whole platform that are not stopped.
    pub offices: i64,
}

/// Counts whom an open region of `insurer` would concern.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn reach(db: &Db, insurer: &InsurerNumber) -> Result<Reach, StoreError> {
    let row = db
        .row(
            "SELECT (SELECT COUNT(*)
                       FROM insured_person p
                      WHERE p.insurer_number = $1 AND p.deleted = 0
                        AND p.generation = (SELECT max(n.generation)
                                              FROM insured_person n
                                             WHERE n.insurer_number = p.insurer_number
                                               AND n.insured_number = p.insured_number
                                               AND n.generation <=
                                                   (SELECT generation FROM insurer
                                                     WHERE number = $1))),
                    (SELECT COUNT(DISTINCT a.provider_number)
                       FROM assignment a
                      WHERE a.insurer_number = $1 AND a.ended_at_ms IS NULL
                        AND a.generation <= (SELECT generation FROM insurer WHERE number = $1)),
                    (SELECT COUNT(*) FROM provider WHERE active = 1)
              LIMIT 1",
            params![insurer],
        )
        .await?;
    let Some(row) = row else { return Ok(Reach::default()) };
    let mut row = row.of("insured_person");
    Ok(Reach {
        persons: row.int("persons")?,
        in_charge: row.int("in_charge")?,
        offices: row.int("offices")?,
    })
}

/// Looks of one organisation at persons of one insurer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    /// Who looked; `None` for the persons themselves.
    pub organisation: Option<Organisation>,
    /// Name of the office, when it is one and known.
    pub name: Option<String>,
    /// How often.
    pub looks: i64,
    /// How many different persons.
    pub persons: i64,
}

/// Looks at an insurer's persons from `from` until before `until`, by organisation, most first.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn looks(
    db: &Db,
    insurer: &InsurerNumber,
    from: AtMs,
    until: AtMs,
    limit: u16,
) -> Result<Vec<Looks>, StoreError> {
    let rows = db
        .rows(
            "SELECT e.organisation, MAX(p.name), COUNT(*), COUNT(DISTINCT e.insured_number)
               FROM event e
               LEFT JOIN provider p ON p.number = substr(e.organisation, 10)
              WHERE e.insurer_number = $1 AND e.at_ms >= $2 AND e.at_ms < $3
                AND e.action IN ('look', 'print', 'export') AND e.insured_number <> ''
              GROUP BY e.organisation
              ORDER BY COUNT(*) DESC, e.organisation
              LIMIT $4",
            params![insurer, from, until, i64::from(limit)],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("event");
            let organisation = row.text("organisation")?;
            let organisation = match organisation.as_str() {
                "" => None,
                text => Some(Organisation::parse(text).map_err(|_| row.corrupt("organisation"))?),
            };
            Ok(Looks {
                organisation,
                name: row.optional_text("name")?,
                looks: row.int("looks")?,
                persons: row.int("persons")?,
            })
        })
        .collect()
}
