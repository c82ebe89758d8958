//! What the authority signs, and what it refuses to sign.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use tasuki_tls::authority::{Authority, AuthorityError, KEY_FILE, Reason, Revocation, Validity};
use tasuki_tls::{ClientSubject, Peer, SubjectError};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::revocation_list::CertificateRevocationList;

use crate::support::*;

#[test]
fn a_client_certificate_says_back_whom_it_was_issued_to() {
    let issued = client(&authority());
    let peer = Peer::from_der(&issued.certificate.der).unwrap();
    assert_eq!(&*peer.organisation, "架空居宅介護支援事業所");
    assert_eq!(&*peer.organisation_number, "1399999999");
    assert_eq!(&*peer.device_id, "device-1");
    assert_eq!(*peer.serial_hex, issued.certificate.serial_hex);
    assert_eq!(*peer.sha256_hex, issued.certificate.sha256_hex);
    assert_eq!(peer.not_after_ms, TODAY.not_after_ms + 999);
    assert_eq!(peer.serial_hex.len(), 32);
}

#[test]
fn no_two_certificates_share_a_serial_number() {
    let authority = authority();
    let serials: std::collections::HashSet<_> =
        (0..20).map(|_| client(&authority).certificate.serial_hex).collect();
    assert_eq!(serials.len(), 20);
}

#[test]
fn an_authority_comes_back_from_its_directory_and_its_key_stays_private() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("ca");
    let first = authority();
    first.save(&place).unwrap();
    assert!(matches!(authority().save(&place), Err(AuthorityError::Exists)));

    let again = Authority::load(&place).unwrap();
    assert_eq!(again.certificate_pem(), first.certificate_pem());
    assert_eq!(again.validity(), first.validity());
    let issued = client(&again);
    let (_, root) = X509Certificate::from_der(first.certificate_der()).unwrap();
    let (_, leaf) = X509Certificate::from_der(&issued.certificate.der).unwrap();
    leaf.verify_signature(Some(root.public_key())).unwrap();
    assert_eq!(leaf.issuer().as_raw(), root.subject().as_raw());

    let key = place.join(KEY_FILE);
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Authority::load(&place), Err(AuthorityError::KeyExposed)));
}

#[test]
fn a_certificate_without_its_own_key_is_no_authority() {
    let (one, other) = (authority(), KeyPair::generate().unwrap());
    let result = Authority::from_pem(one.certificate_pem(), &other.serialize_pem());
    assert!(matches!(result, Err(AuthorityError::Unreadable)));
    let leaf = client(&one);
    let result = Authority::from_pem(&leaf.certificate.pem, &leaf.key_pem());
    assert!(matches!(result, Err(AuthorityError::Unreadable)));
}

#[test]
fn nothing_outlives_the_root_or_ends_before_it_begins() {
    let authority = authority();
    let end = authority.validity().not_after_ms;
    let bad = [
        Validity { not_before_ms: NOW_MS, not_after_ms: end + 1 },
        Validity { not_before_ms: NOW_MS, not_after_ms: NOW_MS },
        Validity { not_before_ms: -1, not_after_ms: NOW_MS },
    ];
    for validity in bad {
        let client = authority.issue_client(&subject(), validity);
        assert!(matches!(client, Err(AuthorityError::Invalid { .. })), "{validity:?}");
        let server = authority.issue_server(&["localhost"], validity);
        assert!(matches!(server, Err(AuthorityError::Invalid { .. })), "{validity:?}");
    }
    let whole = Validity { not_before_ms: NOW_MS, not_after_ms: end };
    assert!(authority.issue_client(&subject(), whole).is_ok());
}

#[test]
fn a_server_certificate_needs_real_names() {
    let authority = authority();
    for names in [&[][..], &[""], &["no spaces"], &["localhost", "架空"]] {
        let result = authority.issue_server(names, TODAY);
        assert!(matches!(result, Err(AuthorityError::Invalid { parameter: "names" })));
    }
    let names = ["tasuki.example", "*.tasuki.example", "127.0.0.1", "::1"];
    assert!(authority.issue_server(&names, TODAY).is_ok());
}

#[test]
fn a_request_gets_the_subject_and_purpose_that_we_give_it_not_those_it_asks_for() {
    let (authority, key) = (authority(), KeyPair::generate().unwrap());
    let mut wish = CertificateParams::new(vec!["tasuki.example".to_owned()]).unwrap();
    wish.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let request = wish.serialize_request(&key).unwrap();
    let signed = authority.sign_request(&request.pem().unwrap(), &subject(), TODAY).unwrap();
    let (_, leaf) = X509Certificate::from_der(&signed.der).unwrap();
    assert!(!leaf.is_ca());
    assert!(leaf.subject_alternative_name().unwrap().is_none());
    let purposes = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(purposes.client_auth && !purposes.server_auth);
    assert_eq!(&*Peer::from_der(&signed.der).unwrap().device_id, "device-1");
}

#[test]
fn a_request_that_its_key_did_not_sign_is_refused() {
    let (authority, key) = (authority(), KeyPair::generate().unwrap());
    let request = CertificateParams::default().serialize_request(&key).unwrap();
    let mut der = request.der().to_vec();
    let subject_byte = der.windows(5).position(|window| window == b"rcgen").unwrap();
    der[subject_byte] = b'R';
    let forged = rustls_pki_types::CertificateSigningRequestDer::from(der);
    let pem = pem("CERTIFICATE REQUEST", &forged);
    let result = authority.sign_request(&pem, &subject(), TODAY);
    assert!(matches!(result, Err(AuthorityError::Request(_))));
}

/// PEM by hand: base64 is all there is to it.
fn pem(label: &str, der: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {label}-----\n");
    for (line, chunk) in der.chunks(48).enumerate() {
        if line > 0 {
            text.push('\n');
        }
        for three in chunk.chunks(3) {
            let bits = three.iter().fold(0, |bits, byte| (bits << 8) | usize::from(*byte))
                << (8 * (3 - three.len()));
            for place in 0..4 {
                let sextet = (bits >> (18 - 6 * place)) & 63;
                text.push(if place <= three.len() { char::from(ALPHABET[sextet]) } else { '=' });
            }
        }
    }
    text + &format!("\n-----END {label}-----\n")
}

#[test]
fn a_subject_that_breaks_its_rule_gets_no_certificate() {
    let bad = ClientSubject { device_id: "device 1".to_owned(), ..subject() };
    let result = authority().issue_client(&bad, TODAY);
    let expected = SubjectError::Form { attribute: "CN" };
    assert!(matches!(result, Err(AuthorityError::Subject(error)) if error == expected));
}

#[test]
fn a_list_names_what_is_revoked_when_and_why() {
    let authority = authority();
    let revocation = Revocation {
        serial_hex: "0A:BC".to_owned(),
        revoked_at_ms: NOW_MS,
        reason: Reason::Superseded,
    };
    let list = authority.revocation_list(&[revocation], 7, NOW_MS, NOW_MS + DAY_MS).unwrap();
    let (_, parsed) = CertificateRevocationList::from_der(&list.der).unwrap();
    let (_, root) = X509Certificate::from_der(authority.certificate_der()).unwrap();
    parsed.verify_signature(root.public_key()).unwrap();
    let [entry] = parsed.iter_revoked_certificates().collect::<Vec<_>>()[..] else {
        panic!("one entry")
    };
    assert_eq!(hex::encode(entry.raw_serial()), "0abc");
    assert_eq!(entry.revocation_date.timestamp() * 1000, NOW_MS);
    assert_eq!(entry.reason_code().unwrap().1.0, 4);
    assert_eq!(parsed.crl_number().unwrap().to_string(), "7");
    assert!(list.pem.starts_with("-----BEGIN X509 CRL-----"));
}

#[test]
fn a_list_of_nonsense_is_not_signed() {
    let authority = authority();
    for serial in ["", "00", &"1".repeat(41)] {
        let revocation = Revocation {
            serial_hex: serial.to_owned(),
            revoked_at_ms: NOW_MS,
            reason: Reason::Unspecified,
        };
        let result = authority.revocation_list(&[revocation], 1, NOW_MS, NOW_MS + DAY_MS);
        assert!(matches!(result, Err(AuthorityError::Invalid { parameter: "serial_hex" })));
    }
    let result = authority.revocation_list(&[], 1, NOW_MS, NOW_MS);
    assert!(matches!(result, Err(AuthorityError::Invalid { parameter: "next_update_ms" })));
}
