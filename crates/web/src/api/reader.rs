//! The line of the reader (カード読取アプリ): bound to the device's certificate, without a token.
//!
//! Refusals have the neighbours' form, `{"error": "<word>"}`: see `docs/protocols/3-neighbours.md`
//! §3.4.

use axum::Json;
use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use tasuki_app::card;
use tasuki_app::neighbours::NeighbourError;
use tasuki_core::word::Word;
use tasuki_gateway::reader::ReaderAnswer;

use super::body::Strict;
use super::token::Certificate;
use crate::problem::Problem;
use crate::server::State;

/// What a page of this device waits for.
#[utoipa::path(
    get, path = "/reader/challenge", tag = "reader", security(),
    responses(
        (status = 200, description = "カードに署名させるもの", content_type = "application/json"),
        (status = 204, description = "待っている画面はありません"),
        (status = 403, description = "クライアント証明書がないか、使えません"),
    )
)]
pub async fn challenge(
    Extract(state): Extract<State>,
    device: Certificate,
) -> Result<Response, Problem> {
    match card::challenge(&state.app, device.sha256(), state.now()).await? {
        Some(challenge) => Ok(Json(challenge).into_response()),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// What a card made of a challenge; each challenge is answered once.
#[utoipa::path(
    post, path = "/reader/answer", tag = "reader", security(),
    request_body(content_type = "application/json", description = "証明書と署名（protocol 3.4）"),
    responses(
        (status = 200, description = "読み取りの結果", content_type = "application/json"),
        (status = 403, description = "クライアント証明書がないか、使えません"),
        (status = 409, description = "この読み取りは終わっています"),
    )
)]
pub async fn answer(
    Extract(state): Extract<State>,
    device: Certificate,
    Strict(answer): Strict<ReaderAnswer>,
) -> Result<Response, Problem> {
    match card::answer(&state.app, device.sha256(), &answer, state.now()).await {
        Ok(receipt) => Ok(Json(receipt).into_response()),
        Err(NeighbourError::App(error)) => Err(error.into()),
        Err(NeighbourError::Refused(refusal)) => {
            let body = Json(json!({ "error": refusal.word() }));
            Ok((StatusCode::CONFLICT, body).into_response())
        }
        Err(error @ (NeighbourError::NotConfigured | NeighbourError::Away(_))) => {
            Err(tasuki_app::AppError::Unavailable(error.into()).into())
        }
    }
}
