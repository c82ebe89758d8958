//! Periods and limits (設定), each version kept.

use axum::extract::State as Extract;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use tasuki_app::caller::By;
use tasuki_app::{Settings, setting};

use crate::api::Software;
use crate::api::body::{self, Strict};
use crate::api::conditional::{self, IfMatch};
use crate::problem::{Code, Problem};
use crate::server::State;

/// 設定（期間と回数）, with its version as `ETag`.
#[utoipa::path(
    get, path = "/settings", tag = "operator",
    responses(
        (status = 200, description = "設定", body = Settings, headers(("ETag" = String))),
        (status = 403, description = "運営者ではありません"),
    )
)]
pub async fn show(
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
    put, path = "/settings", tag = "operator", request_body = Settings,
    params(IfMatch),
    responses(
        (status = 204, description = "変えました"),
        (status = 403, description = "運営者ではありません"),
        (status = 412, description = "先に別の変更がありました"),
        (status = 422, description = "決められた範囲をこえています"),
    )
)]
pub async fn save(
    by: Software,
    Extract(state): Extract<State>,
    IfMatch { version }: IfMatch,
    Strict(sent): Strict<Settings>,
) -> Result<StatusCode, Problem> {
    let done = setting::set_periods(&state.app, by.caller(), &sent, version, state.now()).await;
    conditional::stale(done)
}
