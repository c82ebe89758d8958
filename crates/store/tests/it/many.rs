//! Several programs on one database: one order of the log, and marks that hold for all.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_store::event_log::{HeadKey, Verifying};
use tasuki_store::ingestion::SERVICE_USE;
use tasuki_store::scratch::{HEAD_SEED, for_each};
use tasuki_store::{Change, Db, StoreError, event_log, maintenance, params};

fn event(at: i64) -> Event {
    Event {
        at: AtMs(at),
        actor: Actor::System { part: "test".to_owned() },
        person: None,
        action: Action::SettingChange,
        purpose: Purpose::Operation,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: None,
    }
}

async fn verified_size(db: &Db) -> u64 {
    let head = event_log::head(db).await.unwrap().unwrap();
    let mut verifying = Verifying::default();
    for (seq, payload) in event_log::page(db, 0, 10_000).await.unwrap() {
        verifying.next(seq, &payload).unwrap();
    }
    verifying.finish(&head, &HeadKey::from_seed(HEAD_SEED).public()).unwrap();
    head.size
}

#[tokio::test]
async fn programs_that_append_at_once_make_one_log_from_the_first_event_on() {
    for_each(async |scratch| {
        let open = async || Db::open(&scratch.options, HeadKey::from_seed(HEAD_SEED)).await;
        let programs = [open().await.unwrap(), open().await.unwrap(), open().await.unwrap()];
        let appends = (0..150).map(|n| {
            let db = &programs[usize::try_from(n).unwrap() % 3];
            db.commit(Change::event(event(n)))
        });
        for result in futures_util::future::join_all(appends).await {
            result.unwrap();
        }
        assert_eq!(verified_size(&scratch.db).await, 150);
    })
    .await;
}

#[tokio::test]
async fn a_closed_house_takes_nothing_from_any_program_until_it_is_opened() {
    for_each(async |scratch| {
        let (here, key) = (&scratch.db, HeadKey::from_seed(HEAD_SEED));
        let there = Db::open(&scratch.options, key).await.unwrap();
        let month = || vec![params!["990010", "0000000001", "9970000001", "2026-09", 1_i64]];
        maintenance::close(here, "引っ越し", Change::event(event(1))).await.unwrap();
        let why = maintenance::closed_because(&there).await.unwrap();
        assert_eq!(why.as_deref(), Some("引っ越し"));
        let again = maintenance::close(&there, "x", Change::event(event(2))).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        for db in [here, &there] {
            let event = db.commit(Change::event(event(3))).await;
            assert!(matches!(event, Err(StoreError::Closed)));
            let bulk = db.insert_many(&SERVICE_USE, month()).await;
            assert!(matches!(bulk, Err(StoreError::Closed)));
        }
        maintenance::reopen(&there, Change::event(event(4))).await.unwrap();
        assert_eq!(maintenance::closed_because(here).await.unwrap(), None);
        here.commit(Change::event(event(5))).await.unwrap();
        here.insert_many(&SERVICE_USE, month()).await.unwrap();
        let again = maintenance::reopen(here, Change::event(event(6))).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        assert_eq!(verified_size(here).await, 3);
    })
    .await;
}
