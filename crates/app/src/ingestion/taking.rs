//! Taking a transfer: which one it is, its files one by one, its end.

use tasuki_core::date::AtMs;
use tasuki_core::event::Actor;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Finding, MANIFEST_NAME, Manifest, Rule, Scope, Summary};
use tasuki_store::transfer::{
    self, FINDING, StoredFinding, Transfer, TransferFile, TransferScope, TransferState,
};
use tasuki_store::{Bulk, Db, StoreError, ingestion, insurer};
use tokio::sync::mpsc;

use super::decide::{self, Decider};
use super::keys::Keys;
use super::lane::Lane;
use super::prepare::{self, Part, Reading};
use super::source::{Plan, PlannedFile};
use super::{FileReport, Listener, Options, Outcome, Progress, Report, publish};
use crate::{App, AppError};

/// What a transfer is to the store.
enum Standing {
    /// It was published with these files.
    Before(Vec<TransferFile>),
    /// It cannot be taken now.
    Refused(Rule),
    /// It begins.
    New,
    /// It broke off and goes on.
    Broken(Transfer, Vec<TransferFile>),
}

/// Takes a planned transfer.
pub(super) async fn run(
    app: &App,
    plan: &Plan,
    options: &Options,
    actor: &Actor,
    now: AtMs,
    listener: &Listener,
) -> Result<Report, AppError> {
    let manifest = &plan.manifest;
    let known = insurer::get(&app.db, &manifest.insurer).await?.ok_or(AppError::NotFound)?;
    let mut report = refused(plan);
    let standing = standing(&app.db, manifest).await?;
    if !plan.findings.is_empty() {
        return with_every_finding(plan, &standing, report, listener).await;
    }
    let (transfer, files, resumed) = match standing {
        Standing::Before(files) => {
            report.outcome = Outcome::TakenBefore;
            report.files = files_before(plan, &files);
            return Ok(report);
        }
        Standing::Refused(rule) => {
            report.findings.push(Finding::cell(0, "sequence", rule, ""));
            tell_all(listener, &report.findings);
            return Ok(report);
        }
        Standing::New => {
            let (transfer, files) =
                begin(&app.db, plan, known.generation, options.dry_run, now).await?;
            (transfer, files, false)
        }
        Standing::Broken(transfer, files) if options.dry_run => (transfer, files, true),
        Standing::Broken(transfer, _) => {
            let (transfer, files) = go_on(&app.db, transfer).await?;
            (transfer, files, true)
        }
    };
    let decider = Decider {
        app,
        key: app.keyring.insurer(&app.db, &manifest.insurer).await?,
        now,
        fresh: known.generation == 0 && !resumed,
        marks: manifest.scope == Scope::Full && 0 < known.generation && !options.dry_run,
        keys: Keys::default(),
        named: if options.dry_run { Keys::unforgetting() } else { Keys::default() },
        gone: Keys::default(),
        transfer,
    };
    let mut taking = Taking { decider, options, listener, files, report };
    if let Some(refused) = taking.all_files(plan).await? {
        return taking.give_up(refused).await;
    }
    if options.dry_run {
        taking.report.outcome = Outcome::Checked;
        return Ok(taking.report);
    }
    finish(taking, plan, known.generation, actor).await
}

/// Shows readers the new state, all of it.
async fn finish(
    taking: Taking<'_>,
    plan: &Plan,
    generation: i64,
    actor: &Actor,
) -> Result<Report, AppError> {
    let Taking { decider, mut report, listener, .. } = taking;
    listener(Progress::Publishing);
    report.ended = publish::end_unseen(&decider, &plan.manifest).await?;
    publish::publish(&decider, &plan.manifest, &report, generation, actor).await?;
    report.outcome = Outcome::Published;
    Ok(report)
}

/// The report of a plan before anything of it is taken.
fn refused(plan: &Plan) -> Report {
    Report {
        insurer: plan.manifest.insurer.clone(),
        sequence: plan.manifest.sequence,
        scope: plan.manifest.scope,
        outcome: Outcome::Refused,
        files: vec![],
        ended: 0,
        findings: plan.findings.clone(),
    }
}

/// A plan with findings is not taken; its sender learns everything that is wrong at once.
async fn with_every_finding(
    plan: &Plan,
    standing: &Standing,
    mut report: Report,
    listener: &Listener,
) -> Result<Report, AppError> {
    if let Standing::Refused(rule) = standing {
        report.findings.push(Finding::cell(0, "sequence", *rule, ""));
    }
    let plan = plan.clone();
    let more = tokio::task::spawn_blocking(move || plan.differences());
    report.findings.extend(more.await.map_err(AppError::internal)?);
    tell_all(listener, &report.findings);
    Ok(report)
}

fn tell_all(listener: &Listener, findings: &[Finding]) {
    for finding in findings {
        listener(Progress::Finding { name: MANIFEST_NAME, finding });
    }
}

/// What this transfer is to the store.
async fn standing(db: &Db, manifest: &Manifest) -> Result<Standing, StoreError> {
    let (insurer, sequence) = (&manifest.insurer, i64::from(manifest.sequence));
    let same = transfer::get(db, insurer, sequence).await?;
    let files = transfer::files(db, insurer, sequence).await?;
    let unchanged = files.len() == manifest.files.len()
        && manifest.files.iter().all(|file| {
            files.iter().any(|known| known.name == file.name && known.sha256 == file.sha256)
        });
    match same {
        Some(found) if found.state == TransferState::Published => {
            return Ok(match unchanged {
                true => Standing::Before(files),
                false => Standing::Refused(Rule::SequenceGap),
            });
        }
        Some(found) if found.state == TransferState::Receiving && unchanged => {
            return Ok(Standing::Broken(found, files));
        }
        _ => {}
    }
    let newest = transfer::newest(db, insurer, TransferState::Published).await?;
    let newest = newest.map_or(0, |transfer| transfer.sequence);
    let follows = match manifest.scope {
        // A full set holds everything: what is missing before it does not matter.
        Scope::Full => newest < sequence,
        Scope::Diff => newest.checked_add(1) == Some(sequence),
    };
    Ok(if follows { Standing::New } else { Standing::Refused(Rule::SequenceGap) })
}

/// The files of a transfer that was taken before, with the totals of that time.
fn files_before(plan: &Plan, files: &[TransferFile]) -> Vec<FileReport> {
    let report = |planned: &PlannedFile| {
        let name = planned.name.to_string();
        let known = files.iter().find(|file| file.name == name)?;
        Some(FileReport { name, kind: planned.name.kind, summary: summary(known) })
    };
    plan.files.iter().filter_map(report).collect()
}

fn summary(file: &TransferFile) -> Summary {
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let (taken, unchanged, refused) =
        (count(file.taken), count(file.unchanged), count(file.refused));
    Summary { lines: taken + unchanged + refused, taken, unchanged, refused, findings: refused }
}

/// Takes over a transfer that broke off. Whoever held it may have stored more until now, and will
/// store nothing more.
async fn go_on(
    db: &Db,
    mut transfer: Transfer,
) -> Result<(Transfer, Vec<TransferFile>), StoreError> {
    db.store(Bulk::new().with(transfer::take_over(&transfer))).await?;
    transfer.version += 1;
    let files = transfer::files(db, &transfer.insurer, transfer.sequence).await?;
    Ok((transfer, files))
}

/// Gives up what another transfer of the insurer has left, and begins this one.
async fn begin(
    db: &Db,
    plan: &Plan,
    published: i64,
    dry_run: bool,
    now: AtMs,
) -> Result<(Transfer, Vec<TransferFile>), StoreError> {
    let Manifest { insurer, sequence, scope, .. } = &plan.manifest;
    let transfer = Transfer {
        insurer: insurer.clone(),
        sequence: i64::from(*sequence),
        scope: TransferScope::from_word(scope.word()).unwrap_or(TransferScope::Diff),
        state: TransferState::Receiving,
        generation: published + 1,
        started_at: now,
        published_at: None,
        version: 1,
    };
    let file = |planned: &PlannedFile| TransferFile {
        name: planned.name.to_string(),
        kind: planned.name.kind.word().to_owned(),
        sha256: planned.announced.sha256.clone(),
        lines_done: 0,
        taken: 0,
        unchanged: 0,
        refused: 0,
        complete: false,
    };
    let files: Vec<TransferFile> = plan.files.iter().map(file).collect();
    if !dry_run {
        if let Some(mut left) = transfer::newest(db, insurer, TransferState::Receiving).await? {
            db.store(Bulk::new().with(transfer::take_over(&left))).await?;
            left.version += 1;
            abandon(db, &left).await?;
        }
        db.store(Bulk::new().with(transfer::begin(&transfer, &files))).await?;
    }
    Ok((transfer, files))
}

/// Removes what a transfer has stored and ends it as failed.
async fn abandon(db: &Db, left: &Transfer) -> Result<(), StoreError> {
    ingestion::discard(db, &left.insurer, left.sequence, left.generation).await?;
    db.store(Bulk::new().with(transfer::failed(left))).await
}

/// Batches that are read before they are decided.
const READ_AHEAD: usize = 4;

/// A transfer while its files are taken.
struct Taking<'a> {
    decider: Decider<'a>,
    options: &'a Options,
    listener: &'a Listener,
    files: Vec<TransferFile>,
    report: Report,
}

impl Taking<'_> {
    /// Takes every file; answers what is wrong when the transfer must be refused as a whole.
    async fn all_files(&mut self, plan: &Plan) -> Result<Option<Vec<Finding>>, AppError> {
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
        summary.findings = self.tell_findings_before(file).await?;
        let (send, mut parts) = mpsc::channel(READ_AHEAD);
        let reading = Reading {
            path: planned.path.clone(),
            name: planned.name.clone(),
            skip: done,
            batch_bytes: self.options.batch_bytes,
            key: self.decider.key.clone(),
        };
        let reader = tokio::task::spawn_blocking(move || prepare::run(&reading, &send));
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
        reader.await.map_err(AppError::internal)?;
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

    /// Tells the findings that a broken transfer had before; how many they are.
    async fn tell_findings_before(&self, file: &TransferFile) -> Result<u64, StoreError> {
        let Transfer { insurer, sequence, .. } = &self.decider.transfer;
        let (mut told, mut after) = (0, (-1, 0));
        if file.lines_done == 0 {
            return Ok(0);
        }
        loop {
            let place = (&*file.name, after.0, after.1);
            let page =
                transfer::findings(&self.decider.app.db, insurer, *sequence, place, 1_000).await?;
            let page: Vec<_> = page.into_iter().filter(|found| found.file == file.name).collect();
            let Some(last) = page.last() else { return Ok(told) };
            after = (last.line, last.number);
            for stored in page {
                told += 1;
                if let Some(finding) = super::report::finding(stored) {
                    (self.listener)(Progress::Finding { name: &file.name, finding: &finding });
                }
            }
        }
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

    /// Rows of the findings that are kept.
    fn finding_rows(
        &self,
        file: &TransferFile,
        findings: &[Finding],
    ) -> Vec<Vec<tasuki_store::Value>> {
        if self.options.findings_kept < file.refused {
            return vec![];
        }
        let Transfer { insurer, sequence, .. } = &self.decider.transfer;
        let row = |stored| transfer::finding_row(insurer, *sequence, stored);
        numbered(&file.name, findings).into_iter().map(row).collect()
    }

    /// Refuses the transfer as a whole: nothing of it is kept but what is wrong with it.
    async fn give_up(mut self, findings: Vec<Finding>) -> Result<Report, AppError> {
        let name = self.report.files.last().map(|file| file.name.clone()).unwrap_or_default();
        for finding in &findings {
            (self.listener)(Progress::Finding { name: &name, finding });
        }
        if !self.options.dry_run {
            let (db, transfer) = (&self.decider.app.db, &self.decider.transfer);
            let row = |stored| transfer::finding_row(&transfer.insurer, transfer.sequence, stored);
            let rows = numbered(&name, &findings).into_iter().map(row).collect();
            db.store(Bulk::new().with(transfer::held(transfer)).insert(&FINDING, rows)).await?;
            abandon(db, transfer).await?;
        }
        self.report.findings.extend(findings);
        Ok(self.report)
    }
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
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
