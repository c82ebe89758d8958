//! What all calls over HTTPS share: a limit on answers and one reading of refusals.

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tasuki_core::word::Word;

use crate::{GatewayError, Refusal};

/// The longest answer that is read; none of the neighbours' answers comes near it.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// The neighbour answered with a status that promises nothing.
#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct NoAnswer(StatusCode);

/// An error answer: OAuth's form (RFC 6749, section 5.2), which all our neighbours use.
#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
}

/// Sends `request` and reads a JSON answer; `what` names the answer in errors.
pub(crate) async fn json<T: DeserializeOwned>(
    request: RequestBuilder,
    what: &'static str,
) -> Result<T, GatewayError> {
    match json_or_nothing(request, what).await? {
        Some(answer) => Ok(answer),
        None => Err(GatewayError::malformed(what)),
    }
}

/// Like [`json`], and `None` for an answer without content (204).
pub(crate) async fn json_or_nothing<T: DeserializeOwned>(
    request: RequestBuilder,
    what: &'static str,
) -> Result<Option<T>, GatewayError> {
    let answer = ask(request, what).await;
    let outcome = match &answer {
        Ok(_) => "good",
        Err(GatewayError::Refused(_)) => "refused",
        Err(GatewayError::Unreachable(_)) => "unreachable",
        Err(GatewayError::Malformed { .. }) => "malformed",
    };
    metrics::counter!("tasuki_neighbour_answers_total", "answer" => what, "outcome" => outcome)
        .increment(1);
    answer
}

async fn ask<T: DeserializeOwned>(
    request: RequestBuilder,
    what: &'static str,
) -> Result<Option<T>, GatewayError> {
    // Addresses may carry a code or a token; they stay out of errors.
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if status == StatusCode::NO_CONTENT {
        return Ok(None);
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(GatewayError::Unreachable(NoAnswer(status).into()));
    }
    let body = read(response, what).await?;
    if status.is_client_error() {
        let error = serde_json::from_slice::<ErrorAnswer>(&body).ok();
        let reason = error.and_then(|answer| Refusal::from_word(&answer.error));
        return Err(GatewayError::Refused(reason.unwrap_or(Refusal::Other)));
    }
    if !status.is_success() {
        return Err(GatewayError::malformed(what));
    }
    serde_json::from_slice(&body).map(Some).map_err(|_| GatewayError::malformed(what))
}

async fn read(mut response: Response, what: &'static str) -> Result<Vec<u8>, GatewayError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(GatewayError::malformed(what));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreachable(error: reqwest::Error) -> GatewayError {
    GatewayError::Unreachable(error.without_url().into())
}
