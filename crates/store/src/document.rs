//! Shared papers (文書): rows of `document`, read only against grants of the policy.

use std::collections::HashSet;

use tasuki_core::date::AtMs;
use tasuki_core::document::{Author, Body, Document, DocumentKind};
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;
use tasuki_policy::Grant;

use crate::error::StoreError;
use crate::params;
use crate::row::Row;
use crate::seal::{Keyring, SealKey};
use crate::{Db, Unrecorded};

/// Most rows of one person that a look reads.
const MOST: i64 = 2_000;

/// Where the body of a paper is sealed.
pub fn place(person: &PersonKey, kind: &str, series: &str, version: i64) -> String {
    let (insurer, insured) = (&person.insurer, person.insured.expose());
    format!("document/{insurer}/{insured}/{kind}/{series}/{version}")
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

/// The papers that `grants` open, all of one person, newest first within a kind.
///
/// Papers that have ended (deleted by the insurer) are left out of the newest; of all versions,
/// those before the end are kept.
///
/// # Errors
///
/// [`StoreError::Corrupt`] when a paper does not open or parse, [`StoreError`] when the database
/// fails.
pub async fn load(
    db: &Db,
    keyring: &Keyring,
    person: &PersonKey,
    grants: &[Grant],
    versions: Versions,
) -> Result<Unrecorded<Vec<Document<Body>>>, StoreError> {
    if grants.is_empty() {
        return Ok(Unrecorded::new(vec![]));
    }
    let (until, all) = match versions {
        Versions::NewestAt(at) => (at, false),
        Versions::AllUntil(at) => (at, true),
    };
    let rows = db
        .rows(
            "SELECT kind, series, version, author, valid_from, valid_until, received_at_ms,
                    deleted, body
               FROM document
              WHERE insurer_number = $1 AND insured_number = $2
                AND generation <= (SELECT generation FROM insurer WHERE number = $1)
                AND received_at_ms <= $3
              ORDER BY kind, series, version DESC
              LIMIT $4",
            params![&person.insurer, &person.insured, until, MOST],
        )
        .await?;
    let key = keyring.insurer(db, &person.insurer).await?;
    let mut papers = Papers { person, grants, key: &key, all, seen: HashSet::new() };
    let mut found = Vec::new();
    for row in rows {
        found.extend(papers.take(row)?);
    }
    found.sort_by(|a, b| {
        (a.kind, b.valid_from, b.received_at, b.version, &a.series).cmp(&(
            b.kind,
            a.valid_from,
            a.received_at,
            a.version,
            &b.series,
        ))
    });
    Ok(Unrecorded::new(found))
}

/// Goes through the rows of one person, keeping what the grants cover.
struct Papers<'a> {
    person: &'a PersonKey,
    grants: &'a [Grant],
    key: &'a SealKey,
    all: bool,
    seen: HashSet<(DocumentKind, String)>,
}

impl Papers<'_> {
    fn take(&mut self, row: Row) -> Result<Option<Document<Body>>, StoreError> {
        let mut row = row.of("document");
        let kind: DocumentKind = row.word("kind")?;
        let series = row.text("series")?;
        let version = row.int("version")?;
        let author = row.text("author")?;
        let author = parse_author(&author).ok_or_else(|| row.corrupt("author"))?;
        let valid_from = row.optional_date("valid_from")?;
        let valid_until = row.optional_date("valid_until")?;
        let received_at = row.at("received_at_ms")?;
        let deleted = row.flag("deleted")?;
        let newest = self.seen.insert((kind, series.clone()));
        let mut covering =
            self.grants.iter().filter(|grant| grant.covers(self.person, kind, &author)).peekable();
        let covered = covering.peek().is_some();
        if !covered || deleted || !(newest || self.all) {
            return Ok(None);
        }
        let sealed = row.bytes("body")?;
        let place = place(self.person, tasuki_core::word::Word::word(kind), &series, version);
        let body = self.key.open(place.as_bytes(), &sealed).map_err(|_| row.corrupt("body"))?;
        let body = Body::from_json(kind, &body).map_err(|_| row.corrupt("body"))?;
        // What the reader wrote tells them nothing that they do not know.
        let whole = covering.any(|it| it.may_see_whereabouts() || it.only_by().is_some());
        let body = if whole { Some(body) } else { body.without_whereabouts() };
        let Some(body) = body else { return Ok(None) };
        let person = self.person.clone();
        Ok(Some(Document {
            person,
            kind,
            series,
            version,
            author,
            valid_from,
            valid_until,
            received_at,
            superseded: !newest,
            body,
        }))
    }
}
