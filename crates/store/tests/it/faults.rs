//! Databases that are away, slow or held by somebody: a plain answer, and nothing lost.

use tasuki_cluster::{Cluster, Durability};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_store::event_log::{HeadKey, Verifying};
use tasuki_store::scratch::{self, HEAD_SEED};
use tasuki_store::{Change, Db, StoreError, event_log};

fn event(at: i64) -> Change {
    Change::event(Event {
        at: AtMs(at),
        actor: Actor::System { part: "test".to_owned() },
        person: None,
        action: Action::SettingChange,
        purpose: Purpose::Operation,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: None,
    })
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

/// Commits until it works again.
async fn until_it_works(db: &Db) {
    while db.commit(event(9)).await.is_err() {}
}

#[tokio::test]
async fn a_server_that_crashed_is_told_and_the_same_process_goes_on_when_it_is_back() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let mut cluster = Cluster::start(Durability::Full).unwrap();
    let scratch = scratch::postgres(&cluster.url()).await.unwrap();
    let db = &scratch.db;
    for at in 0..20 {
        db.commit(event(at)).await.unwrap();
    }
    cluster.crash();
    for _ in 0..3 {
        let (written, read) = (db.commit(event(1)).await, event_log::head(db).await);
        assert!(matches!(written, Err(StoreError::Unavailable(_))), "{written:?}");
        assert!(read.is_err());
    }
    cluster.revive().unwrap();
    until_it_works(db).await;
    assert_eq!(verified_size(db).await, 21);
}

#[tokio::test]
async fn a_commit_that_hangs_is_answered_and_the_next_ones_go_on_when_the_disk_does() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::Full).unwrap();
    let scratch = scratch::postgres(&cluster.url()).await.unwrap();
    let db = &scratch.db;
    db.commit(event(0)).await.unwrap();
    let tell = async |sql| db.rows(sql, vec![]).await.unwrap();
    // A commit now waits for a copy that never comes, as it would for a disk that hangs.
    tell("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").await;
    tell("SELECT pg_reload_conf()::TEXT").await;
    let mut held = 0;
    loop {
        match db.commit(event(1)).await {
            // The server had not read its settings yet.
            Ok(_) => held += 1,
            Err(StoreError::Unavailable(_)) => break,
            Err(error) => panic!("{error:?}"),
        }
    }
    tell("ALTER SYSTEM RESET synchronous_standby_names").await;
    tell("SELECT pg_reload_conf()::TEXT").await;
    until_it_works(db).await;
    // The one that hung was never acknowledged; it may stand, with its event.
    let size = verified_size(db).await;
    assert!((2..=3).contains(&(size - held)), "{size} {held}");
}

#[tokio::test]
async fn a_process_that_stands_still_in_a_commit_is_cut_off_by_the_server() {
    let Ok(url) = std::env::var("PG_URL") else { return };
    let scratch = scratch::postgres(&url).await.unwrap();
    let sql = "SHOW idle_in_transaction_session_timeout";
    let limit = scratch.db.row(sql, vec![]).await.unwrap().unwrap().text("limit").unwrap();
    assert_eq!(limit, "20s");
    scratch.discard().await.unwrap();
}
