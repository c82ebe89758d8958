//! Every route × everybody who may not: a route that is in no list does not exist, and a route
//! in the list is asked here.

use crate::house::{
    Answer, EXPIRED, House, MANAGER, NOBODY, OFFICER, OTHER, STRANGER, WITH_CONSENT, Who, csrf_of,
    encoded, request,
};
use http::{StatusCode, header};
use tasuki_tls::Peer;
use tasuki_web::server::route::{Guard, Route, Verb};
use tasuki_web::staff;

fn routes() -> impl Iterator<Item = &'static Route> {
    staff::ROUTES.iter().copied().flatten()
}

/// The address of a route: the person's handle, and an id that nobody has.
fn address(house: &House, who: Who, number: &str, route: &Route) -> String {
    let person = house.person(who, number);
    let path = route.path.replace("/persons/{handle}", &person);
    path.replace("{id}", "0").replace("{account}", "0")
}

fn method(route: &Route) -> &'static str {
    match route.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
    }
}

async fn ask(house: &House, who: Who, number: &str, route: &Route) -> Answer {
    let path = address(house, who, number, route);
    let csrf = csrf_of(who);
    let body = match route.verb {
        Verb::Get => String::new(),
        Verb::Post => encoded(&[("csrf", &csrf)]),
    };
    house.send(request(who, method(route), &path, body)).await
}

#[tokio::test]
async fn without_a_certificate_nothing_answers() {
    let house = House::new().await;
    for route in routes() {
        let path = address(&house, MANAGER, WITH_CONSENT, route);
        let mut request = request(MANAGER, method(route), &path, String::new());
        request.extensions_mut().remove::<Peer>();
        let answer = house.send(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route:?}");
        assert!(answer.body.contains("この端末には電子証明書がありません"), "{route:?}");
    }
}

#[tokio::test]
async fn without_a_session_or_with_an_old_one_one_is_sent_to_the_sign_in() {
    let house = House::new().await;
    for route in routes().filter(|route| route.guard != Guard::Certificate) {
        for who in [NOBODY, EXPIRED] {
            let answer = ask(&house, who, WITH_CONSENT, route).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{route:?} {who:?}");
            assert_eq!(answer.location(), "/sign-in", "{route:?} {who:?}");
            let mut request = request(who, method(route), route.path, String::new());
            request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
            let status = house.send(request).await.status;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{route:?} {who:?}");
        }
    }
}

#[tokio::test]
async fn a_session_works_on_its_own_device_only() {
    let house = House::new().await;
    let stolen = Who('b', MANAGER.1);
    for route in routes().filter(|route| route.guard == Guard::Person) {
        let answer = ask(&house, stolen, WITH_CONSENT, route).await;
        assert_eq!(answer.location(), "/sign-in", "{route:?}");
    }
}

/// Lapsed, never in charge, another office's handle, no handle at all: one answer.
#[tokio::test]
async fn absent_and_hidden_look_the_same_on_every_route_of_a_person() {
    let house = House::new().await;
    let manager = house.person(MANAGER, WITH_CONSENT);
    for route in routes().filter(|route| route.guard == Guard::Person) {
        let lapsed = ask(&house, OTHER, WITH_CONSENT, route).await;
        let stranger = ask(&house, MANAGER, STRANGER, route).await;
        let absent = ask(&house, MANAGER, "0000999999", route).await;
        let csrf = csrf_of(OTHER);
        let body = encoded(&[("csrf", &csrf)]);
        let path = route.path.replace("/persons/{handle}", &manager).replace("{id}", "0");
        let foreign = house.send(request(OTHER, method(route), &path, body.clone())).await;
        let path = route.path.replace("{handle}", "00").replace("{id}", "0");
        let nonsense = house.send(request(OTHER, method(route), &path, body)).await;
        for answer in [&lapsed, &stranger, &absent, &foreign, &nonsense] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{route:?} {}", answer.body);
            assert_eq!(answer.body, lapsed.body, "{route:?}");
            assert!(!answer.body.contains("高橋"), "{route:?}");
        }
    }
}

#[tokio::test]
async fn a_function_that_the_role_lacks_is_denied() {
    let house = House::new().await;
    for route in routes() {
        let who = match route.guard {
            Guard::Administrator | Guard::Municipality => MANAGER,
            Guard::Operator => OFFICER,
            Guard::Certificate | Guard::Pending | Guard::Staff | Guard::Person => continue,
            // The citizens' listener has no roles; its routes are asked in `citizen.rs`.
            Guard::Anybody | Guard::Holder | Guard::Mine => continue,
        };
        let answer = ask(&house, who, WITH_CONSENT, route).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route:?}");
        assert!(answer.body.contains("この操作はできません"), "{route:?}");
    }
}

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let house = House::new().await;
    let posts = routes().filter(|route| route.verb == Verb::Post);
    for route in posts.filter(|it| !matches!(it.guard, Guard::Certificate | Guard::Pending)) {
        let who = match route.guard {
            Guard::Administrator => crate::house::ADMINISTRATOR,
            Guard::Municipality => OFFICER,
            Guard::Operator => crate::house::OPERATOR,
            _ => MANAGER,
        };
        let before = house.events().await;
        let path = address(&house, who, WITH_CONSENT, route);
        let body = encoded(&[("csrf", "guessed")]);
        let answer = house.send(request(who, "POST", &path, body)).await;
        // A file comes in another encoding, which is asked for before anything is read.
        let refused = [StatusCode::FORBIDDEN, StatusCode::UNSUPPORTED_MEDIA_TYPE];
        assert!(refused.contains(&answer.status), "{route:?} {}", answer.status);
        assert_eq!(house.events().await, before, "{route:?}");
    }
}

#[tokio::test]
async fn each_address_and_method_stands_in_the_list_once() {
    let mut seen = Vec::new();
    for route in routes() {
        let own = (route.path, method(route));
        assert!(!seen.contains(&own), "{own:?}");
        seen.push(own);
    }
    assert!(seen.len() > 40);
}
