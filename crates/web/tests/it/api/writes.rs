//! Writes: find, register, consent, emergency; strict bodies.

use http::HeaderValue;
use serde_json::{Value, json as value};

use super::software::{Ground, json};
use crate::house::{NO_CONSENT, NOW, STRANGER, WITH_CONSENT, city};

fn items(number: &str) -> Value {
    value!({
        "insurer_number": city().number.as_str(),
        "insured_number": number,
        "birth_date": "1942-03-05",
        "sex": "female",
    })
}

fn consent() -> Value {
    value!({ "basis": { "by": "person" }, "means": { "means": "paper", "kept_at": "事務室の棚" },
             "from": "2026-11-20" })
}

async fn proof(ground: &Ground, letter: char, number: &str) -> String {
    let found = ground.call(letter, "POST", "/api/v1/persons/find", &items(number)).await;
    assert_eq!(found.status, 200, "{}", found.body);
    found.json()["proof"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_is_found_registered_looked_at_and_let_go() {
    Ground::each(async |ground| {
        let person = ground.person('a', STRANGER);
        assert_eq!(ground.get('a', &person).await.status, 404);
        let proof = proof(ground, 'a', STRANGER).await;
        let sent = value!({ "proof": proof });
        let registered = ground.call('a', "POST", "/api/v1/persons/register", &sent).await;
        assert_eq!(registered.status, 201);
        let handle = registered.json()["handle"].as_str().unwrap().to_owned();
        assert!(person.ends_with(&handle));
        assert_eq!(ground.get('a', &person).await.status, 200);
        // The proof is another account's nothing.
        let other = ground.call('b', "POST", "/api/v1/persons/register", &sent).await;
        assert_eq!(other.problem(), "404 not_found");
        let path = format!("{person}/assignment");
        assert_eq!(ground.call('a', "DELETE", &path, &Value::Null).await.status, 204);
        assert_eq!(ground.get('a', &person).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn items_that_do_not_fit_never_say_which() {
    Ground::each(async |ground| {
        let mut said = Vec::new();
        for (field, wrong) in
            [("birth_date", "1942-03-06"), ("sex", "male"), ("insured_number", "0000999999")]
        {
            let mut items = items(STRANGER);
            items[field] = value!(wrong);
            let reply = ground.call('a', "POST", "/api/v1/persons/find", &items).await;
            said.push((reply.status, reply.body));
        }
        assert_eq!(said[0].0, 404);
        assert!(said.iter().all(|reply| *reply == said[0]), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn a_consent_opens_at_once_and_closes_at_once() {
    Ground::each(async |ground| {
        let person = ground.person('a', NO_CONSENT);
        let taken = ground.call('a', "POST", &format!("{person}/consents"), &consent()).await;
        assert_eq!(taken.status, 201, "{}", taken.body);
        let id = taken.json()["id"].as_str().unwrap().to_owned();
        let papers = ground.get('a', &person).await.json()["papers"].as_array().unwrap().len();
        assert_eq!(papers, 4);
        let ledger = ground.get('a', &format!("{person}/consents")).await.json();
        assert_eq!(
            (&ledger["items"][0]["id"], &ledger["items"][0]["means"]),
            (&value!(id), &value!("paper"))
        );
        let path = format!("{person}/consents/{id}");
        assert_eq!(ground.call('a', "DELETE", &path, &Value::Null).await.status, 204);
        assert_eq!(ground.call('a', "DELETE", &path, &Value::Null).await.problem(), "409 conflict");
        let papers = ground.get('a', &person).await.json()["papers"].as_array().unwrap().len();
        assert_eq!(papers, 2);
    })
    .await;
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    Ground::each(async |ground| {
        let path = format!("{}/consents", ground.person('a', NO_CONSENT));
        let with = |field: &str, content: Value| {
            let mut body = consent();
            body[field] = content;
            body
        };
        for (body, said) in [
            (with("scope", value!(1)), "422 invalid scope unknown-field"),
            (with("from", value!("2026-11-19")), "422 invalid from consent-from-past"),
            (with("from", value!("soon")), "422 invalid from unknown"),
            (with("kinds", value!([])), "422 invalid kinds consent-nothing"),
            (with("kinds", value!(["poem"])), "422 invalid kinds[0] unknown"),
            (
                with("basis", value!({ "by": "person", "name": "x" })),
                "422 invalid basis.name unknown-field",
            ),
            (
                with("means", value!({ "means": "signature", "path": "<svg/>" })),
                "422 invalid means.path signature",
            ),
            // The application is the insurer's paper: an office cannot vouch for it.
            (with("means", value!({ "means": "application" })), "422 invalid means consent-means"),
            (value!({}), "422 invalid basis required"),
            (value!([]), "422 invalid . unknown"),
        ] {
            let refused = ground.call('a', "POST", &path, &body).await;
            assert_eq!(refused.problem(), said);
        }
        let token = ground.token('a').await;
        let mut form = json(&token, "POST", &path, &consent());
        form.headers_mut().insert("content-type", HeaderValue::from_static("text/plain"));
        assert_eq!(ground.send_at(NOW, Some('a'), form).await.problem(), "415 unsupported_media");
    })
    .await;
}

#[tokio::test]
async fn an_emergency_is_opened_listed_and_reviewed_by_somebody_else() {
    Ground::each(async |ground| {
        let proof = proof(ground, 'a', STRANGER).await;
        let mut sent = value!({ "proof": proof, "reason": "unresponsive", "note": "短い" });
        let short = ground.call('a', "POST", "/api/v1/emergencies", &sent).await;
        assert_eq!(short.problem(), "422 invalid note emergency-note-short");
        sent["note"] = value!("呼びかけに応じない状態で見つかった");
        let opened = ground.call('a', "POST", "/api/v1/emergencies", &sent).await;
        assert_eq!(opened.status, 201, "{}", opened.body);
        assert_eq!(ground.get('a', &ground.person('a', STRANGER)).await.status, 200);
        let list = ground.get('a', "/api/v1/emergencies").await.json();
        let id = list["items"][0]["id"].as_str().unwrap();
        let path = format!("/api/v1/emergencies/{id}/review");
        let review = value!({ "text": "適切でした" });
        let own = ground.call('a', "POST", &path, &review).await;
        assert_eq!(own.problem(), "403 denied");
        let other = ground.call('b', "POST", &path, &review).await;
        assert_eq!(other.problem(), "404 not_found");
        let notices = ground.get('a', "/api/v1/notices").await.json();
        assert_eq!(notices["items"][0]["code"], "emergency-review");
        assert_eq!(
            ground.call('a', "POST", "/api/v1/notices/read", &Value::Null).await.status,
            204
        );
        let notices = ground.get('a', "/api/v1/notices").await.json();
        assert!(notices["items"][0]["read_at"].is_string());
    })
    .await;
}

#[tokio::test]
async fn a_lapsed_registration_opens_nothing() {
    Ground::each(async |ground| {
        let person = ground.person('b', WITH_CONSENT);
        let look = ground.get('b', &person).await;
        assert_eq!(look.problem(), "404 not_found");
        let taken = ground.call('b', "POST", &format!("{person}/consents"), &consent()).await;
        assert_eq!(taken.problem(), "404 not_found");
    })
    .await;
}
