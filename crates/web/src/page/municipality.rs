//! Pages of the municipality (保険者の画面).

mod answers;
mod person;
mod queue;
mod transfers;

use askama::Template;

use crate::page::{Link, Shell, Tone, filters};

pub use answers::{LooksLine, LooksPage, ObjectionLine, ObjectionsPage};
pub use person::{ConsentLine, FoundLine, LedgerPage, LogLine, LogPage, SearchPage};
pub use queue::{QueueLine, QueuePage};
pub use transfers::{FileLine, FindingLine, TransferLine, TransferPage, TransfersPage, UploadPage};

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

/// Address of a person's log, from the address of the person's page.
pub(crate) fn log_of(person: &str) -> String {
    person.replacen(super::paths::PERSONS, super::paths::INSURED, 1) + "/log"
}

/// Address of a person's ledger, from the address of the person's page.
pub(crate) fn consents_of(person: &str) -> String {
    person.replacen(super::paths::PERSONS, super::paths::INSURED, 1) + "/consents"
}
