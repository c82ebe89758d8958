//! A server whose database is away or whose disk is full: plain answers, and nothing lost.

use std::process::Command;

use tasuki_cluster::{Cluster, Durability};
use tasuki_core::event::Action;

use crate::ground::{Ground, Server, verified};

/// Looks at the first person; status and body.
async fn look(ground: &Ground, server: &Server) -> (u16, String) {
    ground.get(&ground.client(), server, &ground.persons[0].1).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_told_to_users_and_operators_until_it_is_back() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let mut cluster = Cluster::start(Durability::Full).unwrap();
    let ground = Ground::on(&cluster.url()).await;
    let server = ground.serve();
    assert_eq!(look(&ground, &server).await.0, 200);
    cluster.crash();
    let (status, body) = look(&ground, &server).await;
    assert!(status == 503 && body.contains("\"unavailable\""), "{status} {body}");
    let (status, health) = server.health().await;
    assert!(status == 503 && health.contains(r#""live":true,"ready":false"#), "{health}");
    // The same for the alerts, when the process next asks itself.
    let bad = r#"tasuki_health{check="database"} 2"#;
    while !server.figures().await.lines().any(|line| line == bad) {}
    cluster.revive().unwrap();
    while look(&ground, &server).await.0 != 200 {}
    while server.health().await.0 != 200 {}
    ground.place.run("audit verify");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_shows_nobody_and_loses_no_look_that_was_shown() {
    let ground = Ground::on("sqlite:tasuki.db").await;
    let size = std::fs::metadata(ground.place.folder().join("tasuki.db")).unwrap().len();
    // No file of the server may grow beyond this many bytes: a disk that is nearly full.
    let limit = format!("--fsize={}:", size + 200_000);
    let serve = "trap '' XFSZ; exec prlimit \"$0\" \"$1\" serve";
    let mut command = Command::new("sh");
    command.args(["-c", serve, &limit, env!("CARGO_BIN_EXE_tasuki")]);
    let server = Server::start(&mut command, ground.place.folder());
    let (client, mut shown) = (ground.client(), 0);
    let refused = loop {
        let (_, path) = &ground.persons[shown % ground.persons.len()];
        match ground.get(&client, &server, path).await.unwrap() {
            (200, _) => shown += 1,
            refused => break refused,
        }
    };
    assert!(refused.0 == 503 && refused.1.contains("\"unavailable\""), "{refused:?}");
    assert!(!refused.1.contains("kanji"), "nobody is shown");
    let room = ["--pid", &server.process.id().to_string(), "--fsize=unlimited:"];
    assert!(Command::new("prlimit").args(room).status().unwrap().success());
    while look(&ground, &server).await.0 != 200 {}
    let events = verified(&ground.db(&ground.place.options()).await).await;
    let looks = events.iter().filter(|event| event.action == Action::Look).count();
    assert!(looks > shown, "{looks} {shown}");
}

/// Stops a server and every process of it, or lets them go on.
fn signal(name: &str, cluster: &Cluster) {
    let server = cluster.process().to_string();
    let children = Command::new("pgrep").args(["-P", &server]).output().unwrap();
    let children = String::from_utf8(children.stdout).unwrap();
    let all = children.lines().chain([server.as_str()]);
    assert!(Command::new("kill").arg(name).args(all).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stands_still_is_told_and_nothing_shown_before_or_after_is_lost() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::Full).unwrap();
    let ground = Ground::on(&cluster.url()).await;
    let server = ground.serve();
    assert_eq!(look(&ground, &server).await.0, 200);
    signal("-STOP", &cluster);
    // The first finds a connection that was good; the next ones have to open one.
    for _ in 0..3 {
        let (status, body) = look(&ground, &server).await;
        assert!(status == 503 && body.contains("\"unavailable\""), "{status} {body}");
    }
    let (status, health) = server.health().await;
    assert!(status == 503 && health.contains("no answer within 2 s"), "{health}");
    let refused = ground.place.fail("check");
    assert!(refused.contains("do not work"), "{refused}");
    signal("-CONT", &cluster);
    let mut shown = 1;
    while look(&ground, &server).await.0 != 200 {}
    shown += 1;
    while server.health().await.0 != 200 {}
    let events = verified(&ground.db(&ground.place.options()).await).await;
    let looks = events.iter().filter(|event| event.action == Action::Look).count();
    assert!(looks >= shown, "{looks} {shown}");
    ground.place.run("audit verify");
}
