//! Protected persons (支援措置対象者): the six written rules, and offices that the insurer blocks.

use http::StatusCode;
use jiff::civil::date;
use serde_json::json as value;
use tasuki_core::insured::{InsuredPerson, InsurerMove, Protection};
use tasuki_core::insurer::InsurerNumber;

use crate::api::software::Ground;
use crate::house::{
    Answer, CARE_OFFICE, House, MANAGER, NO_CONSENT, OFFICER, OTHER, OTHER_OFFICE, STRANGER,
    WITH_CONSENT, Who, city, in_each_house, insured, key_of,
};
use crate::neighbours::{DAUGHTER, HANAKO, JIRO, Neighbours};

/// What must not be said where a protected person is a secret.
const WHEREABOUTS: [&str; 3] = ["緑町", "ケアプランあおば", CARE_OFFICE];

fn hanako() -> InsuredPerson {
    insured(key_of(WITH_CONSENT), ("高橋 花子", "タカハシ ハナコ"))
}

/// The register tells that support measures are in force since the beginning of the month.
async fn protect(house: &House) {
    let protection = Some(Protection { from: date(2026, 11, 1), until: None });
    house.send_register(&InsuredPerson { protection, ..hanako() }).await;
}

fn blocks(house: &House) -> String {
    format!("/municipality{}/blocks", house.person(OFFICER, WITH_CONSENT))
}

const BLOCK: [(&str, &str); 3] =
    [("provider", CARE_OFFICE), ("reason", "requested"), ("note", "ご本人が窓口で申し出た")];

async fn block(house: &House) {
    let done = house.post(OFFICER, &blocks(house), &BLOCK).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

fn items(number: &str) -> Vec<(&'static str, String)> {
    let mut items = vec![("insured_number", number.to_owned())];
    items.push(("insurer_number", city().number.to_string()));
    let day = [("era", "showa"), ("year", "17"), ("month", "3"), ("day", "5")];
    let parts = ["birth_date_era", "birth_date_year", "birth_date_month", "birth_date_day"];
    items.extend(parts.iter().zip(day).map(|(name, (_, part))| (*name, part.to_owned())));
    items.extend([("sex", "female".to_owned()), ("seen", "yes".to_owned())]);
    items
}

async fn find(house: &House, who: Who, path: &str, number: &str, more: &[(&str, &str)]) -> Answer {
    let items = items(number);
    let mut fields: Vec<_> = items.iter().map(|(name, text)| (*name, text.as_str())).collect();
    fields.extend_from_slice(more);
    let mut answer = house.post(who, path, &fields).await;
    // What was typed stands in the form again; the rest must not differ.
    answer.body = answer.body.replace(number, "*");
    answer
}

const EMERGENCY: [(&str, &str); 2] =
    [("reason", "ambulance"), ("note", "呼びかけに反応がなく、救急車を呼んだ")];

#[tokio::test]
async fn a_blocked_office_finds_everything_as_if_the_person_were_not_there() {
    in_each_house(async |house| {
        protect(house).await;
        let address = house.person(MANAGER, WITH_CONSENT);
        house.get(MANAGER, &address).await.shows(&["高橋 花子"]);
        block(house).await;
        house.get(MANAGER, &address).await;
        assert!(house.newest_event().await.contains("\"refused\":\"block\""));
        for part in ["", "/print", "/why", "/consent", "/consents", "/end", "/earlier"] {
            let hidden = house.get(MANAGER, &format!("{address}{part}")).await;
            let absent = house.person(MANAGER, "0000999999");
            let absent = house.get(MANAGER, &format!("{absent}{part}")).await;
            assert_eq!((hidden.status, absent.status), (StatusCode::NOT_FOUND, absent.status));
            assert_eq!(hidden.body, absent.body, "{part}");
        }
        let list = house.get(MANAGER, "/persons").await;
        list.shows(&["佐藤 次郎"]);
        assert!(!list.body.contains("高橋"));
        for (path, more) in [("/persons/find/items", &[][..]), ("/emergency/open", &EMERGENCY)] {
            let hidden = find(house, MANAGER, path, WITH_CONSENT, more).await;
            let absent = find(house, MANAGER, path, "0000999999", more).await;
            assert_eq!((hidden.status, &hidden.body), (absent.status, &absent.body), "{path}");
            assert_ne!(hidden.status, StatusCode::SEE_OTHER);
        }
        // Another office goes on as before.
        let found = find(house, OTHER, "/persons/find/items", WITH_CONSENT, &[]).await;
        house.get(OTHER, found.location()).await.shows(&["高橋 花子"]);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_a_blocked_office_is_that_of_one_whose_registration_has_ended() {
    let (blocked, ended) = (House::new().await, House::new().await);
    protect(&blocked).await;
    block(&blocked).await;
    let end = format!("{}/end", ended.person(MANAGER, WITH_CONSENT));
    ended.post(MANAGER, &end, &[]).await;
    for page in ["/persons", "/persons?filter=no_consent", "/persons?filter=certification"] {
        let (one, other) = (blocked.get(MANAGER, page).await, ended.get(MANAGER, page).await);
        assert_eq!((one.status, one.body), (other.status, other.body), "{page}");
    }
    // No notice comes: not even that something was lost.
    let (one, other) = (blocked.get(MANAGER, "/notices").await, House::new().await);
    assert_eq!(one.body, other.get(MANAGER, "/notices").await.body);
}

#[tokio::test]
async fn a_proof_made_before_the_block_registers_nobody_after_it() {
    let ground = Ground::new().await;
    let house = &ground.house;
    let sent = value!({ "insurer_number": city().number.as_str(), "insured_number": WITH_CONSENT,
                        "birth_date": "1942-03-05", "sex": "female" });
    let found = ground.call('b', "POST", "/api/v1/persons/find", &sent).await.json();
    protect(house).await;
    let other = [("provider", "other"), ("number", OTHER_OFFICE), BLOCK[1], BLOCK[2]];
    house.post(OFFICER, &blocks(house), &other).await;
    let proof = value!({ "proof": found["proof"] });
    let register = ground.call('b', "POST", "/api/v1/persons/register", &proof).await;
    assert_eq!(register.problem(), "404 not_found");
    assert!(house.newest_event().await.contains("\"refused\":\"block\""));
    let again = ground.call('b', "POST", "/api/v1/persons/find", &sent).await;
    assert_eq!(again.problem(), "404 not_found");
}

#[tokio::test]
async fn a_block_is_for_protected_persons_and_stands_until_it_is_lifted() {
    in_each_house(async |house| {
        let refused = house.post(OFFICER, &blocks(house), &BLOCK).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("いま支援措置がありません"), "{}", refused.body);
        protect(house).await;
        for (missing, text) in [("reason", "選んで"), ("note", "5文字以上")] {
            let fields: Vec<_> = BLOCK.into_iter().filter(|(name, _)| *name != missing).collect();
            let refused = house.post(OFFICER, &blocks(house), &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains(text), "{missing} {}", refused.body);
        }
        let unknown = [("provider", "other"), ("number", "9979999999"), BLOCK[1], BLOCK[2]];
        let refused = house.post(OFFICER, &blocks(house), &unknown).await;
        assert!(refused.body.contains("この番号の事業所は登録されていません"), "{}", refused.body);
        block(house).await;
        assert!(house.newest_event().await.contains("\"block_change\""));
        let again = house.post(OFFICER, &blocks(house), &BLOCK).await;
        assert!(again.body.contains("この番号の事業所は") || again.body.contains("もう止めて"));
        let page = house.get(OFFICER, &blocks(house)).await;
        page.shows(&["ケアプランあおば", "ご本人の申し出", "ご本人が窓口で申し出た"]);
        let lift = page.body.split("/lift\"").next().unwrap().rsplit("href=\"").next().unwrap();
        let lift = format!("{lift}/lift");
        // The measures end; what was blocked stays blocked.
        house.send_register(&hanako()).await;
        let address = house.person(MANAGER, WITH_CONSENT);
        assert_eq!(house.get(MANAGER, &address).await.status, StatusCode::NOT_FOUND);
        house.get(OFFICER, &lift).await.shows(&["また見られるようにしますか"]);
        let silent = house.post(OFFICER, &lift, &[]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let note = [("note", "支援措置が終わり、ご本人に確かめた")];
        assert_eq!(house.post(OFFICER, &lift, &note).await.status, StatusCode::SEE_OTHER);
        house.get(MANAGER, &address).await.shows(&["高橋 花子"]);
        assert_eq!(house.post(OFFICER, &lift, &note).await.status, StatusCode::CONFLICT);
        house.get(OFFICER, &blocks(house)).await.shows(&["前に止めた事業所（1件）"]);
    })
    .await;
}

#[tokio::test]
async fn the_insurers_software_blocks_lists_and_lifts() {
    let ground = Ground::new().await;
    protect(&ground.house).await;
    let path = format!("{}/blocks", ground.person('d', WITH_CONSENT));
    let sent = value!({ "provider": CARE_OFFICE, "reason": "risk", "note": "窓口で聞き取った" });
    let made = ground.call('d', "POST", &path, &sent).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(ground.get('a', &ground.person('a', WITH_CONSENT)).await.status, 404);
    let list = ground.get('d', &path).await.json();
    assert_eq!(list["items"][0]["provider_name"], "ケアプランあおば");
    assert_eq!(list["items"][0]["reason"], "risk");
    let again = ground.call('d', "POST", &path, &sent).await;
    assert_eq!(again.problem(), "409 conflict");
    let lift = format!("{path}/{}/lift", list["items"][0]["id"].as_str().unwrap());
    let note = value!({ "note": "安全を確かめた" });
    assert_eq!(ground.call('d', "POST", &lift, &note).await.status, 204);
    assert_eq!(ground.get('a', &ground.person('a', WITH_CONSENT)).await.status, 200);
    let theirs = format!("{}/blocks", ground.person('a', WITH_CONSENT));
    assert_eq!(ground.get('a', &theirs).await.problem(), "404 not_found");
}

/// Rule 1: whoever is neither the insurer nor in charge is not told where the person is, and not
/// that this is a secret.
#[tokio::test]
async fn an_emergency_shows_a_protected_person_without_a_place() {
    let ground = Ground::new().await;
    let house = &ground.house;
    protect(house).await;
    let opened = find(house, OTHER, "/emergency/open", WITH_CONSENT, &EMERGENCY).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let page = house.get(OTHER, opened.location()).await;
    page.shows(&["高橋 花子", "要介護2"]);
    let in_charge = house.get(MANAGER, &house.person(MANAGER, WITH_CONSENT)).await;
    in_charge.shows(&["支援措置"]);
    for secret in WHEREABOUTS.iter().chain(&["支援措置"]) {
        assert!(!page.body.contains(secret), "{secret}");
    }
    // The same through the API, for the account that opened.
    let whole = ground.get('a', &ground.person('a', WITH_CONSENT)).await;
    assert_eq!(whole.json()["person"]["address"], "架空県あおば市緑町1-2-3");
    let insurers = ground.get('d', &ground.person('d', WITH_CONSENT)).await;
    assert_eq!(insurers.json()["person"]["protection"]["from"], "2026-11-01");
}

/// Rule 1 in a region that an operator has opened.
#[tokio::test]
async fn in_a_disaster_a_protected_person_has_no_place_and_others_have() {
    let ground = Ground::new().await;
    let house = &ground.house;
    let until = house.now().plus_ms(86_400_000);
    let open = tasuki_store::disaster::open(&city().number, "r", "大雨", "e", house.now(), until);
    house.app.db.commit(open).await.unwrap();
    protect(house).await;
    for (number, open) in [(WITH_CONSENT, false), (STRANGER, true)] {
        let reply = ground.get('b', &ground.person('b', number)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let answer = reply.json();
        assert_eq!(answer["person"]["address"].is_string(), open, "{number}");
        assert!(answer["person"]["protection"].is_null());
        assert_eq!(reply.body.contains("緑町"), open);
        assert!(!reply.body.contains("ケアプランあおば"));
        for empty in ["assignments", "consents"] {
            assert!(answer[empty].as_array().unwrap().is_empty(), "{number} {empty}");
        }
    }
}

/// Rule 2: address, telephone and office find nobody, protected or not: no search takes them.
#[tokio::test]
async fn no_search_takes_an_address_a_telephone_or_an_office() {
    let house = House::new().await;
    protect(&house).await;
    for field in [
        ("address", "架空県あおば市緑町1-2-3"),
        ("phone", "000-000-0000"),
        ("provider", CARE_OFFICE),
    ] {
        let town = house.post(OFFICER, "/municipality/persons", &[field]).await;
        assert_eq!(town.status, StatusCode::UNPROCESSABLE_ENTITY, "{field:?}");
        let own = house.post(MANAGER, "/persons/find/items", &[field]).await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "{field:?}");
        assert!(!town.body.contains("高橋") && !own.body.contains("高橋"));
    }
    let kana = [("kana", "緑町")];
    assert!(!house.post(OFFICER, "/municipality/persons", &kana).await.body.contains("高橋"));
    assert!(!house.post(MANAGER, "/persons", &kana).await.body.contains("高橋"));
}

/// Rules 1, 3 and 4 on the citizen's side: the person sees plainly, a delegate nothing.
#[tokio::test]
async fn the_person_sees_the_block_and_a_delegate_sees_nobody() {
    let world = Neighbours::new().await;
    let hanako = world.citizen(HANAKO).await;
    let daughter = world.citizen(DAUGHTER).await;
    let invite = [("name", "月子"), ("relation", "長女")];
    let page = hanako.post("/my/family", "/my/family/invite", &invite).await;
    let code = page.body.split("secret-codes\">").nth(1).unwrap().split('<').next().unwrap();
    daughter.post("/my/family", "/my/family/code", &[("code", code)]).await;
    daughter.get("/my/offices").await.shows(&["ケアプランあおば"]);
    protect(&world.house).await;
    block(&world.house).await;
    let offices = hanako.get("/my/offices").await;
    offices.shows(&["あなたの情報を見られない事業所", "ケアプランあおば", "ご本人の申し出"]);
    assert!(!offices.body.contains("ご本人が窓口で申し出た"));
    assert!(!offices.body.contains(&format!("/my/offices/{CARE_OFFICE}/end")));
    hanako.get("/my/looks").await.shows(&["事業所の閲覧の停止", "あおば市"]);
    for page in ["/my", "/my/offices", "/my/looks"] {
        assert_eq!(daughter.get(page).await.location(), "/my/family");
    }
}

/// Rule 5: a card on the reader of a blocked office is that of somebody whose data have not come.
#[tokio::test]
async fn a_blocked_offices_card_reader_says_what_it_says_of_nobody() {
    let world = Neighbours::new().await;
    let said = async |number: &str, card: usize| {
        if number == NO_CONSENT {
            let protection = Some(Protection { from: date(2026, 11, 1), until: None });
            let jiro = insured(key_of(number), ("佐藤 次郎", "サトウ ジロウ"));
            world.house.send_register(&InsuredPerson { protection, ..jiro }).await;
            let town = world.house.person(OFFICER, number);
            let path = format!("/municipality{town}/blocks");
            let other = [("provider", "other"), ("number", OTHER_OFFICE), BLOCK[1], BLOCK[2]];
            let done = world.house.post(OFFICER, &path, &other).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        }
        let page = crate::card::read(&world, OTHER, card).await;
        assert!(page.body.contains("まだ届いていません"), "{}", page.body);
        assert!(!page.body.contains("佐藤"));
    };
    said(NO_CONSENT, JIRO).await;
}

/// Rule 6: a move tells the old household nothing, and offices of a protected person neither.
#[tokio::test]
async fn a_move_is_told_to_the_person_and_the_insurer_only() {
    let ground = Ground::new().await;
    let house = &ground.house;
    let insurer = InsurerNumber::with_check_digit("99007").unwrap();
    let moved = InsuredPerson {
        moved_to: Some(InsurerMove { insurer: insurer.clone(), on: date(2026, 11, 10) }),
        lost_on: Some(date(2026, 11, 10)),
        ..hanako()
    };
    let of = async |letter: char| {
        let reply = ground.get(letter, &ground.person(letter, WITH_CONSENT)).await;
        (reply.json()["person"]["moved_to"]["insurer"].clone(), reply.body)
    };
    house.send_register(&moved).await;
    assert_eq!(of('a').await.0, insurer.as_str());
    assert_eq!(of('d').await.0, insurer.as_str());
    let protection = Some(Protection { from: date(2026, 11, 1), until: None });
    house.send_register(&InsuredPerson { protection, ..moved }).await;
    let (to, body) = of('a').await;
    assert!(to.is_null() && !body.contains(insurer.as_str()));
    assert_eq!(of('d').await.0, insurer.as_str());
    let page = house.get(MANAGER, &house.person(MANAGER, WITH_CONSENT)).await;
    assert!(!page.body.contains(insurer.as_str()));
}

#[tokio::test]
async fn a_delegate_is_not_told_of_a_move() {
    let world = Neighbours::new().await;
    let hanako_at_home = world.citizen(HANAKO).await;
    let daughter = world.citizen(DAUGHTER).await;
    let invite = [("name", "月子"), ("relation", "長女")];
    let page = hanako_at_home.post("/my/family", "/my/family/invite", &invite).await;
    let code = page.body.split("secret-codes\">").nth(1).unwrap().split('<').next().unwrap();
    daughter.post("/my/family", "/my/family/code", &[("code", code)]).await;
    let pages = ["/my", "/my/papers", "/my/progress", "/my/offices", "/my/consents", "/my/looks"];
    // The first page says what was just done.
    daughter.get("/my").await;
    let mut before = Vec::new();
    for page in pages {
        before.push(daughter.get(page).await.body);
    }
    let insurer = InsurerNumber::with_check_digit("99007").unwrap();
    let moved_to = Some(InsurerMove { insurer, on: date(2026, 11, 10) });
    world.house.send_register(&InsuredPerson { moved_to, ..hanako() }).await;
    for (page, before) in pages.iter().zip(before).filter(|(page, _)| **page != "/my/looks") {
        assert_eq!(daughter.get(page).await.body, before, "{page}");
    }
}
