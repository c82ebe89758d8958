//! `/operator/accounts`: accounts of every organisation.

use axum::extract::{Query, State as Extract};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tasuki_app::account::{self, NewAccount};
use tasuki_app::caller::By;
use tasuki_app::{AppError, names};
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::word::Word;
use tasuki_store::account::Member;

use super::place::{self, Ask, address};
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, OncePage, Row, RowPost};
use crate::page::{Choice, Form, Link, Rendered, Tone, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff};
use crate::staff::frame::{self, Title};

const TITLE: Title<'static> = Title {
    title: "アカウント",
    nav: paths::ACCOUNTS,
    crumbs: &[],
    help: &["事業所・市町村・審査会・運営者のアカウントを作り、止めます。"],
};

/// Members of one list.
const MOST: u16 = 500;

pub(super) async fn list(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let staff = &staff.0;
    let organisation = match ask.organisation() {
        Ok(Some(organisation)) => organisation,
        other => {
            let wrong = other.is_err();
            return place::choose(&state, staff, &headers, TITLE, paths::ACCOUNTS, wrong).await;
        }
    };
    let by = By::Staff(staff.caller());
    let members = account::list(&state.app, by, &organisation, "", MOST).await?;
    let name = names::of(&state.app, &organisation).await?;
    let title = Title { crumbs: &[("アカウント", paths::ACCOUNTS)], title: &name, ..TITLE };
    let row = |member: &Member| row(member, &organisation);
    let page = ListPage {
        shell: frame::shell(&state, staff, &headers, title).await?,
        intro: vec![format!("{name}のアカウントです。止めると、次の操作から使えません。")],
        actions: vec![
            Link::new("アカウントを作る", address("/operator/accounts/new", &organisation)),
            Link::new("電子証明書", address(paths::DEVICES, &organisation)),
        ],
        columns: vec!["ID", "名前", "権限", "職種", "状態"],
        rows: members.iter().map(row).collect(),
        empty: ("アカウントがまだありません", "「アカウントを作る」から、はじめの1つを作ります。"),
        below: None,
    };
    Ok(Rendered::new(page).into_response())
}

fn row(member: &Member, organisation: &Organisation) -> Row {
    let active = member.membership.active && member.account.active;
    let hidden = || {
        vec![
            ("organisation", organisation.to_string()),
            ("account", member.account.id.clone()),
            ("version", member.membership.version.to_string()),
        ]
    };
    let post = |action: &str, label: &str| RowPost {
        action: action.to_owned(),
        label: label.to_owned(),
        hidden: hidden(),
    };
    Row {
        cells: vec![
            Cell::text(member.account.login.clone()),
            Cell::text(member.account.name.clone()),
            Cell::text(member.membership.membership.level.japanese()),
            Cell::text(match member.account.software {
                true => "接続用（ソフト）",
                false => member.membership.membership.job.japanese(),
            }),
            match (active, member.must_change) {
                (false, _) => Cell::badge(Tone::Plain, "止めています"),
                (true, true) => Cell::badge(Tone::Warn, "初回サインイン待ち"),
                (true, false) => Cell::badge(Tone::Good, "使えます"),
            },
        ],
        links: Vec::new(),
        posts: match active {
            true => vec![
                post("/operator/accounts/stop", "止める"),
                post("/operator/accounts/reset", "パスワードを作り直す"),
            ],
            false => vec![post("/operator/accounts/restore", "もどす")],
        },
    }
}

pub(super) async fn new(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let Ok(Some(organisation)) = ask.organisation() else {
        return Err(Problem::new(Code::NotFound));
    };
    page(&state, &staff.0, &headers, Form::new(), &organisation).await
}

/// Jobs of this kind of organisation.
fn jobs(organisation: &Organisation) -> Vec<Choice> {
    let only = match organisation {
        Organisation::Insurer(_) => Some(JobType::MunicipalOfficer),
        Organisation::ReviewBoard(_) => Some(JobType::BoardMember),
        Organisation::Operator => Some(JobType::Operator),
        Organisation::Provider(_) => None,
    };
    let elsewhere = [JobType::MunicipalOfficer, JobType::BoardMember, JobType::Operator];
    let fits = |job: &&JobType| only.map_or(!elsewhere.contains(job), |only| only == **job);
    let jobs = JobType::ALL.iter().filter(fits);
    jobs.map(|job| Choice::new(job.word(), job.japanese())).collect()
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    organisation: &Organisation,
) -> Result<Response, Problem> {
    let name = names::of(&state.app, organisation).await?;
    let title =
        Title {
            title: "アカウントを作る", crumbs: &[("アカウント", paths::ACCOUNTS)], ..TITLE
        };
    let levels = AccountLevel::ALL.iter();
    let levels = levels.map(|level| Choice::new(level.word(), level.japanese())).collect();
    let status = match form.errors().is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = FormPage {
        shell: frame::shell(state, staff, headers, title).await?,
        form,
        intro: vec![format!("{name}のアカウントを作ります。")],
        warning: String::new(),
        fields: vec![
            Field::new("login", "ID", FieldKind::Text)
                .hint("半角の英小文字・数字・記号（. _ - @）で3文字から64文字"),
            Field::new("name", "名前", FieldKind::Text),
            Field::new("mail", "メールアドレス", FieldKind::Text).optional(),
            Field::new("level", "権限", FieldKind::Radios(levels)),
            Field::new("job", "職種", FieldKind::Select(jobs(organisation))),
            Field::new("software", "ソフトの接続用です（画面は使いません）", FieldKind::Tick),
        ],
        hidden: vec![("organisation", organisation.to_string())],
        action: "/operator/accounts/create".to_owned(),
        button: "作る".to_owned(),
        back: Some(Link::new("やめる", address(paths::ACCOUNTS, organisation))),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

pub(super) async fn create(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let organisation = place::of(&fields).map_err(Refusal::Problem)?;
    let errors = match read(&fields, &organisation) {
        Ok(new) => {
            let caller = By::Staff(by.0.caller());
            match account::create(&state.app, caller, &new, state.now()).await {
                Ok(created) => {
                    let password = created.password.expose();
                    let page = once(&state, &by.0, &headers, &organisation, &new.login, password);
                    return page.await.map_err(Refusal::Problem);
                }
                Err(AppError::Invalid(errors)) => {
                    errors.into_iter().map(FieldError::from).collect()
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(errors) => errors,
    };
    let form = fields.form(&["login", "name", "mail", "level", "job", "software"]);
    let form = form.with_errors(errors);
    page(&state, &by.0, &headers, form, &organisation).await.map_err(Refusal::Problem)
}

fn read(fields: &Fields, organisation: &Organisation) -> Result<NewAccount, Vec<FieldError>> {
    let level = AccountLevel::from_word(fields.get("level"));
    let job = JobType::from_word(fields.get("job"));
    let (Some(level), Some(job)) = (level, job) else {
        let missing = [("level", level.is_none()), ("job", job.is_none())];
        let missing = missing.into_iter().filter(|(_, missing)| *missing);
        return Err(missing.map(|(field, _)| FieldError::new(field, "choose")).collect());
    };
    let mail = fields.get("mail");
    Ok(NewAccount {
        organisation: organisation.clone(),
        login: fields.get("login").to_owned(),
        name: fields.get("name").to_owned(),
        mail: (!mail.is_empty()).then(|| mail.to_owned()),
        level,
        job,
        writes_care_plans: false,
        software: fields.is_ticked("software"),
    })
}

/// The first password, shown once.
async fn once(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    organisation: &Organisation,
    login: &str,
    password: &str,
) -> Result<Response, Problem> {
    let title = Title { title: "はじめのパスワード", ..TITLE };
    let page = OncePage {
        shell: frame::shell(state, staff, headers, title).await?,
        intro: vec![
            "このパスワードをご本人に直接わたしてください。はじめてのサインインで、ご本人が変えます。"
                .to_owned(),
            "この画面は二度と出ません。".to_owned(),
        ],
        lines: [login, password]
            .into_iter()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        next: Link::new("わたしたので次へ", address(paths::ACCOUNTS, organisation)),
    };
    Ok(Rendered::new(page).into_response())
}

/// The account that a row's button is about.
fn target(fields: &Fields) -> Result<(Organisation, String, i64), Refusal> {
    let organisation = place::of(fields).map_err(Refusal::Problem)?;
    let version = fields.get("version").parse();
    let version = version.map_err(|_| Refusal::Problem(Problem::new(Code::BadRequest)))?;
    Ok((organisation, fields.get("account").to_owned(), version))
}

pub(super) async fn stop(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let (organisation, id, version) = target(&fields)?;
    let by = By::Staff(by.0.caller());
    account::off_board(&state.app, by, &organisation, &id, version, state.now()).await?;
    Ok(flash::done(&address(paths::ACCOUNTS, &organisation), Done::AccountChanged))
}

pub(super) async fn restore(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let (organisation, id, version) = target(&fields)?;
    let by = By::Staff(by.0.caller());
    account::take_back(&state.app, by, &organisation, &id, version, state.now()).await?;
    Ok(flash::done(&address(paths::ACCOUNTS, &organisation), Done::AccountChanged))
}

pub(super) async fn reset(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let (organisation, id, _) = target(&fields)?;
    let caller = By::Staff(by.0.caller());
    let password = account::reset(&state.app, caller, &organisation, &id, state.now()).await?;
    let page = once(&state, &by.0, &headers, &organisation, "", password.expose());
    page.await.map_err(Refusal::Problem)
}
