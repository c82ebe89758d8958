//! Sessions: bound to the certificate, and over as soon as anything they rest on is over.

use tasuki_app::auth::{self, Opened};
use tasuki_core::account::{AccountLevel, JobType, Membership, Organisation};
use tasuki_core::provider::ProviderNumber;
use tasuki_store::{account, device, provider, session};

use crate::house::{
    HOME, House, MINUTE, NOW, SISTER, STRANGER, account_of, city, home, office_of, refusal, sha256,
};

async fn opened() -> (House, Opened) {
    let house = House::with_hanako().await;
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    assert!(house.request('a', &opened, NOW).await.is_ok());
    (house, opened)
}

#[tokio::test]
async fn another_certificate_is_refused_even_of_the_same_office() {
    let (house, opened) = opened().await;
    let twin = device::Device {
        sha256: sha256('9'),
        serial: "99".to_owned(),
        ..crate::house::device_of('a', &home())
    };
    house.commit(device::add(&twin)).await;
    for other in ['9', 'b', 'c', 'f'] {
        assert_eq!(refusal(house.request(other, &opened, NOW).await), "sign in", "{other}");
    }
    let forged = auth::authenticate(&house.app, "forged", &sha256('a'), NOW).await;
    assert_eq!(refusal(forged), "sign in");
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_requests() {
    let (house, opened) = opened().await;
    assert!(house.request('a', &opened, NOW.plus_ms(30 * MINUTE - 1)).await.is_ok());
    let late = NOW.plus_ms(60 * MINUTE);
    assert_eq!(refusal(house.request('a', &opened, late).await), "sign in");
}

#[tokio::test]
async fn requests_keep_a_session_alive_for_eight_hours_at_most() {
    let (house, opened) = opened().await;
    let mut at = NOW;
    for _ in 0..24 {
        at = at.plus_ms(20 * MINUTE - 1);
        house.request('a', &opened, at).await.unwrap();
        // The row notes the request in its own time; the next one is later in the real world.
        let hash = opened.token.sha256();
        while session::get(&house.app.db, &hash).await.unwrap().unwrap().seen_at < at {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(refusal(house.request('a', &opened, NOW.plus_ms(480 * MINUTE)).await), "sign in");
}

#[tokio::test]
async fn stopping_account_membership_office_or_device_ends_the_session_at_once() {
    let (house, token) = opened().await;
    let mut hanako = account_of("hanako");
    hanako.active = false;
    house.commit(account::update(&hanako)).await;
    assert_eq!(refusal(house.request('a', &token, NOW).await), "sign in");

    let (house, token) = opened().await;
    let mut own = account::membership_in(&house.app.db, "hanako", &home()).await.unwrap().unwrap();
    own.active = false;
    house.commit(account::update_membership("hanako", &own)).await;
    assert_eq!(refusal(house.request('a', &token, NOW).await), "sign in");

    let (house, token) = opened().await;
    let number = ProviderNumber::parse(HOME).unwrap();
    let mut office = provider::get(&house.app.db, &number).await.unwrap().unwrap();
    office.provider.active = false;
    house.commit(provider::update(&office)).await;
    assert_eq!(refusal(house.request('a', &token, NOW).await), "sign in");

    let (house, token) = opened().await;
    house.commit(device::revoke(&sha256('a'), "key_compromise", NOW)).await;
    assert_eq!(refusal(house.request('a', &token, NOW).await), "sign in");

    let (house, token) = opened().await;
    let end = NOW.plus_ms(MINUTE);
    let short = device::Device {
        sha256: sha256('9'),
        serial: "99".to_owned(),
        not_after: end,
        ..crate::house::device_of('a', &home())
    };
    house.commit(device::add(&short)).await;
    let late = house.enter('9', "hanako", end).await.unwrap();
    assert!(house.request('9', &late, end).await.is_ok());
    assert_eq!(refusal(house.request('9', &late, end.plus_ms(1)).await), "sign in");
    assert!(house.request('a', &token, end.plus_ms(1)).await.is_ok());
}

#[tokio::test]
async fn signing_out_ends_this_session_and_only_this_one() {
    let house = House::with_hanako().await;
    let first = house.enter('a', "hanako", NOW).await.unwrap();
    let later = NOW.plus_ms(MINUTE);
    let second = house.enter('a', "hanako", later).await.unwrap();
    let caller = house.request('a', &first, later).await.unwrap();
    let listed = auth::sessions(&house.app, &caller, later).await.unwrap();
    let current: Vec<_> = listed.iter().map(|own| own.current).collect();
    assert_eq!(current, [false, true]);
    assert_eq!(listed[0].device_name, "端末a");
    auth::sign_out(&house.app, &caller, later).await.unwrap();
    assert_eq!(refusal(house.request('a', &first, later).await), "sign in");
    assert!(house.request('a', &second, later).await.is_ok());
    assert_eq!(refusal(auth::sign_out(&house.app, &caller, later).await), "sign in");
    assert_eq!(house.events().await.last().unwrap(), "sign_out Allowed own");
}

#[tokio::test]
async fn a_member_ends_own_sessions_and_nobody_elses() {
    let house = House::with_hanako().await;
    house.add("taro", &home(), AccountLevel::General, JobType::CareWorker).await;
    let taro = house.enter('a', "taro", NOW).await.unwrap();
    let first = house.enter('a', "hanako", NOW).await.unwrap();
    let second = house.enter('a', "hanako", NOW.plus_ms(MINUTE)).await.unwrap();
    let third = house.enter('a', "hanako", NOW.plus_ms(2 * MINUTE)).await.unwrap();
    let at = NOW.plus_ms(3 * MINUTE);
    let caller = house.request('a', &third, at).await.unwrap();
    let foreign = auth::end_session(&house.app, &caller, &taro.token.sha256(), at).await;
    assert_eq!(refusal(foreign), "not found");
    auth::end_session(&house.app, &caller, &first.token.sha256(), at).await.unwrap();
    assert_eq!(refusal(house.request('a', &first, at).await), "sign in");
    assert!(house.request('a', &second, at).await.is_ok());
    auth::end_all_sessions(&house.app, &caller, at).await.unwrap();
    assert_eq!(refusal(house.request('a', &second, at).await), "sign in");
    assert!(house.request('a', &third, at).await.is_ok());
    assert!(house.request('a', &taro, at).await.is_ok());
    let events = house.events().await;
    assert_eq!(events[4..], ["sign_out Allowed one", "sign_out Allowed all-others"]);
}

#[tokio::test]
async fn offices_are_switched_within_a_corporation_only() {
    let house = House::with_hanako().await;
    for organisation in
        [office_of(SISTER), office_of(STRANGER), Organisation::Insurer(city().number)]
    {
        let membership = Membership {
            organisation,
            level: AccountLevel::Administrator,
            job: JobType::Nurse,
            writes_care_plans: false,
        };
        house.commit(account::add_membership("hanako", &membership)).await;
    }
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    let caller = house.request('a', &opened, NOW).await.unwrap();
    let places = auth::other_places(&house.app, &caller).await.unwrap();
    let listed: Vec<_> = places.into_iter().map(|place| place.organisation).collect();
    assert_eq!(listed, [office_of(SISTER)]);
    auth::switch(&house.app, &caller, &home(), NOW).await.unwrap();
    assert_ne!(house.events().await.last().unwrap(), "sign_in Allowed switched");
    for other in [office_of(STRANGER), Organisation::Insurer(city().number), Organisation::Operator]
    {
        let answer = auth::switch(&house.app, &caller, &other, NOW).await;
        assert_eq!(refusal(answer), "not found", "{other}");
    }
    auth::switch(&house.app, &caller, &office_of(SISTER), NOW).await.unwrap();
    let moved = house.request('a', &opened, NOW).await.unwrap().staff;
    assert_eq!((moved.organisation, moved.job), (office_of(SISTER), JobType::Nurse));
    let caller = house.request('a', &opened, NOW).await.unwrap();
    let back = auth::other_places(&house.app, &caller).await.unwrap();
    assert_eq!(back.into_iter().map(|place| place.organisation).collect::<Vec<_>>(), [home()]);
    assert_eq!(moved.level, AccountLevel::Administrator);
    assert_eq!(house.events().await.last().unwrap(), "sign_in Allowed switched");
    let number = ProviderNumber::parse(SISTER).unwrap();
    let mut sister = provider::get(&house.app.db, &number).await.unwrap().unwrap();
    sister.provider.active = false;
    house.commit(provider::update(&sister)).await;
    assert_eq!(refusal(house.request('a', &opened, NOW).await), "sign in");
    sister = provider::get(&house.app.db, &number).await.unwrap().unwrap();
    sister.provider.active = true;
    house.commit(provider::update(&sister)).await;
    assert!(house.request('a', &opened, NOW).await.is_ok());
    // When the sister office leaves the corporation, the session ends.
    let mut sister = provider::get(&house.app.db, &number).await.unwrap().unwrap();
    sister.provider.corporation_number = Some("2".repeat(13));
    house.commit(provider::update(&sister)).await;
    assert_eq!(refusal(house.request('a', &opened, NOW).await), "sign in");
}
