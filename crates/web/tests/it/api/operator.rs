//! The operator's acts over the API: tables, regions in a disaster, the public register, others'
//! accounts, announcements; each leaves its event.

use axum::body::Body;
use http::{HeaderValue, header};
use serde_json::{Value, json as value};
use tasuki_policy::Sharing;

use super::software::{Ground, Reply, ask, json};
use crate::house::{CARE_OFFICE, NOW, OTHER_OFFICE, STRANGER, city};

async fn under(
    ground: &Ground,
    letter: char,
    (method, path, version): (&str, &str, &'static str),
    body: &Value,
) -> Reply {
    let token = ground.token(letter).await;
    let mut request = json(&token, method, path, body);
    request.headers_mut().insert(header::IF_MATCH, HeaderValue::from_static(version));
    ground.send_at(NOW, Some(letter), request).await
}

#[tokio::test]
async fn the_sharing_table_is_shown_tried_and_changed() {
    Ground::each(async |ground| {
        let now = ground.get('e', "/api/v1/tables").await;
        assert_eq!(now.headers[header::ETAG], "\"v0\"");
        assert_eq!(now.json()["table"], Sharing::PUBLISHED_TABLE);
        let opened = Sharing::PUBLISHED_TABLE.replacen(
            "shared = []\nconsent = [\"care_management\"]",
            "shared = [\"care_management\"]\nconsent = []",
            1,
        );
        let tables = value!({ "table": opened, "jobs": Sharing::PUBLISHED_JOBS });
        let preview = ground.call('e', "POST", "/api/v1/tables/preview", &tables).await;
        assert_eq!(preview.status, 200, "{}", preview.body);
        assert_eq!(preview.json()["cells"].as_array().unwrap().len(), 1);
        let put = |version| ("PUT", "/api/v1/tables", version);
        let late = under(ground, 'e', put("\"v7\""), &tables).await;
        assert_eq!(late.problem(), "412 precondition_failed");
        let before = ground.house.events().await;
        let done = under(ground, 'e', put("\"v0\""), &tables).await;
        assert_eq!(done.status, 204, "{}", done.body);
        assert!(ground.house.events().await > before);
        let now = ground.get('e', "/api/v1/tables").await.json();
        assert_eq!((&now["version"], &now["versions"][0]["version"]), (&value!(1), &value!(1)));
        let broken = value!({ "table": "[[row]]\nnumber = 1\n", "jobs": "" });
        let broken = under(ground, 'e', put("\"v1\""), &broken).await;
        assert!(broken.problem().starts_with("422 invalid table.line["), "{}", broken.body);
    })
    .await;
}

#[tokio::test]
async fn a_region_is_opened_in_a_disaster_and_closed() {
    Ground::each(async |ground| {
        let mut region = value!({ "insurer_number": city().number.as_str(), "reason": "水害",
                                  "last_day": "2026-11-30" });
        let path = "/api/v1/disasters";
        let short = ground.call('e', "POST", path, &region).await;
        assert_eq!(short.problem(), "422 invalid reason disaster-reason");
        region["reason"] = value!("令和8年あおば川の水害。対策本部の決定");
        let reach = format!("/api/v1/insurers/{}/reach", city().number);
        let found = ground.get('e', &reach).await.json();
        assert_eq!((&found["name"], &found["persons"]), (&value!("あおば市"), &value!(3)));
        assert_eq!(ground.get('d', &reach).await.problem(), "403 denied");
        assert_eq!(ground.call('e', "POST", path, &region).await.status, 204);
        let person = ground.person('b', STRANGER);
        assert_eq!(ground.get('b', &person).await.status, 200);
        let list = ground.get('e', path).await.json();
        let id = list["items"][0]["id"].as_str().unwrap();
        let close = format!("{path}/{}/{id}", city().number);
        assert_eq!(ground.call('e', "DELETE", &close, &Value::Null).await.status, 204);
        assert_eq!(
            ground.call('e', "DELETE", &close, &Value::Null).await.problem(),
            "409 conflict"
        );
        assert_eq!(ground.get('b', &person).await.problem(), "404 not_found");
        let platform = ground.get('e', "/api/v1/platform").await.json();
        assert_eq!(platform["open_regions"], 0);
        assert_eq!(platform["log_head"]["size"], ground.house.events().await);
    })
    .await;
}

#[tokio::test]
async fn others_accounts_are_made_changed_stopped_and_taken_back() {
    Ground::each(async |ground| {
        let office = format!("provider:{CARE_OFFICE}");
        let sent = value!({ "organisation": office, "login": "saburo.kato", "name": "加藤 三郎",
                            "level": "office", "job": "care_manager" });
        let made = ground.call('e', "POST", "/api/v1/accounts", &sent).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.json()["account"].as_str().unwrap().to_owned();
        let path = |end: &str| format!("/api/v1/accounts/{id}{end}?organisation={office}");
        let place = path("/place");
        let name = value!({ "name": "加藤 四郎" });
        let renamed = under(ground, 'e', ("PUT", &path(""), "\"v1\""), &name).await;
        assert_eq!(renamed.status, 204, "{}", renamed.body);
        let stopped = under(ground, 'e', ("DELETE", &place, "\"v1\""), &Value::Null).await;
        assert_eq!(stopped.status, 204, "{}", stopped.body);
        let back = path("/place/take-back");
        let late = under(ground, 'e', ("POST", &back, "\"v1\""), &Value::Null).await;
        assert_eq!(late.problem(), "412 precondition_failed");
        let back = under(ground, 'e', ("POST", &back, "\"v2\""), &Value::Null).await;
        assert_eq!(back.status, 204, "{}", back.body);
        let list = ground.get('e', &format!("/api/v1/accounts?organisation={office}")).await.json();
        let mut members = list["items"].as_array().unwrap().iter();
        let member = members.find(|own| own["account"] == id.as_str()).unwrap();
        assert_eq!((&member["active"], &member["name"]), (&value!(true), &value!("加藤 四郎")));
        let reset = ground.call('e', "POST", &path("/reset"), &Value::Null).await;
        assert!(reset.json()["password"].as_str().unwrap().len() > 10);
        assert_eq!(ground.call('e', "POST", &path("/unlock"), &Value::Null).await.status, 204);
        let foreign = ground.call('b', "POST", &path("/reset"), &Value::Null).await;
        assert_eq!(foreign.problem(), "403 denied");
    })
    .await;
}

#[tokio::test]
async fn a_second_membership_stays_within_the_corporation_unless_the_operator_gives_it() {
    Ground::each(async |ground| {
        let other = format!("provider:{OTHER_OFFICE}");
        let sent = value!({ "organisation": other, "login": "manager", "level": "general",
                            "job": "care_worker" });
        let path = "/api/v1/memberships";
        assert_eq!(ground.call('a', "POST", path, &sent).await.problem(), "403 denied");
        let mut own = sent.clone();
        own.as_object_mut().unwrap().remove("organisation");
        assert_eq!(ground.call('b', "POST", path, &own).await.problem(), "404 not_found");
        assert_eq!(ground.call('e', "POST", path, &sent).await.status, 204);
        assert_eq!(ground.call('e', "POST", path, &sent).await.problem(), "409 conflict");
        let list = ground.get('b', "/api/v1/accounts").await.json();
        let logins: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|own| &own["login"]).collect();
        assert!(logins.contains(&&value!("manager")), "{logins:?}");
    })
    .await;
}

/// A form with one file of the public register.
async fn import(ground: &Ground, letter: char, file: &[u8]) -> Reply {
    let token = ground.token(letter).await;
    let mut body =
        b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\n\r\n"
            .to_vec();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = ask("POST", "/api/v1/offices/import")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .unwrap();
    ground.send_at(NOW, Some(letter), request).await
}

#[tokio::test]
async fn the_public_register_is_taken_and_a_stopped_office_stays_stopped() {
    Ground::each(async |ground| {
        let number = tasuki_core::provider::ProviderNumber::parse(CARE_OFFICE).unwrap();
        let stored = tasuki_store::provider::get(&ground.house.app.db, &number).await.unwrap();
        let mut office = stored.unwrap().provider;
        office.name = "ケアプランあおば本店".to_owned();
        let mut file = Vec::new();
        tasuki_formats::providers::write(&mut file, &[office]).unwrap();
        let active = format!("/api/v1/offices/{CARE_OFFICE}/active");
        let stop = value!({ "active": false, "reason": "closed" });
        assert_eq!(ground.call('e', "PUT", &active, &stop).await.status, 204);
        assert_eq!(import(ground, 'd', &file).await.problem(), "403 denied");
        let done = import(ground, 'e', &file).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!((&done.json()["changed"], &done.json()["lines"]), (&value!(1), &value!(1)));
        let again = import(ground, 'e', &file).await.json();
        assert_eq!((&again["changed"], &again["unchanged"]), (&value!(0), &value!(1)));
        let path = format!("/api/v1/offices/{CARE_OFFICE}");
        let now = ground.get('e', &path).await;
        assert_eq!(now.json()["name"], "ケアプランあおば本店");
        assert_eq!(now.json()["active"], false);
        let empty = import(ground, 'e', b"").await;
        assert_eq!(empty.problem(), "422 invalid file file");
        let found = ground.get('e', "/api/v1/offices?q=997000000").await.json();
        assert!(found["items"].as_array().unwrap().iter().any(|own| own["active"] == false));
    })
    .await;
}

#[tokio::test]
async fn an_announcement_reaches_whom_it_is_for() {
    Ground::each(async |ground| {
        let sent = value!({ "audience": { "to": "insurers" }, "text": "夜間に止まります。" });
        let done = ground.call('e', "POST", "/api/v1/announcements", &sent).await;
        assert_eq!(done.json()["sent"], 1, "{}", done.body);
        let read = ground.get('d', "/api/v1/notices").await.json();
        assert_eq!(read["items"][0]["params"]["text"], "夜間に止まります。");
        assert_eq!(ground.get('a', "/api/v1/notices").await.json()["items"], value!([]));
        let one =
            value!({ "audience": { "to": "one", "organisation": "provider:x" }, "text": "x" });
        let wrong = ground.call('e', "POST", "/api/v1/announcements", &one).await;
        assert_eq!(wrong.status, 422, "{}", wrong.body);
    })
    .await;
}
