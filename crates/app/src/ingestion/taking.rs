//! Taking a transfer (取込): which one it is, its files one by one, its end.

use tasuki_core::date::AtMs;
use tasuki_core::event::Actor;
use tasuki_formats::municipal::{Finding, MANIFEST_NAME, Rule, Scope};
use tasuki_store::insurer;
use tasuki_store::transfer::TransferFile;

use super::decide::Decider;
use super::files::{Taking, summary};
use super::keys::Keys;
use super::source::{Plan, PlannedFile};
use super::standing::{Standing, begin, go_on, standing};
use super::{FileReport, Listener, Options, Outcome, Progress, Report, publish};
use crate::{App, AppError};

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
        Standing::Refused(_) => {
            report.findings.push(Finding::cell(0, "sequence", Rule::SequenceGap, ""));
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
    if let Standing::Refused(_) = standing {
        report.findings.push(Finding::cell(0, "sequence", Rule::SequenceGap, ""));
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

/// The files of a transfer that was taken before, with the totals of that time.
fn files_before(plan: &Plan, files: &[TransferFile]) -> Vec<FileReport> {
    let report = |planned: &PlannedFile| {
        let name = planned.name.to_string();
        let known = files.iter().find(|file| file.name == name)?;
        Some(FileReport { name, kind: planned.name.kind, summary: summary(known) })
    };
    plan.files.iter().filter_map(report).collect()
}
