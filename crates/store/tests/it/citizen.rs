//! Delegates, citizens' sessions and cards being read.

use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey, Personal};
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::card_check::{self, CardCheck, Stage};
use tasuki_store::delegate::{self, Body, EndedBy, Invitation};
use tasuki_store::scratch::for_each_database;
use tasuki_store::seal::SealKey;
use tasuki_store::session::{self, Kind, Session};
use tasuki_store::{StoreError, device};

use crate::fixture;

fn person(number: &str) -> PersonKey {
    PersonKey {
        insurer: InsurerNumber::with_check_digit("99001").unwrap(),
        insured: InsuredNumber::parse(number).unwrap(),
    }
}

fn body() -> Body {
    Body { name: Personal::new("架空 月子"), relation: Personal::new("長女") }
}

fn invite(person: &PersonKey, id: &str, key: &SealKey) -> tasuki_store::Change {
    let (code, body) = (format!("code-{id}"), body());
    let invitation = Invitation {
        person,
        id,
        code_digest: &code,
        code_until: AtMs(500),
        body: &body,
        at: AtMs(100),
    };
    delegate::invite(&invitation, key).unwrap()
}

#[tokio::test]
async fn an_invitation_is_accepted_once_and_ends_once() {
    for_each_database(async |db| {
        let (key, one) = (SealKey::new(&[9; 32]), person("0000000001"));
        db.commit(invite(&one, "i1", &key)).await.unwrap();
        let waiting = delegate::by_code(db, "code-i1").await.unwrap().unwrap();
        assert!(waiting.waits(AtMs(499)) && !waiting.waits(AtMs(500)) && !waiting.is_open());
        assert_eq!(waiting.body(&key).unwrap(), body());
        db.commit(delegate::accept(&waiting, "d1", AtMs(200))).await.unwrap();
        let again = db.commit(delegate::accept(&waiting, "d2", AtMs(201))).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        let open = delegate::of_delegate(db, "d1").await.unwrap();
        assert!(open.len() == 1 && open[0].is_open() && open[0].person == one);
        assert!(delegate::of_delegate(db, "d2").await.unwrap().is_empty());
        db.commit(delegate::end(&one, "i1", EndedBy::Person, AtMs(300))).await.unwrap();
        let again = db.commit(delegate::end(&one, "i1", EndedBy::Delegate, AtMs(301))).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        assert!(delegate::of_delegate(db, "d1").await.unwrap().is_empty());
        assert!(delegate::of_person(db, &one).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn all_delegates_of_one_person_end_and_of_no_other() {
    for_each_database(async |db| {
        let key = SealKey::new(&[9; 32]);
        let (one, two) = (person("0000000001"), person("0000000002"));
        for (person, id) in [(&one, "i1"), (&one, "i2"), (&two, "i3")] {
            db.commit(invite(person, id, &key)).await.unwrap();
        }
        db.commit(delegate::end_all(&one, EndedBy::Platform, AtMs(200))).await.unwrap();
        assert!(delegate::of_person(db, &one).await.unwrap().is_empty());
        assert_eq!(delegate::of_person(db, &two).await.unwrap().len(), 1);
        assert!(!delegate::by_code(db, "code-i1").await.unwrap().unwrap().waits(AtMs(201)));
    })
    .await;
}

#[tokio::test]
async fn a_citizens_session_remembers_whose_information_is_open() {
    for_each_database(async |db| {
        let office = fixture::office("9970000001");
        let citizen = Session {
            kind: Kind::Citizen,
            account: None,
            organisation: None,
            device: None,
            citizen: Some(vec![1]),
            ..fixture::session('a', "a1", &office)
        };
        db.commit(session::add(&citizen)).await.unwrap();
        db.commit(session::set_citizen(&citizen.token_hash, vec![2])).await.unwrap();
        let stored = session::get(db, &citizen.token_hash).await.unwrap().unwrap();
        assert_eq!(stored, Session { citizen: Some(vec![2]), ..citizen });
        let staff = fixture::session('b', "a1", &office);
        db.commit(session::add(&staff)).await.unwrap();
        let wrong = db.commit(session::set_citizen(&staff.token_hash, vec![2])).await;
        assert!(matches!(wrong, Err(StoreError::Stale)));
    })
    .await;
}

fn check(id: &str, at: i64) -> CardCheck {
    CardCheck {
        id: id.to_owned(),
        organisation: fixture::office("9970000001"),
        device: "c".repeat(64),
        account: "a1".to_owned(),
        challenge: "00".repeat(32),
        way: "card_by_eye".to_owned(),
        consent: None,
        stage: Stage::Waiting,
        answer: None,
        refusal: None,
        made_at: AtMs(at),
        until: AtMs(at + 180_000),
    }
}

#[tokio::test]
async fn a_challenge_is_taken_once_and_by_the_reader_of_its_device() {
    for_each_database(async |db| {
        let (office, other) = (fixture::office("9970000001"), fixture::office("9970000002"));
        db.commit(device::add(&fixture::device('c', &office))).await.unwrap();
        db.commit(card_check::begin(&check("k1", 100))).await.unwrap();
        let waiting = async |organisation, id, now| {
            card_check::waiting(db, organisation, id, AtMs(now)).await.unwrap().map(|it| it.id)
        };
        assert_eq!(waiting(&office, "device-c", 200).await.as_deref(), Some("k1"));
        assert_eq!(waiting(&office, "device-d", 200).await, None);
        assert_eq!(waiting(&other, "device-c", 200).await, None);
        assert_eq!(waiting(&office, "device-c", 180_100).await, None);
        let late = db.commit(card_check::take("k1", AtMs(180_100))).await;
        assert!(matches!(late, Err(StoreError::Stale)));
        db.commit(card_check::take("k1", AtMs(200))).await.unwrap();
        let again = db.commit(card_check::take("k1", AtMs(200))).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        db.commit(card_check::found("k1", vec![7])).await.unwrap();
        let found = card_check::newest(db, &"c".repeat(64), "a1").await.unwrap().unwrap();
        assert_eq!((found.stage, found.answer), (Stage::Found, Some(vec![7])));
        db.commit(card_check::used("k1")).await.unwrap();
        assert!(matches!(db.commit(card_check::used("k1")).await, Err(StoreError::Stale)));
        let used = card_check::newest(db, &"c".repeat(64), "a1").await.unwrap().unwrap();
        assert_eq!((used.stage, used.answer), (Stage::Used, None));
    })
    .await;
}

#[tokio::test]
async fn a_newer_reading_replaces_the_one_before() {
    for_each_database(async |db| {
        db.commit(card_check::begin(&check("k1", 100))).await.unwrap();
        db.commit(card_check::take("k1", AtMs(150))).await.unwrap();
        db.commit(card_check::begin(&check("k2", 200))).await.unwrap();
        for late in [card_check::found("k1", vec![1]), card_check::refused("k1", "revoked")] {
            assert!(matches!(db.commit(late).await, Err(StoreError::Stale)));
        }
        db.commit(card_check::take("k2", AtMs(250))).await.unwrap();
        db.commit(card_check::refused("k2", "revoked")).await.unwrap();
        let newest = card_check::newest(db, &"c".repeat(64), "a1").await.unwrap().unwrap();
        let refusal = (newest.id.as_str(), newest.refusal.as_deref());
        assert_eq!(refusal, ("k2", Some("revoked")));
        db.commit(card_check::sweep(AtMs(1_000_000))).await.unwrap();
        assert_eq!(card_check::newest(db, &"c".repeat(64), "a1").await.unwrap(), None);
    })
    .await;
}
