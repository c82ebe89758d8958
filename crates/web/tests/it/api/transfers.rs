//! Files of a municipality in parts: a broken upload goes on where it ended.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json as value};

use super::software::{Ground, Reply, ask};
use crate::house::{NOW, city};

const NAME: &str = "insured_person_diff_000123.csv";

fn manifest() -> Value {
    let name = format!("TASUKI_{}_{NAME}", city().number);
    value!({ "protocol": 1, "insurer": city().number.as_str(), "sequence": 123, "scope": "diff",
             "files": [{ "name": name, "sha256": "0".repeat(64), "bytes": 10, "lines": 1 }] })
}

async fn put(ground: &Ground, letter: char, query: &str, bytes: &'static [u8]) -> Reply {
    let token = ground.token(letter).await;
    let path = format!("/api/v1/transfers/123/files/TASUKI_{}_{NAME}{query}", city().number);
    let request: Request<Body> = ask("PUT", &path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(bytes))
        .unwrap();
    ground.send_at(NOW, Some(letter), request).await
}

#[tokio::test]
async fn a_broken_upload_goes_on_where_it_ended() {
    let ground = Ground::new().await;
    let begun = ground.call('d', "POST", "/api/v1/transfers", &manifest()).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    assert_eq!(put(&ground, 'd', "", b"01234").await.json()["next"], 5);
    assert_eq!(put(&ground, 'd', "?offset=3", b"34567").await.problem(), "409 conflict");
    let finish = "/api/v1/transfers/123/finish";
    let early = ground.call('d', "POST", finish, &Value::Null).await;
    assert_eq!(early.problem(), "409 conflict");
    // The same manifest again keeps what is here.
    let again = ground.call('d', "POST", "/api/v1/transfers", &manifest()).await;
    assert_eq!(again.json()["files"][0]["bytes"], 5);
    let long = put(&ground, 'd', "?offset=5", b"567890").await;
    assert_eq!(long.problem(), "422 invalid file too-long");
    assert_eq!(put(&ground, 'd', "?offset=5", b"56789").await.json()["next"], 10);
    let arrived = ground.get('d', "/api/v1/transfers/123/files").await.json();
    assert_eq!(
        (&arrived["files"][0]["bytes"], &arrived["files"][0]["of"]),
        (&value!(10), &value!(10))
    );
    assert_eq!(ground.call('d', "POST", finish, &Value::Null).await.status, 202);
}

#[tokio::test]
async fn only_the_insurer_itself_sends_its_files() {
    let ground = Ground::new().await;
    let office = ground.call('a', "POST", "/api/v1/transfers", &manifest()).await;
    assert_eq!(office.problem(), "403 denied");
    let mut other = manifest();
    other["insurer"] = value!("122192");
    let other = ground.call('d', "POST", "/api/v1/transfers", &other).await;
    assert_eq!(other.problem(), "403 denied");
    let mut unknown = manifest();
    unknown["comment"] = value!("");
    let unknown = ground.call('d', "POST", "/api/v1/transfers", &unknown).await;
    assert_eq!(unknown.problem(), "422 invalid comment unknown-field");
    assert_eq!(put(&ground, 'd', "", b"0").await.problem(), "404 not_found");
    assert_eq!(put(&ground, 'a', "", b"0").await.problem(), "403 denied");
    assert_eq!(ground.get('d', "/api/v1/transfers/123").await.problem(), "404 not_found");
    assert_eq!(ground.get('d', "/api/v1/transfers").await.json()["items"], value!([]));
}
