//! Papers from a read replica: the same as the primary's, never a right out of the past, and nobody
//! notices when it lags or is lost.

use serde_json::{Value, json};
use tasuki_cluster::{Cluster, Durability};
use tasuki_store::scratch;

use crate::ground::{Ground, Server, now, verified};

/// What the API shows of the `n`-th person.
async fn shown(ground: &Ground, server: &Server, n: usize) -> Value {
    let (client, path) = (ground.client(), &ground.persons[n].1);
    let (status, body) = ground.get(&client, server, path).await.unwrap();
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// How often papers were asked of the replica with this outcome.
async fn reads(server: &Server, outcome: &str) -> u64 {
    let line = format!("tasuki_replica_reads_total{{outcome=\"{outcome}\"}} ");
    let figures = server.figures().await;
    let count = figures.lines().find_map(|it| it.strip_prefix(&line));
    count.map_or(0, |count| count.parse().unwrap())
}

/// Looks at persons until the outcome has been counted once more.
async fn look_until(ground: &Ground, server: &Server, outcome: &str) {
    let before = reads(server, outcome).await;
    while reads(server, outcome).await == before {
        shown(ground, server, 1).await;
    }
}

/// What health says of the replica; the platform is ready in any case.
async fn health(server: &Server) -> String {
    let (status, health) = server.health().await;
    assert_eq!(status, 200, "{health}");
    let health: Value = serde_json::from_str(&health).unwrap();
    let checks = health["checks"].as_array().unwrap();
    let replica = checks.iter().find(|check| check["name"] == "replica").unwrap();
    replica["text"].as_str().unwrap().to_owned()
}

/// Gives a consent for the first person; its id.
async fn give(ground: &Ground, server: &Server, key: &str) -> String {
    let body = json!({
        "basis": { "by": "person" },
        "means": { "means": "paper", "kept_at": "事務室の棚" },
        "from": now().date().to_string(),
    });
    let path = format!("{}/consents", ground.persons[0].1);
    let (status, body) = ground.post(&ground.client(), server, &path, key, &body).await.unwrap();
    assert_eq!(status, 201, "{body}");
    let given: Value = serde_json::from_str(&body).unwrap();
    given["id"].as_str().unwrap().to_owned()
}

/// How many papers the answer shows.
fn papers(person: &Value) -> usize {
    person["papers"].as_array().unwrap().len()
}

/// Both servers show the same papers of everybody.
async fn agree(ground: &Ground, server: &Server, other: &Server) {
    let mut count = 0;
    for n in 0..ground.persons.len() {
        let (here, there) = (shown(ground, server, n).await, shown(ground, other, n).await);
        assert_eq!(here["papers"], there["papers"]);
        count += papers(&here);
    }
    assert!(count > 10, "{count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_come_from_the_replica_and_rights_never_do() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let primary = Cluster::start(Durability::None).unwrap();
    let ground = Ground::on(&primary.url()).await;
    let mut follower = primary.replica().unwrap();
    let alone = ground.serve();
    let line = format!("replica = \"{}\"\n\n[keys]", follower.url());
    ground.place.set("[keys]", &line);
    let server = ground.serve();
    look_until(&ground, &server, "answered").await;
    agree(&ground, &server, &alone).await;
    assert!(health(&server).await.contains("follows"));
    assert!(ground.place.run("check").contains("follows"));
    // The replica stands still. What is given and taken back on the other server holds at once.
    scratch::replay(&follower.url(), false).await.unwrap();
    let before = shown(&ground, &server, 0).await;
    let from_file = before["consents"][0]["id"].as_str().unwrap().to_owned();
    ground.withdraw(&alone, &from_file).await;
    assert!(papers(&shown(&ground, &server, 0).await) < papers(&before));
    let id = give(&ground, &alone, "one").await;
    assert_eq!(papers(&shown(&ground, &server, 0).await), papers(&before));
    ground.withdraw(&alone, &id).await;
    assert!(papers(&shown(&ground, &server, 0).await) < papers(&before));
    assert!(health(&server).await.contains("paused"));
    // So do papers that are published meanwhile: the replica is behind, and the primary answers.
    let more = "town --persons 20 --today 2026-11-20 --out more --difference 50";
    let said = ground.place.run(more);
    ground.place.run(said.lines().last().unwrap().trim_start_matches("tasuki "));
    agree(&ground, &server, &alone).await;
    look_until(&ground, &server, "behind").await;
    scratch::replay(&follower.url(), true).await.unwrap();
    look_until(&ground, &server, "answered").await;
    // It is lost, and comes back.
    follower.crash();
    look_until(&ground, &server, "away").await;
    assert!(health(&server).await.contains("away"));
    follower.revive().unwrap();
    look_until(&ground, &server, "answered").await;
    drop(verified(&ground.db(&ground.place.options()).await).await);
    // A server that follows nobody, or somebody else, is told.
    let stranger = Cluster::start(Durability::None).unwrap();
    ground.place.set(&follower.url(), &stranger.url());
    assert!(ground.place.fail("check").contains("do not work"));
}
