//! Protected persons: blocked offices, and papers without whereabouts.

use jiff::civil::date;
use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::date::AtMs;
use tasuki_core::document::{Body, BodyText, DocumentKind};
use tasuki_core::eligibility::{CareManagementEntry, InsuredCertificate};
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::{
    InsuredNumber, InsuredPerson, PersonKey, PersonName, Personal, Protection, Sex,
};
use tasuki_core::protection::{BlockReason, ProtectionBlock};
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_core::word::Word;
use tasuki_policy::{
    Office, Reader, Relation, Request, Sharing, Staff, authorise, authorise_basics,
};
use tasuki_store::document::{self, Versions};
use tasuki_store::facts::{self, Basics};
use tasuki_store::scratch::for_each_database;
use tasuki_store::seal::Keyring;
use tasuki_store::{Change, Db, StoreError, ingestion, insurer, params, person, protection};
use tasuki_store::{Recorded, provider};

use crate::fixture;

const OFFICE: &str = "9970000001";
const NOW: AtMs = AtMs(1_795_132_800_000);

fn key() -> PersonKey {
    let insured = InsuredNumber::parse("0000000017").unwrap();
    PersonKey { insurer: fixture::insurer().number, insured }
}

fn office() -> ProviderNumber {
    ProviderNumber::parse(OFFICE).unwrap()
}

fn nurse() -> Reader {
    let staff =
        Staff { job: JobType::Nurse, level: AccountLevel::General, writes_care_plans: false };
    let services = vec![ServiceType::parse("13").unwrap()];
    Reader::Provider { office: Office { number: office(), is_medical: false, services }, staff }
}

async fn recorded(db: &Db) -> Recorded {
    let event = Event {
        at: NOW,
        actor: Actor::Person,
        person: Some(key()),
        action: Action::Look,
        purpose: Purpose::OwnInformation,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: None,
    };
    db.commit(Change::event(event)).await.unwrap()
}

/// A protected person with one certificate that names the office that plans.
async fn furnish(db: &Db, keyring: &Keyring) {
    let add =
        insurer::add(&fixture::insurer()).and(provider::add(&fixture::provider(OFFICE, None)));
    db.commit(add).await.unwrap();
    let (person, seal) = (key(), keyring.insurer(db, &key().insurer).await.unwrap());
    let insured = InsuredPerson {
        key: person.clone(),
        name: PersonName {
            kanji: Personal::new("架空 花子"), kana: Personal::new("カクウ")
        },
        birth_date: date(1942, 3, 5),
        sex: Sex::Female,
        postal_code: None,
        address: Some(Personal::new("架空市緑町")),
        phone: None,
        protection: Some(Protection { from: date(2026, 1, 1), until: None }),
        domicile_exception: None,
        moved_from: None,
        moved_to: None,
        lost_on: None,
    };
    let json = serde_json::to_vec(&insured).unwrap();
    let sealed = seal.seal(person::place(&person, 1).as_bytes(), &json).unwrap();
    let (insurer, insured, none) = (&person.insurer, &person.insured, None::<&str>);
    let digest = || vec![0_u8];
    let row =
        params![insurer, insured, 1, "1942-03-05", "female", "カクウ", false, 1, digest(), sealed];
    db.insert_many(&ingestion::PERSON, vec![row]).await.unwrap();
    let certificate = Body::InsuredCertificate(Box::new(InsuredCertificate {
        issued_on: date(2026, 4, 1),
        certified: None,
        board_opinion: None,
        designated_services: Vec::new(),
        restrictions: Vec::new(),
        care_management: vec![CareManagementEntry {
            office: Some(office()),
            name: Personal::new("架空ケアプラン"),
            filed_on: date(2026, 4, 1),
        }],
        facilities: Vec::new(),
    }));
    let kind = certificate.kind().word();
    let place = document::place(&person, kind, "1", 1);
    let sealed = seal.seal(place.as_bytes(), &certificate.to_json().unwrap()).unwrap();
    let author = format!("insurer:{insurer}");
    let row =
        params![insurer, insured, kind, "1", 1, 1, author, none, none, 1, false, digest(), sealed];
    db.insert_many(&ingestion::PAPER, vec![row]).await.unwrap();
    db.commit(insurer::publish(&person.insurer, 0, 1)).await.unwrap();
}

async fn basics(db: &Db, keyring: &Keyring, reader: &Reader, relation: Relation) -> Basics {
    let sharing = Sharing::published().unwrap();
    let facts = facts::load(db, keyring, &key(), None, NOW).await.unwrap();
    let grant = authorise_basics(&sharing, &key(), reader, relation).unwrap();
    facts.basics(&grant).unwrap().open(&recorded(db).await)
}

fn block_of(id: &str) -> ProtectionBlock {
    ProtectionBlock {
        id: id.to_owned(),
        provider: office(),
        provider_name: Some("架空ケアプラン9970000001".to_owned()),
        reason: BlockReason::Risk,
        note: Personal::new("窓口で申し出がありました"),
        blocked_at: AtMs(10),
        lifted_at: None,
    }
}

#[tokio::test]
async fn an_office_is_blocked_once_at_a_time_and_lifting_leaves_the_row() {
    for_each_database(async |db| {
        let keyring = Keyring::new(&[7; 32]);
        furnish(db, &keyring).await;
        let seal = keyring.insurer(db, &key().insurer).await.unwrap();
        let block = |id: &str| protection::block(&key(), &block_of(id), "officer", &seal).unwrap();
        db.commit(block("b1")).await.unwrap();
        let again = db.commit(block("b2")).await;
        assert!(matches!(again, Err(StoreError::Duplicate)));
        let facts = facts::load(db, &keyring, &key(), None, NOW).await.unwrap();
        assert!(facts.blocked(&office()));
        let before = facts::load(db, &keyring, &key(), None, AtMs(9)).await.unwrap();
        assert!(!before.blocked(&office()));
        let person = Reader::InsuredPerson { delegate: false };
        let shown = basics(db, &keyring, &person, Relation::default()).await;
        assert_eq!(shown.blocks, [block_of("b1")]);
        let lift = || protection::lift(&key(), "b1", "終わりました", "o", NOW, &seal).unwrap();
        db.commit(lift()).await.unwrap();
        assert!(matches!(db.commit(lift()).await, Err(StoreError::Stale)));
        let facts = facts::load(db, &keyring, &key(), None, NOW).await.unwrap();
        assert!(!facts.blocked(&office()) && facts.block("b1").is_some());
        db.commit(block("b3")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn in_an_emergency_neither_basics_nor_papers_say_where_a_protected_person_is() {
    for_each_database(async |db| {
        let keyring = Keyring::new(&[7; 32]);
        furnish(db, &keyring).await;
        let stranger = Relation { protected: true, emergency: true, ..Relation::default() };
        let in_charge =
            Relation { protected: true, assigned: true, continuing: true, ..Relation::default() };
        for (relation, shown) in [(stranger, false), (in_charge, true)] {
            let seen = basics(db, &keyring, &nurse(), relation).await;
            assert_eq!(seen.person.address.is_some(), shown);
            assert!(seen.blocks.is_empty());
            let sharing = Sharing::published().unwrap();
            let (person, kind) = (key(), DocumentKind::InsuredCertificate);
            let (reader, made_it, consent) = (nurse(), false, false);
            let request =
                Request { person: &person, reader: &reader, kind, made_it, consent, relation };
            let grants = [authorise(&sharing, &request).unwrap()];
            let versions = Versions::NewestAt(NOW);
            let facts = facts::load(db, &keyring, &person, None, NOW).await.unwrap();
            let typed = facts.papers::<Body>(&grants, versions).unwrap();
            let typed = typed.open(&recorded(db).await);
            let text = facts.papers::<BodyText>(&grants, versions).unwrap();
            let text = serde_json::to_string(&text.open(&recorded(db).await)[0].body).unwrap();
            for text in [serde_json::to_string(&typed[0].body).unwrap(), text] {
                assert!(text.contains("2026-04-01"));
                assert_eq!(text.contains("架空ケアプラン"), shown);
                assert_eq!(text.contains(OFFICE), shown);
            }
        }
    })
    .await;
}
