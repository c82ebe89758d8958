//! A shared paper (書類): its place in the register of papers, and its body as it is stored.

use jiff::civil::Date;
use serde::Serialize;
use tasuki_core::document::{Author, BodyText, Document, DocumentKind};
use utoipa::ToSchema;

use crate::api::moment::Moment;
use crate::api::schema;

/// One version of one paper.
///
/// Shapes of bodies are those of `docs/protocols/1-municipal-files.md`. A field that is younger
/// than the paper may be missing.
#[derive(Serialize, ToSchema)]
pub struct PaperView<'a> {
    /// Which paper of its kind.
    series: &'a str,
    /// Version of this paper, from 1.
    version: i64,
    /// Who made it: `{"insurer": …}`, `{"provider": …}` or `"insured_person"`.
    #[schema(value_type = Object)]
    author: &'a Author,
    /// First day it is valid.
    valid_from: Option<Date>,
    /// Last day it is valid.
    valid_until: Option<Date>,
    /// When the platform received it.
    #[schema(schema_with = schema::moment)]
    received_at: Moment,
    /// A newer version, or the end of the paper, has taken its place (with `versions=all`).
    superseded: bool,
    /// Kind of paper.
    #[schema(schema_with = schema::word::<DocumentKind>)]
    kind: DocumentKind,
    /// What it says.
    #[schema(value_type = Object)]
    body: &'a BodyText,
}

impl<'a> PaperView<'a> {
    /// A paper.
    pub fn of(paper: &'a Document<BodyText>) -> Self {
        Self {
            series: &paper.series,
            version: paper.version,
            author: &paper.author,
            valid_from: paper.valid_from,
            valid_until: paper.valid_until,
            received_at: paper.received_at.into(),
            superseded: paper.superseded,
            kind: paper.kind,
            body: &paper.body,
        }
    }
}
