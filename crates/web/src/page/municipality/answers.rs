//! What persons reported, and how often offices look (問い合わせと閲覧の画面).

use askama::Template;
use tasuki_core::date::AtMs;

use crate::page::persons::Filter;
use crate::page::{Form, Shell, filters};

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
