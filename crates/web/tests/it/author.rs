//! An author reads what it made itself, always: without being in charge, and nothing else.

use http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json as value};
use tasuki_core::insured::Protection;

use crate::api::software::Ground;
use crate::house::{
    CLINIC, House, NO_CONSENT, OFFICER, PHYSICIAN, WITH_CONSENT, Who, city, in_each_house, insured,
    key_of,
};

/// What stands elsewhere than in the clinic's own opinion.
const ELSE: [&str; 6] =
    ["要介護2", "緑町", "ケアプランあおば", "配食", "令和8年4月1日から", "支援措置"];

fn says_nothing_else(body: &str) {
    for text in ELSE {
        assert!(!body.contains(text), "{text}");
    }
}

/// A page about the person looks to `who` as that of somebody who is not here.
async fn is_absent(house: &House, who: Who, part: &str) {
    let own = house.get(who, &format!("{}{part}", house.person(who, WITH_CONSENT))).await;
    let absent = house.get(who, &format!("{}{part}", house.person(who, "0000999999"))).await;
    assert_eq!((own.status, &own.body), (StatusCode::NOT_FOUND, &absent.body), "{part}");
}

#[tokio::test]
async fn a_clinic_that_is_not_in_charge_reads_its_own_opinion_and_learns_nothing_else() {
    in_each_house(async |house| {
        let address = house.person(PHYSICIAN, WITH_CONSENT);
        let page = house.get(PHYSICIAN, &address).await;
        page.shows(&["高橋 花子", "脳梗塞後遺症", "ここで作った書類だけを表示しています"]);
        says_nothing_else(&page.body);
        let event = house.newest_event().await;
        assert!(event.contains("opinion") && !event.contains("survey_sheet"), "{event}");
        assert!(!event.contains("insured_certificate"), "{event}");
        for part in ["?tab=certificates", "?tab=survey", "?tab=history", "/print"] {
            let page = house.get(PHYSICIAN, &format!("{address}{part}")).await;
            page.shows(&["高橋 花子"]);
            says_nothing_else(&page.body);
        }
        for part in ["/why", "/consent", "/consents", "/end", "/earlier", "/consent/card"] {
            is_absent(house, PHYSICIAN, part).await;
        }
        let list = house.get(PHYSICIAN, "/persons").await;
        assert!(!list.body.contains("高橋"));
    })
    .await;
}

#[tokio::test]
async fn a_registration_opens_the_rest_and_its_end_leaves_the_own_opinion() {
    in_each_house(async |house| {
        let insurer = city().number.to_string();
        let items = [
            ("insurer_number", insurer.as_str()),
            ("insured_number", WITH_CONSENT),
            ("birth_date_era", "showa"),
            ("birth_date_year", "17"),
            ("birth_date_month", "3"),
            ("birth_date_day", "5"),
            ("sex", "female"),
            ("seen", "yes"),
        ];
        let address = house.person(PHYSICIAN, WITH_CONSENT);
        house.post(PHYSICIAN, "/persons/find/items", &items).await;
        house.get(PHYSICIAN, &address).await.shows(&["要介護2", "ケアプランあおば"]);
        house.post(PHYSICIAN, &format!("{address}/end"), &[]).await;
        let page = house.get(PHYSICIAN, &address).await;
        page.shows(&["脳梗塞後遺症"]);
        says_nothing_else(&page.body);
    })
    .await;
}

#[tokio::test]
async fn of_a_protected_person_too_and_a_blocked_author_finds_nobody() {
    in_each_house(async |house| {
        let protection = Some(Protection { from: date(2026, 11, 1), until: None });
        let hanako = insured(key_of(WITH_CONSENT), ("高橋 花子", "タカハシ ハナコ"));
        house.send_register(&tasuki_core::insured::InsuredPerson { protection, ..hanako }).await;
        let page = house.get(PHYSICIAN, &house.person(PHYSICIAN, WITH_CONSENT)).await;
        page.shows(&["脳梗塞後遺症"]);
        says_nothing_else(&page.body);
        let blocks = format!("/municipality{}/blocks", house.person(OFFICER, WITH_CONSENT));
        let block = [("provider", CLINIC), ("reason", "requested"), ("note", "窓口で申し出た")];
        assert_eq!(house.post(OFFICER, &blocks, &block).await.status, StatusCode::SEE_OTHER);
        for part in ["", "?tab=opinion", "/print"] {
            is_absent(house, PHYSICIAN, part).await;
        }
    })
    .await;
}

#[tokio::test]
async fn software_of_an_author_reads_its_own_papers_and_no_other_kind() {
    Ground::each(async |ground| {
        let person = ground.person('c', NO_CONSENT);
        let look = ground.get('c', &person).await.json();
        let kinds = |list: &Value| {
            let kinds = list.as_array().unwrap().iter();
            kinds.map(|one| one["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&look["papers"]), ["opinion"]);
        assert_eq!(kinds(&look["answers"]), ["opinion"]);
        for field in ["assignments", "consents", "averages"] {
            assert_eq!(look[field], value!([]), "{field}");
        }
        for field in ["address", "phone", "postal_code", "moved_to", "lost_on", "protection"] {
            assert_eq!(look["person"][field], Value::Null, "{field}");
        }
        let absent = ground.person('c', "0000999999");
        for part in ["?kinds=insured_certificate", "/why", "/consents", "/log"] {
            let own = ground.get('c', &format!("{person}{part}")).await;
            let absent = ground.get('c', &format!("{absent}{part}")).await;
            assert_eq!((own.status, own.body), (404, absent.body), "{part}");
        }
    })
    .await;
}
