//! An invented house: two offices of one corporation, one of another, a town hall, the operator.

use tasuki_app::auth::password::{Cost, Passwords};
use tasuki_app::auth::{self, Opened, Pending, Progress, SignedIn};
use tasuki_app::mail::{Mail, Outbox};
use tasuki_app::secret::Secret;
use tasuki_app::{App, AppError, Settings};
use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::event::Event;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_policy::Sharing;
use tasuki_store::device::Device;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::seal::Keyring;
use tasuki_store::{Change, account, device, event_log, insurer, provider};
use tokio::sync::mpsc::Receiver;
use totp_rs::{Builder, Secret as TotpSecret};

/// 2026-11-20 09:00 in Japan.
pub(crate) const NOW: AtMs = AtMs(1_795_132_800_000);
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60_000;

/// Two offices of one corporation, and one of another.
pub(crate) const HOME: &str = "9970000001";
pub(crate) const SISTER: &str = "9970000002";
pub(crate) const STRANGER: &str = "9970000003";

pub(crate) const PASSWORD: &str = "つきよのたぬきばやし、ぽん";

pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) mails: Receiver<Mail>,
    _scratch: Scratch,
}

impl House {
    /// The house with offices, devices and nobody in it.
    pub(crate) async fn empty() -> Self {
        let scratch = scratch::sqlite().await.unwrap();
        let keyring = Keyring::new(&[7; 32]);
        let sharing = Sharing::published().unwrap();
        let mut app = App::new(scratch.db.clone(), keyring, sharing, Settings::default());
        app.passwords = Passwords::new(Cost { memory_kib: 64, passes: 1 });
        let (outbox, mails) = Outbox::new();
        app.mail = outbox;
        let house = Self { app, mails, _scratch: scratch };
        let mut change = insurer::add(&city());
        for (number, corporation) in [(HOME, "1"), (SISTER, "1"), (STRANGER, "2")] {
            change = change.and(provider::add(&office(number, corporation)));
        }
        let places = [
            ('a', home()),
            ('b', office_of(SISTER)),
            ('c', office_of(STRANGER)),
            ('d', Organisation::Insurer(city().number)),
            ('e', Organisation::Operator),
        ];
        for (name, organisation) in places {
            change = change.and(device::add(&device_of(name, &organisation)));
        }
        house.commit(change).await;
        house
    }

    /// The house with Hanako, a care manager of [`HOME`] with a code application.
    pub(crate) async fn with_hanako() -> Self {
        let house = Self::empty().await;
        house.add("hanako", &home(), AccountLevel::General, JobType::CareManager).await;
        house
    }

    /// Adds an account with a password of its own and a code application.
    pub(crate) async fn add(
        &self,
        login: &str,
        organisation: &Organisation,
        level: AccountLevel,
        job: JobType,
    ) {
        let hash = self.app.passwords.hash(&Secret::new(PASSWORD)).await.unwrap();
        let place = format!("account/{login}/totp");
        let sealed = self.app.keyring.platform().seal(place.as_bytes(), &totp_secret(login));
        let sealed = sealed.unwrap();
        let membership =
            Membership { organisation: organisation.clone(), level, job, writes_care_plans: false };
        let change = account::create(&account_of(login), &hash, false, NOW)
            .and(account::set_totp_candidate(login, sealed.clone()))
            .and(account::confirm_totp(login, &sealed, 0, &[]))
            .and(account::add_membership(login, &membership));
        self.commit(change).await;
    }

    pub(crate) async fn commit(&self, change: Change) {
        self.app.db.commit(change).await.unwrap();
    }

    /// First step of signing in on device `name`.
    pub(crate) async fn password(
        &self,
        name: char,
        login: &str,
        password: &str,
        now: AtMs,
    ) -> Result<Pending, AppError> {
        let password = Secret::new(password);
        match auth::sign_in(&self.app, &sha256(name), login, &password, now).await? {
            Progress::Pending(pending) => Ok(pending),
            Progress::Open(_) => panic!("a password alone opened a session"),
        }
    }

    /// Both steps of signing in on device `name`.
    pub(crate) async fn enter(
        &self,
        name: char,
        login: &str,
        now: AtMs,
    ) -> Result<Opened, AppError> {
        let pending = self.password(name, login, PASSWORD, now).await?;
        let code = totp_code(login, now);
        let token = pending.token.expose();
        match auth::code(&self.app, &sha256(name), token, &code, now).await? {
            Progress::Open(opened) => Ok(opened),
            Progress::Pending(pending) => panic!("not open but {:?}", pending.step),
        }
    }

    /// Signs in on device `name` and answers the first request.
    pub(crate) async fn caller(&self, name: char, login: &str, now: AtMs) -> SignedIn {
        let opened = self.enter(name, login, now).await.unwrap();
        self.request(name, &opened, now).await.unwrap()
    }

    /// A request with a session's token from device `name`.
    pub(crate) async fn request(
        &self,
        name: char,
        opened: &Opened,
        now: AtMs,
    ) -> Result<SignedIn, AppError> {
        auth::authenticate(&self.app, opened.token.expose(), &sha256(name), now).await
    }

    /// Events as `action outcome note` since the log began.
    pub(crate) async fn events(&self) -> Vec<String> {
        let page = event_log::page(&self.app.db, 0, 1_000).await.unwrap();
        let line = |(_, payload): (u64, String)| {
            let event: Event = serde_json::from_str(&payload).unwrap();
            let action = tasuki_core::word::Word::word(event.action);
            format!("{action} {:?} {}", event.outcome, event.note.unwrap_or_default())
        };
        page.into_iter().map(|(seq, payload)| line((seq.unsigned_abs(), payload))).collect()
    }
}

pub(crate) fn sha256(name: char) -> String {
    name.to_string().repeat(64)
}

pub(crate) fn home() -> Organisation {
    office_of(HOME)
}

pub(crate) fn office_of(number: &str) -> Organisation {
    Organisation::Provider(ProviderNumber::parse(number).unwrap())
}

pub(crate) fn city() -> Insurer {
    Insurer {
        number: InsurerNumber::with_check_digit("99001").unwrap(),
        name: "架空市".to_owned(),
        connected_since: None,
        not_connected_because: None,
        takes_consent: false,
    }
}

fn office(number: &str, corporation: &str) -> Provider {
    Provider {
        number: ProviderNumber::parse(number).unwrap(),
        name: format!("架空事業所{number}"),
        kana: "カクウジギョウショ".to_owned(),
        is_medical: false,
        services: vec![ServiceType::parse("43").unwrap()],
        corporation_number: Some(corporation.repeat(13)),
        corporation_name: "架空法人".to_owned(),
        address: "架空県架空市1-1".to_owned(),
        phone: "000-000-0000".to_owned(),
        active: true,
    }
}

pub(crate) fn device_of(name: char, organisation: &Organisation) -> Device {
    Device {
        sha256: sha256(name),
        serial: format!("{name}01"),
        organisation: organisation.clone(),
        device_id: format!("device-{name}"),
        name: format!("端末{name}"),
        issued_at: NOW,
        not_after: NOW.plus_ms(365 * 24 * 60 * MINUTE),
        revoked_at: None,
        revoked_why: None,
    }
}

pub(crate) fn account_of(login: &str) -> Account {
    Account {
        id: login.to_owned(),
        login: login.to_owned(),
        name: "架空 花子".to_owned(),
        mail: Some(format!("{login}@kaigo.invalid")),
        software: false,
        active: true,
        version: 1,
    }
}

fn totp_secret(login: &str) -> [u8; 20] {
    let mut secret = [9; 20];
    for (place, byte) in login.bytes().take(20).enumerate() {
        secret[place] = byte;
    }
    secret
}

/// What the code application of `login` shows at `now`.
pub(crate) fn totp_code(login: &str, now: AtMs) -> String {
    totp_of(&totp_secret(login), now)
}

/// What a code application shows that knows the key in base 32.
pub(crate) fn totp_of_key(key: &str, now: AtMs) -> String {
    totp_of(TotpSecret::try_from_base32(key).unwrap().as_ref(), now)
}

fn totp_of(secret: &[u8], now: AtMs) -> String {
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(now.0 / 1_000).unwrap()).to_string()
}

/// The rule of the one field that an answer refuses, `wait N` or the name of another error.
pub(crate) fn refusal<T>(result: Result<T, AppError>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(AppError::Invalid(fields)) => {
            fields.iter().map(|f| format!("{} {}", f.field, f.rule)).collect::<Vec<_>>().join(", ")
        }
        Err(AppError::TooMany { retry_after_s }) => format!("wait {retry_after_s}"),
        Err(AppError::NotFound) => "not found".to_owned(),
        Err(AppError::Denied) => "denied".to_owned(),
        Err(AppError::SignInNeeded) => "sign in".to_owned(),
        Err(AppError::Conflict) => "conflict".to_owned(),
        Err(error) => panic!("{error:?}"),
    }
}
