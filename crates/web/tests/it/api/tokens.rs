//! Tokens: from a password, once more from a refresh token, and gone.

use axum::body::Body;
use http::header;
use serde_json::{Value, json as value};

use super::software::{Ground, ask, json};
use crate::house::{NOW, PASSWORD, encoded};

const MINUTE: i64 = 60_000;

async fn pair(ground: &Ground, letter: char) -> Value {
    let login = format!("soft-{letter}");
    let fields = [("grant_type", "password"), ("username", login.as_str()), ("password", PASSWORD)];
    ground.tokens(NOW, letter, &fields).await.json()
}

fn refresh_of(pair: &Value) -> [(&'static str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", pair["refresh_token"].as_str().unwrap())]
}

#[tokio::test]
async fn a_password_brings_tokens_for_an_hour_and_for_eight() {
    Ground::each(async |ground| {
        let tokens = pair(ground, 'a').await;
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(
            (&tokens["expires_in"], &tokens["refresh_expires_in"]),
            (&value!(3600), &value!(28800))
        );
        let me = json(tokens["access_token"].as_str().unwrap(), "GET", "/api/v1/me", &Value::Null);
        let me = ground.send_at(NOW, Some('a'), me).await.json();
        assert_eq!((&me["account"], &me["job"]), (&value!("soft-a"), &value!("care_manager")));
    })
    .await;
}

#[tokio::test]
async fn an_access_token_ends_after_an_hour_and_works_on_its_own_device_only() {
    Ground::each(async |ground| {
        let token = ground.token('a').await;
        let me = || json(&token, "GET", "/api/v1/me", &Value::Null);
        let at = |minutes: i64| NOW.plus_ms(minutes * MINUTE);
        assert_eq!(ground.send_at(at(59), Some('a'), me()).await.status, 200);
        for (minutes, device) in [(60, 'a'), (0, 'b')] {
            let refused = ground.send_at(at(minutes), Some(device), me()).await;
            assert_eq!(refused.problem(), "401 sign_in_required");
            assert_eq!(refused.headers[header::WWW_AUTHENTICATE], "Bearer");
        }
        assert_eq!(ground.send_at(NOW, None, me()).await.problem(), "403 certificate_required");
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_second_showing_ends_the_family() {
    Ground::each(async |ground| {
        let first = pair(ground, 'a').await;
        let second = ground.tokens(NOW.plus_ms(MINUTE), 'a', &refresh_of(&first)).await;
        assert_eq!(second.status, 200);
        let second = second.json();
        let again = ground.tokens(NOW.plus_ms(2 * MINUTE), 'a', &refresh_of(&first)).await;
        assert_eq!(again.problem(), "401 sign_in_required");
        let me = json(second["access_token"].as_str().unwrap(), "GET", "/api/v1/me", &Value::Null);
        assert_eq!(ground.send_at(NOW.plus_ms(2 * MINUTE), Some('a'), me).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_ends_after_eight_hours_and_belongs_to_its_device() {
    Ground::each(async |ground| {
        let first = pair(ground, 'a').await;
        for (minutes, device) in [(8 * 60, 'a'), (0, 'b')] {
            let at = NOW.plus_ms(minutes * MINUTE);
            let refused = ground.tokens(at, device, &refresh_of(&first)).await;
            assert_eq!(refused.problem(), "401 sign_in_required");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_taken_back_is_gone_at_once() {
    Ground::each(async |ground| {
        let tokens = pair(ground, 'a').await;
        let access = tokens["access_token"].as_str().unwrap();
        for token in [access, "never-issued"] {
            let request = ask("POST", "/api/v1/token/revoke")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(encoded(&[("token", token)])));
            assert_eq!(ground.send_at(NOW, Some('a'), request.unwrap()).await.status, 204);
        }
        let me = json(access, "GET", "/api/v1/me", &Value::Null);
        assert_eq!(ground.send_at(NOW, Some('a'), me).await.status, 401);
        assert_eq!(ground.tokens(NOW, 'a', &refresh_of(&tokens)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn what_a_token_request_gets_wrong_is_said() {
    Ground::each(async |ground| {
        let bad = |fields: &'static [(&'static str, &'static str)]| ground.tokens(NOW, 'a', fields);
        let wrong = [("grant_type", "password"), ("username", "soft-a"), ("password", "x")];
        let wrong: &'static [_] = Box::leak(Box::new(wrong));
        assert!(bad(wrong).await.problem().starts_with("422 invalid password"));
        assert_eq!(
            bad(&[("grant_type", "magic")]).await.problem(),
            "422 invalid grant_type unknown"
        );
        assert_eq!(bad(&[("grant_type", "password"), ("scope", "x")]).await.status, 422);
        assert_eq!(bad(&[]).await.status, 422);
        // A page's account gets no token, in the same words as a wrong password.
        let page = [("grant_type", "password"), ("username", "manager"), ("password", PASSWORD)];
        assert!(ground.tokens(NOW, 'a', &page).await.problem().starts_with("422 invalid password"));
    })
    .await;
}
