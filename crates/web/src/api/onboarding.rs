//! The first steps of an organisation (利用開始のチェックリスト), each computed from what is there.

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tasuki_app::onboarding::{self, Check, Item};
use utoipa::ToSchema;

use super::Software;
use super::body::json;
use super::paging::Page;
use crate::problem::Problem;
use crate::server::State;

/// はじめにすること.
#[derive(Serialize, ToSchema)]
pub struct CheckView {
    /// すること.
    item: Item,
    /// 済んだ.
    done: bool,
    /// 次にすること; empty when it is done.
    next: &'static str,
}

impl From<Check> for CheckView {
    fn from(Check { item, done, next }: Check) -> Self {
        Self { item, done, next }
    }
}

/// 利用開始のチェックリスト, for this device and account.
#[utoipa::path(
    get, path = "/onboarding", tag = "office",
    responses((status = 200, description = "チェックリスト", body = Page<CheckView>))
)]
pub async fn list(by: Software, Extract(state): Extract<State>) -> Result<Response, Problem> {
    let checks = onboarding::checks(&state.app, &by.0, state.now()).await?;
    let items: Vec<_> = checks.into_iter().map(CheckView::from).collect();
    json(StatusCode::OK, &Page { items, next: None })
}
