//! Accounts and devices of an organisation (職員と端末), for whoever manages them.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tasuki_app::account::{self, NewAccount, NewPlace};
use tasuki_app::caller::By;
use tasuki_app::device::{self, Why};
use tasuki_app::secret::Secret;
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::word::Word;
use tasuki_store::account::Member;
use tasuki_store::device::Device;
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Strict, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery, cursor};
use super::{Software, conditional, schema};
use crate::problem::{Code, Problem};
use crate::server::State;

/// Whose accounts or devices.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfQuery {
    /// `provider:…`, `insurer:…`, `review_board:…` or `operator`; the own one without it.
    organisation: Option<String>,
    /// Most items, 1 to 200; 50 without it.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl OfQuery {
    fn organisation(&self, by: &Software) -> Result<Organisation, Problem> {
        match &self.organisation {
            None => Ok(by.caller().organisation.clone()),
            Some(text) => {
                Organisation::parse(text).map_err(|_| body::invalid("organisation", "unknown"))
            }
        }
    }

    fn page(self) -> PageQuery {
        PageQuery { limit: self.limit, cursor: self.cursor }
    }
}

/// A member of the staff.
#[derive(Serialize, ToSchema)]
pub struct MemberView {
    /// Account id.
    account: String,
    /// What is typed to sign in.
    login: String,
    /// Name.
    name: String,
    /// Mail address.
    mail: Option<String>,
    /// An account of software.
    software: bool,
    /// False after off-boarding.
    active: bool,
    /// For `If-Match` when name or mail change: `"v…"`.
    version: i64,
    /// Level.
    #[schema(schema_with = schema::word::<AccountLevel>)]
    level: AccountLevel,
    /// Job.
    #[schema(schema_with = schema::word::<JobType>)]
    job: JobType,
    /// Writes plans although the office is of another kind.
    writes_care_plans: bool,
    /// For `If-Match` when the place changes: `"v…"`.
    place_version: i64,
    /// Owes a change of the first password.
    must_change: bool,
    /// Newest request.
    #[schema(schema_with = schema::moment)]
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
    get, path = "/accounts", tag = "administration", params(OfQuery),
    responses(
        (status = 200, body = Page<MemberView>),
        (status = 403, description = "職員を管理する立場ではありません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<OfQuery>,
) -> Result<Response, Problem> {
    let organisation = query.organisation(&by)?;
    let page = query.page();
    let limit = u16::try_from(page.limit()?).unwrap_or(u16::MAX);
    let after = page.after()?.unwrap_or_default();
    let staff = By::Staff(by.caller());
    let found = account::list(&state.app, staff, &organisation, &after, limit).await?;
    let full = found.len() == usize::from(limit);
    let next = found.last().filter(|_| full).map(|last| cursor(&last.account.login));
    let items: Vec<_> = found.into_iter().map(MemberView::from).collect();
    json(StatusCode::OK, &Page { items, next })
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// `provider:…` and so on; the own organisation without it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    organisation: Option<Organisation>,
    /// What will be typed to sign in.
    login: String,
    /// Name of the member, or of the software.
    name: String,
    /// Mail address.
    #[serde(default)]
    mail: Option<String>,
    /// Level.
    #[schema(schema_with = schema::word::<AccountLevel>)]
    level: AccountLevel,
    /// Job.
    #[schema(schema_with = schema::word::<JobType>)]
    job: JobType,
    /// Writes plans although the office is of another kind.
    #[serde(default)]
    writes_care_plans: bool,
    /// For software.
    #[serde(default)]
    software: bool,
}

/// An account with its first password, shown once.
#[derive(Serialize, ToSchema)]
pub struct PasswordAnswer {
    /// Account id.
    account: String,
    /// Hand it over; it is kept nowhere.
    password: String,
}

fn password(account: String, password: &Secret) -> PasswordAnswer {
    PasswordAnswer { account, password: password.expose().to_owned() }
}

/// アカウントを作る.
#[utoipa::path(
    post, path = "/accounts", tag = "administration", request_body = AccountRequest,
    responses(
        (status = 201, body = PasswordAnswer),
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
    json(StatusCode::CREATED, &password(made.account, &made.password))
}

/// A new name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameRequest {
    /// Name.
    name: String,
    /// Mail address.
    #[serde(default)]
    mail: Option<String>,
}

/// 名前とメールを変える. `If-Match` names the version that was read.
#[utoipa::path(
    put, path = "/accounts/{account}", tag = "administration", request_body = NameRequest,
    params(("account" = String, Path, description = "アカウント"), ("If-Match" = String, Header)),
    responses(
        (status = 204, description = "変えました"),
        (status = 404, description = "この所属の職員ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn rename(
    by: Software,
    Extract(state): Extract<State>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Strict(sent): Strict<NameRequest>,
) -> Result<StatusCode, Problem> {
    let version = conditional::version(&headers)?;
    let staff = By::Staff(by.caller());
    let (organisation, name) = (&by.caller().organisation, (&*sent.name, sent.mail.as_deref()));
    let now = state.now();
    let done = account::rename(&state.app, staff, organisation, &account, version, name, now).await;
    conditional::stale(done)
}

/// A place in the organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceRequest {
    /// Level.
    #[schema(schema_with = schema::word::<AccountLevel>)]
    level: AccountLevel,
    /// Job.
    #[schema(schema_with = schema::word::<JobType>)]
    job: JobType,
    /// Writes plans although the office is of another kind.
    #[serde(default)]
    writes_care_plans: bool,
}

/// 権限と職種を変える: it holds from the next request on. `If-Match` names `place_version`.
#[utoipa::path(
    put, path = "/accounts/{account}/place", tag = "administration", request_body = PlaceRequest,
    params(("account" = String, Path, description = "アカウント"), ("If-Match" = String, Header)),
    responses(
        (status = 204, description = "変えました"),
        (status = 404, description = "この所属の職員ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn place(
    by: Software,
    Extract(state): Extract<State>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Strict(sent): Strict<PlaceRequest>,
) -> Result<StatusCode, Problem> {
    let version = conditional::version(&headers)?;
    let (staff, organisation) = (By::Staff(by.caller()), &by.caller().organisation);
    let PlaceRequest { level, job, writes_care_plans } = sent;
    let place = NewPlace { level, job, writes_care_plans };
    let now = state.now();
    let done =
        account::change_place(&state.app, staff, organisation, &account, version, place, now).await;
    conditional::stale(done)
}

/// 退職・異動: every right and session here ends at once. `If-Match` names `place_version`.
#[utoipa::path(
    delete, path = "/accounts/{account}/place", tag = "administration",
    params(("account" = String, Path, description = "アカウント"), ("If-Match" = String, Header)),
    responses(
        (status = 204, description = "外しました"),
        (status = 404, description = "この所属の職員ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn off_board(
    by: Software,
    Extract(state): Extract<State>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let version = conditional::version(&headers)?;
    let (staff, organisation) = (By::Staff(by.caller()), &by.caller().organisation);
    let now = state.now();
    let done = account::off_board(&state.app, staff, organisation, &account, version, now).await;
    conditional::stale(done)
}

/// パスワードの再設定: a new first password; all sessions end.
#[utoipa::path(
    post, path = "/accounts/{account}/reset", tag = "administration",
    params(("account" = String, Path, description = "アカウント")),
    responses(
        (status = 200, body = PasswordAnswer),
        (status = 404, description = "この所属の職員ではありません"),
    )
)]
pub async fn reset(
    by: Software,
    Extract(state): Extract<State>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (staff, organisation) = (By::Staff(by.caller()), &by.caller().organisation);
    let new = account::reset(&state.app, staff, organisation, &id, state.now()).await?;
    json(StatusCode::OK, &password(id, &new))
}

/// ロックの解除.
#[utoipa::path(
    post, path = "/accounts/{account}/unlock", tag = "administration",
    params(("account" = String, Path, description = "アカウント")),
    responses(
        (status = 204, description = "解除しました"),
        (status = 404, description = "この所属の職員ではありません"),
    )
)]
pub async fn unlock(
    by: Software,
    Extract(state): Extract<State>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let (staff, organisation) = (By::Staff(by.caller()), &by.caller().organisation);
    account::unlock(&state.app, staff, organisation, &id, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A device with its certificate.
#[derive(Serialize, ToSchema)]
pub struct DeviceView {
    /// SHA-256 of the certificate, hexadecimal; names it.
    sha256: String,
    /// Serial number, hexadecimal.
    serial: String,
    /// What the office calls it.
    name: String,
    /// When it was issued.
    #[schema(schema_with = schema::moment)]
    issued_at: Moment,
    /// Last moment of its validity.
    #[schema(schema_with = schema::moment)]
    not_after: Moment,
    /// When it was revoked.
    #[schema(schema_with = schema::moment)]
    revoked_at: Option<Moment>,
    /// Why.
    revoked_why: Option<String>,
}

impl From<Device> for DeviceView {
    fn from(device: Device) -> Self {
        Self {
            sha256: device.sha256,
            serial: device.serial,
            name: device.name,
            issued_at: device.issued_at.into(),
            not_after: device.not_after.into(),
            revoked_at: device.revoked_at.map(Moment),
            revoked_why: device.revoked_why,
        }
    }
}

/// 端末の電子証明書の一覧, newest first.
#[utoipa::path(
    get, path = "/devices", tag = "administration", params(OfQuery),
    responses(
        (status = 200, body = Page<DeviceView>),
        (status = 403, description = "端末を管理する立場ではありません"),
    )
)]
pub async fn devices(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<OfQuery>,
) -> Result<Response, Problem> {
    let organisation = query.organisation(&by)?;
    let found = device::list(&state.app, By::Staff(by.caller()), &organisation).await?;
    let page = query.page().of(found, |device: &Device| device.sha256.clone())?;
    json(StatusCode::OK, &page.map(DeviceView::from))
}

/// The request of a device that made its own key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceRequest {
    /// `provider:…` and so on; the own organisation without it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    organisation: Option<Organisation>,
    /// What the office calls the device.
    name: String,
    /// Certificate signing request (PKCS#10), PEM. Only its public key is taken.
    request: String,
}

/// A new certificate.
#[derive(Serialize, ToSchema)]
pub struct CertificateAnswer {
    /// The device.
    #[serde(flatten)]
    device: DeviceView,
    /// The certificate, PEM.
    certificate: String,
}

/// 証明書の発行: signs the request of a device that made its own key.
#[utoipa::path(
    post, path = "/devices", tag = "administration", request_body = DeviceRequest,
    responses(
        (status = 201, body = CertificateAnswer),
        (status = 403, description = "端末を管理する立場ではありません"),
        (status = 422, description = "証明書の要求が読めません"),
    )
)]
pub async fn issue(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<DeviceRequest>,
) -> Result<Response, Problem> {
    let authority = state.authority.clone().ok_or_else(|| Problem::new(Code::Denied))?;
    let own = || by.caller().organisation.clone();
    let organisation = sent.organisation.unwrap_or_else(own);
    let (staff, asked) = (By::Staff(by.caller()), (&*sent.name, &*sent.request));
    let signed =
        device::sign_request(&state.app, staff, &authority, &organisation, asked, state.now());
    let (device, certificate) = signed.await?;
    let answer =
        CertificateAnswer { device: DeviceView::from(device), certificate: certificate.pem };
    json(StatusCode::CREATED, &answer)
}

/// Why a certificate is revoked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RevokeQuery {
    /// `lost`, `retired`, `renewed`, `office_changed` or `withdrawn`.
    why: Option<String>,
}

/// 証明書の失効: with effect on the next request.
#[utoipa::path(
    delete, path = "/devices/{sha256}", tag = "administration",
    params(("sha256" = String, Path, description = "証明書の SHA-256"), RevokeQuery),
    responses(
        (status = 204, description = "失効させました"),
        (status = 404, description = "ありません"),
        (status = 409, description = "もう失効しています"),
    )
)]
pub async fn revoke(
    by: Software,
    Extract(state): Extract<State>,
    Path(sha256): Path<String>,
    StrictQuery(query): StrictQuery<RevokeQuery>,
) -> Result<StatusCode, Problem> {
    let why = query.why.as_deref().ok_or_else(|| body::invalid("why", "required"))?;
    let why = Why::from_word(why).ok_or_else(|| body::invalid("why", "unknown"))?;
    device::revoke(&state.app, By::Staff(by.caller()), &sha256, why, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
