//! My Number cards (マイナンバーカード): what a card does for us, whichever reader it lies on.
//!
//! Only the user-authentication certificate (利用者証明用電子証明書) is used. It names nobody: who the
//! person is, only the online eligibility system can tell. The 12-digit number is never read.

mod virtual_card;

use std::fmt;

use serde::{Deserialize, Serialize};
use tasuki_core::assignment::IdentityCheck;
use tasuki_core::word::Word;
use tasuki_core::words;

pub use virtual_card::{CardChip, PIN_TRIES, VirtualCard};

/// First line of what a card signs, so that no other protocol's message can be asked of it.
const PURPOSE: &[u8] = b"tasuki card challenge 1\n";

words! {
    /// How the holder was checked when the card signed (本人確認の方法).
    pub enum CardCheck {
        /// The photo compared by eye; the card signs without PIN.
        ByEye = "card_by_eye", "顔写真を目で確認";
        /// The holder typed the PIN.
        WithPin = "card_with_pin", "暗証番号";
    }
}

impl CardCheck {
    /// The same, as a registration keeps it.
    pub fn identity_check(self) -> IdentityCheck {
        match self {
            Self::ByEye => IdentityCheck::CardByEye,
            Self::WithPin => IdentityCheck::CardWithPin,
        }
    }
}

/// PIN of the user-authentication certificate (利用者証明用電子証明書の暗証番号): four digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin(String);

/// The text is not four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be four digits")]
pub struct PinError;

impl Pin {
    /// Parses four ASCII digits.
    ///
    /// # Errors
    ///
    /// [`PinError`] for everything else.
    pub fn parse(text: &str) -> Result<Self, PinError> {
        let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if four_digits { Ok(Self(text.to_owned())) } else { Err(PinError) }
    }

    /// The four digits, for the card.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(****)")
    }
}

impl TryFrom<String> for Pin {
    type Error = PinError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        pin.0
    }
}

/// Why a card did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The PIN is wrong; at zero tries left the card is locked.
    #[error("wrong PIN, {tries_left} tries left")]
    WrongPin {
        /// Tries until the card locks.
        tries_left: u8,
    },
    /// The PIN was wrong too often; a municipality's counter unlocks the card.
    #[error("the card is locked")]
    Locked,
    /// No card on the reader, or its file cannot be read or written.
    #[error("no card can be reached")]
    Absent(#[source] std::io::Error),
    /// This is no card that we know.
    #[error("not a readable card")]
    Unreadable,
}

/// A reader with a card on it: a virtual card file, or PC/SC.
pub trait CardReader {
    /// The user-authentication certificate, DER.
    ///
    /// # Errors
    ///
    /// [`CardError::Absent`] or [`CardError::Unreadable`].
    fn certificate_der(&self) -> Result<Vec<u8>, CardError>;

    /// Signs [`signed_message`] of `challenge`: with a PIN as [`CardCheck::WithPin`], without as
    /// [`CardCheck::ByEye`].
    ///
    /// # Errors
    ///
    /// [`CardError`]; a wrong PIN costs a try, which the card remembers.
    fn sign(&self, challenge: &[u8], pin: Option<&Pin>) -> Result<Vec<u8>, CardError>;
}

/// What the card signs: a purpose, how the holder was checked, and the challenge.
///
/// The way of checking stands under the signature so that nobody after the reader can turn a check
/// by eye into one by PIN.
pub fn signed_message(challenge: &[u8], check: CardCheck) -> Vec<u8> {
    [PURPOSE, check.word().as_bytes(), b"\n", challenge].concat()
}

/// Opaque reference to a card's holder (カードの参照番号) that the sign-in system gives us and the
/// online eligibility system understands: 16 to 64 letters, digits, `-` or `_`.
///
/// A pseudonym and therefore personal: `Debug` is redacted and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardReference(String);

/// The text is no card reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 16 to 64 letters, digits, hyphens or underscores")]
pub struct CardReferenceError;

impl CardReference {
    /// Parses a reference.
    ///
    /// # Errors
    ///
    /// [`CardReferenceError`] when length or characters are wrong.
    pub fn parse(text: &str) -> Result<Self, CardReferenceError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (16..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CardReferenceError)
        }
    }

    /// The text, for the online eligibility system and the account that it is linked to.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardReference(***)")
    }
}

impl TryFrom<String> for CardReference {
    type Error = CardReferenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<CardReference> for String {
    fn from(reference: CardReference) -> Self {
        reference.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_ascii_digits_and_is_not_printed() {
        assert!(Pin::parse("0123").is_ok());
        for bad in ["", "123", "12345", "12a4", "１２３４"] {
            assert_eq!(Pin::parse(bad), Err(PinError), "{bad}");
        }
        assert!(!format!("{:?}", Pin::parse("0123").unwrap()).contains("0123"));
    }

    #[test]
    fn a_signature_by_eye_is_none_by_pin() {
        let message = |check| signed_message(b"challenge", check);
        assert_ne!(message(CardCheck::ByEye), message(CardCheck::WithPin));
    }

    #[test]
    fn a_card_reference_fits_into_an_address_and_is_not_printed() {
        let reference = CardReference::parse("abcdefghij-KLMNOP_0123").unwrap();
        assert!(!format!("{reference:?}").contains("abc"));
        for bad in ["short", "with spaces in the text", "スラッシュ/もだめ/です/です"] {
            assert_eq!(CardReference::parse(bad), Err(CardReferenceError), "{bad}");
        }
    }
}
