//! What staff see: the person page and everything that leads to it.

use crate::house::{
    ADMINISTRATOR, House, MANAGER, NO_CONSENT, NOW, OFFICER, OTHER, PHYSICIAN, STRANGER,
    WITH_CONSENT, city,
};
use http::StatusCode;
use tasuki_core::date::wareki_day;

#[tokio::test]
async fn a_care_manager_opens_the_person_and_sees_the_four_facts() {
    let house = House::new().await;
    let page = house.get(MANAGER, &house.person(MANAGER, WITH_CONSENT)).await;
    page.shows(&[
        "高橋 花子",
        "84歳",
        "0000 123 456",
        "あおば市",
        "要介護2",
        "1割",
        "ケアプランあおば",
        "令和8年4月1日からのものを表示しています",
    ]);
    assert!(!page.body.contains("consent-1"));
    assert!(house.newest_event().await.contains("\"look\""));
}

#[tokio::test]
async fn every_item_of_the_survey_has_its_words() {
    let house = House::new().await;
    let address = house.person(MANAGER, WITH_CONSENT);
    let page = house.get(MANAGER, &format!("{address}?tab=survey")).await;
    page.shows(&["1-1 麻痺等の有無", "5-6 簡単な調理", "7-1 障害高齢者", "特記事項", "配食"]);
    for item in tasuki_core::survey::survey_items() {
        let label = format!("{} {}", item.number, item.label);
        assert!(page.body.contains(&label.replace('&', "&#38;")), "{label}");
    }
    let page = house.get(MANAGER, &format!("{address}?tab=opinion")).await;
    page.shows(&["脳梗塞後遺症", "青空クリニック", "血圧の変動が大きい"]);
}

#[tokio::test]
async fn what_only_consent_keeps_is_said_with_the_way_to_it() {
    let house = House::new().await;
    let address = house.person(MANAGER, NO_CONSENT);
    let page = house.get(MANAGER, &format!("{address}?tab=survey")).await;
    page.shows(&["認定調査票：ご本人の同意がまだありません。", "要介護2"]);
    assert!(page.body.contains(&format!("{address}/consent")));
    assert!(!page.body.contains("配食"));
}

#[tokio::test]
async fn consent_opens_at_once_and_its_end_closes_at_once() {
    let house = House::new().await;
    let address = house.person(MANAGER, NO_CONSENT);
    let fields = [("basis", "person"), ("scope", "all"), ("means", "paper"), ("kept_at", "書庫A")];
    let taken = house.post(MANAGER, &format!("{address}/consent"), &fields).await;
    assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, address.as_str()));
    let survey = format!("{address}?tab=survey");
    house.get(MANAGER, &survey).await.shows(&["配食"]);

    let list = house.get(MANAGER, &format!("{address}/consents")).await;
    list.shows(&["すべて", "有効"]);
    let start = list.body.find("/consents/").unwrap() + "/consents/".len();
    let id = list.body[start..].split('/').next().unwrap().to_owned();
    let withdraw = format!("{address}/consents/{id}/withdraw");
    house.get(MANAGER, &withdraw).await.shows(&["この同意をやめますか"]);
    assert_eq!(house.post(MANAGER, &withdraw, &[]).await.status, StatusCode::SEE_OTHER);
    let page = house.get(MANAGER, &survey).await;
    assert!(!page.body.contains("配食"));
}

#[tokio::test]
async fn a_consent_form_with_faults_comes_back_with_all_of_them() {
    let house = House::new().await;
    let address = format!("{}/consent", house.person(MANAGER, NO_CONSENT));
    let fields = [("basis", "family_proxy"), ("proxy_name", "佐藤 花"), ("scope", "kinds")];
    let page = house.post(MANAGER, &address, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["続柄", "決められない理由を", "1つ以上選んで", "佐藤 花", "直すところが"]
    {
        assert!(page.body.contains(text), "{text}");
    }
}

#[tokio::test]
async fn an_earlier_day_shows_what_had_come_by_then() {
    let house = House::new().await;
    let address = house.person(MANAGER, WITH_CONSENT);
    let page = house.get(MANAGER, &format!("{address}?tab=survey&as_of=2026-11-01")).await;
    page.shows(&["の時点の内容", "要介護2"]);
    assert!(!page.body.contains("配食"));
    let form = [("day_era", "reiwa"), ("day_year", "8"), ("day_month", "11"), ("day_day", "1")];
    let sent = house.post(MANAGER, &format!("{address}/earlier"), &form).await;
    assert_eq!(sent.location(), format!("{address}?as_of=2026-11-01"));
}

#[tokio::test]
async fn history_print_and_reasons_are_pages_of_their_own() {
    let house = House::new().await;
    let address = house.person(MANAGER, WITH_CONSENT);
    let page = house.get(MANAGER, &format!("{address}?tab=history")).await;
    page.shows(&["要介護2（令和9年1月31日まで）", "as_of="]);
    house
        .get(MANAGER, &format!("{address}/print"))
        .await
        .shows(&["脳梗塞後遺症", "1-1 麻痺等の有無"]);
    assert!(house.newest_event().await.contains("\"print\""));
    let why = house.get(MANAGER, &format!("{address}/why")).await;
    why.shows(&["ご本人の同意があります", "事業所の種類と職種"]);
}

#[tokio::test]
async fn one_act_leaves_one_event_and_a_form_shows_no_paper() {
    let house = House::new().await;
    let address = house.person(MANAGER, WITH_CONSENT);
    for (path, papers) in [
        ("", true),
        ("?tab=history", true),
        ("/print", true),
        ("/why", false),
        ("/consent", false),
        ("/consents", false),
        ("/end", false),
        ("/earlier", false),
    ] {
        let before = house.events().await;
        let page = house.get(MANAGER, &format!("{address}{path}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(house.events().await, before + 1, "{path}");
        let event = house.newest_event().await;
        assert_eq!(event.contains("\"survey_sheet\""), papers, "{path} {event}");
    }
}

#[tokio::test]
async fn my_persons_are_listed_filtered_and_searched_by_reading() {
    let house = House::new().await;
    house.get(MANAGER, "/persons").await.shows(&["高橋 花子", "佐藤 次郎", "同意がまだの方"]);
    let page = house.get(MANAGER, "/persons?filter=no_consent").await;
    page.shows(&["佐藤 次郎"]);
    assert!(!page.body.contains("高橋 花子"));
    let page = house.post(MANAGER, "/persons", &[("kana", "たかはし")]).await;
    page.shows(&["高橋 花子"]);
    assert!(!page.body.contains("佐藤 次郎"));
}

fn items(number: &'static str, day: &'static str) -> Vec<(&'static str, String)> {
    [
        ("insurer_number", city().number.to_string()),
        ("insured_number", number.to_owned()),
        ("birth_date_era", "showa".to_owned()),
        ("birth_date_year", "17".to_owned()),
        ("birth_date_month", "3".to_owned()),
        ("birth_date_day", day.to_owned()),
        ("sex", "female".to_owned()),
        ("seen", "yes".to_owned()),
    ]
    .to_vec()
}

async fn find(house: &House, number: &'static str, day: &'static str) -> crate::house::Answer {
    let items = items(number, day);
    let fields: Vec<_> = items.iter().map(|(name, value)| (*name, value.as_str())).collect();
    house.post(MANAGER, "/persons/find/items", &fields).await
}

#[tokio::test]
async fn finding_registers_and_a_miss_names_no_item() {
    let house = House::new().await;
    let address = house.person(MANAGER, STRANGER);
    assert_eq!(house.get(MANAGER, &address).await.status, StatusCode::NOT_FOUND);
    let found = find(&house, STRANGER, "5").await;
    assert_eq!((found.status, found.location()), (StatusCode::SEE_OTHER, address.as_str()));
    house.get(MANAGER, &address).await.shows(&["鈴木 三郎"]);

    let wrong_day = find(&house, WITH_CONSENT, "6").await;
    let nobody = find(&house, "0000999999", "5").await;
    assert_eq!(wrong_day.status, StatusCode::UNPROCESSABLE_ENTITY);
    let without_values = |body: &str| {
        body.replace("0000999999", "*").replace(WITH_CONSENT, "*").replace("\"6\"", "\"5\"")
    };
    assert_eq!(without_values(&wrong_day.body), without_values(&nobody.body));
}

#[tokio::test]
async fn ending_the_registration_hides_the_person_at_once() {
    let house = House::new().await;
    let address = house.person(MANAGER, WITH_CONSENT);
    house.get(MANAGER, &format!("{address}/end")).await.shows(&["担当を終わりますか"]);
    assert_eq!(house.post(MANAGER, &format!("{address}/end"), &[]).await.location(), "/persons");
    assert_eq!(house.get(MANAGER, &address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_insurer_finds_its_persons_by_reading() {
    let house = House::new().await;
    assert_eq!(house.get(OFFICER, "/").await.location(), "/municipality");
    assert_eq!(house.get(OFFICER, "/persons/find").await.location(), "/municipality/persons");
    let page = house.post(OFFICER, "/municipality/persons", &[("kana", "すずき")]).await;
    page.shows(&["鈴木 三郎"]);
    let page = house.get(OFFICER, &house.person(OFFICER, STRANGER)).await;
    page.shows(&["鈴木 三郎", "要介護2"]);
}

#[tokio::test]
async fn a_lapsed_office_sees_nobody_and_a_clinic_that_is_not_in_charge_its_own_paper() {
    let house = House::new().await;
    let page = house.get(OTHER, &house.person(OTHER, WITH_CONSENT)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    // See `author.rs`.
    let page = house.get(PHYSICIAN, &house.person(PHYSICIAN, WITH_CONSENT)).await;
    assert!(!page.body.contains("要介護2"));
}

#[tokio::test]
async fn an_emergency_is_opened_with_a_reason_and_reviewed_by_another() {
    let house = House::new().await;
    let mut fields = items(STRANGER, "5");
    fields.push(("reason", "ambulance".to_owned()));
    fields.push(("note", "呼びかけに反応がなく、救急車を呼んだ".to_owned()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let opened = house.post(MANAGER, "/emergency/open", &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    house.get(MANAGER, opened.location()).await.shows(&["鈴木 三郎"]);

    house.get(ADMINISTRATOR, "/notices").await.shows(&["緊急時の閲覧がありました"]);
    let list = house.get(ADMINISTRATOR, "/emergency").await;
    list.shows(&["救急搬送のため", "点検がまだ"]);
    let start = list.body.find("href=\"/emergency/").unwrap() + "href=\"".len();
    let address = list.body[start..].split('"').next().unwrap().to_owned();
    house.get(ADMINISTRATOR, &address).await.shows(&["確かめたこと"]);
    let done = house.post(ADMINISTRATOR, &address, &[("text", "救急搬送を確認した")]).await;
    assert_eq!(done.location(), "/emergency");
    house.get(ADMINISTRATOR, "/emergency").await.shows(&["点検済み"]);
}

#[tokio::test]
async fn pages_are_never_kept_and_addresses_hold_no_number() {
    let house = House::new().await;
    let page = house.get(MANAGER, "/persons").await;
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(page.headers.contains_key("x-request-id"));
    let addresses = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for address in addresses {
        assert!(!address.contains("123456"), "{address}");
    }
    assert_eq!(wareki_day(NOW.date()), "令和8年11月20日");
}
