//! Survey sheet of the certification (認定調査票): overview, basic survey, remarks.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::care_level::CareLevel;
use crate::insured::Personal;
use crate::words;

pub mod answers;
pub mod items;

pub use answers::{SurveyAnswerError, SurveyAnswers};
pub use items::{SURVEY_GROUPS, SurveyAxis, SurveyItem, survey_items};

words! {
    /// Everyday independence of disabled elderly persons (障害高齢者の日常生活自立度, 寝たきり度).
    pub enum PhysicalIndependence {
        /// Wire code 1.
        Independent = "independent", "自立";
        /// Wire code 2.
        J1 = "j1", "J1";
        /// Wire code 3.
        J2 = "j2", "J2";
        /// Wire code 4.
        A1 = "a1", "A1";
        /// Wire code 5.
        A2 = "a2", "A2";
        /// Wire code 6.
        B1 = "b1", "B1";
        /// Wire code 7.
        B2 = "b2", "B2";
        /// Wire code 8.
        C1 = "c1", "C1";
        /// Wire code 9.
        C2 = "c2", "C2";
    }
}

words! {
    /// Everyday independence of elderly persons with dementia (認知症高齢者の日常生活自立度).
    pub enum CognitiveIndependence {
        /// Wire code 1.
        Independent = "independent", "自立";
        /// Wire code 2.
        One = "1", "Ⅰ";
        /// Wire code 3.
        TwoA = "2a", "Ⅱa";
        /// Wire code 4.
        TwoB = "2b", "Ⅱb";
        /// Wire code 5.
        ThreeA = "3a", "Ⅲa";
        /// Wire code 6.
        ThreeB = "3b", "Ⅲb";
        /// Wire code 7.
        Four = "4", "Ⅳ";
        /// Wire code 8.
        M = "m", "M";
    }
}

/// Code of a value in a list that counts from 1.
fn code_in<T: crate::word::Word>(value: T) -> u8 {
    let place = T::ALL.iter().position(|known| *known == value).unwrap_or(0);
    u8::try_from(place + 1).unwrap_or(u8::MAX)
}

impl PhysicalIndependence {
    /// Code of national files, 1–9.
    pub fn code(self) -> u8 {
        code_in(self)
    }
}

impl CognitiveIndependence {
    /// Code of national files, 1–8.
    pub fn code(self) -> u8 {
        code_in(self)
    }
}

/// Survey sheet (認定調査票).
///
/// Source: 要介護認定等の実施について 別添2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveySheet {
    /// Day of the survey (調査日).
    pub surveyed_on: Date,
    /// Overview (概況調査).
    pub overview: SurveyOverview,
    /// Basic survey, groups 1–6 (基本調査).
    pub answers: SurveyAnswers,
    /// 7-1 障害高齢者の日常生活自立度.
    pub physical_independence: PhysicalIndependence,
    /// 7-2 認知症高齢者の日常生活自立度.
    pub cognitive_independence: CognitiveIndependence,
    /// Remarks (特記事項), in the order of the sheet; several for one item are usual.
    #[serde(default)]
    pub remarks: Vec<SurveyRemark>,
}

/// A remark (特記事項): the item it explains and the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyRemark {
    /// Number of the item: `1-1` … `5-6`, `6`, `7-1`, `7-2`, or only a group (項目の番号).
    pub item: String,
    /// What the surveyor saw (特記事項の文).
    pub text: Personal,
}

/// Overview (概況調査).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyOverview {
    /// Where the survey took place; `None`: at home (調査の場所).
    #[serde(default)]
    pub place_outside: Option<Personal>,
    /// Surveyor (記入者氏名).
    pub surveyor: Personal,
    /// Surveyor's organisation (所属機関).
    pub organisation: String,
    /// Certification before; `None`: the first one (前回の認定).
    #[serde(default)]
    pub previous: Option<PreviousCertification>,
    /// Family to be told (家族等連絡先).
    #[serde(default)]
    pub family: Option<FamilyContact>,
    /// Services in the month of the survey (利用中のサービス).
    #[serde(default)]
    pub services: Vec<ServiceInUse>,
    /// Services outside the insurance, in words (市町村特別給付・介護保険給付外の在宅サービス).
    #[serde(default)]
    pub other_services: Option<Personal>,
    /// Facility in which the person lives (入所・入居している施設).
    #[serde(default)]
    pub facility: Option<SurveyFacility>,
    /// Family (家族状況).
    #[serde(default)]
    pub household: Option<Personal>,
    /// Dwelling and its obstacles (住居環境).
    #[serde(default)]
    pub dwelling: Option<Personal>,
    /// Devices used every day (日常的に使用する機器・器械).
    #[serde(default)]
    pub devices: Option<Personal>,
}

/// Certification before this survey (過去の認定).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviousCertification {
    /// Day of it (前回の認定日).
    pub certified_on: Date,
    /// Its level (前回の要介護度).
    pub care_level: CareLevel,
}

/// Family to be told (家族等連絡先).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FamilyContact {
    /// Name (氏名).
    pub name: Personal,
    /// Relation to the person (続柄).
    pub relation: Personal,
    /// Address (住所).
    #[serde(default)]
    pub address: Option<Personal>,
    /// Telephone (電話番号).
    #[serde(default)]
    pub phone: Option<Personal>,
}

words! {
    /// Rows of the overview's table of services (現在受けているサービス).
    pub enum SurveyService {
        /// Times a month.
        HomeVisit = "home_visit", "訪問介護・訪問型サービス";
        /// Times a month.
        HomeBath = "home_bath", "訪問入浴介護";
        /// Times a month.
        HomeNursing = "home_nursing", "訪問看護";
        /// Times a month.
        HomeRehabilitation = "home_rehabilitation", "訪問リハビリテーション";
        /// Times a month.
        MedicalGuidance = "medical_guidance", "居宅療養管理指導";
        /// Times a month.
        DayService = "day_service", "通所介護・通所型サービス";
        /// Times a month.
        DayRehabilitation = "day_rehabilitation", "通所リハビリテーション";
        /// Days a month.
        ShortStayCare = "short_stay_care", "短期入所生活介護";
        /// Days a month.
        ShortStayMedical = "short_stay_medical", "短期入所療養介護";
        /// Days a month.
        SpecifiedFacility = "specified_facility", "特定施設入居者生活介護";
        /// Kinds.
        EquipmentRental = "equipment_rental", "福祉用具貸与";
        /// Kinds in six months.
        EquipmentPurchase = "equipment_purchase", "特定福祉用具販売";
        /// 1: yes.
        HomeModification = "home_modification", "住宅改修";
        /// Days a month.
        NightVisit = "night_visit", "夜間対応型訪問介護";
        /// Days a month.
        DementiaDayService = "dementia_day_service", "認知症対応型通所介護";
        /// Days a month.
        SmallMultifunctional = "small_multifunctional", "小規模多機能型居宅介護";
        /// Days a month.
        GroupHome = "group_home", "認知症対応型共同生活介護";
        /// Days a month.
        CommunitySpecified = "community_specified", "地域密着型特定施設入居者生活介護";
        /// Days a month.
        CommunityWelfare = "community_welfare", "地域密着型介護老人福祉施設入所者生活介護";
        /// Times a month.
        RegularVisit = "regular_visit", "定期巡回・随時対応型訪問介護看護";
        /// Days a month.
        NursingMultifunctional = "nursing_multifunctional", "看護小規模多機能型居宅介護";
    }
}

impl SurveyService {
    /// Unit in which the row counts.
    pub fn unit(self) -> &'static str {
        match self {
            Self::HomeVisit
            | Self::HomeBath
            | Self::HomeNursing
            | Self::HomeRehabilitation
            | Self::MedicalGuidance
            | Self::DayService
            | Self::DayRehabilitation
            | Self::RegularVisit => "回/月",
            Self::EquipmentRental | Self::EquipmentPurchase => "品目",
            Self::HomeModification => "あり",
            Self::ShortStayCare
            | Self::ShortStayMedical
            | Self::SpecifiedFacility
            | Self::NightVisit
            | Self::DementiaDayService
            | Self::SmallMultifunctional
            | Self::GroupHome
            | Self::CommunitySpecified
            | Self::CommunityWelfare
            | Self::NursingMultifunctional => "日/月",
        }
    }
}

/// A service in use, counted in the unit of its row (利用中のサービス).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceInUse {
    /// Which row (サービスの種類).
    pub service: SurveyService,
    /// How many, from 1 (回数・日数・品目数).
    pub amount: u16,
}

words! {
    /// Kind of facility in which the person lives (施設利用).
    pub enum SurveyFacilityKind {
        /// Welfare facility.
        Welfare = "welfare", "介護老人福祉施設";
        /// Health facility.
        Health = "health", "介護老人保健施設";
        /// Integrated facility.
        MedicalCareHome = "medical_care_home", "介護医療院";
        /// Medical facility of the old law.
        OldMedical = "old_medical", "（旧）介護療養型医療施設";
        /// Group home.
        GroupHome = "group_home", "認知症対応型共同生活介護適用施設";
        /// Specified facility.
        Specified = "specified", "特定施設入居者生活介護適用施設";
        /// Long-term ward of the health insurance.
        LongTermWard = "long_term_ward", "医療機関（医療保険適用療養病床）";
        /// Any other ward.
        OtherWard = "other_ward", "医療機関（療養病床以外）";
        /// Anything else.
        Other = "other", "その他の施設";
    }
}

/// Facility in which the person lives (施設等連絡先).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyFacility {
    /// Kind (施設の種類).
    pub kind: SurveyFacilityKind,
    /// Name (施設の名前).
    pub name: Personal,
    /// Address (住所).
    #[serde(default)]
    pub address: Option<Personal>,
    /// Telephone (電話番号).
    #[serde(default)]
    pub phone: Option<Personal>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word::Word;

    #[test]
    fn codes_of_independence_are_those_of_national_files() {
        assert_eq!(PhysicalIndependence::C2.code(), 9);
        assert_eq!(CognitiveIndependence::M.code(), 8);
        assert_eq!(CognitiveIndependence::Independent.code(), 1);
        assert_eq!(SurveyService::ALL.len(), 21);
    }
}
