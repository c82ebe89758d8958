//! Accounts of an organisation (職員のアカウント), for whoever manages them.

pub mod member;
pub mod place;

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::account::{self, NewAccount};
use tasuki_app::caller::By;
use tasuki_app::secret::Secret;
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_store::account::Member;
use utoipa::ToSchema;

use super::Software;
use super::body::{Strict, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, cursor};
use super::target::OrganisationPageQuery;
use crate::problem::Problem;
use crate::server::State;

/// 職員: a member of the staff.
#[derive(Serialize, ToSchema)]
pub struct MemberView {
    /// アカウントの番号.
    account: String,
    /// サインインのID.
    login: String,
    /// 名前.
    name: String,
    /// メールアドレス.
    mail: Option<String>,
    /// 接続用（ソフト）のアカウント.
    software: bool,
    /// 使えるか: false after off-boarding.
    active: bool,
    /// 版: `If-Match` names it as `"v…"` when name or mail change.
    version: i64,
    /// 権限.
    level: AccountLevel,
    /// 職種.
    job: JobType,
    /// ケアプランを作る職員か, although the office is of another kind.
    writes_care_plans: bool,
    /// 所属の版: `If-Match` names it as `"v…"` when the place changes.
    place_version: i64,
    /// はじめのパスワードを変えていない.
    must_change: bool,
    /// 最後に使った日時.
    seen_at: Option<Moment>,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        let (account, place) = (member.account, member.membership);
        Self {
            account: account.id,
            login: account.login,
            name: account.name,
            mail: account.mail,
            software: account.software,
            active: account.active && place.active,
            version: account.version,
            level: place.membership.level,
            job: place.membership.job,
            writes_care_plans: place.membership.writes_care_plans,
            place_version: place.version,
            must_change: member.must_change,
            seen_at: member.seen_at.map(Moment),
        }
    }
}

/// 職員の一覧, by login, former members included.
#[utoipa::path(
    get, path = "/accounts", tag = "administration", params(OrganisationPageQuery),
    responses(
        (status = 200, description = "職員の一覧", body = Page<MemberView>),
        (status = 403, description = "職員を管理する立場ではありません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<OrganisationPageQuery>,
) -> Result<Response, Problem> {
    let (organisation, page) = query.parts(&by)?;
    let limit = u16::try_from(page.limit()?).unwrap_or(u16::MAX);
    let after = page.after()?.unwrap_or_default();
    let staff = By::Staff(by.caller());
    let found = account::list(&state.app, staff, &organisation, &after, limit).await?;
    let full = found.len() == usize::from(limit);
    let next = found.last().filter(|_| full).map(|last| cursor(&last.account.login));
    let items: Vec<_> = found.into_iter().map(MemberView::from).collect();
    json(StatusCode::OK, &Page { items, next })
}

/// 作るアカウント.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "login": "jiro.sato", "name": "佐藤 次郎", "level": "general", "job": "care_worker"
})))]
pub struct AccountRequest {
    /// 所属: `provider:…` など. なければ自分の所属.
    #[serde(default)]
    organisation: Option<Organisation>,
    /// サインインのID.
    login: String,
    /// 名前, of the member or of the software.
    name: String,
    /// メールアドレス.
    #[serde(default)]
    mail: Option<String>,
    /// 権限.
    level: AccountLevel,
    /// 職種.
    job: JobType,
    /// ケアプランを作る職員か, although the office is of another kind.
    #[serde(default)]
    writes_care_plans: bool,
    /// 接続用（ソフト）のアカウントか.
    #[serde(default)]
    software: bool,
}

/// アカウントとはじめのパスワード, shown once.
#[derive(Serialize, ToSchema)]
pub struct PasswordAnswer {
    /// アカウントの番号.
    account: String,
    /// はじめのパスワード: hand it over; it is kept nowhere.
    password: String,
}

impl PasswordAnswer {
    fn new(account: String, password: &Secret) -> Self {
        Self { account, password: password.expose().to_owned() }
    }
}

/// アカウントを作る.
#[utoipa::path(
    post, path = "/accounts", tag = "administration", request_body = AccountRequest,
    responses(
        (status = 201, description = "作りました", body = PasswordAnswer),
        (status = 403, description = "職員を管理する立場ではありません"),
        (status = 422, description = "項目が決まりに合いません"),
    )
)]
pub async fn create(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<AccountRequest>,
) -> Result<Response, Problem> {
    let new = NewAccount {
        organisation: sent.organisation.unwrap_or_else(|| by.caller().organisation.clone()),
        login: sent.login,
        name: sent.name,
        mail: sent.mail,
        level: sent.level,
        job: sent.job,
        writes_care_plans: sent.writes_care_plans,
        software: sent.software,
    };
    let made = account::create(&state.app, By::Staff(by.caller()), &new, state.now()).await?;
    json(StatusCode::CREATED, &PasswordAnswer::new(made.account, &made.password))
}
