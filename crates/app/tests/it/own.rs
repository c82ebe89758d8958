//! What members change about their own accounts.

use tasuki_app::auth::own;
use tasuki_app::secret::Secret;

use crate::house::{House, MINUTE, NOW, PASSWORD, SECOND, refusal, sha256, totp_code, totp_of_key};

const NEW: &str = "あかるい月夜のたぬきたち";

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_leaves_an_event() {
    let house = House::with_hanako().await;
    let other = house.enter('a', "hanako", NOW).await.unwrap();
    let at = NOW.plus_ms(MINUTE);
    let this = house.enter('a', "hanako", at).await.unwrap();
    let caller = house.request('a', &this, at).await.unwrap();
    let change = async |old: &str, new: &str| {
        let (old, new) = (Secret::new(old), Secret::new(new));
        refusal(own::change_password(&house.app, &caller, &old, &new, at).await)
    };
    assert_eq!(change("ちがう", NEW).await, "password password-wrong");
    assert_eq!(change(PASSWORD, PASSWORD).await, "new_password password-same");
    assert!(house.request('a', &other, at).await.is_ok());
    // A new password that breaks a rule costs no try.
    for _ in 0..5 {
        assert_eq!(change(PASSWORD, "みじかい").await, "new_password password-short");
    }
    assert_eq!(change(PASSWORD, NEW).await, "ok");
    assert_eq!(refusal(house.request('a', &other, at).await), "sign in");
    assert!(house.request('a', &this, at).await.is_ok());
    assert_eq!(refusal(house.password('a', "hanako", PASSWORD, at).await), "password sign-in");
    assert_eq!(refusal(house.password('a', "hanako", NEW, at).await), "ok");
    let events = house.events().await;
    assert_eq!(
        events[2..],
        [
            "account_change Failed password",
            "account_change Allowed password",
            "sign_in Failed password",
        ]
    );
}

#[tokio::test]
async fn guessing_the_password_in_an_open_session_locks_too() {
    let house = House::with_hanako().await;
    let caller = house.caller('a', "hanako", NOW).await;
    let mut answers = Vec::new();
    for second in 0..6 {
        let at = NOW.plus_ms(second * 10 * SECOND);
        let wrong = Secret::new("ちがう");
        let answer = own::renew_recovery_codes(&house.app, &caller, &wrong, at).await;
        answers.push(refusal(answer));
    }
    assert_eq!(answers[..5], ["password password-wrong"; 5]);
    assert_eq!(answers[5], "wait 890");
}

#[tokio::test]
async fn a_new_code_application_takes_over_when_its_first_code_comes() {
    let house = House::with_hanako().await;
    let caller = house.caller('a', "hanako", NOW).await;
    let (app, password) = (&house.app, Secret::new(PASSWORD));
    assert_eq!(refusal(own::confirm_enrolment(app, &caller, "123456", NOW).await), "denied");
    let enrolment = own::begin_enrolment(app, &caller, &password, NOW).await.unwrap();
    let at = NOW.plus_ms(MINUTE);
    // The former application still works.
    assert!(house.enter('a', "hanako", at).await.is_ok());
    let wrong = own::confirm_enrolment(app, &caller, "000000", at).await;
    assert_eq!(refusal(wrong), "code code");
    let code = totp_of_key(enrolment.key.expose(), at);
    let codes = own::confirm_enrolment(app, &caller, &code, at).await.unwrap();
    assert_eq!(codes.0.len(), 10);
    let later = at.plus_ms(MINUTE);
    let enter = async |code: &str| {
        let pending = house.password('a', "hanako", PASSWORD, later).await.unwrap();
        let token = pending.token.expose();
        refusal(tasuki_app::auth::code(app, &sha256('a'), token, code, later).await)
    };
    assert_eq!(enter(&totp_code("hanako", later)).await, "code code");
    assert_eq!(enter(&totp_of_key(enrolment.key.expose(), later)).await, "ok");
    let renewed = own::renew_recovery_codes(app, &caller, &password, later).await.unwrap();
    assert_eq!(enter(codes.0[0].expose()).await, "code code");
    assert_eq!(enter(renewed.0[0].expose()).await, "ok");
}
