//! Offices kept from a protected person (支援措置による閲覧の停止), for the insurer's software.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::protection::{self, Draft};
use tasuki_core::protection::{BlockReason, ProtectionBlock};
use tasuki_core::provider::ProviderNumber;
use utoipa::ToSchema;

use super::Software;
use super::body::{Strict, json};
use super::moment::Moment;
use super::paging::Page;
use crate::problem::Problem;
use crate::server::State;

/// 閲覧を止める事業所.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "provider": "9970000019", "reason": "risk", "note": "加害者が勤めているとの申し出"
})))]
pub struct BlockRequest {
    /// 事業所番号.
    provider: ProviderNumber,
    /// 理由.
    reason: BlockReason,
    /// 理由の文, 5 to 500 characters; for the insurer alone.
    note: String,
}

/// 止めるのをやめる理由.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "note": "加害者が退職したことを確かめた" })))]
pub struct LiftRequest {
    /// 理由の文, 5 to 500 characters.
    note: String,
}

/// 止めた記録.
#[derive(Serialize, ToSchema)]
pub struct BlockAnswer {
    /// 止めた記録の番号: names it when it is lifted.
    id: String,
}

/// 閲覧を止めた事業所.
#[derive(Serialize, ToSchema)]
pub struct BlockView<'a> {
    /// 止めた記録の番号: names it when it is lifted.
    id: &'a str,
    /// 事業所番号.
    provider: &'a str,
    /// 事業所の名前, when it is known.
    provider_name: Option<&'a str>,
    /// 理由.
    reason: BlockReason,
    /// 理由の文.
    note: &'a str,
    /// 止めた日時.
    blocked_at: Moment,
    /// やめた日時: since then the office may look again.
    lifted_at: Option<Moment>,
}

impl<'a> BlockView<'a> {
    fn of(block: &'a ProtectionBlock) -> Self {
        Self {
            id: &block.id,
            provider: block.provider.as_str(),
            provider_name: block.provider_name.as_deref(),
            reason: block.reason,
            note: block.note.expose(),
            blocked_at: block.blocked_at.into(),
            lifted_at: block.lifted_at.map(Moment::from),
        }
    }
}

/// 閲覧を止めた事業所, lifted ones included, oldest first.
#[utoipa::path(
    get, path = "/persons/{handle}/blocks", tag = "municipality",
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 200, description = "止めた事業所の一覧", body = Page<BlockView<'static>>),
        (status = 403, description = "保険者だけの機能です"),
        (status = 404, description = "いないか、表示できません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let person = by.person(&state, &handle)?;
    let basics = protection::open(&state.app, by.caller(), &person, state.now()).await?;
    let items: Vec<_> = basics.blocks.iter().map(BlockView::of).collect();
    json(StatusCode::OK, &Page { items, next: None })
}

/// 事業所の閲覧を止める: for this office the person is absent from now on.
#[utoipa::path(
    post, path = "/persons/{handle}/blocks", tag = "municipality", request_body = BlockRequest,
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 201, description = "止めました", body = BlockAnswer),
        (status = 403, description = "保険者だけの機能です"),
        (status = 404, description = "いないか、表示できません"),
        (status = 409, description = "もう止めています"),
        (status = 422, description = "支援措置の対象でないか、項目が決まりに合いません"),
    )
)]
pub async fn block(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    Strict(sent): Strict<BlockRequest>,
) -> Result<Response, Problem> {
    let person = by.person(&state, &handle)?;
    let draft = Draft { provider: sent.provider, reason: sent.reason, note: sent.note };
    let id = protection::block(&state.app, by.caller(), &person, draft, state.now()).await?;
    json(StatusCode::CREATED, &BlockAnswer { id })
}

/// 止めるのをやめる: the office may look again, as far as everything else allows it.
#[utoipa::path(
    post, path = "/persons/{handle}/blocks/{id}/lift", tag = "municipality",
    request_body = LiftRequest,
    params(
        ("handle" = String, Path, description = "利用者の取っ手"),
        ("id" = String, Path, description = "止めた記録の番号"),
    ),
    responses(
        (status = 204, description = "やめました"),
        (status = 403, description = "保険者だけの機能です"),
        (status = 404, description = "ないか、表示できません"),
        (status = 409, description = "もうやめています"),
        (status = 422, description = "項目が決まりに合いません"),
    )
)]
pub async fn lift(
    by: Software,
    Extract(state): Extract<State>,
    Path((handle, id)): Path<(String, String)>,
    Strict(sent): Strict<LiftRequest>,
) -> Result<StatusCode, Problem> {
    let person = by.person(&state, &handle)?;
    protection::lift(&state.app, by.caller(), &person, &id, &sent.note, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
