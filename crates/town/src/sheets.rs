//! Survey sheets and opinions (認定調査票・主治医意見書) that fit a care level.

use jiff::civil::Date;
use tasuki_core::care_level::CareLevel;
use tasuki_core::insured::Personal;
use tasuki_core::opinion::body::{BodyFinding, BodyPart, BodyState, Severity, WeightChange};
use tasuki_core::opinion::living::{
    CarePoint, CarePointKind, Eating, Infection, LivingFunction, MedicalManagement, MedicalService,
    Nutrition, OutdoorWalking, Prospect, RiskState, WalkingAid, Wheelchair,
};
use tasuki_core::opinion::{
    AttendingPhysicianOpinion, CommunicationAbility, DecisionAbility, Diagnosis, MentalCondition,
    OpinionEdition, SpecialTreatment, Stability,
};
use tasuki_core::provider::Provider;
use tasuki_core::survey::{
    CognitiveIndependence, PhysicalIndependence, PreviousCertification, ServiceInUse,
    SurveyAnswers, SurveyOverview, SurveyRemark, SurveyService, SurveySheet, survey_items,
};
use tasuki_core::word::Word;

use crate::dice::Dice;
use crate::people::days_later;

/// How heavy a level is: 0 (要支援1) to 6 (要介護5).
pub(crate) fn weight(level: CareLevel) -> u32 {
    match level {
        CareLevel::NotCertified | CareLevel::ProgramTarget | CareLevel::Support1 => 0,
        CareLevel::Transitional | CareLevel::Support2 => 1,
        CareLevel::Care1 => 2,
        CareLevel::Care2 => 3,
        CareLevel::Care3 => 4,
        CareLevel::Care4 => 5,
        CareLevel::Care5 => 6,
    }
}

/// The value of a list that lies as far as the weight says, with some chance.
fn graded<T: Word>(weight: u32, dice: &mut Dice) -> Option<T> {
    let last = u32::try_from(T::ALL.len()).unwrap_or(1).saturating_sub(1);
    let place = (weight * last / 6 + dice.below(2)).min(last);
    T::ALL.get(usize::try_from(place).unwrap_or(0)).copied()
}

/// Remarks by item.
const REMARKS: [(&str, &str); 6] = [
    ("1-7", "室内は家具や手すりにつかまって歩く。屋外は歩行器を使い、家族が付き添う。"),
    ("2-1", "ベッドから車いすへの移乗は、ふらつくため家族が腰を支えている。"),
    ("2-5", "日中はトイレに行くが、夜間はパッドを使い、朝に家族が交換する。"),
    ("3-4", "面接の直前に何をしていたかを答えられなかった。"),
    ("4-12", "火の消し忘れが月に2回ほどあり、家族が見守っている。"),
    ("5-1", "薬は一包化し、家族がそのつど手渡している。"),
];

/// A survey sheet of a person of `level`.
pub(crate) fn survey(
    level: CareLevel,
    surveyed_on: Date,
    previous: Option<PreviousCertification>,
    dice: &mut Dice,
) -> Option<SurveySheet> {
    let heavy = weight(level);
    let mut codes: Vec<u8> = Vec::with_capacity(survey_items().len());
    for item in survey_items() {
        let choices = u32::try_from(item.choices.len()).unwrap_or(1);
        let most = if item.multiple { 2 } else { choices };
        // The heavier the level, the higher the code; the treatments stay rare.
        let rare = item.number == "6" && !dice.chance(80);
        let code = if rare { 0 } else { 1 + (dice.below(4) * heavy * most / 24).min(most - 1) };
        codes.push(u8::try_from(code).unwrap_or(1));
    }
    let answers = survey_items().iter().zip(&codes).map(|(item, code)| {
        (item.number, if *code == 0 { &[][..] } else { std::slice::from_ref(code) })
    });
    let count = usize::try_from(1 + heavy.min(4)).unwrap_or(1);
    let remark = |(item, text): &(&str, &str)| SurveyRemark {
        item: (*item).to_owned(),
        text: Personal::new(*text),
    };
    Some(SurveySheet {
        surveyed_on,
        overview: overview(previous, dice),
        answers: SurveyAnswers::new(answers).ok()?,
        physical_independence: graded::<PhysicalIndependence>(heavy, dice)?,
        cognitive_independence: graded::<CognitiveIndependence>(heavy, dice)?,
        remarks: REMARKS.iter().take(count).map(remark).collect(),
    })
}

fn overview(previous: Option<PreviousCertification>, dice: &mut Dice) -> SurveyOverview {
    let visits = u16::try_from(dice.between(4, 20)).unwrap_or(4);
    SurveyOverview {
        place_outside: dice.chance(80).then(|| Personal::new("丘の上病院 病室")),
        surveyor: Personal::new("調査　すみれ"),
        organisation: "あおば市介護保険課".to_owned(),
        services: previous
            .map(|_| ServiceInUse { service: SurveyService::HomeVisit, amount: visits })
            .into_iter()
            .collect(),
        previous,
        family: None,
        other_services: None,
        facility: None,
        household: Some(Personal::new("一人暮らし。長女が週に2回訪ねている。")),
        dwelling: Some(Personal::new("玄関に20cmの段差がある。")),
        devices: dice.chance(300).then(|| Personal::new("歩行器、シャワーチェア")),
    }
}

/// Diagnoses and how they went.
const DISEASES: [(&str, &str, &str); 5] = [
    ("脳梗塞後遺症", "令和3年5月頃", "右上下肢に軽い麻痺が残る。降圧薬と抗血小板薬を内服中。"),
    ("アルツハイマー型認知症", "令和2年頃", "もの忘れが徐々に進む。抗認知症薬を内服中。"),
    ("変形性膝関節症", "平成28年頃", "両膝の痛みのため歩行がゆっくりである。鎮痛薬を使用。"),
    ("大腿骨頸部骨折術後", "令和6年2月", "手術後、歩行器での歩行を続けている。"),
    ("慢性心不全", "令和4年頃", "利尿薬で安定している。塩分と水分の管理が必要。"),
];

/// An opinion about a person of `level` by `institution`.
pub(crate) fn opinion(
    level: CareLevel,
    written_on: Date,
    institution: &Provider,
    first_opinion: bool,
    dice: &mut Dice,
) -> Option<AttendingPhysicianOpinion> {
    let heavy = weight(level);
    let (disease, onset, course) = dice.one(&DISEASES);
    let edition = OpinionEdition::on(written_on);
    let old = edition == OpinionEdition::Until2026March;
    Some(AttendingPhysicianOpinion {
        edition,
        written_on,
        physician: Personal::new("青空　一郎"),
        institution: institution.number.clone(),
        institution_name: institution.name.clone(),
        institution_address: Some(institution.address.clone()),
        institution_phone: Some(institution.phone.clone()),
        institution_fax: None,
        care_plan_use_agreed: old.then_some(true),
        last_examined_on: days_later(written_on, -3),
        first_opinion,
        other_departments: Vec::new(),
        other_department_text: None,
        diagnoses: vec![Diagnosis {
            name: Personal::new(*disease),
            onset: Some(Personal::new(*onset)),
        }],
        stability: Stability::Stable,
        unstable_text: None,
        course: Personal::new(*course),
        treatments: dice.chance(60).then_some(SpecialTreatment::Oxygen).into_iter().collect(),
        condition: MentalCondition {
            physical_independence: graded(heavy, dice)?,
            cognitive_independence: graded(heavy, dice)?,
            memory_problem: heavy > 2,
            decisions: graded::<DecisionAbility>(heavy, dice)?,
            communication: graded::<CommunicationAbility>(heavy / 2, dice)?,
            behaviours: Vec::new(),
            other_behaviour: None,
            other_symptom: None,
            specialist: None,
        },
        body_state: body_state(heavy, dice),
        living: living(heavy, dice),
        remarks: None,
    })
}

fn body_state(heavy: u32, dice: &mut Dice) -> BodyState {
    let weakness = BodyPart {
        finding: BodyFinding::Weakness,
        part: Personal::new("両下肢"),
        severity: Some(if heavy > 3 { Severity::Heavy } else { Severity::Light }),
    };
    BodyState {
        hand: None,
        height_mm: u16::try_from(dice.between(1_400, 1_720)).ok(),
        weight_hectogram: u16::try_from(dice.between(350, 720)).ok(),
        weight_change: Some(if dice.chance(700) {
            WeightChange::Steady
        } else {
            WeightChange::Loss
        }),
        findings: vec![weakness],
    }
}

fn living(heavy: u32, dice: &mut Dice) -> LivingFunction {
    let far = |limit| heavy >= limit;
    LivingFunction {
        outdoor_walking: match heavy {
            0 | 1 => OutdoorWalking::Independent,
            2..=4 => OutdoorWalking::WithHelp,
            _ => OutdoorWalking::No,
        },
        wheelchair: if far(4) { Wheelchair::Pushed } else { Wheelchair::No },
        walking_aids: (!far(4)).then_some(WalkingAid::Outdoors).into_iter().collect(),
        eating: if far(6) { Eating::FullHelp } else { Eating::Independent },
        nutrition: if dice.chance(850) { Nutrition::Good } else { Nutrition::Bad },
        nutrition_note: None,
        risks: vec![RiskState::Fall],
        other_risk: None,
        risk_policy: Some(Personal::new("見守りのもとで運動を続ける。")),
        prospect: Prospect::Expected,
        medical_management: far(3)
            .then_some(MedicalManagement { service: MedicalService::Nursing, pressing: far(5) })
            .into_iter()
            .collect(),
        other_medical_service: None,
        care_points: vec![CarePoint {
            kind: CarePointKind::Moving,
            text: Personal::new("段差に注意してください。"),
        }],
        infection: Infection::No,
        infection_text: None,
    }
}
