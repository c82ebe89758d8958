//! Who works in the house: offices, devices, accounts and their sessions.

use tasuki_app::secret::Secret;
use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_store::device::Device;
use tasuki_store::session::{Kind, Session, Stage};
use tasuki_store::{Change, account, device, insurer, provider, session};

use super::{CARE_OFFICE, CLINIC, House, NOW, OTHER_OFFICE, PASSWORD, city};

/// Who asks: the letter of the device and the name of the account. What follows an `@` tells one
/// session of the account from another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who(pub(crate) char, pub(crate) &'static str);

pub(crate) const MANAGER: Who = Who('a', "manager");
pub(crate) const ADMINISTRATOR: Who = Who('a', "administrator");
pub(crate) const OTHER: Who = Who('b', "other");
pub(crate) const PHYSICIAN: Who = Who('c', "physician");
pub(crate) const OFFICER: Who = Who('d', "officer");
pub(crate) const OPERATOR: Who = Who('e', "operator");
/// Whose session is over.
pub(crate) const EXPIRED: Who = Who('a', "expired");
/// Nobody is signed in.
pub(crate) const NOBODY: Who = Who('a', "");

impl Who {
    /// The account behind the session.
    fn account(self) -> &'static str {
        self.1.split('@').next().unwrap()
    }
}

impl House {
    pub(super) async fn organisations(&self) {
        let mut change = insurer::add(&city());
        let offices = [
            office(CARE_OFFICE, "ケアプランあおば", false, &["43"]),
            office(OTHER_OFFICE, "訪問介護みどり", false, &["11"]),
            office(CLINIC, "青空クリニック", true, &[]),
        ];
        for office in &offices {
            change = change.and(provider::add(office));
        }
        for letter in ['a', 'b', 'c', 'd', 'e'] {
            change = change.and(device::add(&device_of(letter)));
        }
        self.app.db.commit(change).await.unwrap();
    }

    pub(super) async fn staff(&self) {
        let hash = self.app.passwords.hash(&Secret::new(PASSWORD)).await.unwrap();
        let staff = [
            (MANAGER, AccountLevel::General, JobType::CareManager),
            (ADMINISTRATOR, AccountLevel::Administrator, JobType::CareManager),
            (EXPIRED, AccountLevel::General, JobType::CareManager),
            (OTHER, AccountLevel::General, JobType::CareWorker),
            (PHYSICIAN, AccountLevel::General, JobType::Physician),
            (OFFICER, AccountLevel::General, JobType::MunicipalOfficer),
            (OPERATOR, AccountLevel::Administrator, JobType::Operator),
        ];
        let mut change = Change::new();
        for (who, level, job) in staff {
            let Who(letter, name) = who;
            let account = Account {
                id: name.to_owned(),
                login: name.to_owned(),
                name: format!("架空 {name}"),
                mail: None,
                software: false,
                active: true,
                version: 1,
            };
            let organisation = organisation(letter);
            let membership = Membership { organisation, level, job, writes_care_plans: false };
            let begun = match who.1 {
                "expired" => NOW.plus_ms(-DAY_MS),
                _ => NOW.plus_ms(-60_000),
            };
            change = change
                .and(account::create(&account, &hash, true, NOW))
                .and(account::add_membership(name, &membership))
                .and(session::add(&session_of(who, begun)));
        }
        self.app.db.commit(change).await.unwrap();
    }

    /// A session of `who` that begins now.
    pub(crate) async fn enter(&self, who: Who) {
        let begun = session::add(&session_of(who, self.now()));
        self.app.db.commit(begun).await.unwrap();
    }

    /// A second device of the care office, for tests that take long.
    pub(crate) async fn second_device(&self) {
        self.app.db.commit(device::add(&device_of('f'))).await.unwrap();
    }

    /// Waits until the newest request of `who` is noted in their session, which happens beside the
    /// answer.
    pub(crate) async fn settled(&self, who: Who) {
        let token = Secret::new(token_of(who)).sha256();
        loop {
            let session = session::get(&self.app.db, &token).await.unwrap().unwrap();
            if session.seen_at == self.now() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) fn token_of(who: Who) -> String {
    format!("token-of-{}", who.1)
}

pub(crate) fn csrf_of(who: Who) -> String {
    format!("csrf-of-{}", who.1)
}

fn session_of(who: Who, begun: AtMs) -> Session {
    Session {
        token_hash: Secret::new(token_of(who)).sha256(),
        stage: Stage::Open,
        kind: Kind::Staff,
        account: Some(who.account().to_owned()),
        organisation: Some(organisation(who.0)),
        device: Some(who.0.to_string().repeat(64)),
        citizen: None,
        csrf: csrf_of(who),
        secret_hash: None,
        secret_until: None,
        family: who.1.to_owned(),
        created_at: begun,
        seen_at: begun,
        idle_ms: 30 * 60_000,
        ends_at: begun.plus_ms(8 * 3_600_000),
    }
}

pub(crate) fn organisation(letter: char) -> Organisation {
    let office = |number| Organisation::Provider(ProviderNumber::parse(number).unwrap());
    match letter {
        'a' | 'f' => office(CARE_OFFICE),
        'b' => office(OTHER_OFFICE),
        'c' => office(CLINIC),
        'd' => Organisation::Insurer(city().number),
        _ => Organisation::Operator,
    }
}

/// End of a device's certificate. That of device `f` is new and lasts over a year.
pub(super) fn lasts_until(letter: char) -> AtMs {
    let days = if letter == 'f' { 400 } else { 30 };
    NOW.plus_ms(days * DAY_MS)
}

fn device_of(letter: char) -> Device {
    Device {
        sha256: letter.to_string().repeat(64),
        serial: format!("{letter}01"),
        organisation: organisation(letter),
        device_id: format!("device-{letter}"),
        name: "事務室 1".to_owned(),
        issued_at: NOW.plus_ms(-DAY_MS),
        not_after: lasts_until(letter),
        revoked_at: None,
        revoked_why: None,
    }
}

fn office(number: &str, name: &str, is_medical: bool, services: &[&str]) -> Provider {
    Provider {
        number: ProviderNumber::parse(number).unwrap(),
        name: name.to_owned(),
        kana: "カクウ".to_owned(),
        is_medical,
        services: services.iter().map(|code| ServiceType::parse(code).unwrap()).collect(),
        corporation_number: Some(number.to_owned()),
        corporation_name: "架空法人".to_owned(),
        address: "架空県架空市1-1".to_owned(),
        phone: "000-000-0000".to_owned(),
        active: true,
    }
}
