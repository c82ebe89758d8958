//! Tables of persons cut by insurer: everything is there afterwards, and nobody notices.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::event_log::{HeadKey, Verifying};
use tasuki_store::ingestion::SERVICE_USE;
use tasuki_store::scratch::{self, HEAD_SEED};
use tasuki_store::{Change, Db, PartitionError, event_log, params, partition};

fn look(insurer: &str, at: i64) -> Event {
    let insurer = InsurerNumber::with_check_digit(insurer).unwrap();
    let insured = InsuredNumber::parse("0000000017").unwrap();
    Event {
        at: AtMs(at),
        actor: Actor::Person,
        person: Some(PersonKey { insurer, insured }),
        action: Action::Look,
        purpose: Purpose::OwnInformation,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: None,
    }
}

async fn append(db: &Db, count: i64) {
    let insurers = ["99001", "99002", "99003", "99004", "99005"];
    let appends = (0..count).map(|n| {
        let insurer = insurers[usize::try_from(n).unwrap() % insurers.len()];
        db.commit(Change::event(look(insurer, n)))
    });
    for appended in futures_util::future::join_all(appends).await {
        appended.unwrap();
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

/// Name and definition of every index of a table of persons.
async fn indexes(db: &Db) -> Vec<(String, String)> {
    let sql = "SELECT i.relname::TEXT, t.relname::TEXT
                 FROM pg_index x
                 JOIN pg_class i ON i.oid = x.indexrelid
                 JOIN pg_class t ON t.oid = x.indrelid
                WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition
                ORDER BY i.relname
                LIMIT 1000";
    let rows = db.rows(sql, vec![]).await.unwrap();
    rows.into_iter().map(|mut row| (row.text("a").unwrap(), row.text("b").unwrap())).collect()
}

async fn partitions_of_event(db: &Db) -> i64 {
    let sql = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass LIMIT 1";
    db.row(sql, vec![]).await.unwrap().unwrap().int("count").unwrap()
}

#[tokio::test]
async fn a_living_database_is_cut_and_cut_again_and_goes_on() {
    let Ok(url) = std::env::var("PG_URL") else { return };
    let scratch = scratch::postgres(&url).await.unwrap();
    let db = &scratch.db;
    append(db, 60).await;
    let month = |insurer: &str| params![insurer, "0000000001", "9970000001", "2026-09", 1_i64];
    let months = ["990010", "990029", "990037"].map(month).to_vec();
    db.insert_many(&SERVICE_USE, months.clone()).await.unwrap();
    let indexes_before = indexes(db).await;
    for parts in [4, 7] {
        let size = verified_size(db).await;
        let mut told = Vec::new();
        partition(&scratch.options, parts, |table, rows| told.push((table, rows))).await.unwrap();
        assert!(told.contains(&("event", i64::try_from(size).unwrap())), "{told:?}");
        assert!(told.contains(&("service_use", 3)) && told.contains(&("document", 0)));
        assert_eq!(partitions_of_event(db).await, i64::from(parts));
        assert_eq!(indexes(db).await, indexes_before);
        // The connections of before, with their prepared statements, go on.
        assert_eq!(verified_size(db).await, size);
        db.insert_many(&SERVICE_USE, months.clone()).await.unwrap();
        append(db, 20).await;
        assert_eq!(verified_size(db).await, size + 20);
        Db::open(&scratch.options, HeadKey::from_seed(HEAD_SEED)).await.unwrap();
    }
    scratch.discard().await.unwrap();
}

#[tokio::test]
async fn sqlite_has_no_partitions() {
    let scratch = scratch::sqlite().await.unwrap();
    let refused = partition(&scratch.options, 4, |_, _| {}).await;
    assert!(matches!(refused, Err(PartitionError::NotPostgres)));
}
