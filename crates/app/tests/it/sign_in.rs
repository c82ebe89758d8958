//! Signing in: what opens, what is refused, and that refusals look the same.

use tasuki_app::auth::password::{Cost, Passwords};
use tasuki_app::auth::{self, Progress, Step};
use tasuki_app::secret::Secret;
use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::date::AtMs;
use tasuki_store::{account, notice};

use crate::house::{
    HOME, House, MINUTE, NOW, PASSWORD, SECOND, STRANGER, account_of, home, office_of, refusal,
    sha256, totp_code, totp_of_key,
};

#[tokio::test]
async fn certificate_password_and_code_open_a_session() {
    let house = House::with_hanako().await;
    let pending = house.password('a', " Hanako ", PASSWORD, NOW).await.unwrap();
    let by_application = Step::Code { by_application: true, mail: None, by_recovery: false };
    assert_eq!(pending.step, by_application);
    let token = pending.token.expose();
    assert_eq!(
        auth::pending_step(&house.app, &sha256('a'), token, NOW).await.unwrap(),
        by_application
    );
    let code = totp_code("hanako", NOW);
    let progress = auth::code(&house.app, &sha256('a'), token, &code, NOW).await.unwrap();
    let Progress::Open(opened) = progress else { panic!("{progress:?}") };
    let signed_in = house.request('a', &opened, NOW).await.unwrap();
    assert_eq!(signed_in.staff.account, "hanako");
    assert_eq!(signed_in.staff.organisation, home());
    assert_eq!(signed_in.staff.provider.map(|p| p.number.to_string()), Some(HOME.to_owned()));
    assert_eq!(signed_in.csrf, opened.csrf);
    assert_eq!(house.events().await, ["sign_in Allowed staff"]);
    // The token of the first step ended with it.
    let again = auth::code(&house.app, &sha256('a'), token, &code, NOW).await;
    assert_eq!(refusal(again), "sign in");
}

#[tokio::test]
async fn every_wrong_first_step_has_the_same_answer() {
    let house = House::with_hanako().await;
    house.add("taro", &home(), AccountLevel::General, JobType::CareWorker).await;
    let mut taro = account_of("taro");
    taro.active = false;
    house.commit(account::update(&taro)).await;
    house.add("jiro", &office_of(STRANGER), AccountLevel::General, JobType::Clerk).await;
    let tries = [
        ('a', "hanako", "まちがったパスワード"),
        ('a', "nobody", PASSWORD),
        ('a', "taro", PASSWORD),
        ('a', "jiro", PASSWORD),
        ('f', "hanako", PASSWORD),
        ('a', "", ""),
    ];
    for (device, login, password) in tries {
        let answer = house.password(device, login, password, NOW).await;
        assert_eq!(refusal(answer), "password sign-in", "{device} {login}");
    }
    let device = |name: char| format!("device={}", sha256(name));
    let events = house.events().await;
    assert_eq!(
        events,
        [
            "sign_in Failed password".to_owned(),
            format!("sign_in Failed unknown-login {}", device('a')),
            "sign_in Failed stopped".to_owned(),
            "sign_in Failed device".to_owned(),
            "sign_in Failed device".to_owned(),
            format!("sign_in Failed unknown-login {}", device('a')),
        ]
    );
}

#[tokio::test]
async fn known_and_unknown_logins_slow_down_and_lock_alike_and_the_owner_is_told() {
    for login in ["hanako", "nobody"] {
        let mut house = House::with_hanako().await;
        let mut at = NOW;
        let mut answers = Vec::new();
        for pause in [0, 0, 0, 1, 2, 4, 0] {
            at = at.plus_ms(pause * SECOND);
            answers.push(refusal(house.password('a', login, "まちがい", at).await));
        }
        let wrong = "password sign-in";
        assert_eq!(answers, [wrong, wrong, wrong, "wait 1", wrong, wrong, "wait 900"], "{login}");
        // The right password does not help while locked, and does afterwards.
        let early = house.password('a', "hanako", PASSWORD, at.plus_ms(15 * MINUTE - 1)).await;
        assert_eq!(refusal(early), if login == "hanako" { "wait 1" } else { "ok" });
        let late = house.password('a', "hanako", PASSWORD, at.plus_ms(15 * MINUTE)).await;
        assert_eq!(refusal(late), "ok");
        let told = notice::newest(&house.app.db, &home(), 9).await.unwrap();
        let codes: Vec<_> = told.iter().map(|notice| notice.code.as_str()).collect();
        if login == "hanako" {
            assert_eq!(codes, ["account-locked"]);
            let mail = house.mails.try_recv().unwrap();
            assert_eq!(mail.to, "hanako@kaigo.invalid");
            assert!(mail.text.contains("15分間止めました"));
        } else {
            assert_eq!(codes.len(), 0);
        }
        assert!(house.mails.try_recv().is_err());
    }
}

#[tokio::test]
async fn tries_at_the_same_moment_do_not_pass_the_limit() {
    let house = House::with_hanako().await;
    let tries = (0..40).map(|_| house.password('a', "hanako", "まちがい", NOW));
    let answers = futures_util::future::join_all(tries).await;
    let looked_at = answers
        .into_iter()
        .filter(|answer| matches!(answer, Err(tasuki_app::AppError::Invalid(_))));
    assert_eq!(looked_at.count(), 3);
}

#[tokio::test]
async fn an_operator_unlocks_at_once() {
    let house = House::with_hanako().await;
    let mut at = NOW;
    for _ in 0..5 {
        let _ = house.password('a', "hanako", "まちがい", at).await;
        at = at.plus_ms(10 * SECOND);
    }
    assert_eq!(refusal(house.password('a', "hanako", PASSWORD, at).await), "wait 890");
    house.commit(auth::unlock(&house.app, "hanako")).await;
    assert_eq!(refusal(house.password('a', "hanako", PASSWORD, at).await), "ok");
}

#[tokio::test]
async fn a_used_code_and_those_before_it_are_refused() {
    let house = House::with_hanako().await;
    house.enter('a', "hanako", NOW).await.unwrap();
    assert_eq!(refusal(house.enter('a', "hanako", NOW).await), "code code");
    // The code before the used one is refused as well, the next one is not.
    let pending = house.password('a', "hanako", PASSWORD, NOW).await.unwrap();
    let former = totp_code("hanako", NOW.plus_ms(-30 * SECOND));
    let answer = auth::code(&house.app, &sha256('a'), pending.token.expose(), &former, NOW).await;
    assert_eq!(refusal(answer), "code code");
    let later = NOW.plus_ms(30 * SECOND);
    assert!(house.enter('a', "hanako", later).await.is_ok());
}

#[tokio::test]
async fn a_code_that_comes_twice_at_once_works_once() {
    let house = House::with_hanako().await;
    let later = NOW.plus_ms(30 * SECOND);
    let one = house.password('a', "hanako", PASSWORD, later).await.unwrap();
    let two = house.password('a', "hanako", PASSWORD, later).await.unwrap();
    let code = totp_code("hanako", later);
    let device = sha256('a');
    let (one, two) = tokio::join!(
        auth::code(&house.app, &device, one.token.expose(), &code, later),
        auth::code(&house.app, &device, two.token.expose(), &code, later),
    );
    let mut answers = [refusal(one), refusal(two)];
    answers.sort();
    assert_eq!(answers, ["code code", "ok"]);
}

#[tokio::test]
async fn wrong_codes_lock_as_wrong_passwords_do() {
    let house = House::with_hanako().await;
    let mut at = NOW;
    let mut answers = Vec::new();
    for _ in 0..6 {
        at = at.plus_ms(5 * SECOND);
        let pending = house.password('a', "hanako", PASSWORD, at).await;
        let Ok(pending) = pending else {
            answers.push(refusal(pending));
            continue;
        };
        let token = pending.token.expose();
        answers.push(refusal(auth::code(&house.app, &sha256('a'), token, "000000", at).await));
    }
    assert_eq!(answers[..5], ["code code"; 5]);
    assert_eq!(answers[5], "wait 895");
}

#[tokio::test]
async fn a_begun_sign_in_is_bound_to_its_device_and_to_ten_minutes() {
    let house = House::with_hanako().await;
    let pending = house.password('a', "hanako", PASSWORD, NOW).await.unwrap();
    let token = pending.token.expose();
    let code = |at| totp_code("hanako", at);
    let elsewhere = auth::code(&house.app, &sha256('b'), token, &code(NOW), NOW).await;
    assert_eq!(refusal(elsewhere), "sign in");
    let late = NOW.plus_ms(10 * MINUTE);
    assert_eq!(
        refusal(auth::code(&house.app, &sha256('a'), token, &code(late), late).await),
        "sign in"
    );
    // It is no session either.
    let as_session = auth::authenticate(&house.app, token, &sha256('a'), NOW).await;
    assert_eq!(refusal(as_session), "sign in");
}

#[tokio::test]
async fn a_code_by_mail_works_for_its_own_sign_in_and_ten_minutes() {
    let mut house = House::with_hanako().await;
    house.commit(account::reset_code("hanako")).await;
    let device = sha256('a');
    let first = house.password('a', "hanako", PASSWORD, NOW).await.unwrap();
    let mail = Some("h•••@kaigo.invalid".to_owned());
    assert_eq!(first.step, Step::Code { by_application: false, mail, by_recovery: false });
    auth::mail_code(&house.app, &device, first.token.expose(), NOW).await.unwrap();
    let text = house.mails.try_recv().unwrap().text;
    let code: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    let other = house.password('a', "hanako", PASSWORD, NOW).await.unwrap();
    let answer = auth::code(&house.app, &device, other.token.expose(), &code, NOW).await;
    assert_eq!(refusal(answer), "code code");
    let answer = auth::code(&house.app, &device, first.token.expose(), &code, NOW).await.unwrap();
    assert!(matches!(answer, Progress::Open(_)));
    for _ in 0..4 {
        auth::mail_code(&house.app, &device, other.token.expose(), NOW).await.unwrap();
    }
    let sixth = auth::mail_code(&house.app, &device, other.token.expose(), NOW).await;
    assert_eq!(refusal(sixth), "wait 600");
}

#[tokio::test]
async fn an_account_with_a_code_application_gets_no_code_by_mail() {
    let mut house = House::with_hanako().await;
    let pending = house.password('a', "hanako", PASSWORD, NOW).await.unwrap();
    let sent = auth::mail_code(&house.app, &sha256('a'), pending.token.expose(), NOW).await;
    assert_eq!(refusal(sent), "denied");
    assert!(house.mails.try_recv().is_err());
}

#[tokio::test]
async fn the_first_sign_in_sets_up_the_code_and_changes_the_password() {
    let mut house = House::empty().await;
    house.app.mail = tasuki_app::mail::Outbox::default();
    house.add("hanako", &home(), AccountLevel::General, JobType::CareManager).await;
    let given = Secret::new("temporary-0001-abc");
    let hash = house.app.passwords.hash(&given).await.unwrap();
    let own = account::by_id(&house.app.db, "hanako").await.unwrap().unwrap();
    house
        .commit(
            account::set_password("hanako", &own.password_hash, &hash, true)
                .and(account::reset_code("hanako")),
        )
        .await;
    let (app, device) = (&house.app, sha256('a'));
    let pending = house.password('a', "hanako", given.expose(), NOW).await.unwrap();
    assert_eq!(pending.step, Step::EnrolCode);
    let token = pending.token.expose();
    assert_eq!(refusal(auth::code(app, &device, token, "123456", NOW).await), "code code");
    let enrolment = auth::begin_enrolment(app, &device, token, NOW).await.unwrap();
    assert!(enrolment.uri.expose().starts_with("otpauth://totp/Tasuki:hanako?"));
    let code = totp_of_key(enrolment.key.expose(), NOW);
    let wrong = auth::confirm_enrolment(app, &device, token, "000000", NOW).await;
    assert_eq!(refusal(wrong), "code code");
    let (progress, codes) =
        auth::confirm_enrolment(app, &device, token, &code, NOW.plus_ms(5 * SECOND)).await.unwrap();
    assert_eq!(codes.0.len(), 10);
    let Progress::Pending(pending) = progress else { panic!("{progress:?}") };
    assert_eq!(pending.step, Step::ChangePassword);
    let token = pending.token.expose();
    let change = async |new: &str| {
        auth::change_first_password(app, &device, token, &Secret::new(new), NOW).await
    };
    assert_eq!(refusal(change("みじかい").await), "new_password password-short");
    assert_eq!(refusal(change(given.expose()).await), "new_password password-same");
    let opened = change(PASSWORD).await.unwrap();
    assert!(house.request('a', &opened, NOW).await.is_ok());
    assert_eq!(
        house.events().await,
        [
            "sign_in Failed code",
            "sign_in Failed first-code",
            "account_change Allowed code-application",
            "account_change Allowed password",
            "sign_in Allowed staff",
        ]
    );
    // A recovery code stands in for the application, once.
    let recovery = codes.0[0].expose().to_uppercase();
    for expected in ["ok", "code code"] {
        let pending = house.password('a', "hanako", PASSWORD, NOW).await.unwrap();
        let token = pending.token.expose();
        assert_eq!(refusal(auth::code(app, &device, token, &recovery, NOW).await), expected);
    }
}

#[tokio::test]
async fn a_cheap_hash_is_replaced_when_its_password_is_shown() {
    let mut house = House::with_hanako().await;
    let before = account::by_id(&house.app.db, "hanako").await.unwrap().unwrap();
    house.app.passwords = Passwords::new(Cost { memory_kib: 128, passes: 1 });
    house.enter('a', "hanako", NOW).await.unwrap();
    let after = account::by_id(&house.app.db, "hanako").await.unwrap().unwrap();
    assert!(before.password_hash.contains("m=64,") && after.password_hash.contains("m=128,"));
    assert!(house.enter('a', "hanako", AtMs(NOW.0 + MINUTE)).await.is_ok());
}
