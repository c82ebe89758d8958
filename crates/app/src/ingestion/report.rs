//! What the municipality's page shows of its transfers (取込の結果).

use tasuki_core::word::Word;
use tasuki_formats::municipal::{Finding, Rule};
use tasuki_store::transfer::{self, StoredFinding, Transfer, TransferFile};

use crate::caller::Staff;
use crate::queue::insurer;
use crate::{App, AppError};

/// One transfer with its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferReport {
    /// The transfer.
    pub transfer: Transfer,
    /// Its files with their counts.
    pub files: Vec<TransferFile>,
    /// Findings that are kept, by rule, the most frequent first.
    pub findings: Vec<(Rule, i64)>,
}

/// A page of findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingPage {
    /// Findings with the names of their files.
    pub findings: Vec<(String, Finding)>,
    /// Where the next page begins: file, line and number; `None` at the end.
    pub next: Option<(String, i64, i64)>,
}

/// A finding as it was made; `None` when its rule is of a newer version.
pub(super) fn finding(stored: StoredFinding) -> Option<Finding> {
    Some(Finding {
        line: u64::try_from(stored.line).ok()?,
        column: (!stored.column.is_empty()).then_some(stored.column),
        rule: Rule::from_word(&stored.rule)?,
        value_class: stored.value_class,
        mend: stored.mend,
    })
}

/// Transfers of the insurer that `staff` works for, before number `before`, newest first, at most
/// `limit`.
///
/// # Errors
///
/// [`AppError::Denied`] for staff of anything else.
pub async fn list(
    app: &App,
    staff: &Staff,
    before: Option<i64>,
    limit: u16,
) -> Result<Vec<Transfer>, AppError> {
    Ok(transfer::list(&app.db, insurer(staff)?, before, limit).await?)
}

/// One transfer of an insurer.
///
/// # Errors
///
/// [`AppError::Denied`] for staff of anything but an insurer, [`AppError::NotFound`] when it has no
/// transfer of this number.
pub async fn get(app: &App, staff: &Staff, sequence: i64) -> Result<TransferReport, AppError> {
    let insurer = insurer(staff)?;
    let transfer = transfer::get(&app.db, insurer, sequence).await?.ok_or(AppError::NotFound)?;
    let files = transfer::files(&app.db, insurer, sequence).await?;
    let counts = transfer::finding_counts(&app.db, insurer, sequence).await?;
    let findings = counts
        .into_iter()
        .filter_map(|(rule, count)| Some((Rule::from_word(&rule)?, count)))
        .collect();
    Ok(TransferReport { transfer, files, findings })
}

/// Findings of a transfer after `after`, at most `limit`.
///
/// # Errors
///
/// [`AppError::Denied`] for staff of anything but an insurer.
pub async fn findings(
    app: &App,
    staff: &Staff,
    sequence: i64,
    after: Option<(String, i64, i64)>,
    limit: u16,
) -> Result<FindingPage, AppError> {
    let (file, line, number) = after.unwrap_or_default();
    let place = (&*file, line - i64::from(file.is_empty()), number);
    let found = transfer::findings(&app.db, insurer(staff)?, sequence, place, limit).await?;
    let full = found.len() == usize::from(limit);
    let next =
        found.last().filter(|_| full).map(|last| (last.file.clone(), last.line, last.number));
    let findings = found
        .into_iter()
        .filter_map(|stored| {
            let file = stored.file.clone();
            Some((file, finding(stored)?))
        })
        .collect();
    Ok(FindingPage { findings, next })
}
