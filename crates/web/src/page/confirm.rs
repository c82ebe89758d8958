//! Asking once more (確認の画面): a page of its own instead of a window over the page.

use askama::Template;

use super::person::PaperRow;
use super::{Link, Shell, filters};

/// What is about to be done, and what will then happen; for staff.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    /// Frame.
    pub shell: Shell,
    /// One question: この利用者の担当を終わりますか。
    pub question: String,
    /// What it is about.
    pub rows: Vec<PaperRow>,
    /// What will happen, one sentence each.
    pub consequences: Vec<String>,
    /// Address that the form is sent to.
    pub action: String,
    /// Hidden fields of the form.
    pub fields: Vec<(String, String)>,
    /// Words of the button: 担当を終わる.
    pub button: String,
    /// It takes something away.
    pub danger: bool,
    /// The way back.
    pub back: Link,
}

/// The same for the citizen.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm_citizen.html")]
pub struct ConfirmCitizenPage {
    /// Frame.
    pub shell: Shell,
    /// One question.
    pub question: String,
    /// What it is about.
    pub rows: Vec<PaperRow>,
    /// What will happen, one sentence each.
    pub consequences: Vec<String>,
    /// Address that the form is sent to.
    pub action: String,
    /// Hidden fields of the form.
    pub fields: Vec<(String, String)>,
    /// Words of the button: 同意をやめる.
    pub button: String,
    /// It takes something away.
    pub danger: bool,
    /// The way back.
    pub back: Link,
}
