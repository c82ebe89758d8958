//! Persons of a bench: each with the papers of somebody certified, a registration and a consent.

use std::collections::HashMap;

use anyhow::Context;
use tasuki_app::App;
use tasuki_core::assignment::IdentityCheck;
use tasuki_core::consent::{Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::document::{Author, Body, DocumentKind};
use tasuki_core::insured::{InsuredNumber, InsuredPerson, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_formats::characters::search_key;
use tasuki_formats::municipal::{Change, Content, FileName, Layout, RecordKind, Scope};
use tasuki_store::ingestion::{ASSIGNMENT, CONSENT, PAPER, PERSON};
use tasuki_store::seal::SealKey;
use tasuki_store::{Bulk, Value, consent, document, params, person};

/// Persons that are stored together.
const CHUNK: u64 = 500;

/// Kinds of papers that each person has.
const KINDS: [DocumentKind; 6] = [
    DocumentKind::InsuredCertificate,
    DocumentKind::BurdenRatioCertificate,
    DocumentKind::SurveySheet,
    DocumentKind::AttendingPhysicianOpinion,
    DocumentKind::CertificationProgress,
    DocumentKind::HomeModificationUse,
];

/// What every person is made from: records of an invented town.
pub(super) struct Pattern {
    person: InsuredPerson,
    papers: Vec<(Body, Vec<u8>)>,
}

impl Pattern {
    /// Takes the first person and the first paper of each kind.
    pub(super) fn of_town(town: &tasuki_town::Options) -> anyhow::Result<Self> {
        let mut layouts: HashMap<RecordKind, Layout> = HashMap::new();
        let (mut person, mut papers) = (None, Vec::<Body>::new());
        tasuki_town::generate(town, &mut |kind: RecordKind, line: &[u8]| {
            let (line, insurer) = (line.trim_ascii_end(), town.insurer.clone());
            let name = FileName { insurer, kind, scope: Scope::Full, sequence: 1 };
            let Some(layout) = layouts.get(&kind) else {
                if kind.is_json() {
                    layouts.insert(kind, Layout::json(&name));
                } else if let Ok(layout) = Layout::of_header(&name, line) {
                    layouts.insert(kind, layout);
                }
                return Ok(());
            };
            let parsed = layout.parse_line(2, line).ok();
            match parsed.map(|line| line.record.change) {
                Some(Change::Put(Content::Person(found))) => {
                    person.get_or_insert(*found);
                }
                Some(Change::Put(Content::Paper(body)))
                    if !papers.iter().any(|known| known.kind() == body.kind()) =>
                {
                    papers.push(body);
                }
                _ => {}
            }
            Ok(())
        })?;
        papers.retain(|body| KINDS.contains(&body.kind()));
        anyhow::ensure!(papers.len() == KINDS.len(), "the town lacks a kind of paper");
        let papers = papers.into_iter().map(|body| body.to_json().map(|json| (body, json)));
        let person = person.context("the town has nobody")?;
        Ok(Self { person, papers: papers.collect::<Result<_, _>>()? })
    }
}

/// The number of the `n`-th person.
pub(super) fn number(n: u64) -> anyhow::Result<InsuredNumber> {
    Ok(InsuredNumber::parse(&format!("{n:010}"))?)
}

/// Stores `count` persons like `pattern`, in the charge of `office`.
pub(super) async fn persons(
    app: &App,
    insurer: &InsurerNumber,
    office: &ProviderNumber,
    pattern: &Pattern,
    count: u64,
    now: AtMs,
) -> anyhow::Result<()> {
    let key = app.keyring.insurer(&app.db, insurer).await?;
    let mut from = 0;
    while from < count {
        let until = count.min(from + CHUNK);
        let mut rows = Rows::default();
        for n in from..until {
            let who = PersonKey { insurer: insurer.clone(), insured: number(n)? };
            rows.add(&key, &who, office, pattern, now)?;
        }
        let bulk = Bulk::new()
            .insert(&PERSON, rows.persons)
            .insert(&PAPER, rows.papers)
            .insert(&CONSENT, rows.consents)
            .insert(&ASSIGNMENT, rows.assignments);
        app.db.store(bulk).await?;
        from = until;
    }
    Ok(())
}

#[derive(Default)]
struct Rows {
    persons: Vec<Vec<Value>>,
    papers: Vec<Vec<Value>>,
    consents: Vec<Vec<Value>>,
    assignments: Vec<Vec<Value>>,
}

/// The registration that puts `who` in the charge of `office` since `then`.
pub(super) fn registration(who: &PersonKey, office: &ProviderNumber, then: AtMs) -> Vec<Value> {
    params![
        &who.insurer,
        &who.insured,
        "bench-1",
        1_i64,
        office,
        IdentityCheck::MatchingItems.word(),
        then,
        Value::Null,
        Value::Null,
        1_i64,
        Value::Null,
    ]
}

impl Rows {
    fn add(
        &mut self,
        key: &SealKey,
        who: &PersonKey,
        office: &ProviderNumber,
        pattern: &Pattern,
        now: AtMs,
    ) -> anyhow::Result<()> {
        let then = now.plus_ms(-10 * DAY_MS);
        let insured = InsuredPerson { key: who.clone(), ..pattern.person.clone() };
        let body = key.seal(person::place(who, 1).as_bytes(), &serde_json::to_vec(&insured)?)?;
        self.persons.push(params![
            &who.insurer,
            &who.insured,
            1_i64,
            insured.birth_date,
            insured.sex.word(),
            search_key(insured.name.kana.expose()),
            false,
            then,
            vec![0],
            body,
        ]);
        for (paper, json) in &pattern.papers {
            self.papers.push(paper_row(key, who, paper, json, then)?);
        }
        self.consent(key, who, then)?;
        self.assignments.push(registration(who, office, then));
        Ok(())
    }

    fn consent(&mut self, key: &SealKey, who: &PersonKey, then: AtMs) -> anyhow::Result<()> {
        let given = Consent {
            id: "bench-1".to_owned(),
            person: who.clone(),
            taker: ConsentTaker::Insurer(who.insurer.clone()),
            basis: ConsentBasis::Person,
            means: ConsentMeans::Application,
            scope: ConsentScope::default(),
            from: then.date(),
            until: None,
            given_at: then,
            replaces: None,
            withdrawn: None,
        };
        let place = consent::place(who, &given.id);
        let body = key.seal(place.as_bytes(), &serde_json::to_vec(&given)?)?;
        self.consents.push(params![
            &who.insurer,
            &who.insured,
            given.id.as_str(),
            1_i64,
            then,
            given.from,
            given.until,
            Value::Null,
            Value::Null,
            body,
            1_i64,
        ]);
        Ok(())
    }
}

fn paper_row(
    key: &SealKey,
    who: &PersonKey,
    paper: &Body,
    json: &[u8],
    then: AtMs,
) -> anyhow::Result<Vec<Value>> {
    let author = match paper {
        Body::AttendingPhysicianOpinion(opinion) => Author::Provider(opinion.institution.clone()),
        _ => Author::Insurer(who.insurer.clone()),
    };
    let kind = paper.kind().word();
    let body = key.seal(document::place(who, kind, "1", 1).as_bytes(), json)?;
    Ok(params![
        &who.insurer,
        &who.insured,
        kind,
        "1",
        1_i64,
        1_i64,
        document::author_word(&author),
        then.date(),
        Value::Null,
        then,
        false,
        vec![0],
        body,
    ])
}
