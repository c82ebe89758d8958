//! The desk of staff and certificates: the same pages for an administrator and for the operator.

use std::sync::Arc;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Request, StatusCode};
use tasuki_core::date::DAY_MS;
use tasuki_store::{account, device, event_log};
use tasuki_tls::Clock;
use tasuki_tls::authority::{Authority, Validity};
use tasuki_web::server::{State, staff_router};
use tower::ServiceExt;

use crate::house::{
    ADMINISTRATOR, Answer, CARE_OFFICE, House, MANAGER, NOW, OPERATOR, WITH_CONSENT, Who, csrf_of,
    encoded, organisation, request,
};

/// A house whose server issues certificates.
struct Issuing {
    house: House,
    authority: Arc<Authority>,
}

impl Issuing {
    async fn new() -> Self {
        tasuki_tls::install_provider();
        let years = 3_650 * DAY_MS;
        let validity = Validity { not_before_ms: NOW.0 - years, not_after_ms: NOW.0 + years };
        let authority = Authority::create("Test platform", validity).unwrap();
        Self { house: House::new().await, authority: Arc::new(authority) }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let state = State::new(self.house.app.clone(), Clock::fixed(NOW.0));
        let state = state.with_authority(Arc::clone(&self.authority));
        let state = state.with_spool(self.house.spool_folder());
        let response = staff_router(state).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 5_000_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, who: Who, path: &str) -> Answer {
        self.send(request(who, "GET", path, String::new())).await
    }

    async fn post(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = csrf_of(who);
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        self.send(request(who, "POST", path, encoded(&fields))).await
    }
}

/// The notes of events from `from` on.
async fn notes(house: &House, from: u64) -> Vec<String> {
    let page = event_log::page(&house.app.db, from, 100).await.unwrap();
    let note = |(_, event): (i64, String)| {
        let event: serde_json::Value = serde_json::from_str(&event).unwrap();
        event["note"].as_str().unwrap_or_default().to_owned()
    };
    page.into_iter().map(note).collect()
}

/// The certificate that a page hands over, as a browser would save it.
fn p12(page: &Answer) -> Vec<u8> {
    page.shows(&["この画面は二度と出ません", "ファイルのパスワード", ".p12"]);
    let start = page.body.split("application/x-pkcs12;base64,").nth(1).unwrap();
    // In an attribute, `+` and `=` are written as character references.
    let text = start.split('"').next().unwrap().replace("&#43;", "+").replace("&#61;", "=");
    STANDARD.decode(text).unwrap()
}

#[tokio::test]
async fn the_operator_issues_renews_and_hands_over_once() {
    let ground = Issuing::new().await;
    let organisation = organisation('a').to_string();
    let of = ("organisation", organisation.as_str());
    let list = format!("/operator/devices?organisation={organisation}");
    for path in [&list, &list.replace('?', "/new?")] {
        ground.get(OPERATOR, path).await.shows(&["ケアプランあおば"]);
    }
    let nameless = ground.post(OPERATOR, "/operator/devices/new", &[of]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);

    let before = ground.house.events().await;
    let issued = ground.post(OPERATOR, "/operator/devices/new", &[of, ("name", "訪問用")]).await;
    assert!(1_000 < p12(&issued).len());
    let said = notes(&ground.house, before).await;
    assert!(said.len() == 1 && said[0].starts_with("issued "), "{said:?}");
    ground.get(OPERATOR, &list).await.shows(&["訪問用", "更新の時期です", "更新する"]);

    let before = ground.house.events().await;
    let renew = format!("/operator/devices/{}/renew", "a".repeat(64));
    p12(&ground.post(OPERATOR, &renew, &[of]).await);
    let said = notes(&ground.house, before).await;
    assert!(said.len() == 1 && said[0].starts_with("renewed "), "{said:?}");
    // The former certificate goes on working, and the new one is not due.
    assert_eq!(ground.get(MANAGER, "/persons").await.status, StatusCode::OK);
    let devices =
        device::list(&ground.house.app.db, &crate::house::organisation('a')).await.unwrap();
    assert_eq!(devices.len(), 3);
    let new = devices.iter().find(|device| said[0].ends_with(&device.sha256)).unwrap();
    let early = format!("/operator/devices/{}/renew", new.sha256);
    let early = ground.post(OPERATOR, &early, &[of]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", early.body);
}

#[tokio::test]
async fn an_administrator_renews_the_own_offices_certificate_with_one_press() {
    let ground = Issuing::new().await;
    let list = ground.get(ADMINISTRATOR, "/office/devices").await;
    let renew = format!("/office/devices/{}/renew", "a".repeat(64));
    list.shows(&["更新の時期です", &renew, "90日前から更新できます"]);
    list.shows(&["この端末の電子証明書が使えるのは、あと30日です。"]);
    ground.get(MANAGER, "/persons").await.shows(&["あと30日です", "管理者に、新しい証明書を"]);
    p12(&ground.post(ADMINISTRATOR, &renew, &[]).await);
    let foreign = format!("/office/devices/{}/renew", "b".repeat(64));
    assert_eq!(ground.post(ADMINISTRATOR, &foreign, &[]).await.status, StatusCode::NOT_FOUND);
    p12(&ground.post(ADMINISTRATOR, "/office/devices/new", &[("name", "事務室 2")]).await);
    // The office's own desk is the own office's, whatever a form says.
    let forged = [("name", "よその端末"), ("organisation", "provider:9970000019")];
    p12(&ground.post(ADMINISTRATOR, "/office/devices/new", &forged).await);
    let here = device::list(&ground.house.app.db, &organisation('a')).await.unwrap();
    assert!(here.iter().any(|device| device.name == "よその端末"));
}

#[tokio::test]
async fn a_server_without_an_authority_offers_and_issues_nothing() {
    let house = House::new().await;
    let list = house.get(ADMINISTRATOR, "/office/devices").await;
    assert!(!list.body.contains("端末を加える") && !list.body.contains("/renew"));
    for (path, fields) in [
        ("/office/devices/new".to_owned(), &[("name", "事務室 2")][..]),
        (format!("/office/devices/{}/renew", "a".repeat(64)), &[][..]),
    ] {
        let answer = house.post(ADMINISTRATOR, &path, fields).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

/// The fields of the page of the member `manager`, with what is to be changed.
fn edited<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("name", "架空 manager"),
        ("mail", ""),
        ("job", "care_manager"),
        ("version", "1"),
        ("place_version", "1"),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

#[tokio::test]
async fn a_changed_job_holds_from_the_next_request_and_leaves_an_event() {
    let house = House::new().await;
    let path = "/office/staff/manager";
    house.get(ADMINISTRATOR, "/office/staff").await.shows(&["直す", path]);
    house.get(ADMINISTRATOR, path).await.shows(&["架空 manager", "職種", "保存する"]);
    let survey = format!("{}?tab=survey", house.person(MANAGER, WITH_CONSENT));
    house.get(MANAGER, &survey).await.shows(&["配食"]);

    let before = house.events().await;
    let same = house.post(ADMINISTRATOR, path, &edited(&[])).await;
    assert_eq!(same.location(), "/office/staff");
    assert_eq!(house.events().await, before, "nothing differed");

    let both = edited(&[("job", "clerk"), ("name", "改名 花")]);
    assert_eq!(house.post(ADMINISTRATOR, path, &both).await.location(), "/office/staff");
    assert_eq!(notes(&house, before).await, ["renamed manager", "place manager"]);
    assert!(!house.get(MANAGER, &survey).await.body.contains("配食"));
    house.get(ADMINISTRATOR, "/office/staff").await.shows(&["改名 花", "事務職員"]);

    let late = house.post(ADMINISTRATOR, path, &edited(&[("job", "nurse")])).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for wrong in [("job", "municipal_officer"), ("job", ""), ("name", ""), ("mail", "none")] {
        let now = [("version", "2"), ("place_version", "2"), wrong];
        let answer = house.post(ADMINISTRATOR, path, &edited(&now)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
}

#[tokio::test]
async fn an_administrator_edits_neither_an_equal_nor_a_stranger_nor_a_level() {
    let house = House::new().await;
    for id in ["administrator", "other", "nobody"] {
        let path = format!("/office/staff/{id}");
        let (seen, saved) = (
            house.get(ADMINISTRATOR, &path).await.status,
            house.post(ADMINISTRATOR, &path, &edited(&[("job", "clerk")])).await.status,
        );
        let refused = match id {
            "administrator" => StatusCode::FORBIDDEN,
            _ => StatusCode::NOT_FOUND,
        };
        assert_eq!((seen, saved), (refused, refused), "{id}");
    }
    let upwards = edited(&[("level", "administrator")]);
    house.post(ADMINISTRATOR, "/office/staff/manager", &upwards).await;
    let stored = account::membership_in(&house.app.db, "manager", &organisation('a')).await;
    let level = stored.unwrap().unwrap().membership.level;
    assert_eq!(level, tasuki_core::account::AccountLevel::General);
}

#[tokio::test]
async fn the_operator_changes_job_and_level_in_every_organisation() {
    let house = House::new().await;
    let organisation = format!("provider:{CARE_OFFICE}");
    let page = format!("/operator/accounts/manager?organisation={organisation}");
    house.get(OPERATOR, &page).await.shows(&["権限", "管理者ユーザ", "架空 manager"]);
    let change = edited(&[("level", "administrator"), ("organisation", &organisation)]);
    let saved = house.post(OPERATOR, "/operator/accounts/manager", &change).await;
    assert_eq!(saved.location(), format!("/operator/accounts?organisation={organisation}"));
    house.get(MANAGER, "/office/staff").await.shows(&["架空 manager"]);
    assert!(house.newest_event().await.contains("place manager"));
    let elsewhere = edited(&[("level", "general"), ("organisation", "provider:9970000019")]);
    let answer = house.post(OPERATOR, "/operator/accounts/manager", &elsewhere).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
