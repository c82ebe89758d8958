//! A look: what it shows, what it keeps, and the event it leaves.

use http::header;
use serde_json::{Value, json as value};

use super::software::{Ground, json};
use crate::house::{NO_CONSENT, NOW, STRANGER, WITH_CONSENT};

fn kinds(look: &Value) -> Vec<&str> {
    look["papers"].as_array().unwrap().iter().map(|paper| paper["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_look_brings_basics_papers_and_what_keeps_the_rest() {
    Ground::each(async |ground| {
        let look = ground.get('a', &ground.person('a', WITH_CONSENT)).await.json();
        let person = &look["person"];
        assert_eq!(person["name"]["kanji"], "高橋 花子");
        assert_eq!(person["name"]["kanji_reduced"], "高橋 花子");
        assert_eq!(person["insured_number"], WITH_CONSENT);
        assert_eq!(look["insurer"]["connected_since"], "2026-04-01");
        let all = ["survey_sheet", "opinion", "insured_certificate", "burden_ratio_certificate"];
        assert_eq!(kinds(&look), all);
        assert_eq!(look["papers"][3]["body"]["first"]["ratio"], "one_tenth");
        assert_eq!(look["consents"][0]["in_force"], true);
        let own = look["assignments"].as_array().unwrap();
        assert!(own.iter().any(|own| own["state"] == "open" && own["provider_name"].is_string()));
        assert_eq!(look["answers"].as_array().unwrap().len(), 20);
    })
    .await;
}

#[tokio::test]
async fn without_consent_the_gate_is_named_and_the_paper_is_not_there() {
    Ground::each(async |ground| {
        let look = ground.get('a', &ground.person('a', NO_CONSENT)).await.json();
        assert_eq!(kinds(&look), ["insured_certificate", "burden_ratio_certificate"]);
        let survey = &look["answers"][0];
        assert_eq!((&survey["shown"], &survey["gate"]), (&value!(false), &value!("consent")));
        let why = ground.get('a', &format!("{}/why", ground.person('a', NO_CONSENT))).await.json();
        let gates = why["kinds"][0]["gates"].as_array().unwrap();
        assert_eq!(gates.len(), 5);
        assert!(gates.iter().any(|gate| gate["gate"] == "consent" && gate["state"] == "failed"));
    })
    .await;
}

#[tokio::test]
async fn the_same_look_is_not_sent_twice_and_is_recorded_twice() {
    Ground::each(async |ground| {
        let (path, token) = (ground.person('a', WITH_CONSENT), ground.token('a').await);
        let first = ground.send_at(NOW, Some('a'), json(&token, "GET", &path, &Value::Null)).await;
        let tag = first.headers[header::ETAG].clone();
        let before = ground.house.events().await;
        let mut again = json(&token, "GET", &path, &Value::Null);
        again.headers_mut().insert(header::IF_NONE_MATCH, tag.clone());
        let again = ground.send_at(NOW.plus_ms(1), Some('a'), again).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""));
        assert_eq!(again.headers[header::ETAG], tag);
        assert_eq!(ground.house.events().await, before + 1);
        assert!(ground.house.newest_event().await.contains("survey_sheet"));
    })
    .await;
}

#[tokio::test]
async fn only_the_kinds_that_are_asked_for_are_read_and_recorded() {
    Ground::each(async |ground| {
        let path = format!("{}?kinds=burden_ratio_certificate", ground.person('a', WITH_CONSENT));
        let look = ground.get('a', &path).await.json();
        assert_eq!(kinds(&look), ["burden_ratio_certificate"]);
        assert_eq!(look["answers"].as_array().unwrap().len(), 1);
        assert!(!ground.house.newest_event().await.contains("survey_sheet"));
    })
    .await;
}

#[tokio::test]
async fn an_earlier_moment_shows_the_papers_of_then() {
    Ground::each(async |ground| {
        let person = ground.person('a', WITH_CONSENT);
        let look = ground.get('a', &format!("{person}?as_of=2026-10-01T00:00:00Z")).await.json();
        assert_eq!(kinds(&look), ["insured_certificate", "burden_ratio_certificate"]);
        for (query, said) in [
            ("as_of=2036-10-01T00:00:00Z", "422 invalid as_of date-future"),
            ("as_of=yesterday", "422 invalid as_of date"),
            ("kinds=survey_sheet,poem", "422 invalid kinds unknown"),
            ("purpose=curiosity", "422 invalid purpose unknown"),
            ("versions=some", "422 invalid versions unknown"),
            ("action=sign_in", "422 invalid action unknown"),
            ("kind=survey_sheet", "422 invalid query unknown-field"),
        ] {
            let refused = ground.get('a', &format!("{person}?{query}")).await;
            assert_eq!(refused.problem(), said);
        }
    })
    .await;
}

#[tokio::test]
async fn absent_and_hidden_are_the_same_bytes() {
    Ground::each(async |ground| {
        let hidden = [
            // Held, but another office's; held by nobody; of another audience; no handle at all.
            ground.person('a', STRANGER),
            ground.person('a', "0000999999"),
            ground.person('b', WITH_CONSENT),
            "/api/v1/persons/00".to_owned(),
        ];
        let mut bodies = Vec::new();
        for path in &hidden {
            let reply = ground.get('a', path).await;
            let mut headers: Vec<_> = reply.headers.keys().map(|name| name.to_string()).collect();
            headers.sort();
            bodies.push((reply.status, reply.body, headers));
        }
        assert_eq!(bodies[0].0, 404);
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    })
    .await;
}

#[tokio::test]
async fn the_insurer_reads_who_looked_and_an_office_does_not() {
    Ground::each(async |ground| {
        ground.get('a', &ground.person('a', WITH_CONSENT)).await;
        let log =
            ground.get('d', &format!("{}/log", ground.person('d', WITH_CONSENT))).await.json();
        let newest = &log["items"][0];
        assert_eq!((&newest["action"], &newest["by"]), (&value!("look"), &value!("staff")));
        assert_eq!(newest["account"], "soft-a");
        assert_eq!(log["next"], Value::Null);
        let office = ground.get('a', &format!("{}/log", ground.person('a', WITH_CONSENT))).await;
        assert_eq!(office.problem(), "404 not_found");
    })
    .await;
}
