//! Offices kept from a protected person (支援措置による閲覧の停止), for the insurer's software.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::protection::{self, Draft};
use tasuki_core::protection::{BlockReason, ProtectionBlock};
use tasuki_core::provider::ProviderNumber;
use utoipa::ToSchema;

use super::body::{Strict, json};
use super::moment::Moment;
use super::paging::Page;
use super::{Software, schema};
use crate::problem::Problem;
use crate::server::State;

/// An office to be kept from a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockRequest {
    /// 事業所番号.
    #[schema(value_type = String)]
    provider: ProviderNumber,
    /// Why.
    #[schema(schema_with = schema::word::<BlockReason>)]
    reason: BlockReason,
    /// Why in words, 5 to 500 characters; for the insurer alone.
    note: String,
}

/// Why a block is lifted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftRequest {
    /// Why in words, 5 to 500 characters.
    note: String,
}

/// The block that was entered.
#[derive(Serialize, ToSchema)]
pub struct BlockAnswer {
    /// Names it when it is lifted.
    id: String,
}

/// One block.
#[derive(Serialize, ToSchema)]
pub struct BlockView<'a> {
    /// Names it when it is lifted.
    id: &'a str,
    /// 事業所番号.
    provider: &'a str,
    /// Name of the office, when it is known.
    provider_name: Option<&'a str>,
    /// Why.
    #[schema(schema_with = schema::word::<BlockReason>)]
    reason: BlockReason,
    /// Why in words.
    note: &'a str,
    /// Since when.
    #[schema(schema_with = schema::moment)]
    blocked_at: Moment,
    /// Since when the office may look again.
    #[schema(schema_with = schema::moment)]
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
        (status = 200, body = Page<BlockView<'static>>),
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
        (status = 201, body = BlockAnswer),
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
