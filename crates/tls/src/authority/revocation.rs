//! The list of revoked certificates (失効リスト, CRL).

use rcgen::{
    CertificateRevocationListParams, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber,
};
use rustls_pki_types::CertificateRevocationListDer;

use super::{Authority, AuthorityError, moment};
use crate::canonical_serial;

/// Why a certificate was revoked.
///
/// Source: RFC 5280, section 5.3.1; only the reasons that this platform uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No reason is recorded.
    Unspecified,
    /// The device was lost or stolen, or its key became known.
    KeyCompromise,
    /// The organisation was renamed, renumbered or merged.
    AffiliationChanged,
    /// A newer certificate replaces it.
    Superseded,
    /// The device or the office is no longer in service.
    CessationOfOperation,
    /// The right to use the platform was withdrawn.
    PrivilegeWithdrawn,
}

impl Reason {
    /// All reasons, in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
    ];

    /// The word for a table or a command line, such as `key_compromise`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "key_compromise",
            Self::AffiliationChanged => "affiliation_changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation_of_operation",
            Self::PrivilegeWithdrawn => "privilege_withdrawn",
        }
    }

    /// The reason that [`Reason::as_str`] writes as `word`; `None` for any other text.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// One revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Serial number of the certificate, hexadecimal.
    pub serial_hex: String,
    /// When it was revoked, in milliseconds since 1970-01-01T00:00Z.
    pub revoked_at_ms: i64,
    /// Why.
    pub reason: Reason,
}

/// A signed list of revoked certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    /// The list, DER; what a server's configuration takes.
    pub der: CertificateRevocationListDer<'static>,
    /// The list, PEM.
    pub pem: String,
}

impl Authority {
    /// Signs the list of *all* certificates that are revoked at `this_update_ms`.
    ///
    /// `number` grows with every list; `next_update_ms` says when the next one comes at the
    /// latest. Both times are milliseconds since 1970-01-01T00:00Z.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Invalid`] for a serial number that is none, a time before 1970, or a next
    /// update that is not after this one.
    pub fn revocation_list(
        &self,
        revocations: &[Revocation],
        number: u64,
        this_update_ms: i64,
        next_update_ms: i64,
    ) -> Result<RevocationList, AuthorityError> {
        let (this_update, next_update) = (moment(this_update_ms)?, moment(next_update_ms)?);
        if next_update <= this_update {
            return Err(AuthorityError::Invalid { parameter: "next_update_ms" });
        }
        let revoked_certs = revocations.iter().map(entry).collect::<Result<_, _>>()?;
        let list = CertificateRevocationListParams {
            this_update,
            next_update,
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        }
        .signed_by(&self.issuer)?;
        Ok(RevocationList { der: list.der().clone(), pem: list.pem()? })
    }
}

fn entry(revocation: &Revocation) -> Result<RevokedCertParams, AuthorityError> {
    let digits = canonical_serial(&revocation.serial_hex);
    let padded = if digits.len().is_multiple_of(2) { digits } else { format!("0{digits}") };
    // RFC 5280, section 4.1.2.2: positive, at most 20 octets.
    let bytes = hex::decode(padded).ok().filter(|bytes| (1..=20).contains(&bytes.len()));
    let Some(bytes) = bytes else {
        return Err(AuthorityError::Invalid { parameter: "serial_hex" });
    };
    Ok(RevokedCertParams {
        serial_number: SerialNumber::from(bytes),
        revocation_time: moment(revocation.revoked_at_ms)?,
        reason_code: Some(code(revocation.reason)),
        invalidity_date: None,
    })
}

fn code(reason: Reason) -> RevocationReason {
    match reason {
        Reason::Unspecified => RevocationReason::Unspecified,
        Reason::KeyCompromise => RevocationReason::KeyCompromise,
        Reason::AffiliationChanged => RevocationReason::AffiliationChanged,
        Reason::Superseded => RevocationReason::Superseded,
        Reason::CessationOfOperation => RevocationReason::CessationOfOperation,
        Reason::PrivilegeWithdrawn => RevocationReason::PrivilegeWithdrawn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_back_from_its_word() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(Reason::parse("Unspecified"), None);
    }
}
