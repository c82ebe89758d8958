//! Why something is shown or not (なぜ): every gate for every kind, in plain words.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tasuki_app::look;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::json;
use crate::api::view::WhyView;
use crate::problem::Problem;
use crate::server::State;

/// 種類ごとの、決まりの答え.
#[derive(Serialize, ToSchema)]
pub struct WhyAnswer {
    /// 書類の種類, in the order of the sharing table.
    kinds: Vec<WhyView>,
}

/// 見られる・見られない理由. Recorded as a look; no paper is opened.
#[utoipa::path(
    get, path = "/persons/{handle}/why", tag = "person",
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 200, description = "決まりの答え", body = WhyAnswer),
        (status = 404, description = "いないか、表示できません"),
    )
)]
pub async fn why(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let visitor = by.visitor()?;
    let person = by.person(&state, &handle)?;
    let answers = look::why(&state.app, &visitor, &person, state.now()).await?;
    let kinds = answers.iter().map(WhyView::of).collect();
    json(StatusCode::OK, &WhyAnswer { kinds })
}
