//! Three servers on one PostgreSQL: one of them dies under load, nothing acknowledged is lost, and
//! what is changed on one holds on the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tasuki_app::setting::Tables;
use tasuki_cluster::{Cluster, Durability};
use tasuki_core::event::{Action, Event};
use tasuki_store::setting::{Setting, set};

use crate::ground::{Ground, Server, now, number, town, verified};
use crate::installation::Place;

/// Clients that ask at the same time, and how often each looks.
const CLIENTS: usize = 6;
const ROUNDS: usize = 60;

/// What one client was told.
#[derive(Default)]
struct Told {
    /// Looks that were shown, by number of the person.
    shown: BTreeMap<String, usize>,
    /// Looks of which no answer came back.
    unknown: usize,
    /// Ids of the consents that were entered.
    consents: Vec<String>,
}

/// Looks and enters consents, one server after the other; a server that is gone is passed over.
async fn client(ground: Arc<Ground>, servers: Arc<Vec<Server>>, me: usize) -> Told {
    let (client, mut told) = (ground.client(), Told::default());
    for round in 0..ROUNDS {
        let server = |step: usize| &servers[(me + round + step) % servers.len()];
        let (number, path) = &ground.persons[(me + round) % ground.persons.len()];
        match ground.get(&client, server(0), path).await {
            Some((200, _)) => {
                *told.shown.entry(number.expose().to_owned()).or_default() += 1;
            }
            Some(other) => panic!("{other:?}"),
            None => told.unknown += 1,
        }
        if round % 10 == 0 {
            told.consents.extend(consent(&ground, &client, server, path, me * 1_000 + round).await);
        }
    }
    told
}

/// Enters a consent; a request without an answer is sent to the next server under the same key.
async fn consent<'a>(
    ground: &Ground,
    client: &reqwest::Client,
    server: impl Fn(usize) -> &'a Server,
    path: &str,
    key: usize,
) -> Option<String> {
    let body = json!({
        "basis": { "by": "person" },
        "means": { "means": "paper", "kept_at": "事務室の棚" },
        "from": now().date().to_string(),
    });
    for step in 0..3 {
        let path = format!("{path}/consents");
        let key = format!("key-{key}");
        match ground.post(client, server(step), &path, &key, &body).await {
            Some((201, body)) => {
                let body: Value = serde_json::from_str(&body).unwrap();
                return Some(body["id"].as_str().unwrap().to_owned());
            }
            // The dead server had claimed the key: whether it happened, the log tells.
            Some((409, _)) => return None,
            Some(other) => panic!("{other:?}"),
            None => {}
        }
    }
    panic!("no server answers");
}

fn count(events: &[Event], action: Action) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for event in events.iter().filter(|event| event.action == action) {
        if let Some(number) = number(event) {
            *found.entry(number.expose()).or_default() += 1;
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_under_load_takes_nothing_with_it() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let ground = Arc::new(Ground::on(&cluster.url()).await);
    let servers = Arc::new((0..3).map(|_| ground.serve()).collect::<Vec<_>>());
    let victim = servers[1].process.id().to_string();
    let ended = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|me| {
            let ended = ended.clone();
            let work = client(ground.clone(), servers.clone(), me);
            tokio::spawn(async move {
                let told = work.await;
                ended.fetch_add(1, Ordering::Relaxed);
                told
            })
        })
        .collect();
    let db = ground.db(&ground.place.options()).await;
    let size = async || tasuki_store::event_log::head(&db).await.unwrap().unwrap().size;
    let begun = size().await;
    while size().await < begun + 60 {
        tokio::task::yield_now().await;
    }
    assert!(std::process::Command::new("kill").args(["-9", &victim]).status().unwrap().success());
    assert_eq!(ended.load(Ordering::Relaxed), 0, "it died under load");
    let (mut shown, mut unknown, mut consents) = (BTreeMap::new(), 0, Vec::new());
    for client in clients {
        let told = client.await.unwrap();
        unknown += told.unknown;
        consents.extend(told.consents);
        for (number, count) in told.shown {
            *shown.entry(number).or_insert(0) += count;
        }
    }
    assert!(unknown > 0 && consents.len() > 20, "{unknown} {}", consents.len());
    let events = verified(&db).await;
    let looks = count(&events, Action::Look);
    for (number, shown) in &shown {
        assert!(looks[number.as_str()] >= *shown, "{shown} of {looks:?}");
    }
    let (looked, told): (usize, usize) = (looks.values().sum(), shown.values().sum());
    assert!(looked <= told + unknown, "{looked} events, {told} shown, {unknown} unknown");
    for id in &consents {
        let given = events.iter().filter(|event| event.action == Action::ConsentGive);
        let given = given.filter(|event| event.note.as_deref() == Some(id)).count();
        assert_eq!(given, 1, "{id}");
    }
    ground.place.run("audit verify");
}

/// The executable of the former release, as `cargo xtask former` hands it over.
#[tokio::test(flavor = "multi_thread")]
async fn the_former_release_serves_beside_this_one_on_one_database() {
    let Some(former) = std::env::var_os("TASUKI_FORMER") else { return };
    let cluster = Cluster::start(Durability::None).unwrap();
    let place = Place::installed_by(former.clone(), &cluster.url());
    town(&place);
    let serve = |place: &Place| {
        Server::start(std::process::Command::new(&former).arg("serve"), place.folder())
    };
    // It goes on while the new one brings the schema up to date, and a second one starts after.
    let first = serve(&place);
    let ground = Ground::with_software(place, "soft").await;
    let servers = vec![first, ground.serve(), serve(&ground.place)];
    let (ground, servers) = (Arc::new(ground), Arc::new(servers));
    let clients = (0..CLIENTS).map(|me| tokio::spawn(client(ground.clone(), servers.clone(), me)));
    let (mut shown, mut consents) = (0, Vec::new());
    for client in clients.collect::<Vec<_>>() {
        let told = client.await.unwrap();
        assert_eq!(told.unknown, 0);
        shown += told.shown.values().sum::<usize>();
        consents.extend(told.consents);
    }
    let events = verified(&ground.db(&ground.place.options()).await).await;
    assert_eq!(count(&events, Action::Look).values().sum::<usize>(), shown);
    let given = events.iter().filter(|event| event.action == Action::ConsentGive).count();
    assert_eq!(given, consents.len());
    ground.place.run("audit verify");
}

/// What the policy says of a survey sheet, as a server answers.
async fn survey(ground: &Ground, server: &Server) -> Value {
    let path = format!("{}/why", ground.persons[0].1);
    let (status, body) = ground.get(&ground.client(), server, &path).await.unwrap();
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).unwrap();
    let kinds = body["kinds"].as_array().unwrap();
    kinds.iter().find(|answer| answer["kind"] == "survey_sheet").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_on_one_server_holds_on_the_others() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let ground = Ground::on(&cluster.url()).await;
    let servers = [ground.serve(), ground.serve()];
    let before = survey(&ground, &servers[0]).await;
    let mut tables = Tables::published();
    tables.table = tables.table.replacen("consent = [\"care_management\"]", "consent = []", 1);
    let changed = Setting {
        version: 1,
        value: serde_json::to_string(&tables).unwrap(),
        set_by: "somebody".to_owned(),
        set_at: now(),
    };
    ground.db(&ground.place.options()).await.commit(set("sharing", &changed)).await.unwrap();
    for server in &servers {
        while survey(&ground, server).await == before {}
    }
    // The device is lost: the next request with its session is refused everywhere.
    ground.place.run(&format!("ca revoke --certificate {} --why lost", ground.device));
    for server in &servers {
        let client = ground.client();
        let answer = ground.get(&client, server, &ground.persons[0].1).await;
        assert!(matches!(answer, None | Some((401 | 403, _))), "{answer:?}");
        // So is, within a moment, the certificate itself, before anybody signs in.
        while ground.get(&client, server, "/sign-in").await.is_some_and(|it| it.0 != 403) {}
    }
}
