//! Files of municipalities taken in (市町村からのデータの取込).
//!
//! A transfer is streamed: one thread reads and checks lines, another decides what they change and
//! seals it, the store writes. Good lines are taken, bad ones reported and can be sent again in a
//! later transfer. Rows carry the generation after the published one; readers see the old state
//! until one commit publishes the new one, together with its event.
//!
//! One transfer of an insurer is taken at a time: who begins or goes on with one stops whoever
//! held it before, and a broken transfer goes on where its last commit left it.

use std::path::PathBuf;

use serde::Serialize;
use tasuki_core::date::AtMs;
use tasuki_core::event::Actor;
use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::municipal::{Finding, Manifest, RecordKind, Scope, Summary};

use self::spool::Upload;
use crate::{App, AppError};

mod aside;
mod decide;
mod files;
mod findings;
mod keys;
mod lane;
mod prepare;
mod publish;
mod relation;
pub mod report;
mod source;
pub mod spool;
mod standing;
mod taking;

pub use source::Source;
pub use standing::{InTurn, OutOfTurn};

/// How a transfer is taken.
#[derive(Debug, Clone)]
pub struct Options {
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// Bytes of lines that share one commit, about.
    pub batch_bytes: usize,
    /// Findings of one file that the database keeps; all are counted and told to the listener.
    pub findings_kept: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self { dry_run: false, batch_bytes: 64 * 1024, findings_kept: 10_000 }
    }
}

/// What a listener is told while a transfer is taken.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The transfer is sound and begins.
    Begins {
        /// Lines of all files.
        lines: u64,
    },
    /// A file begins, or goes on after a break.
    File {
        /// Its name.
        name: &'a str,
        /// Lines passed before.
        lines_done: u64,
    },
    /// Lines of a file were taken.
    Lines {
        /// The file.
        name: &'a str,
        /// Lines passed in it so far.
        lines_done: u64,
    },
    /// Something is wrong with a line, a file or, under the manifest's name, the transfer.
    Finding {
        /// The file.
        name: &'a str,
        /// What is wrong.
        finding: &'a Finding,
    },
    /// A file has ended.
    FileEnds {
        /// The file with its totals.
        file: &'a FileReport,
    },
    /// All lines are stored; what the set does not name ends, and readers will see the rest.
    Publishing,
}

/// Who listens.
pub type Listener = dyn Fn(Progress<'_>) + Send + Sync;

/// How a transfer came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Readers see it.
    Published,
    /// It was published before; nothing changed.
    TakenBefore,
    /// Something is wrong with the transfer as a whole; nothing of it is kept.
    Refused,
    /// It was only checked.
    Checked,
}

/// What came of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: RecordKind,
    /// Its totals.
    pub summary: Summary,
}

/// What came of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Who sent it.
    pub insurer: InsurerNumber,
    /// Its number.
    pub sequence: u32,
    /// All, or changes.
    pub scope: Scope,
    /// How it came out.
    pub outcome: Outcome,
    /// Its files, in the order in which they were taken.
    pub files: Vec<FileReport>,
    /// Records that ended because the full set does not name them.
    pub ended: u64,
    /// What is wrong with the transfer as a whole.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Totals of all files.
    pub fn summary(&self) -> Summary {
        let mut total = Summary::default();
        for FileReport { summary, .. } in &self.files {
            total.lines += summary.lines;
            total.taken += summary.taken;
            total.unchanged += summary.unchanged;
            total.refused += summary.refused;
            total.findings += summary.findings;
        }
        total
    }
}

/// Takes a transfer of an insurer that the platform knows.
///
/// `actor` is whom the event names: the municipality's staff, or the platform's own command.
///
/// # Errors
///
/// [`AppError::NotFound`] for an unknown insurer, [`AppError::Invalid`] when there is no sound
/// manifest, [`AppError::Conflict`] when another process has taken the transfer over,
/// [`AppError::Unavailable`] when files or database fail: the same call goes on later.
pub async fn take(
    app: &App,
    source: &Source,
    options: &Options,
    actor: &Actor,
    now: AtMs,
    listener: &Listener,
) -> Result<Report, AppError> {
    let reading = source.clone();
    let plan = tokio::task::spawn_blocking(move || reading.plan());
    let plan = plan.await.map_err(AppError::internal)??;
    taking::run(app, &plan, options, actor, now, listener).await
}

/// Takes a transfer beside the other work of a server, in a thread of its own that gives way to it.
///
/// # Errors
///
/// As of [`take`].
pub async fn take_aside(
    app: App,
    source: Source,
    actor: Actor,
    now: AtMs,
) -> Result<Report, AppError> {
    aside::run(move |runtime| {
        runtime.block_on(take(&app, &source, &Options::default(), &actor, now, &|_| {}))
    })
    .await?
}

/// Takes an upload that has come whole, and removes its files. When taking fails they stay, and the
/// same call goes on later.
///
/// # Errors
///
/// As of [`take`], and [`AppError::Conflict`] when a file is not whole.
pub async fn take_upload(
    app: App,
    upload: Upload,
    actor: Actor,
    now: AtMs,
) -> Result<Report, AppError> {
    let whole = upload.clone();
    let source = tokio::task::spawn_blocking(move || whole.finish());
    let source = source.await.map_err(AppError::internal)??;
    let report = take_aside(app, source, actor, now).await?;
    let removed = tokio::task::spawn_blocking(move || upload.remove());
    removed.await.map_err(AppError::internal)??;
    Ok(report)
}

/// Where a transfer stands among those of its insurer, as far as its manifest tells: for a sender
/// who waits for an answer before the files are read.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn turn(app: &App, manifest: &Manifest) -> Result<InTurn, AppError> {
    Ok(standing::standing(&app.db, manifest).await?.turn())
}

/// The number of the next transfer of an insurer (次の送信の番号).
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn next_sequence(app: &App, insurer: &InsurerNumber) -> Result<i64, AppError> {
    Ok(standing::next(&app.db, insurer).await?)
}

/// A folder with a manifest, or single files, as a command line names them.
///
/// # Errors
///
/// [`AppError::Invalid`] when a folder stands among several names.
pub fn source_of(paths: Vec<PathBuf>) -> Result<Source, AppError> {
    match <[PathBuf; 1]>::try_from(paths) {
        Ok([path]) if path.is_dir() => Ok(Source::Folder(path)),
        Ok([path]) => Ok(Source::Files(vec![path])),
        Err(paths) if paths.iter().any(|path| path.is_dir()) => {
            Err(AppError::invalid("file", "municipal-file-name"))
        }
        Err(paths) => Ok(Source::Files(paths)),
    }
}
