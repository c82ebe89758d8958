//! The online eligibility system (オンライン資格確認等システムの代わり).

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tasuki_core::date::AtMs;
use tasuki_core::word::Word;
use tasuki_gateway::Refusal;
use tasuki_gateway::card::{CardReference, signed_message};
use tasuki_gateway::online_eligibility::{
    EligiblePerson, IdentifyAnswer, IdentifyRequest, ReferenceRequest,
};
use tasuki_tls::Clock;

use crate::jpki::CardAuthority;
use crate::{Home, RegisteredCard, SandboxError, certificate, pages};

/// A certificate, a challenge and a signature take about three kilobytes.
const BODY_BYTES_MAX: usize = 32 * 1024;

/// Bytes of a challenge: enough to be fresh, few enough to be no document.
const CHALLENGE_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// Which insured persons belong to a card (カードと被保険者の対応).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EligibilityEntry {
    /// The card's holder.
    pub card_reference: CardReference,
    /// The person at the present insurer first, then at former ones; may be empty.
    pub persons: Vec<EligiblePerson>,
}

pub(crate) struct Eligibility {
    pub(crate) home: Home,
    pub(crate) authority: Arc<CardAuthority>,
    pub(crate) clock: Clock,
}

/// Why there is no answer.
enum NoAnswer {
    Refused(Refusal),
    Broken(SandboxError),
}

impl From<Refusal> for NoAnswer {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<SandboxError> for NoAnswer {
    fn from(error: SandboxError) -> Self {
        Self::Broken(error)
    }
}

impl From<JsonRejection> for NoAnswer {
    fn from(_: JsonRejection) -> Self {
        Self::Refused(Refusal::InvalidRequest)
    }
}

impl IntoResponse for NoAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => {
                let body = json!({ "error": refusal.word() });
                (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
            }
            Self::Broken(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "the eligibility system failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl Eligibility {
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/v1/identify", post(identify))
            .route("/v1/by-reference", post(by_reference))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(axum::middleware::map_response(pages::guard))
            .with_state(Arc::new(self))
    }

    fn now(&self) -> AtMs {
        AtMs(self.clock.now_ms())
    }

    /// The persons of a card that is not revoked.
    fn persons(&self, card: Option<RegisteredCard>) -> Result<IdentifyAnswer, NoAnswer> {
        let card = card.ok_or(Refusal::UnknownPerson)?;
        if card.revoked_at_ms.is_some() {
            return Err(Refusal::Revoked.into());
        }
        let entries = self.home.eligibility()?;
        let entry = entries.into_iter().find(|entry| entry.card_reference == card.card_reference);
        match entry {
            Some(EligibilityEntry { persons, .. }) if !persons.is_empty() => {
                Ok(IdentifyAnswer { persons })
            }
            _ => Err(Refusal::UnknownPerson.into()),
        }
    }
}

/// Whose card signed the platform's challenge?
async fn identify(
    State(eligibility): State<Arc<Eligibility>>,
    request: Result<Json<IdentifyRequest>, JsonRejection>,
) -> Result<Json<IdentifyAnswer>, NoAnswer> {
    let Json(request) = request?;
    let decode = |text: &str| STANDARD.decode(text).map_err(|_| Refusal::InvalidRequest);
    let challenge = decode(&request.challenge)?;
    if !CHALLENGE_BYTES.contains(&challenge.len()) {
        return Err(Refusal::InvalidRequest.into());
    }
    let serial = certificate::check(
        &decode(&request.certificate)?,
        eligibility.authority.certificate(),
        &signed_message(&challenge, request.check),
        &decode(&request.signature)?,
        eligibility.now(),
    )?;
    let card = eligibility.home.cards()?.into_iter().find(|card| card.serial_hex == serial);
    eligibility.persons(card).map(Json)
}

/// Whom does the sign-in mean by this reference?
async fn by_reference(
    State(eligibility): State<Arc<Eligibility>>,
    request: Result<Json<ReferenceRequest>, JsonRejection>,
) -> Result<Json<IdentifyAnswer>, NoAnswer> {
    let Json(request) = request?;
    let cards = eligibility.home.cards()?;
    let card = cards.into_iter().find(|card| card.card_reference == request.card_reference);
    eligibility.persons(card).map(Json)
}
