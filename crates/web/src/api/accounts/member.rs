//! One account (アカウント): its name, its password, its lock.

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tasuki_app::account;
use utoipa::ToSchema;

use super::PasswordAnswer;
use crate::api::body::{Strict, json};
use crate::api::conditional::{self, IfMatch};
use crate::api::target::{Member, MemberPath, OrganisationQuery};
use crate::problem::Problem;
use crate::server::State;

/// 新しい名前.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "name": "佐藤 二郎", "mail": null })))]
pub struct NameRequest {
    /// 名前.
    name: String,
    /// メールアドレス.
    #[serde(default)]
    mail: Option<String>,
}

/// 名前とメールを変える. `If-Match` names the version that was read.
#[utoipa::path(
    put, path = "/accounts/{account}", tag = "administration", request_body = NameRequest,
    params(MemberPath, OrganisationQuery, IfMatch),
    responses(
        (status = 204, description = "変えました"),
        (status = 404, description = "この所属の職員ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn rename(
    at: Member,
    IfMatch { version }: IfMatch,
    Extract(state): Extract<State>,
    Strict(sent): Strict<NameRequest>,
) -> Result<StatusCode, Problem> {
    let Member { organisation, account, now, .. } = &at;
    let name = (&*sent.name, sent.mail.as_deref());
    let done =
        account::rename(&state.app, at.by(), organisation, account, version, name, *now).await;
    conditional::stale(done)
}

/// パスワードの再設定: a new first password; all sessions end.
#[utoipa::path(
    post, path = "/accounts/{account}/reset", tag = "administration",
    params(MemberPath, OrganisationQuery),
    responses(
        (status = 200, description = "作り直しました", body = PasswordAnswer),
        (status = 404, description = "この所属の職員ではありません"),
    )
)]
pub async fn reset(at: Member, Extract(state): Extract<State>) -> Result<Response, Problem> {
    let Member { organisation, account, now, .. } = &at;
    let new = account::reset(&state.app, at.by(), organisation, account, *now).await?;
    json(StatusCode::OK, &PasswordAnswer::new(account.clone(), &new))
}

/// ロックの解除.
#[utoipa::path(
    post, path = "/accounts/{account}/unlock", tag = "administration",
    params(MemberPath, OrganisationQuery),
    responses(
        (status = 204, description = "解除しました"),
        (status = 404, description = "この所属の職員ではありません"),
    )
)]
pub async fn unlock(at: Member, Extract(state): Extract<State>) -> Result<StatusCode, Problem> {
    let Member { organisation, account, now, .. } = &at;
    account::unlock(&state.app, at.by(), organisation, account, *now).await?;
    Ok(StatusCode::NO_CONTENT)
}
