//! Devices of an organisation (端末の電子証明書): issued, renewed, revoked.
//!
//! A device makes its own key and sends a signing request; the key never travels.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::caller::By;
use tasuki_app::device::{self, Why};
use tasuki_core::account::Organisation;
use tasuki_core::word::Word;
use tasuki_store::device::Device;
use tasuki_tls::authority::Certificate;
use utoipa::{IntoParams, ToSchema};

use super::Software;
use super::body::{self, Strict, StrictQuery, json};
use super::moment::Moment;
use super::paging::Page;
use super::target::OrganisationPageQuery;
use crate::problem::{Code, Problem};
use crate::server::State;

/// 端末とその電子証明書.
#[derive(Serialize, ToSchema)]
pub struct DeviceView {
    /// 電子証明書の SHA-256, hexadecimal; names it.
    sha256: String,
    /// 電子証明書の番号, hexadecimal.
    serial: String,
    /// 端末の名前: what the office calls it.
    name: String,
    /// 発行日時.
    issued_at: Moment,
    /// 有効期限: last moment of its validity.
    not_after: Moment,
    /// 更新できる: the end is near enough.
    due: bool,
    /// 失効日時.
    revoked_at: Option<Moment>,
    /// 失効の理由.
    #[schema(value_type = Option<Why>)]
    revoked_why: Option<String>,
}

impl DeviceView {
    fn of(device: Device, state: &State) -> Self {
        let now = state.now();
        Self {
            due: device.is_good(now) && device::is_due(&device, now),
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
    get, path = "/devices", tag = "administration", params(OrganisationPageQuery),
    responses(
        (status = 200, description = "電子証明書の一覧", body = Page<DeviceView>),
        (status = 403, description = "端末を管理する立場ではありません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<OrganisationPageQuery>,
) -> Result<Response, Problem> {
    let (organisation, page) = query.parts(&by)?;
    let found = device::list(&state.app, By::Staff(by.caller()), &organisation).await?;
    let page = page.of(found, |device: &Device| device.sha256.clone())?;
    json(StatusCode::OK, &page.map(|device| DeviceView::of(device, &state)))
}

/// 発行の申し込み: the request of a device that made its own key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "事務室 1", "request": "-----BEGIN CERTIFICATE REQUEST-----\n…"
})))]
pub struct DeviceRequest {
    /// 所属: `provider:…` など. なければ自分の所属.
    #[serde(default)]
    organisation: Option<Organisation>,
    /// 端末の名前: what the office calls it.
    name: String,
    /// 証明書の要求（PKCS#10, PEM）. Only its public key is taken.
    request: String,
}

/// 新しい電子証明書.
#[derive(Serialize, ToSchema)]
pub struct CertificateAnswer {
    /// 端末.
    #[serde(flatten)]
    device: DeviceView,
    /// 電子証明書（PEM）.
    certificate: String,
}

impl CertificateAnswer {
    fn of((device, certificate): (Device, Certificate), state: &State) -> Self {
        Self { device: DeviceView::of(device, state), certificate: certificate.pem }
    }
}

/// 証明書の発行: signs the request of a device that made its own key.
#[utoipa::path(
    post, path = "/devices", tag = "administration", request_body = DeviceRequest,
    responses(
        (status = 201, description = "発行しました", body = CertificateAnswer),
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
    json(StatusCode::CREATED, &CertificateAnswer::of(signed.await?, &state))
}

/// 更新の申し込み.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "request": "-----BEGIN CERTIFICATE REQUEST-----\n…" })))]
pub struct RenewalRequest {
    /// 証明書の要求（PKCS#10, PEM）: the former key or a new one. Only its public key is taken.
    request: String,
}

/// 証明書の更新: the device keeps its name; the former certificate works to its end.
#[utoipa::path(
    post, path = "/devices/{sha256}/renew", tag = "administration",
    request_body = RenewalRequest,
    params(("sha256" = String, Path, description = "証明書の SHA-256")),
    responses(
        (status = 201, description = "更新しました", body = CertificateAnswer),
        (status = 404, description = "ないか、もう使えません"),
        (status = 422, description = "期限がまだ先か、証明書の要求が読めません"),
    )
)]
pub async fn renew(
    by: Software,
    Extract(state): Extract<State>,
    Path(sha256): Path<String>,
    Strict(sent): Strict<RenewalRequest>,
) -> Result<Response, Problem> {
    let authority = state.authority.clone().ok_or_else(|| Problem::new(Code::Denied))?;
    let (staff, request) = (By::Staff(by.caller()), &*sent.request);
    let signed = device::sign_renewal(&state.app, staff, &authority, &sha256, request, state.now());
    json(StatusCode::CREATED, &CertificateAnswer::of(signed.await?, &state))
}

/// Why a certificate is revoked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RevokeQuery {
    /// 失効の理由.
    #[param(value_type = Why)]
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
