//! The other end of a connection, as its client certificate names it.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::{ClientSubject, SubjectError};

/// What the client certificate of a connection says; read once per connection.
///
/// A handler finds it in the request's extensions; it is absent where no certificate is asked.
/// Cloning copies no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Name of the organisation (`O`).
    pub organisation: Arc<str>,
    /// Public number of the organisation (`serialNumber` of the subject).
    pub organisation_number: Arc<str>,
    /// The device (`CN`).
    pub device_id: Arc<str>,
    /// Serial number of the certificate, in the form of [`crate::canonical_serial`].
    pub serial_hex: Arc<str>,
    /// SHA-256 of the certificate's DER form, 64 lowercase hexadecimal digits.
    pub sha256_hex: Arc<str>,
    /// Last millisecond at which the certificate is valid, since 1970-01-01T00:00Z.
    pub not_after_ms: i64,
}

/// Why a certificate does not name a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    /// Not an X.509 certificate.
    #[error("not a certificate")]
    Malformed,
    /// The subject is not one of ours.
    #[error("the certificate's subject is not that of a device")]
    Subject(#[from] SubjectError),
}

impl Peer {
    /// Reads a client certificate in DER form. Its signature is not checked here.
    ///
    /// # Errors
    ///
    /// [`PeerError`] when it is no certificate or lacks the subject of a device.
    pub fn from_der(der: &[u8]) -> Result<Self, PeerError> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| PeerError::Malformed)?;
        let subject = ClientSubject::from_name(certificate.subject())?;
        let facts = CertificateFacts::read(der, &certificate);
        Ok(Self {
            organisation: subject.organisation.into(),
            organisation_number: subject.organisation_number.into(),
            device_id: subject.device_id.into(),
            serial_hex: facts.serial_hex.into(),
            sha256_hex: facts.sha256_hex.into(),
            not_after_ms: facts.not_after_ms,
        })
    }
}

/// The last millisecond at which a certificate in DER form is valid, since 1970-01-01T00:00Z.
///
/// # Errors
///
/// [`PeerError::Malformed`] when it is no certificate.
pub fn not_after_ms(der: &[u8]) -> Result<i64, PeerError> {
    Ok(CertificateFacts::from_der(der)?.not_after_ms)
}

/// What can be read off any certificate.
pub(crate) struct CertificateFacts {
    pub(crate) serial_hex: String,
    pub(crate) sha256_hex: String,
    pub(crate) not_before_ms: i64,
    pub(crate) not_after_ms: i64,
}

impl CertificateFacts {
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, PeerError> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| PeerError::Malformed)?;
        Ok(Self::read(der, &certificate))
    }

    fn read(der: &[u8], certificate: &X509Certificate<'_>) -> Self {
        let validity = certificate.validity();
        let second_ms = |at: x509_parser::time::ASN1Time| at.timestamp().saturating_mul(1000);
        Self {
            serial_hex: crate::canonical_serial(&hex::encode(certificate.raw_serial())),
            sha256_hex: hex::encode(Sha256::digest(der)),
            not_before_ms: second_ms(validity.not_before),
            // The last second counts to its end.
            not_after_ms: second_ms(validity.not_after).saturating_add(999),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Peer::from_der(&bytes);
        }
    }
}
