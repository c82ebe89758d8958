//! The municipality's and the operator's pages: what they show, and that each change leaves an
//! event and takes effect at once.

use crate::house::{House, MANAGER, OFFICER, OPERATOR, WITH_CONSENT, Who, city, key_of};
use http::StatusCode;
use tasuki_app::setting::{self, Tables};
use tasuki_policy::Sharing;
use tasuki_store::{event_log, objection};
use tasuki_web::server::route::Verb;
use tasuki_web::{municipality, operator};

async fn changes(house: &House, who: Who, path: &str, fields: &[(&str, &str)]) {
    let before = house.events().await;
    let answer = house.post(who, path, fields).await;
    assert!(answer.status.is_success() || answer.status.is_redirection(), "{path}: {answer:?}");
    let size = house.events().await;
    assert!(size > before, "{path} left no event");
}

#[tokio::test]
async fn every_page_without_a_place_in_its_address_opens() {
    let house = House::new().await;
    for (routes, who) in [(municipality::ROUTES, OFFICER), (operator::ROUTES, OPERATOR)] {
        let pages = routes.iter().filter(|it| it.verb == Verb::Get && !it.path.contains('{'));
        for route in pages.filter(|it| !it.path.contains("/new") || it.path.contains("disasters")) {
            let answer = house.get(who, route.path).await;
            assert_eq!(answer.status, StatusCode::OK, "{} {}", route.path, answer.body);
        }
    }
    let person = house.person(OFFICER, WITH_CONSENT).replace("/persons", "/municipality/persons");
    for part in ["log", "consents"] {
        let answer = house.get(OFFICER, &format!("{person}/{part}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{part} {}", answer.body);
    }
    for page in ["/operator/accounts", "/operator/accounts/new", "/operator/devices"] {
        let path = format!("{page}?organisation=insurer:{}", city().number);
        let answer = house.get(OPERATOR, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} {}", answer.body);
    }
    for page in ["/operator/accounts", "/operator/devices"] {
        house.get(OPERATOR, page).await.shows(&["事業所・医療機関", "介護認定審査会"]);
        let wrong = house.get(OPERATOR, &format!("{page}?kind=insurer&number=1")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let chosen = format!("{page}?kind=insurer&number={}", city().number);
        house.get(OPERATOR, &chosen).await.shows(&["あおば市"]);
    }
}

#[tokio::test]
async fn another_organisations_handle_and_nonsense_are_not_found() {
    let house = House::new().await;
    let foreign = house.person(MANAGER, WITH_CONSENT).replace("/persons", "/municipality/persons");
    for part in ["log", "consents"] {
        let hidden = house.get(OFFICER, &format!("{foreign}/{part}")).await;
        let absent = house.get(OFFICER, &format!("/municipality/persons/00/{part}")).await;
        assert_eq!((hidden.status, absent.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        assert_eq!(hidden.body, absent.body);
    }
    let transfer = house.get(OFFICER, "/municipality/transfers/999").await;
    assert_eq!(transfer.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(OFFICER, "/board").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_own_person_is_found_by_reading_and_by_number() {
    let house = House::new().await;
    for field in [("kana", "タカ"), ("number", "0000 000 017")] {
        let answer = house.post(OFFICER, "/municipality/persons", &[field]).await;
        let shown = answer.body.contains("高橋 花子");
        assert!(shown || field.0 == "number", "{field:?} {}", answer.body);
        assert_eq!(answer.status, StatusCode::OK, "{field:?}");
    }
    let answer = house.post(OFFICER, "/municipality/persons", &[("number", WITH_CONSENT)]).await;
    assert!(answer.body.contains("高橋 花子"), "{}", answer.body);
    let nothing = house.post(OFFICER, "/municipality/persons", &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_objection_is_answered_once() {
    let house = House::new().await;
    let db = &house.app.db;
    let key = house.app.keyring.insurer(db, &city().number).await.unwrap();
    let made = objection::make(
        &key_of(WITH_CONSENT),
        "o1",
        0,
        "知らない事業所です",
        crate::house::NOW,
        &key,
    );
    db.commit(made.unwrap()).await.unwrap();
    let list = house.get(OFFICER, "/municipality/objections").await;
    assert!(list.body.contains("知らない事業所です"), "{}", list.body);
    let empty = house.post(OFFICER, "/municipality/objections", &[("id", "o1")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = [("id", "o1"), ("answer", "事業所に確かめました")];
    changes(&house, OFFICER, "/municipality/objections", &answer).await;
    let again = house.post(OFFICER, "/municipality/objections", &answer).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let list = house.get(OFFICER, "/municipality/objections").await;
    assert!(list.body.contains("事業所に確かめました"), "{}", list.body);
}

/// The published table with the survey sheet taken from care-management offices.
fn narrower() -> Tables {
    let mut tables = Tables::published();
    let at = tables.table.find("\"survey_sheet\"").unwrap();
    let (before, after) = tables.table.split_at(at);
    let after = after.replacen("consent = [\"care_management\"]", "consent = []", 1);
    tables.table = format!("{before}{after}");
    tables
}

#[tokio::test]
async fn a_changed_table_takes_effect_on_the_next_look_and_on_other_instances() {
    let house = House::new().await;
    let path = format!("{}?tab=survey", house.person(MANAGER, WITH_CONSENT));
    let before = house.get(MANAGER, &path).await.body;
    let tables = narrower();
    assert_ne!(tables, Tables::published());
    let fields =
        [("version", "0"), ("table", tables.table.as_str()), ("jobs", tables.jobs.as_str())];
    changes(&house, OPERATOR, "/operator/tables/activate", &fields).await;
    assert!(house.newest_event().await.contains("setting_change"));
    let after = house.get(MANAGER, &path).await.body;
    assert_ne!(before, after);
    let again = house.post(OPERATOR, "/operator/tables/activate", &fields).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let published = Sharing::published().unwrap();
    let settings = tasuki_app::Settings::default();
    let (db, keys) = (house.app.db.clone(), house.app.keyring.clone());
    let other = tasuki_app::App::new(db, keys, published.clone(), settings);
    setting::refresh(&other).await.unwrap();
    assert!(**other.sharing.load() != published);
    let broken = [("version", "1"), ("table", "x = 1"), ("jobs", tables.jobs.as_str())];
    let refused = house.post(OPERATOR, "/operator/tables/activate", &broken).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("このファイルは使えません"), "{}", refused.body);
}

#[tokio::test]
async fn every_change_of_the_operator_leaves_an_event() {
    let house = House::new().await;
    let insurer = city().number.to_string();
    let organisation = format!("insurer:{insurer}");
    let number = tasuki_core::insurer::InsurerNumber::with_check_digit("99007").unwrap();
    let new = [
        ("number", number.as_str()),
        ("name", "みどり市"),
        ("not_connected_because", "来年からです"),
    ];
    changes(&house, OPERATOR, "/operator/insurers/save", &new).await;
    let office = [("number", "9970000099"), ("name", "架空の新しい家"), ("service_11", "yes")];
    changes(&house, OPERATOR, "/operator/offices/save", &office).await;
    let stop = [("number", "9970000099"), ("active", "no"), ("reason", "closed")];
    changes(&house, OPERATOR, "/operator/offices/active", &stop).await;
    let account = [
        ("organisation", organisation.as_str()),
        ("login", "midori-town"),
        ("name", "架空 みどり"),
        ("level", "general"),
        ("job", "municipal_officer"),
    ];
    changes(&house, OPERATOR, "/operator/accounts/new", &account).await;
    let body =
        house.get(OPERATOR, &format!("/operator/accounts?organisation={organisation}")).await;
    let id = tasuki_store::account::by_login(&house.app.db, "midori-town").await.unwrap().unwrap();
    assert!(body.body.contains("midori-town"));
    for (act, version) in [("reset", "1"), ("unlock", "1"), ("stop", "1"), ("take-back", "2")] {
        let path = format!("/operator/accounts/{}/{act}", id.account.id);
        let target = [("organisation", organisation.as_str()), ("version", version)];
        changes(&house, OPERATOR, &path, &target).await;
    }
    let revoke = [("organisation", organisation.as_str()), ("why", "lost")];
    let path = format!("/operator/devices/{}/revoke", "d".repeat(64));
    changes(&house, OPERATOR, &path, &revoke).await;
    assert_eq!(house.get(OFFICER, "/municipality").await.location(), "/sign-in");
    let region = [
        ("insurer", insurer.as_str()),
        ("reason", "架空の大雨の対策本部の決定"),
        ("last_day_era", "western"),
        ("last_day_year", "2026"),
        ("last_day_month", "11"),
        ("last_day_day", "30"),
    ];
    let shown = house.post(OPERATOR, "/operator/disasters/confirm", &region).await;
    let number = format!("あおば市（保険者番号 {insurer}）");
    shown.shows(&[&number, "対象の利用者", "3人", "架空の大雨の対策本部の決定"]);
    shown.shows(&["令和8年11月30日まで", "name=\"last_day_day\" value=\"30\""]);
    let none = tasuki_store::disaster::list(&house.app.db, 10).await.unwrap();
    assert_eq!(none, [], "nothing is opened before it was confirmed");
    changes(&house, OPERATOR, "/operator/disasters/open", &region).await;
    let open = tasuki_store::disaster::list(&house.app.db, 10).await.unwrap().remove(0);
    let close = [("insurer", insurer.as_str()), ("id", open.id.as_str())];
    changes(&house, OPERATOR, "/operator/disasters/close", &close).await;
    let notice = [("to", "insurers"), ("text", "架空のお知らせです")];
    changes(&house, OPERATOR, "/operator/notices", &notice).await;
    let log = event_log::page(&house.app.db, 0, 1_000).await.unwrap();
    assert!(log.iter().all(|(_, event)| !event.contains("架空 みどり")));
}

#[tokio::test]
async fn settings_change_at_once_and_only_within_their_range() {
    let house = House::new().await;
    let names = [
        "grace_months",
        "lapse_months",
        "session_idle_minutes",
        "session_absolute_minutes",
        "access_token_minutes",
        "refresh_token_minutes",
        "tries_until_lock",
        "lock_minutes",
        "finds_per_ten_minutes",
        "found_minutes",
        "emergency_hours",
    ];
    let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, "10")).collect();
    fields.extend([("renewal_days", "45"), ("version", "0")]);
    changes(&house, OPERATOR, "/operator/settings", &fields).await;
    assert_eq!(house.app.settings.renewal_days, 45);
    let again = house.post(OPERATOR, "/operator/settings", &fields).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    fields.retain(|(name, _)| !["version", "renewal_days"].contains(name));
    fields.extend([("version", "1"), ("renewal_days", "0")]);
    let wrong = house.post(OPERATOR, "/operator/settings", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.app.settings.renewal_days, 45);
}
