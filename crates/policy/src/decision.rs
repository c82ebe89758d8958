//! The answer of the policy: five gates, and what follows from them.

use tasuki_core::event::Gate;
use tasuki_core::words;

/// How one gate answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Holds.
    Passed,
    /// Does not hold; the request is refused.
    Failed,
    /// Was not asked, for the reason given.
    NotNeeded,
}

words! {
    /// Why a gate answered as it did; the Japanese is what the reader is told.
    ///
    /// No reason says anything about the person that the reader may not know: `Closed` covers the
    /// person's own decision and support measures alike.
    pub enum Reason {
        /// Column and job open this kind.
        RoleFits = "role_fits", "あなたの立場と職種で見ることができる情報です。";
        /// The kind is not shared with this column.
        NotShared = "not_shared", "この種類の情報は、あなたの立場には共有されません。";
        /// The column may, this job may not.
        JobNotAllowed = "job_not_allowed", "この情報は、あなたの職種では見ることができません。";
        /// An organisation's first account.
        LevelSeesNoPerson = "level_sees_no_person",
            "事業所ユーザは、利用者の情報を見ることができません。";
        /// Operator and review board.
        NoPersonHere = "no_person_here", "あなたの所属では、ここで利用者の情報を見ることができません。";
        /// The reader's organisation made it.
        OwnPaper = "own_paper", "あなたの所属が作成した書類です。";
        /// The person asks for their own information.
        OwnInformation = "own_information", "ご本人の情報です。";
        /// The person's request is the consent.
        OwnRequest = "own_request", "ご本人が見るときは、同意の登録はいりません。";
        /// The insurer of the person.
        OwnInsurer = "own_insurer", "あなたの市区町村の被保険者です。";
        /// Another insurer's person.
        OtherInsurer = "other_insurer", "あなたの市区町村の被保険者ではありません。";
        /// Registered as in charge.
        Assigned = "assigned", "あなたの事業所は担当として登録されています。";
        /// Not registered.
        NotAssigned = "not_assigned", "あなたの事業所は担当として登録されていません。";
        /// A consent covers it.
        Consented = "consented", "ご本人の同意があります。";
        /// None covers it.
        NoConsent = "no_consent", "ご本人の同意がまだありません。";
        /// The table shares it without consent.
        SharedAnyway = "shared_anyway", "同意がなくても共有される情報です。";
        /// Service goes on.
        Continuing = "continuing", "サービスが続いています。";
        /// It lapsed.
        Lapsed = "lapsed", "サービスの継続が確認できないため、閲覧できる期間が終わりました。";
        /// The insurer's own work needs no service.
        InsurerDuty = "insurer_duty", "市区町村の事務では、サービスの継続を問いません。";
        /// Break-glass stands in for the gate.
        Emergency = "emergency", "緊急時の閲覧として開いています。";
        /// The region is open.
        Disaster = "disaster", "災害のため、この地域の情報が開放されています。";
        /// An earlier gate failed, so this one says nothing.
        NotAsked = "not_asked", "前の条件を満たしていないため、確認していません。";
        /// Nothing blocks.
        NotBlocked = "not_blocked", "閲覧の制限はありません。";
        /// The account is stopped.
        AccountStopped = "account_stopped", "あなたのアカウントは停止されています。";
        /// The organisation is stopped.
        OfficeStopped = "office_stopped", "あなたの事業所は利用を停止されています。";
        /// The device is stopped.
        DeviceStopped = "device_stopped", "この端末の証明書は停止されています。";
        /// Closed to this reader; never says why.
        Closed = "closed", "いまは、この方の情報を表示できません。";
    }
}

words! {
    /// Why a request was permitted.
    pub enum Permit {
        /// The reader's organisation made it.
        WroteIt = "wrote_it", "作成者";
        /// `○` or `★` for the person, or a delegate.
        OwnInformation = "own_information", "ご本人";
        /// `◎` for the person: the request is the consent.
        OwnRequest = "own_request", "ご本人の求め";
        /// `○`, or `★` of the insurer.
        Shared = "shared", "共有";
        /// `◎` with consent.
        Consented = "consented", "同意";
        /// The region is open.
        Disaster = "disaster", "災害時の開放";
        /// Break-glass.
        Emergency = "emergency", "緊急時の閲覧";
    }
}

/// The answer of one gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateAnswer {
    /// Which gate.
    pub gate: Gate,
    /// How it answered.
    pub state: State,
    /// Why.
    pub reason: Reason,
}

/// Permit or deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every gate passed or was not needed.
    Permit(Permit),
    /// The first gate that failed, in their order.
    Deny {
        /// Which gate.
        gate: Gate,
        /// Why.
        reason: Reason,
    },
}

/// The answer to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The five gates, in their order.
    pub answers: [GateAnswer; 5],
    /// What follows.
    pub verdict: Verdict,
}

impl Decision {
    /// The verdict follows from the answers: the first failure denies, otherwise `permit`.
    pub(crate) fn new(answers: [GateAnswer; 5], permit: Permit) -> Self {
        let failed = answers.iter().find(|answer| answer.state == State::Failed);
        let verdict = match failed {
            Some(answer) => Verdict::Deny { gate: answer.gate, reason: answer.reason },
            None => Verdict::Permit(permit),
        };
        Self { answers, verdict }
    }

    /// The reader may read.
    pub fn is_permitted(&self) -> bool {
        matches!(self.verdict, Verdict::Permit(_))
    }
}
