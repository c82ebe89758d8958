//! Shared papers (文書): rows of `document`, sealed until grants of the policy open them.

use std::cmp::{Ordering, Reverse};

use tasuki_core::date::AtMs;
use tasuki_core::document::{Author, Body, Document, DocumentKind, FromStored};
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_policy::Grant;

use crate::Unrecorded;
use crate::error::StoreError;
use crate::row::Row;
use crate::seal::SealKey;

/// Where the body of a paper is sealed.
pub fn place(person: &PersonKey, kind: &str, series: &str, version: i64) -> String {
    let (insurer, insured) = (person.insurer.as_str(), person.insured.expose());
    let version = version.to_string();
    ["document", insurer, insured, kind, series, &version].join("/")
}

/// How an author is written in the table: `person`, `insurer:…` or `provider:…`.
pub fn author_word(author: &Author) -> String {
    match author {
        Author::InsuredPerson => "person".to_owned(),
        Author::Insurer(number) => format!("insurer:{number}"),
        Author::Provider(number) => format!("provider:{number}"),
    }
}

fn parse_author(text: &str) -> Option<Author> {
    match text.split_once(':') {
        None if text == "person" => Some(Author::InsuredPerson),
        Some(("insurer", number)) => InsurerNumber::parse(number).ok().map(Author::Insurer),
        Some(("provider", number)) => ProviderNumber::parse(number).ok().map(Author::Provider),
        _ => None,
    }
}

/// Which versions a reader asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// The newest version of each paper at a moment.
    NewestAt(AtMs),
    /// Every version received up to a moment.
    AllUntil(AtMs),
}

/// All papers of one person as they lie in the table.
///
/// INVARIANT: what a paper says is sealed here, and opened for grants that cover it alone.
#[derive(Default)]
pub(crate) struct Sealed(Vec<Document<Option<Vec<u8>>>>);

impl Sealed {
    /// Adds a row of the person's file: kind, series, author, period, version, receipt, end, body.
    pub(crate) fn add(&mut self, row: Row, person: &PersonKey) -> Result<(), StoreError> {
        let mut row = row.of("document");
        let kind = row.word("kind")?;
        let series = row.text("series")?;
        let author = row.text("author")?;
        let author = parse_author(&author).ok_or_else(|| row.corrupt("author"))?;
        let valid_from = row.optional_date("valid_from")?;
        let valid_until = row.optional_date("valid_until")?;
        let version = row.int("version")?;
        let received_at = row.at("received_at_ms")?;
        let ended = row.flag("deleted")?;
        let body = row.bytes("body")?;
        self.0.push(Document {
            person: person.clone(),
            kind,
            series,
            version,
            author,
            valid_from,
            valid_until,
            received_at,
            superseded: false,
            body: (!ended).then_some(body),
        });
        Ok(())
    }

    /// Some papers of `kind` are by `author`.
    pub(crate) fn has(&self, kind: DocumentKind, author: &Author) -> bool {
        self.0.iter().any(|paper| paper.kind == kind && paper.author == *author)
    }

    /// The papers that `grants` open, newest first within a kind.
    ///
    /// Papers that have ended (deleted by the insurer) are left out of the newest; of all
    /// versions, those before the end are kept.
    pub(crate) fn open<B: FromStored>(
        &self,
        grants: &[Grant],
        key: &SealKey,
        versions: Versions,
    ) -> Result<Unrecorded<Vec<Document<B>>>, StoreError> {
        let (until, all) = match versions {
            Versions::NewestAt(at) => (at, false),
            Versions::AllUntil(at) => (at, true),
        };
        let mut known: Vec<_> = self.0.iter().filter(|paper| paper.received_at <= until).collect();
        known.sort_by_key(|paper| (paper.kind, &paper.series, Reverse(paper.version)));
        let mut found = Vec::with_capacity(known.len());
        let mut newer: Option<&Document<_>> = None;
        for paper in known {
            let superseded = newer
                .is_some_and(|newer| (newer.kind, &newer.series) == (paper.kind, &paper.series));
            newer = Some(paper);
            if let Some(sealed) = paper.body.as_ref().filter(|_| all || !superseded) {
                found.extend(opened(paper, sealed, superseded, grants, key)?);
            }
        }
        found.sort_by(|a: &Document<B>, b| newest_first(a, b));
        Ok(Unrecorded::new(found))
    }
}

/// A paper that a grant covers, without what the grant keeps back; `None` when none does, or when
/// nothing is left of it.
fn opened<B: FromStored>(
    paper: &Document<Option<Vec<u8>>>,
    sealed: &[u8],
    superseded: bool,
    grants: &[Grant],
    key: &SealKey,
) -> Result<Option<Document<B>>, StoreError> {
    let corrupt = || StoreError::Corrupt { table: "document", column: "body" };
    let covers = |grant: &&Grant| grant.covers(&paper.person, paper.kind, &paper.author);
    let mut covering = grants.iter().filter(covers).peekable();
    if covering.peek().is_none() {
        return Ok(None);
    }
    let place = place(&paper.person, paper.kind.word(), &paper.series, paper.version);
    let text = key.open_body(place.as_bytes(), sealed).map_err(|_| corrupt())?;
    // The place in an author's own opinion is the author's.
    let opinion = paper.kind == DocumentKind::AttendingPhysicianOpinion;
    let own = |it: &Grant| opinion && it.only_by().is_some();
    let whole = covering.any(|it| it.may_see_whereabouts() || own(it));
    let text = if whole { Some(text) } else { without_whereabouts(paper.kind, &text)? };
    let Some(text) = text else { return Ok(None) };
    Ok(Some(Document {
        person: paper.person.clone(),
        kind: paper.kind,
        series: paper.series.clone(),
        version: paper.version,
        author: paper.author.clone(),
        valid_from: paper.valid_from,
        valid_until: paper.valid_until,
        received_at: paper.received_at,
        superseded,
        body: B::from_stored(paper.kind, &text).map_err(|_| corrupt())?,
    }))
}

/// The paper for a reader who must not learn where the person is; `None` when it says only that.
fn without_whereabouts(kind: DocumentKind, text: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let corrupt = |_| StoreError::Corrupt { table: "document", column: "body" };
    let body = Body::from_json(kind, text).map_err(corrupt)?.without_whereabouts();
    body.map(|body| body.to_json().map_err(corrupt)).transpose()
}

/// In the order of the kinds; within a kind the newest first.
fn newest_first<B>(a: &Document<B>, b: &Document<B>) -> Ordering {
    let newness = |paper: &Document<B>| (paper.valid_from, paper.received_at, paper.version);
    let newest_first = newness(b).cmp(&newness(a));
    a.kind.cmp(&b.kind).then(newest_first).then_with(|| a.series.cmp(&b.series))
}
