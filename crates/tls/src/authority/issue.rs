//! Issues certificates to servers and devices.

use std::fmt;
use std::net::IpAddr;

use rcgen::{
    CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData,
    SanType,
};
use rustls_pki_types::{CertificateDer, DnsName, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{Authority, AuthorityError, Validity, random_serial, set_validity};
use crate::peer::CertificateFacts;
use crate::{ClientSubject, Identity};

/// A certificate that the authority has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate, PEM.
    pub pem: String,
    /// The certificate, DER.
    pub der: CertificateDer<'static>,
    /// Its serial number, in the form of [`crate::canonical_serial`]; 32 digits.
    pub serial_hex: String,
    /// SHA-256 of the DER form, 64 lowercase hexadecimal digits.
    pub sha256_hex: String,
    /// From when to when it is valid, as written into it (whole seconds, the last to its end).
    pub validity: Validity,
}

/// A certificate together with a private key that was made for it. `Debug` never shows the key.
pub struct Issued {
    /// The certificate.
    pub certificate: Certificate,
    pub(super) root_pem: String,
    pub(super) root: CertificateDer<'static>,
    pub(super) key: KeyPair,
}

impl Issued {
    /// The private key, PKCS#8 PEM. Hand it to its owner and keep no copy.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// The certificate and the root after it, PEM.
    pub fn chain_pem(&self) -> String {
        format!("{}{}", self.certificate.pem, self.root_pem)
    }

    /// Certificate and key as one side of a connection shows them.
    pub fn identity(&self) -> Identity {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        Identity { chain: vec![self.certificate.der.clone()], key: PrivateKeyDer::Pkcs8(key) }
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Authority {
    /// Issues a server certificate (サーバー証明書) for DNS names and IP addresses, at least one.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Invalid`] for `names` that are none, or a `validity` that ends before it
    /// begins or after the root's.
    pub fn issue_server(
        &self,
        names: &[&str],
        validity: Validity,
    ) -> Result<Issued, AuthorityError> {
        let alternatives: Option<Vec<SanType>> =
            names.iter().map(|name| server_name(name)).collect();
        let (Some(alternatives), Some(first)) = (alternatives, names.first()) else {
            return Err(AuthorityError::Invalid { parameter: "names" });
        };
        let mut name = DistinguishedName::new();
        // CN is decoration; clients look at the alternatives only. It holds 64 characters.
        name.push(DnType::CommonName, first.chars().take(64).collect::<String>());
        let mut params = self.leaf(name, ExtendedKeyUsagePurpose::ServerAuth, validity)?;
        params.subject_alt_names = alternatives;
        self.issue(&params)
    }

    /// Issues a client certificate (クライアント証明書) for a device, with a new key.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Subject`], and [`AuthorityError::Invalid`] for a `validity` that ends
    /// before it begins or after the root's.
    pub fn issue_client(
        &self,
        subject: &ClientSubject,
        validity: Validity,
    ) -> Result<Issued, AuthorityError> {
        let name = subject.to_name()?;
        self.issue(&self.leaf(name, ExtendedKeyUsagePurpose::ClientAuth, validity)?)
    }

    /// Signs a request (CSR, PKCS#10 PEM) of a device that made its own key.
    ///
    /// Only the public key is taken from the request; what it says about subject, names and
    /// purposes is ignored, because the caller has decided whom the certificate names.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Request`] when the request is damaged or not signed by its own key, else
    /// as [`Authority::issue_client`].
    pub fn sign_request(
        &self,
        request_pem: &str,
        subject: &ClientSubject,
        validity: Validity,
    ) -> Result<Certificate, AuthorityError> {
        let request = CertificateSigningRequestParams::from_pem(request_pem)
            .map_err(AuthorityError::Request)?;
        let name = subject.to_name()?;
        let params = self.leaf(name, ExtendedKeyUsagePurpose::ClientAuth, validity)?;
        self.sign(&params, &request.public_key)
    }

    fn leaf(
        &self,
        name: DistinguishedName,
        purpose: ExtendedKeyUsagePurpose,
        validity: Validity,
    ) -> Result<CertificateParams, AuthorityError> {
        if validity.not_after_ms > self.validity.not_after_ms {
            return Err(AuthorityError::Invalid { parameter: "validity" });
        }
        let mut params = CertificateParams::default();
        params.distinguished_name = name;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(random_serial());
        set_validity(&mut params, validity)?;
        Ok(params)
    }

    fn issue(&self, params: &CertificateParams) -> Result<Issued, AuthorityError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        Ok(Issued {
            certificate: self.sign(params, &key)?,
            root_pem: self.root_pem.clone(),
            root: self.root.clone(),
            key,
        })
    }

    fn sign(
        &self,
        params: &CertificateParams,
        public_key: &impl PublicKeyData,
    ) -> Result<Certificate, AuthorityError> {
        let signed = params.signed_by(public_key, &self.issuer)?;
        let facts = CertificateFacts::from_der(signed.der())?;
        Ok(Certificate {
            pem: signed.pem(),
            serial_hex: facts.serial_hex,
            sha256_hex: facts.sha256_hex,
            validity: Validity {
                not_before_ms: facts.not_before_ms,
                not_after_ms: facts.not_after_ms,
            },
            der: signed.der().clone(),
        })
    }
}

fn server_name(name: &str) -> Option<SanType> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Some(SanType::IpAddress(address));
    }
    // The same rule as the client's: what it could not connect to is not worth a certificate.
    DnsName::try_from(name.strip_prefix("*.").unwrap_or(name)).ok()?;
    name.try_into().ok().map(SanType::DnsName)
}
