//! What a look needs of the database, on both engines.

use tasuki_app::health::{self, Verdict};
use tasuki_app::{App, Settings};
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_policy::Sharing;
use tasuki_store::event_log::HeadKey;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::seal::Keyring;
use tasuki_store::{Change, Db};

use crate::house::NOW;

fn something() -> Event {
    Event {
        at: NOW,
        actor: Actor::System { part: "test".to_owned() },
        person: None,
        action: Action::SettingChange,
        purpose: Purpose::Operation,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: None,
    }
}

/// The verdict of each check, in their order.
async fn verdicts(db: &Db) -> Vec<(&'static str, Verdict)> {
    let (keyring, sharing) = (Keyring::new(&[7; 32]), Sharing::published().unwrap());
    let app = App::new(db.clone(), keyring, sharing, Settings::default());
    health::checks(&app).await.into_iter().map(|check| (check.name, check.verdict)).collect()
}

async fn on_each_engine(check: impl AsyncFn(&Scratch)) {
    let sqlite = scratch::sqlite().await.unwrap();
    check(&sqlite).await;
    if let Ok(url) = std::env::var("PG_URL") {
        let postgres = scratch::postgres(&url).await.unwrap();
        check(&postgres).await;
        postgres.discard().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_in_order_is_in_order_before_and_after_its_first_event() {
    on_each_engine(async |scratch| {
        let good = ["database", "writer", "writer_queue", "log_head"];
        let good = good.map(|name| (name, Verdict::Ok)).to_vec();
        assert_eq!(verdicts(&scratch.db).await, good);
        scratch.db.commit(Change::event(something())).await.unwrap();
        assert_eq!(verdicts(&scratch.db).await, good);
    })
    .await;
}

#[tokio::test]
async fn a_log_that_another_key_signed_is_bad() {
    on_each_engine(async |scratch| {
        scratch.db.commit(Change::event(something())).await.unwrap();
        let other = Db::open(&scratch.options, HeadKey::from_seed([1; 32])).await.unwrap();
        assert_eq!(verdicts(&other).await.last(), Some(&("log_head", Verdict::Bad)));
    })
    .await;
}
