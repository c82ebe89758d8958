//! Accounts: who makes and changes whom, and what it does to open sessions.

use tasuki_app::account::{self, NewAccount, NewPlace};
use tasuki_app::caller::{By, Staff};
use tasuki_app::{AppError, auth};
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_store::account as store;

use crate::house::{House, NOW, SISTER, STRANGER, city, home, office_of, refusal};

use AccountLevel::{Administrator, General, Office};

fn new(organisation: &Organisation, level: AccountLevel, job: JobType) -> NewAccount {
    NewAccount {
        organisation: organisation.clone(),
        login: "Jiro.K".to_owned(),
        name: " 架空 次郎 ".to_owned(),
        mail: Some(String::new()),
        level,
        job,
        writes_care_plans: false,
        software: false,
    }
}

const CLERK: NewPlace = NewPlace { level: General, job: JobType::Clerk, writes_care_plans: false };

async fn staff(house: &House, device: char, at: &Organisation, level: AccountLevel) -> Staff {
    let job = match at {
        Organisation::Operator => JobType::Operator,
        _ => JobType::Clerk,
    };
    let login = format!("boss-{device}-{}", tasuki_core::word::Word::word(level));
    house.add(&login, at, level, job).await;
    house.caller(device, &login, NOW).await.staff
}

#[tokio::test]
async fn each_level_makes_only_the_level_below_it_in_its_own_office() {
    let house = House::empty().await;
    let mut allowed = Vec::new();
    for own in [Office, Administrator, General] {
        let caller = staff(&house, 'a', &home(), own).await;
        for (place, organisation) in [("home", home()), ("sister", office_of(SISTER))] {
            for level in [Office, Administrator, General] {
                if account::may_manage(By::Staff(&caller), &organisation, level) {
                    allowed.push(format!("{own:?} {place} {level:?}"));
                }
            }
        }
    }
    assert_eq!(allowed, ["Office home Administrator", "Administrator home General"]);
    let operator = staff(&house, 'e', &Organisation::Operator, Administrator).await;
    let by = By::Staff(&operator);
    assert!([Office, Administrator, General].iter().all(|l| account::may_manage(by, &home(), *l)));
    let own: Vec<_> = [Office, Administrator, General]
        .into_iter()
        .filter(|level| account::may_manage(by, &Organisation::Operator, *level))
        .collect();
    assert_eq!(own, [General]);
    let clerk = Staff { level: General, ..operator };
    assert!(!account::may_manage(By::Staff(&clerk), &home(), General));
}

#[tokio::test]
async fn a_new_account_signs_in_with_its_temporary_password() {
    let house = House::empty().await;
    let caller = staff(&house, 'a', &home(), Administrator).await;
    let by = By::Staff(&caller);
    let made = account::create(&house.app, by, &new(&home(), General, JobType::Nurse), NOW).await;
    let made = made.unwrap();
    let pending = house.password('a', "jiro.k", made.password.expose(), NOW).await.unwrap();
    assert_eq!(pending.step, auth::Step::EnrolCode);
    let stored = store::by_id(&house.app.db, &made.account).await.unwrap().unwrap();
    assert_eq!((stored.account.name.as_str(), stored.must_change), ("架空 次郎", true));
    assert_eq!(stored.account.mail, None);
    let expected = format!("account_change Allowed created {}", made.account);
    assert_eq!(house.events().await[1..], [expected]);
    let twin = account::create(&house.app, by, &new(&home(), General, JobType::Nurse), NOW).await;
    assert_eq!(refusal(twin), "login login-taken");
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_by_its_rule() {
    let house = House::empty().await;
    let create =
        async |new: NewAccount| refusal(account::create(&house.app, By::Console, &new, NOW).await);
    let nurse = || new(&home(), General, JobType::Nurse);
    assert_eq!(create(NewAccount { login: "次郎".into(), ..nurse() }).await, "login login-form");
    assert_eq!(create(NewAccount { name: "　".into(), ..nurse() }).await, "name required");
    assert_eq!(create(NewAccount { name: "あ".repeat(61), ..nurse() }).await, "name too-long");
    let mail = Some("jiro".to_owned());
    assert_eq!(create(NewAccount { mail, ..nurse() }).await, "mail mail");
    let city = Organisation::Insurer(city().number);
    assert_eq!(create(new(&city, General, JobType::Nurse)).await, "job job-here");
    assert_eq!(create(new(&home(), General, JobType::Operator)).await, "job job-here");
    let caller = staff(&house, 'a', &home(), General).await;
    let denied = account::create(&house.app, By::Staff(&caller), &nurse(), NOW).await;
    assert_eq!(refusal(denied), "denied");
    assert_eq!(house.events().await, ["sign_in Allowed staff"]);
}

#[tokio::test]
async fn off_boarding_ends_the_open_session_with_the_next_request() {
    let house = House::with_hanako().await;
    let caller = staff(&house, 'a', &home(), Administrator).await;
    let by = By::Staff(&caller);
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    let stale = account::off_board(&house.app, by, &home(), "hanako", 7, NOW).await;
    assert_eq!(refusal(stale), "conflict");
    assert!(house.request('a', &opened, NOW).await.is_ok());
    account::off_board(&house.app, by, &home(), "hanako", 1, NOW).await.unwrap();
    assert_eq!(refusal(house.request('a', &opened, NOW).await), "sign in");
    let again = house.password('a', "hanako", crate::house::PASSWORD, NOW).await;
    assert_eq!(refusal(again), "password sign-in");
    assert!(!store::by_id(&house.app.db, "hanako").await.unwrap().unwrap().account.active);
    let events = house.events().await;
    assert_eq!(
        events[2..],
        ["account_change Allowed off-boarded hanako", "sign_in Failed stopped"]
    );
    account::take_back(&house.app, by, &home(), "hanako", 2, NOW).await.unwrap();
    // The session that ended stays ended.
    assert_eq!(refusal(house.request('a', &opened, NOW).await), "sign in");
    let at = NOW.plus_ms(60_000);
    assert!(house.enter('a', "hanako", at).await.is_ok());
}

#[tokio::test]
async fn leaving_one_office_leaves_the_other() {
    let house = House::with_hanako().await;
    let by = By::Console;
    let joined = async |organisation: &Organisation| {
        account::add_membership(&house.app, by, organisation, "hanako", CLERK, NOW).await
    };
    joined(&office_of(SISTER)).await.unwrap();
    assert_eq!(refusal(joined(&office_of(SISTER)).await), "conflict");
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    account::off_board(&house.app, by, &office_of(SISTER), "hanako", 1, NOW).await.unwrap();
    assert!(house.request('a', &opened, NOW).await.is_ok());
    assert!(store::by_id(&house.app.db, "hanako").await.unwrap().unwrap().account.active);
}

#[tokio::test]
async fn only_members_of_the_corporation_are_found_and_only_lower_ones_reset() {
    let house = House::with_hanako().await;
    house.add("taro", &office_of(STRANGER), General, JobType::Clerk).await;
    let sister = staff(&house, 'b', &office_of(SISTER), Administrator).await;
    let by = By::Staff(&sister);
    let join = async |login: &str| {
        let place = office_of(SISTER);
        refusal(account::add_membership(&house.app, by, &place, login, CLERK, NOW).await)
    };
    assert_eq!(join("taro").await, "not found");
    assert_eq!(join("nobody").await, "not found");
    assert_eq!(join("hanako").await, "ok");
    let reset = async |organisation: &Organisation, id: &str| {
        refusal(account::reset(&house.app, by, organisation, id, NOW).await)
    };
    assert_eq!(reset(&office_of(SISTER), "taro").await, "not found");
    assert_eq!(reset(&home(), "hanako").await, "denied");
    assert_eq!(reset(&office_of(SISTER), "hanako").await, "ok");
    // An administrator at home, who is a clerk here, is not to be taken over from here.
    let mut own = store::membership_in(&house.app.db, "hanako", &home()).await.unwrap().unwrap();
    own.membership.level = Administrator;
    house.commit(store::update_membership("hanako", &own)).await;
    assert_eq!(reset(&office_of(SISTER), "hanako").await, "denied");
}

#[tokio::test]
async fn a_reset_ends_everything_and_a_change_of_job_holds_at_once() {
    let house = House::with_hanako().await;
    let caller = staff(&house, 'a', &home(), Administrator).await;
    let by = By::Staff(&caller);
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    let (app, office) = (&house.app, home());
    account::change_place(app, by, &office, "hanako", 1, CLERK, NOW).await.unwrap();
    assert_eq!(house.request('a', &opened, NOW).await.unwrap().staff.job, JobType::Clerk);
    let upwards = NewPlace { level: Administrator, ..CLERK };
    let denied = account::change_place(app, by, &office, "hanako", 2, upwards, NOW).await;
    assert_eq!(refusal(denied), "denied");
    let named = ("架空 華子", Some("hana@kaigo.invalid"));
    account::rename(app, by, &office, "hanako", 1, named, NOW).await.unwrap();
    assert_eq!(house.request('a', &opened, NOW).await.unwrap().staff.name, "架空 華子");
    let password = account::reset(app, by, &office, "hanako", NOW).await.unwrap();
    assert_eq!(refusal(house.request('a', &opened, NOW).await), "sign in");
    assert!(house.password('a', "hanako", password.expose(), NOW).await.is_ok());
    let notes: Vec<_> = house.events().await.split_off(2);
    let change = |what: &str| format!("account_change Allowed {what} hanako");
    assert_eq!(notes, [change("place"), change("renamed"), change("reset")]);
}

#[tokio::test]
async fn an_administrator_unlocks_and_lists_the_own_staff_only() {
    let house = House::with_hanako().await;
    let caller = staff(&house, 'a', &home(), Administrator).await;
    let by = By::Staff(&caller);
    let mut at = NOW;
    for _ in 0..5 {
        at = at.plus_ms(10_000);
        let _ = house.password('a', "hanako", "まちがい", at).await;
    }
    assert!(matches!(
        house.password('a', "hanako", "まちがい", at).await,
        Err(AppError::TooMany { .. })
    ));
    account::unlock(&house.app, by, &home(), "hanako", at).await.unwrap();
    assert!(house.enter('a', "hanako", at).await.is_ok());
    let listed = account::list(&house.app, by, &home(), "", 10).await.unwrap();
    let logins: Vec<_> = listed.iter().map(|member| member.account.login.as_str()).collect();
    assert_eq!(logins, ["boss-a-administrator", "hanako"]);
    assert!(listed.iter().all(|member| member.has_code && member.seen_at.is_some()));
    let other = account::list(&house.app, by, &office_of(SISTER), "", 10).await;
    assert_eq!(refusal(other), "denied");
    let clerk = Staff { level: General, ..caller.clone() };
    let denied = account::list(&house.app, By::Staff(&clerk), &home(), "", 10).await;
    assert_eq!(refusal(denied), "denied");
}
