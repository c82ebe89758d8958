//! Tokens: the assertion that we sign, and the ID token that we verify.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;

use super::{Citizen, IdentitySettings};
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

/// Who signed in, when ID token and user information speak of the same person.
pub(super) fn citizen(claims: IdClaims, info: UserInfo) -> Result<Citizen, GatewayError> {
    if info.sub != claims.sub {
        return Err(GatewayError::malformed("subject of the user information"));
    }
    Ok(Citizen { subject: claims.sub, card_reference: info.card_reference })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use serde_json::{Value, json};

    use super::*;

    const NOW: AtMs = AtMs(1_795_132_800_000);

    fn key() -> EncodingKey {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        EncodingKey::from_ec_der(pkcs8.unwrap().as_ref())
    }

    fn settings() -> IdentitySettings {
        IdentitySettings {
            issuer: "https://provider.invalid".to_owned(),
            client_id: "RP1".to_owned(),
            client_key_pem: String::new(),
            redirect_uri: String::new(),
        }
    }

    fn good() -> Value {
        let now = NOW.0 / 1000;
        json!({
            "iss": "https://provider.invalid", "aud": "RP1", "sub": "someone", "nonce": "n",
            "iat": now, "exp": now + 300,
        })
    }

    /// What [`verify`] says to `claims` signed by one key and verified by `other` or the same.
    fn check(claims: &Value, other: Option<&EncodingKey>) -> Result<IdClaims, GatewayError> {
        let signer = key();
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, &signer).unwrap();
        let public = Jwk::from_encoding_key(other.unwrap_or(&signer), Algorithm::ES256).unwrap();
        verify(&token, &public, &settings(), "n", NOW)
    }

    #[test]
    fn each_claim_is_checked() {
        assert!(check(&good(), None).is_ok());
        let now = NOW.0 / 1000;
        for (name, value) in [
            ("iss", json!("https://other.invalid")),
            ("aud", json!("RP2")),
            ("aud", json!(["RP1", "RP2"])),
            ("exp", json!(now - 60)),
            ("iat", json!(now + 61)),
            ("nonce", json!("other")),
            ("sub", json!("")),
            ("sub", json!("x".repeat(256))),
        ] {
            let mut claims = good();
            claims[name] = value;
            assert!(matches!(check(&claims, None), Err(GatewayError::Malformed { .. })), "{name}");
        }
    }

    #[test]
    fn only_the_named_key_and_es256_are_taken() {
        assert!(check(&good(), Some(&key())).is_err());
        let signer = key();
        let public = Jwk::from_encoding_key(&signer, Algorithm::ES256).unwrap();
        let secret = EncodingKey::from_secret(b"secret");
        for token in [
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), &good(), &secret).unwrap(),
            "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        ] {
            assert!(verify(&token, &public, &settings(), "n", NOW).is_err());
        }
    }

    #[test]
    fn both_answers_speak_of_one_person() {
        let info = |sub: &str| UserInfo {
            sub: sub.to_owned(),
            card_reference: CardReference::parse("0123456789abcdef").unwrap(),
        };
        assert!(citizen(check(&good(), None).unwrap(), info("someone")).is_ok());
        assert!(citizen(check(&good(), None).unwrap(), info("another")).is_err());
    }
}
