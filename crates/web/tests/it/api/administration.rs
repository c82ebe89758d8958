//! Accounts, devices, registers and settings: each by whoever may, each under its version.

use http::{HeaderName, HeaderValue, header};
use serde_json::{Value, json as value};

use super::software::{Ground, Reply, json};
use crate::house::{NOW, city};

async fn under(
    ground: &Ground,
    letter: char,
    (method, path): (&str, &str),
    (name, condition): (HeaderName, &str),
    body: &Value,
) -> Reply {
    let token = ground.token(letter).await;
    let mut request = json(&token, method, path, body);
    request.headers_mut().insert(name, HeaderValue::from_str(condition).unwrap());
    ground.send_at(NOW, Some(letter), request).await
}

#[tokio::test]
async fn an_administrator_makes_renames_and_off_boards_a_member() {
    Ground::each(async |ground| {
        let sent = value!({ "login": "jiro.sato", "name": "佐藤 次郎", "level": "general",
                            "job": "care_worker" });
        let made = ground.call('a', "POST", "/api/v1/accounts", &sent).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.json()["account"].as_str().unwrap().to_owned();
        assert!(made.json()["password"].as_str().unwrap().len() > 10);
        let again = ground.call('a', "POST", "/api/v1/accounts", &sent).await;
        assert_eq!(again.problem(), "422 invalid login login-taken");
        let path = format!("/api/v1/accounts/{id}");
        let name = value!({ "name": "佐藤 二郎" });
        let renamed = under(ground, 'a', ("PUT", &path), (header::IF_MATCH, "\"v1\""), &name).await;
        assert_eq!(renamed.status, 204, "{}", renamed.body);
        let late = under(ground, 'a', ("PUT", &path), (header::IF_MATCH, "\"v1\""), &name).await;
        assert_eq!(late.problem(), "412 precondition_failed");
        let bare = ground.call('a', "PUT", &path, &name).await;
        assert_eq!(bare.problem(), "422 invalid If-Match required");
        let place = format!("{path}/place");
        let gone =
            under(ground, 'a', ("DELETE", &place), (header::IF_MATCH, "\"v1\""), &Value::Null);
        assert_eq!(gone.await.status, 204);
        let list = ground.get('a', "/api/v1/accounts").await.json();
        let member =
            list["items"].as_array().unwrap().iter().find(|own| own["account"] == id.as_str());
        assert_eq!(member.unwrap()["active"], false);
        let foreign = under(ground, 'b', ("PUT", &path), (header::IF_MATCH, "\"v2\""), &name).await;
        assert_eq!(foreign.problem(), "404 not_found");
    })
    .await;
}

#[tokio::test]
async fn devices_are_listed_and_revoked_by_their_own_organisation() {
    Ground::each(async |ground| {
        let list = ground.get('b', "/api/v1/devices").await.json();
        let sha256 = list["items"][0]["sha256"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/devices/{sha256}?why=lost");
        let foreign = ground.call('a', "DELETE", &path, &Value::Null).await;
        assert_eq!(foreign.problem(), "404 not_found");
        assert_eq!(ground.get('a', "/api/v1/devices?organisation=operator").await.status, 403);
        let why = format!("/api/v1/devices/{sha256}?why=boredom");
        let why = ground.call('b', "DELETE", &why, &Value::Null).await;
        assert_eq!(why.problem(), "422 invalid why unknown");
        let token = ground.token('b').await;
        let revoked = json(&token, "DELETE", &path, &Value::Null);
        assert_eq!(ground.send_at(NOW, Some('b'), revoked).await.status, 204);
        let me = json(&token, "GET", "/api/v1/me", &Value::Null);
        assert_eq!(ground.send_at(NOW, Some('b'), me).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn the_operator_keeps_insurers_and_settings_under_their_version() {
    Ground::each(async |ground| {
        let path = format!("/api/v1/insurers/{}", city().number);
        let insurer = value!({ "name": "あおば新市", "takes_consent": false });
        let tag = ground.get('e', &path).await.headers[header::ETAG].to_str().unwrap().to_owned();
        let put = ("PUT", path.as_str());
        let denied = under(ground, 'd', put, (header::IF_MATCH, &tag), &insurer).await;
        assert_eq!(denied.problem(), "403 denied");
        let done = under(ground, 'e', put, (header::IF_MATCH, &tag), &insurer).await;
        assert_eq!(done.status, 204, "{}", done.body);
        let late = under(ground, 'e', put, (header::IF_MATCH, &tag), &insurer).await;
        assert_eq!(late.problem(), "412 precondition_failed");
        let new = under(ground, 'e', put, (header::IF_NONE_MATCH, "*"), &insurer).await;
        assert_eq!(new.problem(), "412 precondition_failed");

        assert_eq!(ground.get('a', "/api/v1/settings").await.problem(), "403 denied");
        let mut settings = ground.get('e', "/api/v1/settings").await.json();
        settings["emergency_hours"] = value!(12);
        let put = ("PUT", "/api/v1/settings");
        let done = under(ground, 'e', put, (header::IF_MATCH, "\"v0\""), &settings).await;
        assert_eq!(done.status, 204, "{}", done.body);
        let now = ground.get('e', "/api/v1/settings").await;
        assert_eq!(now.json()["emergency_hours"], 12);
        settings["tries_until_lock"] = value!(100_000);
        let wrong = under(ground, 'e', put, (header::IF_MATCH, "\"v1\""), &settings).await;
        assert_eq!(wrong.problem(), "422 invalid tries_until_lock setting-range");
    })
    .await;
}

#[tokio::test]
async fn a_municipality_sees_its_counts_and_nobody_else_does() {
    Ground::each(async |ground| {
        for path in ["/municipality", "/municipality/queue", "/municipality/looks", "/objections"] {
            let path = format!("/api/v1{path}");
            let own = ground.get('d', &path).await;
            assert_eq!(own.status, 200, "{path}: {}", own.body);
            assert_eq!(ground.get('a', &path).await.problem(), "403 denied", "{path}");
        }
        assert_eq!(
            ground.get('d', "/api/v1/municipality").await.json()["insurer"]["name"],
            "あおば市"
        );
    })
    .await;
}
