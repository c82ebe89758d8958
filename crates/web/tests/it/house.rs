//! An invented house: one insurer, two offices, a clinic, their staff and three persons.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode, header};
use jiff::civil::date;
use tasuki_app::auth::password::{Cost, Passwords};
use tasuki_app::secret::Secret;
use tasuki_app::{App, Settings};
use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::assignment::{Assignment, IdentityCheck};
use tasuki_core::care_level::CareLevel;
use tasuki_core::certification::CertificationPeriod;
use tasuki_core::consent::{Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::document::{Body as PaperBody, DocumentKind};
use tasuki_core::eligibility::{
    BurdenRatio, BurdenRatioCertificate, BurdenRatioPeriod, CertifiedNeed, InsuredCertificate,
};
use tasuki_core::insured::{InsuredNumber, InsuredPerson, PersonKey, PersonName, Personal, Sex};
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_core::word::Word;
use tasuki_policy::Sharing;
use tasuki_store::device::Device;
use tasuki_store::scratch::{self, Scratch};
use tasuki_store::seal::{Keyring, SealKey};
use tasuki_store::session::{Kind, Session, Stage};
use tasuki_store::{
    Change, account, assignment, consent, device, document, event_log, insurer, params, person,
    provider, session,
};
use tasuki_tls::{Clock, Peer};
use tasuki_web::server::{State, staff_router};
use tower::ServiceExt;

/// 2026-11-20 09:00 in Japan.
pub(crate) const NOW: AtMs = AtMs(1_795_132_800_000);

pub(crate) const CARE_OFFICE: &str = "9970000001";
pub(crate) const OTHER_OFFICE: &str = "9970000019";
pub(crate) const CLINIC: &str = "9919000019";

/// Password of every account.
pub(crate) const PASSWORD: &str = "つきよのたぬきばやし、ぽん";

/// The numbers of the persons: with consent, without it, of nobody here.
pub(crate) const WITH_CONSENT: &str = "0000123456";
pub(crate) const NO_CONSENT: &str = "0000222222";
pub(crate) const STRANGER: &str = "0000333333";

/// Who asks: the letter of the device and the name of the account.
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

pub(crate) struct House {
    pub(crate) app: App,
    _scratch: Scratch,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The value of a cookie that the answer sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        let mut cookies = cookies.filter_map(|value| value.to_str().unwrap().split(';').next());
        cookies.find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
    }

    /// The texts that the page shows, all in the order given.
    pub(crate) fn shows(&self, texts: &[&str]) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        for text in texts {
            assert!(self.body.contains(text), "{text} is missing in {}", self.body);
        }
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::on(scratch::sqlite().await.unwrap()).await
    }

    /// The house on a database of its own.
    pub(crate) async fn on(scratch: Scratch) -> Self {
        let keyring = Keyring::new(&[7; 32]);
        let sharing = Sharing::published().unwrap();
        let mut app = App::new(scratch.db.clone(), keyring, sharing, Settings::default());
        app.passwords = Passwords::new(Cost { memory_kib: 64, passes: 1 });
        let house = Self { app, _scratch: scratch };
        house.organisations().await;
        house.staff().await;
        house.persons().await;
        house
    }

    async fn organisations(&self) {
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
        let publish = insurer::publish(&city().number, 0, 1);
        self.app.db.commit(publish).await.unwrap();
    }

    async fn staff(&self) {
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
            change = change
                .and(account::create(&account, &hash, true, NOW))
                .and(account::add_membership(name, &membership))
                .and(session::add(&session_of(who)));
        }
        self.app.db.commit(change).await.unwrap();
    }

    async fn persons(&self) {
        let key = self.app.keyring.insurer(&self.app.db, &city().number).await.unwrap();
        let mut change = Change::new();
        for (number, name) in [
            (WITH_CONSENT, ("高橋 花子", "タカハシ ハナコ")),
            (NO_CONSENT, ("佐藤 次郎", "サトウ ジロウ")),
            (STRANGER, ("鈴木 三郎", "スズキ サブロウ")),
        ] {
            change = change.and(register(&key, number, name));
            for (body, at) in papers() {
                change = change.and(paper(&key, number, &body, at));
            }
        }
        let with_consent = Consent {
            id: "consent-1".to_owned(),
            person: key_of(WITH_CONSENT),
            taker: ConsentTaker::Insurer(city().number),
            basis: ConsentBasis::Person,
            means: ConsentMeans::Application,
            scope: ConsentScope::default(),
            from: date(2026, 4, 1),
            until: None,
            given_at: NOW.plus_ms(-200 * DAY_MS),
            replaces: None,
            withdrawn: None,
        };
        change = change.and(consent::give(&with_consent, &key).unwrap());
        for (id, number) in [("1", WITH_CONSENT), ("2", NO_CONSENT)] {
            change = change.and(assignment::start(&in_charge(id, number, CARE_OFFICE, 10)));
        }
        // Registered long ago and without a claim since: lapsed.
        change = change.and(assignment::start(&in_charge("3", WITH_CONSENT, OTHER_OFFICE, 400)));
        self.app.db.commit(change).await.unwrap();
    }

    /// Events in the log.
    pub(crate) async fn events(&self) -> u64 {
        event_log::head(&self.app.db).await.unwrap().map_or(0, |head| head.size)
    }

    /// The newest event as it is stored.
    pub(crate) async fn newest_event(&self) -> String {
        let size = self.events().await;
        let page = event_log::page(&self.app.db, size - 1, 1).await.unwrap();
        page.into_iter().next().unwrap().1
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let state = State::new(self.app.clone(), Clock::fixed(NOW.0));
        let response: Response = staff_router(state).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 5_000_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        self.send(request(who, "GET", path, String::new())).await
    }

    /// Sends a form with the session's token.
    pub(crate) async fn post(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let csrf = csrf_of(who);
        fields.push(("csrf", &csrf));
        self.send(request(who, "POST", path, encoded(&fields))).await
    }

    /// The address of a person for the office of `who`.
    pub(crate) fn person(&self, who: Who, number: &str) -> String {
        let audience = organisation(who.0).to_string();
        format!("/persons/{}", self.app.keyring.handles().seal(&audience, &key_of(number)))
    }
}

/// A form's encoding of fields.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    let text = |text: &str| text.bytes().map(byte).collect::<String>();
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", text(name), text(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A request of a browser on the device of `who`.
pub(crate) fn request(who: Who, method: &str, path: &str, body: String) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "tasuki.example")
        .header(header::ACCEPT, "text/html")
        .extension(peer(who.0));
    if !who.1.is_empty() {
        request = request.header(header::COOKIE, format!("__Host-tasuki={}", token_of(who)));
    }
    if method == "POST" {
        let kind = "application/x-www-form-urlencoded";
        request = request.header(header::CONTENT_TYPE, kind);
        request = request.header(header::ORIGIN, "https://tasuki.example");
    }
    request.body(Body::from(body)).unwrap()
}

pub(crate) fn peer(letter: char) -> Peer {
    Peer {
        organisation: "架空の事業所".into(),
        organisation_number: organisation(letter).number().into(),
        device_id: format!("device-{letter}").into(),
        serial_hex: format!("{letter}01").into(),
        sha256_hex: letter.to_string().repeat(64).into(),
        not_after_ms: NOW.plus_ms(30 * DAY_MS).0,
    }
}

fn token_of(who: Who) -> String {
    format!("token-of-{}", who.1)
}

pub(crate) fn csrf_of(who: Who) -> String {
    format!("csrf-of-{}", who.1)
}

fn session_of(who: Who) -> Session {
    let begun = match who.1 {
        "expired" => NOW.plus_ms(-DAY_MS),
        _ => NOW.plus_ms(-60_000),
    };
    Session {
        token_hash: Secret::new(token_of(who)).sha256(),
        stage: Stage::Open,
        kind: Kind::Staff,
        account: Some(who.1.to_owned()),
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
        'a' => office(CARE_OFFICE),
        'b' => office(OTHER_OFFICE),
        'c' => office(CLINIC),
        'd' => Organisation::Insurer(city().number),
        _ => Organisation::Operator,
    }
}

fn device_of(letter: char) -> Device {
    Device {
        sha256: letter.to_string().repeat(64),
        serial: format!("{letter}01"),
        organisation: organisation(letter),
        device_id: format!("device-{letter}"),
        name: "事務室 1".to_owned(),
        issued_at: NOW.plus_ms(-DAY_MS),
        not_after: NOW.plus_ms(30 * DAY_MS),
        revoked_at: None,
        revoked_why: None,
    }
}

pub(crate) fn city() -> Insurer {
    Insurer {
        number: InsurerNumber::with_check_digit("99001").unwrap(),
        name: "あおば市".to_owned(),
        connected_since: Some(date(2026, 4, 1)),
        not_connected_because: None,
        takes_consent: true,
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

pub(crate) fn key_of(number: &str) -> PersonKey {
    PersonKey { insurer: city().number, insured: InsuredNumber::parse(number).unwrap() }
}

fn in_charge(id: &str, number: &str, office: &str, days_ago: i64) -> Assignment {
    Assignment {
        id: format!("assignment-{id}"),
        person: key_of(number),
        provider: ProviderNumber::parse(office).unwrap(),
        identity: IdentityCheck::MatchingItems,
        started_at: NOW.plus_ms(-days_ago * DAY_MS),
        ended_at: None,
        last_service_month: None,
    }
}

fn register(key: &SealKey, number: &str, (kanji, kana): (&str, &str)) -> Change {
    let person_key = key_of(number);
    let insured = InsuredPerson {
        key: person_key.clone(),
        name: PersonName { kanji: Personal::new(kanji), kana: Personal::new(kana) },
        birth_date: date(1942, 3, 5),
        sex: Sex::Female,
        postal_code: None,
        address: Some(Personal::new("架空県あおば市緑町1-2-3")),
        phone: None,
        protection: None,
        domicile_exception: None,
        moved_from: None,
        moved_to: None,
        lost_on: None,
    };
    let text = serde_json::to_vec(&insured).unwrap();
    let body = key.seal(person::place(&person_key, 1).as_bytes(), &text).unwrap();
    Change::new().with(
        "INSERT INTO insured_person (insurer_number, insured_number, generation, birth_date, sex,
                kana_key, deleted, received_at_ms, digest, body)
         VALUES ($1, $2, 1, $3, $4, $5, 0, $6, $7, $8)",
        params![
            &person_key.insurer,
            &person_key.insured,
            insured.birth_date,
            insured.sex.word(),
            tasuki_formats::characters::search_key(kana),
            NOW.plus_ms(-100 * DAY_MS),
            vec![0],
            body,
        ],
    )
}

/// The papers of each person, with the day they came: days before now.
fn papers() -> Vec<(PaperBody, i64)> {
    let certified = |care_level, from, months| CertifiedNeed {
        care_level,
        certified_on: from,
        period: CertificationPeriod::starting(from, months),
        benefit_limit_units: CareLevel::benefit_limit_units(care_level),
        kind_limits: Vec::new(),
    };
    let certificate = |certified: CertifiedNeed| InsuredCertificate {
        issued_on: certified.certified_on,
        certified: Some(certified),
        board_opinion: None,
        designated_services: Vec::new(),
        restrictions: Vec::new(),
        care_management: Vec::new(),
        facilities: Vec::new(),
    };
    let now = certificate(certified(CareLevel::Care2, date(2026, 2, 1), 12));
    let ratio = BurdenRatioCertificate {
        issued_on: date(2026, 7, 20),
        first: BurdenRatioPeriod {
            ratio: BurdenRatio::OneTenth,
            from: date(2026, 8, 1),
            until: date(2027, 7, 31),
        },
        second: None,
    };
    let survey = include_bytes!("../../../formats/tests/it/survey_sheet.json");
    let mut survey: serde_json::Value = serde_json::from_slice(survey).unwrap();
    let questions = tasuki_core::survey::survey_items().iter().filter(|item| item.group() != 6);
    survey["answers"] =
        questions.map(|item| (item.number.to_owned(), serde_json::json!([1]))).collect();
    let opinion = include_bytes!("../../../formats/tests/it/physician_opinion.json");
    vec![
        (PaperBody::InsuredCertificate(Box::new(now)), 90),
        (PaperBody::BurdenRatioCertificate(ratio), 90),
        (PaperBody::SurveySheet(serde_json::from_value(survey).unwrap()), 10),
        (
            PaperBody::AttendingPhysicianOpinion(Box::new(
                serde_json::from_slice(opinion).unwrap(),
            )),
            10,
        ),
    ]
}

fn paper(key: &SealKey, number: &str, body: &PaperBody, days_ago: i64) -> Change {
    let person_key = key_of(number);
    let kind = body.kind();
    let place = document::place(&person_key, kind.word(), "1", 1);
    let sealed = key.seal(place.as_bytes(), &body.to_json().unwrap()).unwrap();
    let (from, until) = match kind {
        DocumentKind::InsuredCertificate => (Some("2026-02-01"), Some("2027-01-31")),
        DocumentKind::BurdenRatioCertificate => (Some("2026-08-01"), Some("2027-07-31")),
        _ => (None, None),
    };
    let author = match body {
        PaperBody::AttendingPhysicianOpinion(_) => format!("provider:{CLINIC}"),
        _ => format!("insurer:{}", person_key.insurer),
    };
    Change::new().with(
        "INSERT INTO document (insurer_number, insured_number, kind, series, version, generation,
                author, valid_from, valid_until, received_at_ms, deleted, digest, body)
         VALUES ($1, $2, $3, '1', 1, 1, $4, $5, $6, $7, 0, $8, $9)",
        params![
            &person_key.insurer,
            &person_key.insured,
            kind.word(),
            author,
            from,
            until,
            NOW.plus_ms(-days_ago * DAY_MS),
            vec![0],
            sealed,
        ],
    )
}
