//! Access events (アクセス記録): who looked at whom, at what, why, and what came of it.

use serde::{Deserialize, Serialize};

use crate::account::{JobType, Organisation};
use crate::date::AtMs;
use crate::document::DocumentKind;
use crate::insured::PersonKey;
use crate::words;

words! {
    /// What was done (操作).
    pub enum Action {
        /// Opened a person's information.
        Look = "look", "閲覧";
        /// Searched for a person by card or matching items.
        Find = "find", "本人確認・検索";
        /// Listed the persons in charge.
        List = "list", "一覧";
        /// Printed.
        Print = "print", "印刷";
        /// Took information out as a file.
        Export = "export", "書き出し";
        /// Read the access log.
        ReadLog = "read_log", "アクセス記録の閲覧";
        /// Signed in.
        SignIn = "sign_in", "サインイン";
        /// Signed out or was signed out.
        SignOut = "sign_out", "サインアウト";
        /// Registered an office as in charge.
        AssignmentStart = "assignment_start", "担当事業所の登録";
        /// Ended a registration.
        AssignmentEnd = "assignment_end", "担当事業所の登録の終了";
        /// Took a consent.
        ConsentGive = "consent_give", "同意の登録";
        /// Narrowed a consent.
        ConsentNarrow = "consent_narrow", "同意の範囲の変更";
        /// Took a consent back.
        ConsentWithdraw = "consent_withdraw", "同意の撤回";
        /// A municipality's file changed a person's information.
        Ingest = "ingest", "市町村からのデータ登録";
        /// Opened a person in an emergency, without consent or registration.
        BreakGlass = "break_glass", "緊急時の閲覧";
        /// The privacy officer reviewed an emergency look.
        BreakGlassReview = "break_glass_review", "緊急時の閲覧の点検";
        /// The person reported a look as strange.
        Objection = "objection", "ご本人からの問い合わせ";
        /// Invited, accepted or ended a delegate.
        DelegateChange = "delegate_change", "ご家族・代理人の変更";
        /// Stopped an office's looks at a protected person, or let it look again.
        BlockChange = "block_change", "支援措置による閲覧の停止の変更";
        /// Made or changed an account.
        AccountChange = "account_change", "アカウントの変更";
        /// Issued, renewed or revoked a device certificate.
        DeviceChange = "device_change", "端末証明書の変更";
        /// Changed the settings or the sharing table.
        SettingChange = "setting_change", "設定の変更";
    }
}

words! {
    /// Why a person's information was opened (目的).
    pub enum Purpose {
        /// To plan, prepare or give care.
        Care = "care", "サービスの準備・提供";
        /// To write or change a care plan.
        CarePlanning = "care_planning", "ケアプランの作成";
        /// To write the attending physician's opinion.
        Opinion = "opinion", "主治医意見書の作成";
        /// To check certificates before a service or a claim.
        Eligibility = "eligibility", "資格・負担割合の確認";
        /// The insurer's own work.
        InsurerDuty = "insurer_duty", "保険者の事務";
        /// The person looks at their own information.
        OwnInformation = "own_information", "ご本人の確認";
        /// Danger to life.
        Emergency = "emergency", "生命に関わる緊急時";
        /// Running the platform.
        Operation = "operation", "基盤の運営";
    }
}

words! {
    /// The five gates, in the order they are asked (閲覧の5つの条件).
    pub enum Gate {
        /// Kind of office and job.
        Role = "role", "事業所の種類と職種";
        /// Identity checked and office registered as in charge.
        Assignment = "assignment", "本人確認と担当事業所の登録";
        /// The person's consent.
        Consent = "consent", "ご本人の同意";
        /// Service goes on.
        Continuity = "continuity", "サービスの継続";
        /// Nothing blocks.
        Block = "block", "閲覧の制限";
    }
}

/// Who acted (操作した人).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Staff of an organisation.
    Staff {
        /// Where they acted for.
        organisation: Organisation,
        /// Account id.
        account: String,
        /// Job in that organisation.
        job: JobType,
        /// SHA-256 of the device's certificate, hexadecimal.
        device: String,
    },
    /// The person.
    Person,
    /// A family member or agent whom the person or the law entrusted.
    Delegate {
        /// Relation as recorded.
        relation: String,
    },
    /// Nobody signed in: a failed sign-in, or a job of the platform.
    System {
        /// Which part.
        part: String,
    },
}

/// Allowed or refused, and by which gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Allowed,
    /// A gate refused.
    Refused(Gate),
    /// Refused for another reason: wrong items, wrong password, limit of tries.
    Failed,
}

/// One paper within a look: what was shown, or which gate kept it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Kind of paper.
    pub kind: DocumentKind,
    /// Series and version shown; `None` when refused or when there is none.
    pub shown: Option<(String, i64)>,
    /// Outcome for this kind.
    pub outcome: Outcome,
}

/// One access event (アクセス記録の1件), before the log numbers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: AtMs,
    /// By whom.
    pub actor: Actor,
    /// About whom; `None` when about nobody.
    pub person: Option<PersonKey>,
    /// What.
    pub action: Action,
    /// Why.
    pub purpose: Purpose,
    /// Overall outcome.
    pub outcome: Outcome,
    /// Papers touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<Touched>,
    /// A word or reference without personal data: a consent's id, an office's number, a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
