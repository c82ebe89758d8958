//! Checks of a card's certificate and signature, as the eligibility system and the sign-in do them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use tasuki_core::date::AtMs;
use tasuki_gateway::Refusal;
use x509_parser::oid_registry::{
    OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION, OID_SIG_ECDSA_WITH_SHA256, Oid,
};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

/// Checks chain, purpose, signature over `message` and validity, in this order, and returns the
/// certificate's serial number. Revocation is the caller's: it has the list.
pub(crate) fn check(
    certificate: &[u8],
    authority: &[u8],
    message: &[u8],
    signature: &[u8],
    now: AtMs,
) -> Result<String, Refusal> {
    let leaf = parse(certificate)?;
    let root = parse(authority)?;
    if !is_of(&leaf, &root) || !may_sign(&leaf) {
        return Err(Refusal::UnknownIssuer);
    }
    if !verifies(leaf.public_key(), message, signature) {
        return Err(Refusal::BadSignature);
    }
    let now_seconds = now.0.div_euclid(1000);
    let validity = leaf.validity();
    if !(validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now_seconds) {
        return Err(Refusal::Expired);
    }
    Ok(tasuki_tls::canonical_serial(&leaf.raw_serial_as_string()))
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, Refusal> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(Refusal::UnknownIssuer),
    }
}

/// The authority signed the certificate, directly: cards have no certificates in between.
fn is_of(leaf: &X509Certificate<'_>, root: &X509Certificate<'_>) -> bool {
    leaf.issuer() == root.subject()
        && leaf.signature_algorithm.algorithm == OID_SIG_ECDSA_WITH_SHA256
        && leaf.signature_algorithm == leaf.tbs_certificate.signature
        && verifies(root.public_key(), leaf.tbs_certificate.as_ref(), &leaf.signature_value.data)
}

/// A certificate for signing in, not one that signs other certificates.
fn may_sign(leaf: &X509Certificate<'_>) -> bool {
    let digital_signature =
        leaf.key_usage().ok().flatten().is_some_and(|usage| usage.value.digital_signature());
    let client_auth =
        leaf.extended_key_usage().ok().flatten().is_some_and(|usage| usage.value.client_auth);
    !leaf.is_ca() && digital_signature && client_auth
}

fn verifies(key: &SubjectPublicKeyInfo<'_>, message: &[u8], signature: &[u8]) -> bool {
    algorithm(&key.algorithm.algorithm).is_some_and(|algorithm| {
        let key = UnparsedPublicKey::new(algorithm, key.subject_public_key.data.as_ref());
        key.verify(message, signature).is_ok()
    })
}

fn algorithm(key_type: &Oid<'_>) -> Option<&'static dyn VerificationAlgorithm> {
    if *key_type == OID_KEY_TYPE_EC_PUBLIC_KEY {
        Some(&ECDSA_P256_SHA256_ASN1)
    } else if *key_type == OID_PKCS1_RSAENCRYPTION {
        Some(&RSA_PKCS1_2048_8192_SHA256)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
        KeyUsagePurpose, SigningKey,
    };

    use super::*;

    const NOW: AtMs = AtMs(1_795_132_800_000);

    /// Checks a certificate of the right authority that `change` made different from a card's.
    fn checked(change: impl FnOnce(&mut CertificateParams)) -> Result<String, Refusal> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_key = KeyPair::generate().unwrap();
        let root = params.self_signed(&root_key).unwrap();
        let issuer = Issuer::new(params, root_key);
        let mut params = CertificateParams::default();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &issuer).unwrap();
        check(leaf.der(), root.der(), b"message", &key.sign(b"message").unwrap(), NOW)
    }

    #[test]
    fn only_certificates_for_signing_in_are_cards() {
        assert!(checked(|_| {}).is_ok());
        let unknown = Err(Refusal::UnknownIssuer);
        assert_eq!(checked(|leaf| leaf.key_usages.clear()), unknown);
        assert_eq!(checked(|leaf| leaf.extended_key_usages.clear()), unknown);
        let server = vec![ExtendedKeyUsagePurpose::ServerAuth];
        assert_eq!(checked(|leaf| leaf.extended_key_usages = server), unknown);
        let authority = IsCa::Ca(BasicConstraints::Unconstrained);
        assert_eq!(checked(|leaf| leaf.is_ca = authority), unknown);
    }

    #[test]
    fn a_certificate_is_good_from_its_first_to_its_last_second() {
        let at = |seconds: i64| {
            time::OffsetDateTime::from_unix_timestamp(NOW.0 / 1000 + seconds).unwrap()
        };
        assert!(checked(|leaf| leaf.not_before = at(0)).is_ok());
        assert!(checked(|leaf| leaf.not_after = at(0)).is_ok());
        assert_eq!(checked(|leaf| leaf.not_before = at(1)), Err(Refusal::Expired));
        assert_eq!(checked(|leaf| leaf.not_after = at(-1)), Err(Refusal::Expired));
    }
}
