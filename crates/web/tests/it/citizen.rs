//! The citizen's pages, from the card at the sandbox to the page, and what they do to staff.

use http::StatusCode;
use tasuki_core::insured::Protection;
use tasuki_web::citizen::ROUTES;
use tasuki_web::server::route::{Guard, Verb};

use crate::house::{
    Answer, CARE_OFFICE, MANAGER, NO_CONSENT, NOW, OTHER_OFFICE, WITH_CONSENT, encoded, insured,
    key_of,
};
use crate::neighbours::{Browser, DAUGHTER, HANAKO, JIRO, Neighbours};

#[tokio::test]
async fn a_card_opens_ones_own_information_and_signing_out_closes_it() {
    let world = Neighbours::new().await;
    let hanako = world.citizen(HANAKO).await;
    hanako.get("/my").await.shows(&[
        "高橋 花子 さんの介護情報",
        "要介護2",
        "1割",
        "サインインしました",
    ]);
    hanako.get("/my/papers").await.shows(&["負担割合証", "認定調査票は、決まりにより"]);
    hanako.get("/my/papers/print").await.shows(&["被保険者番号 0000 123 456"]);
    assert!(world.house.newest_event().await.contains("\"print\""));
    for page in ["/my/progress", "/my/looks", "/my/consents", "/my/offices", "/my/family"] {
        assert_eq!(hanako.get(page).await.status, StatusCode::OK, "{page}");
    }
    let out = hanako.post("/my", "/my/sign-out", &[]).await;
    assert_eq!(out.location(), "/my/sign-in");
    assert_eq!(hanako.get("/my").await.location(), "/my/sign-in");
}

#[tokio::test]
async fn a_callback_of_another_attempt_a_used_one_and_a_cancelled_one_open_nothing() {
    let world = Neighbours::new().await;
    let (one, other) = (world.browser(), world.browser());
    let callback = world.provider(&one, HANAKO, "sign_in").await;
    other.get("/my/sign-in/start").await;
    let stolen = other.get(&callback).await;
    assert_eq!(stolen.status, StatusCode::FORBIDDEN);
    assert!(world.house.newest_event().await.contains("invalid_grant"));
    assert_eq!(one.get(&callback).await.location(), "/my");
    assert_eq!(one.get(&callback).await.status, StatusCode::FORBIDDEN);
    let cancelled = world.browser();
    let callback = world.provider(&cancelled, HANAKO, "cancel").await;
    let answer = cancelled.get(&callback).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("サインインが取り消されました"));
    assert_eq!(cancelled.get("/my").await.location(), "/my/sign-in");
}

#[tokio::test]
async fn every_route_of_the_citizens_asks_who_comes_and_whose_form_it_is() {
    let world = Neighbours::new().await;
    let (nobody, daughter) = (world.browser(), world.citizen(DAUGHTER).await);
    for route in ROUTES.iter().copied().flatten() {
        let path = route.path.replace("{id}", "0").replace("{number}", "0");
        let method = if route.verb == Verb::Get { "GET" } else { "POST" };
        if route.guard == Guard::Anybody {
            continue;
        }
        let body = encoded(&[("csrf", "guessed")]);
        let answer = nobody.send(method, &path, body.clone()).await;
        assert_eq!(answer.location(), "/my/sign-in", "{route:?}");
        let answer = daughter.send(method, &path, body).await;
        match (route.guard, route.verb) {
            // A card whose holder is not insured opens nobody's information.
            (Guard::Mine, _) => assert_eq!(answer.location(), "/my/family", "{route:?}"),
            (_, Verb::Post) => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route:?}"),
            (_, Verb::Get) => assert_eq!(answer.status, StatusCode::OK, "{route:?}"),
        }
    }
}

/// The survey sheet on the care manager's screen, in a session that is open all the time.
async fn survey(world: &Neighbours, number: &str) -> Answer {
    let address = world.house.person(MANAGER, number);
    world.house.get(MANAGER, &format!("{address}?tab=survey")).await
}

async fn sees(world: &Neighbours, number: &str) -> bool {
    survey(world, number).await.body.contains("配食")
}

async fn give(jiro: &Browser<'_>, fields: &[(&str, &str)]) {
    let given = jiro.post("/my/consents/new", "/my/consents/new", fields).await;
    assert_eq!(given.location(), "/my/consents", "{}", given.body);
}

/// Ids of the consents on the citizen's page, newest first.
async fn consents(browser: &Browser<'_>) -> Vec<String> {
    let page = browser.get("/my/consents").await.body;
    let ends = page.split("/end\"").filter_map(|part| part.rsplit_once("/my/consents/"));
    let mut ids: Vec<String> = ends.map(|(_, id)| id.to_owned()).collect();
    ids.retain(|id| id.len() == 36 || id.starts_with("consent-"));
    ids
}

async fn take_back(browser: &Browser<'_>, id: &str) {
    let address = format!("/my/consents/{id}/end");
    browser.get(&address).await.shows(&["この同意をやめますか", "いますぐ"]);
    assert_eq!(browser.post(&address, &address, &[]).await.location(), "/my/consents");
}

#[tokio::test]
async fn consent_opens_and_its_withdrawal_closes_an_open_session_at_once() {
    let world = Neighbours::new().await;
    let jiro = world.citizen(JIRO).await;
    assert!(!sees(&world, NO_CONSENT).await);
    give(&jiro, &[("scope", "all"), ("offices", "all")]).await;
    assert!(sees(&world, NO_CONSENT).await);
    take_back(&jiro, &consents(&jiro).await[0]).await;
    assert!(!sees(&world, NO_CONSENT).await);
    jiro.get("/my/consents").await.shows(&["おわった同意（1件）"]);
}

#[tokio::test]
async fn a_narrower_scope_shows_less_and_another_office_nothing() {
    let world = Neighbours::new().await;
    let jiro = world.citizen(JIRO).await;
    give(&jiro, &[("scope", "kinds"), ("kind_opinion", "yes"), ("offices", "all")]).await;
    assert!(!sees(&world, NO_CONSENT).await);
    take_back(&jiro, &consents(&jiro).await[0]).await;
    let office = format!("office_{CARE_OFFICE}");
    give(&jiro, &[("scope", "all"), ("offices", "some"), (&office, "yes")]).await;
    assert!(sees(&world, NO_CONSENT).await);
    let newest = consents(&jiro).await[0].clone();
    let narrow = format!("/my/consents/{newest}/narrow");
    assert_eq!(jiro.post(&narrow, &narrow, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    jiro.post(&narrow, &narrow, &[("kind_survey_sheet", "yes")]).await;
    assert!(!sees(&world, NO_CONSENT).await);
    let stranger = format!("office_{OTHER_OFFICE}");
    let fields = [("scope", "all"), ("offices", "some"), (stranger.as_str(), "yes")];
    let refused = jiro.post("/my/consents/new", "/my/consents/new", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_second_consent_stands_on_its_own_and_a_past_end_is_refused() {
    let world = Neighbours::new().await;
    let jiro = world.citizen(JIRO).await;
    give(&jiro, &[("scope", "all"), ("offices", "all")]).await;
    let first = consents(&jiro).await[0].clone();
    give(&jiro, &[("scope", "kinds"), ("kind_opinion", "yes"), ("offices", "all")]).await;
    take_back(&jiro, &first).await;
    assert!(!sees(&world, NO_CONSENT).await);
    let day = [("until_era", "reiwa"), ("until_year", "8"), ("until_month", "11")];
    let mut fields = vec![("scope", "all"), ("offices", "all"), ("until_day", "19")];
    fields.extend(day);
    let past = jiro.post("/my/consents/new", "/my/consents/new", &fields).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_person_sees_who_looked_and_reports_what_is_strange() {
    let world = Neighbours::new().await;
    assert!(sees(&world, WITH_CONSENT).await);
    let hanako = world.citizen(HANAKO).await;
    let page = hanako.get("/my/looks").await;
    page.shows(&["ケアプランあおば の 介護支援専門員 が、ケアプランを作るために、", "認定調査票"]);
    let number = page.body.split("/strange").next().unwrap().rsplit('/').next().unwrap();
    let form = format!("/my/looks/{number}/strange");
    let empty = hanako.post(&form, &form, &[("text", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = hanako.post(&form, &form, &[("text", "この事業所は使っていません。")]).await;
    assert_eq!(sent.location(), "/my/looks");
    let jiro = world.citizen(JIRO).await;
    assert_eq!(jiro.get(&form).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn ending_an_office_makes_the_person_absent_for_it() {
    let world = Neighbours::new().await;
    let hanako = world.citizen(HANAKO).await;
    let end = format!("/my/offices/{CARE_OFFICE}/end");
    assert_eq!(hanako.post(&end, &end, &[]).await.location(), "/my/offices");
    let gone = survey(&world, WITH_CONSENT).await;
    let absent = survey(&world, "0000999999").await;
    assert_eq!((gone.status, &gone.body), (StatusCode::NOT_FOUND, &absent.body));
}

/// Invites a delegate and gives the code that the page shows.
async fn invited(person: &Browser<'_>) -> String {
    let fields = [("name", "月子"), ("relation", "長女")];
    let page = person.post("/my/family", "/my/family/invite", &fields).await;
    page.shows(&["月子 さんに渡すコード"]);
    let code = page.body.split("secret-codes\">").nth(1).unwrap();
    code.split('<').next().unwrap().to_owned()
}

async fn enter(daughter: &Browser<'_>, code: &str) -> Answer {
    daughter.post("/my/family", "/my/family/code", &[("code", code)]).await
}

#[tokio::test]
async fn a_delegate_enters_a_code_once_and_loses_it_when_the_person_ends_it() {
    let world = Neighbours::new().await;
    let hanako = world.citizen(HANAKO).await;
    let daughter = world.citizen(DAUGHTER).await;
    assert_eq!(enter(&daughter, "aaaaa-bbbbb").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = invited(&hanako).await;
    assert_eq!(enter(&daughter, &code).await.location(), "/my");
    daughter.get("/my").await.shows(&["高橋 花子 さんの介護情報", "長女として見ています"]);
    assert_eq!(enter(&daughter, &code).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let family = hanako.get("/my/family").await.body;
    let id = family.split("/end\"").next().unwrap().rsplit('/').next().unwrap();
    hanako.post("/my/family", &format!("/my/family/{id}/end"), &[]).await;
    assert_eq!(daughter.get("/my").await.location(), "/my/family");
}

#[tokio::test]
async fn support_measures_void_delegates_and_invitations_without_a_word() {
    let world = Neighbours::new().await;
    let hanako = world.citizen(HANAKO).await;
    let daughter = world.citizen(DAUGHTER).await;
    let (code, waiting) = (invited(&hanako).await, invited(&hanako).await);
    enter(&daughter, &code).await;
    daughter.get("/my").await.shows(&["高橋 花子"]);
    protect(&world).await;
    for page in ["/my", "/my/looks", "/my/papers", "/my/consents"] {
        let answer = daughter.get(page).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/my/family"));
    }
    let choose = daughter.get("/my/family").await.body;
    assert!(!choose.contains("高橋") && !choose.contains("支援"));
    let void = enter(&daughter, &waiting).await;
    let unknown = enter(&daughter, "aaaaa-bbbbb").await;
    assert_eq!((void.status, &void.body), (unknown.status, &unknown.body));
    // The person still sees their own.
    hanako.get("/my").await.shows(&["高橋 花子 さんの介護情報"]);
    assert!(!hanako.get("/my/looks").await.body.contains("ケアプランあおば"));
}

/// The register tells that support measures are in force since today.
async fn protect(world: &Neighbours) {
    let mut hanako = insured(key_of(WITH_CONSENT), ("高橋 花子", "タカハシ ハナコ"));
    hanako.protection = Some(Protection { from: NOW.date(), until: None });
    world.house.send_register(&hanako).await;
}
