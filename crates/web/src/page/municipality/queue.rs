//! Running applications (認定の進み具合の画面).

use askama::Template;
use jiff::civil::Date;
use tasuki_core::insured::PersonName;

use crate::page::persons::Filter;
use crate::page::{Pager, Shell, Tone, filters};

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
