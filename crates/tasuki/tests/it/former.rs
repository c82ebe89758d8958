//! The release before this one: what it left in its database is served by this version.

use tasuki_cluster::{Cluster, Durability};
use tasuki_core::event::Action;
use tasuki_store::Options;
use tasuki_store::scratch::former::{Former, House};

use crate::ground::{Ground, now, verified};

/// What the former release left in its database.
const ROWS: &str = include_str!("../../../store/former/rows.jsonl");

/// A consent on paper.
fn consent() -> serde_json::Value {
    serde_json::json!({
        "basis": { "by": "person" },
        "means": { "means": "paper", "kept_at": "事務室の棚" },
        "from": now().date().to_string(),
    })
}

/// Looks at everybody and gives a consent for the first three; how many persons were shown.
async fn used(ground: &Ground) -> usize {
    let (server, client) = (ground.serve(), ground.client());
    for (place, (_, path)) in ground.persons.iter().enumerate() {
        let (status, body) = ground.get(&client, &server, path).await.unwrap();
        assert!(status == 200 && body.contains("kanji"), "{status} {body}");
        if place < 3 {
            let (key, path) = (format!("{:?} {place}", now()), format!("{path}/consents"));
            let answer = ground.post(&client, &server, &path, &key, &consent()).await.unwrap();
            assert!(matches!(answer.0, 201 | 409), "{answer:?}");
        }
    }
    ground.persons.len()
}

/// Run by `cargo xtask freeze`: what this version leaves is what the next one finds.
#[tokio::test(flavor = "multi_thread")]
async fn what_this_version_leaves_can_be_written_down_and_read_again() {
    let ground = Ground::on("sqlite:tasuki.db").await;
    used(&ground).await;
    let text = Former::write_down(&ground.place.options()).await.unwrap();
    let back = Options::Sqlite { path: ground.place.folder().join("back.db") };
    Former::read(&text).unwrap().put_back(&back, House::Former).await.unwrap();
    assert!(Former::write_down(&back).await.unwrap() == text);
    if let Some(file) = std::env::var_os("TASUKI_FREEZE") {
        std::fs::write(file, text).unwrap();
    }
}

/// Upgrades the former release's database, or has its process write into the new one, and uses it.
async fn is_served(database: &str, house: House) {
    let former = Former::read(ROWS).unwrap();
    let ground = Ground::of_former(database, &former, house).await;
    let events = async || verified(&ground.db(&ground.place.options()).await).await;
    let looks = async || events().await.iter().filter(|it| it.action == Action::Look).count();
    let before = looks().await;
    assert!(before > 10, "the former release has shown persons");
    assert_eq!(used(&ground).await, looks().await - before);
    ground.place.run("audit verify");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_former_release_is_served_and_so_are_rows_it_writes_beside_us() {
    for house in [House::Former, House::New] {
        is_served("sqlite:tasuki.db", house).await;
        if tasuki_cluster::find().is_some() {
            let cluster = Cluster::start(Durability::None).unwrap();
            is_served(&cluster.url(), house).await;
        }
    }
}
