//! What the operator keeps (運営): offices, insurers, periods and limits.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use jiff::civil::Date;
use serde::Deserialize;
use tasuki_app::caller::By;
use tasuki_app::{Settings, office, setting};
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use utoipa::ToSchema;

use super::body::{self, Strict};
use super::{Software, conditional};
use crate::problem::{Code, Problem};
use crate::server::State;

/// An insurer as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InsurerRequest {
    /// Its name.
    name: String,
    /// First day whose data the platform holds.
    #[serde(default)]
    connected_since: Option<Date>,
    /// Why there is no data yet.
    #[serde(default)]
    not_connected_because: Option<String>,
    /// Takes blanket consent with the application.
    takes_consent: bool,
}

/// 保険者の登録・変更: `If-None-Match: *` makes a new one, `If-Match` changes the one that was read.
#[utoipa::path(
    put, path = "/insurers/{number}", tag = "operator", request_body = InsurerRequest,
    params(
        ("number" = String, Path, description = "保険者番号"),
        ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header),
    ),
    responses(
        (status = 204, description = "登録しました"),
        (status = 403, description = "運営者ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn insurer(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    headers: HeaderMap,
    Strict(sent): Strict<InsurerRequest>,
) -> Result<StatusCode, Problem> {
    let number = InsurerNumber::parse(&number);
    let insurer = Insurer {
        number: number.map_err(|_| body::invalid("number", "insurer-number"))?,
        name: sent.name,
        connected_since: sent.connected_since,
        not_connected_because: sent.not_connected_because,
        takes_consent: sent.takes_consent,
    };
    let version = conditional::new_or_version(&headers)?;
    let staff = By::Staff(by.caller());
    let done = office::save_insurer(&state.app, staff, insurer, version, state.now()).await;
    conditional::stale(done)
}

/// An office as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeRequest {
    /// Its name.
    name: String,
    /// Reading of the name in katakana.
    kana: String,
    /// 医療機関.
    is_medical: bool,
    /// サービス種類コード.
    #[schema(value_type = Vec<String>)]
    services: Vec<ServiceType>,
    /// 法人番号.
    #[serde(default)]
    corporation_number: Option<String>,
    /// Name of the corporation.
    corporation_name: String,
    /// Address.
    address: String,
    /// Telephone number.
    phone: String,
    /// The platform accepts it; false ends every session of it with the next request.
    active: bool,
}

/// 事業所の登録・変更: `If-None-Match: *` makes a new one, `If-Match` changes the one that was read.
#[utoipa::path(
    put, path = "/offices/{number}", tag = "operator", request_body = OfficeRequest,
    params(
        ("number" = String, Path, description = "事業所番号・医療機関番号"),
        ("If-Match" = Option<String>, Header), ("If-None-Match" = Option<String>, Header),
    ),
    responses(
        (status = 204, description = "登録しました"),
        (status = 403, description = "運営者ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn office(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    headers: HeaderMap,
    Strict(sent): Strict<OfficeRequest>,
) -> Result<StatusCode, Problem> {
    let number = ProviderNumber::parse(&number);
    let provider = Provider {
        number: number.map_err(|_| body::invalid("number", "provider-number"))?,
        name: sent.name,
        kana: sent.kana,
        is_medical: sent.is_medical,
        services: sent.services,
        corporation_number: sent.corporation_number,
        corporation_name: sent.corporation_name,
        address: sent.address,
        phone: sent.phone,
        active: sent.active,
    };
    let version = conditional::new_or_version(&headers)?;
    let staff = By::Staff(by.caller());
    let done = office::save_provider(&state.app, staff, provider, version, state.now()).await;
    conditional::stale(done)
}

/// 設定（期間と回数）, with its version as `ETag`.
#[utoipa::path(
    get, path = "/settings", tag = "operator",
    responses(
        (status = 200, body = Object, headers(("ETag" = String))),
        (status = 403, description = "運営者ではありません"),
    )
)]
pub async fn settings(
    by: Software,
    Extract(state): Extract<State>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Who may change settings may read them; the use case asks on both ways.
    if !By::Staff(by.caller()).is_operator() {
        return Err(Problem::new(Code::Denied));
    }
    let current = setting::periods(&state.app).await?;
    let bytes = body::written(&current.value)?;
    Ok(conditional::answer_version(&headers, bytes, current.version))
}

/// 設定を変える: all of them, at once and everywhere within seconds. `If-Match` names the version.
#[utoipa::path(
    put, path = "/settings", tag = "operator", request_body(content = Object),
    params(("If-Match" = String, Header)),
    responses(
        (status = 204, description = "変えました"),
        (status = 403, description = "運営者ではありません"),
        (status = 412, description = "先に別の変更がありました"),
        (status = 422, description = "決められた範囲をこえています"),
    )
)]
pub async fn set_settings(
    by: Software,
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Strict(sent): Strict<Settings>,
) -> Result<Response, Problem> {
    let version = conditional::version(&headers)?;
    let done = setting::set_periods(&state.app, by.caller(), &sent, version, state.now()).await;
    let status = conditional::stale(done)?;
    Ok((status, [(header::CACHE_CONTROL, "no-store")]).into_response())
}
