//! State of the body in the opinion (身体の状態).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::insured::Personal;
use crate::words;

words! {
    /// Hand the person prefers (利き腕).
    pub enum HandSide {
        /// Right.
        Right = "right", "右";
        /// Left.
        Left = "left", "左";
    }
}

words! {
    /// Change of weight in six months (過去6ヶ月の体重の変化).
    pub enum WeightChange {
        /// More.
        Gain = "gain", "増加";
        /// Kept.
        Steady = "steady", "維持";
        /// Less.
        Loss = "loss", "減少";
    }
}

words! {
    /// Degree (程度).
    pub enum Severity {
        /// Light.
        Light = "light", "軽";
        /// Medium.
        Medium = "medium", "中";
        /// Heavy.
        Heavy = "heavy", "重";
    }
}

words! {
    /// What is wrong with a part of the body (麻痺・筋力の低下・拘縮 …).
    pub enum BodyFinding {
        /// Missing limb; has no degree.
        MissingLimb = "missing_limb", "四肢欠損";
        /// Paralysis.
        Paralysis = "paralysis", "麻痺";
        /// Loss of muscle strength.
        Weakness = "weakness", "筋力の低下";
        /// Contracture of a joint.
        Contracture = "contracture", "関節の拘縮";
        /// Pain of a joint.
        JointPain = "joint_pain", "関節の痛み";
        /// Ataxia, involuntary movement; has no degree.
        Ataxia = "ataxia", "失調・不随意運動";
        /// Pressure sore.
        PressureSore = "pressure_sore", "褥瘡";
        /// Other disease of the skin.
        SkinDisease = "skin_disease", "その他の皮膚疾患";
    }
}

/// A finding at a part of the body (身体の部位の所見).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BodyPart {
    /// What (所見).
    pub finding: BodyFinding,
    /// Where, for example 右上肢.
    pub part: Personal,
    /// How badly, where the form asks (程度).
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// State of the body (身体の状態).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BodyState {
    /// Preferred hand (利き腕).
    #[serde(default)]
    pub hand: Option<HandSide>,
    /// Height in millimetres (身長・ミリメートル).
    #[serde(default)]
    pub height_mm: Option<u16>,
    /// Weight in tenths of a kilogram (体重・100グラム).
    #[serde(default)]
    pub weight_hectogram: Option<u16>,
    /// Change of weight (体重の変化).
    #[serde(default)]
    pub weight_change: Option<WeightChange>,
    /// Findings, in the order of the form (部位ごとの所見).
    #[serde(default)]
    pub findings: Vec<BodyPart>,
}
