//! Keys of writes: held, marked by what the write commits, filled with its answer, or taken over.

use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_store::idempotency::{self, Answer, Hold, Stage};
use tasuki_store::notice;
use tasuki_store::scratch::for_each_database;
use tasuki_store::{Change, Db, StoreError};

fn hold(key: &str, since: i64) -> Hold {
    Hold { organisation: Organisation::Operator, key: key.to_owned(), since: AtMs(since) }
}

fn answer(status: i64, body: &[u8]) -> Answer {
    Answer { status, body: body.to_vec() }
}

/// A write that the test can see: a notice of this name.
fn write(name: &str) -> Change {
    notice::add(&Organisation::Operator, name, "announcement", "{}", AtMs(1))
}

async fn stage(db: &Db, key: &str) -> Option<Stage> {
    let known = idempotency::get(db, &Organisation::Operator, key).await.unwrap();
    known.map(|known| known.stage)
}

async fn written(db: &Db) -> Vec<String> {
    let notices = notice::newest(db, &Organisation::Operator, 10).await.unwrap();
    notices.into_iter().map(|notice| notice.id).collect()
}

#[tokio::test]
async fn a_key_is_held_once_and_gets_one_answer() {
    for_each_database(async |db| {
        let first = hold("k", 5);
        db.commit(first.take("00")).await.unwrap();
        let again = db.commit(hold("k", 6).take("00")).await;
        assert!(matches!(again, Err(StoreError::Duplicate)));
        let known = idempotency::get(db, &Organisation::Operator, "k").await.unwrap().unwrap();
        assert_eq!((known.request_sha256.as_str(), known.since), ("00", AtMs(5)));
        assert_eq!(known.stage, Stage::Held);
        db.commit(first.fill(answer(201, b"made"))).await.unwrap();
        assert_eq!(stage(db, "k").await, Some(Stage::Answered(answer(201, b"made"))));
        let other = db.commit(first.fill(answer(200, b"other"))).await;
        assert!(matches!(other, Err(StoreError::Stale)));
        for free in [first.release(), first.forget()] {
            db.commit(free).await.unwrap();
            assert!(stage(db, "k").await.is_some());
        }
        assert_eq!(stage(db, "other").await, None);
        db.commit(idempotency::sweep(AtMs(6))).await.unwrap();
        assert_eq!(stage(db, "k").await, None);
    })
    .await;
}

#[tokio::test]
async fn what_a_write_commits_marks_its_key_and_a_marked_key_is_never_taken_over() {
    for_each_database(async |db| {
        let own = hold("k", 5);
        db.commit(own.take("00")).await.unwrap();
        own.clone().during(db.commit(write("a"))).await.unwrap();
        own.clone().during(db.commit(write("b"))).await.unwrap();
        assert_eq!(stage(db, "k").await, Some(Stage::Marked));
        let taken = db.commit(hold("k", 9).take_over(AtMs(5))).await;
        assert!(matches!(taken, Err(StoreError::Stale)));
        db.commit(own.release()).await.unwrap();
        assert_eq!(stage(db, "k").await, Some(Stage::Marked));
        db.commit(own.fill(answer(204, b""))).await.unwrap();
        assert_eq!(stage(db, "k").await, Some(Stage::Answered(answer(204, b""))));
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_write_happens_after_its_key_was_taken_over() {
    for_each_database(async |db| {
        let (slow, second) = (hold("k", 5), hold("k", 9));
        db.commit(slow.take("00")).await.unwrap();
        db.commit(second.take_over(AtMs(5))).await.unwrap();
        let late = slow.clone().during(db.commit(write("late"))).await;
        assert!(matches!(late, Err(StoreError::Stale)));
        let answered = db.commit(slow.fill(answer(201, b""))).await;
        assert!(matches!(answered, Err(StoreError::Stale)));
        second.clone().during(db.commit(write("second"))).await.unwrap();
        assert_eq!(written(db).await, ["second"]);
        db.commit(second.forget()).await.unwrap();
        assert_eq!(stage(db, "k").await, None);
    })
    .await;
}
