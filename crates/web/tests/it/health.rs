//! `/health`: live, ready, and why not.

use std::sync::Arc;

use axum::body::Body;
use http::Request;
use serde_json::Value;
use tasuki_app::health::{Check, Verdict};
use tasuki_store::scratch;
use tasuki_web::server::operations_router;
use tower::ServiceExt;

use crate::house::{House, MANAGER, WITH_CONSENT};

/// Status and document of `path`, on a machine that stands as `machine` says.
async fn ask(house: &House, path: &str, machine: Verdict) -> (u16, Value) {
    let state = house
        .state()
        .with_machine(Arc::new(move |_| vec![Check::new(machine, "disk", "as the test says")]));
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = operations_router(state).oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 100_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// The verdict of each check, in their order.
fn verdicts(document: &Value) -> Vec<(&str, &str)> {
    let checks = document["checks"].as_array().unwrap().iter();
    checks.map(|it| (it["name"].as_str().unwrap(), it["verdict"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn everything_in_order_is_ready_and_says_what_was_looked_at() {
    let house = House::new().await;
    for path in ["/health", "/health/ready"] {
        let (status, document) = ask(&house, path, Verdict::Ok).await;
        let yes = Value::from(true);
        assert_eq!((status, &document["live"], &document["ready"]), (200, &yes, &yes));
        let names = ["database", "writer", "writer_queue", "log_head", "disk"];
        assert_eq!(verdicts(&document), names.map(|name| (name, "ok")));
    }
}

#[tokio::test]
async fn what_is_bad_soon_is_told_and_only_what_is_bad_closes() {
    let house = House::new().await;
    let (status, document) = ask(&house, "/health", Verdict::Soon).await;
    assert_eq!((status, verdicts(&document).pop()), (200, Some(("disk", "soon"))));
    let (status, document) = ask(&house, "/health", Verdict::Bad).await;
    assert_eq!((status, &document["ready"]), (503, &false.into()));
    assert_eq!(document["checks"][4]["text"], "as the test says");
    // The process itself is alive: restarting it would not help.
    assert_eq!(ask(&house, "/health/live", Verdict::Bad).await.0, 200);
}

#[tokio::test]
async fn a_log_whose_newest_event_is_gone_is_not_ready() {
    let house = House::new().await;
    house.get(MANAGER, &house.person(MANAGER, WITH_CONSENT)).await;
    let newest = i64::try_from(house.events().await).unwrap() - 1;
    scratch::lose_event(&house.app.db, newest).await.unwrap();
    let (status, document) = ask(&house, "/health", Verdict::Ok).await;
    assert_eq!((status, verdicts(&document)[3]), (503, ("log_head", "bad")), "{document}");
}
