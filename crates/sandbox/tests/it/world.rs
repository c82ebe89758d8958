//! A running sandbox with two cards, and somebody who calls it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::civil::date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey, PersonName, Personal, Sex};
use tasuki_core::insurer::InsurerNumber;
use tasuki_gateway::card::{Pin, VirtualCard};
use tasuki_gateway::identity::{IdentityClient, IdentitySettings};
use tasuki_gateway::online_eligibility::OnlineEligibility;
use tasuki_sandbox::{
    CardHolder, CardKey, ClientRegistration, Home, IssuedCard, Options, Running, run,
};
use tasuki_tls::authority::{Authority, Validity};
use tasuki_tls::client::{client_config, http_client};
use tasuki_tls::{ClientSubject, Clock};

pub(crate) const PIN: &str = "1234";
pub(crate) const CLIENT_ID: &str = "RP00000001";
pub(crate) const REDIRECT_URI: &str = "https://platform.invalid/citizen/callback";

/// 20 November 2026, morning in Japan.
pub(crate) const MORNING: AtMs = AtMs(1_795_132_800_000);

const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) running: Running,
    pub(crate) home: Home,
    pub(crate) cards: Vec<IssuedCard>,
    pub(crate) client_key_pem: String,
    pub(crate) authority: Authority,
    now: Arc<AtomicI64>,
    _dir: tempfile::TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        tasuki_tls::install_provider();
        let dir = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(MORNING.0));
        let authority = Authority::create("Test platform", validity()).unwrap();
        let home = Home::open(dir.path()).unwrap();
        let cards = home.issue_cards(&holders(), CardKey::EcdsaP256, MORNING).unwrap();
        let client_key = rcgen::KeyPair::generate().unwrap();
        home.save_clients(&[ClientRegistration {
            client_id: CLIENT_ID.to_owned(),
            name: "介護情報 たすき".to_owned(),
            redirect_uris: vec![REDIRECT_URI.to_owned()],
            public_key_pem: client_key.public_key_pem(),
        }])
        .unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let running = run(Options {
            dir: dir.path().to_owned(),
            host: "localhost".to_owned(),
            sign_in: any,
            eligibility: any,
            admin: any,
            smtp: any,
            server: authority.issue_server(&["localhost"], validity()).unwrap().identity(),
            platform_authorities: vec![authority.certificate_der().clone()],
            clock: clock(&now),
        })
        .await
        .unwrap();
        let client_key_pem = client_key.serialize_pem();
        Self { running, home, cards, client_key_pem, authority, now, _dir: dir }
    }

    pub(crate) fn now(&self) -> AtMs {
        AtMs(self.now.load(Ordering::SeqCst))
    }

    pub(crate) fn pass_ms(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    /// Somebody who trusts the test's authority and has no certificate: a browser.
    pub(crate) fn browser(&self) -> reqwest::Client {
        let roots = [self.authority.certificate_der().clone()];
        http_client(client_config(&roots, None, clock(&self.now)).unwrap(), LIMIT).unwrap()
    }

    /// The platform, with its certificate.
    pub(crate) fn platform(&self) -> reqwest::Client {
        let subject = ClientSubject {
            organisation: "Test platform".to_owned(),
            organisation_number: "platform".to_owned(),
            device_id: "platform-1".to_owned(),
        };
        let issued = self.authority.issue_client(&subject, validity()).unwrap();
        let roots = [self.authority.certificate_der().clone()];
        let config = client_config(&roots, Some(&issued.identity()), clock(&self.now)).unwrap();
        http_client(config, LIMIT).unwrap()
    }

    pub(crate) fn identity(&self) -> IdentityClient {
        IdentityClient::new(self.browser(), self.identity_settings()).unwrap()
    }

    pub(crate) fn identity_settings(&self) -> IdentitySettings {
        IdentitySettings {
            issuer: self.running.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_key_pem: self.client_key_pem.clone(),
            redirect_uri: REDIRECT_URI.to_owned(),
        }
    }

    pub(crate) fn eligibility(&self) -> OnlineEligibility {
        OnlineEligibility::new(self.platform(), &self.running.eligibility_url)
    }

    pub(crate) fn card(&self) -> VirtualCard {
        VirtualCard::open(&self.cards[0].path).unwrap()
    }
}

pub(crate) fn person(insured: &str) -> PersonKey {
    PersonKey {
        insurer: InsurerNumber::with_check_digit("99001").unwrap(),
        insured: InsuredNumber::parse(insured).unwrap(),
    }
}

pub(crate) fn pin(text: &str) -> Pin {
    Pin::parse(text).unwrap()
}

/// One insured person, and one who is not insured at all.
pub(crate) fn holders() -> Vec<CardHolder> {
    let holder = |kanji: &str, kana: &str, persons| CardHolder {
        persons,
        name: PersonName { kanji: Personal::new(kanji), kana: Personal::new(kana) },
        birth_date: date(1942, 11, 20),
        sex: Sex::Female,
        pin: pin(PIN),
        expires_on: date(2030, 3, 31),
    };
    vec![
        holder("試験 花子", "シケン ハナコ", vec![person("0000000001"), person("0000000009")]),
        holder("見本 太郎", "ミホン タロウ", Vec::new()),
    ]
}

fn clock(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Clock::new(move || now.load(Ordering::SeqCst))
}

pub(crate) fn validity() -> Validity {
    const YEARS_MS: i64 = 10 * 365 * 24 * 3_600_000;
    Validity { not_before_ms: MORNING.0 - YEARS_MS, not_after_ms: MORNING.0 + YEARS_MS }
}
