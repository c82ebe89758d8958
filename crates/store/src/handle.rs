//! Opaque handles of persons (利用者の取っ手), for addresses of pages and the API.
//!
//! A number of a person never stands in an address: addresses reach histories and logs. A handle
//! is the sealed number, bound to the audience (organisation or citizen's session) it was made
//! for: elsewhere it opens nothing. The same person always has the same handle for the same
//! audience, so bookmarks keep working, and no table is needed.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;

/// Makes and opens handles.
#[derive(Clone)]
pub struct HandleKey(std::sync::Arc<LessSafeKey>);

impl HandleKey {
    /// The key of 32 bytes, used for nothing else.
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "the length is fixed by the type")]
        let key = UnboundKey::new(&AES_256_GCM_SIV, bytes).expect("32 bytes are an AES-256 key");
        Self(std::sync::Arc::new(LessSafeKey::new(key)))
    }

    /// The handle of `person` for `audience`: 64 hexadecimal digits.
    pub fn seal(&self, audience: &str, person: &PersonKey) -> String {
        let mut text =
            format!("{}{}", person.insurer.as_str(), person.insured.expose()).into_bytes();
        // One nonce for all is what this mode allows: equal persons give equal handles, no more.
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        match self.0.seal_in_place_append_tag(nonce, Aad::from(audience.as_bytes()), &mut text) {
            Ok(()) => hex::encode(text),
            // Sealing 16 bytes does not fail; should it, the handle opens nothing.
            Err(_) => String::new(),
        }
    }

    /// The person of a handle that was made for `audience`; `None` for any other text.
    pub fn open(&self, audience: &str, handle: &str) -> Option<PersonKey> {
        let mut bytes = hex::decode(handle).ok().filter(|bytes| bytes.len() == 32)?;
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        let text = self.0.open_in_place(nonce, Aad::from(audience.as_bytes()), &mut bytes).ok()?;
        let (insurer, insured) = std::str::from_utf8(text).ok()?.split_at_checked(6)?;
        let insurer = InsurerNumber::parse(insurer).ok()?;
        Some(PersonKey { insurer, insured: InsuredNumber::parse(insured).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_opens_for_its_audience_only() {
        let key = HandleKey::new(&[3; 32]);
        let person = PersonKey {
            insurer: InsurerNumber::with_check_digit("99001").unwrap(),
            insured: InsuredNumber::parse("H000000001").unwrap(),
        };
        let handle = key.seal("provider:9970000001", &person);
        assert_eq!(handle, key.seal("provider:9970000001", &person));
        assert!(!handle.contains("000000001"));
        assert_eq!(key.open("provider:9970000001", &handle), Some(person));
        assert_eq!(key.open("provider:9970000002", &handle), None);
        assert_eq!(HandleKey::new(&[4; 32]).open("provider:9970000001", &handle), None);
        for bad in ["", "00", &handle[..62], "zz"] {
            assert_eq!(key.open("provider:9970000001", bad), None, "{bad}");
        }
    }
}
