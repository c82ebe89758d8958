//! A card that is a file (仮想カード): certificate, private key, PIN and the tries that are left.

use std::fs::File;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::insured::{PersonName, Personal, Sex};

use super::{CardCheck, CardError, CardReader, Pin, signed_message};
use crate::atomic_file;

/// Wrong PINs in a row that lock a card.
///
/// Source: 公的個人認証サービス, 利用者証明用電子証明書の暗証番号 (locks after three wrong ones).
pub const PIN_TRIES: u8 = 3;

/// What is on a card: its printed face and its chip. It names no insurer and no number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardChip {
    /// Identifies the virtual card; letters, digits and hyphens.
    pub card_id: String,
    /// Name as printed, and its reading (not printed on a true card; for searching here).
    pub name: PersonName,
    /// Date of birth as printed.
    pub birth_date: Date,
    /// Sex as printed.
    pub sex: Sex,
    /// Last day of the certificate as printed.
    pub expires_on: Date,
    /// User-authentication certificate, DER in Base64.
    pub certificate: String,
    /// Its private key, PKCS#8 in Base64.
    pub private_key: Personal,
    /// Its PIN.
    pub pin: Pin,
    /// Wrong PINs until the card locks; 0 is a locked card.
    pub pin_tries_left: u8,
}

/// A card that lies in a file. Each use reads the file anew, as a reader does with a card.
#[derive(Debug, Clone)]
pub struct VirtualCard {
    path: PathBuf,
}

impl VirtualCard {
    /// Opens the virtual card file at `path`.
    ///
    /// # Errors
    ///
    /// [`CardError::Absent`] or [`CardError::Unreadable`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, CardError> {
        let card = Self { path: path.into() };
        card.chip().map(|_| card)
    }

    /// What is on the card.
    ///
    /// # Errors
    ///
    /// [`CardError::Absent`] or [`CardError::Unreadable`].
    pub fn chip(&self) -> Result<CardChip, CardError> {
        let text = std::fs::read(&self.path).map_err(CardError::Absent)?;
        serde_json::from_slice(&text).map_err(|_| CardError::Unreadable)
    }

    /// Writes `chip` to a new or existing card file.
    ///
    /// # Errors
    ///
    /// [`CardError::Absent`] when the file cannot be written.
    pub fn save(path: &Path, chip: &CardChip) -> Result<(), CardError> {
        let text = serde_json::to_vec_pretty(chip).map_err(|_| CardError::Unreadable)?;
        atomic_file::write(path, &text).map_err(CardError::Absent)
    }

    /// Compares the PIN and remembers the outcome before it is told.
    ///
    /// The office's reader and the sign-in page may hold the same file at the same moment; the
    /// lock keeps two of them from spending one try.
    fn enter_pin(&self, pin: &Pin) -> Result<CardChip, CardError> {
        let lock = File::create(self.path.with_extension("lock")).map_err(CardError::Absent)?;
        lock.lock().map_err(CardError::Absent)?;
        let mut chip = self.chip()?;
        if chip.pin_tries_left == 0 {
            return Err(CardError::Locked);
        }
        let right = chip.pin == *pin;
        let tries_left = if right { PIN_TRIES } else { chip.pin_tries_left - 1 };
        if chip.pin_tries_left != tries_left {
            chip.pin_tries_left = tries_left;
            Self::save(&self.path, &chip)?;
        }
        match (right, tries_left) {
            (true, _) => Ok(chip),
            (false, 0) => Err(CardError::Locked),
            (false, tries_left) => Err(CardError::WrongPin { tries_left }),
        }
    }
}

impl CardReader for VirtualCard {
    fn certificate_der(&self) -> Result<Vec<u8>, CardError> {
        STANDARD.decode(self.chip()?.certificate).map_err(|_| CardError::Unreadable)
    }

    fn sign(&self, challenge: &[u8], pin: Option<&Pin>) -> Result<Vec<u8>, CardError> {
        let (chip, check) = match pin {
            Some(pin) => (self.enter_pin(pin)?, CardCheck::WithPin),
            None => (self.chip()?, CardCheck::ByEye),
        };
        let key = STANDARD.decode(chip.private_key.expose()).map_err(|_| CardError::Unreadable)?;
        sign_with(&key, &signed_message(challenge, check)).ok_or(CardError::Unreadable)
    }
}

/// ECDSA P-256 or RSA (PKCS#1), both with SHA-256, as the key is.
fn sign_with(pkcs8: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8) {
        return Some(key.sign(&random, message).ok()?.as_ref().to_vec());
    }
    let key = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
    Some(signature)
}
