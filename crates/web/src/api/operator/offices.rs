//! Offices as the operator keeps them (事業所の登録): one by one, and from the public register.

use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::caller::By;
use tasuki_app::office::{self, ImportReport, StopReason};
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_formats::municipal::Finding;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{self, Strict, json};
use crate::api::conditional::{self, NewOrIfMatch};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::session::Files;

/// 事業所の登録内容.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "ケアプランあおば", "kana": "ケアプランアオバ", "is_medical": false,
    "services": ["43"], "corporation_name": "架空法人あおば会",
    "address": "架空県あおば市緑町1-1", "phone": "099-000-0001"
})))]
pub struct OfficeRequest {
    /// 名前.
    name: String,
    /// 名前のよみ（カタカナ）.
    kana: String,
    /// 医療機関.
    is_medical: bool,
    /// サービスの種類のコード.
    #[schema(value_type = Vec<String>)]
    services: Vec<ServiceType>,
    /// 法人番号.
    #[serde(default)]
    corporation_number: Option<String>,
    /// 法人の名前.
    corporation_name: String,
    /// 住所.
    address: String,
    /// 電話番号.
    phone: String,
}

/// 事業所の登録・変更: `If-None-Match: *` makes a new one, `If-Match` changes the one that was read.
#[utoipa::path(
    put, path = "/offices/{number}", tag = "operator", request_body = OfficeRequest,
    params(
        ("number" = String, Path, description = "事業所番号・医療機関番号"),
        ("If-Match" = Option<String>, Header, description = "読んだときの版"),
        ("If-None-Match" = Option<String>, Header, description = "新しく作るときは `*`"),
    ),
    responses(
        (status = 204, description = "登録しました"),
        (status = 403, description = "運営者ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn save(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    NewOrIfMatch(version): NewOrIfMatch,
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
        active: true,
    };
    let staff = By::Staff(by.caller());
    let done = office::edit_provider(&state.app, staff, provider, version, state.now()).await;
    conditional::stale(done)
}

/// 事業所が使えるかどうか.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "active": false, "reason": "closed" })))]
pub struct ActiveRequest {
    /// 使える; false ends every session of it with the next request.
    active: bool,
    /// 理由.
    reason: StopReason,
}

/// 事業所を止める・もどす, with the reason that the log keeps.
#[utoipa::path(
    put, path = "/offices/{number}/active", tag = "operator", request_body = ActiveRequest,
    params(("number" = String, Path, description = "事業所番号・医療機関番号")),
    responses(
        (status = 204, description = "変えました"),
        (status = 403, description = "運営者ではありません"),
        (status = 404, description = "ありません"),
    )
)]
pub async fn set_active(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    Strict(sent): Strict<ActiveRequest>,
) -> Result<StatusCode, Problem> {
    let number = ProviderNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    let (staff, change) = (By::Staff(by.caller()), (sent.active, sent.reason));
    office::set_active(&state.app, staff, &number, change, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 取り込みの結果.
#[derive(Serialize, ToSchema)]
pub struct ImportAnswer {
    /// 読んだ行の数.
    lines: u64,
    /// 新しい事業所の数.
    added: usize,
    /// 変わった事業所の数.
    changed: usize,
    /// 変わらない事業所の数.
    unchanged: usize,
    /// 指摘: the first two hundred.
    findings: Vec<Finding>,
    /// 指摘の数.
    total: usize,
}

/// Findings of an import that an answer holds.
const FINDINGS: usize = 200;

/// 公開データのファイル.
#[derive(ToSchema)]
pub struct RegisterFiles {
    /// CSVファイル: as many parts of this name as there are files.
    #[schema(value_type = Vec<String>, format = Binary)]
    #[expect(dead_code, reason = "describes the form; its parts are streamed")]
    file: Vec<u8>,
}

/// 公開データの取り込み.
///
/// All files of the public register at once, because an office with several services stands in
/// several. What the operator has stopped stays stopped.
#[utoipa::path(
    post, path = "/offices/import", tag = "operator",
    request_body(content = RegisterFiles, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "取り込みました", body = ImportAnswer),
        (status = 403, description = "運営者ではありません"),
        (status = 422, description = "ファイルがありません"),
    )
)]
pub async fn import(
    by: Software,
    Extract(state): Extract<State>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let staff = By::Staff(by.caller());
    // Asked before anything of the body is read.
    if !staff.is_operator() {
        return Err(Problem::new(Code::Denied));
    }
    let form = form.map_err(|_| Problem::new(Code::UnsupportedMedia))?;
    let files = Files::of(&state, form).await?;
    if files.list.is_empty() {
        return Err(body::invalid("file", "file"));
    }
    let done = office::import_files(&state.app, staff, files.paths(), state.now()).await?;
    let ImportReport { lines, added, changed, unchanged, findings } = done;
    let total = findings.len();
    let findings = findings.into_iter().take(FINDINGS).collect();
    json(StatusCode::OK, &ImportAnswer { lines, added, changed, unchanged, findings, total })
}
