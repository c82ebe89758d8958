//! Lists: pages, filters, registers.

use serde_json::{Value, json as value};

use super::software::Ground;
use crate::house::{CARE_OFFICE, NO_CONSENT, city};

#[tokio::test]
async fn pages_of_my_persons_follow_each_other() {
    Ground::each(async |ground| {
        let path = "/api/v1/persons?limit=1&sort=kana";
        let first = ground.get('a', path).await.json();
        let next = first["next"].as_str().unwrap();
        let second = ground.get('a', &format!("{path}&cursor={next}")).await.json();
        assert_eq!(second["next"], Value::Null);
        let names: Vec<_> =
            [&first, &second].iter().map(|page| &page["items"][0]["name"]["kana"]).collect();
        assert_eq!(names, [&value!("サトウ ジロウ"), &value!("タカハシ ハナコ")]);
        let gone = ground.get('a', &format!("{path}&cursor=AAAA")).await;
        assert!(gone.problem().ends_with("cursor cursor-gone"));
    })
    .await;
}

#[tokio::test]
async fn my_persons_are_narrowed_without_a_name_in_the_address() {
    Ground::each(async |ground| {
        let lacking = ground.get('a', "/api/v1/persons?lacks_consent=true").await.json();
        assert_eq!(lacking["items"].as_array().unwrap().len(), 1);
        assert_eq!(lacking["items"][0]["insured_number"], NO_CONSENT);
        assert_eq!(lacking["items"][0]["care_level"], "care_2");
        assert_eq!(ground.get('a', "/api/v1/persons?kana=x").await.status, 422);
        for (letter, found) in [('a', 1), ('d', 1), ('b', 0)] {
            let sent = value!({ "kana": "さとう" });
            let page = ground.call(letter, "POST", "/api/v1/persons/search", &sent).await.json();
            assert_eq!(page["items"].as_array().unwrap().len(), found, "{letter}");
        }
    })
    .await;
}

#[tokio::test]
async fn registers_are_open_to_whoever_is_signed_in() {
    Ground::each(async |ground| {
        let insurer = format!("/api/v1/insurers/{}", city().number);
        let insurer = ground.get('b', &insurer).await;
        assert_eq!(insurer.json()["connected_since"], "2026-04-01");
        assert!(insurer.headers["etag"].to_str().unwrap().starts_with("\"v"));
        assert_eq!(
            ground.get('b', "/api/v1/insurers").await.json()["items"][0]["name"],
            "あおば市"
        );
        let mine = ground.get('a', "/api/v1/office").await.json();
        assert_eq!(
            (&mine["number"], &mine["services"][0]["code"]),
            (&value!(CARE_OFFICE), &value!("43"))
        );
        assert_eq!(ground.get('d', "/api/v1/office").await.problem(), "404 not_found");
        let found = ground.get('d', "/api/v1/offices?kana=%E3%82%AB").await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), 3);
        assert_eq!(ground.get('d', "/api/v1/offices").await.problem(), "422 invalid name required");
    })
    .await;
}
