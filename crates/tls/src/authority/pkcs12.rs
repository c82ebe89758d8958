//! A certificate with its key as a PKCS#12 file, which browsers and operating systems import.

use p12_keystore::{
    Certificate as StoreCertificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain,
};

use super::{AuthorityError, Issued};

/// The fewest characters of an import password.
const PASSWORD_MIN: usize = 8;

impl Issued {
    /// Certificate, root and key in one file, encrypted with AES-256 under `password`.
    ///
    /// `label` names the key; the certificate is named by its subject, which is what Chromium and
    /// Firefox list. The password has at least 8 printable ASCII characters without a space:
    /// importers disagree on the encoding of all others.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Invalid`] for `password` or a `label` that is empty or has characters
    /// beyond the basic multilingual plane, which the format cannot hold.
    pub fn pkcs12(&self, label: &str, password: &str) -> Result<Vec<u8>, AuthorityError> {
        if label.is_empty() || label.chars().any(|c| u32::from(c) > 0xFFFF) {
            return Err(AuthorityError::Invalid { parameter: "label" });
        }
        let printable = password.bytes().all(|byte| byte.is_ascii_graphic());
        if password.len() < PASSWORD_MIN || !printable {
            return Err(AuthorityError::Invalid { parameter: "password" });
        }
        let leaf = StoreCertificate::from_der(&self.certificate.der)?;
        let root = StoreCertificate::from_der(&self.root)?;
        let key = PrivateKey::from_der(self.key.serialized_der())?;
        let id = self.certificate.sha256_hex.as_str();
        let chain = PrivateKeyChain::new(id, key, [leaf, root]);
        let mut store = KeyStore::new();
        store.add_entry(label, KeyStoreEntry::PrivateKeyChain(chain));
        Ok(store.writer(password).write()?)
    }
}
