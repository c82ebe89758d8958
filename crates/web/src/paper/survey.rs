//! The survey sheet in words (認定調査票): overview, 74 items with their labels, remarks.

use tasuki_core::date::wareki_day;
use tasuki_core::survey::{SURVEY_GROUPS, SurveyItem, SurveyOverview, SurveySheet};

use super::{Read, SURVEY_SHEET, joined, personal, section, terms, text};
use crate::page::person::{PaperRow, Section};

/// 認定調査票.
pub(super) fn read(body: &SurveySheet) -> Read {
    let mut sections = vec![overview(body)];
    let items: Vec<(&SurveyItem, Vec<u8>)> = body.answers.iter().collect();
    for (place, name) in (1u8..).zip(SURVEY_GROUPS).take(6) {
        let own = items.iter().filter(|(item, _)| item.group() == place);
        let rows = own.map(|(item, codes)| answer(item, codes)).collect();
        sections.push(section(&format!("{place}　{name}"), rows));
    }
    let independence = vec![
        PaperRow::new(
            "7-1 障害高齢者の日常生活自立度（寝たきり度）",
            body.physical_independence.japanese(),
        ),
        PaperRow::new("7-2 認知症高齢者の日常生活自立度", body.cognitive_independence.japanese()),
    ];
    sections.push(section("7　日常生活自立度", independence));
    sections.push(remarks(body));
    Read { sections, terms: terms(&[SURVEY_SHEET]) }
}

fn answer(item: &SurveyItem, codes: &[u8]) -> PaperRow {
    let chosen = codes.iter().filter_map(|code| item.choice(*code));
    PaperRow::new(format!("{} {}", item.number, item.label), joined(chosen, "なし"))
}

fn overview(body: &SurveySheet) -> Section {
    let SurveyOverview { previous, .. } = &body.overview;
    let overview = &body.overview;
    let place = overview.place_outside.as_ref();
    let mut rows = vec![
        PaperRow::new("調査日", wareki_day(body.surveyed_on)),
        PaperRow::new("調査した場所", place.map_or("自宅", |place| place.expose())),
        PaperRow::new(
            "調査した人",
            format!("{}（{}）", overview.surveyor.expose(), overview.organisation),
        ),
        PaperRow::new(
            "前回の認定",
            previous.map_or("初めて".to_owned(), |previous| {
                let (level, on) = (previous.care_level.japanese(), previous.certified_on);
                format!("{level}（{}）", wareki_day(on))
            }),
        ),
    ];
    rows.extend(overview.services.iter().map(|used| {
        let amount = format!("{}{}", used.amount, used.service.unit());
        PaperRow::new(format!("利用中：{}", used.service.japanese()), amount)
    }));
    if let Some(facility) = &overview.facility {
        rows.push(PaperRow::new(facility.kind.japanese(), facility.name.expose()));
    }
    rows.extend([
        PaperRow::new("保険以外のサービス", personal(overview.other_services.as_ref())),
        PaperRow::new("家族の状況", personal(overview.household.as_ref())),
        PaperRow::new("住まいのようす", personal(overview.dwelling.as_ref())),
        PaperRow::new("日常使う機器", personal(overview.devices.as_ref())),
    ]);
    if let Some(family) = &overview.family {
        let who = format!("{}（{}）", family.name.expose(), family.relation.expose());
        let note = personal(family.phone.as_ref());
        rows.push(PaperRow { note, ..PaperRow::new("家族の連絡先", who) });
    }
    section("概況調査", rows)
}

/// Remarks in the order of the sheet, each after the number of its item.
fn remarks(body: &SurveySheet) -> Section {
    let line = |remark: &tasuki_core::survey::SurveyRemark| {
        format!("{}　{}", remark.item, remark.text.expose())
    };
    let lines: Vec<String> = body.remarks.iter().map(line).collect();
    let lines = if lines.is_empty() { "なし".to_owned() } else { lines.join("\n") };
    text("特記事項", lines)
}
