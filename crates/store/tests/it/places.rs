//! Offices, insurers and devices.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::provider::ProviderNumber;
use tasuki_store::scratch::for_each_database;
use tasuki_store::{Change, StoreError, device, insurer, onboarding, params, provider};

use crate::fixture;

#[tokio::test]
async fn an_office_is_saved_found_and_changed_once_a_version() {
    for_each_database(async |db| {
        let office = fixture::provider("9970000001", Some("9999999999991"));
        db.commit(provider::add(&office)).await.unwrap();
        assert!(matches!(db.commit(provider::add(&office)).await, Err(StoreError::Duplicate)));
        let mut stored = provider::get(db, &office.number).await.unwrap().unwrap();
        assert_eq!((&stored.provider, stored.version), (&office, 1));
        stored.provider.active = false;
        stored.provider.services.clear();
        db.commit(provider::update(&stored)).await.unwrap();
        assert!(matches!(db.commit(provider::update(&stored)).await, Err(StoreError::Stale)));
        let saved = provider::get(db, &office.number).await.unwrap().unwrap();
        assert_eq!((saved.provider, saved.version), (stored.provider, 2));
        let unknown = ProviderNumber::parse("9970000009").unwrap();
        assert!(provider::get(db, &unknown).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn offices_are_searched_by_name_and_reading_and_listed_by_corporation() {
    for_each_database(async |db| {
        let mut all: Vec<_> = (1..=5)
            .map(|n| fixture::provider(&format!("997000000{n}"), Some("9999999999991")))
            .collect();
        all[1].name = "100%架空_訪問".to_owned();
        all[1].kana = "ヒャクパーセント".to_owned();
        all[2].active = false;
        all[3].corporation_number = None;
        provider::add_many(db, &all).await.unwrap();
        provider::add_many(db, &all).await.unwrap();
        let numbers = |found: Vec<provider::StoredProvider>| {
            found.into_iter().map(|found| found.provider.number.to_string()).collect::<Vec<_>>()
        };
        let search =
            async |name, kana| numbers(provider::search(db, name, kana, 10).await.unwrap());
        assert_eq!(search("架空", "").await.len(), 4);
        assert_eq!(search("", "ヒャク").await, ["9970000002"]);
        assert_eq!(search("%架空_", "").await, ["9970000002"]);
        assert_eq!(search("架空_ケ", "").await.len(), 0);
        assert_eq!(search("ケアプラン", "カクウ").await.len(), 3);
        let of = provider::of_corporation(db, "9999999999991").await.unwrap();
        assert_eq!(numbers(of).len(), 4);
        let between = provider::between(db, &all[1].number, &all[3].number, 10).await.unwrap();
        assert_eq!(numbers(between), ["9970000002", "9970000003", "9970000004"]);
    })
    .await;
}

#[tokio::test]
async fn a_generation_is_published_once_and_no_change_takes_it_back() {
    for_each_database(async |db| {
        let city = fixture::insurer();
        db.commit(insurer::add(&city)).await.unwrap();
        let mut stored = insurer::get(db, &city.number).await.unwrap().unwrap();
        assert_eq!((&stored.insurer, stored.generation, stored.version), (&city, 0, 1));
        db.commit(insurer::publish(&city.number, 0, 1)).await.unwrap();
        let again = db.commit(insurer::publish(&city.number, 0, 2)).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        stored.insurer.connected_since = Some(jiff::civil::date(2026, 4, 1));
        stored.insurer.not_connected_because = None;
        db.commit(insurer::update(&stored)).await.unwrap();
        assert!(matches!(db.commit(insurer::update(&stored)).await, Err(StoreError::Stale)));
        let listed = insurer::list(db).await.unwrap();
        stored.generation = 1;
        stored.version = 2;
        assert_eq!(listed, [stored]);
    })
    .await;
}

#[tokio::test]
async fn a_certificate_is_revoked_once_and_then_listed_as_revoked() {
    for_each_database(async |db| {
        let office = fixture::office("9970000001");
        let (kept, lost) = (fixture::device('a', &office), fixture::device('b', &office));
        db.commit(device::add(&kept).and(device::add(&lost))).await.unwrap();
        assert_eq!(device::get(db, &kept.sha256).await.unwrap(), Some(kept.clone()));
        db.commit(device::revoke(&lost.sha256, "key_compromise", AtMs(50))).await.unwrap();
        let again = db.commit(device::revoke(&lost.sha256, "superseded", AtMs(60))).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        let revoked = device::get(db, &lost.sha256).await.unwrap().unwrap();
        assert_eq!(revoked.revoked_why.as_deref(), Some("key_compromise"));
        assert!(!revoked.is_good(AtMs(51)) && kept.is_good(AtMs(1_000_000)));
        assert!(!kept.is_good(AtMs(1_000_001)));
        let since = async |at| device::revoked_since(db, AtMs(at), 10).await.unwrap();
        assert_eq!(since(50).await, [("b01".to_owned(), AtMs(50))]);
        assert_eq!(since(51).await, []);
        assert_eq!(device::revoked(db, 10).await.unwrap(), std::slice::from_ref(&revoked));
        assert_eq!(device::by_serial(db, "b01").await.unwrap(), Some(revoked));
        assert_eq!(device::by_serial(db, "b02").await.unwrap(), None);
        assert_eq!(device::list(db, &office).await.unwrap().len(), 2);
        assert_eq!(device::list(db, &Organisation::Operator).await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn first_steps_are_read_off_the_rows_they_leave() {
    for_each_database(async |db| {
        let sha256 = "d".repeat(64);
        let number = ProviderNumber::parse("9970000001").unwrap();
        let read = async || {
            let card = onboarding::card_was_read(db, &sha256).await.unwrap();
            (card, onboarding::person_was_registered(db, &number).await.unwrap())
        };
        let card = |id: &str, stage: &str| {
            Change::new().with(
                "INSERT INTO card_check (id, organisation, device_sha256, account_id, challenge,
                                         way, stage, made_at_ms, until_ms, version)
                 VALUES ($1, 'operator', $2, 'a1', '', 'eye', $3, 1, 2, 1)",
                params![id, sha256.as_str(), stage],
            )
        };
        db.commit(card("c1", "waiting").and(card("c2", "refused"))).await.unwrap();
        assert_eq!(read().await, (false, false));
        db.commit(card("c3", "used")).await.unwrap();
        assert_eq!(read().await, (true, false));
        let assigned = Change::new().with(
            "INSERT INTO assignment (insurer_number, insured_number, id, generation,
                                     provider_number, identity_check, started_at_ms, version)
             VALUES ('990002', '0000000001', 'x', 0, $1, 'items', 1, 1)",
            params![&number],
        );
        db.commit(assigned).await.unwrap();
        assert_eq!(read().await, (true, true));
    })
    .await;
}
