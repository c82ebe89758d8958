//! What a municipality's file writes (取込): rows that nobody sees before their generation is
//! published.
//!
//! Every row carries the generation of its transfer. Nothing is overwritten: a changed record is
//! a new version, a deletion a row that ends the series. Papers and registrations of files are
//! told from those made on the platform by their names: a history number (履歴番号) has at most
//! twenty characters, an id of the platform thirty-six, and an id made from a file begins with
//! `file-`.

use jiff::civil::Date;
use tasuki_core::certification::PostponementDays;
use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;

use crate::dialect::{Column, Conflict, Table};
use crate::error::StoreError;
use crate::row::Value;
use crate::transfer::{Transfer, held};
use crate::{Bulk, Change, Db, params};

pub mod average;
pub mod ending;
pub mod heads;

/// Insured persons.
pub static PERSON: Table = Table::new(
    "insured_person",
    Conflict::Fail,
    &[
        ("insurer_number", Column::Text),
        ("insured_number", Column::Text),
        ("generation", Column::Int),
        ("birth_date", Column::Text),
        ("sex", Column::Text),
        ("kana_key", Column::Text),
        ("deleted", Column::Int),
        ("received_at_ms", Column::Int),
        ("digest", Column::Bytes),
        ("body", Column::Bytes),
    ],
);

/// Shared papers.
pub static PAPER: Table = Table::new(
    "document",
    Conflict::Fail,
    &[
        ("insurer_number", Column::Text),
        ("insured_number", Column::Text),
        ("kind", Column::Text),
        ("series", Column::Text),
        ("version", Column::Int),
        ("generation", Column::Int),
        ("author", Column::Text),
        ("valid_from", Column::Text),
        ("valid_until", Column::Text),
        ("received_at_ms", Column::Int),
        ("deleted", Column::Int),
        ("digest", Column::Bytes),
        ("body", Column::Bytes),
    ],
);

/// Entries of the ledger of consents.
pub static CONSENT: Table = Table::new(
    "consent",
    Conflict::Fail,
    &[
        ("insurer_number", Column::Text),
        ("insured_number", Column::Text),
        ("id", Column::Text),
        ("generation", Column::Int),
        ("given_at_ms", Column::Int),
        ("valid_from", Column::Text),
        ("valid_until", Column::Text),
        ("withdrawn_at_ms", Column::Int),
        ("withdrawn_by", Column::Text),
        ("body", Column::Bytes),
        ("version", Column::Int),
    ],
);

/// Registrations that follow from opinion requests.
pub static ASSIGNMENT: Table = Table::new(
    "assignment",
    Conflict::Fail,
    &[
        ("insurer_number", Column::Text),
        ("insured_number", Column::Text),
        ("id", Column::Text),
        ("generation", Column::Int),
        ("provider_number", Column::Text),
        ("identity_check", Column::Text),
        ("started_at_ms", Column::Int),
        ("ended_at_ms", Column::Int),
        ("ended_by", Column::Text),
        ("version", Column::Int),
        ("body", Column::Bytes),
    ],
);

/// Months of service; a month that is known stays.
pub static SERVICE_USE: Table = Table::new(
    "service_use",
    Conflict::Keep,
    &[
        ("insurer_number", Column::Text),
        ("insured_number", Column::Text),
        ("provider_number", Column::Text),
        ("month", Column::Text),
        ("generation", Column::Int),
    ],
);

/// Records that brought months of service.
pub static SERVICE_RECORD: Table = Table::new(
    "service_record",
    Conflict::Fail,
    &[
        ("insurer_number", Column::Text),
        ("insured_number", Column::Text),
        ("id", Column::Text),
        ("generation", Column::Int),
        ("provider_number", Column::Text),
        ("month", Column::Text),
        ("ended_at_ms", Column::Int),
    ],
);

/// Where certifications stand.
pub static STEP: Table = Table::new(
    "certification_step",
    Conflict::Fail,
    &[
        ("insurer_number", Column::Text),
        ("insured_number", Column::Text),
        ("series", Column::Text),
        ("version", Column::Int),
        ("generation", Column::Int),
        ("filed_on", Column::Text),
        ("survey_done_on", Column::Text),
        ("opinion_asked_on", Column::Text),
        ("opinion_received_on", Column::Text),
        ("opinion_provider", Column::Text),
        ("board_planned_on", Column::Text),
        ("board_held_on", Column::Text),
        ("postponed_on", Column::Text),
        ("postponed_until", Column::Text),
        ("closed_on", Column::Text),
    ],
);

/// Id of the `number`-th entry (from 1) that the record `history` of a file made.
pub fn file_id(history: &str, number: u32) -> String {
    format!("file-{history}.{number}")
}

/// History and number of an id that [`file_id`] made; `None` for ids of the platform.
pub fn parse_file_id(id: &str) -> Option<(&str, u32)> {
    let (history, number) = id.strip_prefix("file-")?.rsplit_once('.')?;
    Some((history, number.parse().ok()?))
}

/// Persons of one page of [`discard`].
const PAGE: i64 = 2_000;

/// Removes every row of a generation that was not published: of a transfer that is given up.
///
/// A process that stood still meanwhile removes nothing: the same generation is by then that of
/// whoever took the transfer over.
///
/// # Errors
///
/// [`StoreError::Stale`] when another process has taken the transfer over; other ones when the
/// database fails: the rest goes with the next try.
pub async fn discard(db: &Db, transfer: &Transfer) -> Result<(), StoreError> {
    let Transfer { insurer, generation, .. } = transfer;
    let mut after = String::new();
    while let Some(until) = page_end(db, insurer, &after, PAGE).await? {
        let within = || params![insurer, *generation, &*after, &*until];
        let change = held(transfer)
            .with(DISCARD_PAPERS, within())
            .with(DISCARD_CONSENTS, within())
            .with(DISCARD_ASSIGNMENTS, within())
            .with(DISCARD_SERVICE_USES, within())
            .with(DISCARD_SERVICE_RECORDS, within())
            .with(DISCARD_STEPS, within())
            .with(DISCARD_PERSONS, within());
        db.store(Bulk::new().with(change)).await?;
        after = until;
    }
    forget_seen(db, transfer, held).await
}

const DISCARD_PERSONS: &str = "DELETE FROM insured_person
  WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4";
const DISCARD_PAPERS: &str = "DELETE FROM document
  WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4";
const DISCARD_CONSENTS: &str = "DELETE FROM consent
  WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4";
const DISCARD_ASSIGNMENTS: &str = "DELETE FROM assignment
  WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4";
const DISCARD_SERVICE_USES: &str = "DELETE FROM service_use
  WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4";
const DISCARD_SERVICE_RECORDS: &str = "DELETE FROM service_record
  WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4";
const DISCARD_STEPS: &str = "DELETE FROM certification_step
  WHERE insurer_number = $1 AND generation = $2 AND insured_number > $3 AND insured_number <= $4";

/// Removes the marks of a transfer, page by page so that other writes are not kept waiting; `guard`
/// goes with each page.
///
/// # Errors
///
/// [`StoreError`] when the guard refuses or the database fails.
pub async fn forget_seen(
    db: &Db,
    transfer: &Transfer,
    guard: impl Fn(&Transfer) -> Change,
) -> Result<(), StoreError> {
    let (insurer, sequence) = (&transfer.insurer, transfer.sequence);
    loop {
        let last = db
            .row(
                "SELECT max(insured_number)
                   FROM (SELECT insured_number
                           FROM transfer_seen
                          WHERE insurer_number = $1 AND sequence = $2
                          ORDER BY insured_number
                          LIMIT 10000) page
                  LIMIT 1",
                params![insurer, sequence],
            )
            .await?;
        let Some(mut row) = last.map(|row| row.of("transfer_seen")) else { return Ok(()) };
        let Some(until) = row.optional_text("insured_number")? else { return Ok(()) };
        let change = guard(transfer).with(
            "DELETE FROM transfer_seen
              WHERE insurer_number = $1 AND sequence = $2 AND insured_number <= $3",
            params![insurer, sequence, until],
        );
        db.store(Bulk::new().with(change)).await?;
    }
}

/// The last number of the next `size` persons after `after`; `None` when there are no more.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn page_end(
    db: &Db,
    insurer: &InsurerNumber,
    after: &str,
    size: i64,
) -> Result<Option<String>, StoreError> {
    let row = db
        .row(
            "SELECT max(insured_number)
               FROM (SELECT insured_number
                       FROM insured_person
                      WHERE insurer_number = $1 AND insured_number > $2
                      ORDER BY insured_number
                      LIMIT $3) page
              LIMIT 1",
            params![insurer, after, size],
        )
        .await?;
    row.map_or(Ok(None), |row| row.of("insured_person").optional_text("insured_number"))
}

/// What readers see changes from one generation to the next.
#[derive(Debug)]
pub struct Publication<'a> {
    /// Whose.
    pub insurer: &'a InsurerNumber,
    /// The transfer whose marks end consents and registrations.
    pub sequence: i64,
    /// Generation that readers see until now.
    pub former: i64,
    /// Generation that they see from now on.
    pub generation: i64,
    /// When.
    pub at: AtMs,
}

/// Makes a generation visible: entries that end do so in the same moment.
pub fn publish(publication: &Publication<'_>) -> Change {
    let Publication { insurer, sequence, former, generation, at } = *publication;
    let mut change = crate::insurer::publish(insurer, former, generation).with(
        "UPDATE insurer
            SET connected_since = coalesce(connected_since, $2), not_connected_because = NULL
          WHERE number = $1 AND (connected_since IS NULL OR not_connected_because IS NOT NULL)",
        params![insurer, at.date()],
    );
    for (kind, by) in [(ending::CONSENT_END, "insurer"), (ending::CONSENT_REPLACED, "replaced")] {
        change = change.with(
            "UPDATE consent
                SET withdrawn_at_ms = $4, withdrawn_by = $5, version = version + 1
              WHERE insurer_number = $1 AND withdrawn_at_ms IS NULL
                AND (insured_number, id) IN
                    (SELECT insured_number, series FROM transfer_seen
                      WHERE insurer_number = $1 AND sequence = $2 AND kind = $3)",
            params![insurer, sequence, kind, at, by],
        );
    }
    change
        .with(
            "UPDATE assignment
                SET ended_at_ms = $4, ended_by = 'insurer', version = version + 1
              WHERE insurer_number = $1 AND ended_at_ms IS NULL
                AND (insured_number, id) IN
                    (SELECT insured_number, series FROM transfer_seen
                      WHERE insurer_number = $1 AND sequence = $2 AND kind = $3)",
            params![insurer, sequence, ending::ASSIGNMENT_END, at],
        )
        .and(months(publication))
}

/// Months of service follow their records: one ends with the last of them, and counts again with
/// a new one.
fn months(publication: &Publication<'_>) -> Change {
    let Publication { insurer, sequence, generation, at, .. } = *publication;
    Change::new()
        .with(
            "UPDATE service_record
                SET ended_at_ms = $4
              WHERE insurer_number = $1 AND ended_at_ms IS NULL
                AND (insured_number, id) IN
                    (SELECT insured_number, series FROM transfer_seen
                      WHERE insurer_number = $1 AND sequence = $2 AND kind = $3)",
            params![insurer, sequence, ending::SERVICE_END, at],
        )
        .with(
            "UPDATE service_use
                SET ended_at_ms = $4
              WHERE insurer_number = $1 AND ended_at_ms IS NULL
                AND (insured_number, provider_number, month) IN
                    (SELECT r.insured_number, r.provider_number, r.month
                       FROM transfer_seen t
                       JOIN service_record r ON r.insurer_number = t.insurer_number
                        AND r.insured_number = t.insured_number AND r.id = t.series
                      WHERE t.insurer_number = $1 AND t.sequence = $2 AND t.kind = $3)
                AND NOT EXISTS
                    (SELECT 1 FROM service_record o
                      WHERE o.insurer_number = service_use.insurer_number
                        AND o.insured_number = service_use.insured_number
                        AND o.provider_number = service_use.provider_number
                        AND o.month = service_use.month AND o.ended_at_ms IS NULL)",
            params![insurer, sequence, ending::SERVICE_END, at],
        )
        .with(
            "UPDATE service_use
                SET ended_at_ms = NULL
              WHERE insurer_number = $1 AND ended_at_ms IS NOT NULL
                AND (insured_number, provider_number, month) IN
                    (SELECT insured_number, provider_number, month
                       FROM service_record
                      WHERE insurer_number = $1 AND generation = $2 AND ended_at_ms IS NULL)",
            params![insurer, generation],
        )
}

/// Dates of a progress paper for the row of [`STEP`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDates {
    /// Day of the application.
    pub filed_on: Date,
    /// Day of the survey.
    pub survey_done_on: Option<Date>,
    /// Day the opinion was asked for.
    pub opinion_asked_on: Option<Date>,
    /// Day it came.
    pub opinion_received_on: Option<Date>,
    /// Institution that writes it.
    pub opinion_provider: Option<String>,
    /// Day the board will sit.
    pub board_planned_on: Option<Date>,
    /// Day it sat.
    pub board_held_on: Option<Date>,
    /// Notice that the decision will be late.
    pub postponement: Option<PostponementDays>,
    /// Day of the decision or other end.
    pub closed_on: Option<Date>,
}

impl StepDates {
    /// The row of [`STEP`] for one version of a progress paper.
    pub fn into_row(
        self,
        insurer: &InsurerNumber,
        insured: &str,
        series: &str,
        version: i64,
        generation: i64,
    ) -> Vec<Value> {
        params![
            insurer,
            insured,
            series,
            version,
            generation,
            self.filed_on,
            self.survey_done_on,
            self.opinion_asked_on,
            self.opinion_received_on,
            self.opinion_provider,
            self.board_planned_on,
            self.board_held_on,
            self.postponement.map(|days| days.notified_on),
            self.postponement.map(|days| days.expected_by),
            self.closed_on,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_files_are_read_back_and_others_are_not_taken_for_them() {
        assert_eq!(parse_file_id(&file_id("2026-11.3", 2)), Some(("2026-11.3", 2)));
        assert_eq!(parse_file_id("01890a5d-ac96-774b-bcce-b302099a8057"), None);
    }
}
