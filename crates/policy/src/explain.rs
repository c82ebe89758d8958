//! The decision in plain words, for pages, the API and `tasuki explain`.

use tasuki_core::event::Gate;

use crate::decision::{Decision, Reason, State, Verdict};

/// What one gate answered, for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Which gate.
    pub gate: Gate,
    /// How it answered.
    pub state: State,
    /// The sentence.
    pub text: &'static str,
    /// What the reader can do now, when something can be done.
    pub next: Option<&'static str>,
}

/// One line for each gate, in their order.
///
/// A reader who may not know whether the paper exists ([`may_know_exists`]) is told of a missing
/// consent only that it was not asked.
pub fn explain(decision: &Decision) -> Vec<Line> {
    let tell_consent = may_know_exists(decision);
    let line = |answer: &crate::GateAnswer| {
        let hide = answer.reason == Reason::NoConsent && !tell_consent;
        let (state, reason) = match hide {
            true => (State::NotNeeded, Reason::NotAsked),
            false => (answer.state, answer.reason),
        };
        Line { gate: answer.gate, state, text: reason.japanese(), next: next_step(reason) }
    };
    decision.answers.iter().map(line).collect()
}

/// The reader may be told 「ご本人の同意がまだありません」: every other gate holds and just the consent
/// is missing. To all others, "hidden" must look like "absent".
pub fn may_know_exists(decision: &Decision) -> bool {
    let mut failed = decision.answers.iter().filter(|answer| answer.state == State::Failed);
    match decision.verdict {
        Verdict::Permit(_) => true,
        Verdict::Deny { .. } => {
            failed.next().is_some_and(|answer| answer.reason == Reason::NoConsent)
                && failed.next().is_none()
        }
    }
}

/// What to do after a failure; nothing where the reader cannot do anything about it.
fn next_step(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::NotShared => Some("必要なときは、市区町村の窓口にお問い合わせください。"),
        Reason::JobNotAllowed => {
            Some("職種の登録が違うときは、事業所の管理者に直してもらってください。")
        }
        Reason::LevelSeesNoPerson => Some("管理者ユーザまたは一般ユーザでサインインしてください。"),
        Reason::NotAssigned => {
            Some("ご本人のカード、または4つの項目で本人確認をして、担当として登録してください。")
        }
        Reason::Lapsed => {
            Some("サービスが続いているときは、もう一度、担当として登録してください。")
        }
        Reason::NoConsent => Some("ご本人に説明して、同意を登録してください。"),
        Reason::AccountStopped => Some("事業所の管理者にご相談ください。"),
        Reason::OfficeStopped | Reason::DeviceStopped => {
            Some("介護情報基盤の運営窓口にお問い合わせください。")
        }
        Reason::RoleFits
        | Reason::NoPersonHere
        | Reason::OwnPaper
        | Reason::OwnInformation
        | Reason::OwnRequest
        | Reason::OwnInsurer
        | Reason::OtherInsurer
        | Reason::Assigned
        | Reason::Consented
        | Reason::SharedAnyway
        | Reason::Continuing
        | Reason::InsurerDuty
        | Reason::Emergency
        | Reason::Disaster
        | Reason::NotAsked
        | Reason::NotBlocked
        | Reason::Closed => None,
    }
}
