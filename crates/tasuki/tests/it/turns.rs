//! Processes on one PostgreSQL that do the same thing at the same moment, or stand still for a
//! while and wake up: what counts is counted once, and what is done is done once.

use std::process::{Child, Command, Stdio};

use serde_json::json;
use tasuki_cluster::{Cluster, Durability};
use tasuki_core::event::Action;
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::event_log::HeadKey;
use tasuki_store::transfer::{self, TransferState};
use tasuki_store::{Db, person};

use crate::ground::{Ground, Server, now, verified};
use crate::installation::Place;

/// Searches of one account in ten minutes, and wrong tries until a login is locked: the defaults.
const SEARCHES: usize = 20;
const TRIES: usize = 5;

/// Sends a signal to a process.
fn signal(name: &str, process: &Child) {
    let id = process.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_and_wrong_tries_are_counted_across_servers() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let ground = Ground::on(&cluster.url()).await;
    let (servers, client) = ([ground.serve(), ground.serve()], ground.client());
    let unknown = json!({
        "insurer_number": "990010", "insured_number": "9999999999", "birth_date": "1942-03-05",
        "sex": "female",
    });
    let search = async |n: usize| {
        let path = "/api/v1/persons/find";
        let key = format!("find-{n}");
        ground.post(&client, &servers[n % 2], path, &key, &unknown).await.unwrap().0
    };
    let at_once = futures_util::future::join_all((0..SEARCHES * 2).map(search)).await;
    let answered = at_once.iter().filter(|status| **status == 404).count();
    assert!((1..=SEARCHES).contains(&answered), "{at_once:?}");
    // Whatever is left of the twenty, each server goes on counting where the other one is.
    let mut n = SEARCHES * 2;
    while search(n).await == 404 {
        n += 1;
    }
    assert!([search(n + 1).await, search(n + 2).await].iter().all(|status| *status == 429));
    wrong_tries(&ground, &servers).await;
}

/// Wrong passwords of one login, at both servers in turn, until both lock it.
async fn wrong_tries(ground: &Ground, servers: &[Server; 2]) {
    let (client, mut looked_at, mut turn) = (ground.client(), 0, 0);
    let mut locked = [false; 2];
    while locked != [true; 2] {
        let answer = ground.wrong_password(&client, &servers[turn % 2]).await;
        match answer {
            (422, _) => looked_at += 1,
            // Before the lock there are pauses of seconds; the lock takes minutes.
            (429, wait_s) => locked[turn % 2] = wait_s > 60,
            other => panic!("{other:?}"),
        }
        turn += 1;
    }
    assert_eq!(looked_at, TRIES);
}

/// An installation on `cluster` with a town of `persons` whose files nobody has taken yet.
fn before_the_first_transfer(cluster: &Cluster, persons: usize) -> Place {
    let place = Place::installed_on(&cluster.url());
    place.run(&format!("town --persons {persons} --today 2026-11-20 --out town"));
    place.run("providers import town/jigyosho_town.csv");
    place
}

/// A process that takes the town's files.
fn ingest(place: &Place) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tasuki"));
    command.args("ingest --register あおば市 town/transfer".split(' '));
    command.current_dir(place.folder()).env_remove("TASUKI_CONFIG");
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

async fn open(place: &Place) -> Db {
    Db::open(&place.options(), HeadKey::from_seed([0x22; 32])).await.unwrap()
}

fn town() -> InsurerNumber {
    InsurerNumber::with_check_digit("99001").unwrap()
}

/// The town's transfer was published once, whole, and is known as taken.
async fn is_published_once(place: &Place, db: &Db, persons: usize) {
    let events = verified(db).await;
    let published = events.iter().filter(|event| event.action == Action::Ingest).count();
    assert_eq!(published, 1);
    let known = person::numbers(db, &town(), "", 10_000).await.unwrap().len();
    assert_eq!(known, persons);
    assert!(place.run("ingest town/transfer").contains("taken before: nothing changed"));
    place.run("audit verify");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_take_one_transfer_at_once_publish_it_once() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let place = before_the_first_transfer(&cluster, 60);
    let takers: Vec<Child> = (0..3).map(|_| ingest(&place)).collect();
    let ended: Vec<_> = takers.into_iter().map(|it| it.wait_with_output().unwrap()).collect();
    // Whoever was overtaken says so; the same command then finds what is left to do.
    for output in ended.iter().filter(|output| !output.status.success()) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("the same command goes on"), "{said}");
    }
    place.run("ingest --register あおば市 town/transfer");
    is_published_once(&place, &open(&place).await, 60).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taker_that_stands_still_and_wakes_up_after_another_has_published_changes_nothing() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let place = before_the_first_transfer(&cluster, 200);
    let db = open(&place).await;
    let sleeper = ingest(&place);
    let receiving =
        async || transfer::newest(&db, &town(), TransferState::Receiving).await.unwrap().is_some();
    while !receiving().await {}
    signal("-STOP", &sleeper);
    place.run("ingest --register あおば市 town/transfer");
    is_published_once(&place, &db, 200).await;
    let before = event_count(&db).await;
    signal("-CONT", &sleeper);
    let woken = sleeper.wait_with_output().unwrap();
    assert!(!woken.status.success(), "it stood still before it had published");
    assert_eq!(event_count(&db).await, before);
    is_published_once(&place, &db, 200).await;
}

async fn event_count(db: &Db) -> u64 {
    tasuki_store::event_log::head(db).await.unwrap().unwrap().size
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_holds_up_no_other_and_does_nothing_twice_when_it_wakes() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let ground = Ground::on(&cluster.url()).await;
    let (sleeper, other) = (ground.serve(), ground.serve());
    let path = format!("{}/consents", ground.persons[0].1);
    let body = json!({
        "basis": { "by": "person" },
        "means": { "means": "paper", "kept_at": "事務室の棚" },
        "from": now().date().to_string(),
    });
    let client = ground.client();
    assert_eq!(ground.get(&client, &sleeper, &ground.persons[1].1).await.unwrap().0, 200);
    signal("-STOP", &sleeper.process);
    let late = ground.post(&client, &sleeper, &path, "one-key", &body);
    let rest = async {
        let here = ground.client();
        let given = ground.post(&here, &other, &path, "one-key", &body).await.unwrap();
        assert_eq!(given.0, 201, "{given:?}");
        for (_, path) in &ground.persons {
            assert_eq!(ground.get(&here, &other, path).await.unwrap().0, 200);
        }
        signal("-CONT", &sleeper.process);
        given
    };
    let (late, given) = tokio::join!(late, rest);
    // It answers what the other one answered; the consent was given once.
    assert_eq!(late.unwrap(), given);
    let db = ground.db(&ground.place.options()).await;
    let events = verified(&db).await;
    assert_eq!(events.iter().filter(|event| event.action == Action::ConsentGive).count(), 1);
    ground.place.run("audit verify");
}
