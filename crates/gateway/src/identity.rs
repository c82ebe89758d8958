//! The citizen's sign-in (デジタル認証アプリ): an OpenID Connect relying party.
//!
//! Code flow with PKCE (S256), state, nonce, and a signed client assertion (`private_key_jwt`), as
//! the national service asks for. What comes back is a pseudonym, never a name or a number.
//!
//! Source: OpenID Connect Core 1.0; RFC 7636, RFC 7523, RFC 9207.

mod provider;
mod token;

use std::fmt;
use std::sync::{Arc, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tasuki_core::date::AtMs;

use crate::card::CardReference;
use crate::{GatewayError, Refusal, http};
use provider::Provider;
use token::{TokenAnswer, UserInfo};

/// How long a person may take from our page to the provider and back.
const ATTEMPT_MS: i64 = 10 * 60 * 1000;

/// `card_reference` is our own; the national service has no such scope (unverified what it offers).
const SCOPE: &str = "openid card_reference";

/// Who we are at the provider.
#[derive(Clone)]
pub struct IdentitySettings {
    /// The provider's issuer, an `https:` address without a slash at its end.
    pub issuer: String,
    /// What the provider calls us.
    pub client_id: String,
    /// Our ECDSA P-256 key, PKCS#8 PEM; the provider knows its public half.
    pub client_key_pem: String,
    /// Where the provider sends the person back to; registered there letter by letter.
    pub redirect_uri: String,
}

impl fmt::Debug for IdentitySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentitySettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// A sign-in under way; kept in the visitor's session between [`IdentityClient::begin`] and
/// [`IdentityClient::finish`], and used for one finish only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInAttempt {
    /// Where to send the person.
    pub authorization_url: String,
    /// Ties the callback to this visitor.
    pub state: String,
    /// Ties the ID token to this attempt.
    pub nonce: String,
    /// Ties the code to this attempt; leaves our server only for the provider's token endpoint.
    pub code_verifier: String,
    /// When it began.
    pub begun_at_ms: AtMs,
}

impl fmt::Debug for SignInAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInAttempt")
            .field("begun_at_ms", &self.begun_at_ms)
            .finish_non_exhaustive()
    }
}

/// The query of the provider's redirect back to us.
#[derive(Clone, Deserialize)]
pub struct Callback {
    /// The code, when the sign-in succeeded.
    pub code: Option<String>,
    /// The state that we sent.
    pub state: Option<String>,
    /// The provider's issuer (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("error", &self.error.is_some()).finish_non_exhaustive()
    }
}

/// Who signed in: pseudonyms only.
#[derive(Clone, PartialEq, Eq)]
pub struct Citizen {
    /// `sub`: the same person has another one at every other service.
    pub subject: String,
    /// What the online eligibility system turns into an insured person.
    pub card_reference: CardReference,
}

impl fmt::Debug for Citizen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Citizen(***)")
    }
}

/// The relying party; one per process, shared by all requests.
pub struct IdentityClient {
    http: reqwest::Client,
    settings: IdentitySettings,
    key: EncodingKey,
    provider: RwLock<Option<Arc<Provider>>>,
}

impl IdentityClient {
    /// A relying party that calls through `http`. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Malformed`] when issuer or key in the settings are unusable.
    pub fn new(http: reqwest::Client, settings: IdentitySettings) -> Result<Self, GatewayError> {
        if !settings.issuer.starts_with("https://") || settings.issuer.ends_with('/') {
            return Err(GatewayError::malformed("issuer setting"));
        }
        let key = EncodingKey::from_ec_pem(settings.client_key_pem.as_bytes())
            .map_err(|_| GatewayError::malformed("client key setting"))?;
        Ok(Self { http, settings, key, provider: RwLock::new(None) })
    }

    /// Begins a sign-in; `random` must be fresh from the operating system.
    ///
    /// # Errors
    ///
    /// [`GatewayError`] when the provider's metadata cannot be had.
    pub async fn begin(&self, now: AtMs, random: [u8; 96]) -> Result<SignInAttempt, GatewayError> {
        let provider = self.provider(now).await?;
        let metadata = &provider.metadata;
        let (state, rest) = random.split_at(32);
        let (nonce, verifier) = rest.split_at(32);
        let [state, nonce, code_verifier] =
            [state, nonce, verifier].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier.as_bytes()));
        let query = [
            ("response_type", "code"),
            ("client_id", self.settings.client_id.as_str()),
            ("redirect_uri", self.settings.redirect_uri.as_str()),
            ("scope", SCOPE),
            ("state", state.as_str()),
            ("nonce", nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let mut url = reqwest::Url::parse(&metadata.authorization_endpoint)
            .map_err(|_| GatewayError::malformed("authorization endpoint"))?;
        url.query_pairs_mut().extend_pairs(query);
        Ok(SignInAttempt {
            authorization_url: url.into(),
            state,
            nonce,
            code_verifier,
            begun_at_ms: now,
        })
    }

    /// Turns the provider's redirect into a citizen; `random` must be fresh.
    ///
    /// Checked: state, issuer of the redirect, age of the attempt; of the ID token signature,
    /// issuer, audience, end, time of issue and nonce; that the user information is of the same
    /// person. The caller forgets `attempt` before it calls.
    ///
    /// # Errors
    ///
    /// [`Refusal::AccessDenied`] when the person cancelled, [`Refusal::InvalidGrant`] when the
    /// redirect is not of this attempt or comes too late, [`GatewayError::Malformed`] when a token
    /// fails a check.
    pub async fn finish(
        &self,
        attempt: &SignInAttempt,
        callback: &Callback,
        now: AtMs,
        random: [u8; 16],
    ) -> Result<Citizen, GatewayError> {
        let code = self.code(attempt, callback, now)?;
        let provider = self.provider(now).await?;
        let metadata = &provider.metadata;
        let assertion = token::client_assertion(
            &self.key,
            &self.settings.client_id,
            &metadata.token_endpoint,
            now,
            random,
        )?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.settings.redirect_uri.as_str()),
            ("code_verifier", attempt.code_verifier.as_str()),
            ("client_id", self.settings.client_id.as_str()),
            ("client_assertion_type", token::ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
        ];
        let request = self.http.post(&metadata.token_endpoint).form(&form);
        let answer: TokenAnswer = http::json(request, "token answer").await?;
        if !answer.token_type.eq_ignore_ascii_case("Bearer") {
            return Err(GatewayError::malformed("token type"));
        }
        let claims = self.verify(&answer.id_token, &attempt.nonce, now).await?;
        let request = self.http.get(&metadata.userinfo_endpoint).bearer_auth(answer.access_token);
        let info: UserInfo = http::json(request, "user information").await?;
        token::citizen(claims, info)
    }

    fn code<'a>(
        &self,
        attempt: &SignInAttempt,
        callback: &'a Callback,
        now: AtMs,
    ) -> Result<&'a str, GatewayError> {
        let ended = Err(GatewayError::Refused(Refusal::InvalidGrant));
        // State first: an answer that is not ours must not even cancel our attempt.
        if callback.state.as_deref() != Some(attempt.state.as_str()) {
            return ended;
        }
        if callback.iss.as_ref().is_some_and(|issuer| *issuer != self.settings.issuer) {
            return Err(GatewayError::malformed("issuer of the redirect"));
        }
        let age_ms = now.0.saturating_sub(attempt.begun_at_ms.0);
        if !(0..=ATTEMPT_MS).contains(&age_ms) {
            return ended;
        }
        match (&callback.error, &callback.code) {
            (None, Some(code)) => Ok(code),
            _ => Err(GatewayError::Refused(Refusal::AccessDenied)),
        }
    }
}
