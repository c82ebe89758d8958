//! Other people's tools read what we write. A tool that is not installed is not asked.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use tasuki_tls::authority::AuthorityError;

use crate::support::*;

const PASSWORD: &str = "fictitious-1";

/// What the tool printed on success, `None` when it is not installed.
fn run(program: &str, arguments: &[&str], directory: &Path) -> Option<String> {
    match Command::new(program).args(arguments).current_dir(directory).output() {
        Ok(output) => {
            let problem = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{program} {arguments:?}: {problem}");
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("{program}: {error}"),
    }
}

#[test]
fn a_pkcs12_file_opens_with_its_password_and_no_other() {
    let issued = client(&authority());
    let file = issued.pkcs12("介護 端末1", PASSWORD).unwrap();
    let store = KeyStore::from_pkcs12(&file, PASSWORD, Pkcs12ImportPolicy::Strict).unwrap();
    let (label, chain) = store.private_key_chain().unwrap();
    assert_eq!(label, "介護 端末1");
    assert_eq!(chain.certs().len(), 2);
    assert_eq!(chain.certs()[0].as_der(), &*issued.certificate.der);
    assert!(KeyStore::from_pkcs12(&file, "fictitious-2", Pkcs12ImportPolicy::Strict).is_err());
}

#[test]
fn a_weak_or_ambiguous_password_is_refused() {
    let issued = client(&authority());
    for password in ["", "short-1", "with space 1", "パスワードです"] {
        let result = issued.pkcs12("device", password);
        assert!(matches!(result, Err(AuthorityError::Invalid { parameter: "password" })));
    }
}

#[test]
fn openssl_reads_the_pkcs12_file() {
    let directory = tempfile::tempdir().unwrap();
    let issued = client(&authority());
    let place = directory.path();
    fs::write(place.join("device.p12"), issued.pkcs12("device", PASSWORD).unwrap()).unwrap();
    let password = format!("pass:{PASSWORD}");
    let arguments = ["pkcs12", "-in", "device.p12", "-nodes", "-passin", &password];
    let Some(text) = run("openssl", &arguments, place) else { return };
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 2);
    assert_eq!(text.matches("BEGIN PRIVATE KEY").count(), 1);
}

#[test]
fn the_browsers_key_store_imports_the_pkcs12_file() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let issued = client(&authority());
    fs::write(place.join("device.p12"), issued.pkcs12("device", PASSWORD).unwrap()).unwrap();
    let Some(_) = run("certutil", &["-N", "-d", "sql:.", "--empty-password"], place) else {
        return;
    };
    let import = ["-i", "device.p12", "-d", "sql:.", "-W", PASSWORD, "-K", ""];
    let Some(_) = run("pk12util", &import, place) else { return };
    // `u` is the mark of a certificate whose private key the store holds.
    let listing = run("certutil", &["-L", "-d", "sql:."], place).unwrap();
    let line = listing.lines().find(|line| line.contains("CN=device-1")).unwrap();
    assert!(line.trim_end().ends_with("u,u,u"), "{listing}");
}

#[test]
fn openssl_follows_the_chain_and_the_list() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let authority = authority();
    let (lost, kept) = (client(&authority), client(&authority));
    let revocation = tasuki_tls::authority::Revocation {
        serial_hex: lost.certificate.serial_hex.clone(),
        revoked_at_ms: NOW_MS - 1,
        reason: tasuki_tls::authority::Reason::KeyCompromise,
    };
    let list = authority.revocation_list(&[revocation], 1, NOW_MS, NOW_MS + DAY_MS).unwrap();
    fs::write(place.join("ca.pem"), authority.certificate_pem()).unwrap();
    fs::write(place.join("list.pem"), list.pem).unwrap();
    fs::write(place.join("kept.pem"), &kept.certificate.pem).unwrap();
    fs::write(place.join("lost.pem"), &lost.certificate.pem).unwrap();
    let now = (NOW_MS / 1000).to_string();
    let verify = |file| {
        let strict = ["verify", "-x509_strict", "-purpose", "sslclient", "-crl_check"];
        let files = ["-CAfile", "ca.pem", "-CRLfile", "list.pem", "-attime", &now, file];
        Command::new("openssl").args(strict).args(files).current_dir(place).output()
    };
    let Ok(output) = verify("kept.pem") else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = verify("lost.pem").unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("certificate revoked"));
}
