//! What the provider says about itself: metadata and keys, kept for an hour.

use std::sync::{Arc, PoisonError};

use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use tasuki_core::date::AtMs;

use super::IdentityClient;
use super::token::{self, IdClaims};
use crate::{GatewayError, http};

/// Metadata and keys older than this are read again.
const FRESH_MS: i64 = 60 * 60 * 1000;

/// A token with an unknown key makes us read the keys again, but not more often than this:
/// otherwise forged tokens would make us knock at the provider's door without end.
const AGAIN_MS: i64 = 10 * 1000;

/// The provider's metadata, the part we use.
///
/// Source: OpenID Connect Discovery 1.0, section 3.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) userinfo_endpoint: String,
    jwks_uri: String,
}

pub(super) struct Provider {
    pub(super) metadata: Metadata,
    keys: JwkSet,
    read_at: AtMs,
}

impl Provider {
    /// Read at a time from which `now` is neither too far nor before.
    fn is_within(&self, now: AtMs, ms: i64) -> bool {
        (0..ms).contains(&now.0.saturating_sub(self.read_at.0))
    }
}

impl IdentityClient {
    /// The provider as it was within the last hour.
    pub(super) async fn provider(&self, now: AtMs) -> Result<Arc<Provider>, GatewayError> {
        match self.remembered() {
            Some(provider) if provider.is_within(now, FRESH_MS) => Ok(provider),
            _ => self.read_provider(now).await,
        }
    }

    /// Verifies an ID token with the provider's keys, which are read again for an unknown one.
    pub(super) async fn verify(
        &self,
        id_token: &str,
        nonce: &str,
        now: AtMs,
    ) -> Result<IdClaims, GatewayError> {
        let key_id = token::key_id(id_token)?;
        let mut provider = self.provider(now).await?;
        if provider.keys.find(&key_id).is_none() && !provider.is_within(now, AGAIN_MS) {
            provider = self.read_provider(now).await?;
        }
        let key = provider.keys.find(&key_id).ok_or(GatewayError::malformed("key of the token"))?;
        token::verify(id_token, key, &self.settings, nonce, now)
    }

    fn remembered(&self) -> Option<Arc<Provider>> {
        self.provider.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// No lock is held while the provider thinks: one that is slow must not make all wait in line.
    async fn read_provider(&self, now: AtMs) -> Result<Arc<Provider>, GatewayError> {
        let issuer = &self.settings.issuer;
        let address = format!("{issuer}/.well-known/openid-configuration");
        let metadata: Metadata = http::json(self.http.get(address), "provider metadata").await?;
        // A document about another issuer would let that one speak for ours.
        if metadata.issuer != *issuer {
            return Err(GatewayError::malformed("issuer of the provider metadata"));
        }
        let keys = http::json(self.http.get(&metadata.jwks_uri), "provider keys").await?;
        let provider = Arc::new(Provider { metadata, keys, read_at: now });
        let mut remembered = self.provider.write().unwrap_or_else(PoisonError::into_inner);
        *remembered = Some(Arc::clone(&provider));
        Ok(provider)
    }
}
