//! `/office`: the check list of the first steps, and the staff of an organisation.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::AppError;
use tasuki_app::account::{self, NewAccount};
use tasuki_app::caller::By;
use tasuki_app::onboarding::{self, Check};
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::word::Word;
use tasuki_store::account::Member;

use super::frame::{self, Title};
use super::sign_in::{field_errors, status_of};
use crate::flash::{self, Done};
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, OncePage, Row, RowPost};
use crate::page::{Choice, Form, Link, Rendered, Shell, Tone, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{OfficeAdministrator, Posted, Refusal, Staff};

/// Members of an organisation.
const STAFF: &str = "/office/staff";
/// A new member.
const NEW: &str = "/office/staff/new";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::OFFICE, Guard::Staff, || get(show)),
    Route::get(STAFF, Guard::Administrator, || get(list)),
    Route::get(NEW, Guard::Administrator, || get(show_new)),
    Route::post(NEW, Guard::Administrator, || post(create)),
    Route::post("/office/staff/{id}/stop", Guard::Administrator, || post(stop)),
    Route::post("/office/staff/{id}/take-back", Guard::Administrator, || post(take_back)),
    Route::post("/office/staff/{id}/reset", Guard::Administrator, || post(reset)),
    Route::post("/office/staff/{id}/unlock", Guard::Administrator, || post(unlock)),
];

/// The frame of a page of this area.
pub(super) async fn office_shell(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    title: &str,
) -> Result<Shell, Problem> {
    let crumbs: &[(&str, &str)] = match title {
        "事業所の管理" => &[],
        _ => &[("事業所の管理", paths::OFFICE)],
    };
    let help = &["職員のアカウントと端末の電子証明書を管理します。"];
    frame::shell(state, staff, headers, Title { title, nav: paths::OFFICE, crumbs, help }).await
}

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let checks = onboarding::checks(&state.app, &staff.0, state.now()).await?;
    let row = |check: &Check| Row {
        cells: vec![
            Cell::text(check.item.japanese()),
            match check.done {
                true => Cell::badge(Tone::Good, "済み"),
                false => Cell::badge(Tone::Warn, "まだ"),
            },
            Cell::text(check.next),
        ],
        ..Row::default()
    };
    let manages = !matches!(staff.caller().level, AccountLevel::General);
    let mut actions = match manages {
        true => vec![Link::new("職員", STAFF), Link::new("端末の電子証明書", super::devices::LIST)],
        false => Vec::new(),
    };
    // Only offices open persons in an emergency, and their administrator reviews it.
    let reviews = matches!(
        (&staff.caller().organisation, staff.caller().level),
        (Organisation::Provider(_), AccountLevel::Administrator)
    );
    if reviews {
        actions.push(Link::new("緊急時の閲覧の点検", super::emergency::LIST));
    }
    Ok(Rendered::new(ListPage {
        shell: office_shell(&state, &staff, &headers, "事業所の管理").await?,
        intro: vec![
            "使い始めるまでのチェックリストです。すべて「済み」になれば準備完了です。".to_owned(),
        ],
        actions,
        columns: vec!["すること", "状態", "次にすること"],
        rows: checks.iter().map(row).collect(),
        empty: ("することはありません", ""),
        below: None,
    }))
}

/// Most members of one list.
const MOST: u16 = 500;

async fn list(
    Extract(state): Extract<State>,
    OfficeAdministrator(staff): OfficeAdministrator,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let caller = staff.caller();
    let by = By::Staff(caller);
    let members = account::list(&state.app, by, &caller.organisation, "", MOST).await?;
    let row = |member: &Member| Row {
        cells: vec![
            Cell::text(member.account.name.clone()),
            Cell::text(member.account.login.clone()),
            Cell::text(member.membership.membership.level.japanese()),
            Cell::text(member.membership.membership.job.japanese()),
            state_cell(member),
        ],
        posts: match account::may_manage(
            by,
            &caller.organisation,
            member.membership.membership.level,
        ) {
            true => posts(member),
            false => Vec::new(),
        },
        ..Row::default()
    };
    Ok(Rendered::new(ListPage {
        shell: office_shell(&state, &staff, &headers, "職員").await?,
        intro: vec![
            "やめた職員は、その日のうちに止めてください。止めると、すぐに使えなくなります。"
                .to_owned(),
        ],
        actions: vec![Link::new("職員を加える", NEW)],
        columns: vec!["名前", "ID", "権限", "職種", "状態"],
        rows: members.iter().map(row).collect(),
        empty: ("職員はまだいません", "「職員を加える」から登録します。"),
        below: None,
    }))
}

fn state_cell(member: &Member) -> Cell {
    match (member.membership.active && member.account.active, member.must_change, member.has_code) {
        (false, _, _) => Cell::badge(Tone::Plain, "停止中"),
        (true, true, _) => Cell::badge(Tone::Key, "最初のサインインを待っています"),
        (true, false, false) => Cell::badge(Tone::Warn, "確認コードがまだ"),
        (true, false, true) => Cell::badge(Tone::Good, "利用中"),
    }
}

fn posts(member: &Member) -> Vec<RowPost> {
    let version = member.membership.version.to_string();
    let post = |what: &str, label: &str| RowPost {
        action: format!("{STAFF}/{}/{what}", member.account.id),
        label: label.to_owned(),
        hidden: vec![("version", version.clone())],
    };
    match member.membership.active && member.account.active {
        true => vec![
            post("stop", "止める"),
            post("reset", "パスワードを作り直す"),
            post("unlock", "ロックを解く"),
        ],
        false => vec![post("take-back", "もう一度使えるようにする")],
    }
}

async fn show_new(
    Extract(state): Extract<State>,
    OfficeAdministrator(staff): OfficeAdministrator,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    new_page(&state, &staff, &headers, Form::new()).await
}

/// The level that this caller makes.
fn made_level(staff: &Staff) -> AccountLevel {
    match staff.caller().level {
        AccountLevel::Office => AccountLevel::Administrator,
        AccountLevel::Administrator | AccountLevel::General => AccountLevel::General,
    }
}

/// Jobs that exist in this kind of organisation.
fn jobs(organisation: &Organisation) -> Vec<Choice> {
    let here = |job: &&JobType| match (organisation, job) {
        (Organisation::Insurer(_), job) => **job == JobType::MunicipalOfficer,
        (Organisation::ReviewBoard(_), job) => **job == JobType::BoardMember,
        (Organisation::Operator, job) => **job == JobType::Operator,
        (
            Organisation::Provider(_),
            JobType::MunicipalOfficer | JobType::BoardMember | JobType::Operator,
        ) => false,
        (Organisation::Provider(_), _) => true,
    };
    let jobs = JobType::ALL.iter().filter(here);
    jobs.map(|job| Choice::new(job.word(), job.japanese())).collect()
}

async fn new_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let status = status_of(&form);
    let level = made_level(staff).japanese();
    let plan = "介護支援専門員がいない種類の事業所で、ケアプランを作る職員だけ印を付けます。";
    let page = FormPage {
        shell: office_shell(state, staff, headers, "職員を加える").await?,
        form,
        intro: vec![format!(
            "{level}のアカウントを作ります。最初のパスワードは、次の画面に一度だけ出ます。"
        )],
        warning: String::new(),
        fields: vec![
            Field::new("name", "名前", FieldKind::Text),
            Field::new("login", "ID", FieldKind::Text)
                .hint("英小文字・数字・記号（. _ - @）で3〜64文字。あとから変えられません。"),
            Field::new("mail", "メールアドレス", FieldKind::Text).optional(),
            Field::new("job", "職種", FieldKind::Select(jobs(&staff.caller().organisation))),
            Field::new("writes_care_plans", "ケアプランを作ります", FieldKind::Tick).hint(plan),
        ],
        hidden: Vec::new(),
        action: NEW.to_owned(),
        button: "アカウントを作る".to_owned(),
        back: Some(Link::new("やめる", STAFF)),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

async fn create(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by: OfficeAdministrator(staff), fields }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let caller = staff.caller();
    let errors = match JobType::from_word(fields.get("job")) {
        None => vec![FieldError::new("job", "choose")],
        Some(job) => {
            let mail = Some(fields.get("mail")).filter(|mail| !mail.is_empty());
            let new = NewAccount {
                organisation: caller.organisation.clone(),
                login: fields.get("login").to_owned(),
                name: fields.get("name").to_owned(),
                mail: mail.map(str::to_owned),
                level: made_level(&staff),
                job,
                writes_care_plans: fields.is_ticked("writes_care_plans"),
                software: false,
            };
            let by = By::Staff(caller);
            match account::create(&state.app, by, &new, state.now()).await {
                Ok(made) => {
                    let login = new.login.trim().to_lowercase();
                    return Ok(handed_over(&state, &login, made.password.expose()));
                }
                Err(AppError::Invalid(errors)) => field_errors(errors),
                Err(AppError::Conflict) => vec![FieldError::new("login", "login-taken")],
                Err(error) => return Err(error.into()),
            }
        }
    };
    let form = fields.form(&["name", "login", "mail", "job", "writes_care_plans"]);
    let page = new_page(&state, &staff, &headers, form.with_errors(errors)).await;
    page.map_err(Refusal::Problem)
}

/// Login and first password, shown this once.
fn handed_over(state: &State, login: &str, password: &str) -> Response {
    let page = OncePage {
        shell: Shell::new("職員に渡すもの", state.now()),
        intro: vec![
            "次のIDと最初のパスワードを、本人に直接渡してください。この画面は二度と出ません。"
                .to_owned(),
            "本人は最初のサインインで、パスワードを自分だけのものに変えます。".to_owned(),
        ],
        lines: vec![format!("ID　{login}"), format!("パスワード　{password}")],
        next: Link::new("職員の一覧へ", STAFF),
    };
    Rendered::new(page).into_response()
}

/// The version that the list showed; a text that is no number is an old one.
fn version(fields: &crate::fields::Fields) -> i64 {
    fields.get("version").parse().unwrap_or(0)
}

async fn stop(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Posted { by: OfficeAdministrator(staff), fields }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let (caller, now) = (staff.caller(), state.now());
    let by = By::Staff(caller);
    let version = version(&fields);
    account::off_board(&state.app, by, &caller.organisation, &id, version, now).await?;
    Ok(flash::done(STAFF, Done::AccountChanged))
}

async fn take_back(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Posted { by: OfficeAdministrator(staff), fields }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let (caller, now) = (staff.caller(), state.now());
    let by = By::Staff(caller);
    let version = version(&fields);
    account::take_back(&state.app, by, &caller.organisation, &id, version, now).await?;
    Ok(flash::done(STAFF, Done::AccountChanged))
}

async fn reset(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Posted { by: OfficeAdministrator(staff), .. }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let (caller, now) = (staff.caller(), state.now());
    let by = By::Staff(caller);
    let members = account::list(&state.app, by, &caller.organisation, "", MOST).await?;
    let password = account::reset(&state.app, by, &caller.organisation, &id, now).await?;
    let member = members.into_iter().find(|member| member.account.id == id);
    let login = member.map(|member| member.account.login).unwrap_or_default();
    Ok(handed_over(&state, &login, password.expose()))
}

async fn unlock(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Posted { by: OfficeAdministrator(staff), .. }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let (caller, now) = (staff.caller(), state.now());
    let by = By::Staff(caller);
    account::unlock(&state.app, by, &caller.organisation, &id, now).await?;
    Ok(flash::done(STAFF, Done::AccountChanged))
}
