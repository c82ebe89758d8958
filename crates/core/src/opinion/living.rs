//! Living functions and services in the opinion (生活機能とサービスに関する意見).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::insured::Personal;
use crate::words;

words! {
    /// Walking outdoors (屋外歩行).
    pub enum OutdoorWalking {
        /// Alone.
        Independent = "independent", "自立";
        /// With help.
        WithHelp = "with_help", "介助があればしている";
        /// Not at all.
        No = "no", "していない";
    }
}

words! {
    /// Use of a wheelchair (車いすの使用).
    pub enum Wheelchair {
        /// None.
        No = "no", "用いていない";
        /// Mostly moved by the person.
        SelfDriven = "self_driven", "主に自分で操作している";
        /// Mostly moved by others.
        Pushed = "pushed", "主に他人が操作している";
    }
}

words! {
    /// Where walking aids are used (歩行補助具・装具の使用).
    pub enum WalkingAid {
        /// Outdoors.
        Outdoors = "outdoors", "屋外で使用";
        /// Indoors.
        Indoors = "indoors", "屋内で使用";
    }
}

words! {
    /// Eating (食事行為).
    pub enum Eating {
        /// Alone, somehow.
        Independent = "independent", "自立ないし何とか自分で食べられる";
        /// Only with full help.
        FullHelp = "full_help", "全面介助";
    }
}

words! {
    /// State of nutrition (現在の栄養状態).
    pub enum Nutrition {
        /// Good.
        Good = "good", "良好";
        /// Bad.
        Bad = "bad", "不良";
    }
}

words! {
    /// State that is there or likely to come (現在あるかまたは今後発生の可能性の高い状態).
    pub enum RiskState {
        /// Incontinence.
        Incontinence = "incontinence", "尿失禁";
        /// Falls and fractures.
        Fall = "fall", "転倒・骨折";
        /// Loss of mobility.
        Mobility = "mobility", "移動能力の低下";
        /// Pressure sores.
        PressureSore = "pressure_sore", "褥瘡";
        /// Heart and lungs.
        Cardiopulmonary = "cardiopulmonary", "心肺機能の低下";
        /// Staying indoors.
        Seclusion = "seclusion", "閉じこもり";
        /// Loss of drive.
        Apathy = "apathy", "意欲低下";
        /// Wandering.
        Wandering = "wandering", "徘徊";
        /// Malnutrition.
        Malnutrition = "malnutrition", "低栄養";
        /// Eating and swallowing.
        Swallowing = "swallowing", "摂食・嚥下機能低下";
        /// Dehydration.
        Dehydration = "dehydration", "脱水";
        /// Infections.
        Infection = "infection", "易感染性";
        /// Pain of cancer and the like.
        CancerPain = "cancer_pain", "がん等による疼痛";
        /// Another, in words.
        Other = "other", "その他";
    }
}

words! {
    /// Prospect of keeping or bettering functions by services (維持・改善の見通し).
    pub enum Prospect {
        /// To be expected.
        Expected = "expected", "期待できる";
        /// Not to be expected.
        NotExpected = "not_expected", "期待できない";
        /// Not known.
        Unknown = "unknown", "不明";
    }
}

words! {
    /// Medical service that is needed (医学的管理の必要性).
    pub enum MedicalService {
        /// Doctor's visits.
        DoctorVisit = "doctor_visit", "訪問診療";
        /// Nurse's visits.
        Nursing = "nursing", "訪問看護";
        /// Advice and support by visiting nursing staff (edition of 2009).
        NursingAdvice = "nursing_advice", "看護職員の訪問による相談・支援";
        /// Dentist's visits.
        Dental = "dental", "訪問歯科診療";
        /// Pharmacist's visits.
        Pharmacy = "pharmacy", "訪問薬剤管理指導";
        /// Rehabilitation at home.
        Rehabilitation = "rehabilitation", "訪問リハビリテーション";
        /// Medical short stay.
        ShortStay = "short_stay", "短期入所療養介護";
        /// Dental hygienist's visits.
        DentalHygiene = "dental_hygiene", "訪問歯科衛生指導";
        /// Dietitian's visits.
        Nutrition = "nutrition", "訪問栄養食事指導";
        /// Day rehabilitation.
        DayRehabilitation = "day_rehabilitation", "通所リハビリテーション";
        /// Health facility.
        HealthFacility = "health_facility", "老人保健施設";
        /// Integrated facility.
        MedicalCareHome = "medical_care_home", "介護医療院";
        /// Another, in words.
        Other = "other", "その他の医療系サービス";
    }
}

/// A needed medical service; the form underlines those that matter most (必要な医療系サービス).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MedicalManagement {
    /// Which (サービス).
    pub service: MedicalService,
    /// Underlined (特に必要性の高いもの).
    #[serde(default)]
    pub pressing: bool,
}

words! {
    /// What services must mind (サービス提供時における医学的観点からの留意事項).
    pub enum CarePointKind {
        /// Blood pressure.
        BloodPressure = "blood_pressure", "血圧";
        /// Eating.
        Eating = "eating", "摂食";
        /// Swallowing.
        Swallowing = "swallowing", "嚥下";
        /// Moving about.
        Moving = "moving", "移動";
        /// Exercise.
        Exercise = "exercise", "運動";
        /// Another.
        Other = "other", "その他";
    }
}

/// Something services must mind; what is not listed is 特になし.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CarePoint {
    /// Which (留意する点).
    pub kind: CarePointKind,
    /// What to mind (留意する内容).
    pub text: Personal,
}

words! {
    /// Infectious disease (感染症の有無).
    pub enum Infection {
        /// None.
        No = "no", "無";
        /// There is one, in words.
        Yes = "yes", "有";
        /// Not known.
        Unknown = "unknown", "不明";
    }
}

/// Living functions and services (生活機能とサービスに関する意見).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LivingFunction {
    /// Walking outdoors (屋外歩行).
    pub outdoor_walking: OutdoorWalking,
    /// Wheelchair (車いすの使用).
    pub wheelchair: Wheelchair,
    /// Walking aids; empty: none (歩行補助具・装具の使用).
    #[serde(default)]
    pub walking_aids: Vec<WalkingAid>,
    /// Eating (食事行為).
    pub eating: Eating,
    /// Nutrition (栄養状態).
    pub nutrition: Nutrition,
    /// What to mind about nutrition (栄養・食生活上の留意点).
    #[serde(default)]
    pub nutrition_note: Option<Personal>,
    /// States that are there or likely (発生の可能性が高い状態).
    #[serde(default)]
    pub risks: Vec<RiskState>,
    /// Another state in words (その他の状態).
    #[serde(default)]
    pub other_risk: Option<Personal>,
    /// What to do about them (対処方針).
    #[serde(default)]
    pub risk_policy: Option<Personal>,
    /// Prospect (維持・改善の見通し).
    pub prospect: Prospect,
    /// Medical services needed (医学的管理の必要性).
    #[serde(default)]
    pub medical_management: Vec<MedicalManagement>,
    /// Another medical service in words (その他の医療系サービス).
    #[serde(default)]
    pub other_medical_service: Option<Personal>,
    /// What services must mind (医学的観点からの留意事項).
    #[serde(default)]
    pub care_points: Vec<CarePoint>,
    /// Infectious disease (感染症の有無).
    pub infection: Infection,
    /// Which disease (感染症の名前).
    #[serde(default)]
    pub infection_text: Option<Personal>,
}
