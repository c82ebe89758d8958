//! A consent by card stands on a fresh reading of the card of the very same person.

use http::StatusCode;
use serde_json::{Value, json as value};
use tasuki_gateway::card::Pin;
use tasuki_gateway::reader::sign;

use crate::api::software::{Ground, Reply};
use crate::card::{accepted, challenge, reader};
use crate::house::{ADMINISTRATOR, Answer, House, MANAGER, NO_CONSENT, OTHER, WITH_CONSENT};
use crate::neighbours::{HANAKO, JIRO, Neighbours};

const MINUTE: i64 = 60_000;

fn form(house: &House) -> String {
    format!("{}/consent", house.person(MANAGER, NO_CONSENT))
}

/// The form of a consent by card, sent by a care manager.
async fn asked(house: &House, means: &str) -> Answer {
    let fields = [("basis", "person"), ("scope", "all"), ("means", means)];
    house.post(MANAGER, &form(house), &fields).await
}

/// The page that waits, of the care manager who takes the consent.
async fn waits(house: &House, means: &str) -> String {
    let sent = asked(house, means).await;
    let page = format!("{}/card", form(house));
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, page.as_str()));
    page
}

/// A card on the reader of the care office; whether the platform took it.
async fn read(world: &Neighbours, house: &House, card: usize) -> bool {
    let challenge = challenge(house, 'a').await;
    let pin = Pin::parse("1234").unwrap();
    let signed = sign(&challenge, &world.card(card), Some(&pin)).unwrap();
    accepted(&reader(house, 'a', Some(&signed)).await)
}

async fn sees(house: &House) -> bool {
    let page = format!("{}?tab=survey", house.person(MANAGER, NO_CONSENT));
    house.get(MANAGER, &page).await.body.contains("配食")
}

/// Entries of the person's ledger.
async fn consents(house: &House) -> usize {
    let list = format!("{}/consents", house.person(MANAGER, NO_CONSENT));
    house.get(MANAGER, &list).await.body.matches("/withdraw").count()
}

#[tokio::test]
async fn the_card_and_its_pin_give_the_consent_that_was_filled_in_once() {
    Neighbours::each(async |world| {
        let house = &world.house;
        house.get(MANAGER, &form(house)).await.shows(&["マイナンバーカードと暗証番号"]);
        let page = waits(house, "card_with_pin").await;
        challenge(house, 'a').await;
        house
            .get(MANAGER, &page)
            .await
            .shows(&["佐藤 次郎 さん", "ご本人のカードを置いてください"]);
        assert!(!sees(house).await);
        assert!(read(world, house, JIRO).await);
        assert_eq!(consents(house).await, 0);
        let before = house.events().await;
        let state = house.get(MANAGER, &format!("{page}/state")).await;
        state.shows(&["サトウ ジロウ", "data-at-once"]);
        assert_eq!(house.events().await, before, "asking again and again is no look");
        let taken = house.post(MANAGER, &page, &[]).await;
        let person = house.person(MANAGER, NO_CONSENT);
        assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, person.as_str()));
        assert!(house.newest_event().await.contains("consent_give"));
        assert!(sees(house).await);
        let list = house.get(MANAGER, &format!("{person}/consents")).await;
        list.shows(&["ご本人", "マイナンバーカード"]);
        // Sent again, or opened with the browser's button: it begins with the form.
        for again in [house.post(MANAGER, &page, &[]).await, house.get(MANAGER, &page).await] {
            assert_eq!(again.location(), form(house), "{}", again.body);
        }
        assert_eq!(consents(house).await, 1);
    })
    .await;
}

#[tokio::test]
async fn by_eye_the_photo_is_compared_before_the_consent_stands() {
    Neighbours::each(async |world| {
        let house = &world.house;
        let page = waits(house, "card_by_eye").await;
        let signed = sign(&challenge(house, 'a').await, &world.card(JIRO), None).unwrap();
        assert!(accepted(&reader(house, 'a', Some(&signed)).await));
        let state = house.get(MANAGER, &page).await;
        state.shows(&["顔写真を目で確かめてください"]);
        assert!(!state.body.contains("data-at-once"));
        let unseen = house.post(MANAGER, &page, &[]).await;
        assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(consents(house).await, 0);
        house.post(MANAGER, &page, &[("photo", "yes")]).await;
        assert!(sees(house).await);
    })
    .await;
}

#[tokio::test]
async fn the_card_of_another_person_is_refused_and_the_right_one_may_follow() {
    Neighbours::each(async |world| {
        let house = &world.house;
        let page = waits(house, "card_with_pin").await;
        assert!(!read(world, house, HANAKO).await);
        let event = house.newest_event().await;
        assert!(event.contains("consent_give") && event.contains("other_person"), "{event}");
        assert!(event.contains(NO_CONSENT) && !event.contains(WITH_CONSENT), "{event}");
        let refused = house.get(MANAGER, &page).await;
        refused.shows(&["このカードでは進めません", "これは、この方のカードではありません"]);
        assert!(!refused.body.contains("タカハシ"));
        let pressed = house.post(MANAGER, &page, &[]).await;
        assert_eq!(pressed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(consents(house).await, 0);
        // What was filled in waits for the right card.
        let begin = format!("{page}/begin");
        let again = house.post(MANAGER, &begin, &[("check", "card_with_pin")]).await;
        assert_eq!(again.location(), page, "{}", again.body);
        assert!(read(world, house, JIRO).await);
        house.post(MANAGER, &page, &[]).await;
        assert!(sees(house).await);
    })
    .await;
}

#[tokio::test]
async fn a_reading_gives_a_consent_for_three_minutes_and_to_the_one_who_began_it() {
    Neighbours::each(async |world| {
        let house = &world.house;
        let page = waits(house, "card_with_pin").await;
        assert!(read(world, house, JIRO).await);
        // A colleague at the same device, whose reading it is not.
        let colleague = house.post(ADMINISTRATOR, &page, &[]).await;
        assert_eq!(colleague.location(), form(house), "{}", colleague.body);
        house.forward(3 * MINUTE);
        let late = house.post(MANAGER, &page, &[]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.body.contains("3分のあいだ、1回だけ使えます"));
        assert_eq!(consents(house).await, 0);
        let begin = format!("{page}/begin");
        house.post(MANAGER, &begin, &[("check", "card_with_pin")]).await;
        assert!(read(world, house, JIRO).await);
        house.forward(3 * MINUTE - 1);
        house.post(MANAGER, &page, &[]).await;
        assert!(sees(house).await);
    })
    .await;
}

#[tokio::test]
async fn a_reading_that_finds_gives_no_consent_and_one_for_a_consent_finds_nobody() {
    Neighbours::each(async |world| {
        let house = &world.house;
        let page = waits(house, "card_with_pin").await;
        assert!(read(world, house, JIRO).await);
        let found = house.post(MANAGER, "/persons/find/card", &[("photo", "yes")]).await;
        assert_eq!(found.location(), "/persons/find/card", "nobody was found");
        house.post(MANAGER, "/persons/find/card/begin", &[("check", "card_with_pin")]).await;
        assert!(read(world, house, JIRO).await);
        house.post(MANAGER, &page, &[]).await;
        assert_eq!(consents(house).await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_may_take_no_consent_may_read_no_card_for_it() {
    Neighbours::each(async |world| {
        let house = &world.house;
        let proxy = [
            ("basis", "family_proxy"),
            ("proxy_name", "佐藤 月子"),
            ("proxy_relation", "長女"),
            ("proxy_reason", "認知症のため"),
            ("scope", "all"),
            ("means", "card_with_pin"),
        ];
        let refused = house.post(MANAGER, &form(house), &proxy).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("カードで同意できるのは、ご本人だけです"));
        let fields = [("basis", "person"), ("scope", "all"), ("means", "card_with_pin")];
        let theirs = format!("{}/consent", house.person(OTHER, NO_CONSENT));
        let hidden = house.post(OTHER, &theirs, &fields).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        for device in ['a', 'b'] {
            assert_eq!(reader(house, device, None).await.status, StatusCode::NO_CONTENT);
        }
        // The registration ends while the card is on the reader.
        let page = waits(house, "card_with_pin").await;
        assert!(read(world, house, JIRO).await);
        house.post(MANAGER, &format!("{}/end", house.person(MANAGER, NO_CONSENT)), &[]).await;
        for answer in [house.get(MANAGER, &page).await, house.post(MANAGER, &page, &[]).await] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        assert!(!house.newest_event().await.contains("consent_give"));
    })
    .await;
}

/// Software of the care office in the house of these neighbours.
struct Software<'a> {
    world: &'a Neighbours,
    ground: Ground,
}

impl Software<'_> {
    async fn each(check: impl AsyncFn(&Software<'_>)) {
        let sqlite = House::new().await;
        Self::of(sqlite, &check).await;
        if let Ok(url) = std::env::var("PG_URL") {
            let scratch = tasuki_store::scratch::postgres(&url).await.unwrap();
            Self::of(House::on(scratch).await, &check).await;
        }
    }

    async fn of(house: House, check: &impl AsyncFn(&Software<'_>)) {
        let mut world = Neighbours::of(house).await;
        let house = std::mem::replace(&mut world.house, House::new().await);
        let software = Software { world: &world, ground: Ground::around(house).await };
        check(&software).await;
        software.ground.house.discard().await;
    }

    fn consents(&self, letter: char) -> String {
        format!("{}/consents", self.ground.person(letter, NO_CONSENT))
    }

    async fn begin(&self, letter: char, check: &str) -> Reply {
        let path = format!("{}/card", self.consents(letter));
        self.ground.call(letter, "POST", &path, &value!({ "check": check })).await
    }

    async fn state(&self) -> Value {
        self.ground.get('a', &format!("{}/card", self.consents('a'))).await.json()
    }

    async fn give(&self, more: Value) -> Reply {
        let mut means = value!({ "means": "card" });
        means.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let sent = value!({ "basis": { "by": "person" }, "means": means, "from": "2026-11-20" });
        self.ground.call('a', "POST", &self.consents('a'), &sent).await
    }

    async fn read(&self, card: usize) -> bool {
        read(self.world, &self.ground.house, card).await
    }
}

#[tokio::test]
async fn software_gives_no_consent_by_card_without_the_card() {
    Software::each(async |software| {
        assert_eq!(software.give(value!({})).await.problem(), "422 invalid means consent-card");
        assert_eq!(software.begin('a', "card_with_pin").await.status, 204);
        assert_eq!(software.give(value!({})).await.problem(), "422 invalid means consent-card");
        assert!(!software.read(HANAKO).await);
        assert_eq!(software.state().await["state"], "refused");
        assert_eq!(software.give(value!({})).await.problem(), "422 invalid means consent-card");
        software.begin('a', "card_with_pin").await;
        assert_eq!(software.state().await["state"], "waiting");
        assert!(software.read(JIRO).await);
        assert_eq!(software.state().await["kana"], "サトウ ジロウ");
        let proxy = value!({ "basis": { "by": "statutory_agent", "name": "月子" },
                             "means": { "means": "card" }, "from": "2026-11-20" });
        let proxy = software.ground.call('a', "POST", &software.consents('a'), &proxy).await;
        assert_eq!(proxy.problem(), "422 invalid means consent-card-person");
        // Sent twice at the same moment: one of the two is a consent.
        let both = tokio::join!(software.give(value!({})), software.give(value!({})));
        let mut both = [both.0.status, both.1.status];
        both.sort_unstable();
        assert!(both[0] == 201 && [409, 422].contains(&both[1]), "{both:?}");
        let ledger = software.ground.get('a', &software.consents('a')).await.json();
        assert_eq!(ledger["items"].as_array().unwrap().len(), 1);
        assert_eq!(ledger["items"][0]["means"], "card");
    })
    .await;
}

#[tokio::test]
async fn software_compares_the_photo_and_reads_for_nobody_it_is_not_in_charge_of() {
    Software::each(async |software| {
        software.begin('a', "card_by_eye").await;
        let challenge = challenge(&software.ground.house, 'a').await;
        let signed = sign(&challenge, &software.world.card(JIRO), None).unwrap();
        assert!(accepted(&reader(&software.ground.house, 'a', Some(&signed)).await));
        assert_eq!(software.give(value!({})).await.problem(), "422 invalid photo photo");
        let taken = software.give(value!({ "photo_compared": true })).await;
        assert_eq!(taken.status, 201, "{}", taken.body);
        assert_eq!(software.begin('b', "card_with_pin").await.problem(), "404 not_found");
        assert_eq!(software.begin('c', "card_with_pin").await.problem(), "404 not_found");
        assert_eq!(software.begin('e', "card_with_pin").await.problem(), "403 denied");
        assert_eq!(
            software.begin('d', "card_with_pin").await.status,
            204,
            "the insurer takes, too"
        );
    })
    .await;
}
