//! Why a neighbour did not give what was asked.

use tasuki_core::word::Word;
use tasuki_core::words;

words! {
    /// Why a neighbour refused (断られた理由); the words are those of its error answers.
    pub enum Refusal {
        /// The card's certificate is not of the card authority, or is no such certificate.
        UnknownIssuer = "unknown_issuer", "カードの証明書の発行元を確かめられません";
        /// The signature does not belong to the certificate or to the challenge.
        BadSignature = "bad_signature", "カードの署名を確かめられません";
        /// The card's certificate has ended.
        Expired = "expired", "カードの電子証明書の有効期限が切れています";
        /// The card's certificate was revoked: card lost, replaced, person deceased.
        Revoked = "revoked", "カードの電子証明書は失効しています";
        /// The card is good; no insured person belongs to it.
        UnknownPerson = "unknown_person", "この方の介護保険の資格が見つかりません";
        /// The person pressed "cancel", or the sign-in did not succeed.
        AccessDenied = "access_denied", "サインインが取り消されました";
        /// The code was used before, is too old, or belongs to another sign-in.
        InvalidGrant = "invalid_grant", "サインインの手続きの期限が切れました";
        /// The neighbour does not know us, or our key.
        InvalidClient = "invalid_client", "連携先がこのシステムを受け付けません";
        /// The neighbour does not understand our request.
        InvalidRequest = "invalid_request", "連携先が依頼を受け付けません";
        /// The reader's challenge is unknown, used or too old.
        ChallengeEnded = "challenge_ended", "カードの読み取りの期限が切れました";
        /// A reason that this version does not know.
        Other = "other", "連携先に断られました";
    }
}

/// Why a call to a neighbour failed. Callers branch on the variant.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The neighbour answered, and the answer is no. Asking again does not help.
    #[error("the neighbour refused: {}", .0.word())]
    Refused(Refusal),
    /// No answer, or one that says that it cannot answer now. Asking again later may help.
    #[error("the neighbour cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer, or our own setting, breaks the protocol or fails a check.
    #[error("unacceptable: {what}")]
    Malformed {
        /// What breaks the protocol; never its value.
        what: &'static str,
    },
}

impl GatewayError {
    pub(crate) fn malformed(what: &'static str) -> Self {
        Self::Malformed { what }
    }
}
