//! The platform's certificate authority (認証局): one ECDSA P-256 root that signs directly.
//!
//! There is no intermediate authority: devices and servers of one platform trust one root, and the
//! root's path length is zero, so that no certificate it signs can sign another.

mod files;
mod issue;
mod pkcs12;
mod revocation;

use std::fmt;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SerialNumber,
};
use rustls_pki_types::CertificateDer;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::identity::certificates_from_pem;
use crate::peer::CertificateFacts;
use crate::{IdentityError, PeerError, SubjectError};

pub use files::{CERTIFICATE_FILE, KEY_FILE};
pub use issue::{Certificate, Issued};
pub use revocation::{Reason, Revocation, RevocationList};

/// From when to when a certificate is valid, in milliseconds since 1970-01-01T00:00Z.
///
/// X.509 counts whole seconds: milliseconds are cut off. Both ends are inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub not_before_ms: i64,
    /// Last moment.
    pub not_after_ms: i64,
}

/// Why the authority did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A parameter breaks its rule.
    #[error("{parameter} is not acceptable")]
    Invalid {
        /// Name of the parameter.
        parameter: &'static str,
    },
    /// The subject of a client certificate breaks its rule.
    #[error("the subject is not acceptable")]
    Subject(#[from] SubjectError),
    /// The signing request is damaged, or not signed by the key that it carries.
    #[error("the signing request is not acceptable")]
    Request(#[source] rcgen::Error),
    /// The directory already holds an authority; it is never overwritten.
    #[error("the directory already holds an authority")]
    Exists,
    /// The key file can be read by others than its owner.
    #[error("the authority's key file must have mode 0600")]
    KeyExposed,
    /// The files are no authority: damaged, not a root, or key and certificate do not fit.
    #[error("the files do not hold a certificate authority")]
    Unreadable,
    /// Reading or writing a file failed.
    #[error("the authority's files cannot be read or written")]
    Files(#[from] std::io::Error),
    /// The cryptography failed.
    #[error("a certificate, list or store could not be made")]
    Crypto(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<rcgen::Error> for AuthorityError {
    fn from(error: rcgen::Error) -> Self {
        Self::Crypto(error.into())
    }
}

impl From<p12_keystore::error::Error> for AuthorityError {
    fn from(error: p12_keystore::error::Error) -> Self {
        Self::Crypto(error.into())
    }
}

impl From<PeerError> for AuthorityError {
    fn from(_: PeerError) -> Self {
        Self::Unreadable
    }
}

impl From<IdentityError> for AuthorityError {
    fn from(_: IdentityError) -> Self {
        Self::Unreadable
    }
}

/// A certificate authority with its signing key. `Debug` never shows the key.
pub struct Authority {
    pub(crate) root: CertificateDer<'static>,
    root_pem: String,
    issuer: Issuer<'static, KeyPair>,
    validity: Validity,
}

impl Authority {
    /// Makes a new root with a new key; `name` becomes its `CN` (1 to 64 characters).
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Invalid`] for `name` or a validity that ends before it begins.
    pub fn create(name: &str, validity: Validity) -> Result<Self, AuthorityError> {
        let length = name.chars().count();
        if !(1..=64).contains(&length) || name.chars().any(char::is_control) {
            return Err(AuthorityError::Invalid { parameter: "name" });
        }
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.serial_number = Some(random_serial());
        set_validity(&mut params, validity)?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let root = params.self_signed(&key)?;
        Self::from_parts(root.der().clone(), root.pem(), key)
    }

    /// Reads an authority from its certificate and PKCS#8 key, both PEM.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Unreadable`] unless the certificate is a root and the key is its key.
    pub fn from_pem(certificate_pem: &str, key_pem: &str) -> Result<Self, AuthorityError> {
        let mut certificates = certificates_from_pem(certificate_pem)?;
        let (Some(root), true) = (certificates.pop(), certificates.is_empty()) else {
            return Err(AuthorityError::Unreadable);
        };
        let key = KeyPair::from_pem(key_pem).map_err(|_| AuthorityError::Unreadable)?;
        Self::from_parts(root, format!("{}\n", certificate_pem.trim()), key)
    }

    fn from_parts(
        root: CertificateDer<'static>,
        root_pem: String,
        key: KeyPair,
    ) -> Result<Self, AuthorityError> {
        let facts = CertificateFacts::from_der(&root)?;
        let (_, parsed) =
            X509Certificate::from_der(&root).map_err(|_| AuthorityError::Unreadable)?;
        if !parsed.is_ca() || parsed.public_key().raw != key.subject_public_key_info() {
            return Err(AuthorityError::Unreadable);
        }
        let issuer =
            Issuer::from_ca_cert_der(&root, key).map_err(|_| AuthorityError::Unreadable)?;
        let validity =
            Validity { not_before_ms: facts.not_before_ms, not_after_ms: facts.not_after_ms };
        Ok(Self { root, root_pem, issuer, validity })
    }

    /// The root certificate, PEM; what everybody may know and clients must trust.
    pub fn certificate_pem(&self) -> &str {
        &self.root_pem
    }

    /// The root certificate, DER.
    pub fn certificate_der(&self) -> &CertificateDer<'static> {
        &self.root
    }

    /// How long the root itself is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("validity", &self.validity).finish_non_exhaustive()
    }
}

/// 127 random bits, always 16 bytes long and positive, so that every spelling has 32 digits.
///
/// Source: RFC 5280, section 4.1.2.2; CA/Browser Forum asks for at least 64 random bits.
fn random_serial() -> SerialNumber {
    let bits: u128 = rand::random();
    let positive = (bits & (u128::MAX >> 1)) | (1 << 126);
    SerialNumber::from_slice(&positive.to_be_bytes())
}

fn set_validity(params: &mut CertificateParams, validity: Validity) -> Result<(), AuthorityError> {
    if validity.not_before_ms >= validity.not_after_ms {
        return Err(AuthorityError::Invalid { parameter: "validity" });
    }
    params.not_before = moment(validity.not_before_ms)?;
    params.not_after = moment(validity.not_after_ms)?;
    Ok(())
}

/// A moment as X.509 writes it: whole seconds, rounded down, not before 1970.
fn moment(at_ms: i64) -> Result<OffsetDateTime, AuthorityError> {
    let invalid = AuthorityError::Invalid { parameter: "time" };
    if at_ms < 0 {
        return Err(invalid);
    }
    OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)).map_err(|_| invalid)
}
