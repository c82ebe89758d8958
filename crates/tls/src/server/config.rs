//! The server's side of a TLS 1.3 handshake.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::server::{ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::provider::provider;
use crate::{Clock, ConfigError, Identity};

/// Sessions that can be resumed, per configuration; each takes about one kilobyte and is used once.
const SESSIONS: usize = 16_384;

/// Whether a listener asks clients for a certificate.
#[derive(Debug, Clone)]
pub enum ClientCertificates {
    /// No certificate is asked; citizens' pages.
    NotAsked,
    /// No connection without a certificate of one of `authorities`.
    Required {
        /// Roots that issue client certificates; at least one.
        authorities: Vec<CertificateDer<'static>>,
        /// Their lists of revoked certificates. With at least one list, a certificate whose
        /// authority has no list is refused.
        revocation_lists: Vec<CertificateRevocationListDer<'static>>,
    },
}

/// Builds the configuration of a listener: TLS 1.3 alone, HTTP/2 and HTTP/1.1, resumption on.
///
/// A resumed session is not checked against the lists again. It cannot outlive them nevertheless:
/// sessions live in the configuration, so a [`HotConfig::replace`] forgets them all, and
/// [`crate::Revoked`] and the certificate's end are looked at for every request.
///
/// The *next update* of a list is not enforced: a late list must not shut out the whole country,
/// and the set of revoked certificates is current without it.
///
/// # Errors
///
/// [`ConfigError`] says which of the parameters is unusable.
pub fn server_config(
    identity: &Identity,
    clients: ClientCertificates,
    clock: Clock,
) -> Result<Arc<ServerConfig>, ConfigError> {
    let builder = ServerConfig::builder_with_details(provider(), Arc::new(clock))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(ConfigError::Identity)?;
    let builder = match clients {
        ClientCertificates::NotAsked => builder.with_no_client_auth(),
        ClientCertificates::Required { authorities, revocation_lists } => {
            let roots = roots(authorities)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider())
                .with_crls(revocation_lists)
                .build()
                .map_err(ConfigError::ClientCheck)?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(identity.chain.clone(), identity.key.clone_key())
        .map_err(ConfigError::Identity)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
    Ok(Arc::new(config))
}

/// A store of trust anchors.
pub(crate) fn roots(
    authorities: impl IntoIterator<Item = CertificateDer<'static>>,
) -> Result<Arc<RootCertStore>, ConfigError> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority).map_err(ConfigError::Trust)?;
    }
    Ok(Arc::new(roots))
}

/// The configuration of a listener that can be replaced while it serves.
///
/// Clones share one configuration. Open connections keep theirs; the next handshake uses the new
/// one.
#[derive(Debug, Clone)]
pub struct HotConfig(Arc<ArcSwap<ServerConfig>>);

impl HotConfig {
    /// Starts with `config`.
    pub fn new(config: Arc<ServerConfig>) -> Self {
        Self(Arc::new(ArcSwap::new(config)))
    }

    /// Puts `config` in force, for a new certificate or a new list of revoked ones.
    pub fn replace(&self, config: Arc<ServerConfig>) {
        self.0.store(config);
    }

    /// The configuration in force.
    pub fn current(&self) -> Arc<ServerConfig> {
        self.0.load_full()
    }
}
