//! The citizen's sign-in (デジタル認証アプリの代わり): an OpenID Connect provider over virtual cards.
//!
//! Source: OpenID Connect Core 1.0, Discovery 1.0; RFC 6749, RFC 7636 (PKCE), RFC 7523
//! (`private_key_jwt`), RFC 9207 (issuer in the redirect).

mod authorize;
mod card_check;
mod sign_in;
mod token;

use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;
use tasuki_core::date::AtMs;
use tasuki_gateway::card::CardReference;
use tasuki_tls::Clock;

use crate::jpki::CardAuthority;
use crate::once::Once;
use crate::{ClientRegistration, Home, SandboxError, clients, pages};

/// Time to find a card and type the PIN.
const TICKET_MS: i64 = 10 * 60 * 1000;
/// Life of a code; it goes through the browser, so it is short.
const CODE_MS: i64 = 60 * 1000;
/// Life of an access token.
const ACCESS_MS: i64 = 5 * 60 * 1000;

/// A sign-in that a service asked for.
#[derive(Clone)]
struct Ticket {
    client_id: String,
    client_name: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    code_challenge: String,
    gives_reference: bool,
}

/// What a code stands for; after its first use, the access token that it gave.
#[derive(Clone)]
enum Code {
    Fresh { ticket: Ticket, card_reference: CardReference, signed_in_at: AtMs },
    Used { access_token: String },
}

/// What an access token opens.
#[derive(Clone)]
struct Access {
    subject: String,
    card_reference: Option<CardReference>,
}

pub(crate) struct Provider {
    home: Home,
    authority: Arc<CardAuthority>,
    clock: Clock,
    issuer: String,
    key: EncodingKey,
    public_key: Jwk,
    pairwise: hmac::Key,
    tickets: Once<Ticket>,
    codes: Once<Code>,
    accesses: Once<Access>,
    assertions: Once<()>,
}

impl Provider {
    pub(crate) fn open(
        home: Home,
        authority: Arc<CardAuthority>,
        clock: Clock,
        issuer: String,
    ) -> Result<Self, SandboxError> {
        let pem =
            home.text_or("provider-key.pem", || Ok(rcgen::KeyPair::generate()?.serialize_pem()))?;
        let key = EncodingKey::from_ec_pem(pem.as_bytes())?;
        let mut public_key = Jwk::from_encoding_key(&key, Algorithm::ES256)?;
        public_key.common.key_id = Some(public_key.thumbprint(ThumbprintHash::SHA256)?);
        let salt = home.text_or("pairwise-salt", || Ok(hex::encode(rand::random::<[u8; 32]>())))?;
        Ok(Self {
            home,
            authority,
            clock,
            issuer,
            key,
            public_key,
            pairwise: hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes()),
            tickets: Once::new(TICKET_MS),
            codes: Once::new(CODE_MS),
            accesses: Once::new(ACCESS_MS),
            assertions: Once::new(clients::ASSERTION_MS),
        })
    }

    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(keys))
            .route("/authorize", get(authorize::authorize))
            .route("/sign-in", get(sign_in::page).post(sign_in::submit))
            .route("/token", post(token::token))
            .route("/userinfo", get(token::userinfo))
            .route("/style.css", get(pages::style))
            .layer(axum::middleware::map_response(pages::guard))
            .with_state(Arc::new(self))
    }

    fn client(&self, client_id: &str) -> Option<ClientRegistration> {
        let clients = self.home.clients().ok()?;
        clients.into_iter().find(|client| client.client_id == client_id)
    }

    /// `sub`: the same holder at two services cannot be recognised as the same.
    ///
    /// The sector is the client id and not the host of its address: on one machine all share it.
    fn subject(&self, client_id: &str, card_reference: &CardReference) -> String {
        let text = format!("{client_id}\n{}", card_reference.expose());
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.pairwise, text.as_bytes()))
    }

    fn now(&self) -> AtMs {
        AtMs(self.clock.now_ms())
    }

    fn token_endpoint(&self) -> String {
        format!("{}/token", self.issuer)
    }
}

async fn metadata(State(provider): State<Arc<Provider>>) -> Response {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": provider.token_endpoint(),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "scopes_supported": ["openid", "card_reference"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["ja"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr"],
    }))
    .into_response()
}

async fn keys(State(provider): State<Arc<Provider>>) -> Response {
    Json(json!({ "keys": [provider.public_key] })).into_response()
}
