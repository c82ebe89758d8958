//! A job that a kind of organisation does not have is given to nobody there, and opens nothing.

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json as value};
use tasuki_core::account::{Account, AccountLevel, JobType, Membership};
use tasuki_store::{Change, account};

use crate::api::software::{Ground, json};
use crate::house::{
    ADMINISTRATOR, House, NO_CONSENT, NOW, STRANGER, WITH_CONSENT, Who, city, in_each_house,
    organisation,
};

/// An account of the care office with the job of a town hall, as no way of ours makes it.
const STRAY: Who = Who('a', "stray");

async fn stray(house: &House) {
    let account = Account {
        id: STRAY.1.to_owned(),
        login: STRAY.1.to_owned(),
        name: "架空 迷子".to_owned(),
        mail: None,
        software: false,
        active: true,
        version: 1,
    };
    let membership = Membership {
        organisation: organisation('a'),
        level: AccountLevel::General,
        job: JobType::MunicipalOfficer,
        writes_care_plans: true,
    };
    let made = account::create(&account, "unusable", false, NOW);
    let made: Change = made.and(account::add_membership(STRAY.1, &membership));
    house.app.db.commit(made).await.unwrap();
    house.enter(STRAY).await;
}

#[tokio::test]
async fn an_officer_of_a_town_hall_in_a_care_office_finds_and_sees_nobody() {
    in_each_house(async |house| {
        stray(house).await;
        let insurer = city().number.to_string();
        let items = [
            ("insurer_number", insurer.as_str()),
            ("insured_number", STRANGER),
            ("birth_date_era", "showa"),
            ("birth_date_year", "17"),
            ("birth_date_month", "3"),
            ("birth_date_day", "5"),
            ("sex", "female"),
            ("seen", "yes"),
        ];
        let found = house.post(STRAY, "/persons/find/items", &items).await;
        assert_eq!(found.status, StatusCode::FORBIDDEN);
        assert_eq!(house.get(STRAY, "/persons").await.status, StatusCode::FORBIDDEN);
        let page = house.get(STRAY, &house.person(STRAY, WITH_CONSENT)).await;
        let absent = house.get(STRAY, &house.person(STRAY, "0000999999")).await;
        assert_eq!((page.status, &page.body), (StatusCode::NOT_FOUND, &absent.body));
        let consent = format!("{}/consent", house.person(STRAY, NO_CONSENT));
        let fields = [("basis", "person"), ("scope", "all"), ("means", "paper"), ("kept_at", "A")];
        let taken = house.post(STRAY, &consent, &fields).await;
        assert_eq!(taken.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn no_page_and_no_software_gives_a_job_of_elsewhere() {
    Ground::each(async |ground| {
        for job in ["municipal_officer", "board_member", "operator"] {
            let new = value!({ "login": "jiro.sato", "name": "佐藤 次郎", "level": "general",
                               "job": job });
            let made = ground.call('a', "POST", "/api/v1/accounts", &new).await;
            assert_eq!(made.problem(), "422 invalid job job-here", "{job}");
            let place = value!({ "level": "general", "job": job });
            let token = ground.token('a').await;
            let path = "/api/v1/accounts/manager/place";
            let mut change = json(&token, "PUT", path, &place);
            change.headers_mut().insert(header::IF_MATCH, HeaderValue::from_static("\"v1\""));
            let changed = ground.send_at(NOW, Some('a'), change).await;
            assert_eq!(changed.problem(), "422 invalid job job-here", "{job}");
            let join = value!({ "organisation": organisation('b').to_string(),
                                "login": "manager", "level": "general", "job": job });
            let joined = ground.call('e', "POST", "/api/v1/memberships", &join).await;
            assert_eq!(joined.problem(), "422 invalid job job-here", "{job}");
            let form = [("login", "jiro.sato"), ("name", "佐藤 次郎"), ("job", job)];
            let house = &ground.house;
            let made = house.post(ADMINISTRATOR, "/office/staff/new", &form).await;
            assert_eq!(made.status, StatusCode::UNPROCESSABLE_ENTITY, "{job}");
        }
        let nurse = value!({ "login": "jiro.sato", "name": "佐藤 次郎", "level": "general",
                             "job": "nurse" });
        let made = ground.call('d', "POST", "/api/v1/accounts", &nurse).await;
        assert_eq!(made.problem(), "422 invalid job job-here");
        let staff: Value = ground.get('a', "/api/v1/accounts").await.json();
        assert!(!staff.to_string().contains("jiro.sato"));
    })
    .await;
}
