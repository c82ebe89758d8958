//! Who moved, and whose insurer is not here yet: what each insurer has opens by itself.

use http::StatusCode;
use jiff::civil::date;
use tasuki_core::insurer::Insurer;
use tasuki_store::insurer;

use crate::house::{House, STRANGER, city, encoded, insured};
use crate::neighbours::{Browser, DAUGHTER, HANAKO, Neighbours, SABURO, elsewhere};

/// The insurer to which Saburo moved becomes known to the platform.
async fn known(house: &House, connected: bool) {
    let stored = Insurer {
        number: elsewhere().insurer,
        name: "みなと市".to_owned(),
        connected_since: connected.then(|| date(2026, 10, 1)),
        not_connected_because: (!connected).then(|| "令和9年4月からの予定です。".to_owned()),
        takes_consent: true,
    };
    house.app.db.commit(insurer::add(&stored)).await.unwrap();
}

/// It sends Saburo.
async fn sent(house: &House) {
    house.send_register(&insured(elsewhere(), ("鈴木 三郎", "スズキ サブロウ"))).await;
}

async fn choose(browser: &Browser<'_>, insurer: &str) -> StatusCode {
    browser.post("/my", "/my/insurer", &[("insurer", insurer)]).await.status
}

#[tokio::test]
async fn who_has_an_insurer_that_is_not_here_yet_is_told_so_on_every_page() {
    Neighbours::each(async |world| {
        let saburo = world.citizen(SABURO).await;
        let pages = [
            "/my",
            "/my/papers",
            "/my/progress",
            "/my/consents",
            "/my/consents/new",
            "/my/offices",
            "/my/looks",
        ];
        for page in pages {
            let answer = saburo.get(page).await;
            answer.shows(&["まだつながっていません", "お住まいの市町村は、まだこの仕組みに"]);
            assert!(!answer.body.contains("要介護2"), "{page}");
            let event = world.house.newest_event().await;
            assert!(event.contains("failed") && event.contains("0000777777"), "{page} {event}");
        }
        known(&world.house, false).await;
        for page in pages {
            saburo.get(page).await.shows(&["まだつながっていません", "令和9年4月からの予定です。"]);
        }
        assert_eq!(saburo.get("/my/family").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_connected_insurer_that_has_not_sent_the_person_says_so() {
    Neighbours::each(async |world| {
        known(&world.house, true).await;
        let saburo = world.citizen(SABURO).await;
        saburo.get("/my").await.shows(&["あなたの情報は、まだ届いていません"]);
        sent(&world.house).await;
        saburo.get("/my").await.shows(&["鈴木 三郎 さんの介護情報", "以前の保険者の情報"]);
    })
    .await;
}

#[tokio::test]
async fn who_moved_opens_what_the_former_insurer_has_and_goes_back() {
    Neighbours::each(async |world| {
        known(&world.house, true).await;
        sent(&world.house).await;
        let (here, there) = (elsewhere().insurer.to_string(), city().number.to_string());
        let saburo = world.citizen(SABURO).await;
        let home = saburo.get("/my").await;
        home.shows(&["みなと市</b>（いまの保険者）　いま見ています", "あおば市の情報を見る"]);
        assert!(!home.body.contains("要介護2"));
        assert_eq!(choose(&saburo, &there).await, StatusCode::SEE_OTHER);
        let home = saburo.get("/my").await;
        home.shows(&["要介護2", "以前の保険者の情報を見ています", "みなと市の情報を見る"]);
        // Every page and every event is about what this insurer has.
        for page in ["/my/papers", "/my/progress", "/my/consents", "/my/offices", "/my/looks"] {
            let answer = saburo.get(page).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}");
            answer.shows(&["以前の保険者の情報を見ています"]);
            let event = world.house.newest_event().await;
            assert!(event.contains(STRANGER) && event.contains(&there), "{page} {event}");
        }
        let given = [("scope", "all"), ("offices", "all")];
        saburo.post("/my/consents/new", "/my/consents/new", &given).await;
        assert_eq!(choose(&saburo, &here).await, StatusCode::SEE_OTHER);
        let home = saburo.get("/my").await;
        assert!(!home.body.contains("要介護2"));
        saburo.get("/my/consents").await.shows(&["いまの同意はありません"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_opens_an_insurer_that_is_not_theirs() {
    Neighbours::each(async |world| {
        known(&world.house, true).await;
        sent(&world.house).await;
        let (hanako, daughter) = (world.citizen(HANAKO).await, world.citizen(DAUGHTER).await);
        let elsewhere = elsewhere().insurer.to_string();
        for number in [elsewhere.as_str(), "990000", "", "zz"] {
            assert_eq!(choose(&hanako, number).await, StatusCode::NOT_FOUND, "{number}");
        }
        hanako.get("/my").await.shows(&["高橋 花子"]);
        assert!(!hanako.get("/my").await.body.contains("以前の保険者"));
        let city = city().number.to_string();
        let form = [("insurer", city.as_str())];
        let none = daughter.post("/my/family", "/my/insurer", &form).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        // A delegate sees what they were let see, and no other insurer of the person.
        let saburo = world.citizen(SABURO).await;
        choose(&saburo, &city).await;
        let fields = [("name", "月子"), ("relation", "長女")];
        let page = saburo.post("/my/family", "/my/family/invite", &fields).await;
        let code = page.body.split("secret-codes\">").nth(1).unwrap().split('<').next().unwrap();
        daughter.post("/my/family", "/my/family/code", &[("code", code)]).await;
        let seen = daughter.get("/my").await;
        seen.shows(&["鈴木 三郎 さんの介護情報", "要介護2"]);
        assert!(!seen.body.contains("みなと市"));
        let other = [("insurer", elsewhere.as_str())];
        let other = daughter.post("/my", "/my/insurer", &other).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let forged = daughter.send("POST", "/my/insurer", encoded(&[("csrf", "guessed")])).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
    })
    .await;
}
