//! Pages that need nothing of their own (ふつうの画面): a form, a list, a page of text.
//!
//! They keep the many small pages alike: the same order, the same words, the same places.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::{Badge, Choice, Form, Link, Rendered, Shell, Tone, filters, plain};

/// A form with one purpose.
#[derive(Debug, Clone, Template)]
#[template(path = "plain_form.html")]
pub struct FormPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed, and errors.
    pub form: Form,
    /// What to know before typing, one paragraph each.
    pub intro: Vec<String>,
    /// A warning above the form; may be empty.
    pub warning: String,
    /// Fields in their order.
    pub fields: Vec<Field>,
    /// Hidden fields.
    pub hidden: Vec<(&'static str, String)>,
    /// Address that the form is sent to.
    pub action: String,
    /// Words of the button.
    pub button: String,
    /// It takes something away.
    pub danger: bool,
    /// The way back.
    pub back: Option<Link>,
}

impl FormPage {
    /// A page without fields; the caller adds what it asks, where it goes and what it does.
    pub fn new(shell: Shell, form: Form) -> Self {
        Self {
            shell,
            form,
            intro: Vec::new(),
            warning: String::new(),
            fields: Vec::new(),
            hidden: Vec::new(),
            action: String::new(),
            button: String::new(),
            danger: false,
            back: None,
        }
    }
}

impl IntoResponse for FormPage {
    fn into_response(self) -> Response {
        Rendered::with_status(self.form.status(), self).into_response()
    }
}

/// One field of a form.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// A sentence below; may be empty.
    pub hint: &'static str,
    /// It must be filled.
    pub need: bool,
    /// What it is.
    pub kind: FieldKind,
}

/// Kinds of fields.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// Digits, for a telephone's keys.
    Digits,
    /// The present password.
    Password,
    /// A new password.
    NewPassword,
    /// Several lines.
    Area,
    /// One of many, closed.
    Select(Vec<Choice>),
    /// One of few, in view.
    Radios(Vec<Choice>),
    /// One tick.
    Tick,
    /// A date.
    Date,
    /// A birthday: older eras come first.
    BirthDate,
}

impl Field {
    /// A field that must be filled.
    pub fn new(name: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self { name, label, hint: "", need: true, kind }
    }

    /// The same with a sentence below.
    #[must_use]
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// The same, but it may stay empty.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { need: false, ..self }
    }
}

/// A list with columns.
#[derive(Debug, Clone, Template)]
#[template(path = "plain_list.html")]
pub struct ListPage {
    /// Frame.
    pub shell: Shell,
    /// What to know, one paragraph each.
    pub intro: Vec<String>,
    /// Buttons above the list; the first is the main one.
    pub actions: Vec<Link>,
    /// Headings of the columns.
    pub columns: Vec<&'static str>,
    /// Rows.
    pub rows: Vec<Row>,
    /// What to say when there is none: title and how to fill it.
    pub empty: (&'static str, &'static str),
    /// A form below the list, without fields: address and words.
    pub below: Option<Link>,
}

impl ListPage {
    /// The heading of a column, for narrow screens.
    fn column<'a>(columns: &'a [&'static str], place: &usize) -> &'a str {
        columns.get(*place).copied().unwrap_or_default()
    }
}

/// One row of a list.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Cells, as many as columns.
    pub cells: Vec<Cell>,
    /// What can be done, as links.
    pub links: Vec<Link>,
    /// What can be done at once, as a form: address, words, hidden fields.
    pub posts: Vec<RowPost>,
}

/// Something that a row's button does.
#[derive(Debug, Clone)]
pub struct RowPost {
    /// Address.
    pub action: String,
    /// Words.
    pub label: String,
    /// Hidden fields.
    pub hidden: Vec<(&'static str, String)>,
}

/// One cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words, and others in small below them.
    Two(String, String),
    /// A state.
    Badge(Badge),
    /// A moment.
    Moment(tasuki_core::date::AtMs),
    /// A day.
    Day(jiff::civil::Date),
    /// Words, and what was drawn below them.
    Drawn(String, Drawing),
}

/// Straight lines that were drawn on the screen (画面に書かれたもの).
#[derive(Debug, Clone)]
pub struct Drawing {
    /// Path data of an SVG.
    pub path: String,
    /// The part of the plane that holds them.
    pub view_box: String,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Words, and others in small below them.
    pub fn two(text: impl Into<String>, below: impl Into<String>) -> Self {
        Self::Two(text.into(), below.into())
    }

    /// A state in a word.
    pub fn badge(tone: Tone, word: impl Into<String>) -> Self {
        Self::Badge(Badge::new(tone, word))
    }
}

/// The code application is set up: QR code, key and the first code.
#[derive(Clone, Template)]
#[template(path = "enrol.html")]
pub struct EnrolPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// QR code as SVG; empty when only the code is asked for again.
    pub qr: String,
    /// The key to be typed where no camera is.
    pub key: String,
    /// Address that the code is sent to.
    pub action: &'static str,
    /// Address that makes a new key (POST).
    pub again: &'static str,
}
