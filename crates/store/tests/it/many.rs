//! Several programs on one database: one order of the log, and marks that hold for all.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::event_log::{HeadKey, Verifying};
use tasuki_store::ingestion::SERVICE_USE;
use tasuki_store::scratch::{HEAD_SEED, for_each};
use tasuki_store::transfer::{self, Transfer, TransferScope, TransferState};
use tasuki_store::{Bulk, Change, Db, StoreError, event_log, ingestion, maintenance, params, rate};

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

fn of_version(version: i64) -> Transfer {
    Transfer {
        insurer: InsurerNumber::with_check_digit("99001").unwrap(),
        sequence: 7,
        scope: TransferScope::Diff,
        state: TransferState::Receiving,
        generation: 2,
        started_at: AtMs(1),
        published_at: None,
        version,
    }
}

#[tokio::test]
async fn whoever_held_a_transfer_before_neither_stores_nor_discards_nor_begins_it_again() {
    for_each(async |scratch| {
        let db = &scratch.db;
        let store = async |change| db.store(Bulk::new().with(change)).await;
        let (sleeper, next) = (of_version(1), of_version(2));
        store(transfer::begin(&sleeper, &[])).await.unwrap();
        // Another process begins the same one at the same moment.
        let at_once = store(transfer::begin(&sleeper, &[])).await;
        assert!(matches!(at_once, Err(StoreError::Duplicate)), "{at_once:?}");
        store(transfer::take_over(&sleeper)).await.unwrap();
        let person = "INSERT INTO insured_person (insurer_number, insured_number, generation,
                    birth_date, sex, kana_key, deleted, received_at_ms, digest, body)
             VALUES ('990010', '0000000001', 2, '1940-01-01', 'female', '', 0, 1, $1, $1)";
        store(transfer::held(&next).with(person, params![vec![0_u8]])).await.unwrap();
        for refused in [
            store(transfer::held(&sleeper)).await,
            ingestion::discard(db, &sleeper).await,
            store(transfer::failed(&sleeper)).await,
            store(transfer::published(&sleeper, AtMs(2))).await,
        ] {
            assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
        }
        let known = "SELECT insured_number FROM insured_person LIMIT 9";
        assert_eq!(db.rows(known, vec![]).await.unwrap().len(), 1);
        // The next try of the number is greater than every holder of the former one.
        ingestion::discard(db, &next).await.unwrap();
        assert!(db.rows(known, vec![]).await.unwrap().is_empty());
        store(transfer::failed(&next)).await.unwrap();
        let again = of_version(4);
        store(transfer::begin(&again, &[])).await.unwrap();
        for former in [&sleeper, &next] {
            let held = store(transfer::held(former)).await;
            assert!(matches!(held, Err(StoreError::Stale)), "{held:?}");
        }
        store(transfer::held(&again)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn tries_that_two_programs_count_at_once_are_all_counted() {
    for_each(async |scratch| {
        let key = HeadKey::from_seed(HEAD_SEED);
        let programs = [&scratch.db, &Db::open(&scratch.options, key).await.unwrap()];
        let counts =
            (0..40).map(|n| programs[n % 2].commit(rate::count("find/架空", AtMs(60_000))));
        for counted in futures_util::future::join_all(counts).await {
            counted.unwrap();
        }
        for db in programs {
            assert_eq!(rate::tries(db, "find/架空", AtMs(0)).await.unwrap(), 40);
        }
    })
    .await;
}
