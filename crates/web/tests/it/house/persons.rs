//! Who is insured here: the register, papers, consents and offices in charge.

use jiff::civil::date;
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
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_store::{assignment, consent, document, ingestion, insurer, params, person};

use super::city;
use super::{CARE_OFFICE, CLINIC, House, NO_CONSENT, NOW, OTHER_OFFICE, STRANGER, WITH_CONSENT};

impl House {
    pub(super) async fn persons(&self) {
        for (number, name) in [
            (WITH_CONSENT, ("高橋 花子", "タカハシ ハナコ")),
            (NO_CONSENT, ("佐藤 次郎", "サトウ ジロウ")),
            (STRANGER, ("鈴木 三郎", "スズキ サブロウ")),
        ] {
            self.put_person(&insured(key_of(number), name), 1, NOW.plus_ms(-100 * DAY_MS)).await;
            for (body, days_ago) in papers() {
                let at = NOW.plus_ms(-days_ago * DAY_MS);
                self.put_paper(&key_of(number), &body, 1, at).await;
            }
        }
        let publish = insurer::publish(&city().number, 0, 1);
        let key = self.app.keyring.insurer(&self.app.db, &city().number).await.unwrap();
        let mut change = publish.and(consent::give(&blanket(), &key).unwrap());
        for (id, number) in [("1", WITH_CONSENT), ("2", NO_CONSENT)] {
            change = change.and(assignment::start(&in_charge(id, number, CARE_OFFICE, 10)));
        }
        // Registered long ago and without a claim since: lapsed.
        change = change.and(assignment::start(&in_charge("3", WITH_CONSENT, OTHER_OFFICE, 400)));
        self.app.db.commit(change).await.unwrap();
    }

    /// A person's row as a file of the municipality leaves it, under a generation to come.
    pub(crate) async fn put_person(&self, insured: &InsuredPerson, generation: i64, at: AtMs) {
        let person = &insured.key;
        let key = self.app.keyring.insurer(&self.app.db, &person.insurer).await.unwrap();
        let json = serde_json::to_vec(insured).unwrap();
        let sealed = key.seal(person::place(person, generation).as_bytes(), &json).unwrap();
        let row = params![
            &person.insurer,
            &person.insured,
            generation,
            insured.birth_date,
            insured.sex.word(),
            tasuki_formats::characters::search_key(insured.name.kana.expose()),
            false,
            at,
            vec![0_u8],
            sealed,
        ];
        self.app.db.insert_many(&ingestion::PERSON, vec![row]).await.unwrap();
    }

    /// A paper's first version, likewise.
    pub(crate) async fn put_paper(
        &self,
        person: &PersonKey,
        body: &PaperBody,
        generation: i64,
        at: AtMs,
    ) {
        let key = self.app.keyring.insurer(&self.app.db, &person.insurer).await.unwrap();
        let kind = body.kind();
        let place = document::place(person, kind.word(), "1", 1);
        let sealed = key.seal(place.as_bytes(), &body.to_json().unwrap()).unwrap();
        let (from, until) = match kind {
            DocumentKind::InsuredCertificate => (Some("2026-02-01"), Some("2027-01-31")),
            DocumentKind::BurdenRatioCertificate => (Some("2026-08-01"), Some("2027-07-31")),
            _ => (None, None),
        };
        let author = match body {
            PaperBody::AttendingPhysicianOpinion(_) => format!("provider:{CLINIC}"),
            _ => format!("insurer:{}", person.insurer),
        };
        let row = params![
            &person.insurer,
            &person.insured,
            kind.word(),
            "1",
            1,
            generation,
            author,
            from,
            until,
            at,
            false,
            vec![0_u8],
            sealed,
        ];
        self.app.db.insert_many(&ingestion::PAPER, vec![row]).await.unwrap();
    }

    /// The next file of the municipality says this of a person.
    pub(crate) async fn send_register(&self, insured: &InsuredPerson) {
        let number = &insured.key.insurer;
        let stored = insurer::get(&self.app.db, number).await.unwrap().unwrap();
        let next = stored.generation + 1;
        self.put_person(insured, next, self.now()).await;
        let publish = insurer::publish(number, stored.generation, next);
        self.app.db.commit(publish).await.unwrap();
    }
}

/// A person of the register; everybody here is born on one day and lives at one address.
pub(crate) fn insured(key: PersonKey, (kanji, kana): (&str, &str)) -> InsuredPerson {
    InsuredPerson {
        key,
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
    }
}

pub(crate) fn key_of(number: &str) -> PersonKey {
    PersonKey { insurer: city().number, insured: InsuredNumber::parse(number).unwrap() }
}

/// The consent that the city took at the application.
fn blanket() -> Consent {
    Consent {
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
    }
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

/// The papers of each person, with the day they came: days before now.
pub(crate) fn papers() -> Vec<(PaperBody, i64)> {
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
    let survey = include_bytes!("../../../../formats/tests/it/survey_sheet.json");
    let mut survey: serde_json::Value = serde_json::from_slice(survey).unwrap();
    let questions = tasuki_core::survey::survey_items().iter().filter(|item| item.group() != 6);
    survey["answers"] =
        questions.map(|item| (item.number.to_owned(), serde_json::json!([1]))).collect();
    let opinion = include_bytes!("../../../../formats/tests/it/physician_opinion.json");
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
