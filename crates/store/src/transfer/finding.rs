//! Findings of a transfer (指摘): rows of `transfer_finding`, read in the order of files and lines.

use tasuki_core::insurer::InsurerNumber;

use crate::dialect::{Column, Conflict, Table};
use crate::error::StoreError;
use crate::row::Value;
use crate::{Db, params};

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
