//! What surrounds every request (リクエストの外側): its number, its line in the log, its headers.
//!
//! The log holds the template of the address (`/persons/{handle}`), never the address itself.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State as Extract};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, header};
use tracing::Instrument;

use super::State;
use crate::flash;
use crate::problem::{Code, Problem};

/// Name of the header that carries the number of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers that every answer has unless it set its own.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Gives the request a number, logs how it went and completes the answer's headers.
pub(super) async fn around(
    Extract(state): Extract<State>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = tasuki_app::id::new(state.now());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    let route = route.to_owned();
    let had_flash = flash::is_there(request.headers());
    let span = tracing::info_span!("request", request.id = %id, http.method = %method, %route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let elapsed = started.elapsed();
    span.in_scope(|| {
        let ms = elapsed.as_secs_f64() * 1_000.0;
        tracing::info!(http.status = status.as_u16(), duration_ms = ms, "answered");
    });
    count(&route, &method, status.as_u16(), elapsed.as_secs_f64());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if had_flash && status.is_success() {
        headers.append(header::SET_COOKIE, flash::cleared());
    }
    response
}

/// Refuses an address with the character NUL: no page has one, and one of the engines stores none.
pub(super) async fn readable(request: Request, next: Next) -> Response {
    let text = request.uri().path_and_query().map_or("", http::uri::PathAndQuery::as_str);
    match text.contains("%00") {
        true => Problem::new(Code::BadRequest).into_response(),
        false => next.run(request).await,
    }
}

fn count(route: &str, method: &Method, status: u16, seconds: f64) {
    // Whoever invents methods must not make figures without end.
    let known =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let method = if known.contains(method) { method.as_str() } else { "other" };
    let labels = [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", status.to_string()),
    ];
    metrics::counter!("tasuki_requests_total", &labels).increment(1);
    metrics::histogram!("tasuki_request_seconds", "route" => route.to_owned()).record(seconds);
}

/// The answer after a panic. What the panic said stays where it is: it may hold personal data.
pub(super) fn panicked(state: &State) -> Response {
    let incident = tasuki_app::id::new(state.now());
    tracing::error!(incident, "a handler panicked");
    metrics::counter!("tasuki_panics_total").increment(1);
    Problem::internal(incident).into_response()
}
