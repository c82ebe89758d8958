//! Health and metrics (稼働の確認), for the operator's machines.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use tasuki_app::health::{self, Check, Verdict};

use super::State;
use crate::problem::{Code, Problem};

/// The health of this process (稼働の状態).
#[derive(Serialize)]
struct Health {
    /// It answers.
    live: bool,
    /// Looks can happen: no check is bad.
    ready: bool,
    checks: Vec<Check>,
}

/// The process answers; nothing else is looked at.
pub(super) async fn live() -> Response {
    axum::Json(serde_json::json!({ "live": true })).into_response()
}

/// Live, ready, and why not: 503 while one check is bad.
pub(super) async fn health(Extract(state): Extract<State>) -> Response {
    let mut checks = health::checks(&state.app).await;
    if let Some(machine) = &state.machine {
        checks.extend(machine(state.now()));
    }
    let ready = checks.iter().all(|check| check.verdict != Verdict::Bad);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(Health { live: true, ready, checks })).into_response()
}

/// Figures in the text format of Prometheus.
pub(super) async fn metrics(Extract(state): Extract<State>) -> Response {
    match &state.figures {
        Some(figures) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (kind, figures.render()).into_response()
        }
        None => Problem::new(Code::NotFound).into_response(),
    }
}
