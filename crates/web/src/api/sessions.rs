//! Where the account is signed in (サインインしている端末): tokens of this account, and ending them.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tasuki_app::auth;
use tasuki_app::auth::session::OwnSession;
use tasuki_core::account::Organisation;
use utoipa::ToSchema;

use super::Software;
use super::body::{StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery};
use crate::problem::Problem;
use crate::server::State;

/// サインインしている端末.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// サインインの番号: names it when it is ended.
    session: String,
    /// 端末の名前.
    device_name: String,
    /// 所属.
    organisation: Option<Organisation>,
    /// 始まり.
    created_at: Moment,
    /// 最後に使った日時, to the minute.
    seen_at: Moment,
    /// この要求のトークンのもの.
    current: bool,
}

impl From<OwnSession> for SessionView {
    fn from(own: OwnSession) -> Self {
        Self {
            session: own.session,
            device_name: own.device_name,
            organisation: own.organisation,
            created_at: own.created_at.into(),
            seen_at: own.seen_at.into(),
            current: own.current,
        }
    }
}

/// サインインしている端末の一覧: where this account has tokens, newest first.
#[utoipa::path(
    get, path = "/me/sessions", tag = "office", params(PageQuery),
    responses((status = 200, description = "端末の一覧", body = Page<SessionView>))
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let own = auth::sessions(&state.app, &by.0, state.now()).await?;
    let page = query.of(own, |own: &OwnSession| own.session.clone())?;
    json(StatusCode::OK, &page.map(SessionView::from))
}

/// ほかのサインインをすべて終わらせる: every token of this account but this one.
#[utoipa::path(
    delete, path = "/me/sessions", tag = "office",
    responses((status = 204, description = "終わらせました"))
)]
pub async fn end_others(
    by: Software,
    Extract(state): Extract<State>,
) -> Result<StatusCode, Problem> {
    auth::end_all_sessions(&state.app, &by.0, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// サインインを1つ終わらせる.
#[utoipa::path(
    delete, path = "/me/sessions/{session}", tag = "office",
    params(("session" = String, Path, description = "サインインの番号")),
    responses(
        (status = 204, description = "終わらせました"),
        (status = 404, description = "ありません"),
    )
)]
pub async fn end(
    by: Software,
    Extract(state): Extract<State>,
    Path(session): Path<String>,
) -> Result<StatusCode, Problem> {
    auth::end_session(&state.app, &by.0, &session, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
