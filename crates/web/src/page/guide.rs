//! The style guide (見本帳): every part once, to be looked at.

use askama::Template;
use jiff::civil::Date;

use super::part::Step;
use super::{Badge, Choice, Form, Pager, Shell, Term, Tone, filters};

/// Every part of `components.html` with example data.
#[derive(Debug, Clone, Template)]
#[template(path = "guide.html")]
pub struct GuidePage {
    /// Frame.
    pub shell: Shell,
    /// A form with values and errors.
    pub form: Form,
    /// One badge of each tone.
    pub badges: Vec<Badge>,
    /// Choices.
    pub choices: Vec<Choice>,
    /// Steps.
    pub steps: Vec<Step>,
    /// Terms.
    pub terms: Vec<Term>,
    /// Rows of a table: file, rows, result.
    pub files: Vec<(String, u32, Badge)>,
    /// A date.
    pub today: Date,
    /// Steps through a list.
    pub pager: Pager,
}
