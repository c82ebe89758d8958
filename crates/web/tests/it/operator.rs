//! The operator's first page, and what comes to the operator as files.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, StatusCode};
use tasuki_app::health::{Check, Verdict};
use tasuki_app::setting::Tables;
use tasuki_store::{provider, scratch};
use tasuki_tls::Clock;
use tasuki_web::server::{State, staff_router};
use tower::ServiceExt;

use crate::files::with_files;
use crate::house::{Answer, CARE_OFFICE, House, MANAGER, NOW, OPERATOR, WITH_CONSENT, city};

/// The answer of a server on a machine that stands as `verdict` says.
async fn on_machine(house: &House, verdict: Verdict) -> String {
    let state = State::new(house.app.clone(), Clock::fixed(NOW.0))
        .with_machine(Arc::new(move |_| vec![Check::new(verdict, "disk", "as the test says")]));
    let request = crate::house::request(OPERATOR, "GET", "/operator", String::new());
    let answer = staff_router(state).oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn the_first_page_checks_the_log_when_it_is_opened() {
    let house = House::new().await;
    house.get(MANAGER, &house.person(MANAGER, WITH_CONSENT)).await;
    let page = house.get(OPERATOR, "/operator").await;
    page.shows(&["署名と新しい記録が合っています", "に確かめました", "書き込み待ち"]);
    page.shows(&["いま取り込んでいるデータ", "まもなく終わる電子証明書", "事務室 1"]);
    let newest = i64::try_from(house.events().await).unwrap() - 1;
    scratch::lose_event(&house.app.db, newest).await.unwrap();
    let page = house.get(OPERATOR, "/operator").await;
    page.shows(&["記録が足りません", "いますること"]);
}

#[tokio::test]
async fn the_first_page_says_how_the_machine_stands() {
    let house = House::new().await;
    for (verdict, words) in [
        (Verdict::Ok, "よい"),
        (Verdict::Soon, "まもなく手当てがいります"),
        (Verdict::Bad, "すぐに手当てがいります"),
    ] {
        let page = on_machine(&house, verdict).await;
        assert!(page.contains("空き容量") && page.contains(words), "{verdict:?}");
        // What the check says is for whoever reads logs; the page has its own words.
        assert!(!page.contains("as the test says"));
    }
}

const REGISTER: &str = "/operator/offices/import";

/// A line each of a new office, of a known one, and of none.
const LINES: &str = "\u{feff}事業所名,事業所名カナ,サービスの種類,住所,方書,電話番号,法人番号,法人の名称,事業所番号\n\
    訪問介護やまびこ,ホウモンカイゴヤマビコ,訪問介護,あおば市森町1,,099-000-0001,,架空法人,9970000023\n\
    ケアプランあおば,ケアプランアオバ,居宅介護支援,あおば市緑町2,,099-000-0002,,架空法人,9970000001\n\
    短い番号,,訪問介護,,,,,,997000001\n";

async fn import(house: &House, file: &str) -> Answer {
    let request: Request<Body> = with_files(OPERATOR, REGISTER, &[("file", "a.csv", file)]);
    house.send(request).await
}

#[tokio::test]
async fn the_public_register_is_taken_with_its_findings_and_an_event() {
    let house = House::new().await;
    let before = house.events().await;
    let page = import(&house, LINES).await;
    page.shows(&["取り込みました", "3行を読み", "新しい事業所 1", "変わった事業所 1"]);
    page.shows(&["確かめてほしい行（2件）", "3行め", "4行め"]);
    assert_eq!(house.events().await, before + 1);
    let event = house.newest_event().await;
    assert!(event.contains("\"operator\""), "{event}");
    house.get(OPERATOR, "/operator/offices?q=やまびこ").await.shows(&["9970000023", "訪問介護"]);

    let again = import(&house, LINES).await;
    again.shows(&["新しい事業所 0、変わった事業所 0、同じ事業所 2"]);
    let none = house.send(with_files(OPERATOR, REGISTER, &[])).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("ファイルを選んでください"), "{}", none.body);
}

#[tokio::test]
async fn an_office_that_was_stopped_stays_stopped_after_an_import() {
    let house = House::new().await;
    let stop = [("number", CARE_OFFICE), ("active", "no"), ("reason", "closed")];
    house.post(OPERATOR, "/operator/offices/active", &stop).await;
    import(&house, LINES).await;
    let number = tasuki_core::provider::ProviderNumber::parse(CARE_OFFICE).unwrap();
    let stored = provider::get(&house.app.db, &number).await.unwrap().unwrap().provider;
    assert_eq!((stored.active, stored.address.as_str()), (false, "あおば市緑町2"));
}

#[tokio::test]
async fn a_changed_table_is_shown_cell_by_cell_before_it_is_used() {
    let house = House::new().await;
    let published = Tables::published();
    let preview = async |file: &str, text: &str| {
        let path = "/operator/tables/preview";
        house.send(with_files(OPERATOR, path, &[(file, "a.toml", text)])).await
    };
    let at = published.table.find("\"survey_sheet\"").unwrap();
    let (head, tail) = published.table.split_at(at);
    let narrower = tail.replacen("consent = [\"care_management\"]", "consent = []", 1);
    let page = preview("table", &format!("{head}{narrower}")).await;
    page.shows(&["共有の表で変わるところ（1か所）", "認定調査票", "使いはじめる"]);
    preview("table", &published.table).await.shows(&["いまの表と同じです"]);
    let broken = preview("jobs", "x = 1").await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(broken.body.contains("このファイルは使えません"), "{}", broken.body);
    let none = house.send(with_files(OPERATOR, "/operator/tables/preview", &[])).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (file, text) in [("sharing", &published.table), ("function_jobs", &published.jobs)] {
        let saved = house.get(OPERATOR, &format!("/operator/tables/{file}.toml")).await;
        assert_eq!(&saved.body, text);
    }
}

#[tokio::test]
async fn forms_that_come_back_keep_what_was_typed() {
    let house = House::new().await;
    let insurer = city().number.to_string();
    for (path, fields, said) in [
        ("/operator/disasters/open", &[("insurer", "1"), ("reason", "大雨")][..], "大雨"),
        ("/operator/disasters/confirm", &[("insurer", "1"), ("reason", "大雨")], "大雨"),
        ("/operator/insurers/save", &[("number", insurer.as_str()), ("name", "あお")], "あお"),
        ("/operator/notices", &[("to", "provider"), ("number", "1"), ("text", "文")], "文"),
        ("/operator/offices/save", &[("number", "1"), ("name", "架空の家")], "架空の家"),
    ] {
        let before = house.events().await;
        let page = house.post(OPERATOR, path, fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.body.contains(said) && page.body.contains("直すところが"), "{path}");
        assert_eq!(house.events().await, before, "{path}");
    }
}
