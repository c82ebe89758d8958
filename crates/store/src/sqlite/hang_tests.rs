//! A disk that hangs: SQLite asks a hook on its way to the disk, and the hook does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tokio::sync::mpsc;

use super::{open, start_writer};
use crate::event_log::{self, HeadKey};
use crate::{Change, Db, StoreError};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_hangs_is_answered_reads_go_on_and_the_log_stays_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (readers, mut connection) = open(&folder.path().join("tasuki.db"), None).unwrap();
    crate::migrate::sqlite(&mut connection).unwrap();
    let hangs = Arc::new(AtomicBool::new(false));
    let (go_on, held) = std::sync::mpsc::channel::<()>();
    let asked = Arc::clone(&hangs);
    let hook = move || {
        if asked.load(Ordering::SeqCst) {
            held.recv().unwrap();
        }
        false
    };
    connection.commit_hook(Some(hook)).unwrap();
    let (writer, jobs) = mpsc::channel(10);
    let key = || HeadKey::from_seed([42; 32]);
    start_writer(connection, jobs, key()).unwrap();
    let db = Db::over(readers, writer, &key());
    db.commit(event(1)).await.unwrap();
    hangs.store(true, Ordering::SeqCst);
    let refused = db.commit(event(2)).await;
    let slow = "the database is too slow: nothing was answered";
    assert!(matches!(refused, Err(StoreError::Unavailable(it)) if it == slow), "{refused:?}");
    assert_eq!(event_log::head(&db).await.unwrap().unwrap().size, 1);
    hangs.store(false, Ordering::SeqCst);
    go_on.send(()).unwrap();
    db.commit(event(3)).await.unwrap();
    // The one that hung was never acknowledged; it stands, with its event.
    let verified = event_log::verify_newest(&db, &key().public(), 10).await.unwrap();
    assert_eq!(verified, Some(Ok(3)));
}
