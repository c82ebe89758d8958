//! Online eligibility (オンライン資格確認等システム): turns a card into an insured person.
//!
//! Over mutual TLS with the platform's own certificate. The wire is ours: the national one is not
//! public (unverified), and stays behind this client.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::insured::{PersonKey, Personal};

use crate::card::{CardCheck, CardReference};
use crate::{GatewayError, http};

/// Body of `POST /v1/identify`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifyRequest {
    /// The card's certificate, DER in Base64.
    pub certificate: String,
    /// The platform's challenge in Base64.
    pub challenge: String,
    /// The card's signature over [`crate::card::signed_message`] in Base64.
    pub signature: String,
    /// How the holder was checked; under the signature.
    pub check: CardCheck,
}

/// Body of `POST /v1/by-reference`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceRequest {
    /// What the sign-in gave.
    pub card_reference: CardReference,
}

/// An insured person as the eligibility system knows them (資格情報).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EligiblePerson {
    /// Insurer and number.
    pub key: PersonKey,
    /// Reading of the name in full-width katakana.
    pub name_kana: Personal,
    /// Date of birth.
    pub birth_date: Date,
}

/// The answer of both calls: at least one person, the present insurer first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdentifyAnswer {
    /// The person under each insurer that insures or insured them.
    pub persons: Vec<EligiblePerson>,
}

/// Whom the card belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    /// The person at the present insurer.
    pub person: EligiblePerson,
    /// The same person at former insurers, latest first.
    pub former: Vec<EligiblePerson>,
}

/// The client; one per process, shared by all requests.
#[derive(Debug, Clone)]
pub struct OnlineEligibility {
    http: reqwest::Client,
    base_url: String,
}

impl OnlineEligibility {
    /// A client that calls `base_url` (an `https:` address without a slash at its end) through
    /// `http`, which shows the platform's certificate.
    pub fn new(http: reqwest::Client, base_url: impl Into<String>) -> Self {
        Self { http, base_url: base_url.into() }
    }

    /// Asks whom a card belongs to that signed `challenge`.
    ///
    /// The caller made the challenge, and takes each one back once only.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Refused`] with `UnknownIssuer`, `BadSignature`, `Expired`, `Revoked` or
    /// `UnknownPerson`.
    pub async fn identify(
        &self,
        certificate_der: &[u8],
        challenge: &[u8],
        signature: &[u8],
        check: CardCheck,
    ) -> Result<Identification, GatewayError> {
        let request = IdentifyRequest {
            certificate: STANDARD.encode(certificate_der),
            challenge: STANDARD.encode(challenge),
            signature: STANDARD.encode(signature),
            check,
        };
        self.ask("/v1/identify", &request).await
    }

    /// Asks whom a card reference of the citizen's sign-in belongs to.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Refused`] with `Revoked`, `Expired` or `UnknownPerson`.
    pub async fn by_reference(
        &self,
        card_reference: &CardReference,
    ) -> Result<Identification, GatewayError> {
        let request = ReferenceRequest { card_reference: card_reference.clone() };
        self.ask("/v1/by-reference", &request).await
    }

    async fn ask(
        &self,
        path: &str,
        request: &impl Serialize,
    ) -> Result<Identification, GatewayError> {
        let request = self.http.post(format!("{}{path}", self.base_url)).json(request);
        let answer: IdentifyAnswer = http::json(request, "eligibility answer").await?;
        let mut persons = answer.persons.into_iter();
        let person = persons.next().ok_or(GatewayError::malformed("eligibility answer"))?;
        Ok(Identification { person, former: persons.collect() })
    }
}
