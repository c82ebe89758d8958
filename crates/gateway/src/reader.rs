//! The reader (カード読取アプリ) on the office's device: takes the platform's challenge, has the card
//! sign it, and hands over certificate and signature.
//!
//! It speaks over its own line, bound to the device's certificate. It never learns who the person
//! is; the platform asks the online eligibility system.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tasuki_core::date::AtMs;
use utoipa::ToSchema;

use crate::card::{CardCheck, CardError, CardReader, Pin};
use crate::{GatewayError, http};

/// Where the reader asks for work: 200 with a [`ReaderChallenge`], or 204 when there is none.
pub const CHALLENGE_PATH: &str = "/api/v1/reader/challenge";

/// Where the reader brings a [`ReaderAnswer`]; answered by a [`ReaderReceipt`].
pub const ANSWER_PATH: &str = "/api/v1/reader/answer";

/// Bytes of a challenge.
pub const CHALLENGE_BYTES: usize = 32;

/// What a page waits for (カードに署名させるもの): a card on the reader of the same device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReaderChallenge {
    /// Identifies the challenge (番号).
    pub challenge_id: String,
    /// [`CHALLENGE_BYTES`] random bytes in Base64 (署名させる値).
    pub challenge: String,
    /// How the holder is to be checked (確かめ方).
    pub check: CardCheck,
    /// After this moment an answer comes too late (期限).
    #[schema(value_type = i64)]
    pub expires_at_ms: AtMs,
}

/// What the card made of the challenge (カードの答え).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "challenge_id": "019a0000-0000-7000-8000-000000000000", "certificate": "MIIB…",
    "signature": "MEUC…", "check": "card_with_pin"
})))]
pub struct ReaderAnswer {
    /// The challenge that is answered (番号).
    pub challenge_id: String,
    /// The card's certificate, DER in Base64 (カードの証明書).
    pub certificate: String,
    /// The card's signature in Base64 (カードの署名).
    pub signature: String,
    /// How the holder was checked (確かめた方法).
    pub check: CardCheck,
}

impl ReaderAnswer {
    /// Certificate (DER) and signature as bytes.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Malformed`] when one of them is no Base64.
    pub fn decode(&self) -> Result<(Vec<u8>, Vec<u8>), GatewayError> {
        let certificate = decode(&self.certificate, "card certificate")?;
        Ok((certificate, decode(&self.signature, "card signature")?))
    }
}

/// The platform's word for the person who holds the reader (読み取りの結果): nothing about the
/// card's holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReaderReceipt {
    /// The platform knows the person; the page goes on (受け付けたか).
    pub accepted: bool,
    /// What to do now, in plain Japanese (画面の文).
    pub message: String,
}

/// Why the reader could not do its turn.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// The card did not sign.
    #[error("card")]
    Card(#[from] CardError),
    /// The challenge asks for a PIN, and none was typed.
    #[error("a PIN is needed")]
    PinNeeded,
    /// The platform did not answer, or not with yes.
    #[error("platform")]
    Platform(#[from] GatewayError),
}

/// The reader's line to the platform.
#[derive(Debug, Clone)]
pub struct Reader {
    http: reqwest::Client,
    base_url: String,
}

impl Reader {
    /// A line to the platform at `base_url` (without a slash at its end) through `http`, which
    /// shows the device's certificate.
    pub fn new(http: reqwest::Client, base_url: impl Into<String>) -> Self {
        Self { http, base_url: base_url.into() }
    }

    /// Asks once whether a page waits for a card.
    ///
    /// # Errors
    ///
    /// [`GatewayError`] of the line.
    pub async fn poll(&self) -> Result<Option<ReaderChallenge>, GatewayError> {
        let request = self.http.get(format!("{}{CHALLENGE_PATH}", self.base_url));
        http::json_or_nothing(request, "reader challenge").await
    }

    /// Has `card` sign `challenge` and brings the answer to the platform.
    ///
    /// The PIN goes to the card only; it is not sent.
    ///
    /// # Errors
    ///
    /// [`ReaderError`]; after a wrong PIN the same challenge may be answered again.
    pub async fn answer(
        &self,
        challenge: &ReaderChallenge,
        card: &impl CardReader,
        pin: Option<&Pin>,
    ) -> Result<ReaderReceipt, ReaderError> {
        let answer = sign(challenge, card, pin)?;
        let request = self.http.post(format!("{}{ANSWER_PATH}", self.base_url)).json(&answer);
        Ok(http::json(request, "reader receipt").await?)
    }
}

/// Has `card` sign `challenge` as the challenge asks.
///
/// # Errors
///
/// [`ReaderError`] but never `Platform(Unreachable)`: nothing is sent.
pub fn sign(
    challenge: &ReaderChallenge,
    card: &impl CardReader,
    pin: Option<&Pin>,
) -> Result<ReaderAnswer, ReaderError> {
    let bytes = decode(&challenge.challenge, "reader challenge")?;
    if bytes.len() != CHALLENGE_BYTES {
        return Err(GatewayError::malformed("reader challenge").into());
    }
    let pin = match challenge.check {
        // A PIN that was typed without need stays with us.
        CardCheck::ByEye => None,
        CardCheck::WithPin => Some(pin.ok_or(ReaderError::PinNeeded)?),
    };
    let signature = card.sign(&bytes, pin)?;
    Ok(ReaderAnswer {
        challenge_id: challenge.challenge_id.clone(),
        certificate: STANDARD.encode(card.certificate_der()?),
        signature: STANDARD.encode(signature),
        check: challenge.check,
    })
}

fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, GatewayError> {
    STANDARD.decode(text).map_err(|_| GatewayError::malformed(what))
}
