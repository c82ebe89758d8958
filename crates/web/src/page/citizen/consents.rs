//! What the person consented to (同意).

use askama::Template;
use tasuki_core::word::Word;

use crate::page::consent::KindChoice;
use crate::page::{Choice, Form, Shell, filters};

/// Consents, three lines each.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_consents.html")]
pub struct ConsentsPage {
    /// Frame.
    pub shell: Shell,
    /// In force.
    pub open: Vec<ConsentLines>,
    /// Over: taken back, replaced or ended.
    pub past: Vec<ConsentLines>,
}

/// One consent in three lines: what, to whom, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLines {
    /// Opaque id.
    pub id: String,
    /// Kinds of papers.
    pub what: String,
    /// Offices.
    pub whom: String,
    /// From and until.
    pub until: String,
    /// Who took it and how, and what became of it.
    pub note: String,
}

/// A new consent. Fields: `scope` (all, kinds), `kind_WORD` = yes, `offices` (all, some),
/// `office_NUMBER` = yes, `until_…` (date).
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_consent_new.html")]
pub struct ConsentNewPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed, and errors.
    pub form: Form,
    /// All papers or some.
    pub scopes: Vec<Choice>,
    /// All offices or some.
    pub offices: Vec<Choice>,
    /// Kinds that need consent.
    pub kinds: Vec<KindChoice>,
    /// Offices in charge.
    pub providers: Vec<OfficeChoice>,
}

/// Leaving out kinds or offices. Fields: `kind_WORD` = yes, `office_NUMBER` = yes: left out.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen_consent_narrow.html")]
pub struct ConsentNarrowPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Address that the form is sent to.
    pub action: String,
    /// The consent as it is.
    pub lines: ConsentLines,
    /// Kinds that it holds.
    pub kinds: Vec<KindChoice>,
    /// Offices that it holds.
    pub providers: Vec<OfficeChoice>,
}

/// One office, ticked or not.
#[derive(Debug, Clone)]
pub struct OfficeChoice {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// It is ticked.
    pub chosen: bool,
}
