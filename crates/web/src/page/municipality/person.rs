//! The insurer's own persons (被保険者の画面): found, who looked, what they consented to.

use askama::Template;
use jiff::civil::Date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonName;

use crate::page::plain::Drawing;
use crate::page::{Badge, Form, Pager, Shell, filters};

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
