//! `/token` and `/userinfo`: the service's own calls.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use tasuki_core::date::AtMs;

use super::{ACCESS_MS, Access, Code, Provider};

/// Life of an ID token; it is verified at once.
const ID_TOKEN_SECONDS: i64 = 300;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[derive(Deserialize)]
pub(super) struct TokenForm {
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    client_id: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

#[derive(Serialize)]
struct IdClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    nonce: &'a str,
    /// Source: RFC 8176: a smart card and its PIN.
    amr: [&'static str; 2],
}

/// Exchanges a code for tokens.
pub(super) async fn token(
    State(provider): State<Arc<Provider>>,
    Form(form): Form<TokenForm>,
) -> Response {
    let now = provider.now();
    if form.grant_type.as_deref() != Some("authorization_code") {
        return error(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let Some(client_id) = provider.authenticate(&form, now) else {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    };
    let redeemed = form.code.as_deref().and_then(|code| provider.redeem(code, &client_id, &form));
    redeemed.unwrap_or_else(|| error(StatusCode::BAD_REQUEST, "invalid_grant"))
}

/// Tells the service whose access token this is.
pub(super) async fn userinfo(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let access = token.and_then(|token| provider.accesses.look(token, provider.now()));
    match access {
        Some(Access { subject, card_reference: Some(reference) }) => {
            Json(json!({ "sub": subject, "card_reference": reference })).into_response()
        }
        Some(Access { subject, card_reference: None }) => {
            Json(json!({ "sub": subject })).into_response()
        }
        None => {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            (challenge, error(StatusCode::UNAUTHORIZED, "invalid_token")).into_response()
        }
    }
}

impl Provider {
    /// The client that signed the assertion, which is good for one call.
    fn authenticate(&self, form: &TokenForm, now: AtMs) -> Option<String> {
        if form.client_assertion_type.as_deref() != Some(ASSERTION_TYPE) {
            return None;
        }
        let client = self.client(form.client_id.as_deref()?)?;
        let assertion = form.client_assertion.as_deref()?;
        let id = client.verify(assertion, &self.token_endpoint(), now)?;
        self.assertions.keep_under(&id, (), now).then_some(client.client_id)
    }

    /// Redeems a code, which is spent whatever comes of it. A code that comes a second time was
    /// seen by a stranger: the token that the first one got ends, too (RFC 6749, section 4.1.2).
    fn redeem(&self, code: &str, client_id: &str, form: &TokenForm) -> Option<Response> {
        let now = self.now();
        let (ticket, card_reference, signed_in_at) = match self.codes.take(code, now)? {
            Code::Fresh { ticket, card_reference, signed_in_at } => {
                (ticket, card_reference, signed_in_at)
            }
            Code::Used { access_token } => {
                self.accesses.take(&access_token, now);
                return None;
            }
        };
        let verifier = form.code_verifier.as_deref()?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let belongs = ticket.client_id == client_id
            && form.redirect_uri.as_deref() == Some(ticket.redirect_uri.as_str())
            && (43..=128).contains(&verifier.len())
            && challenge == ticket.code_challenge;
        if !belongs {
            return None;
        }
        let subject = self.subject(client_id, &card_reference);
        let id_token = self.id_token(client_id, &subject, &ticket.nonce, signed_in_at, now)?;
        let card_reference = ticket.gives_reference.then_some(card_reference);
        let access_token = self.accesses.keep(Access { subject, card_reference }, now)?;
        self.codes.keep_under(code, Code::Used { access_token: access_token.clone() }, now);
        let answer = json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": ACCESS_MS / 1000,
            "id_token": id_token,
        });
        Some(Json(answer).into_response())
    }

    fn id_token(
        &self,
        client_id: &str,
        subject: &str,
        nonce: &str,
        signed_in_at: AtMs,
        now: AtMs,
    ) -> Option<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid.clone_from(&self.public_key.common.key_id);
        let iat = now.0.div_euclid(1000);
        let claims = IdClaims {
            iss: &self.issuer,
            sub: subject,
            aud: client_id,
            iat,
            exp: iat + ID_TOKEN_SECONDS,
            auth_time: signed_in_at.0.div_euclid(1000),
            nonce,
            amr: ["sc", "pin"],
        };
        jsonwebtoken::encode(&header, &claims, &self.key).ok()
    }
}

/// Source: RFC 6749, section 5.2.
fn error(status: StatusCode, word: &'static str) -> Response {
    (status, Json(json!({ "error": word }))).into_response()
}
