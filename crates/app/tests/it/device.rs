//! Devices, offices from the register, and the list of first steps.

use tasuki_app::caller::{By, Staff};
use tasuki_app::device::{self, Why};
use tasuki_app::{auth, office, onboarding};
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::provider::ProviderNumber;
use tasuki_formats::providers::Import;
use tasuki_store::{account, provider};
use tasuki_tls::authority::{Authority, Validity};
use tasuki_tls::{Peer, Revoked};

use crate::house::{HOME, House, NOW, SISTER, home, office_of, refusal, sha256};

fn authority() -> Authority {
    let validity = Validity { not_before_ms: NOW.0 - DAY_MS, not_after_ms: NOW.0 + 3650 * DAY_MS };
    Authority::create("架空認証局", validity).unwrap()
}

#[tokio::test]
async fn an_issued_certificate_is_a_device_that_signs_in() {
    let house = House::with_hanako().await;
    let ca = authority();
    let (app, by) = (&house.app, By::Console);
    let (row, issued) = device::issue(app, by, &ca, &home(), " 相談室 ", NOW).await.unwrap();
    let peer = Peer::from_der(&issued.certificate.der).unwrap();
    assert_eq!((&*peer.organisation_number, &*peer.sha256_hex), (HOME, row.sha256.as_str()));
    assert_eq!((row.name.as_str(), row.not_after.0), ("相談室", peer.not_after_ms));
    let password = tasuki_app::secret::Secret::new(crate::house::PASSWORD);
    let answer = auth::sign_in(app, &row.sha256, "hanako", &password, NOW).await;
    assert_eq!(refusal(answer), "ok");
    let expected = format!("device_change Allowed issued {}", row.sha256);
    assert_eq!(house.events().await, [expected]);
    assert_eq!(refusal(device::issue(app, by, &ca, &home(), " ", NOW).await), "name required");
    let unknown = office_of("9970000009");
    assert_eq!(refusal(device::issue(app, by, &ca, &unknown, "x", NOW).await), "not found");
    let request = device::sign_request(app, by, &ca, &home(), ("x", "no request"), NOW).await;
    assert_eq!(refusal(request), "request certificate-request");
}

#[tokio::test]
async fn an_office_manages_its_own_devices_only() {
    let house = House::empty().await;
    house.add("boss", &home(), AccountLevel::Administrator, JobType::Clerk).await;
    let boss = house.caller('a', "boss", NOW).await.staff;
    let ca = authority();
    let (app, by) = (&house.app, By::Staff(&boss));
    assert!(device::issue(app, by, &ca, &home(), "x", NOW).await.is_ok());
    let other = device::issue(app, by, &ca, &office_of(SISTER), "x", NOW).await;
    assert_eq!(refusal(other), "denied");
    assert_eq!(refusal(device::list(app, by, &office_of(SISTER)).await), "denied");
    let foreign = device::revoke(app, by, &sha256('b'), Why::Lost, NOW).await;
    assert_eq!(refusal(foreign), "not found");
    let clerk = Staff { level: AccountLevel::General, ..boss.clone() };
    let by = By::Staff(&clerk);
    assert_eq!(refusal(device::issue(app, by, &ca, &home(), "x", NOW).await), "denied");
    assert_eq!(refusal(device::revoke(app, by, &sha256('a'), Why::Lost, NOW).await), "not found");
}

#[tokio::test]
async fn a_certificate_is_renewed_within_its_last_ninety_days_under_the_same_device() {
    let house = House::empty().await;
    let ca = authority();
    let (app, by) = (&house.app, By::Console);
    let (first, _) = device::issue(app, by, &ca, &home(), "相談室", NOW).await.unwrap();
    let renew = async |at: AtMs| device::renew(app, by, &ca, &first.sha256, at).await;
    let due = first.not_after.plus_ms(-90 * DAY_MS);
    assert_eq!(refusal(renew(due.plus_ms(-1)).await), "device renew-early");
    let (second, _) = renew(due).await.unwrap();
    assert_eq!((&second.device_id, &second.name), (&first.device_id, &first.name));
    assert!(second.not_after > first.not_after && second.sha256 != first.sha256);
    assert_eq!(refusal(renew(first.not_after.plus_ms(1)).await), "not found");
    let listed = device::list(app, by, &home()).await.unwrap();
    assert_eq!(listed.len(), 3);
}

#[tokio::test]
async fn a_revocation_ends_sessions_and_reaches_every_process() {
    let house = House::with_hanako().await;
    let (app, by) = (&house.app, By::Console);
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    let revoked = Revoked::default();
    let newest = device::take_revoked(&app.db, &revoked, AtMs(0)).await.unwrap();
    assert!(!revoked.contains("a01"));
    device::revoke(app, by, &sha256('a'), Why::Lost, NOW).await.unwrap();
    assert_eq!(refusal(house.request('a', &opened, NOW).await), "sign in");
    let newest = device::take_revoked(&app.db, &revoked, newest).await.unwrap();
    assert!(revoked.contains("a01") && newest == NOW);
    // What another process committed late, with an earlier moment, is not missed.
    device::revoke(app, by, &sha256('b'), Why::Retired, NOW.plus_ms(-30_000)).await.unwrap();
    device::take_revoked(&app.db, &revoked, newest).await.unwrap();
    assert!(revoked.contains("b01") && revoked.contains("a01"));
    assert_eq!(device::revoked_serials(&app.db).await.unwrap().len(), 2);
    let again = device::revoke(app, by, &sha256('a'), Why::Lost, NOW).await;
    assert_eq!(refusal(again), "conflict");
    let revoked = format!("device_change Allowed revoked lost {}", sha256('a'));
    assert_eq!(house.events().await[1], revoked);
}

#[tokio::test]
async fn an_import_adds_changes_and_leaves_alone() {
    let house = House::empty().await;
    let app = &house.app;
    let number = |text| ProviderNumber::parse(text).unwrap();
    let mut stored = provider::get(&app.db, &number(SISTER)).await.unwrap().unwrap();
    stored.provider.active = false;
    house.commit(provider::update(&stored)).await;
    let home = provider::get(&app.db, &number(HOME)).await.unwrap().unwrap().provider;
    let mut sister = stored.provider.clone();
    sister.active = true;
    sister.name = "架空事業所（改称）".to_owned();
    let mut fresh = home.clone();
    fresh.number = number("9970000009");
    let import = Import { providers: vec![home, sister, fresh], findings: vec![], lines: 3 };
    let report = office::import(app, By::Console, import.clone(), NOW).await.unwrap();
    assert_eq!((report.added, report.changed, report.unchanged, report.lines), (1, 1, 1, 3));
    let sister = provider::get(&app.db, &number(SISTER)).await.unwrap().unwrap().provider;
    assert!(!sister.active && sister.name == "架空事業所（改称）");
    let again = office::import(app, By::Console, import.clone(), NOW).await.unwrap();
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 3));
    assert_eq!(house.events().await, ["setting_change Allowed offices added=1 changed=1"]);
    house.add("boss", &crate::house::home(), AccountLevel::Office, JobType::Clerk).await;
    let boss = house.caller('a', "boss", NOW).await.staff;
    let denied = office::import(app, By::Staff(&boss), import, NOW).await;
    assert_eq!(refusal(denied), "denied");
}

#[tokio::test]
async fn a_stopped_office_is_out_with_the_next_request() {
    let house = House::with_hanako().await;
    let opened = house.enter('a', "hanako", NOW).await.unwrap();
    let number = ProviderNumber::parse(HOME).unwrap();
    let stored = provider::get(&house.app.db, &number).await.unwrap().unwrap();
    let stopped = tasuki_core::provider::Provider { active: false, ..stored.provider };
    let save = async |version| {
        office::save_provider(&house.app, By::Console, stopped.clone(), version, NOW).await
    };
    assert_eq!(refusal(save(None).await), "conflict");
    assert_eq!(refusal(save(Some(9)).await), "conflict");
    save(Some(stored.version)).await.unwrap();
    assert_eq!(refusal(house.request('a', &opened, NOW).await), "sign in");
}

#[tokio::test]
async fn the_list_of_first_steps_follows_what_is_there() {
    let house = House::empty().await;
    house.add("chief", &home(), AccountLevel::Office, JobType::Clerk).await;
    let caller = house.caller('a', "chief", NOW).await;
    let open = async |at: AtMs| {
        let checks = onboarding::checks(&house.app, &caller, at).await.unwrap();
        let open = checks.into_iter().filter(|check| !check.done);
        open.inspect(|check| assert!(check.next.ends_with('。')))
            .map(|c| c.item)
            .collect::<Vec<_>>()
    };
    use onboarding::Item;
    assert_eq!(open(NOW).await, [Item::Staff, Item::Reader, Item::FirstLook]);
    house.add("hanako", &home(), AccountLevel::General, JobType::CareManager).await;
    assert_eq!(open(NOW).await, [Item::Reader, Item::FirstLook]);
    let late = NOW.plus_ms(300 * DAY_MS);
    assert_eq!(open(late).await, [Item::Certificate, Item::Reader, Item::FirstLook]);
    house.commit(account::reset_code("chief")).await;
    assert_eq!(open(NOW).await, [Item::Code, Item::Reader, Item::FirstLook]);
    house.add("clerk", &Organisation::Operator, AccountLevel::General, JobType::Operator).await;
    let operator = house.caller('e', "clerk", NOW).await;
    assert_eq!(onboarding::checks(&house.app, &operator, NOW).await.unwrap().len(), 4);
}
