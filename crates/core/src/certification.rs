//! Certification of need (要介護認定): where an application stands and what came of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::care_level::CareLevel;
use crate::insured::Personal;
use crate::provider::{ProviderNumber, ServiceType};
use crate::words;

pub mod deadline;
pub mod period;
pub mod progress;
pub mod waiting;

pub use deadline::PostponementDays;
pub use period::CertificationPeriod;
pub use progress::{ProgressStep, StepState, TimelineStep, Waiting, WaitingOn};

words! {
    /// Kind of application (申請区分); wire codes 1–5 of the application.
    pub enum ApplicationKind {
        /// Wire code 1.
        New = "new", "新規申請";
        /// Wire code 2.
        Renewal = "renewal", "更新申請";
        /// Wire code 3.
        Change = "change", "区分変更申請";
        /// Wire code 4: the insurer acts on its own motion (法30条).
        OwnMotion = "own_motion", "職権";
        /// Wire code 5: moved in with a certificate of entitlement (法36条).
        MovedIn = "moved_in", "転入申請";
    }
}

impl ApplicationKind {
    /// One-digit code of files (申請区分・申請時).
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "1",
            Self::Renewal => "2",
            Self::Change => "3",
            Self::OwnMotion => "4",
            Self::MovedIn => "5",
        }
    }
}

words! {
    /// How an application ended without a decision (取下げ・却下).
    pub enum EndKind {
        /// Refused.
        Rejected = "rejected", "却下";
        /// Taken back by the person.
        Withdrawn = "withdrawn", "取下げ";
        /// The level does not change; the old period stays.
        ChangeRejected = "change_rejected", "区分変更却下";
        /// The insurance ended, by death or move.
        InsuranceLost = "insurance_lost", "資格喪失";
    }
}

words! {
    /// State of a person of level 要介護1 (要介護1の場合の状態像).
    pub enum Care1State {
        /// Wire code 1.
        CognitiveDecline = "cognitive_decline", "認知機能の低下";
        /// Wire code 2.
        Unstable = "unstable", "不安定な状態";
    }
}

/// One application and everything known of its way (認定の進み具合と結果).
///
/// A date is the day a thing was done or is planned; a date after today counts as planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificationProgress {
    /// Day of the application (申請日).
    pub filed_on: Date,
    /// Kind of application (申請の種類).
    pub kind: ApplicationKind,
    /// Office that filed for the person (提出代行者).
    #[serde(default)]
    pub filed_by: Option<ProviderNumber>,
    /// Survey (認定調査).
    #[serde(default)]
    pub survey: SurveyProgress,
    /// Attending physician's opinion (主治医意見書).
    #[serde(default)]
    pub opinion: OpinionProgress,
    /// Computer screening done (一次判定日).
    #[serde(default)]
    pub screened_on: Option<Date>,
    /// Review board (審査会).
    #[serde(default)]
    pub board: BoardProgress,
    /// Day of the decision (認定日).
    #[serde(default)]
    pub decided_on: Option<Date>,
    /// Day the person was told (結果の通知日).
    #[serde(default)]
    pub notified_on: Option<Date>,
    /// The decision takes longer than the law's 30 days (延期通知).
    #[serde(default)]
    pub postponement: Option<PostponementNotice>,
    /// Ended without a decision (認定しないで終わったとき).
    #[serde(default)]
    pub ended: Option<ApplicationEnd>,
    /// What was decided (認定結果).
    #[serde(default)]
    pub result: Option<CertificationResult>,
}

/// Survey of the person (認定調査).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyProgress {
    /// Survey ordered (調査依頼日).
    #[serde(default)]
    pub requested_on: Option<Date>,
    /// Survey done (調査実施日).
    #[serde(default)]
    pub done_on: Option<Date>,
}

/// Opinion of the attending physician on its way (主治医意見書).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpinionProgress {
    /// Institution that was asked (依頼した医療機関の番号).
    #[serde(default)]
    pub institution: Option<ProviderNumber>,
    /// Its name (医療機関の名前).
    #[serde(default)]
    pub institution_name: Option<String>,
    /// Asked (意見書依頼日).
    #[serde(default)]
    pub requested_on: Option<Date>,
    /// Received (意見書入手日).
    #[serde(default)]
    pub received_on: Option<Date>,
}

/// Review board (介護認定審査会).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardProgress {
    /// Meeting planned (審査会予定日).
    #[serde(default)]
    pub planned_on: Option<Date>,
    /// Meeting held, second judgment made (二次判定日).
    #[serde(default)]
    pub held_on: Option<Date>,
}

/// Notice that the decision will be late (認定処分延期通知, 法27条11項但書).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostponementNotice {
    /// Day of the notice (通知の日).
    pub notified_on: Date,
    /// Day by which the decision is expected (処理見込期間の終わり).
    pub expected_by: Date,
    /// Reason in words (延期の理由).
    pub reason: Personal,
}

/// End without a decision (認定しないで終わった申請).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplicationEnd {
    /// How (終わり方).
    pub kind: EndKind,
    /// On which day (終わった日).
    pub on: Date,
}

/// What was decided (認定結果).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificationResult {
    /// Level of the computer screening (一次判定結果).
    #[serde(default)]
    pub screening_level: Option<CareLevel>,
    /// Level decided (二次判定結果).
    pub care_level: CareLevel,
    /// Period; `None` when the person is not certified (認定の有効期間).
    pub period: Option<CertificationPeriod>,
    /// State that led to 要介護1 instead of 要支援2.
    #[serde(default)]
    pub care1_state: Option<Care1State>,
    /// Opinion of the board (サービスの有効な利用に関する留意事項).
    #[serde(default)]
    pub board_opinion: Option<Personal>,
    /// Services the board designated (サービスの種類の指定).
    #[serde(default)]
    pub designated_services: Vec<ServiceType>,
    /// Level before (前回の要介護状態区分); `None` at the first certification.
    #[serde(default)]
    pub previous_level: Option<CareLevel>,
}
