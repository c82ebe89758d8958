//! What a municipality sent and what became of it (送ったファイルの画面).

use askama::Template;
use tasuki_core::date::AtMs;

use crate::page::{Badge, Form, Pager, Shell, filters};

/// One transfer in a list.
#[derive(Debug, Clone)]
pub struct TransferLine {
    /// Number.
    pub sequence: i64,
    /// Its page.
    pub href: String,
    /// 全件・差分.
    pub scope: &'static str,
    /// State.
    pub state: Badge,
    /// When it began.
    pub started_at: AtMs,
    /// When readers saw it.
    pub published_at: Option<AtMs>,
    /// Lines that changed something.
    pub taken: i64,
    /// Lines that said what was known.
    pub unchanged: i64,
    /// Lines refused.
    pub refused: i64,
}

/// Transfers.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_transfers.html")]
pub struct TransfersPage {
    /// Frame.
    pub shell: Shell,
    /// Transfers, newest first.
    pub lines: Vec<TransferLine>,
    /// Steps through the list.
    pub pager: Pager,
}

/// One transfer with its files and findings.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_transfer.html")]
pub struct TransferPage {
    /// Frame.
    pub shell: Shell,
    /// The transfer.
    pub transfer: TransferLine,
    /// It is being taken: the numbers grow.
    pub running: bool,
    /// Its files.
    pub files: Vec<FileLine>,
    /// Findings by rule, most frequent first.
    pub rules: Vec<(&'static str, i64)>,
    /// Findings of this page.
    pub findings: Vec<FindingLine>,
    /// Steps through the findings.
    pub pager: Pager,
}

/// One file of a transfer.
#[derive(Debug, Clone)]
pub struct FileLine {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: String,
    /// Lines passed.
    pub lines_done: i64,
    /// Lines that changed something.
    pub taken: i64,
    /// Lines that said what was known.
    pub unchanged: i64,
    /// Lines refused.
    pub refused: i64,
    /// Taken to its end, being taken, or waiting.
    pub state: Badge,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct FindingLine {
    /// File.
    pub file: String,
    /// Line; 0 for the file as a whole.
    pub line: u64,
    /// Column.
    pub column: String,
    /// Class of the value.
    pub value_class: String,
    /// What is wrong and what to do.
    pub mend: String,
    /// It was taken all the same.
    pub warning: bool,
}

/// Sending the files of a transfer.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_upload.html")]
pub struct UploadPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Number of the next transfer.
    pub next: i64,
    /// How its file of persons is named.
    pub example: String,
}
