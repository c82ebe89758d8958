//! Tokens: the assertion that we sign, and the ID token that we verify.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;

use super::IdentitySettings;
use crate::GatewayError;
use crate::card::CardReference;

/// Source: RFC 7523, section 2.2.
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Life of our assertion in seconds; it is used at once.
const ASSERTION_SECONDS: i64 = 60;

/// Clocks may differ by this many seconds.
const SKEW_SECONDS: i64 = 60;

/// The longest `sub`. Source: OpenID Connect Core 1.0, section 2.
const SUBJECT_MAX: usize = 255;

#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) access_token: String,
    pub(super) token_type: String,
    pub(super) id_token: String,
}

#[derive(Deserialize)]
pub(super) struct UserInfo {
    pub(super) sub: String,
    pub(super) card_reference: CardReference,
}

/// Claims of the ID token. `aud` is one text: we accept no token made for several.
#[derive(Deserialize)]
pub(super) struct IdClaims {
    pub(super) sub: String,
    iss: String,
    aud: String,
    /// Seconds since 1970.
    exp: i64,
    /// Seconds since 1970.
    iat: i64,
    nonce: String,
}

#[derive(Serialize)]
struct AssertionClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    exp: i64,
}

/// Proves to the token endpoint who we are (`private_key_jwt`).
pub(super) fn client_assertion(
    key: &EncodingKey,
    client_id: &str,
    token_endpoint: &str,
    now: AtMs,
    random: [u8; 16],
) -> Result<String, GatewayError> {
    let iat = now.0.div_euclid(1000);
    let claims = AssertionClaims {
        iss: client_id,
        sub: client_id,
        aud: token_endpoint,
        jti: hex::encode(random),
        iat,
        exp: iat + ASSERTION_SECONDS,
    };
    jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, key)
        .map_err(|_| GatewayError::malformed("client key setting"))
}

/// The key that the token names; trusted only after [`verify`].
pub(super) fn key_id(id_token: &str) -> Result<String, GatewayError> {
    jsonwebtoken::decode_header(id_token)
        .ok()
        .and_then(|header| header.kid)
        .ok_or(GatewayError::malformed("header of the ID token"))
}

/// Verifies signature (ES256 and nothing else), issuer, audience, times and nonce.
pub(super) fn verify(
    id_token: &str,
    key: &Jwk,
    settings: &IdentitySettings,
    nonce: &str,
    now: AtMs,
) -> Result<IdClaims, GatewayError> {
    let key =
        DecodingKey::from_jwk(key).map_err(|_| GatewayError::malformed("key of the ID token"))?;
    let mut rules = Validation::new(Algorithm::ES256);
    // Times are judged below, by the time that the caller gave and not by the machine's.
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<IdClaims>(id_token, &key, &rules)
        .map_err(|_| GatewayError::malformed("signature or form of the ID token"))?
        .claims;
    let now_seconds = now.0.div_euclid(1000);
    let checks = [
        (claims.iss == settings.issuer, "issuer of the ID token"),
        (claims.aud == settings.client_id, "audience of the ID token"),
        (now_seconds < claims.exp.saturating_add(SKEW_SECONDS), "end of the ID token"),
        (claims.iat <= now_seconds.saturating_add(SKEW_SECONDS), "issue time of the ID token"),
        (claims.nonce == nonce, "nonce of the ID token"),
        ((1..=SUBJECT_MAX).contains(&claims.sub.len()), "subject of the ID token"),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(GatewayError::malformed(what)),
        None => Ok(claims),
    }
}
