//! The sandbox's card authority (公的個人認証サービスの練習用認証局).

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize,
    SerialNumber,
};
use rustls_pki_types::CertificateDer;
use tasuki_core::date::AtMs;
use time::OffsetDateTime;

use crate::{CardKey, Home, SandboxError};

/// Certificate and key of the authority, PEM, one after the other.
const FILE: &str = "card-authority.pem";

const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// The authority: issues user-authentication certificates that name nobody.
pub(crate) struct CardAuthority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key, both DER.
pub(crate) struct CardCertificate {
    pub(crate) certificate: Vec<u8>,
    pub(crate) private_key: Vec<u8>,
    pub(crate) serial_hex: String,
}

impl CardAuthority {
    /// The authority of `home`, made when there is none yet.
    pub(crate) fn open(home: &Home, now: AtMs) -> Result<Self, SandboxError> {
        let pem = home.text_or(FILE, || create(now))?;
        let corrupt = || SandboxError::Corrupt { file: FILE.to_owned() };
        let certificate = tasuki_tls::certificates_from_pem(&pem)
            .ok()
            .and_then(|certificates| certificates.into_iter().next())
            .ok_or_else(corrupt)?;
        let key = pem.find("-----BEGIN PRIVATE KEY").and_then(|at| pem.get(at..));
        let key = KeyPair::from_pem(key.ok_or_else(corrupt)?).map_err(|_| corrupt())?;
        let issuer = Issuer::from_ca_cert_der(&certificate, key).map_err(|_| corrupt())?;
        Ok(Self { certificate, issuer })
    }

    /// The authority's certificate, DER.
    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Issues a certificate for a new key, or for `key` (PKCS#8) when there is one.
    pub(crate) fn issue(
        &self,
        key: CardKey<'_>,
        from: AtMs,
        until: AtMs,
    ) -> Result<CardCertificate, SandboxError> {
        let key = match key {
            CardKey::EcdsaP256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?,
            CardKey::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?,
            CardKey::Existing(pkcs8) => KeyPair::try_from(pkcs8)?,
        };
        // First bit clear: a positive number. Second bit set: always sixteen bytes.
        let serial = ((rand::random::<u128>() >> 2) | (1 << 126)).to_be_bytes();
        let serial_hex = hex::encode(serial);
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, format!("TEST{serial_hex}"));
        let mut params = CertificateParams::default();
        params.distinguished_name = name;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.not_before = moment(from)?;
        params.not_after = moment(until)?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(CardCertificate {
            certificate: certificate.der().to_vec(),
            private_key: key.serialize_der(),
            serial_hex,
        })
    }
}

fn create(now: AtMs) -> Result<String, SandboxError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Sandbox card authority (TEST ONLY)");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.not_before = moment(now.plus_ms(-YEAR_MS))?;
    params.not_after = moment(now.plus_ms(30 * YEAR_MS))?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let certificate = params.self_signed(&key)?;
    Ok(format!("{}{}", certificate.pem(), key.serialize_pem()))
}

fn moment(at: AtMs) -> Result<OffsetDateTime, SandboxError> {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000))
        .map_err(|error| SandboxError::Crypto(error.into()))
}
