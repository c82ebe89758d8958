//! Notices to the organisation (お知らせ): a code and its parameters, never personal data.

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use tasuki_app::notice::{self, Notice};
use utoipa::ToSchema;

use super::Software;
use super::body::{StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery};
use crate::problem::Problem;
use crate::server::State;

/// お知らせ.
#[derive(Serialize, ToSchema)]
pub struct NoticeView {
    /// お知らせの番号.
    id: String,
    /// お知らせの種類, for example `access-lost`.
    code: String,
    /// 種類ごとの内容.
    #[schema(value_type = Object)]
    params: Option<Box<RawValue>>,
    /// お知らせの日時.
    made_at: Moment,
    /// だれかが読んだ日時.
    read_at: Option<Moment>,
}

/// お知らせ, newest first, of the newest 200.
#[utoipa::path(
    get, path = "/notices", tag = "office", params(PageQuery),
    responses((status = 200, description = "お知らせの一覧", body = Page<NoticeView>))
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let notices = notice::list(&state.app, by.caller()).await?;
    let page = query.of(notices, |notice: &Notice| notice.id.clone())?;
    let view = |notice: Notice| NoticeView {
        id: notice.id,
        code: notice.code,
        params: RawValue::from_string(notice.params).ok(),
        made_at: notice.made_at.into(),
        read_at: notice.read_at.map(Moment),
    };
    json(StatusCode::OK, &page.map(view))
}

/// すべて読んだ: marks every notice up to now as read, for the whole organisation.
#[utoipa::path(
    post, path = "/notices/read", tag = "office",
    responses((status = 204, description = "読みました"))
)]
pub async fn read(by: Software, Extract(state): Extract<State>) -> Result<StatusCode, Problem> {
    notice::mark_read(&state.app, by.caller(), state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
