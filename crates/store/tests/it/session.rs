//! Sessions.

use tasuki_core::date::AtMs;
use tasuki_store::scratch::for_each_database;
use tasuki_store::session::{self, Stage};
use tasuki_store::{Db, StoreError, account, device, insurer, provider};

use crate::fixture;

const OFFICE: &str = "9970000001";

async fn house(db: &Db) {
    let office = fixture::office(OFFICE);
    let change = account::create(&fixture::account("a1"), "hash", false, AtMs(1))
        .and(account::add_membership("a1", &fixture::membership(&office)))
        .and(provider::add(&fixture::provider(OFFICE, Some("9999999999991"))))
        .and(insurer::add(&fixture::insurer()))
        .and(device::add(&fixture::device('d', &office)));
    db.commit(change).await.unwrap();
}

#[tokio::test]
async fn an_open_session_comes_with_all_that_it_rests_on() {
    for_each_database(async |db| {
        house(db).await;
        let saved = fixture::session('1', "a1", &fixture::office(OFFICE));
        db.commit(session::add(&saved)).await.unwrap();
        assert_eq!(session::get(db, &saved.token_hash).await.unwrap().unwrap(), saved);
        let opened = session::opened(db, &saved.token_hash).await.unwrap().unwrap();
        assert_eq!(opened.session, saved);
        assert!(opened.account_active && opened.membership_active && !opened.device_revoked);
        assert_eq!(opened.provider, Some(fixture::provider(OFFICE, Some("9999999999991"))));
        assert_eq!(opened.device_corporation.as_deref(), Some("9999999999991"));
        assert_eq!(opened.device_office_active, Some(true));
        db.commit(session::end(&saved.token_hash, Stage::Open)).await.unwrap();
        assert!(session::opened(db, &saved.token_hash).await.unwrap().is_none());
        let again = db.commit(session::end(&saved.token_hash, Stage::Open)).await;
        assert!(matches!(again, Err(StoreError::Stale)));
    })
    .await;
}

#[tokio::test]
async fn a_session_acts_for_the_organisation_it_was_switched_to() {
    for_each_database(async |db| {
        house(db).await;
        let saved = fixture::session('1', "a1", &fixture::office(OFFICE));
        let city = tasuki_core::account::Organisation::Insurer(fixture::insurer().number);
        let change = session::add(&saved)
            .and(account::add_membership("a1", &fixture::membership(&city)))
            .and(session::switch(&saved.token_hash, &city));
        db.commit(change).await.unwrap();
        let opened = session::opened(db, &saved.token_hash).await.unwrap().unwrap();
        assert_eq!(opened.session.organisation, Some(city));
        assert_eq!(opened.insurer_name.as_deref(), Some("架空市"));
        assert_eq!(opened.provider, None);
    })
    .await;
}

#[tokio::test]
async fn sessions_end_by_owner_office_device_or_family() {
    for_each_database(async |db| {
        house(db).await;
        let office = fixture::office(OFFICE);
        let saved = |hash| fixture::session(hash, "a1", &office);
        let left = async || {
            let open = session::of_account(db, "a1", AtMs(200)).await.unwrap();
            open.into_iter().map(|session| session.family).collect::<Vec<_>>().concat()
        };
        for hash in ['1', '2', '3', '4', '5', '6'] {
            db.commit(session::add(&saved(hash))).await.unwrap();
        }
        let hash = |hash: char| saved(hash).token_hash;
        db.commit(session::end_own(&hash('1'), "a1")).await.unwrap();
        let others = db.commit(session::end_own(&hash('2'), "a9")).await;
        assert!(matches!(others, Err(StoreError::Stale)));
        db.commit(session::end_family("2", "a9")).await.unwrap();
        assert_eq!(left().await, "23456");
        db.commit(session::end_family("2", "a1")).await.unwrap();
        db.commit(session::end_of_account("a1", Some(&hash('3')))).await.unwrap();
        assert_eq!(left().await, "3");
        db.commit(session::end_in_organisation("a1", &fixture::office("9970000002")))
            .await
            .unwrap();
        db.commit(session::end_on_device(&"e".repeat(64))).await.unwrap();
        assert_eq!(left().await, "3");
        db.commit(session::end_in_organisation("a1", &office)).await.unwrap();
        assert_eq!(left().await, "");
        db.commit(session::add(&saved('7'))).await.unwrap();
        db.commit(session::end_on_device(&"d".repeat(64))).await.unwrap();
        assert_eq!(left().await, "");
    })
    .await;
}

#[tokio::test]
async fn a_session_is_idle_or_past_its_end_to_the_millisecond() {
    for_each_database(async |db| {
        house(db).await;
        let saved = fixture::session('1', "a1", &fixture::office(OFFICE));
        db.commit(session::add(&saved)).await.unwrap();
        assert!(saved.is_alive(AtMs(1_099)) && !saved.is_alive(AtMs(1_100)));
        assert_eq!(session::of_account(db, "a1", AtMs(1_099)).await.unwrap().len(), 1);
        assert_eq!(session::of_account(db, "a1", AtMs(1_100)).await.unwrap().len(), 0);
        db.commit(session::touch(&saved.token_hash, AtMs(4_500))).await.unwrap();
        db.commit(session::touch(&saved.token_hash, AtMs(300))).await.unwrap();
        let touched = session::get(db, &saved.token_hash).await.unwrap().unwrap();
        assert_eq!(touched.seen_at, AtMs(4_500));
        assert!(touched.is_alive(AtMs(4_999)) && !touched.is_alive(AtMs(5_000)));
        db.commit(session::sweep(AtMs(5_000))).await.unwrap();
        assert!(session::get(db, &saved.token_hash).await.unwrap().is_some());
        db.commit(session::sweep(AtMs(5_001))).await.unwrap();
        assert!(session::get(db, &saved.token_hash).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_mailed_code_is_kept_only_while_its_session_is_pending() {
    for_each_database(async |db| {
        let mut saved = fixture::session('1', "a1", &fixture::office(OFFICE));
        db.commit(session::add(&saved)).await.unwrap();
        let open = db.commit(session::set_secret(&saved.token_hash, "code", AtMs(9))).await;
        assert!(matches!(open, Err(StoreError::Stale)));
        saved = fixture::session('2', "a1", &fixture::office(OFFICE));
        saved.stage = Stage::Pending;
        db.commit(session::add(&saved)).await.unwrap();
        db.commit(session::set_secret(&saved.token_hash, "code", AtMs(9))).await.unwrap();
        let found = session::by_secret(db, "code").await.unwrap().unwrap();
        assert_eq!((found.token_hash, found.secret_until), (saved.token_hash, Some(AtMs(9))));
        assert!(session::by_secret(db, "other").await.unwrap().is_none());
    })
    .await;
}
