//! Emergency looks (緊急時の閲覧): opening one, and the office's review.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::emergency::{self, Reason};
use tasuki_app::find::Proof;
use tasuki_store::emergency::Opened;
use utoipa::ToSchema;

use super::Software;
use super::body::{Strict, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery};
use super::persons::find::HandleAnswer;
use crate::problem::Problem;
use crate::server::State;

/// 始める緊急時の閲覧.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "proof": "8f2c…", "reason": "ambulance", "note": "救急隊に引き継ぐため開きました"
})))]
pub struct EmergencyRequest {
    /// 本人確認の結果.
    proof: String,
    /// 理由.
    reason: Reason,
    /// いま起きていること, in ten characters at least.
    note: String,
}

/// 緊急時の閲覧を始める: open to this account for some hours; the office must review it.
#[utoipa::path(
    post, path = "/emergencies", tag = "emergency", request_body = EmergencyRequest,
    responses(
        (status = 201, description = "始めました", body = HandleAnswer),
        (status = 403, description = "緊急時の閲覧ができない立場です"),
        (status = 404, description = "本人確認の結果が使えません"),
        (status = 422, description = "説明が短すぎます"),
    )
)]
pub async fn open(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<EmergencyRequest>,
) -> Result<Response, Problem> {
    let proof = Proof(sent.proof);
    let (staff, now) = (by.caller(), state.now());
    let person = emergency::open(&state.app, staff, &proof, sent.reason, &sent.note, now).await?;
    json(StatusCode::CREATED, &HandleAnswer { handle: by.handle(&state, &person) })
}

/// 緊急時の閲覧.
#[derive(Serialize, ToSchema)]
pub struct EmergencyView {
    /// 緊急時の閲覧の番号: names it in its review.
    id: String,
    /// 利用者の取っ手.
    handle: String,
    /// 開いた人のアカウント.
    account: String,
    /// 理由.
    #[schema(value_type = Reason)]
    reason: String,
    /// 始まり.
    at: Moment,
    /// 終わり, exclusive.
    until: Moment,
    /// 点検した日時.
    reviewed_at: Option<Moment>,
}

/// この事業所の緊急時の閲覧, those without review first. For its administrators.
#[utoipa::path(
    get, path = "/emergencies", tag = "emergency", params(PageQuery),
    responses(
        (status = 200, description = "緊急時の閲覧の一覧", body = Page<EmergencyView>),
        (status = 403, description = "管理者ではありません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let opened = emergency::list(&state.app, by.caller()).await?;
    let page = query.of(opened, |opened: &Opened| opened.id.clone())?;
    let view = |opened: Opened| EmergencyView {
        handle: by.handle(&state, &opened.person),
        id: opened.id,
        account: opened.account,
        reason: opened.reason,
        at: opened.at.into(),
        until: opened.until.into(),
        reviewed_at: opened.reviewed_at.map(Moment),
    };
    json(StatusCode::OK, &page.map(view))
}

/// 点検.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "text": "救急隊への引き継ぎに必要でした" })))]
pub struct ReviewRequest {
    /// 点検の結果.
    text: String,
}

/// 緊急時の閲覧の点検; nobody reviews their own.
#[utoipa::path(
    post, path = "/emergencies/{id}/review", tag = "emergency", request_body = ReviewRequest,
    params(("id" = String, Path, description = "緊急時の閲覧の番号")),
    responses(
        (status = 204, description = "点検しました"),
        (status = 403, description = "管理者ではないか、自分の閲覧です"),
        (status = 404, description = "ありません"),
        (status = 409, description = "もう点検されています"),
    )
)]
pub async fn review(
    by: Software,
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Strict(sent): Strict<ReviewRequest>,
) -> Result<StatusCode, Problem> {
    emergency::review(&state.app, by.caller(), &id, &sent.text, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
