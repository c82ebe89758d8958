//! Every route of the description × every way to be refused. A route that is not below is walked
//! all the same: the list of routes is the description itself.

use http::Request;
use serde_json::Value;

use super::conform::DESCRIPTION;
use super::software::{Ground, ask, json};
use crate::house::{CARE_OFFICE, NOW, WITH_CONSENT, city};

/// Method, address with parameters filled in for device a, about a person, needs a token.
struct Route {
    method: String,
    template: String,
    path: String,
    about_person: bool,
    open: bool,
}

fn routes(ground: &Ground) -> Vec<Route> {
    let api = &DESCRIPTION.api;
    let mut routes = Vec::new();
    for (template, item) in api["paths"].as_object().unwrap() {
        let person = ground.person('a', WITH_CONSENT);
        let handle = person.rsplit('/').next().unwrap();
        let path = template.replace("{handle}", handle).replace("{id}", "consent-1");
        let number = match template.contains("/insurers/") {
            true => city().number.to_string(),
            false => CARE_OFFICE.to_owned(),
        };
        let path = path.replace("{number}", &number).replace("{sequence}", "1");
        let path = path.replace("{account}", "manager").replace("{sha256}", &"a".repeat(64));
        let path = path.replace("{name}", "x.csv").replace("{session}", &"0".repeat(64));
        assert!(!path.contains('{'), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            routes.push(Route {
                method: method.to_uppercase(),
                template: template.clone(),
                path: path.clone(),
                about_person: template.contains("{handle}"),
                open: operation["security"].as_array().is_some_and(Vec::is_empty),
            });
        }
    }
    assert!(routes.len() >= 25, "{}", routes.len());
    routes
}

/// A body that the route can read, where it takes one.
fn body(route: &Route) -> Value {
    if route.method != "POST" {
        return Value::Null;
    }
    match route.template.rsplit('/').next() {
        Some("consents") => serde_json::json!({
            "basis": { "by": "person" }, "means": { "means": "card" }, "from": "2026-11-20" }),
        Some("blocks") => serde_json::json!({
            "provider": CARE_OFFICE, "reason": "requested", "note": "窓口で申し出がありました" }),
        Some("card") => serde_json::json!({ "check": "card_with_pin" }),
        Some("lift") => serde_json::json!({ "note": "窓口で申し出がありました" }),
        _ => Value::Null,
    }
}

fn call(route: &Route, token: &str) -> Request<axum::body::Body> {
    json(token, &route.method, &route.path, &body(route))
}

#[tokio::test]
async fn every_route_refuses_whoever_shows_no_good_token() {
    Ground::each(async |ground| {
        let token = ground.token('a').await;
        for route in routes(ground).iter().filter(|route| !route.open) {
            let name = format!("{} {}", route.method, route.template);
            let bare = ask(&route.method, &route.path).body(axum::body::Body::empty()).unwrap();
            let later = NOW.plus_ms(61 * 60_000);
            let replies = [
                ground.send_at(NOW, Some('a'), bare).await,
                ground.send_at(NOW, Some('a'), call(route, "made-up")).await,
                ground.send_at(later, Some('a'), call(route, &token)).await,
                ground.send_at(NOW, Some('b'), call(route, &token)).await,
            ];
            for reply in replies {
                assert_eq!(reply.problem(), "401 sign_in_required", "{name}");
            }
            let reply = ground.send_at(NOW, None, call(route, &token)).await;
            assert_eq!(reply.problem(), "403 certificate_required", "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_route_about_a_person_hides_them_from_others_and_after_the_lapse() {
    Ground::each(async |ground| {
        let other = ground.token('b').await;
        for route in routes(ground).iter().filter(|route| route.about_person) {
            let name = format!("{} {}", route.method, route.template);
            let reply = ground.send_at(NOW, Some('b'), call(route, &other)).await;
            assert_eq!(reply.problem(), "404 not_found", "another office: {name}");
            if name.ends_with("/assignment") {
                // Ending is allowed after the lapse: it takes nothing from the person.
                continue;
            }
            // The other office was in charge of this person long ago.
            let path = route.path.replace(
                ground.person('a', WITH_CONSENT).rsplit('/').next().unwrap(),
                ground.person('b', WITH_CONSENT).rsplit('/').next().unwrap(),
            );
            let reply =
                ground.send_at(NOW, Some('b'), json(&other, &route.method, &path, &body(route)));
            assert_eq!(reply.await.problem(), "404 not_found", "lapsed: {name}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_described_route_is_there() {
    Ground::each(async |ground| {
        let token = ground.token('a').await;
        let mut routes = routes(ground);
        // What ends something comes last, so that the others find it.
        routes.sort_by_key(|route| route.method == "DELETE");
        for route in routes {
            let reply = ground.send_at(NOW, Some('a'), call(&route, &token)).await;
            let name = format!("{} {}: {}", route.method, route.template, reply.body);
            assert_ne!(reply.status, 405, "{name}");
            // No online eligibility is there to read cards against; that is tried elsewhere.
            let answered = reply.status < 500 || route.template.ends_with("/card");
            assert!(answered, "{name}");
            // Of these there is none here; that they are found elsewhere is tried elsewhere.
            let absent = ["/log", "/blocks", "/{session}", "/card/confirm"];
            let absent = absent.iter().any(|end| route.template.ends_with(end));
            if !route.path.contains("consent-1") && !absent {
                assert_ne!(reply.status, 404, "{name}");
            }
        }
    })
    .await;
}
