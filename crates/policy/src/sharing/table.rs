//! Reading `sharing.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tasuki_core::document::DocumentKind;
use tasuki_core::word::Word;
use toml::Spanned;

use super::Maker;
use super::error::{SharingError, SharingProblem};
use super::parse::{Text, Words};
use crate::column::Column;

/// The cells of one row.
pub(super) struct Cells {
    pub(super) author: Vec<Maker>,
    pub(super) shared: BTreeSet<Column>,
    pub(super) consent: BTreeSet<Column>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    document: Vec<RawDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDocument {
    row: Spanned<u8>,
    kind: Spanned<String>,
    /// Where the row comes from; for readers of the file, so only that it is there is checked.
    #[serde(rename = "source")]
    _source: String,
    author: Words,
    shared: Words,
    consent: Words,
}

/// The cells of every kind.
pub(super) fn cells(text: &Text<'_>) -> Result<BTreeMap<DocumentKind, Cells>, SharingError> {
    let raw: RawTable = text.read()?;
    let mut rows = BTreeMap::new();
    for document in &raw.document {
        text.place(&mut rows, &document.kind, row(text, document)?)?;
    }
    text.complete(&rows)?;
    Ok(rows)
}

fn row(text: &Text<'_>, raw: &RawDocument) -> Result<Cells, SharingError> {
    let kind: DocumentKind = text.word(&raw.kind, "kind of document")?;
    if *raw.row.get_ref() != kind.table_row() {
        let problem = SharingProblem::WrongRow { kind: kind.word(), row: kind.table_row() };
        return Err(text.error(raw.row.span(), problem));
    }
    let shared: BTreeSet<Column> = text.words(&raw.shared, "column")?;
    for word in &raw.consent {
        if shared.contains(&text.word(word, "column")?) {
            return Err(text.named_twice(word));
        }
    }
    let consent: BTreeSet<Column> = text.words(&raw.consent, "column")?;
    let mut author: Vec<Maker> = Vec::new();
    for word in &raw.author {
        let maker = maker(text, word)?;
        if author.iter().any(|known| known.column == maker.column) {
            return Err(text.named_twice(word));
        }
        let makes_all = matches!(maker.column, Column::InsuredPerson | Column::Insurer);
        if makes_all && (shared.contains(&maker.column) || consent.contains(&maker.column)) {
            return Err(text.named_twice(word));
        }
        author.push(maker);
    }
    Ok(Cells { author, shared, consent })
}

/// `insurer`, or `provider:52,55` for a column restricted to services.
fn maker(text: &Text<'_>, word: &Spanned<String>) -> Result<Maker, SharingError> {
    let Some((column, codes)) = word.get_ref().split_once(':') else {
        return Ok(Maker { column: text.word(word, "column")?, only_services: None });
    };
    let column = text.word(&Spanned::new(word.span(), column.to_owned()), "column")?;
    match column {
        Column::CareManagement | Column::Provider | Column::MedicalWithCare => {
            let services = codes.split(',').map(|code| text.service_code(code, word));
            Ok(Maker { column, only_services: Some(services.collect::<Result<_, _>>()?) })
        }
        Column::InsuredPerson | Column::Insurer | Column::Medical => {
            Err(text.error(word.span(), SharingProblem::NoServicesHere))
        }
    }
}
