//! Findings on their way into the store (指摘の保存), and told again when a transfer goes on.

use tasuki_core::word::Word;
use tasuki_formats::municipal::Finding;
use tasuki_store::transfer::{self, StoredFinding, Transfer, TransferFile};
use tasuki_store::{Db, StoreError, Value};

use super::{Listener, Progress};

/// Findings of a file as rows.
pub(super) fn rows(transfer: &Transfer, file: &str, findings: &[Finding]) -> Vec<Vec<Value>> {
    let row = |stored| transfer::finding_row(&transfer.insurer, transfer.sequence, stored);
    numbered(file, findings).into_iter().map(row).collect()
}

/// Findings as stored: those of one line are counted from 0.
fn numbered(file: &str, findings: &[Finding]) -> Vec<StoredFinding> {
    let mut stored: Vec<StoredFinding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let line = i64::try_from(finding.line).unwrap_or(i64::MAX);
        let number = match stored.last() {
            Some(before) if before.line == line => before.number + 1,
            _ => 0,
        };
        stored.push(StoredFinding {
            file: file.to_owned(),
            line,
            number,
            column: finding.column.clone().unwrap_or_default(),
            rule: finding.rule.word().to_owned(),
            value_class: finding.value_class.clone(),
            mend: finding.mend.clone(),
        });
    }
    stored
}

/// Tells the findings that a broken transfer had before in a file; how many they are.
pub(super) async fn tell_before(
    db: &Db,
    transfer: &Transfer,
    file: &TransferFile,
    listener: &Listener,
) -> Result<u64, StoreError> {
    /// Findings read at once.
    const PAGE: u16 = 1_000;
    let Transfer { insurer, sequence, .. } = transfer;
    let (mut told, mut after) = (0, (-1, 0));
    if file.lines_done == 0 {
        return Ok(0);
    }
    loop {
        let place = (&*file.name, after.0, after.1);
        let page = transfer::findings(db, insurer, *sequence, place, PAGE).await?;
        let page: Vec<_> = page.into_iter().filter(|found| found.file == file.name).collect();
        let Some(last) = page.last() else { return Ok(told) };
        after = (last.line, last.number);
        for stored in page {
            told += 1;
            if let Some(finding) = super::report::finding(stored) {
                listener(Progress::Finding { name: &file.name, finding: &finding });
            }
        }
    }
}
