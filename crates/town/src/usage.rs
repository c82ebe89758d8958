//! What a certified person uses: services of offices, home modification, equipment.

use jiff::civil::Date;
use tasuki_core::benefit_use::{
    EquipmentKind, EquipmentPurchaseUse, HomeModificationKind, HomeModificationUse,
};
use tasuki_core::date::YearMonth;
use tasuki_core::document::Body;
use tasuki_core::eligibility::BurdenRatio;
use tasuki_core::insured::Personal;
use tasuki_core::provider::Provider;
use tasuki_formats::municipal::{Content, RecordKind, ServiceUse};

use crate::certified::{Case, Paper};
use crate::dice::Dice;
use crate::people::days_later;

/// Yen that the insurance pays of a cost.
fn paid(cost_yen: u32, ratio: BurdenRatio) -> u32 {
    cost_yen * u32::from(10 - ratio.tenths()) / 10
}

/// Months of service with each office: the last `months` before the month of `today`.
pub(crate) fn service_months(offices: &[&Provider], months: i32, today: Date) -> Vec<Paper> {
    let mut papers = Vec::new();
    for back in 1..=months {
        let month = YearMonth::of(YearMonth::of(today).last_day_after(-back));
        for office in offices {
            let number = u32::try_from(papers.len() + 1).unwrap_or(u32::MAX);
            let provider = office.number.clone();
            let services = office.services.iter().copied().take(1).collect();
            let service = ServiceUse { provider, month, services };
            papers.push((RecordKind::ServiceUse, number, Content::ServiceUse(service)));
        }
    }
    papers
}

/// Home modification and equipment, for some.
pub(crate) fn purchases(case: &Case, today: Date, dice: &mut Dice) -> Vec<Paper> {
    let mut papers = Vec::new();
    if case.in_facility {
        return papers;
    }
    let uses = dice.weighted(&[750, 180, 70]);
    for number in 1..=u32::try_from(uses).unwrap_or(0) {
        let days = i32::try_from(dice.between(30, 1_500)).unwrap_or(30);
        let cost_yen = dice.between(8, 90) * 1_000;
        papers.push(modification(number, days_later(today, -days), cost_yen, case));
    }
    if dice.chance(200) {
        let days = i32::try_from(dice.between(10, 500)).unwrap_or(10);
        papers.push(equipment(1, days_later(today, -days), dice.between(5, 60) * 500, case.ratio));
    }
    papers
}

/// One home modification in the first dwelling.
pub(crate) fn modification(number: u32, used_on: Date, cost_yen: u32, case: &Case) -> Paper {
    let body = HomeModificationUse {
        used_on,
        kind: HomeModificationKind::Handrail,
        place: Some(Personal::new("浴室")),
        dwelling: 1,
        care_level: case.previous_level.unwrap_or(case.level),
        cost_yen,
        paid_yen: paid(cost_yen, case.ratio),
    };
    (RecordKind::HomeModificationUse, number, Content::Paper(Body::HomeModificationUse(body)))
}

/// One purchase of equipment.
pub(crate) fn equipment(number: u32, bought_on: Date, cost_yen: u32, ratio: BurdenRatio) -> Paper {
    let body = EquipmentPurchaseUse {
        bought_on,
        kind: EquipmentKind::BathAid,
        product: Some(Personal::new("シャワーチェアA")),
        cost_yen,
        paid_yen: paid(cost_yen, ratio),
    };
    (RecordKind::EquipmentPurchaseUse, number, Content::Paper(Body::EquipmentPurchaseUse(body)))
}
