//! What ends by itself when time passes: consents, registrations, sessions.

use http::StatusCode;
use jiff::civil::{Date, date};
use tasuki_core::date::AtMs;
use tasuki_store::{ingestion, params};

use crate::house::{
    Answer, CARE_OFFICE, House, MANAGER, NO_CONSENT, WITH_CONSENT, Who, city, in_each_house,
};
use crate::neighbours::{DAUGHTER, HANAKO, Neighbours};

const MINUTE: i64 = 60_000;

/// Later sessions of the care manager.
const NEXT_WEEK: Who = Who('a', "manager@next week");
const IN_WINTER: Who = Who('f', "manager@winter");
const IN_SPRING: Who = Who('f', "manager@spring");

/// Moves to the first millisecond of a day.
fn to_the_start_of(house: &House, day: Date) {
    house.forward(AtMs::start_of(day).0 - house.now().0);
}

/// To the last millisecond of a day.
fn to_the_end_of(house: &House, day: Date) {
    to_the_start_of(house, day.tomorrow().unwrap());
    house.forward(-1);
}

async fn survey(house: &House, who: Who, number: &str) -> Answer {
    house.get(who, &format!("{}?tab=survey", house.person(who, number))).await
}

#[tokio::test]
async fn a_consent_ends_with_its_last_day_in_a_session_that_is_open() {
    in_each_house(async |house| {
        let address = format!("{}/consent", house.person(MANAGER, NO_CONSENT));
        let fields = [
            ("basis", "person"),
            ("scope", "all"),
            ("means", "paper"),
            ("kept_at", "書庫A"),
            ("until_era", "reiwa"),
            ("until_year", "8"),
            ("until_month", "11"),
            ("until_day", "25"),
        ];
        assert_eq!(house.post(MANAGER, &address, &fields).await.status, StatusCode::SEE_OTHER);
        survey(house, MANAGER, NO_CONSENT).await.shows(&["配食"]);
        to_the_end_of(house, date(2026, 11, 25));
        house.enter(NEXT_WEEK).await;
        survey(house, NEXT_WEEK, NO_CONSENT).await.shows(&["配食"]);
        house.forward(1);
        let closed = survey(house, NEXT_WEEK, NO_CONSENT).await;
        closed.shows(&["認定調査票：ご本人の同意がまだありません。", "要介護2"]);
        assert!(!closed.body.contains("配食"));
        assert!(house.newest_event().await.contains("\"refused\":\"consent\""));
        let ledger = house.person(NEXT_WEEK, NO_CONSENT);
        let ledger = house.get(NEXT_WEEK, &format!("{ledger}/consents")).await;
        ledger.shows(&["期間が終わった"]);
    })
    .await;
}

#[tokio::test]
async fn a_registration_without_a_claim_lapses_and_a_claim_prolongs_it() {
    in_each_house(async |house| {
        house.second_device().await;
        // Registered on 10 November: the grace of three months ends with 10 February.
        to_the_end_of(house, date(2027, 2, 10));
        house.enter(IN_WINTER).await;
        house.get(IN_WINTER, &house.person(IN_WINTER, WITH_CONSENT)).await.shows(&["高橋 花子"]);
        let month = params![&city().number, NO_CONSENT, CARE_OFFICE, "2027-01", 1];
        house.app.db.insert_many(&ingestion::SERVICE_USE, vec![month]).await.unwrap();
        house.forward(1);
        let lapsed = house.get(IN_WINTER, &house.person(IN_WINTER, WITH_CONSENT)).await;
        let absent = house.get(IN_WINTER, &house.person(IN_WINTER, "0000999999")).await;
        assert_eq!((lapsed.status, &lapsed.body), (StatusCode::NOT_FOUND, &absent.body));
        house.get(IN_WINTER, &house.person(IN_WINTER, NO_CONSENT)).await.shows(&["佐藤 次郎"]);
        let list = house.get(IN_WINTER, "/persons").await;
        list.shows(&["佐藤 次郎"]);
        assert!(!list.body.contains("高橋 花子"));
        // The claim of January carries to the end of April, and no further.
        to_the_end_of(house, date(2027, 4, 30));
        house.enter(IN_SPRING).await;
        house.get(IN_SPRING, &house.person(IN_SPRING, NO_CONSENT)).await.shows(&["佐藤 次郎"]);
        house.forward(1);
        let lapsed = house.get(IN_SPRING, &house.person(IN_SPRING, NO_CONSENT)).await;
        assert_eq!(lapsed.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_half_an_hour_after_its_last_request() {
    in_each_house(async |house| {
        house.enter(NEXT_WEEK).await;
        for _ in 0..3 {
            house.forward(30 * MINUTE - 1);
            assert_eq!(house.get(NEXT_WEEK, "/me").await.status, StatusCode::OK);
            // The request is noted beside its answer; the next one comes when it is written.
            house.settled(NEXT_WEEK).await;
        }
        house.forward(30 * MINUTE);
        assert_eq!(house.get(NEXT_WEEK, "/me").await.location(), "/sign-in");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_eight_hours_however_busy_it_is() {
    in_each_house(async |house| {
        house.enter(NEXT_WEEK).await;
        for _ in 0..8 * 60 / 20 - 1 {
            house.forward(20 * MINUTE);
            assert_eq!(house.get(NEXT_WEEK, "/me").await.status, StatusCode::OK);
            house.settled(NEXT_WEEK).await;
        }
        house.forward(20 * MINUTE - 1);
        assert_eq!(house.get(NEXT_WEEK, "/me").await.status, StatusCode::OK);
        house.forward(1);
        assert_eq!(house.get(NEXT_WEEK, "/me").await.location(), "/sign-in");
    })
    .await;
}

#[tokio::test]
async fn a_citizens_session_ends_half_an_hour_after_its_last_request() {
    Neighbours::each(async |world| {
        let hanako = world.citizen(HANAKO).await;
        world.house.forward(30 * MINUTE - 1);
        assert_eq!(hanako.get("/my").await.status, StatusCode::OK);
        let idle = world.citizen(HANAKO).await;
        world.house.forward(30 * MINUTE);
        assert_eq!(idle.get("/my").await.location(), "/my/sign-in");
    })
    .await;
}

#[tokio::test]
async fn a_citizens_session_ends_after_eight_hours_however_busy_it_is() {
    Neighbours::each(async |world| {
        let hanako = world.citizen(HANAKO).await;
        for _ in 0..8 * 60 / 20 - 1 {
            world.house.forward(20 * MINUTE);
            assert_eq!(hanako.get("/my").await.status, StatusCode::OK);
            hanako.settled().await;
        }
        world.house.forward(20 * MINUTE - 1);
        assert_eq!(hanako.get("/my").await.status, StatusCode::OK);
        world.house.forward(1);
        assert_eq!(hanako.get("/my").await.location(), "/my/sign-in");
        let daughter = world.citizen(DAUGHTER).await;
        world.house.forward(8 * 60 * MINUTE);
        assert_eq!(daughter.get("/my/family").await.location(), "/my/sign-in");
    })
    .await;
}
