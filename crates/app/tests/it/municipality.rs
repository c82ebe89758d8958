//! An invented municipality that sends files, on each engine.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::civil::date;
use tasuki_app::access::Visitor;
use tasuki_app::caller::Staff;
use tasuki_app::ingestion::{self, Options, Progress, Report, Source};
use tasuki_app::look::{self, Ask, Look};
use tasuki_app::{App, AppError, Settings};
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::benefit_use::{EquipmentKind, EquipmentPurchaseUse};
use tasuki_core::consent::{ConsentBasis, ConsentScope};
use tasuki_core::date::{AtMs, DAY_MS, YearMonth};
use tasuki_core::document::Body;
use tasuki_core::eligibility::{BurdenRatio, BurdenRatioCertificate, BurdenRatioPeriod};
use tasuki_core::event::Actor;
use tasuki_core::insured::{InsuredNumber, InsuredPerson, PersonKey, PersonName, Personal, Sex};
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_core::provider::ProviderNumber;
use tasuki_formats::municipal::{
    ApplicationConsent, Change, Content, FileName, Finding, HashingWriter, MANIFEST_NAME, Manifest,
    Op, OpinionRequest, Record, RecordKind, Rule, Scope, ServiceUse, header_line, layout,
};
use tasuki_policy::Sharing;
use tasuki_store::seal::Keyring;
use tasuki_store::{Db, insurer};

/// 2026-11-20 09:00 in Japan.
pub(crate) const NOW: AtMs = AtMs(1_795_132_800_000);

/// An insurer that the platform knows, with a folder for its files.
pub(crate) struct Municipality {
    pub(crate) app: App,
    pub(crate) number: InsurerNumber,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) options: Options,
}

impl Municipality {
    pub(crate) async fn new(db: &Db) -> Self {
        let sharing = Sharing::published().unwrap();
        let app = App::new(db.clone(), Keyring::new(&[7; 32]), sharing, Settings::default());
        let number = InsurerNumber::with_check_digit("99001").unwrap();
        let city = Insurer {
            number: number.clone(),
            name: "架空市".to_owned(),
            connected_since: None,
            not_connected_because: Some("準備中です".to_owned()),
            takes_consent: true,
        };
        db.commit(insurer::add(&city)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        // A few lines to a batch, so that small files need many.
        let options = Options { batch_bytes: 600, ..Options::default() };
        Self { app, number, folder, options }
    }

    /// Writes the files of a transfer.
    pub(crate) fn write(
        &self,
        sequence: u32,
        scope: Scope,
        files: &[(RecordKind, Vec<Record>)],
    ) -> PathBuf {
        let folder = self.folder.path().join(format!("{sequence}"));
        write_transfer(&folder, &self.number, sequence, scope, files);
        folder
    }

    /// Takes a folder; the report and what the listener was told to be wrong.
    pub(crate) async fn take(&self, folder: &Path) -> (Report, Vec<Finding>) {
        let (report, findings) = self.try_take(folder, &self.options).await;
        (report.unwrap(), findings)
    }

    pub(crate) async fn try_take(
        &self,
        folder: &Path,
        options: &Options,
    ) -> (Result<Report, AppError>, Vec<Finding>) {
        let found = Arc::new(Mutex::new(vec![]));
        let into = found.clone();
        let listener = move |progress: Progress<'_>| {
            if let Progress::Finding { finding, .. } = progress {
                into.lock().unwrap().push(finding.clone());
            }
        };
        let source = Source::Folder(folder.to_owned());
        let actor = Actor::System { part: "test".to_owned() };
        let report = ingestion::take(&self.app, &source, options, &actor, NOW, &listener).await;
        let findings = found.lock().unwrap().clone();
        (report, findings)
    }

    /// The person as the insurer's own staff sees them, a day after [`NOW`].
    pub(crate) async fn look(&self, number: &str) -> Result<Look, AppError> {
        self.look_with(number, false).await
    }

    pub(crate) async fn look_with(
        &self,
        number: &str,
        all_versions: bool,
    ) -> Result<Look, AppError> {
        let visitor = Visitor::staff(&self.officer()).unwrap();
        let ask = Ask { all_versions, ..Ask::now(&visitor) };
        look::open(&self.app, &visitor, &self.key(number), ask, NOW.plus_ms(DAY_MS)).await
    }

    /// Staff of the town hall.
    pub(crate) fn officer(&self) -> Staff {
        Staff {
            account: "officer".to_owned(),
            name: "架空 太郎".to_owned(),
            organisation: Organisation::Insurer(self.number.clone()),
            organisation_name: "架空市".to_owned(),
            level: AccountLevel::General,
            job: JobType::MunicipalOfficer,
            writes_care_plans: false,
            device: "d".repeat(64),
            provider: None,
        }
    }

    pub(crate) fn key(&self, number: &str) -> PersonKey {
        PersonKey { insurer: self.number.clone(), insured: InsuredNumber::parse(number).unwrap() }
    }

    pub(crate) fn record(&self, number: &str, history: &str, op: Op, content: Content) -> Record {
        let change = Change::new(op, Some(content)).unwrap();
        Record { person: self.key(number), history: history.to_owned(), change }
    }

    /// A person's line.
    pub(crate) fn person(&self, number: &str, address: &str) -> Record {
        let person = InsuredPerson {
            key: self.key(number),
            name: PersonName {
                kanji: Personal::new("高橋　花子"),
                kana: Personal::new("タカハシ　ハナコ"),
            },
            birth_date: date(1942, 5, 3),
            sex: Sex::Female,
            postal_code: None,
            address: Some(Personal::new(address)),
            phone: None,
            protection: None,
            domicile_exception: None,
            moved_from: None,
            moved_to: None,
            lost_on: None,
        };
        self.record(number, "1", Op::Put, Content::Person(Box::new(person)))
    }

    /// A burden-ratio certificate's line.
    pub(crate) fn ratio(&self, number: &str, history: &str, op: Op, ratio: BurdenRatio) -> Record {
        let body = Body::BurdenRatioCertificate(BurdenRatioCertificate {
            issued_on: date(2026, 7, 15),
            first: BurdenRatioPeriod { ratio, from: date(2026, 8, 1), until: date(2027, 7, 31) },
            second: None,
        });
        self.record(number, history, op, Content::Paper(body))
    }

    pub(crate) fn purchase(&self, number: &str, history: &str) -> Record {
        let body = Body::EquipmentPurchaseUse(EquipmentPurchaseUse {
            bought_on: date(2026, 5, 20),
            kind: EquipmentKind::BathAid,
            product: None,
            cost_yen: 15_000,
            paid_yen: 13_500,
        });
        self.record(number, history, Op::Put, Content::Paper(body))
    }

    pub(crate) fn consent(&self, number: &str, history: &str, op: Op, until_year: i16) -> Record {
        let consent = ApplicationConsent {
            given_on: date(2026, 4, 2),
            until: Some(date(until_year, 3, 31)),
            basis: ConsentBasis::Person,
            scope: ConsentScope::default(),
            withdrawn_on: None,
        };
        self.record(number, history, op, Content::Consent(Box::new(consent)))
    }

    pub(crate) fn request(&self, number: &str, history: &str, institution: &str) -> Record {
        let request = OpinionRequest {
            institution: ProviderNumber::parse(institution).unwrap(),
            institution_name: "架空クリニック".to_owned(),
            physician: None,
            requested_on: date(2026, 11, 12),
            due_on: None,
            application_history: None,
            cancelled_on: None,
        };
        self.record(number, history, Op::Put, Content::OpinionRequest(request))
    }

    /// A month of service of an office, `YYYY-MM`.
    pub(crate) fn service(&self, number: &str, history: &str, op: Op, month: &str) -> Record {
        let service = ServiceUse {
            provider: ProviderNumber::parse("9970000015").unwrap(),
            month: YearMonth::parse(month).unwrap(),
            services: vec![],
        };
        self.record(number, history, op, Content::ServiceUse(service))
    }

    /// Notices to the municipality, oldest first: code and number of the transfer.
    pub(crate) async fn told(&self) -> Vec<(String, i64)> {
        let organisation = Organisation::Insurer(self.number.clone());
        let notices = tasuki_store::notice::newest(&self.app.db, &organisation, 99).await.unwrap();
        let told = notices.into_iter().rev().map(|notice| {
            let params: serde_json::Value = serde_json::from_str(&notice.params).unwrap();
            (notice.code, params["sequence"].as_i64().unwrap())
        });
        told.collect()
    }

    pub(crate) fn deletion(&self, number: &str, history: &str) -> Record {
        Record { person: self.key(number), history: history.to_owned(), change: Change::Delete }
    }
}

pub(crate) fn rules(findings: &[Finding]) -> Vec<Rule> {
    findings.iter().map(|finding| finding.rule).collect()
}

pub(crate) fn write_transfer(
    folder: &Path,
    insurer: &InsurerNumber,
    sequence: u32,
    scope: Scope,
    files: &[(RecordKind, Vec<Record>)],
) {
    use std::io::Write;
    std::fs::create_dir_all(folder).unwrap();
    let mut listed = vec![];
    for (kind, records) in files {
        let name = FileName { insurer: insurer.clone(), kind: *kind, scope, sequence }.to_string();
        let file = std::fs::File::create(folder.join(&name)).unwrap();
        let mut out = HashingWriter::new(file);
        let mut lines = Vec::new();
        if !kind.is_json() {
            lines.extend_from_slice(header_line(*kind).as_bytes());
            lines.push(b'\n');
        }
        for record in records {
            layout::encode(*kind, record, &mut lines).unwrap();
        }
        out.write_all(&lines).unwrap();
        listed.push(out.finish(name).unwrap().1);
    }
    let manifest =
        Manifest { protocol: 1, insurer: insurer.clone(), sequence, scope, files: listed };
    std::fs::write(folder.join(MANIFEST_NAME), serde_json::to_vec(&manifest).unwrap()).unwrap();
}
