//! Writes sent twice (二重送信): the header `Idempotency-Key` makes a write happen once.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State as Extract};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use sha2::{Digest, Sha256};
use tasuki_app::AppError;
use tasuki_app::once::{self, Answer, Claim};
use tasuki_store::idempotency::Hold;

use super::{Software, body};
use crate::problem::{Code, Problem};
use crate::server::State;

/// The header that names a write.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Set on an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest key, in characters.
const LONGEST_KEY: usize = 255;

/// Largest body of a write with a key, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// Layer over the routes of software: a write with a key is done once.
///
/// Answers are kept for the key but for those that promise nothing about the next try (401, 429,
/// 5xx): these free the key, a 5xx only when nothing of the write was committed. A key belongs to
/// the organisation of the token: without one it says nothing, and the route itself answers.
pub(super) async fn once(
    Extract(state): Extract<State>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let nobody = !request.headers().contains_key(header::AUTHORIZATION);
    let Some(key) = request.headers().get(KEY).filter(|_| !reads && !nobody).cloned() else {
        return Ok(next.run(request).await);
    };
    let key = key.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| body::invalid("Idempotency-Key", "idempotency-key"))?;
    let (mut parts, body) = request.into_parts();
    let by = Software::from_request_parts(&mut parts, &state).await?;
    parts.extensions.insert(by.clone());
    let staff = by.caller();
    let sent = to_bytes(body, MOST_BYTES).await.map_err(|_| Problem::new(Code::TooLarge))?;
    let digest = digest(&by, &parts, &sent);
    match once::claim(&state.app, staff, key, &digest, state.now()).await? {
        Claim::Answered(answer) => Ok(again(answer)),
        Claim::Fresh(hold) => {
            let work = next.run(Request::from_parts(parts, Body::from(sent)));
            let response = hold.clone().during(work).await;
            settle(&state, &hold, response).await
        }
    }
}

fn digest(by: &Software, parts: &Parts, sent: &[u8]) -> String {
    let mut hash = Sha256::new();
    let uri = parts.uri.to_string();
    let condition = parts.headers.get(header::IF_MATCH).map_or(&[][..], HeaderValue::as_bytes);
    let (account, method) = (by.caller().account.as_bytes(), parts.method.as_str().as_bytes());
    for part in [account, method, uri.as_bytes(), condition] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(sent);
    hex::encode(hash.finalize())
}

/// Keeps the answer under its key, or frees the key.
async fn settle(state: &State, hold: &Hold, response: Response) -> Result<Response, Problem> {
    let status = response.status();
    if status.is_server_error() {
        once::release(&state.app, hold).await?;
        return Ok(response);
    }
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) {
        once::forget(&state.app, hold).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(AppError::internal)?;
    let answer = Answer { status: status.as_u16(), body: body.to_vec() };
    once::fill(&state.app, hold, &answer).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// The answer that was given before.
fn again(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let empty = answer.body.is_empty();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = status;
    if !empty {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
