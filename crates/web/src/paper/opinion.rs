//! The attending physician's opinion in words (主治医意見書).

use tasuki_core::date::wareki_day;
use tasuki_core::opinion::{
    AttendingPhysicianOpinion, Behaviour, BodyState, LivingFunction, MedicalDepartment,
    SpecialTreatment,
};

use super::{OPINION, Read, joined, personal, section, terms, text};
use crate::page::person::{PaperRow, Section};

/// 主治医意見書.
pub(super) fn read(body: &AttendingPhysicianOpinion) -> Read {
    let mut sections =
        vec![head(body), diagnoses(body), text("経過と治療内容", body.course.expose())];
    let treatments =
        joined(body.treatments.iter().map(|it| SpecialTreatment::japanese(*it)), "なし");
    sections.push(section("特別な医療（過去14日間）", vec![PaperRow::new("処置", treatments)]));
    sections.push(mind(body));
    sections.push(body_state(&body.body_state));
    sections.extend(living(&body.living));
    sections.push(text("特記すべき事項", personal(body.remarks.as_ref())));
    Read { sections, terms: terms(&[OPINION]) }
}

fn head(body: &AttendingPhysicianOpinion) -> Section {
    let seen = body.other_departments.iter().map(|it| MedicalDepartment::japanese(*it));
    let times = if body.first_opinion { "初回" } else { "2回目以上" };
    section(
        "",
        vec![
            PaperRow::new("記入日", wareki_day(body.written_on)),
            PaperRow::new("医師", body.physician.expose()),
            PaperRow::new("医療機関", format!("{}（{}）", body.institution_name, body.institution)),
            PaperRow::new("電話", body.institution_phone.as_deref().unwrap_or("—")),
            PaperRow::new("最終診察日", wareki_day(body.last_examined_on)),
            PaperRow::new("意見書の作成回数", times),
            PaperRow::new("他科の受診", joined(seen, "なし")),
            PaperRow::new("様式", body.edition.japanese()),
        ],
    )
}

fn diagnoses(body: &AttendingPhysicianOpinion) -> Section {
    let mut rows: Vec<PaperRow> = (1..)
        .zip(&body.diagnoses)
        .map(|(number, diagnosis): (u8, _)| PaperRow {
            note: diagnosis
                .onset
                .as_ref()
                .map(|onset| format!("発症 {}", onset.expose()))
                .unwrap_or_default(),
            ..PaperRow::new(format!("診断名 {number}"), diagnosis.name.expose())
        })
        .collect();
    rows.push(PaperRow {
        note: body.unstable_text.as_ref().map(|text| text.expose().to_owned()).unwrap_or_default(),
        ..PaperRow::new("症状の安定性", body.stability.japanese())
    });
    section("傷病に関する意見", rows)
}

fn mind(body: &AttendingPhysicianOpinion) -> Section {
    let mind = &body.condition;
    let behaviours = mind.behaviours.iter().map(|it| Behaviour::japanese(*it));
    section(
        "心身の状態",
        vec![
            PaperRow::new("寝たきり度", mind.physical_independence.japanese()),
            PaperRow::new("認知症高齢者の日常生活自立度", mind.cognitive_independence.japanese()),
            PaperRow::new("短期記憶", if mind.memory_problem { "問題あり" } else { "問題なし" }),
            PaperRow::new("日常の意思決定", mind.decisions.japanese()),
            PaperRow::new("自分の意思を伝える力", mind.communication.japanese()),
            PaperRow {
                note: mind
                    .other_behaviour
                    .as_ref()
                    .map(|it| it.expose().to_owned())
                    .unwrap_or_default(),
                ..PaperRow::new("行動・心理症状（BPSD）", joined(behaviours, "なし"))
            },
            PaperRow::new("その他の精神・神経症状", personal(mind.other_symptom.as_ref())),
            PaperRow::new("専門医の受診", personal(mind.specialist.as_ref())),
        ],
    )
}

fn body_state(body: &BodyState) -> Section {
    let tenths = |value: u16, unit: &str| format!("{}.{}{unit}", value / 10, value % 10);
    let mut rows = vec![
        PaperRow::new("利き腕", body.hand.map_or("—", |hand| hand.japanese())),
        PaperRow::new("身長", body.height_mm.map_or("—".to_owned(), |mm| tenths(mm, "cm"))),
        PaperRow {
            note: body
                .weight_change
                .map(|it| format!("過去6か月：{}", it.japanese()))
                .unwrap_or_default(),
            ..PaperRow::new(
                "体重",
                body.weight_hectogram.map_or("—".to_owned(), |it| tenths(it, "kg")),
            )
        },
    ];
    rows.extend(body.findings.iter().map(|finding| {
        let degree = finding.severity.map(|it| format!("（{}）", it.japanese()));
        let value = format!("{}{}", finding.part.expose(), degree.unwrap_or_default());
        PaperRow::new(finding.finding.japanese(), value)
    }));
    section("身体の状態", rows)
}

fn living(body: &LivingFunction) -> Vec<Section> {
    let aids = joined(body.walking_aids.iter().map(|it| it.japanese()), "用いていない");
    let risks = joined(body.risks.iter().map(|it| it.japanese()), "なし");
    let needed: Vec<String> = body
        .medical_management
        .iter()
        .map(|it| {
            let pressing = if it.pressing { "（特に必要）" } else { "" };
            format!("{}{pressing}", it.service.japanese())
        })
        .collect();
    let needed = joined(needed.iter().map(String::as_str), "なし");
    let note = |text: &Option<tasuki_core::insured::Personal>| {
        text.as_ref().map(|text| text.expose().to_owned()).unwrap_or_default()
    };
    let moving = vec![
        PaperRow::new("屋外の歩行", body.outdoor_walking.japanese()),
        PaperRow::new("車いす", body.wheelchair.japanese()),
        PaperRow::new("歩行補助具・装具", aids),
        PaperRow::new("食事", body.eating.japanese()),
        PaperRow {
            note: note(&body.nutrition_note),
            ..PaperRow::new("栄養状態", body.nutrition.japanese())
        },
    ];
    let mut services = vec![
        PaperRow {
            note: note(&body.other_risk), ..PaperRow::new("起こりやすい状態", risks)
        },
        PaperRow::new("対処の方針", personal(body.risk_policy.as_ref())),
        PaperRow::new("サービスによる改善の見通し", body.prospect.japanese()),
        PaperRow {
            note: note(&body.other_medical_service),
            ..PaperRow::new("医学的管理の必要性", needed)
        },
        PaperRow {
            note: note(&body.infection_text),
            ..PaperRow::new("感染症", body.infection.japanese())
        },
    ];
    services.extend(body.care_points.iter().map(|point| {
        PaperRow::new(format!("留意：{}", point.kind.japanese()), point.text.expose())
    }));
    vec![section("移動・栄養・食事", moving), section("サービスに関する意見", services)]
}
