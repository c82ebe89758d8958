//! Certificates of eligibility (被保険者証・負担割合証・負担限度額認定証・減免減額認定証).
//!
//! The bodies only: whom they are about, who sent them and since when they are known is the
//! [`Document`](crate::document::Document) around them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::care_level::CareLevel;
use crate::certification::CertificationPeriod;
use crate::insured::Personal;
use crate::provider::{ProviderNumber, ServiceType};
use crate::words;

/// Insured person's certificate (被保険者証): what its three panels print.
///
/// Source: 介護保険法施行規則 様式第1号.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InsuredCertificate {
    /// Day of issue (交付年月日).
    pub issued_on: Date,
    /// Care level with its period; `None` while the person is not certified (要介護度と有効期間).
    pub certified: Option<CertifiedNeed>,
    /// Opinion of the review board (認定審査会の意見).
    #[serde(default)]
    pub board_opinion: Option<Personal>,
    /// Services the board designated (サービスの種類の指定); empty: no designation.
    #[serde(default)]
    pub designated_services: Vec<ServiceType>,
    /// Restrictions of benefits (給付制限), oldest first.
    #[serde(default)]
    pub restrictions: Vec<BenefitRestriction>,
    /// Care-management offices (居宅介護支援事業者等), oldest first; the last one counts.
    #[serde(default)]
    pub care_management: Vec<CareManagementEntry>,
    /// Stays in facilities (介護保険施設等), oldest first.
    #[serde(default)]
    pub facilities: Vec<FacilityStay>,
}

/// Care level, its period and the benefit limit that goes with it (認定された要介護度).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertifiedNeed {
    /// Care level (要介護状態区分).
    pub care_level: CareLevel,
    /// Day of certification (認定年月日); for 事業対象者 the day of the check list.
    pub certified_on: Date,
    /// Period of validity (認定の有効期間).
    pub period: CertificationPeriod,
    /// Benefit limit (区分支給限度基準額) in units a month; `None` when the level has none.
    pub benefit_limit_units: Option<u32>,
    /// Limits of single services within it (種類支給限度基準額).
    #[serde(default)]
    pub kind_limits: Vec<KindLimit>,
}

/// Limit of one service within the benefit limit (種類支給限度基準額).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KindLimit {
    /// The service (サービスの種類).
    pub service: ServiceType,
    /// Units a month (1か月の単位数).
    pub units: u32,
}

words! {
    /// What a restriction of benefits does (給付制限の内容).
    ///
    /// Source: 介護保険法 第66条–第69条.
    pub enum RestrictionKind {
        /// The person pays all first and is repaid (法66条).
        PaymentMethod = "payment_method", "支払方法の変更";
        /// Payment is held back (法67条).
        Suspension = "suspension", "保険給付の差止め";
        /// A lower share is paid (法69条).
        Reduction = "reduction", "給付額の減額";
    }
}

/// A restriction of benefits (給付制限).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BenefitRestriction {
    /// What it does (制限の内容).
    pub kind: RestrictionKind,
    /// First day (はじめの日).
    pub from: Date,
    /// Last day, or open (終わりの日).
    pub until: Option<Date>,
}

/// An entry of the panel of care-management offices (居宅介護支援事業者).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CareManagementEntry {
    /// The office; `None` when the person plans alone (自己作成) or only a name was sent.
    pub office: Option<ProviderNumber>,
    /// Its name; 自己作成 when the person plans alone.
    pub name: Personal,
    /// Day of the filing (届出年月日).
    pub filed_on: Date,
}

words! {
    /// Kind of facility a certificate prints (介護保険施設等の種類).
    pub enum FacilityKind {
        /// Welfare facility.
        Welfare = "welfare", "介護老人福祉施設";
        /// Health facility.
        Health = "health", "介護老人保健施設";
        /// Integrated facility for medical and long-term care.
        MedicalCareHome = "medical_care_home", "介護医療院";
        /// Small welfare facility of the community.
        CommunityWelfare = "community_welfare", "地域密着型介護老人福祉施設";
        /// Specified facility.
        Specified = "specified", "特定施設";
        /// Anything else, for example 養護老人ホーム.
        Other = "other", "その他の施設";
    }
}

/// A stay in a facility (入所・退所).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacilityStay {
    /// Kind of facility (施設の種類).
    pub kind: FacilityKind,
    /// Its number, when sent (施設の番号).
    pub provider: Option<ProviderNumber>,
    /// Its name (施設の名前).
    pub name: Personal,
    /// Day of entry (入所年月日).
    pub entered_on: Date,
    /// Day of leaving (退所年月日).
    pub left_on: Option<Date>,
}

words! {
    /// Share of the cost that the person pays (利用者負担の割合); wire codes 1, 2, 3.
    pub enum BurdenRatio {
        /// Wire code 1.
        OneTenth = "one_tenth", "1割";
        /// Wire code 2.
        TwoTenths = "two_tenths", "2割";
        /// Wire code 3.
        ThreeTenths = "three_tenths", "3割";
    }
}

impl BurdenRatio {
    /// The tenths that the person pays: 1, 2 or 3; also the code of files.
    pub fn tenths(self) -> u8 {
        match self {
            Self::OneTenth => 1,
            Self::TwoTenths => 2,
            Self::ThreeTenths => 3,
        }
    }

    /// The ratio of a number of tenths.
    pub fn from_tenths(tenths: u8) -> Option<Self> {
        [Self::OneTenth, Self::TwoTenths, Self::ThreeTenths]
            .into_iter()
            .find(|ratio| ratio.tenths() == tenths)
    }
}

/// One line of a burden-ratio certificate: the ratio and its days, both ends included (負担割合とその期間).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BurdenRatioPeriod {
    /// The ratio (負担割合).
    pub ratio: BurdenRatio,
    /// First day (はじめの日).
    pub from: Date,
    /// Last day, normally 31 July (終わりの日).
    pub until: Date,
}

/// Burden-ratio certificate (負担割合証): one or two lines.
///
/// Source: 介護保険法施行規則 様式第1号の2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BurdenRatioCertificate {
    /// Day of issue (交付年月日).
    pub issued_on: Date,
    /// First line (1行目).
    pub first: BurdenRatioPeriod,
    /// Second line, when the ratio changes within the year (2行目).
    pub second: Option<BurdenRatioPeriod>,
}

impl BurdenRatioCertificate {
    /// The ratio on `day`, or `None` outside the printed periods.
    pub fn ratio_on(&self, day: Date) -> Option<BurdenRatio> {
        [Some(self.first), self.second]
            .into_iter()
            .flatten()
            .find(|line| line.from <= day && day <= line.until)
            .map(|line| line.ratio)
    }

    /// Last day that the certificate covers.
    pub fn until(&self) -> Date {
        self.second.map_or(self.first.until, |second| second.until.max(self.first.until))
    }
}

words! {
    /// Stage of income for the daily limits of food and housing (利用者負担段階).
    pub enum BurdenLimitStage {
        /// Wire code 1.
        One = "1", "第1段階";
        /// Wire code 2.
        Two = "2", "第2段階";
        /// Wire code 3-1.
        ThreeFirst = "3-1", "第3段階①";
        /// Wire code 3-2.
        ThreeSecond = "3-2", "第3段階②";
    }
}

words! {
    /// Kind of room for the housing limit (居住費・滞在費の区分).
    pub enum RoomType {
        /// Private room of a unit.
        UnitPrivate = "unit_private", "ユニット型個室";
        /// Semi-private room of a unit.
        UnitSemiPrivate = "unit_semi_private", "ユニット型個室的多床室";
        /// Conventional private room of a welfare facility or its short stay.
        PrivateWelfare = "private_welfare", "従来型個室（特養等）";
        /// Conventional private room of a health facility or medical care home.
        PrivateHealth = "private_health", "従来型個室（老健・医療院等）";
        /// Shared room of a welfare facility.
        SharedWelfare = "shared_welfare", "多床室（特養等）";
        /// Shared room of a health facility or medical care home that charges for the room.
        SharedHealthCharged = "shared_health_charged", "多床室（老健・医療院等、室料あり）";
        /// Shared room of a health facility or medical care home without room charge.
        SharedHealth = "shared_health", "多床室（老健・医療院等、室料なし）";
    }
}

/// Burden-limit certificate (負担限度額認定証): what a person of low income pays a day at most.
///
/// Source: 介護保険法施行規則 様式第1号の2の2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BurdenLimitCertificate {
    /// Day of issue (交付年月日).
    pub issued_on: Date,
    /// First day (適用年月日).
    pub applies_from: Date,
    /// Last day (有効期限), normally 31 July.
    pub expires_on: Date,
    /// Stage of income (利用者負担段階).
    pub stage: BurdenLimitStage,
    /// Yen a day (1日の限度額).
    #[serde(flatten)]
    pub limits: DailyLimits,
}

/// Yen a day for food and housing (食費・居住費の負担限度額).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DailyLimits {
    /// Food in a facility, yen a day (食費・施設).
    pub food_facility_yen: u32,
    /// Food in a short stay, yen a day (食費・短期入所).
    pub food_short_stay_yen: u32,
    /// Housing by kind of room, yen a day (居住費・滞在費).
    pub housing_yen: BTreeMap<RoomType, u32>,
}

/// Published daily limits by stage: food in a facility, in a short stay, then the rooms in the
/// order of [`RoomType`].
///
/// Source: 平成17年告示414号, as amended for 2024-08-01 and 2026-08-01.
const LIMITS_2024: [[u32; 9]; 4] = [
    [300, 300, 880, 550, 380, 550, 0, 0, 0],
    [390, 600, 880, 550, 480, 550, 430, 430, 430],
    [650, 1_000, 1_370, 1_370, 880, 1_370, 430, 430, 430],
    [1_360, 1_300, 1_370, 1_370, 880, 1_370, 430, 430, 430],
];
const LIMITS_2026: [[u32; 9]; 4] = [
    [300, 300, 880, 550, 380, 550, 0, 0, 0],
    [390, 600, 880, 550, 480, 550, 430, 430, 430],
    [680, 1_030, 1_370, 1_370, 880, 1_370, 430, 430, 430],
    [1_420, 1_360, 1_470, 1_470, 980, 1_470, 530, 530, 430],
];

impl DailyLimits {
    /// The published amounts of `stage` on `day`; days before August 2024 get those of 2024.
    pub fn published(stage: BurdenLimitStage, day: Date) -> Self {
        use crate::word::Word;
        let table = if day < jiff::civil::date(2026, 8, 1) { &LIMITS_2024 } else { &LIMITS_2026 };
        let [food_facility_yen, food_short_stay_yen, rooms @ ..] = match stage {
            BurdenLimitStage::One => table[0],
            BurdenLimitStage::Two => table[1],
            BurdenLimitStage::ThreeFirst => table[2],
            BurdenLimitStage::ThreeSecond => table[3],
        };
        let housing_yen = RoomType::ALL.iter().copied().zip(rooms).collect();
        Self { food_facility_yen, food_short_stay_yen, housing_yen }
    }
}

words! {
    /// Which reduction a certificate grants (減免・減額の種類).
    pub enum ReductionKind {
        /// Reduction or exemption of the person's share, for example after a disaster.
        BurdenExemption = "burden_exemption", "利用者負担額減額・免除";
        /// Special limit for persons placed under the old law.
        SpecialBurdenLimit = "special_burden_limit", "特定負担限度額";
        /// Reduction by social-welfare corporations.
        WelfareCorporation = "welfare_corporation", "社会福祉法人等利用者負担軽減";
        /// Reduction for home-visit care.
        HomeVisit = "home_visit", "訪問介護利用者負担額減額";
        /// Reduction on remote islands.
        RemoteIsland = "remote_island", "離島等地域における特別地域加算に係る軽減";
        /// Reduction in mountain areas.
        MountainArea = "mountain_area", "中山間地域等における加算に係る軽減";
    }
}

/// Certificate of a reduction (減免減額認定証).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BurdenReductionCertificate {
    /// Which reduction (減免・減額の種類).
    pub kind: ReductionKind,
    /// Number of the certificate (確認番号), when it has one.
    pub certificate_number: Option<Personal>,
    /// Day of issue (交付年月日).
    pub issued_on: Date,
    /// First day (適用年月日).
    pub applies_from: Date,
    /// Last day (有効期限).
    pub expires_on: Date,
    /// Percent taken off the person's share, 0–100; `None`: not reduced (利用者負担の減額割合).
    pub share_percent: Option<u8>,
    /// Percent taken off food (食費の減額割合).
    pub food_percent: Option<u8>,
    /// Percent taken off housing (居住費の減額割合).
    pub housing_percent: Option<u8>,
    /// Services it holds for; empty: all (対象のサービス).
    #[serde(default)]
    pub services: Vec<ServiceType>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn line(ratio: BurdenRatio, from: Date, until: Date) -> BurdenRatioPeriod {
        BurdenRatioPeriod { ratio, from, until }
    }

    #[test]
    fn the_ratio_changes_on_the_first_day_of_the_second_line() {
        let certificate = BurdenRatioCertificate {
            issued_on: date(2026, 7, 15),
            first: line(BurdenRatio::TwoTenths, date(2026, 8, 1), date(2026, 11, 30)),
            second: Some(line(BurdenRatio::OneTenth, date(2026, 12, 1), date(2027, 7, 31))),
        };
        assert_eq!(certificate.ratio_on(date(2026, 7, 31)), None);
        assert_eq!(certificate.ratio_on(date(2026, 11, 30)), Some(BurdenRatio::TwoTenths));
        assert_eq!(certificate.ratio_on(date(2026, 12, 1)), Some(BurdenRatio::OneTenth));
        assert_eq!(certificate.ratio_on(date(2027, 8, 1)), None);
        assert_eq!(certificate.until(), date(2027, 7, 31));
    }

    #[test]
    fn the_limits_of_august_2026_raise_stage_three_only() {
        let before = |stage| DailyLimits::published(stage, date(2026, 7, 31));
        let after = |stage| DailyLimits::published(stage, date(2026, 8, 1));
        assert_eq!(before(BurdenLimitStage::One), after(BurdenLimitStage::One));
        assert_eq!(before(BurdenLimitStage::ThreeFirst).food_facility_yen, 650);
        assert_eq!(after(BurdenLimitStage::ThreeFirst).food_facility_yen, 680);
        let shared = after(BurdenLimitStage::ThreeSecond);
        assert_eq!(shared.housing_yen.get(&RoomType::SharedWelfare), Some(&530));
        assert_eq!(shared.housing_yen.get(&RoomType::SharedHealth), Some(&430));
        assert_eq!(shared.housing_yen.len(), 7);
    }

    #[test]
    fn tenths_and_ratio_belong_together() {
        assert_eq!(BurdenRatio::from_tenths(3), Some(BurdenRatio::ThreeTenths));
        assert_eq!(BurdenRatio::from_tenths(0), None);
    }
}
