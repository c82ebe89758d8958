//! Who may use the sign-in: services registered with the provider.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;

/// A service that may send people to the sign-in (利用サービス).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientRegistration {
    /// What the provider calls the service.
    pub client_id: String,
    /// The service's name, as the sign-in page shows it.
    pub name: String,
    /// Addresses to which people may be sent back, compared letter by letter.
    pub redirect_uris: Vec<String>,
    /// The service's ECDSA P-256 public key, SPKI PEM.
    pub public_key_pem: String,
}

/// Seconds that an assertion may live at most.
const ASSERTION_SECONDS: i64 = 300;

/// Seconds that clocks may differ.
const SKEW_SECONDS: i64 = 60;

/// Life of a remembered assertion id: longer than any assertion.
pub(crate) const ASSERTION_MS: i64 = (ASSERTION_SECONDS + 2 * SKEW_SECONDS) * 1000;

/// Claims of a client assertion. Source: RFC 7523, section 3.
#[derive(Deserialize)]
struct Assertion {
    iss: String,
    sub: String,
    aud: String,
    jti: String,
    exp: i64,
}

impl ClientRegistration {
    /// Verifies `assertion` for `audience` and returns its id, which must be new to the caller.
    pub(crate) fn verify(&self, assertion: &str, audience: &str, now: AtMs) -> Option<String> {
        let key = DecodingKey::from_ec_pem(self.public_key_pem.as_bytes()).ok()?;
        let mut rules = Validation::new(Algorithm::ES256);
        // Judged below, by the sandbox's clock.
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Assertion>(assertion, &key, &rules).ok()?.claims;
        let now_seconds = now.0.div_euclid(1000);
        let latest = now_seconds + ASSERTION_SECONDS + SKEW_SECONDS;
        let good = claims.iss == self.client_id
            && claims.sub == self.client_id
            && claims.aud == audience
            && claims.exp.saturating_add(SKEW_SECONDS) > now_seconds
            && claims.exp <= latest
            && (16..=64).contains(&claims.jti.len());
        good.then(|| format!("{}\n{}", self.client_id, claims.jti))
    }
}
