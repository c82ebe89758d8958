//! Offices kept from a protected person (支援措置による閲覧の停止), for the municipality.

use askama::Template;
use jiff::civil::Date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonName;

use super::{Choice, Form, Shell, filters};

/// Which offices see nothing of a person, and the form that stops one more. Fields: `provider` (a
/// number, or `other`), `number`, `reason`, `note`.
#[derive(Debug, Clone, Template)]
#[template(path = "municipality_blocks.html")]
pub struct BlocksPage {
    /// Frame.
    pub shell: Shell,
    /// Address of the person page.
    pub person: String,
    /// Who.
    pub name: PersonName,
    /// First and last day of the support measures in force; `None`: there are none.
    pub protection: Option<(Date, Option<Date>)>,
    /// Offices that are blocked now.
    pub standing: Vec<BlockLine>,
    /// Blocks that were lifted.
    pub lifted: Vec<BlockLine>,
    /// What was typed, and errors.
    pub form: Form,
    /// Offices in charge that are not blocked, and another one.
    pub offices: Vec<Choice>,
    /// Reasons to choose from.
    pub reasons: Vec<Choice>,
    /// Address that the form is sent to.
    pub action: String,
}

/// One block.
#[derive(Debug, Clone)]
pub struct BlockLine {
    /// Name of the office.
    pub office: String,
    /// Its number.
    pub number: String,
    /// Why.
    pub reason: &'static str,
    /// What the staff wrote.
    pub note: String,
    /// Since when.
    pub blocked_at: AtMs,
    /// Until when.
    pub lifted_at: Option<AtMs>,
    /// Address of the form that lifts it.
    pub lift: String,
}

/// Address of a person's blocks.
pub(crate) fn blocks_of(person: &str) -> String {
    format!("/municipality{person}/blocks")
}
