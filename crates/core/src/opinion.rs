//! Attending physician's opinion (主治医意見書), as received.
//!
//! The form has two editions: from 1 April 2026 the doctor's tick for use in care plans and the
//! attachments are gone. Both are kept in one type; [`OpinionEdition`] says which one was filled.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::insured::Personal;
use crate::provider::ProviderNumber;
use crate::survey::{CognitiveIndependence, PhysicalIndependence};
use crate::words;

pub mod body;
pub mod living;
pub mod request;

pub use body::{BodyPart, BodyState, HandSide, Severity, WeightChange};
pub use living::{CarePoint, LivingFunction, MedicalManagement, RiskState};

words! {
    /// Edition of the form (様式の版).
    pub enum OpinionEdition {
        /// In force until 31 March 2026.
        Until2026March = "until_2026_03", "令和8年3月までの様式";
        /// In force from 1 April 2026.
        From2026April = "from_2026_04", "令和8年4月からの様式";
    }
}

impl OpinionEdition {
    /// The edition in force on `day`.
    pub fn on(day: Date) -> Self {
        if day < date(2026, 4, 1) { Self::Until2026March } else { Self::From2026April }
    }
}

/// The opinion (主治医意見書).
///
/// Source: 要介護認定等の実施について 別添3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttendingPhysicianOpinion {
    /// Edition of the form (様式の版).
    pub edition: OpinionEdition,
    /// Day of writing (記入日).
    pub written_on: Date,
    /// Doctor (医師氏名).
    pub physician: Personal,
    /// Institution or facility (医療機関の番号).
    pub institution: ProviderNumber,
    /// Its name (医療機関の名前).
    pub institution_name: String,
    /// Its address (医療機関の所在地).
    #[serde(default)]
    pub institution_address: Option<String>,
    /// Its telephone (医療機関の電話番号).
    #[serde(default)]
    pub institution_phone: Option<String>,
    /// Its fax (医療機関のFAX番号).
    #[serde(default)]
    pub institution_fax: Option<String>,
    /// The doctor agrees to the use in care plans (計画作成への利用の同意); only in the edition until
    /// March 2026.
    #[serde(default)]
    pub care_plan_use_agreed: Option<bool>,
    /// Last examination (最終診察日).
    pub last_examined_on: Date,
    /// First opinion for this person (初回), else 2回目以上.
    pub first_opinion: bool,
    /// Other departments seen (他科受診); empty: none.
    #[serde(default)]
    pub other_departments: Vec<MedicalDepartment>,
    /// Another department in words (その他の診療科).
    #[serde(default)]
    pub other_department_text: Option<Personal>,
    /// 1. Diagnoses, at most three; the first caused the loss of function (診断名).
    pub diagnoses: Vec<Diagnosis>,
    /// 1(2) Stability of the symptoms (症状としての安定性).
    pub stability: Stability,
    /// What is unstable (不安定の内容).
    #[serde(default)]
    pub unstable_text: Option<Personal>,
    /// 1(3) Course and treatment (経過及び治療内容).
    pub course: Personal,
    /// 2. Special treatments of the last 14 days; empty: none (特別な医療).
    #[serde(default)]
    pub treatments: Vec<SpecialTreatment>,
    /// 3. Mind and body (心身の状態).
    pub condition: MentalCondition,
    /// 3(5) State of the body (身体の状態).
    #[serde(default)]
    pub body_state: BodyState,
    /// 4. Living functions and services (生活機能とサービス).
    pub living: LivingFunction,
    /// 5. Remarks (特記すべき事項).
    #[serde(default)]
    pub remarks: Option<Personal>,
}

impl AttendingPhysicianOpinion {
    /// The edition is the one in force on the day of writing, and its own fields are filled.
    pub fn edition_fits(&self) -> bool {
        self.edition == OpinionEdition::on(self.written_on)
            && (self.edition == OpinionEdition::Until2026March
                || self.care_plan_use_agreed.is_none())
    }
}

/// A diagnosis (診断名) with its onset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diagnosis {
    /// Name of the disease (診断名).
    pub name: Personal,
    /// Onset in words, for example 令和3年5月頃 (発症年月日).
    #[serde(default)]
    pub onset: Option<Personal>,
}

words! {
    /// Stability of the symptoms (症状としての安定性).
    pub enum Stability {
        /// Stable.
        Stable = "stable", "安定";
        /// Unstable.
        Unstable = "unstable", "不安定";
        /// Not known.
        Unknown = "unknown", "不明";
    }
}

words! {
    /// Department of medicine (他科受診の診療科).
    pub enum MedicalDepartment {
        /// Internal medicine.
        Internal = "internal", "内科";
        /// Psychiatry.
        Psychiatry = "psychiatry", "精神科";
        /// Surgery.
        Surgery = "surgery", "外科";
        /// Orthopaedics.
        Orthopaedics = "orthopaedics", "整形外科";
        /// Neurosurgery.
        Neurosurgery = "neurosurgery", "脳神経外科";
        /// Dermatology.
        Dermatology = "dermatology", "皮膚科";
        /// Urology.
        Urology = "urology", "泌尿器科";
        /// Gynaecology.
        Gynaecology = "gynaecology", "婦人科";
        /// Ophthalmology.
        Ophthalmology = "ophthalmology", "眼科";
        /// Ear, nose and throat.
        Otolaryngology = "otolaryngology", "耳鼻咽喉科";
        /// Rehabilitation.
        Rehabilitation = "rehabilitation", "リハビリテーション科";
        /// Dentistry.
        Dentistry = "dentistry", "歯科";
        /// Another, in words.
        Other = "other", "その他";
    }
}

words! {
    /// Special treatment (特別な医療); codes 1–12 as in the survey's item 6.
    pub enum SpecialTreatment {
        /// Code 1.
        Drip = "drip", "点滴の管理";
        /// Code 2.
        CentralVein = "central_vein", "中心静脈栄養";
        /// Code 3.
        Dialysis = "dialysis", "透析";
        /// Code 4.
        Stoma = "stoma", "ストーマの処置";
        /// Code 5.
        Oxygen = "oxygen", "酸素療法";
        /// Code 6.
        Respirator = "respirator", "レスピレーター";
        /// Code 7.
        Tracheotomy = "tracheotomy", "気管切開の処置";
        /// Code 8.
        PainNursing = "pain_nursing", "疼痛の看護";
        /// Code 9.
        TubeFeeding = "tube_feeding", "経管栄養";
        /// Code 10.
        Monitor = "monitor", "モニター測定（血圧、心拍、酸素飽和度等）";
        /// Code 11.
        PressureSore = "pressure_sore", "褥瘡の処置";
        /// Code 12.
        Catheter = "catheter", "カテーテル（コンドームカテーテル、留置カテーテル等）";
    }
}

/// Mind (日常生活の自立度等, 認知症の中核症状, BPSD, その他の精神・神経症状).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MentalCondition {
    /// 障害高齢者の日常生活自立度.
    pub physical_independence: PhysicalIndependence,
    /// 認知症高齢者の日常生活自立度.
    pub cognitive_independence: CognitiveIndependence,
    /// Short-term memory has a problem (短期記憶: 問題あり).
    pub memory_problem: bool,
    /// Making everyday decisions (日常の意思決定を行うための認知能力).
    pub decisions: DecisionAbility,
    /// Expressing the own will (自分の意思の伝達能力).
    pub communication: CommunicationAbility,
    /// Behavioural and psychological symptoms of dementia (BPSD); empty: none (認知症の行動・心理症状).
    #[serde(default)]
    pub behaviours: Vec<Behaviour>,
    /// Another behaviour in words (その他の行動・心理症状).
    #[serde(default)]
    pub other_behaviour: Option<Personal>,
    /// Other mental or neurological symptom; `None`: none (その他の精神・神経症状).
    #[serde(default)]
    pub other_symptom: Option<Personal>,
    /// Department of the specialist seen for it (専門医受診).
    #[serde(default)]
    pub specialist: Option<Personal>,
}

words! {
    /// Making everyday decisions (日常の意思決定を行うための認知能力).
    pub enum DecisionAbility {
        /// Code 1.
        Independent = "independent", "自立";
        /// Code 2.
        SomeDifficulty = "some_difficulty", "いくらか困難";
        /// Code 3.
        NeedsWatching = "needs_watching", "見守りが必要";
        /// Code 4.
        Unable = "unable", "判断できない";
    }
}

words! {
    /// Expressing the own will (自分の意思の伝達能力).
    pub enum CommunicationAbility {
        /// Code 1.
        Able = "able", "伝えられる";
        /// Code 2.
        SomeDifficulty = "some_difficulty", "いくらか困難";
        /// Code 3.
        ConcreteRequests = "concrete_requests", "具体的要求に限られる";
        /// Code 4.
        Unable = "unable", "伝えられない";
    }
}

words! {
    /// Behavioural and psychological symptoms of dementia (BPSD).
    pub enum Behaviour {
        /// Seeing or hearing what is not there.
        Hallucination = "hallucination", "幻視・幻聴";
        /// Delusion.
        Delusion = "delusion", "妄想";
        /// Day and night reversed.
        DayNightReversal = "day_night_reversal", "昼夜逆転";
        /// Abusive words.
        VerbalAbuse = "verbal_abuse", "暴言";
        /// Violence.
        Violence = "violence", "暴行";
        /// Resisting care.
        Resistance = "resistance", "介護への抵抗";
        /// Wandering.
        Wandering = "wandering", "徘徊";
        /// Careless with fire.
        FireNeglect = "fire_neglect", "火の不始末";
        /// Unclean acts.
        Unclean = "unclean", "不潔行為";
        /// Eating what is no food.
        Pica = "pica", "異食行動";
        /// Sexual acts that trouble others.
        Sexual = "sexual", "性的問題行動";
        /// Another, in words.
        Other = "other", "その他";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edition_changes_on_the_first_of_april_2026() {
        assert_eq!(OpinionEdition::on(date(2026, 3, 31)), OpinionEdition::Until2026March);
        assert_eq!(OpinionEdition::on(date(2026, 4, 1)), OpinionEdition::From2026April);
    }
}
