//! The citizen's sign-in: our relying party against the sandbox's provider.

use reqwest::{StatusCode, Url};
use tasuki_gateway::identity::{Callback, IdentityClient, IdentitySettings, SignInAttempt};
use tasuki_gateway::{GatewayError, Refusal};

use crate::world::{PIN, World};

const BEGIN: [u8; 96] = [7; 96];

/// Random bytes of one `finish`; each assertion needs its own.
fn fresh() -> [u8; 16] {
    rand::random()
}

/// What the person's browser does at the provider.
struct Visit<'a> {
    world: &'a World,
    ticket: String,
}

impl<'a> Visit<'a> {
    async fn open(world: &'a World, authorization_url: &str) -> Self {
        let sent = world.browser().get(authorization_url).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let location = sent.headers()["location"].to_str().unwrap();
        let page = Url::parse(&world.running.issuer).unwrap().join(location).unwrap();
        let ticket = page.query_pairs().find(|(name, _)| name == "ticket").unwrap().1.into_owned();
        Self { world, ticket }
    }

    async fn page(&self, sought: &str) -> String {
        let request = self.world.browser().get(format!("{}/sign-in", self.world.running.issuer));
        let query = [("ticket", self.ticket.as_str()), ("q", sought)];
        request.query(&query).send().await.unwrap().text().await.unwrap()
    }

    async fn submit(&self, card: &str, pin: &str, act: &str) -> reqwest::Response {
        let form = [("ticket", self.ticket.as_str()), ("card", card), ("pin", pin), ("act", act)];
        let request = self.world.browser().post(format!("{}/sign-in", self.world.running.issuer));
        request.form(&form).send().await.unwrap()
    }

    /// The redirect back to us.
    async fn callback(&self, card: &str, act: &str) -> Callback {
        let sent = self.submit(card, PIN, act).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        callback(sent.headers()["location"].to_str().unwrap())
    }
}

fn callback(location: &str) -> Callback {
    let url = Url::parse(location).unwrap();
    let value = |name: &str| {
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    Callback {
        code: value("code"),
        state: value("state"),
        iss: value("iss"),
        error: value("error"),
    }
}

pub(crate) async fn signed_in(world: &World, client: &IdentityClient) -> (SignInAttempt, Callback) {
    let attempt = client.begin(world.now(), BEGIN).await.unwrap();
    let visit = Visit::open(world, &attempt.authorization_url).await;
    let callback = visit.callback(&world.cards[0].card_id, "sign_in").await;
    (attempt, callback)
}

async fn refusal(
    world: &World,
    client: &IdentityClient,
    attempt: &SignInAttempt,
    callback: &Callback,
) -> Refusal {
    match client.finish(attempt, callback, world.now(), fresh()).await {
        Err(GatewayError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_card_and_its_pin_give_a_pseudonym_and_the_card_reference() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, callback) = signed_in(&world, &client).await;
    let citizen = client.finish(&attempt, &callback, world.now(), fresh()).await.unwrap();
    assert_eq!(citizen.card_reference, world.cards[0].card_reference);
    assert_ne!(citizen.subject, citizen.card_reference.expose());

    let (attempt, callback) = signed_in(&world, &client).await;
    let again = client.finish(&attempt, &callback, world.now(), fresh()).await.unwrap();
    assert_eq!(again, citizen, "the same person keeps the pseudonym");
    world.running.shutdown().await;
}

#[tokio::test]
async fn another_service_sees_another_pseudonym() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, callback) = signed_in(&world, &client).await;
    let citizen = client.finish(&attempt, &callback, world.now(), fresh()).await.unwrap();

    let mut clients = world.home.clients().unwrap();
    clients[0].client_id = "RP00000002".to_owned();
    world.home.save_clients(&clients).unwrap();
    let settings =
        IdentitySettings { client_id: "RP00000002".to_owned(), ..world.identity_settings() };
    let other = IdentityClient::new(world.browser(), settings).unwrap();
    let (attempt, callback) = signed_in(&world, &other).await;
    let there = other.finish(&attempt, &callback, world.now(), fresh()).await.unwrap();
    assert_ne!(there.subject, citizen.subject);
}

#[tokio::test]
async fn a_code_works_once() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, callback) = signed_in(&world, &client).await;
    client.finish(&attempt, &callback, world.now(), fresh()).await.unwrap();
    assert_eq!(refusal(&world, &client, &attempt, &callback).await, Refusal::InvalidGrant);
}

#[tokio::test]
async fn a_code_ends_after_a_minute() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, callback) = signed_in(&world, &client).await;
    world.pass_ms(60_000);
    assert_eq!(refusal(&world, &client, &attempt, &callback).await, Refusal::InvalidGrant);
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing_without_the_verifier() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, callback) = signed_in(&world, &client).await;
    let thief = SignInAttempt { code_verifier: "x".repeat(43), ..attempt.clone() };
    assert_eq!(refusal(&world, &client, &thief, &callback).await, Refusal::InvalidGrant);
    // The code is spent all the same.
    assert_eq!(refusal(&world, &client, &attempt, &callback).await, Refusal::InvalidGrant);
}

#[tokio::test]
async fn the_redirect_must_belong_to_the_attempt() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, good) = signed_in(&world, &client).await;
    let strange = Callback { state: Some("other".to_owned()), ..good.clone() };
    assert_eq!(refusal(&world, &client, &attempt, &strange).await, Refusal::InvalidGrant);
    let strange = Callback { iss: Some("https://other.invalid".to_owned()), ..good.clone() };
    let mixed_up = client.finish(&attempt, &strange, world.now(), fresh()).await;
    assert!(matches!(mixed_up, Err(GatewayError::Malformed { .. })));
    let late = SignInAttempt { begun_at_ms: attempt.begun_at_ms.plus_ms(-600_001), ..attempt };
    assert_eq!(refusal(&world, &client, &late, &good).await, Refusal::InvalidGrant);
}

#[tokio::test]
async fn a_token_for_another_attempt_is_not_taken() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, callback) = signed_in(&world, &client).await;
    let other = SignInAttempt { nonce: "other".to_owned(), ..attempt };
    let finished = client.finish(&other, &callback, world.now(), fresh()).await;
    let what = "nonce of the ID token";
    assert!(matches!(finished, Err(GatewayError::Malformed { what: found }) if found == what));
}

#[tokio::test]
async fn only_the_registered_key_redeems_codes_and_each_assertion_once() {
    let world = World::start().await;
    let client = world.identity();
    let (attempt, callback) = signed_in(&world, &client).await;
    let client_key_pem = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let settings = IdentitySettings { client_key_pem, ..world.identity_settings() };
    let thief = IdentityClient::new(world.browser(), settings).unwrap();
    assert_eq!(refusal(&world, &thief, &attempt, &callback).await, Refusal::InvalidClient);

    let random = fresh();
    client.finish(&attempt, &callback, world.now(), random).await.unwrap();
    let (attempt, callback) = signed_in(&world, &client).await;
    let replayed = client.finish(&attempt, &callback, world.now(), random).await;
    assert!(matches!(replayed, Err(GatewayError::Refused(Refusal::InvalidClient))));
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let world = World::start().await;
    let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
    let url = attempt.authorization_url.replace("platform.invalid", "thief.invalid");
    let answer = world.browser().get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(answer.headers().get("location").is_none());
    let url = attempt.authorization_url.replace("RP00000001", "RP99999999");
    let answer = world.browser().get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_request_without_its_safeguards_is_refused_to_the_service() {
    let world = World::start().await;
    let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
    for (from, to, error) in [
        ("response_type=code", "response_type=token", "unsupported_response_type"),
        ("scope=openid", "scope=profile", "invalid_scope"),
        ("&nonce=", "&nonsense=", "invalid_request"),
        ("&state=", "&stale=", "invalid_request"),
        ("code_challenge_method=S256", "code_challenge_method=plain", "invalid_request"),
        ("&code_challenge=", "&code_challenge=x", "invalid_request"),
    ] {
        let url = attempt.authorization_url.replacen(from, to, 1);
        assert_ne!(url, attempt.authorization_url, "{from}");
        let answer = world.browser().get(url).send().await.unwrap();
        let callback = callback(answer.headers()["location"].to_str().unwrap());
        assert_eq!(callback.error.as_deref(), Some(error), "{from}");
        assert!(callback.code.is_none());
    }
}

#[tokio::test]
async fn three_wrong_pins_lock_the_card_until_it_is_unlocked() {
    let world = World::start().await;
    let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
    let visit = Visit::open(&world, &attempt.authorization_url).await;
    let card = &world.cards[0].card_id;
    for words in ["あと2回", "あと1回", "ロックされています"] {
        let page = visit.submit(card, "9999", "sign_in").await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().await.unwrap().contains(words), "{words}");
    }
    let page = visit.submit(card, PIN, "sign_in").await;
    assert!(page.text().await.unwrap().contains("ロックされています"), "the right one is too late");
    let plain = reqwest::Client::new();
    let url = format!("{}/cards/{card}/unlock", world.running.admin_url);
    assert_eq!(plain.post(url).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(visit.submit(card, PIN, "sign_in").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_right_pin_gives_all_tries_back() {
    let world = World::start().await;
    let card = &world.cards[0].card_id;
    for _ in 0..3 {
        let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
        let visit = Visit::open(&world, &attempt.authorization_url).await;
        for _ in 0..2 {
            visit.submit(card, "9999", "sign_in").await;
        }
        assert_eq!(visit.submit(card, PIN, "sign_in").await.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn the_page_says_what_is_missing_and_keeps_the_choice() {
    let world = World::start().await;
    let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
    let visit = Visit::open(&world, &attempt.authorization_url).await;
    let card = &world.cards[0].card_id;
    for (card, pin, words) in [
        ("", PIN, "カードが選ばれていません"),
        ("../clients", PIN, "カードが選ばれていません"),
        (card.as_str(), "12", "4けたの数字"),
        (card.as_str(), "", "4けたの数字"),
    ] {
        let page = visit.submit(card, pin, "sign_in").await.text().await.unwrap();
        assert!(page.contains(words), "{words}");
        assert!(!page.contains(PIN));
        assert_eq!(page.contains(" checked"), card.starts_with("card-"));
    }
}

#[tokio::test]
async fn an_ended_or_revoked_card_does_not_sign_in() {
    let world = World::start().await;
    let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
    let visit = Visit::open(&world, &attempt.authorization_url).await;
    world.home.expire_card(&world.cards[0].card_id, world.now()).unwrap();
    world.home.revoke_card(&world.cards[1].card_id, world.now()).unwrap();
    for (card, words) in [(0, "有効期限が切れています"), (1, "失効しています")] {
        let page = visit.submit(&world.cards[card].card_id, PIN, "sign_in").await;
        assert!(page.text().await.unwrap().contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_card_with_the_chip_of_another_does_not_sign_in() {
    let world = World::start().await;
    let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
    let visit = Visit::open(&world, &attempt.authorization_url).await;
    std::fs::copy(&world.cards[1].path, &world.cards[0].path).unwrap();
    let page = visit.submit(&world.cards[0].card_id, PIN, "sign_in").await;
    assert!(page.text().await.unwrap().contains("発行元を確かめられません"));
}

#[tokio::test]
async fn cancelling_ends_the_sign_in() {
    let world = World::start().await;
    let client = world.identity();
    let attempt = client.begin(world.now(), BEGIN).await.unwrap();
    let visit = Visit::open(&world, &attempt.authorization_url).await;
    let callback = visit.callback("", "cancel").await;
    assert_eq!(refusal(&world, &client, &attempt, &callback).await, Refusal::AccessDenied);
    let late = visit.submit(&world.cards[0].card_id, PIN, "sign_in").await;
    assert_eq!(late.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_page_without_a_sign_in_says_so_in_words() {
    let world = World::start().await;
    for query in ["", "?ticket=guessed", "?q=x"] {
        let url = format!("{}/sign-in{query}", world.running.issuer);
        let page = world.browser().get(url).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::BAD_REQUEST, "{query}");
        assert!(page.text().await.unwrap().contains("もう一度はじめてください"));
    }
}

#[tokio::test]
async fn cards_are_found_by_name_reading_and_number() {
    let world = World::start().await;
    let attempt = world.identity().begin(world.now(), BEGIN).await.unwrap();
    let visit = Visit::open(&world, &attempt.authorization_url).await;
    for sought in ["花子", "しけん はなこ", "シケンハ", "CARD-00001"] {
        let page = visit.page(sought).await;
        assert!(page.contains("試験 花子") && !page.contains("見本 太郎"), "{sought}");
    }
    assert!(visit.page("だれでもない").await.contains("見つかりませんでした"));
    let escaped = visit.page("\"><script>").await;
    assert!(!escaped.contains("<script>"));
}
