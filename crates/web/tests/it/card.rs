//! The card on the reader opens the person on the page.

use axum::body::Body;
use http::{Request, StatusCode, header};
use tasuki_gateway::card::{CardCheck, Pin};
use tasuki_gateway::reader::{ReaderAnswer, ReaderChallenge, ReaderReceipt, sign};

use crate::house::{Answer, House, OTHER, Who, peer};
use crate::neighbours::{DAUGHTER, JIRO, Neighbours};

const CHALLENGE: &str = "/api/v1/reader/challenge";

/// The reader of a device asks for work, or brings an answer.
pub(crate) async fn reader(house: &House, device: char, answer: Option<&ReaderAnswer>) -> Answer {
    let request = Request::builder().header(header::HOST, "tasuki.example").extension(peer(device));
    let request = match answer {
        None => request.uri(CHALLENGE).body(Body::empty()),
        Some(answer) => request
            .method("POST")
            .uri("/api/v1/reader/answer")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(serde_json::to_vec(answer).unwrap())),
    };
    house.send(request.unwrap()).await
}

/// What waits for the reader of a device.
pub(crate) async fn challenge(house: &House, device: char) -> ReaderChallenge {
    let challenge = reader(house, device, None).await;
    assert_eq!(challenge.status, StatusCode::OK);
    serde_json::from_str(&challenge.body).unwrap()
}

async fn waiting(world: &Neighbours, who: Who, check: &str) -> ReaderChallenge {
    let begun = world.house.post(who, "/persons/find/card/begin", &[("check", check)]).await;
    assert_eq!(begun.location(), "/persons/find/card");
    challenge(&world.house, who.0).await
}

/// The page of `who` after a card was read by eye on their device.
pub(crate) async fn read(world: &Neighbours, who: Who, card: usize) -> Answer {
    let challenge = waiting(world, who, "card_by_eye").await;
    let signed = sign(&challenge, &world.card(card), None).unwrap();
    reader(&world.house, who.0, Some(&signed)).await;
    world.house.get(who, "/persons/find/card").await
}

pub(crate) fn accepted(answer: &Answer) -> bool {
    serde_json::from_str::<ReaderReceipt>(&answer.body).unwrap().accepted
}

#[tokio::test]
async fn by_eye_the_photo_is_compared_before_the_office_is_in_charge() {
    let world = Neighbours::new().await;
    assert_eq!(reader(&world.house, 'b', None).await.status, StatusCode::NO_CONTENT);
    let challenge = waiting(&world, OTHER, "card_by_eye").await;
    world.house.get(OTHER, "/persons/find/card").await.shows(&["カードを置いてください"]);
    let signed = sign(&challenge, &world.card(JIRO), None).unwrap();
    assert!(accepted(&reader(&world.house, 'b', Some(&signed)).await));
    let again = reader(&world.house, 'b', Some(&signed)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("challenge_ended"));
    world.house.get(OTHER, "/persons/find/card/state").await.shows(&["サトウ ジロウ"]);
    let unseen = world.house.post(OTHER, "/persons/find/card", &[]).await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = world.house.post(OTHER, "/persons/find/card", &[("photo", "yes")]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    world.house.get(OTHER, opened.location()).await.shows(&["佐藤 次郎"]);
    let twice = world.house.post(OTHER, "/persons/find/card", &[("photo", "yes")]).await;
    assert_eq!(twice.location(), "/persons/find/card");
}

#[tokio::test]
async fn with_the_pin_no_photo_is_needed_and_a_check_by_eye_is_none_by_pin() {
    let world = Neighbours::new().await;
    let challenge = waiting(&world, OTHER, "card_with_pin").await;
    let by_eye = ReaderChallenge { check: CardCheck::ByEye, ..challenge.clone() };
    let mut forged = sign(&by_eye, &world.card(JIRO), None).unwrap();
    forged.check = CardCheck::WithPin;
    assert!(!accepted(&reader(&world.house, 'b', Some(&forged)).await));
    world.house.get(OTHER, "/persons/find/card").await.shows(&["このカードでは進めません"]);
    let challenge = waiting(&world, OTHER, "card_with_pin").await;
    let pin = Pin::parse("1234").unwrap();
    let signed = sign(&challenge, &world.card(JIRO), Some(&pin)).unwrap();
    assert!(accepted(&reader(&world.house, 'b', Some(&signed)).await));
    let opened = world.house.post(OTHER, "/persons/find/card", &[]).await;
    world.house.get(OTHER, opened.location()).await.shows(&["佐藤 次郎"]);
}

#[tokio::test]
async fn another_device_an_older_challenge_and_a_foreign_card_open_nobody() {
    let world = Neighbours::new().await;
    let older = waiting(&world, OTHER, "card_by_eye").await;
    let signed = sign(&older, &world.card(JIRO), None).unwrap();
    assert_eq!(reader(&world.house, 'a', None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(reader(&world.house, 'a', Some(&signed)).await.status, StatusCode::CONFLICT);
    let newer = waiting(&world, OTHER, "card_by_eye").await;
    assert_eq!(reader(&world.house, 'b', Some(&signed)).await.status, StatusCode::CONFLICT);
    let uninsured = sign(&newer, &world.card(DAUGHTER), None).unwrap();
    assert!(!accepted(&reader(&world.house, 'b', Some(&uninsured)).await));
    let page = world.house.get(OTHER, "/persons/find/card").await;
    page.shows(&["資格が見つかりません", "カードなしでさがしてください"]);
    assert!(world.house.newest_event().await.contains("unknown_person"));
}
