//! What an account does for itself over the API: first steps, tokens, the card of a holder.

use serde_json::{Value, json as value};

use tasuki_gateway::reader::{ReaderChallenge, sign};

use super::software::{Ground, ask, json};
use crate::house::{NO_CONSENT, NOW, WITH_CONSENT, city};
use crate::neighbours::{JIRO, Neighbours};

#[tokio::test]
async fn tokens_elsewhere_are_listed_and_ended() {
    Ground::each(async |ground| {
        let (old, new) = (ground.token('a').await, ground.token('a').await);
        let call = |token: &str, method: &str, path: &str| {
            ground.send_at(NOW, Some('a'), json(token, method, path, &Value::Null))
        };
        let list = call(&new, "GET", "/api/v1/me/sessions").await.json();
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.iter().filter(|own| own["current"] == true).count(), 1);
        let other = items.iter().find(|own| own["current"] == false).unwrap();
        let path = format!("/api/v1/me/sessions/{}", other["session"].as_str().unwrap());
        assert_eq!(call(&new, "DELETE", &path).await.status, 204);
        assert_eq!(call(&new, "DELETE", &path).await.problem(), "404 not_found");
        assert_eq!(call(&old, "GET", "/api/v1/me").await.status, 401);
        let third = ground.token('a').await;
        assert_eq!(call(&new, "DELETE", "/api/v1/me/sessions").await.status, 204);
        assert_eq!(call(&third, "GET", "/api/v1/me").await.status, 401);
        assert_eq!(call(&new, "GET", "/api/v1/me").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn the_first_steps_say_what_is_done_and_what_comes_next() {
    Ground::each(async |ground| {
        let checks = ground.get('a', "/api/v1/onboarding").await.json();
        let check = |item: &str| {
            let mut items = checks["items"].as_array().unwrap().iter();
            items.find(|own| own["item"] == item).unwrap()["done"].clone()
        };
        assert_eq!((check("staff"), check("reader")), (value!(true), value!(false)));
    })
    .await;
}

#[tokio::test]
async fn an_insurer_finds_by_number_and_an_office_does_not() {
    Ground::each(async |ground| {
        let sent = value!({ "insured_number": WITH_CONSENT });
        let path = "/api/v1/persons/search";
        let own = ground.call('d', "POST", path, &sent).await.json();
        assert_eq!(own["items"][0]["insurer_number"], city().number.as_str());
        assert_eq!(ground.call('a', "POST", path, &sent).await.problem(), "403 denied");
        let both = value!({ "insured_number": WITH_CONSENT, "kana": "タカ" });
        let both = ground.call('d', "POST", path, &both).await;
        assert_eq!(both.problem(), "422 invalid kana kana-or-number");
    })
    .await;
}

#[tokio::test]
async fn a_reading_needs_online_eligibility_and_none_has_begun() {
    Ground::each(async |ground| {
        let path = "/api/v1/persons/find/card";
        let state = ground.get('a', path).await.json();
        assert_eq!(state, value!({ "state": "none", "ran_out": false }));
        let begin = value!({ "check": "card_with_pin" });
        let begun = ground.call('a', "POST", path, &begin).await;
        assert!(begun.problem().starts_with("503 unavailable"), "{}", begun.body);
        let confirm = value!({ "photo_compared": true });
        let confirm = ground.call('a', "POST", &format!("{path}/confirm"), &confirm).await;
        assert_eq!(confirm.problem(), "404 not_found");
    })
    .await;
}

#[tokio::test]
async fn a_card_is_read_confirmed_by_eye_and_registered() {
    let world = Neighbours::new().await;
    let card = world.card(JIRO);
    let ground = Ground::around(world.house).await;
    let path = "/api/v1/persons/find/card";
    let begin = value!({ "check": "card_by_eye" });
    assert_eq!(ground.call('b', "POST", path, &begin).await.status, 204);
    assert_eq!(ground.get('b', path).await.json()["state"], "waiting");
    let empty = || axum::body::Body::empty();
    let waiting = ask("GET", "/api/v1/reader/challenge").body(empty()).unwrap();
    let waiting = ground.send_at(NOW, Some('b'), waiting).await;
    let challenge: ReaderChallenge = serde_json::from_str(&waiting.body).unwrap();
    let signed = serde_json::to_value(sign(&challenge, &card, None).unwrap()).unwrap();
    for (status, said) in [(200, "accepted"), (409, "challenge_ended")] {
        let answer = json("none", "POST", "/api/v1/reader/answer", &signed);
        let answer = ground.send_at(NOW, Some('b'), answer).await;
        assert_eq!(answer.status, status);
        assert!(answer.body.contains(said), "{}", answer.body);
    }
    let found = ground.get('b', path).await.json();
    assert_eq!((&found["state"], &found["kana"]), (&value!("found"), &value!("サトウ ジロウ")));
    let confirm = format!("{path}/confirm");
    let unseen = ground.call('b', "POST", &confirm, &value!({})).await;
    assert_eq!(unseen.problem(), "422 invalid photo photo");
    let seen = ground.call('b', "POST", &confirm, &value!({ "photo_compared": true })).await;
    let proof = value!({ "proof": seen.json()["proof"] });
    let registered = ground.call('b', "POST", "/api/v1/persons/register", &proof).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    assert_eq!(ground.get('b', &ground.person('b', NO_CONSENT)).await.status, 200);
}
