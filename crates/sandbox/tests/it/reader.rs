//! The reader on the office's device, against a platform of this test that asks the sandbox.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tasuki_core::insured::PersonKey;
use tasuki_gateway::card::{CardCheck, CardError};
use tasuki_gateway::online_eligibility::OnlineEligibility;
use tasuki_gateway::reader::{
    ANSWER_PATH, CHALLENGE_PATH, Reader, ReaderAnswer, ReaderChallenge, ReaderError, ReaderReceipt,
};
use tasuki_gateway::{GatewayError, Refusal};
use tasuki_tls::server::{ClientCertificates, HotConfig, Limits, Tls, serve_tls, server_config};
use tasuki_tls::{Clock, Revoked};
use tokio::net::TcpListener;

use crate::world::{MORNING, PIN, World, person, pin, validity};

const CHALLENGE: [u8; 32] = [5; 32];

/// A platform with one page that waits, and the person it was told.
struct Platform {
    waiting: Mutex<Option<ReaderChallenge>>,
    found: Mutex<Option<PersonKey>>,
    eligibility: OnlineEligibility,
}

async fn challenge(State(platform): State<Arc<Platform>>) -> Response {
    match platform.waiting.lock().unwrap().clone() {
        Some(challenge) => Json(challenge).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn answer(
    State(platform): State<Arc<Platform>>,
    Json(answer): Json<ReaderAnswer>,
) -> Response {
    let waiting = platform.waiting.lock().unwrap().take();
    let Some(waiting) = waiting.filter(|waiting| waiting.challenge_id == answer.challenge_id)
    else {
        let body = Json(serde_json::json!({ "error": "challenge_ended" }));
        return (StatusCode::CONFLICT, body).into_response();
    };
    let (certificate, signature) = answer.decode().unwrap();
    let eligibility = &platform.eligibility;
    let found =
        eligibility.identify(&certificate, &CHALLENGE, &signature, waiting.check).await.unwrap();
    *platform.found.lock().unwrap() = Some(found.person.key);
    let message = "画面に戻ってください。".to_owned();
    Json(ReaderReceipt { accepted: true, message }).into_response()
}

async fn platform(world: &World) -> (Arc<Platform>, Reader) {
    let platform = Arc::new(Platform {
        waiting: Mutex::default(),
        found: Mutex::default(),
        eligibility: world.eligibility(),
    });
    let router = Router::new()
        .route(CHALLENGE_PATH, get(challenge))
        .route(ANSWER_PATH, post(answer))
        .with_state(Arc::clone(&platform));
    let server = world.authority.issue_server(&["localhost"], validity()).unwrap().identity();
    let clients = ClientCertificates::Required {
        authorities: vec![world.authority.certificate_der().clone()],
        revocation_lists: Vec::new(),
    };
    let clock = Clock::fixed(MORNING.0);
    let config = HotConfig::new(server_config(&server, clients, clock.clone()).unwrap());
    let tls = Tls { config, revoked: Revoked::default(), clock };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        serve_tls(listener, tls, router, Limits::default(), std::future::pending()).await;
    });
    (platform, Reader::new(world.platform(), url))
}

fn waiting(check: CardCheck) -> ReaderChallenge {
    ReaderChallenge {
        challenge_id: "c-1".to_owned(),
        challenge: STANDARD.encode(CHALLENGE),
        check,
        expires_at_ms: MORNING.plus_ms(60_000),
    }
}

#[tokio::test]
async fn a_card_on_the_reader_opens_the_person_on_the_page() {
    let world = World::start().await;
    let (platform, reader) = platform(&world).await;
    assert_eq!(reader.poll().await.unwrap(), None);
    for (check, typed) in [(CardCheck::ByEye, None), (CardCheck::WithPin, Some(pin(PIN)))] {
        *platform.waiting.lock().unwrap() = Some(waiting(check));
        let challenge = reader.poll().await.unwrap().unwrap();
        let receipt = reader.answer(&challenge, &world.card(), typed.as_ref()).await.unwrap();
        assert!(receipt.accepted);
        assert_eq!(platform.found.lock().unwrap().take(), Some(person("0000000001")));
        let again = reader.answer(&challenge, &world.card(), typed.as_ref()).await;
        let ended = GatewayError::Refused(Refusal::ChallengeEnded);
        assert!(matches!(again, Err(ReaderError::Platform(error))
            if error.to_string() == ended.to_string()));
    }
}

#[tokio::test]
async fn a_wrong_pin_never_leaves_the_device() {
    let world = World::start().await;
    let (platform, reader) = platform(&world).await;
    *platform.waiting.lock().unwrap() = Some(waiting(CardCheck::WithPin));
    let challenge = reader.poll().await.unwrap().unwrap();
    let none = reader.answer(&challenge, &world.card(), None).await;
    assert!(matches!(none, Err(ReaderError::PinNeeded)));
    let wrong = reader.answer(&challenge, &world.card(), Some(&pin("0000"))).await;
    assert!(matches!(wrong, Err(ReaderError::Card(CardError::WrongPin { tries_left: 2 }))));
    assert!(platform.waiting.lock().unwrap().is_some(), "the page still waits");
    reader.answer(&challenge, &world.card(), Some(&pin(PIN))).await.unwrap();
}

#[tokio::test]
async fn a_challenge_of_another_length_is_not_signed() {
    let world = World::start().await;
    let (_, reader) = platform(&world).await;
    let odd = ReaderChallenge { challenge: STANDARD.encode([0; 16]), ..waiting(CardCheck::ByEye) };
    let answer = reader.answer(&odd, &world.card(), None).await;
    assert!(matches!(answer, Err(ReaderError::Platform(GatewayError::Malformed { .. }))));
}
