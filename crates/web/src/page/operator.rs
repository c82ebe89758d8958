//! Pages of the operator (運営者の画面) that are more than a list or a form.

use askama::Template;
use tasuki_core::date::AtMs;

use super::{Badge, Choice, Form, Link, Shell, filters};

/// A board member's first page.
#[derive(Debug, Clone, Template)]
#[template(path = "board.html")]
pub struct BoardPage {
    /// Frame.
    pub shell: Shell,
    /// Names of the boards the member belongs to.
    pub boards: Vec<String>,
}

/// Health and what needs doing.
#[derive(Debug, Clone, Template)]
#[template(path = "operator_overview.html")]
pub struct OverviewPage {
    /// Frame.
    pub shell: Shell,
    /// The database reads.
    pub database: Badge,
    /// The writer answers.
    pub writer: Badge,
    /// Changes that wait for the writer, and how many may.
    pub queue: (usize, usize),
    /// What only the machine tells: its disk, the certificates in use.
    pub machine: Vec<(&'static str, Badge)>,
    /// The head of the access log; `None` before the first event.
    pub head: Option<LogHead>,
    /// Transfers that are being taken: insurer, number, since when.
    pub transfers: Vec<(String, i64, AtMs)>,
    /// Insurers, and those connected.
    pub insurers: (usize, usize),
    /// Regions open now.
    pub regions: usize,
    /// Which tables are in force.
    pub tables: String,
    /// Certificates about to end: organisation, device, end, address.
    pub ending: Vec<(String, String, AtMs, String)>,
}

/// The head of the access log, checked when the page was made.
#[derive(Debug, Clone)]
pub struct LogHead {
    /// Whether signature and newest events fit.
    pub state: Badge,
    /// Number of events, and when the newest was signed; `None` where that cannot be trusted.
    pub signed: Option<(u64, AtMs)>,
}

/// Offices with a search.
#[derive(Debug, Clone, Template)]
#[template(path = "operator_offices.html")]
pub struct OfficesPage {
    /// Frame.
    pub shell: Shell,
    /// What was searched for.
    pub search: String,
    /// Number, name, services, state, address.
    pub lines: Vec<OfficeLine>,
    /// There may be more.
    pub more: bool,
}

/// One office.
#[derive(Debug, Clone)]
pub struct OfficeLine {
    /// Its page.
    pub href: String,
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Services or medicine, in words.
    pub services: String,
    /// Works or is stopped.
    pub state: Badge,
    /// Links to accounts and devices.
    pub links: Vec<Link>,
}

/// One office with the form that stops or starts it.
#[derive(Debug, Clone, Template)]
#[template(path = "operator_office.html")]
pub struct OfficePage {
    /// Frame.
    pub shell: Shell,
    /// What was typed, and errors.
    pub form: Form,
    /// Number.
    pub number: String,
    /// Version that was read; empty for a new office.
    pub version: String,
    /// Services that are given.
    pub services: Vec<(Choice, bool)>,
    /// Works now.
    pub active: bool,
    /// Reasons to stop or start it.
    pub reasons: Vec<Choice>,
}

/// The import of the public register.
#[derive(Debug, Clone, Template)]
#[template(path = "operator_import.html")]
pub struct ImportPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// What came of it; `None` before.
    pub report: Option<ImportReport>,
}

/// What an import did.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// Lines read.
    pub lines: u64,
    /// New offices.
    pub added: usize,
    /// Changed offices.
    pub changed: usize,
    /// Offices as they were.
    pub unchanged: usize,
    /// Line, column, rule, what to do.
    pub findings: Vec<(u64, String, &'static str, String)>,
    /// How many findings there are.
    pub total: usize,
}

/// Choosing an organisation, or what it has.
#[derive(Debug, Clone, Template)]
#[template(path = "operator_choose.html")]
pub struct ChoosePage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Kinds of organisations.
    pub kinds: Vec<Choice>,
    /// Address of the form (GET).
    pub action: &'static str,
}

/// The sharing table in the ministry's form.
#[derive(Debug, Clone, Template)]
#[template(path = "operator_tables.html")]
pub struct TablesPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// What a broken file says: file, line, what.
    pub broken: String,
    /// Which version is in force.
    pub version: String,
    /// Headings of the columns.
    pub columns: Vec<&'static str>,
    /// Row number, kind, signs.
    pub rows: Vec<(u8, &'static str, Vec<&'static str>)>,
    /// Earlier versions: number, when.
    pub versions: Vec<(i64, AtMs)>,
}

impl TablesPage {
    /// The heading of a column, for narrow screens.
    fn column<'a>(columns: &'a [&'static str], place: &usize) -> &'a str {
        columns.get(*place).copied().unwrap_or_default()
    }
}

/// What new tables would change.
#[derive(Debug, Clone, Template)]
#[template(path = "operator_preview.html")]
pub struct PreviewPage {
    /// Frame.
    pub shell: Shell,
    /// Kind, column, before, after.
    pub cells: Vec<(&'static str, &'static str, &'static str, &'static str)>,
    /// Lines out of the table of jobs.
    pub jobs_out: Vec<(usize, String)>,
    /// Lines new in the table of jobs.
    pub jobs_in: Vec<(usize, String)>,
    /// Text of the new table.
    pub table: String,
    /// Text of the new table of jobs.
    pub jobs: String,
    /// Version they were compared with.
    pub version: i64,
}
