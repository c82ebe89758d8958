//! Secrets in memory (秘密): wiped when dropped, never shown by `Debug`.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A password, token, code or key as text.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text that came from outside.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// A token of 256 random bits: 43 characters of base64url.
    pub fn token() -> Self {
        use base64::Engine;
        let bytes = Zeroizing::new(rand::random::<[u8; 32]>());
        Self::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(*bytes))
    }

    /// `groups` groups of five random letters and digits that are not mistaken for each other,
    /// joined by hyphens: 25 random bits a group.
    pub fn readable(groups: usize) -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let letter = || {
            let place = usize::from(rand::random::<u8>() % 32);
            char::from(LETTERS.get(place).copied().unwrap_or(b'a'))
        };
        let mut text = Zeroizing::new(String::with_capacity(groups * 6));
        for place in 0..groups * 5 {
            if place > 0 && place % 5 == 0 {
                text.push('-');
            }
            text.push(letter());
        }
        Self(text)
    }

    /// Six random digits.
    pub fn six_digits() -> Self {
        // A million divides 2^32 so nearly evenly that no code is likelier by more than 0.03 %.
        Self::new(format!("{:06}", rand::random::<u32>() % 1_000_000))
    }

    /// The text, for an answer, a mail or a check.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the text, hexadecimal: how tokens are stored.
    pub fn sha256(&self) -> String {
        sha256(&self.0)
    }
}

/// SHA-256 of a token, hexadecimal.
pub(crate) fn sha256(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_secrets_have_their_form_and_never_show_it() {
        let token = Secret::token();
        assert_eq!(token.expose().len(), 43);
        assert_eq!(token.sha256().len(), 64);
        assert_eq!(format!("{token:?}"), "Secret(***)");
        assert_ne!(Secret::token().expose(), token.expose());
        let readable = Secret::readable(3);
        let groups: Vec<_> = readable.expose().split('-').map(str::len).collect();
        assert_eq!(groups, [5, 5, 5]);
        assert_eq!(Secret::six_digits().expose().len(), 6);
    }
}
