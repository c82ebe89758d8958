//! Transfers of municipal files (市町村からのデータ): rows of `transfer`, its files and findings.

mod finding;
mod progress;

use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::word::Word;

use crate::dialect::{Column, Conflict, Table};
use crate::error::StoreError;
use crate::row::Row;
use crate::{Db, params};

pub use finding::{FINDING, StoredFinding, finding_counts, finding_row, findings};
pub use progress::{advance, begin, failed, held, published, take_over};

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
    transfers(rows)
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
    transfers(rows)
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

fn transfers(rows: Vec<Row>) -> Result<Vec<Transfer>, StoreError> {
    rows.into_iter().map(transfer).collect()
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
