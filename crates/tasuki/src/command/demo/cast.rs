//! The cast of a demo: staff of each kind with their devices, and citizens with virtual cards.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tasuki_app::auth::{self, Progress, Step};
use tasuki_app::caller::By;
use tasuki_app::secret::Secret;
use tasuki_app::{App, device, id};
use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::date::AtMs;
use tasuki_store::account;
use tasuki_tls::authority::Authority;
use tasuki_town::TownFile;

use super::ground::{Ground, P12_PASSWORD, write_secret};

/// A member of staff as `demo.json` lists them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StaffAccount {
    /// Word of the role, for the doorway and tests.
    pub(super) role: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) name: String,
    pub(super) organisation: Organisation,
    pub(super) organisation_name: String,
    pub(super) login: String,
    pub(super) password: String,
    /// Secret of the code application, base32.
    pub(super) totp_secret: String,
    /// The device's certificate, from the demo's folder.
    pub(super) p12: String,
    pub(super) p12_password: String,
    pub(super) certificate: String,
    pub(super) key: String,
}

/// A citizen as `demo.json` lists them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CitizenAccount {
    pub(super) role: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) name: String,
    pub(super) insured: String,
    /// Which virtual card.
    pub(super) card_id: String,
    /// Its file, for `tasuki reader --card`.
    pub(super) card_file: String,
    pub(super) pin: String,
}

impl StaffAccount {
    /// The one-time code at `now`.
    pub(super) fn code(&self, now: AtMs) -> anyhow::Result<String> {
        code(&self.totp_secret, now)
    }
}

/// The code of a base32 secret at `now`.
fn code(secret: &str, now: AtMs) -> anyhow::Result<String> {
    let secret =
        totp_rs::Secret::try_from_base32(secret).context("secret of a code application")?;
    let builder = totp_rs::Builder::new().with_secret(secret.as_bytes());
    let seconds = u64::try_from(now.0 / 1_000)?;
    Ok(builder.build()?.generate(seconds).to_string())
}

/// One row of the cast.
struct Part {
    role: &'static str,
    title: &'static str,
    about: &'static str,
    name: &'static str,
    /// Role of the office in the town, or one of `town`, `board`, `operator`.
    place: &'static str,
    level: AccountLevel,
    job: JobType,
}

const PARTS: [Part; 9] = [
    Part {
        role: "care_manager",
        title: "ケアマネジャー",
        name: "山本 恵子",
        place: "care_management",
        level: AccountLevel::General,
        job: JobType::CareManager,
        about: "わたしの利用者、認定の進みぐあい、認定調査票と主治医意見書、同意の登録。",
    },
    Part {
        role: "care_worker",
        title: "訪問介護の職員",
        name: "森 大輔",
        place: "home_visit",
        level: AccountLevel::General,
        job: JobType::CareWorker,
        about: "証と負担割合の確認。職種によって見えるものが変わります。",
    },
    Part {
        role: "clinic",
        title: "クリニックの医師",
        name: "青木 誠",
        place: "clinic",
        level: AccountLevel::General,
        job: JobType::Physician,
        about: "意見書を依頼された人の情報と、認定の進みぐあい。",
    },
    Part {
        role: "town_hall",
        title: "市役所の職員",
        name: "市川 直美",
        place: "town",
        level: AccountLevel::Administrator,
        job: JobType::MunicipalOfficer,
        about: "データの送信と結果、申請の一覧、同意、アクセス記録。",
    },
    Part {
        role: "office_administrator",
        title: "事業所の管理者",
        name: "緑川 健",
        place: "care_management",
        level: AccountLevel::Administrator,
        job: JobType::CareManager,
        about: "職員の登録と停止、端末の証明書、緊急時の閲覧の点検。",
    },
    Part {
        role: "office",
        title: "事業所ユーザ",
        name: "みどり 代表",
        place: "care_management",
        level: AccountLevel::Office,
        job: JobType::Clerk,
        about: "最初のアカウント。管理者をつくります。利用者の情報は見えません。",
    },
    Part {
        role: "clerk",
        title: "訪問介護の事務職員",
        name: "林 千夏",
        place: "home_visit",
        level: AccountLevel::Administrator,
        job: JobType::Clerk,
        about: "資格と負担割合の確認、職員の登録。",
    },
    Part {
        role: "board",
        title: "審査会の委員",
        name: "委員 一郎",
        place: "board",
        level: AccountLevel::General,
        job: JobType::BoardMember,
        about: "審査会の委員の入り口。",
    },
    Part {
        role: "operator",
        title: "基盤の運営者",
        name: "運営 花",
        place: "operator",
        level: AccountLevel::Administrator,
        job: JobType::Operator,
        about: "保険者、事業所、アカウント、端末、設定、全体のようす。",
    },
];

/// Words of a role's name in its login and password.
fn password_of(role: &str) -> String {
    format!("Demo-{role}-2026")
}

/// Registers everybody, through their real first sign-in.
///
/// `then` lies some minutes back, so that the codes used here are not used up for today.
pub(super) async fn register(
    app: &App,
    ground: &Ground,
    authority: &Authority,
    town: &TownFile,
    then: AtMs,
) -> anyhow::Result<Vec<StaffAccount>> {
    let mut accounts = Vec::new();
    for part in &PARTS {
        let (organisation, organisation_name) = place(part, town)?;
        let name = format!("devices/{}", part.role);
        let label = format!("{}の端末", part.title);
        let (device, issued) =
            device::issue(app, By::Console, authority, &organisation, &label, then).await?;
        ground.save(&issued, &name)?;
        let p12 = issued.pkcs12(part.title, P12_PASSWORD)?;
        write_secret(&ground.path(&format!("{name}.p12")), &p12)?;
        let login = format!("{}-demo", part.role.replace('_', "-"));
        let password = password_of(part.role);
        let membership = Membership {
            organisation: organisation.clone(),
            level: part.level,
            job: part.job,
            writes_care_plans: false,
        };
        let totp_secret =
            open_account(app, part, &login, &password, &membership, &device.sha256, then).await?;
        accounts.push(StaffAccount {
            role: part.role.to_owned(),
            title: part.title.to_owned(),
            about: part.about.to_owned(),
            name: part.name.to_owned(),
            organisation,
            organisation_name,
            login,
            password,
            totp_secret,
            p12: format!("{name}.p12"),
            p12_password: P12_PASSWORD.to_owned(),
            certificate: format!("{name}.pem"),
            key: format!("{name}.key"),
        });
    }
    Ok(accounts)
}

fn place(part: &Part, town: &TownFile) -> anyhow::Result<(Organisation, String)> {
    Ok(match part.place {
        "town" => (Organisation::Insurer(town.insurer.clone()), town.insurer_name.clone()),
        "board" => (
            Organisation::ReviewBoard(town.insurer.clone()),
            format!("{}介護認定審査会", town.insurer_name),
        ),
        "operator" => (Organisation::Operator, "介護情報基盤の運営".to_owned()),
        role => {
            let office = town.offices.iter().find(|office| office.role == role);
            let office = &office.context("the town lacks an office")?.provider;
            (Organisation::Provider(office.number.clone()), office.name.clone())
        }
    })
}

/// Makes an account and goes through its first sign-in; the secret of its code application.
async fn open_account(
    app: &App,
    part: &Part,
    login: &str,
    password: &str,
    membership: &Membership,
    device: &str,
    then: AtMs,
) -> anyhow::Result<String> {
    let made = Account {
        id: id::new(then),
        login: login.to_owned(),
        name: part.name.to_owned(),
        mail: Some(format!("{login}@example.jp")),
        software: false,
        active: true,
        version: 1,
    };
    let password = Secret::new(password);
    let hash = app.passwords.hash(&password).await?;
    let create = account::create(&made, &hash, false, then);
    app.db.commit(create.and(account::add_membership(&made.id, membership))).await?;
    let Progress::Pending(pending) = auth::sign_in(app, device, login, &password, then).await?
    else {
        bail!("{login} signed in without a code");
    };
    if pending.step != Step::EnrolCode {
        bail!("{login} was not asked to set its code application");
    }
    let token = pending.token.expose();
    let enrolment = auth::begin_enrolment(app, device, token, then).await?;
    let secret = enrolment.key.expose().to_owned();
    let code = code(&secret, then)?;
    let (progress, _) = auth::confirm_enrolment(app, device, token, &code, then).await?;
    if let Progress::Open(opened) = progress {
        let signed = auth::authenticate(app, opened.token.expose(), device, then).await?;
        auth::sign_out(app, &signed, then).await?;
    }
    Ok(secret)
}
