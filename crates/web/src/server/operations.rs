//! Health and metrics (稼働の確認), for the operator's machines.

use axum::Json;
use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;

use super::State;
use crate::problem::{Code, Problem};

#[derive(Serialize)]
struct Health {
    status: &'static str,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// The process answers.
pub(super) async fn live() -> Response {
    Json(Health { status: "live", checks: Vec::new() }).into_response()
}

/// Everything that a look needs is there: the database reads, and the log can be written.
pub(super) async fn ready(Extract(state): Extract<State>) -> Response {
    let probe = tasuki_app::health::probe(&state.app).await;
    let checks = vec![
        Check {
            name: "database",
            ok: probe.reads,
            reason: (!probe.reads).then_some("the database cannot be read"),
        },
        Check {
            name: "writer",
            ok: probe.writes,
            reason: (!probe.writes).then_some("the writer of the event log does not answer"),
        },
    ];
    let ok = checks.iter().all(|check| check.ok);
    let (status, word) = match ok {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    (status, Json(Health { status: word, checks })).into_response()
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
