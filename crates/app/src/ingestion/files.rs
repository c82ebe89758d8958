//! The files of a transfer, one after the other (ファイルの取込): read ahead, decided, stored.

use std::thread::JoinHandle;

use tasuki_core::word::Word;
use tasuki_formats::municipal::{Finding, Summary};
use tasuki_store::transfer::{self, FINDING, TransferFile};
use tasuki_store::{Bulk, StoreError, Value, ingestion};
use tokio::sync::mpsc;

use super::decide::{self, Decider};
use super::lane::Lane;
use super::prepare::{self, Part, Reading};
use super::source::{Plan, PlannedFile};
use super::standing::abandon;
use super::{FileReport, Listener, Options, Progress, Report, findings};
use crate::AppError;

/// Batches that are read before they are decided.
const READ_AHEAD: usize = 4;

/// A transfer while its files are taken.
pub(super) struct Taking<'a> {
    pub(super) decider: Decider<'a>,
    pub(super) options: &'a Options,
    pub(super) listener: &'a Listener,
    pub(super) files: Vec<TransferFile>,
    pub(super) report: Report,
}

impl Taking<'_> {
    /// Takes every file; answers what is wrong when the transfer must be refused as a whole.
    pub(super) async fn all_files(
        &mut self,
        plan: &Plan,
    ) -> Result<Option<Vec<Finding>>, AppError> {
        let lines = plan.files.iter().map(|file| file.announced.lines).sum();
        (self.listener)(Progress::Begins { lines });
        for planned in &plan.files {
            let name = planned.name.to_string();
            let Some(place) = self.files.iter().position(|file| file.name == name) else {
                continue;
            };
            let mut file = self.files.remove(place);
            let refused = self.file(planned, &mut file).await?;
            self.files.push(file);
            if refused.is_some() {
                return Ok(refused);
            }
        }
        Ok(None)
    }

    /// Takes one file.
    async fn file(
        &mut self,
        planned: &PlannedFile,
        file: &mut TransferFile,
    ) -> Result<Option<Vec<Finding>>, AppError> {
        let done = u64::try_from(file.lines_done).unwrap_or(0);
        (self.listener)(Progress::File { name: &file.name, lines_done: done });
        self.decider.begin_file();
        let mut summary = summary(file);
        summary.findings = self.findings_before(file).await?;
        let (send, mut parts) = mpsc::channel(READ_AHEAD);
        let reading = Reading {
            path: planned.path.clone(),
            name: planned.name.clone(),
            skip: done,
            batch_bytes: self.options.batch_bytes,
            key: self.decider.key.clone(),
        };
        let reader = read_aside(reading, send)?;
        let mut lane = Lane::open(self.decider.app.db.clone());
        let mut refused = None;
        while let Some(part) = parts.recv().await {
            match part {
                Part::Lines(batch) => {
                    let line = batch.line;
                    let (rows, outcome) = self.decider.decide(planned.name.kind, batch).await?;
                    file.lines_done = i64::try_from(line).unwrap_or(i64::MAX);
                    self.count(file, &mut summary, &outcome);
                    let bulk = rows.into_bulk();
                    self.store(file, bulk, &outcome.findings, &mut lane).await?;
                    (self.listener)(Progress::Lines { name: &file.name, lines_done: line });
                }
                Part::Header(findings) => {
                    summary.findings += count(&findings);
                    let mut rows = decide::Rows::default();
                    if self.decider.marks {
                        let kind = planned.name.kind.word();
                        self.decider.mark("", ingestion::ending::UNREAD, kind, &mut rows);
                    }
                    self.store(file, rows.into_bulk(), &findings, &mut lane).await?;
                }
                Part::End(came) => {
                    let findings = planned.announced.findings(&came);
                    refused = (!findings.is_empty()).then_some(findings);
                }
                Part::Broken(error) => return Err(AppError::Unavailable(error.into())),
            }
        }
        reader.join().map_err(|_| AppError::Unavailable("the reading of a file broke".into()))?;
        if refused.is_none() {
            file.complete = true;
            self.store(file, Bulk::new(), &[], &mut lane).await?;
        }
        lane.close().await?;
        let report = FileReport { name: file.name.clone(), kind: planned.name.kind, summary };
        (self.listener)(Progress::FileEnds { file: &report });
        self.report.files.push(report);
        Ok(refused)
    }

    fn count(&self, file: &mut TransferFile, summary: &mut Summary, outcome: &decide::Outcome) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        file.taken += number(outcome.taken);
        file.unchanged += number(outcome.unchanged);
        file.refused += number(outcome.refused);
        summary.lines += outcome.taken + outcome.unchanged + outcome.refused;
        summary.taken += outcome.taken;
        summary.unchanged += outcome.unchanged;
        summary.refused += outcome.refused;
        summary.findings += count(&outcome.findings);
    }

    /// Tells the findings and sends a batch on its way.
    async fn store(
        &self,
        file: &TransferFile,
        bulk: Bulk,
        findings: &[Finding],
        lane: &mut Lane,
    ) -> Result<(), AppError> {
        for finding in findings {
            (self.listener)(Progress::Finding { name: &file.name, finding });
        }
        if self.options.dry_run {
            return Ok(());
        }
        let transfer = &self.decider.transfer;
        // What is lost in a crash was not published: the transfer goes on before it.
        let bulk = bulk
            .with(transfer::held(transfer))
            .with(transfer::advance(transfer, file))
            .insert(&FINDING, self.finding_rows(file, findings))
            .lazily();
        lane.store(bulk).await
    }

    /// Tells the findings of a file that was begun before; how many they are.
    async fn findings_before(&self, file: &TransferFile) -> Result<u64, StoreError> {
        let (db, transfer) = (&self.decider.app.db, &self.decider.transfer);
        findings::tell_before(db, transfer, file, self.listener).await
    }

    /// Rows of the findings that are kept.
    fn finding_rows(&self, file: &TransferFile, findings: &[Finding]) -> Vec<Vec<Value>> {
        if self.options.findings_kept < file.refused {
            return vec![];
        }
        findings::rows(&self.decider.transfer, &file.name, findings)
    }

    /// Refuses the transfer as a whole: nothing of it is kept but what is wrong with it.
    pub(super) async fn give_up(mut self, findings: Vec<Finding>) -> Result<Report, AppError> {
        let name = self.report.files.last().map(|file| file.name.clone()).unwrap_or_default();
        for finding in &findings {
            (self.listener)(Progress::Finding { name: &name, finding });
        }
        if !self.options.dry_run {
            let (db, transfer) = (&self.decider.app.db, &self.decider.transfer);
            let rows = findings::rows(transfer, &name, &findings);
            db.store(Bulk::new().with(transfer::held(transfer)).insert(&FINDING, rows)).await?;
            abandon(db, transfer, self.decider.now).await?;
        }
        self.report.findings.extend(findings);
        Ok(self.report)
    }
}

/// Reads a file in a thread of its own, with the priority of whoever takes the transfer.
fn read_aside(reading: Reading, parts: mpsc::Sender<Part>) -> Result<JoinHandle<()>, AppError> {
    std::thread::Builder::new()
        .name("tasuki-reading".to_owned())
        .spawn(move || prepare::run(&reading, &parts))
        .map_err(|error| AppError::Unavailable(error.into()))
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

/// The totals of a file as the store keeps them.
pub(super) fn summary(file: &TransferFile) -> Summary {
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let (taken, unchanged, refused) =
        (count(file.taken), count(file.unchanged), count(file.refused));
    Summary { lines: taken + unchanged + refused, taken, unchanged, refused, findings: refused }
}
