//! Pages of the municipality (保険者の画面).

use askama::Template;
use jiff::civil::Date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonName;

use super::plain::Drawing;
use super::{Badge, Form, Link, Pager, Shell, Tone, filters};
use crate::page::persons::Filter;

/// What came, what waits, what is late.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality.html")]
pub struct OverviewPage {
    /// Frame.
    pub shell: Shell,
    /// What needs doing, most pressing first.
    pub todos: Vec<Todo>,
    /// Where the data stands: since when, or not yet because.
    pub connected: String,
    /// The newest transfer.
    pub transfer: Option<TransferLine>,
    /// Running applications.
    pub running: usize,
    /// The longest a bar can be; at least 1.
    pub most: usize,
    /// How many are overdue.
    pub overdue: usize,
    /// Running applications by whose turn it is.
    pub turns: Vec<Bar>,
    /// Mean days of each step.
    pub averages: Vec<Average>,
    /// Certified persons.
    pub certified: i64,
    /// Of those, with a consent.
    pub with_consent: i64,
    /// Thousandths of certified persons with a consent.
    pub consented: i64,
}

/// Something that needs doing.
#[derive(Debug, Clone)]
pub struct Todo {
    /// How pressing.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
    /// Where.
    pub link: Link,
}

/// One bar of a chart that is also a table.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What.
    pub label: &'static str,
    /// How many.
    pub count: usize,
    /// Where they are listed.
    pub href: String,
}

/// Mean days of one step.
#[derive(Debug, Clone)]
pub struct Average {
    /// The step.
    pub label: &'static str,
    /// Days with one place: 18.4.
    pub days: String,
    /// How many cases it is the mean of.
    pub cases: i64,
    /// For the whole way: longer than the law's thirty days.
    pub late: bool,
}

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
    /// What is wrong.
    pub rule: &'static str,
    /// Class of the value.
    pub value_class: String,
    /// What to do.
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
    /// How the files of this insurer are named.
    pub example: String,
}

/// Running applications.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_queue.html")]
pub struct QueuePage {
    /// Frame.
    pub shell: Shell,
    /// Ways to narrow the list.
    pub filters: Vec<Filter>,
    /// Lines, oldest application first.
    pub lines: Vec<QueueLine>,
    /// Steps through the list.
    pub pager: Pager,
}

/// One running application.
#[derive(Debug, Clone)]
pub struct QueueLine {
    /// The person's page.
    pub href: String,
    /// Name.
    pub name: PersonName,
    /// Day of the application.
    pub filed_on: Date,
    /// Whose turn it is.
    pub turn: &'static str,
    /// Who, in words: 青空クリニック, この市町村.
    pub whom: String,
    /// Full days it has been waited.
    pub days: i64,
    /// Day by which it is to be decided.
    pub deadline: Date,
    /// When a postponement was notified, in words; empty for none.
    pub postponed: String,
    /// Days until then; negative when it is over.
    pub left: i64,
    /// That day is over, or near.
    pub tone: Tone,
}

/// The insurer's own persons.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_persons.html")]
pub struct SearchPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed.
    pub form: Form,
    /// Persons found; `None` before the first search.
    pub found: Option<Vec<FoundLine>>,
    /// There may be more.
    pub more: bool,
}

/// One person found.
#[derive(Debug, Clone)]
pub struct FoundLine {
    /// Address of the offices kept from the person, when support measures are in force.
    pub blocks: Option<String>,
    /// The person's page.
    pub href: String,
    /// Name.
    pub name: PersonName,
    /// Number, in groups.
    pub number: String,
    /// Birth date.
    pub birth_date: Date,
    /// Age.
    pub age: i16,
}

/// Who looked at a person.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_log.html")]
pub struct LogPage {
    /// Frame.
    pub shell: Shell,
    /// Address of the person's page.
    pub person: String,
    /// Events, newest first.
    pub lines: Vec<LogLine>,
    /// Steps through the list.
    pub pager: Pager,
}

/// One event.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// Number in the log.
    pub seq: i64,
    /// When.
    pub at: AtMs,
    /// Which organisation, or ご本人.
    pub who: String,
    /// Job; may be empty.
    pub job: &'static str,
    /// What was done.
    pub action: &'static str,
    /// Why.
    pub purpose: &'static str,
    /// Kinds of papers shown.
    pub shown: String,
    /// Allowed or refused.
    pub outcome: Badge,
}

/// The ledger of one person's consents.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_consents.html")]
pub struct LedgerPage {
    /// Frame.
    pub shell: Shell,
    /// Address of the person's page.
    pub person: String,
    /// Name.
    pub name: PersonName,
    /// Entries, newest first.
    pub lines: Vec<ConsentLine>,
}

/// One consent.
#[derive(Debug, Clone)]
pub struct ConsentLine {
    /// In force, ended or taken back.
    pub state: Badge,
    /// When it was entered.
    pub given_at: AtMs,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
    /// Who took it.
    pub taker: String,
    /// On whose word, and how.
    pub basis: String,
    /// The signature that was drawn.
    pub signature: Option<Drawing>,
    /// What it covers.
    pub scope: String,
    /// When and by whom it was taken back.
    pub withdrawn: Option<(AtMs, &'static str)>,
}

/// What persons reported.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_objections.html")]
pub struct ObjectionsPage {
    /// Frame.
    pub shell: Shell,
    /// Objections, those without answer first.
    pub lines: Vec<ObjectionLine>,
    /// The form that came back, and the objection it belongs to.
    pub form: Form,
    /// Id of that objection; empty for none.
    pub wrong: String,
}

/// One objection.
#[derive(Debug, Clone)]
pub struct ObjectionLine {
    /// Opaque id.
    pub id: String,
    /// The person's page.
    pub href: String,
    /// The person's log from the event on.
    pub log: String,
    /// When.
    pub made_at: AtMs,
    /// What the person says.
    pub note: String,
    /// When it was answered, and how.
    pub answer: Option<(AtMs, String)>,
}

/// Looks by office.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_looks.html")]
pub struct LooksPage {
    /// Frame.
    pub shell: Shell,
    /// Periods to choose from.
    pub filters: Vec<Filter>,
    /// Lines, most looks first.
    pub lines: Vec<LooksLine>,
}

/// Looks of one organisation.
#[derive(Debug, Clone)]
pub struct LooksLine {
    /// Who.
    pub who: String,
    /// Number, when it has one.
    pub number: String,
    /// How often: a number, or 10未満.
    pub looks: String,
    /// How many persons.
    pub persons: String,
}

/// Address of a person's log, from the address of the person's page.
pub(crate) fn log_of(person: &str) -> String {
    person.replacen(super::paths::PERSONS, super::paths::INSURED, 1) + "/log"
}

/// Address of a person's ledger, from the address of the person's page.
pub(crate) fn consents_of(person: &str) -> String {
    person.replacen(super::paths::PERSONS, super::paths::INSURED, 1) + "/consents"
}
