//! Issues virtual cards to invented persons, and changes cards that were issued.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::{PersonKey, PersonName, Personal, Sex};
use tasuki_gateway::card::{CardChip, CardReference, PIN_TRIES, Pin, VirtualCard};
use tasuki_gateway::online_eligibility::EligiblePerson;

use crate::jpki::CardAuthority;
use crate::{EligibilityEntry, Home, RegisteredCard, SandboxError};

const DAY_MS: i64 = 24 * 3_600_000;

/// The kind of key on a card.
#[derive(Debug, Clone, Copy)]
pub enum CardKey<'a> {
    /// ECDSA P-256: made in no time.
    EcdsaP256,
    /// RSA with 2,048 bits, as the cards in people's purses have.
    Rsa2048,
    /// A key that is there already, PKCS#8.
    Existing(&'a [u8]),
}

/// To whom a card is issued (カードの持ち主).
#[derive(Debug, Clone)]
pub struct CardHolder {
    /// The person at the present insurer first, then at former insurers; may be empty.
    pub persons: Vec<PersonKey>,
    /// Name with reading.
    pub name: PersonName,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// The PIN they chose.
    pub pin: Pin,
    /// Last day of the certificate.
    pub expires_on: Date,
}

/// A card that was issued.
#[derive(Debug, Clone)]
pub struct IssuedCard {
    /// Identifies the virtual card.
    pub card_id: String,
    /// What the sign-in will tell the platform.
    pub card_reference: CardReference,
    /// The virtual card file.
    pub path: PathBuf,
}

impl Home {
    /// Issues a card to each of `holders`, and tells the eligibility system whose they are.
    ///
    /// # Errors
    ///
    /// [`SandboxError`]; cards issued before the failure are not registered.
    pub fn issue_cards(
        &self,
        holders: &[CardHolder],
        key: CardKey<'_>,
        now: AtMs,
    ) -> Result<Vec<IssuedCard>, SandboxError> {
        let authority = CardAuthority::open(self, now)?;
        self.change_cards(|cards| {
            let mut eligibility = self.eligibility()?;
            let mut issued = Vec::with_capacity(holders.len());
            for holder in holders {
                let card_id = format!("card-{:05}", cards.len() + 1);
                let card = self.issue_card(&authority, holder, key, card_id, now)?;
                eligibility.push(entry(holder, &card.card_reference));
                issued.push(IssuedCard {
                    path: self.card_path(&card.card_id),
                    card_id: card.card_id.clone(),
                    card_reference: card.card_reference.clone(),
                });
                cards.push(card);
            }
            self.save_eligibility(&eligibility)?;
            Ok(issued)
        })
    }

    /// Revokes a card's certificate (失効), with effect on the next question.
    ///
    /// # Errors
    ///
    /// [`SandboxError::NoCard`], or the files' errors.
    pub fn revoke_card(&self, card_id: &str, now: AtMs) -> Result<(), SandboxError> {
        self.change_cards(|cards| {
            find(cards, card_id)?.revoked_at_ms.get_or_insert(now);
            Ok(())
        })
    }

    /// Puts a certificate on the card that ended a day ago (有効期限切れ).
    ///
    /// # Errors
    ///
    /// [`SandboxError::NoCard`], or the files' errors.
    pub fn expire_card(&self, card_id: &str, now: AtMs) -> Result<(), SandboxError> {
        let authority = CardAuthority::open(self, now)?;
        self.change_cards(|cards| {
            let card = find(cards, card_id)?;
            let path = self.card_path(&card.card_id);
            let mut chip = VirtualCard::open(&path)?.chip()?;
            let corrupt = || SandboxError::Corrupt { file: card.card_id.clone() };
            let key = STANDARD.decode(chip.private_key.expose()).map_err(|_| corrupt())?;
            let until = now.plus_ms(-DAY_MS);
            let from = until.plus_ms(-DAY_MS);
            let signed = authority.issue(CardKey::Existing(&key), from, until)?;
            chip.certificate = STANDARD.encode(signed.certificate);
            chip.expires_on = until.date();
            VirtualCard::save(&path, &chip)?;
            card.serial_hex = signed.serial_hex;
            Ok(())
        })
    }

    /// Unlocks a card after three wrong PINs, as a municipality's counter does.
    ///
    /// # Errors
    ///
    /// [`SandboxError::NoCard`], or the files' errors.
    pub fn unlock_card(&self, card_id: &str) -> Result<(), SandboxError> {
        let (card, file) = self.card(card_id)?;
        let chip = CardChip { pin_tries_left: PIN_TRIES, ..file.chip()? };
        Ok(VirtualCard::save(&self.card_path(&card.card_id), &chip)?)
    }

    fn issue_card(
        &self,
        authority: &CardAuthority,
        holder: &CardHolder,
        key: CardKey<'_>,
        card_id: String,
        now: AtMs,
    ) -> Result<RegisteredCard, SandboxError> {
        // The last day counts to its end, in Japan.
        let last_day = AtMs::start_of(holder.expires_on);
        let from = now.plus_ms(-DAY_MS).min(last_day);
        let signed = authority.issue(key, from, last_day.plus_ms(DAY_MS - 1000))?;
        let chip = CardChip {
            card_id: card_id.clone(),
            name: holder.name.clone(),
            birth_date: holder.birth_date,
            sex: holder.sex,
            expires_on: holder.expires_on,
            certificate: STANDARD.encode(&signed.certificate),
            private_key: Personal::new(STANDARD.encode(&signed.private_key)),
            pin: holder.pin.clone(),
            pin_tries_left: PIN_TRIES,
        };
        VirtualCard::save(&self.card_path(&card_id), &chip)?;
        let reference = hex::encode(rand::random::<u128>().to_be_bytes());
        Ok(RegisteredCard {
            card_id,
            card_reference: CardReference::parse(&reference)?,
            serial_hex: tasuki_tls::canonical_serial(&signed.serial_hex),
            name: holder.name.clone(),
            birth_date: holder.birth_date,
            revoked_at_ms: None,
        })
    }
}

fn entry(holder: &CardHolder, card_reference: &CardReference) -> EligibilityEntry {
    let person = |key: &PersonKey| EligiblePerson {
        key: key.clone(),
        name_kana: holder.name.kana.clone(),
        birth_date: holder.birth_date,
    };
    EligibilityEntry {
        card_reference: card_reference.clone(),
        persons: holder.persons.iter().map(person).collect(),
    }
}

fn find<'a>(
    cards: &'a mut [RegisteredCard],
    card_id: &str,
) -> Result<&'a mut RegisteredCard, SandboxError> {
    cards.iter_mut().find(|card| card.card_id == card_id).ok_or(SandboxError::NoCard)
}
