//! The look path on tables cut by insurer: no statement looks into two partitions.
//!
//! The statements are not listed here: the server itself writes down the plan of every one that it
//! runs (`auto_explain`), with the partitions that were really read.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::Value;
use tasuki_cluster::{Cluster, Durability};
use tasuki_store::event_log::HeadKey;
use tasuki_store::ingestion::SERVICE_USE;
use tasuki_store::scratch::{self, HEAD_SEED, PlanMode};
use tasuki_store::{Db, Options, params, partition};
use tasuki_web::server::route::{Guard, Verb};
use tasuki_web::staff;

use crate::house::{House, MANAGER, OFFICER, WITH_CONSENT};
use crate::neighbours::{HANAKO, Neighbours};

const PARTS: u16 = 8;

/// The house on partitions, with rows of other insurers beside it.
async fn partitioned(cluster: &Cluster) -> (House, Options) {
    let scratch = scratch::postgres(&cluster.url()).await.unwrap();
    let options = scratch.options.clone();
    let house = House::on(scratch).await;
    let insurers = ["990010", "990029", "990037", "990045", "990053", "990060", "990078"];
    let month = |insurer| params![insurer, "0000000001", "9970000001", "2026-09", 1_i64];
    let months = insurers.map(month).to_vec();
    house.app.db.insert_many(&SERVICE_USE, months).await.unwrap();
    partition(&options, PARTS, |_, _| {}).await.unwrap();
    (house, options)
}

/// Everybody's look at Hanako, on every page that shows her.
async fn everybody_looks(world: &Neighbours, house: &House) {
    let mut pages = 0;
    for route in staff::ROUTES.iter().copied().flatten() {
        if route.verb == Verb::Get && route.guard == Guard::Person {
            let person = house.person(MANAGER, WITH_CONSENT);
            let path = route.path.replace("/persons/{handle}", &person);
            let status = house.get(MANAGER, &path).await.status;
            // Without a reading that waits, the page of the card goes back to its form.
            let shown = status == StatusCode::OK || path.ends_with("/consent/card");
            assert!(shown || path.contains('{'), "{path} {status}");
            pages += 1;
        }
    }
    assert!(pages > 3, "{pages}");
    house.get(OFFICER, &house.person(OFFICER, WITH_CONSENT)).await.shows(&["高橋 花子"]);
    let hanako = world.citizen(HANAKO).await;
    for page in ["/my", "/my/papers", "/my/progress", "/my/looks", "/my/consents", "/my/offices"] {
        assert_eq!(hanako.get(page).await.status, StatusCode::OK, "{page}");
    }
}

/// The plans in a log, each with its statement.
fn plans(log: &str) -> Vec<Value> {
    let mut plans = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if line.contains("LOG:  duration: ") && line.ends_with("plan:") {
            let mut text = String::new();
            while let Some(next) = lines.next_if(|line| line.starts_with('\t')) {
                text.push_str(next.trim_start_matches('\t'));
                text.push('\n');
            }
            plans.push(serde_json::from_str(&text).unwrap());
        }
    }
    plans
}

/// Table and number of a partition.
fn part(name: &str) -> Option<(&str, u16)> {
    let (table, number) = name.rsplit_once("_p")?;
    Some((table, number.parse().ok()?))
}

/// Names of the tables and partitions that a plan has read.
fn read(plan: &Value, found: &mut BTreeSet<String>) {
    match plan {
        Value::Object(node) => {
            let ran = node.get("Actual Loops").and_then(Value::as_i64) != Some(0);
            if let (true, Some(name)) = (ran, node.get("Relation Name").and_then(Value::as_str)) {
                found.insert(name.to_owned());
            }
            node.values().for_each(|inner| read(inner, found));
        }
        Value::Array(nodes) => nodes.iter().for_each(|inner| read(inner, found)),
        _ => {}
    }
}

#[tokio::test]
async fn no_statement_of_a_look_reads_two_partitions() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let cluster = Cluster::start(Durability::None).unwrap();
    let (house, options) = partitioned(&cluster).await;
    let mut world = Neighbours::of(house).await;
    for mode in [PlanMode::Generic, PlanMode::Custom] {
        scratch::write_down_plans(&world.house.app.db, mode).await.unwrap();
        let key = HeadKey::from_seed(HEAD_SEED);
        world.house.app.db = Db::open(&options, key).await.unwrap();
        let before = cluster.log().len();
        everybody_looks(&world, &world.house).await;
        let log = cluster.log();
        let plans = plans(&log[before..]);
        let mut all = BTreeSet::new();
        for plan in &plans {
            let mut names = BTreeSet::new();
            read(plan, &mut names);
            let parts: Vec<(&str, u16)> = names.iter().filter_map(|name| part(name)).collect();
            let numbers: BTreeSet<u16> = parts.iter().map(|(_, number)| *number).collect();
            assert!(numbers.len() < 2, "{mode:?}: {} reads {names:?}", plan["Query Text"]);
            all.extend(parts.into_iter().map(|(table, _)| table.to_owned()));
        }
        let expected = ["assignment", "consent", "document", "event", "insured_person"];
        let missing: Vec<_> = expected.iter().filter(|name| !all.contains(**name)).collect();
        assert!(missing.is_empty() && plans.len() > 100, "{missing:?} of {}", plans.len());
    }
}
