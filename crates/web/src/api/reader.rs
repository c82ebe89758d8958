//! The line of the reader (カード読取アプリ): bound to the device's certificate, without a token.
//!
//! Refusals have the neighbours' form, `{"error": "<word>"}`: see `docs/protocols/3-neighbours.md`
//! §3.4.

use axum::Json;
use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use tasuki_app::card;
use tasuki_app::neighbours::NeighbourError;
use tasuki_core::word::Word;
use tasuki_gateway::reader::{ReaderAnswer, ReaderChallenge, ReaderReceipt};
use utoipa::ToSchema;

use super::body::Strict;
use super::token::Certificate;
use crate::problem::Problem;
use crate::server::State;

/// カードを待つ画面: what a page of this device waits for.
#[utoipa::path(
    get, path = "/reader/challenge", tag = "reader", security(),
    responses(
        (status = 200, description = "カードに署名させるもの", body = ReaderChallenge),
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

/// 隣のシステムの形の断り.
#[derive(Serialize, ToSchema)]
pub struct RefusalAnswer {
    /// 理由の言葉.
    error: &'static str,
}

/// カードの答え: each challenge is answered once.
#[utoipa::path(
    post, path = "/reader/answer", tag = "reader", security(),
    request_body(content = ReaderAnswer, description = "証明書と署名（protocol 3.4）"),
    responses(
        (status = 200, description = "読み取りの結果", body = ReaderReceipt),
        (status = 403, description = "クライアント証明書がないか、使えません"),
        (
            status = 409, description = "この読み取りは終わっています", body = RefusalAnswer,
            content_type = "application/json",
        ),
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
            let body = Json(RefusalAnswer { error: refusal.word() });
            Ok((StatusCode::CONFLICT, body).into_response())
        }
        Err(error @ (NeighbourError::NotConfigured | NeighbourError::Away(_))) => {
            Err(tasuki_app::AppError::Unavailable(error.into()).into())
        }
    }
}
