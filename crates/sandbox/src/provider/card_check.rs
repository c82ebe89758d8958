//! Has a card sign, and checks what it signed.

use tasuki_core::date::AtMs;
use tasuki_gateway::Refusal;
use tasuki_gateway::card::{CardCheck, CardError, CardReader, CardReference, Pin, signed_message};

use super::Provider;
use crate::{SandboxError, certificate};

/// Why nobody is signed in.
pub(super) enum SignInError {
    /// What the person at the page can mend, or must know.
    Card(CardProblem),
    /// Our own fault.
    Sandbox(SandboxError),
}

/// What may be wrong with card and PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardProblem {
    NotChosen,
    PinForm,
    WrongPin { tries_left: u8 },
    Locked,
    Ended(Refusal),
}

impl From<SandboxError> for SignInError {
    fn from(error: SandboxError) -> Self {
        Self::Sandbox(error)
    }
}

impl From<CardProblem> for SignInError {
    fn from(problem: CardProblem) -> Self {
        Self::Card(problem)
    }
}

impl Provider {
    /// Has the card `card_id` sign a fresh challenge with the PIN, and checks certificate,
    /// signature, validity and revocation. Reads and writes files: call it off the event loop.
    pub(super) fn check_card(
        &self,
        card_id: &str,
        pin: &str,
        now: AtMs,
    ) -> Result<CardReference, SignInError> {
        let pin = Pin::parse(pin).map_err(|_| CardProblem::PinForm)?;
        let (card, file) = match self.home.card(card_id) {
            Err(SandboxError::NoCard) => return Err(CardProblem::NotChosen.into()),
            found => found?,
        };
        let challenge: [u8; 32] = rand::random();
        let signature = match file.sign(&challenge, Some(&pin)) {
            Err(CardError::WrongPin { tries_left }) => {
                return Err(CardProblem::WrongPin { tries_left }.into());
            }
            Err(CardError::Locked) => return Err(CardProblem::Locked.into()),
            signed => signed.map_err(SandboxError::from)?,
        };
        let certificate = file.certificate_der().map_err(SandboxError::from)?;
        let message = signed_message(&challenge, CardCheck::WithPin);
        let authority = self.authority.certificate();
        let serial = certificate::check(&certificate, authority, &message, &signature, now)
            .map_err(CardProblem::Ended)?;
        if serial != card.serial_hex {
            return Err(CardProblem::Ended(Refusal::UnknownIssuer).into());
        }
        if card.revoked_at_ms.is_some() {
            return Err(CardProblem::Ended(Refusal::Revoked).into());
        }
        Ok(card.card_reference)
    }
}
