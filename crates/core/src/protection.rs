//! Offices that an insurer keeps from a protected person (支援措置による閲覧の停止).

use crate::date::AtMs;
use crate::insured::Personal;
use crate::provider::ProviderNumber;
use crate::words;

words! {
    /// Why an office is blocked (閲覧を止める理由).
    pub enum BlockReason {
        /// The person asked for it.
        Requested = "requested", "ご本人の申し出";
        /// The decision about the support measures names the office.
        Decision = "decision", "支援措置の決定";
        /// Through the office somebody may learn where the person is.
        Risk = "risk", "居所が知られるおそれ";
    }
}

/// One office for which a protected person is absent (閲覧を止めた事業所).
///
/// A block stands until the insurer lifts it, also when the support measures end before: an end
/// that nobody has looked at must open nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectionBlock {
    /// Opaque id.
    pub id: String,
    /// The office.
    pub provider: ProviderNumber,
    /// Name of the office, when the platform knows it.
    pub provider_name: Option<String>,
    /// Why.
    pub reason: BlockReason,
    /// What the insurer's staff wrote beside it; for the insurer alone.
    pub note: Personal,
    /// From this moment on.
    pub blocked_at: AtMs,
    /// Until this moment, exclusive; `None` while it stands.
    pub lifted_at: Option<AtMs>,
}

impl ProtectionBlock {
    /// The office sees nothing of the person at `at`.
    pub fn stands(&self, at: AtMs) -> bool {
        self.blocked_at <= at && self.lifted_at.is_none_or(|lifted| at < lifted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_stands_from_its_first_to_before_its_last_millisecond() {
        let block = ProtectionBlock {
            id: "b1".to_owned(),
            provider: ProviderNumber::parse("9970000001").unwrap(),
            provider_name: None,
            reason: BlockReason::Requested,
            note: Personal::new(""),
            blocked_at: AtMs(10),
            lifted_at: Some(AtMs(20)),
        };
        assert!(!block.stands(AtMs(9)) && block.stands(AtMs(10)));
        assert!(block.stands(AtMs(19)) && !block.stands(AtMs(20)));
        assert!(ProtectionBlock { lifted_at: None, ..block }.stands(AtMs(i64::MAX)));
    }
}
