//! Tokens of software and sessions of citizens.

use tasuki_app::secret::Secret;
use tasuki_app::software::Tokens;
use tasuki_app::{AppError, auth, citizen_session, software};
use tasuki_core::account::{AccountLevel, JobType, Membership};
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_store::{account, device, session};

use crate::house::{
    House, MINUTE, NOW, PASSWORD, account_of, city, device_of, home, refusal, sha256,
};

async fn house() -> House {
    let house = House::with_hanako().await;
    let hash = house.app.passwords.hash(&Secret::new(PASSWORD)).await.unwrap();
    let mut robot = account_of("robot");
    robot.software = true;
    let membership = Membership {
        organisation: home(),
        level: AccountLevel::General,
        job: JobType::CareManager,
        writes_care_plans: false,
    };
    let change = account::create(&robot, &hash, false, NOW)
        .and(account::add_membership("robot", &membership));
    house.commit(change).await;
    house
}

async fn grant(house: &House, device: char, login: &str, now: AtMs) -> Result<Tokens, AppError> {
    software::grant(&house.app, &sha256(device), login, &Secret::new(PASSWORD), now).await
}

async fn refresh(
    house: &House,
    device: char,
    token: &Secret,
    at: AtMs,
) -> Result<Tokens, AppError> {
    software::refresh(&house.app, &sha256(device), token.expose(), at).await
}

async fn access(house: &House, device: char, token: &Secret, at: AtMs) -> String {
    refusal(software::authenticate(&house.app, token.expose(), &sha256(device), at).await)
}

#[tokio::test]
async fn a_token_works_for_an_hour_on_its_own_certificate() {
    let house = house().await;
    let twin =
        device::Device { sha256: sha256('9'), serial: "99".into(), ..device_of('a', &home()) };
    house.commit(device::add(&twin)).await;
    let tokens = grant(&house, 'a', "robot", NOW).await.unwrap();
    assert_eq!(access(&house, 'a', &tokens.access, NOW.plus_ms(60 * MINUTE - 1)).await, "ok");
    assert_eq!(access(&house, 'a', &tokens.access, NOW.plus_ms(60 * MINUTE)).await, "sign in");
    assert_eq!(access(&house, '9', &tokens.access, NOW).await, "sign in");
    assert_eq!(access(&house, 'a', &tokens.refresh, NOW).await, "sign in");
    assert_eq!(refusal(refresh(&house, '9', &tokens.refresh, NOW).await), "sign in");
    // The wrong certificate did not use the token up.
    assert!(refresh(&house, 'a', &tokens.refresh, NOW).await.is_ok());
    let caller = software::authenticate(&house.app, "x", &sha256('a'), NOW).await;
    assert_eq!(refusal(caller), "sign in");
}

#[tokio::test]
async fn people_get_no_tokens_and_software_no_page() {
    let house = house().await;
    assert_eq!(refusal(grant(&house, 'a', "hanako", NOW).await), "password sign-in");
    assert_eq!(refusal(house.password('a', "robot", PASSWORD, NOW).await), "password sign-in");
    let tokens = grant(&house, 'a', "robot", NOW).await.unwrap();
    let page = auth::authenticate(&house.app, tokens.access.expose(), &sha256('a'), NOW).await;
    assert_eq!(refusal(page), "sign in");
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    assert_eq!(access(&house, 'a', &opened.token, NOW).await, "sign in");
    assert_eq!(
        house.events().await,
        [
            "sign_in Failed kind",
            "sign_in Failed kind",
            "sign_in Allowed software",
            "sign_in Allowed staff",
        ]
    );
}

#[tokio::test]
async fn a_refresh_token_shown_twice_ends_the_whole_family() {
    let house = house().await;
    let first = grant(&house, 'a', "robot", NOW).await.unwrap();
    let other = grant(&house, 'a', "robot", NOW).await.unwrap();
    let at = NOW.plus_ms(30 * MINUTE);
    let second = refresh(&house, 'a', &first.refresh, at).await.unwrap();
    assert_eq!(access(&house, 'a', &first.access, at).await, "sign in");
    assert_eq!(access(&house, 'a', &second.access, at).await, "ok");
    // A copy in a foreign hand ends nothing: it does not have the certificate.
    assert_eq!(refusal(refresh(&house, 'b', &first.refresh, at).await), "sign in");
    assert_eq!(access(&house, 'a', &second.access, at).await, "ok");
    assert_eq!(refusal(refresh(&house, 'a', &first.refresh, at).await), "sign in");
    assert_eq!(access(&house, 'a', &second.access, at).await, "sign in");
    assert_eq!(refusal(refresh(&house, 'a', &second.refresh, at).await), "sign in");
    assert_eq!(access(&house, 'a', &other.access, at).await, "ok");
    assert!(house.events().await.contains(&"sign_in Failed refresh-token-reused".to_owned()));
}

#[tokio::test]
async fn renewing_never_reaches_beyond_eight_hours() {
    let house = house().await;
    let mut tokens = grant(&house, 'a', "robot", NOW).await.unwrap();
    let end = NOW.plus_ms(480 * MINUTE);
    for hour in 1..8 {
        let at = NOW.plus_ms(hour * 60 * MINUTE - 1);
        tokens = refresh(&house, 'a', &tokens.refresh, at).await.unwrap();
    }
    tokens = refresh(&house, 'a', &tokens.refresh, end.plus_ms(-1)).await.unwrap();
    assert_eq!((tokens.access_until, tokens.refresh_until), (end, end));
    assert_eq!(access(&house, 'a', &tokens.access, end).await, "sign in");
    assert_eq!(refusal(refresh(&house, 'a', &tokens.refresh, end).await), "sign in");
}

#[tokio::test]
async fn revoked_tokens_and_stopped_software_are_refused() {
    let house = house().await;
    let tokens = grant(&house, 'a', "robot", NOW).await.unwrap();
    let (app, token) = (&house.app, tokens.refresh.expose());
    software::revoke(app, &sha256('b'), token, NOW).await.unwrap();
    assert_eq!(access(&house, 'a', &tokens.access, NOW).await, "ok");
    software::revoke(app, &sha256('a'), token, NOW).await.unwrap();
    assert_eq!(access(&house, 'a', &tokens.access, NOW).await, "sign in");
    software::revoke(app, &sha256('a'), "unknown", NOW).await.unwrap();
    let tokens = grant(&house, 'a', "robot", NOW).await.unwrap();
    let mut own = account::membership_in(&app.db, "robot", &home()).await.unwrap().unwrap();
    own.active = false;
    house.commit(account::update_membership("robot", &own)).await;
    assert_eq!(access(&house, 'a', &tokens.access, NOW).await, "sign in");
    assert_eq!(refusal(refresh(&house, 'a', &tokens.refresh, NOW).await), "sign in");
    assert_eq!(house.events().await[1], "sign_out Allowed software");
}

#[tokio::test]
async fn a_citizens_session_says_nothing_in_the_database_and_ends_in_time() {
    let house = House::empty().await;
    let person =
        PersonKey { insurer: city().number, insured: InsuredNumber::parse("H000000001").unwrap() };
    let own = Some(person.clone());
    let opened =
        citizen_session::open(&house.app, "subject", own.into_iter().collect(), NOW).await.unwrap();
    let request =
        async |at| citizen_session::authenticate(&house.app, opened.token.expose(), at).await;
    let caller = request(NOW).await.unwrap();
    let citizen = caller.citizen().unwrap();
    assert_eq!((&citizen.person, &citizen.delegate), (&person, &None));
    let row = session::get(&house.app.db, &caller.session).await.unwrap().unwrap();
    let sealed = row.citizen.unwrap();
    assert!(!sealed.windows(10).any(|window| window == b"H000000001"));
    assert!(request(NOW.plus_ms(30 * MINUTE - 1)).await.is_ok());
    // A page of staff does not open with it.
    let staff = auth::authenticate(&house.app, opened.token.expose(), &sha256('a'), NOW).await;
    assert_eq!(refusal(staff), "sign in");
    citizen_session::sign_out(&house.app, &caller, NOW).await.unwrap();
    assert_eq!(refusal(request(NOW).await), "sign in");
    assert_eq!(refusal(citizen_session::sign_out(&house.app, &caller, NOW).await), "sign in");
    assert_eq!(house.events().await, ["sign_in Allowed ", "sign_out Allowed "]);
    let idle = citizen_session::open(&house.app, "subject", vec![person], NOW).await.unwrap();
    let late = NOW.plus_ms(30 * MINUTE);
    let answer = citizen_session::authenticate(&house.app, idle.token.expose(), late).await;
    assert_eq!(refusal(answer), "sign in");
}
