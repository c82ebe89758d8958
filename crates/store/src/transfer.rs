//! Transfers of municipal files (市町村からのデータ): rows of `transfer`, its files and findings.

use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::word::Word;

use crate::dialect::{Column, Conflict, Table};
use crate::error::StoreError;
use crate::row::{Row, Value};
use crate::{Change, Db, params};

tasuki_core::words! {
    /// Whether a transfer holds all records or changes (全件・差分).
    pub enum TransferScope {
        /// All records.
        Full = "full", "全件";
        /// Changes only.
        Diff = "diff", "差分";
    }
}

tasuki_core::words! {
    /// Where a transfer stands (取込の状態).
    pub enum TransferState {
        /// Being taken, or broken off and waiting to go on.
        Receiving = "receiving", "取り込み中";
        /// Readers see it.
        Published = "published", "反映済み";
        /// Refused as a whole; nothing of it is kept.
        Failed = "failed", "取り込めませんでした";
    }
}

/// A transfer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Who sends.
    pub insurer: InsurerNumber,
    /// Number of the transfer, growing.
    pub sequence: i64,
    /// All, or changes.
    pub scope: TransferScope,
    /// Where it stands.
    pub state: TransferState,
    /// Generation that its rows carry.
    pub generation: i64,
    /// When it began.
    pub started_at: AtMs,
    /// When readers saw it.
    pub published_at: Option<AtMs>,
    /// Grows when another process goes on with it: the former one then stops.
    pub version: i64,
}

/// A file of a transfer, and how far it has been taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferFile {
    /// Its name.
    pub name: String,
    /// Word of its kind of record.
    pub kind: String,
    /// SHA-256 as announced, lower-case hexadecimal.
    pub sha256: String,
    /// Lines passed, the header included.
    pub lines_done: i64,
    /// Lines that changed something.
    pub taken: i64,
    /// Lines that said what was known.
    pub unchanged: i64,
    /// Lines refused.
    pub refused: i64,
    /// Taken to its end.
    pub complete: bool,
}

/// A finding as stored: place, rule and class of the value, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// File it is about.
    pub file: String,
    /// Line, the header being line 1; 0: the file as a whole.
    pub line: i64,
    /// Counts the findings of one line, from 0.
    pub number: i64,
    /// Column; empty when the whole line is meant.
    pub column: String,
    /// Word of the rule.
    pub rule: String,
    /// Class of the value.
    pub value_class: String,
    /// What to do.
    pub mend: String,
}

/// Keys that a full set has named.
pub static SEEN: Table = Table::new(
    "transfer_seen",
    Conflict::Keep,
    &[
        ("insurer_number", Column::Text),
        ("sequence", Column::Int),
        ("insured_number", Column::Text),
        ("kind", Column::Text),
        ("series", Column::Text),
    ],
);

/// Findings; one that is stored already stays.
pub static FINDING: Table = Table::new(
    "transfer_finding",
    Conflict::Keep,
    &[
        ("insurer_number", Column::Text),
        ("sequence", Column::Int),
        ("file", Column::Text),
        ("line", Column::Int),
        ("number", Column::Int),
        ("column_name", Column::Text),
        ("rule", Column::Text),
        ("value_class", Column::Text),
        ("mend", Column::Text),
    ],
);

/// A row of [`FINDING`].
pub fn finding_row(insurer: &InsurerNumber, sequence: i64, finding: StoredFinding) -> Vec<Value> {
    let StoredFinding { file, line, number, column, rule, value_class, mend } = finding;
    params![insurer, sequence, file, line, number, column, rule, value_class, mend]
}

/// Begins a transfer; a failed one of the same number is begun anew.
pub fn begin(transfer: &Transfer, files: &[TransferFile]) -> Change {
    let Transfer { insurer, sequence, .. } = transfer;
    let mut change = forget(insurer, *sequence).with(
        "INSERT INTO transfer (insurer_number, sequence, scope, state, generation,
                started_at_ms, version)
         VALUES ($1, $2, $3, 'receiving', $4, $5, $6)",
        params![
            insurer,
            *sequence,
            transfer.scope.word(),
            transfer.generation,
            transfer.started_at,
            transfer.version,
        ],
    );
    for file in files {
        change = change.with(
            "INSERT INTO transfer_file (insurer_number, sequence, name, kind, sha256, lines_done,
                    taken, unchanged, refused, complete, version)
             VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 1)",
            params![insurer, *sequence, &*file.name, &*file.kind, &*file.sha256],
        );
    }
    change
}

/// Removes what is known of a transfer that was not published.
fn forget(insurer: &InsurerNumber, sequence: i64) -> Change {
    Change::new()
        .with(
            "DELETE FROM transfer_finding
              WHERE insurer_number = $1 AND sequence = $2
                AND NOT EXISTS (SELECT 1 FROM transfer t
                                 WHERE t.insurer_number = $1 AND t.sequence = $2
                                   AND t.state = 'published')",
            params![insurer, sequence],
        )
        .with(
            "DELETE FROM transfer_file
              WHERE insurer_number = $1 AND sequence = $2
                AND NOT EXISTS (SELECT 1 FROM transfer t
                                 WHERE t.insurer_number = $1 AND t.sequence = $2
                                   AND t.state = 'published')",
            params![insurer, sequence],
        )
        .with(
            "DELETE FROM transfer
              WHERE insurer_number = $1 AND sequence = $2 AND state <> 'published'",
            params![insurer, sequence],
        )
}

/// Takes over a transfer that broke off; whoever held it before is stopped by [`held`].
pub fn take_over(transfer: &Transfer) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version],
    )
}

/// Guards a bulk: stale when another process has taken the transfer over.
pub fn held(transfer: &Transfer) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET version = version
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version],
    )
}

/// Saves how far a file has been taken.
pub fn advance(transfer: &Transfer, file: &TransferFile) -> Change {
    Change::new().with_one(
        "UPDATE transfer_file
            SET lines_done = $4, taken = $5, unchanged = $6, refused = $7, complete = $8,
                version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND name = $3",
        params![
            &transfer.insurer,
            transfer.sequence,
            &*file.name,
            file.lines_done,
            file.taken,
            file.unchanged,
            file.refused,
            file.complete,
        ],
    )
}

/// Ends a transfer as published.
pub fn published(transfer: &Transfer, at: AtMs) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET state = 'published', published_at_ms = $4, version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version, at],
    )
}

/// Ends a transfer as failed.
pub fn failed(transfer: &Transfer) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET state = 'failed', version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version],
    )
}

/// Transfers of an insurer before `before`, newest first, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn list(
    db: &Db,
    insurer: &InsurerNumber,
    before: Option<i64>,
    limit: u16,
) -> Result<Vec<Transfer>, StoreError> {
    let rows = db
        .rows(
            "SELECT insurer_number, sequence, scope, state, generation, started_at_ms,
                    published_at_ms, version
               FROM transfer
              WHERE insurer_number = $1 AND sequence < $2
              ORDER BY sequence DESC
              LIMIT $3",
            params![insurer, before.unwrap_or(i64::MAX), i64::from(limit)],
        )
        .await?;
    rows.into_iter().map(transfer).collect()
}

/// One transfer.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn get(
    db: &Db,
    insurer: &InsurerNumber,
    sequence: i64,
) -> Result<Option<Transfer>, StoreError> {
    let before = sequence.checked_add(1);
    let found = list(db, insurer, before, 1).await?;
    Ok(found.into_iter().next().filter(|found| found.sequence == sequence))
}

/// Transfers of all insurers that are being taken now, the longest first.
///
/// An insurer's transfers are taken one after the other, so only its newest is looked at.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn receiving(db: &Db, limit: u16) -> Result<Vec<Transfer>, StoreError> {
    let rows = db
        .rows(
            "SELECT insurer_number, sequence, scope, state, transfer.generation, started_at_ms,
                    published_at_ms, transfer.version
               FROM insurer
               JOIN transfer
                 ON insurer_number = insurer.number
                AND sequence = (SELECT MAX(newest.sequence)
                                  FROM transfer AS newest
                                 WHERE newest.insurer_number = insurer.number)
              WHERE state = 'receiving'
              ORDER BY started_at_ms, insurer_number
              LIMIT $1",
            params![i64::from(limit)],
        )
        .await?;
    rows.into_iter().map(transfer).collect()
}

/// The newest transfer of an insurer in `state`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn newest(
    db: &Db,
    insurer: &InsurerNumber,
    state: TransferState,
) -> Result<Option<Transfer>, StoreError> {
    let row = db
        .row(
            "SELECT insurer_number, sequence, scope, state, generation, started_at_ms,
                    published_at_ms, version
               FROM transfer
              WHERE insurer_number = $1 AND state = $2
              ORDER BY sequence DESC
              LIMIT 1",
            params![insurer, state.word()],
        )
        .await?;
    row.map(transfer).transpose()
}

/// The files of a transfer, by name.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn files(
    db: &Db,
    insurer: &InsurerNumber,
    sequence: i64,
) -> Result<Vec<TransferFile>, StoreError> {
    let rows = db
        .rows(
            "SELECT name, kind, sha256, lines_done, taken, unchanged, refused, complete
               FROM transfer_file
              WHERE insurer_number = $1 AND sequence = $2
              ORDER BY name
              LIMIT 100",
            params![insurer, sequence],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("transfer_file");
            Ok(TransferFile {
                name: row.text("name")?,
                kind: row.text("kind")?,
                sha256: row.text("sha256")?,
                lines_done: row.int("lines_done")?,
                taken: row.int("taken")?,
                unchanged: row.int("unchanged")?,
                refused: row.int("refused")?,
                complete: row.flag("complete")?,
            })
        })
        .collect()
}

/// Findings of a transfer after the place `after` (file, line, number), in the order of the
/// files, at most `limit`.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn findings(
    db: &Db,
    insurer: &InsurerNumber,
    sequence: i64,
    after: (&str, i64, i64),
    limit: u16,
) -> Result<Vec<StoredFinding>, StoreError> {
    let (file, line, number) = after;
    let rows = db
        .rows(
            "SELECT file, line, number, column_name, rule, value_class, mend
               FROM transfer_finding
              WHERE insurer_number = $1 AND sequence = $2
                AND (file > $3 OR (file = $3 AND (line > $4 OR (line = $4 AND number > $5))))
              ORDER BY file, line, number
              LIMIT $6",
            params![insurer, sequence, file, line, number, i64::from(limit)],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("transfer_finding");
            Ok(StoredFinding {
                file: row.text("file")?,
                line: row.int("line")?,
                number: row.int("number")?,
                column: row.text("column_name")?,
                rule: row.text("rule")?,
                value_class: row.text("value_class")?,
                mend: row.text("mend")?,
            })
        })
        .collect()
}

/// How many findings a transfer has in each rule, the most frequent first.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn finding_counts(
    db: &Db,
    insurer: &InsurerNumber,
    sequence: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = db
        .rows(
            "SELECT rule, count(*)
               FROM transfer_finding
              WHERE insurer_number = $1 AND sequence = $2
              GROUP BY rule
              ORDER BY count(*) DESC, rule
              LIMIT 100",
            params![insurer, sequence],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let mut row = row.of("transfer_finding");
            Ok((row.text("rule")?, row.int("count")?))
        })
        .collect()
}

fn transfer(row: Row) -> Result<Transfer, StoreError> {
    let mut row = row.of("transfer");
    Ok(Transfer {
        insurer: row.parsed("insurer_number", InsurerNumber::parse)?,
        sequence: row.int("sequence")?,
        scope: row.word("scope")?,
        state: row.word("state")?,
        generation: row.int("generation")?,
        started_at: row.at("started_at_ms")?,
        published_at: row.optional_at("published_at_ms")?,
        version: row.int("version")?,
    })
}
