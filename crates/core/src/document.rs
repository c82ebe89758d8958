//! Shared papers (文書): one type for all, told apart by kind and body.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::date::AtMs;
use crate::insured::PersonKey;
use crate::insurer::InsurerNumber;
use crate::provider::ProviderNumber;
use crate::words;

pub mod body;
mod whereabouts;

pub use body::{BODY_SCHEMA, Body, BodyError, BodyText, FromStored};

words! {
    /// Kind of a shared paper: the rows of the published sharing table.
    ///
    /// Row 3 of the table holds four papers that are decided one by one, because a medical
    /// institution without care services may see the first of them only.
    pub enum DocumentKind {
        /// Row 1.
        SurveySheet = "survey_sheet", "認定調査票";
        /// Row 2.
        AttendingPhysicianOpinion = "opinion", "主治医意見書";
        /// Row 3.
        InsuredCertificate = "insured_certificate", "介護保険被保険者証";
        /// Row 3.
        BurdenRatioCertificate = "burden_ratio_certificate", "負担割合証";
        /// Row 3.
        BurdenLimitCertificate = "burden_limit_certificate", "負担限度額認定証";
        /// Row 3.
        BurdenReductionCertificate = "burden_reduction_certificate", "減免減額認定証";
        /// Row 4.
        CertificationApplication = "certification_application", "要介護認定申請書";
        /// Row 5.
        BenefitManagementSheet = "benefit_management_sheet", "給付管理票";
        /// Row 6.
        CareManagementClaim = "care_management_claim", "居宅介護支援介護給付費明細書";
        /// Row 7.
        CareClaimBill = "care_claim_bill", "介護給付費請求書";
        /// Row 8.
        CommunityProgramBill = "community_program_bill", "介護予防・日常生活支援総合事業費請求書";
        /// Row 9.
        HomeServiceClaim = "home_service_claim", "居宅サービス・地域密着型サービス介護給付費明細書";
        /// Row 10.
        PreventiveServiceClaim = "preventive_service_claim", "介護予防サービス等介護給付費明細書";
        /// Row 11.
        CommunityProgramClaim = "community_program_claim", "総合事業費明細書";
        /// Row 12.
        FacilityServiceClaim = "facility_service_claim", "施設サービス等介護給付費明細書";
        /// Row 13.
        LifeRecord = "life_record", "LIFE情報";
        /// Row 14.
        CarePlan = "care_plan", "ケアプラン";
        /// Row 15.
        HomeModificationUse = "home_modification_use", "住宅改修費利用情報";
        /// Row 16.
        EquipmentPurchaseUse = "equipment_purchase_use", "福祉用具購入費利用情報";
        /// Row 17: progress and result.
        CertificationProgress = "certification_progress", "認定の進み具合と結果";
    }
}

impl DocumentKind {
    /// Row of the published table, 1–17.
    pub fn table_row(self) -> u8 {
        match self {
            Self::SurveySheet => 1,
            Self::AttendingPhysicianOpinion => 2,
            Self::InsuredCertificate
            | Self::BurdenRatioCertificate
            | Self::BurdenLimitCertificate
            | Self::BurdenReductionCertificate => 3,
            Self::CertificationApplication => 4,
            Self::BenefitManagementSheet => 5,
            Self::CareManagementClaim => 6,
            Self::CareClaimBill => 7,
            Self::CommunityProgramBill => 8,
            Self::HomeServiceClaim => 9,
            Self::PreventiveServiceClaim => 10,
            Self::CommunityProgramClaim => 11,
            Self::FacilityServiceClaim => 12,
            Self::LifeRecord => 13,
            Self::CarePlan => 14,
            Self::HomeModificationUse => 15,
            Self::EquipmentPurchaseUse => 16,
            Self::CertificationProgress => 17,
        }
    }
}

/// Who made a document (作成主体).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person, by an application (本人（申請による）).
    InsuredPerson,
    /// The insurer (保険者).
    Insurer(InsurerNumber),
    /// An office or medical institution (事業所・医療機関).
    Provider(ProviderNumber),
}

/// One version of one shared paper, with its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document<B> {
    /// About whom.
    pub person: PersonKey,
    /// What kind of paper.
    pub kind: DocumentKind,
    /// Which paper of its kind: the sender's history number (履歴番号), unique per person and kind.
    pub series: String,
    /// Version of this paper, from 1; a correction is the next version, nothing is overwritten.
    pub version: i64,
    /// Who made it.
    pub author: Author,
    /// First day the paper is valid, when it has a period.
    pub valid_from: Option<Date>,
    /// Last day the paper is valid.
    pub valid_until: Option<Date>,
    /// When the platform received it.
    pub received_at: AtMs,
    /// A newer version, or the end of the series, has taken its place.
    pub superseded: bool,
    /// What it says.
    pub body: B,
}

impl<B> Document<B> {
    /// Valid on `day`: both ends included, open ends always.
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day <= until)
    }
}
