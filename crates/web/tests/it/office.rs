//! The management of an office: staff come and go, devices are issued and revoked.

use crate::house::{ADMINISTRATOR, Answer, House, MANAGER};
use http::StatusCode;

async fn audited(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let before = house.events().await;
    let answer = house.post(ADMINISTRATOR, path, fields).await;
    assert!(house.events().await > before, "{path} {} {}", answer.status, answer.body);
    answer
}

#[tokio::test]
async fn a_new_member_gets_a_password_that_is_shown_once() {
    let house = House::new().await;
    let fields = [("name", "新人 花"), ("login", "shinjin"), ("job", "care_manager")];
    let page = audited(&house, "/office/staff/new", &fields).await;
    page.shows(&["shinjin", "この画面は二度と出ません"]);
    house.get(ADMINISTRATOR, "/office/staff").await.shows(&["新人 花", "最初のサインインを"]);
    let again = house.post(ADMINISTRATOR, "/office/staff/new", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("もう使われています"), "{}", again.body);
    let empty = house.post(ADMINISTRATOR, "/office/staff/new", &[("job", "physician")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_is_stopped_is_out_with_the_next_request() {
    let house = House::new().await;
    assert_eq!(house.get(MANAGER, "/persons").await.status, StatusCode::OK);
    let stop = audited(&house, "/office/staff/manager/stop", &[("version", "1")]).await;
    assert_eq!(stop.location(), "/office/staff");
    assert_eq!(house.get(MANAGER, "/persons").await.location(), "/sign-in");
    let late = house.post(ADMINISTRATOR, "/office/staff/manager/stop", &[("version", "1")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    audited(&house, "/office/staff/manager/take-back", &[("version", "2")]).await;
    audited(&house, "/office/staff/manager/reset", &[]).await.shows(&["パスワード　"]);
    audited(&house, "/office/staff/manager/unlock", &[]).await;
}

#[tokio::test]
async fn a_revoked_device_is_out_with_the_next_request() {
    let house = House::new().await;
    house.get(ADMINISTRATOR, "/office/devices").await.shows(&["事務室 1", "失効させる"]);
    let revoke = format!("/office/devices/{}/revoke", "a".repeat(64));
    house.get(ADMINISTRATOR, &revoke).await.shows(&["紛失・盗難"]);
    let without = house.post(ADMINISTRATOR, &revoke, &[]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    audited(&house, &revoke, &[("why", "lost")]).await;
    assert_eq!(house.get(MANAGER, "/persons").await.location(), "/sign-in");
}

#[tokio::test]
async fn the_check_list_says_what_is_next() {
    let house = House::new().await;
    let page = house.get(MANAGER, "/office").await;
    page.shows(&["この端末の電子証明書", "職員の登録", "はじめての照会", "済み", "まだ"]);
    assert!(!page.body.contains("/office/staff"));
    house.get(MANAGER, "/me").await.shows(&["この画面", "事務室 1"]);
    house.get(MANAGER, "/help").await.shows(&["むずかしい言葉", "介護認定審査会"]);
}
