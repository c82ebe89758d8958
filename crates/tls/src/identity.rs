//! A certificate with its private key, as one side of a connection shows it.

use std::fmt;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate chain (leaf first) and the leaf's private key.
///
/// `Debug` never shows the key.
pub struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

/// Why a text is not a usable set of certificates or a key. Never carries the text.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The PEM text holds no certificate, or a damaged one.
    #[error("no readable certificate in the PEM text")]
    Certificate,
    /// The PEM text holds no private key, or a damaged one.
    #[error("no readable private key in the PEM text")]
    Key,
}

impl Identity {
    /// Reads a chain (leaf first) and a PKCS#8, SEC1 or PKCS#1 key from PEM texts.
    ///
    /// # Errors
    ///
    /// [`IdentityError`] says which of the two texts is unusable. Whether they belong together
    /// is found out when a configuration is built from them.
    pub fn from_pem(chain_pem: &str, key_pem: &str) -> Result<Self, IdentityError> {
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes());
        Ok(Self {
            chain: certificates_from_pem(chain_pem)?,
            key: key.map_err(|_| IdentityError::Key)?,
        })
    }
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

/// All certificates of a PEM text, in its order; at least one.
///
/// # Errors
///
/// [`IdentityError::Certificate`] when there is none or one is damaged.
pub fn certificates_from_pem(pem: &str) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    all.ok().filter(|all| !all.is_empty()).ok_or(IdentityError::Certificate)
}
