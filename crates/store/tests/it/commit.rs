//! The writer: all of a change or nothing, events with it, and a log that verifies.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_store::event_log::{HeadKey, Verifying};
use tasuki_store::scratch::{HEAD_SEED, for_each_database};
use tasuki_store::{Change, Db, Options, StoreError, event_log, params};

const INSERT: &str = "INSERT INTO insurer_key (insurer_number, wrapped) VALUES ($1, $2)";
const UPDATE: &str = "UPDATE insurer_key SET wrapped = $2 WHERE insurer_number = $1";

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

async fn keys(db: &Db) -> usize {
    db.rows("SELECT insurer_number FROM insurer_key LIMIT 10", vec![]).await.unwrap().len()
}

async fn verified_size(db: &Db) -> u64 {
    let head = event_log::head(db).await.unwrap().unwrap();
    let mut verifying = Verifying::default();
    for (seq, payload) in event_log::page(db, 0, 1_000).await.unwrap() {
        verifying.next(seq, &payload).unwrap();
    }
    verifying.finish(&head, &HeadKey::from_seed(HEAD_SEED).public()).unwrap();
    head.size
}

#[tokio::test]
async fn a_change_that_fails_leaves_neither_rows_nor_events() {
    for_each_database(async |db| {
        let first = Change::new().with(INSERT, params!["990001", vec![1_u8]]).and_event(event(1));
        db.commit(first).await.unwrap();
        let again = Change::new()
            .with(INSERT, params!["990002", vec![1_u8]])
            .with(INSERT, params!["990001", vec![2_u8]])
            .and_event(event(2));
        assert!(matches!(db.commit(again).await, Err(StoreError::Duplicate)));
        let missed =
            Change::new().with_one(UPDATE, params!["990009", vec![3_u8]]).and_event(event(3));
        assert!(matches!(db.commit(missed).await, Err(StoreError::Stale)));
        assert_eq!(keys(db).await, 1);
        assert_eq!(verified_size(db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn changes_that_share_a_commit_fail_each_for_itself() {
    for_each_database(async |db| {
        let all = (0..300).map(|n| {
            let insert = Change::new().with(INSERT, params!["990001", vec![1_u8]]);
            let change = if n % 3 == 0 { insert } else { Change::new() };
            db.commit(change.and_event(event(n)))
        });
        let results = futures_util::future::join_all(all).await;
        assert_eq!(results.iter().filter(|result| result.is_err()).count(), 99);
        assert_eq!(keys(db).await, 1);
        assert_eq!(verified_size(db).await, 201);
    })
    .await;
}

#[tokio::test]
async fn an_event_changed_in_the_table_is_found() {
    for_each_database(async |db| {
        for at in 0..5 {
            db.commit(Change::event(event(at))).await.unwrap();
        }
        let forge = "UPDATE event SET payload = $1 WHERE seq = $2";
        let forged = serde_json::to_string(&event(99)).unwrap();
        db.commit(Change::new().with_one(forge, params![forged, 3_i64])).await.unwrap();
        let head = event_log::head(db).await.unwrap().unwrap();
        let mut verifying = Verifying::default();
        for (seq, payload) in event_log::page(db, 0, 100).await.unwrap() {
            verifying.next(seq, &payload).unwrap();
        }
        let public = HeadKey::from_seed(HEAD_SEED).public();
        assert_eq!(verifying.finish(&head, &public), Err(event_log::LogError::Root));
    })
    .await;
}

#[tokio::test]
async fn the_newest_part_of_the_log_is_checked_alone() {
    for_each_database(async |db| {
        let public = HeadKey::from_seed(HEAD_SEED).public();
        let newest = async |most| event_log::verify_newest(db, &public, most).await.unwrap();
        assert_eq!(newest(100).await, None);
        for at in 0..7 {
            db.commit(Change::event(event(at))).await.unwrap();
        }
        // Peaks of 4, 2 and 1 events.
        assert_eq!(newest(3).await, Some(Ok(3)));
        assert_eq!(newest(100).await, Some(Ok(7)));
        let forge = "UPDATE event SET payload = $1 WHERE seq = $2";
        db.commit(Change::new().with_one(forge, params!["{}", 2_i64])).await.unwrap();
        assert_eq!(newest(3).await, Some(Ok(3)));
        assert_eq!(newest(7).await, Some(Err(event_log::LogError::Root)));
        let other = HeadKey::from_seed([1; 32]).public();
        let forged = event_log::verify_newest(db, &other, 3).await.unwrap();
        assert_eq!(forged, Some(Err(event_log::LogError::Signature)));
    })
    .await;
}

#[tokio::test]
async fn the_state_of_a_schema_is_read_without_changing_it() {
    let scratch = tasuki_store::scratch::sqlite().await.unwrap();
    let schema = tasuki_store::schema(&scratch.options).await.unwrap();
    assert_eq!(schema.applied, schema.known);
    let absent = Options::Sqlite { path: "/nowhere/tasuki.db".into() };
    assert_eq!(tasuki_store::schema(&absent).await.unwrap().applied, 0);
    if let Ok(url) = std::env::var("PG_URL") {
        let scratch = tasuki_store::scratch::postgres(&url).await.unwrap();
        assert_eq!(tasuki_store::schema(&scratch.options).await.unwrap(), schema);
        let empty = Options::Postgres { url, connections: 1 };
        assert_eq!(tasuki_store::schema(&empty).await.unwrap().applied, 0);
    }
}

#[tokio::test]
async fn many_rows_go_in_once() {
    for_each_database(async |db| {
        let rows = |from: i64| {
            (from..from + 10)
                .map(|n| params!["990001", 1_i64, "0000000001", "survey_sheet", n.to_string()])
                .collect::<Vec<_>>()
        };
        db.insert_many(&tasuki_store::transfer::SEEN, rows(0)).await.unwrap();
        db.insert_many(&tasuki_store::transfer::SEEN, rows(5)).await.unwrap();
        let seen = db.rows("SELECT series FROM transfer_seen LIMIT 100", vec![]).await.unwrap();
        assert_eq!(seen.len(), 15);
    })
    .await;
}
