//! A house that is closed for maintenance: plain words, nothing shown, nothing lost.

use http::{StatusCode, header};
use tasuki_app::caller::By;
use tasuki_app::health::{self, Verdict};
use tasuki_app::maintenance;

use crate::house::{House, MANAGER, NOW, WITH_CONSENT};

#[tokio::test]
async fn a_closed_house_says_so_and_shows_nobody() {
    let house = House::new().await;
    let person = house.person(MANAGER, WITH_CONSENT);
    house.get(MANAGER, &person).await.shows(&["高橋 花子"]);
    maintenance::begin(&house.app, By::Console, "引っ越し", NOW).await.unwrap();
    let recorded = house.events().await;
    let closed = house.get(MANAGER, &person).await;
    assert_eq!(closed.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(closed.headers[header::RETRY_AFTER], "300");
    assert!(closed.body.contains("ただいま保守作業中です") && !closed.body.contains("高橋"));
    assert_eq!(house.events().await, recorded);
    let checks = health::checks(&house.app).await;
    let writer = checks.iter().find(|check| check.name == "writer").unwrap();
    assert!(writer.verdict == Verdict::Bad && writer.text.contains("tasuki maintenance end"));
    maintenance::end(&house.app, By::Console, NOW).await.unwrap();
    assert!(house.newest_event().await.contains("house opened"));
    house.get(MANAGER, &person).await.shows(&["高橋 花子"]);
}
