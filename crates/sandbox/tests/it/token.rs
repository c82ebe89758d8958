//! The provider's token endpoint, called by hand: what our own client never does.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tasuki_gateway::identity::{Callback, SignInAttempt};

use crate::sign_in::signed_in;
use crate::world::{CLIENT_ID, REDIRECT_URI, World};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Calls the token endpoint with `changes` over a good request.
async fn call(
    world: &World,
    (attempt, callback): &(SignInAttempt, Callback),
    claims: Value,
    change: Option<(&str, &str)>,
) -> (StatusCode, Value) {
    let token_endpoint = format!("{}/token", world.running.issuer);
    let key = EncodingKey::from_ec_pem(world.client_key_pem.as_bytes()).unwrap();
    let assertion = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &key).unwrap();
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", callback.code.as_deref().unwrap()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", attempt.code_verifier.as_str()),
        ("client_id", CLIENT_ID),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion.as_str()),
    ];
    if let Some((name, value)) = change {
        form.retain(|(key, _)| *key != name);
        form.push((name, value));
    }
    let answer = world.browser().post(token_endpoint).form(&form).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn claims(world: &World) -> Value {
    json!({
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "aud": format!("{}/token", world.running.issuer),
        "jti": hex::encode(rand::random::<[u8; 16]>()),
        "exp": world.now().0 / 1000 + 60,
    })
}

async fn userinfo(world: &World, access_token: &str) -> StatusCode {
    let request = world.browser().get(format!("{}/userinfo", world.running.issuer));
    request.bearer_auth(access_token).send().await.unwrap().status()
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_the_token_of_the_first() {
    let world = World::start().await;
    let visit = signed_in(&world, &world.identity()).await;
    let (status, answer) = call(&world, &visit, claims(&world), None).await;
    assert_eq!(status, StatusCode::OK);
    let access_token = answer["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&world, access_token).await, StatusCode::OK);

    let (status, answer) = call(&world, &visit, claims(&world), None).await;
    assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    assert_eq!(userinfo(&world, access_token).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_access_token_ends_after_five_minutes() {
    let world = World::start().await;
    let visit = signed_in(&world, &world.identity()).await;
    let (_, answer) = call(&world, &visit, claims(&world), None).await;
    let access_token = answer["access_token"].as_str().unwrap();
    world.pass_ms(5 * 60_000 - 1);
    assert_eq!(userinfo(&world, access_token).await, StatusCode::OK);
    world.pass_ms(1);
    assert_eq!(userinfo(&world, access_token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(userinfo(&world, "forged").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn each_part_of_the_exchange_must_fit() {
    let world = World::start().await;
    let wrong_verifier = "x".repeat(43);
    for (name, value, error) in [
        ("redirect_uri", "https://thief.invalid/", "invalid_grant"),
        ("code_verifier", wrong_verifier.as_str(), "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("code", "guessed", "invalid_grant"),
        ("client_id", "RP00000002", "invalid_client"),
        ("client_assertion_type", "none", "invalid_client"),
        ("client_assertion", "e30.e30.", "invalid_client"),
        ("grant_type", "password", "unsupported_grant_type"),
    ] {
        let visit = signed_in(&world, &world.identity()).await;
        let (_, answer) = call(&world, &visit, claims(&world), Some((name, value))).await;
        assert_eq!(answer, json!({ "error": error }), "{name}={value}");
    }
}

#[tokio::test]
async fn an_assertion_must_be_ours_for_this_place_and_time() {
    let world = World::start().await;
    let seconds = world.now().0 / 1000;
    for (name, value) in [
        ("iss", json!("RP00000002")),
        ("sub", json!("RP00000002")),
        ("aud", json!("https://elsewhere.invalid/token")),
        ("exp", json!(seconds - 61)),
        ("exp", json!(seconds + 3600)),
        ("jti", json!("")),
    ] {
        let visit = signed_in(&world, &world.identity()).await;
        let mut wrong = claims(&world);
        wrong[name] = value;
        let (status, answer) = call(&world, &visit, wrong, None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(answer, json!({ "error": "invalid_client" }));
    }
}

#[tokio::test]
async fn a_token_holds_pseudonyms_and_nothing_else() {
    let world = World::start().await;
    let visit = signed_in(&world, &world.identity()).await;
    let (_, answer) = call(&world, &visit, claims(&world), None).await;
    let token = answer["id_token"].as_str().unwrap();
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(token).unwrap();
    let mut names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["amr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sub"]);
}
