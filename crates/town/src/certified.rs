//! Certificates of a certified person (被保険者証・負担割合証・負担限度額認定証・減免減額認定証).

use jiff::civil::{Date, date};
use tasuki_core::care_level::CareLevel;
use tasuki_core::certification::CertificationPeriod;
use tasuki_core::date::YearMonth;
use tasuki_core::document::Body;
use tasuki_core::eligibility::{
    BenefitRestriction, BurdenLimitCertificate, BurdenLimitStage, BurdenRatio,
    BurdenRatioCertificate, BurdenRatioPeriod, BurdenReductionCertificate, CareManagementEntry,
    CertifiedNeed, DailyLimits, FacilityKind, FacilityStay, InsuredCertificate, ReductionKind,
    RestrictionKind,
};
use tasuki_core::insured::Personal;
use tasuki_core::provider::Provider;
use tasuki_formats::municipal::{Content, RecordKind};

use crate::dice::Dice;
use crate::people::days_later;

/// A paper on its way into a file: kind, history number, content.
pub(crate) type Paper = (RecordKind, u32, Content);

/// Levels and their shares per mille of the certified.
///
/// Source: 介護保険事業状況報告, rounded.
const LEVELS: [(CareLevel, u32); 8] = [
    (CareLevel::ProgramTarget, 4),
    (CareLevel::Support1, 142),
    (CareLevel::Support2, 138),
    (CareLevel::Care1, 207),
    (CareLevel::Care2, 168),
    (CareLevel::Care3, 131),
    (CareLevel::Care4, 127),
    (CareLevel::Care5, 83),
];

/// What is decided about a certified person before any paper is written.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) level: CareLevel,
    pub(crate) previous_level: Option<CareLevel>,
    pub(crate) period: CertificationPeriod,
    pub(crate) ratio: BurdenRatio,
    pub(crate) stage: Option<BurdenLimitStage>,
    pub(crate) reduced: bool,
    pub(crate) in_facility: bool,
    /// Number of the newest certificate; older ones count down to 1.
    pub(crate) history: u32,
}

/// A level by its share.
pub(crate) fn level(dice: &mut Dice) -> CareLevel {
    let place = dice.weighted(&LEVELS.map(|(_, weight)| weight));
    LEVELS.get(place).map_or(CareLevel::Care1, |(level, _)| *level)
}

/// Invents a certified person's case as it stands on `today`.
pub(crate) fn case(today: Date, dice: &mut Dice) -> Case {
    let level = level(dice);
    let history = *dice.one(&[1, 2, 2, 3, 3, 4]);
    let months = *dice.one(if history == 1 { &[6, 12, 12][..] } else { &[12, 24, 36, 36, 48, 48] });
    // Some months of the period are over; a few have just ended without a renewal.
    // A first certification is decided weeks after its first day, so it is never brand new.
    let least = if history == 1 { 2 } else { 0 };
    let over = i32::try_from(least + dice.below(months - least)).unwrap_or(0);
    let over = if dice.chance(8) { over + 48 } else { over };
    let begun = YearMonth::of(today).last_day_after(-1 - over);
    let from = days_later(begun, 1);
    let ratio = RATIOS.get(dice.weighted(&RATIOS.map(|(_, weight)| weight)));
    let ratio = ratio.map_or(BurdenRatio::OneTenth, |(ratio, _)| *ratio);
    let stage = (ratio == BurdenRatio::OneTenth && dice.chance(200)).then(|| *dice.one(&STAGES));
    let heavy = matches!(level, CareLevel::Care3 | CareLevel::Care4 | CareLevel::Care5);
    Case {
        level,
        previous_level: (history > 1)
            .then(|| if dice.chance(600) { level } else { self::level(dice) }),
        period: CertificationPeriod::starting(from, u8::try_from(months).unwrap_or(12)),
        ratio,
        stage,
        reduced: dice.chance(10),
        in_facility: dice.chance(if heavy { 350 } else { 30 }),
        history,
    }
}

/// Ratios and their shares in percent.
const RATIOS: [(BurdenRatio, u32); 3] =
    [(BurdenRatio::OneTenth, 91), (BurdenRatio::TwoTenths, 5), (BurdenRatio::ThreeTenths, 4)];

const STAGES: [BurdenLimitStage; 4] = [
    BurdenLimitStage::One,
    BurdenLimitStage::Two,
    BurdenLimitStage::ThreeFirst,
    BurdenLimitStage::ThreeSecond,
];

/// The year of ratios and limits that holds `day`: 1 August to 31 July.
pub(crate) fn burden_year(day: Date) -> (Date, Date) {
    let year = if day.month() >= 8 { day.year() } else { day.year() - 1 };
    (Date::new(year, 8, 1).unwrap_or(day), Date::new(year + 1, 7, 31).unwrap_or(day))
}

/// The certificates of a case, the older insured certificates included.
pub(crate) fn certificates(
    case: &Case,
    office: Option<&Provider>,
    facility: Option<&Provider>,
    today: Date,
    dice: &mut Dice,
) -> Vec<Paper> {
    let mut papers = Vec::with_capacity(6);
    let mut period = case.period;
    for history in (1..=case.history).rev() {
        let newest = history == case.history;
        let level = if newest { case.level } else { case.previous_level.unwrap_or(case.level) };
        let certificate = certificate(case, level, period, office, facility, newest, dice);
        papers.push((
            RecordKind::InsuredCertificate,
            history,
            Content::Paper(Body::InsuredCertificate(Box::new(certificate))),
        ));
        let until = days_later(period.from, -1);
        let from = days_later(YearMonth::of(until).last_day_after(-12), 1);
        period = CertificationPeriod { from, until };
        if history == case.history && !dice.chance(300) {
            break;
        }
    }
    papers.extend(burdens(case, today));
    papers
}

fn certificate(
    case: &Case,
    level: CareLevel,
    period: CertificationPeriod,
    office: Option<&Provider>,
    facility: Option<&Provider>,
    newest: bool,
    dice: &mut Dice,
) -> InsuredCertificate {
    let entry = |office: &Provider| CareManagementEntry {
        office: Some(office.number.clone()),
        name: Personal::new(office.name.as_str()),
        filed_on: period.from,
    };
    let stay = |facility: &Provider| FacilityStay {
        kind: FacilityKind::Welfare,
        provider: Some(facility.number.clone()),
        name: Personal::new(facility.name.as_str()),
        entered_on: days_later(period.from, 40),
        left_on: None,
    };
    let restricted = newest && dice.chance(4);
    InsuredCertificate {
        issued_on: period.from,
        certified: Some(CertifiedNeed {
            care_level: level,
            certified_on: days_later(period.from, -10),
            period,
            benefit_limit_units: level.benefit_limit_units(),
            kind_limits: Vec::new(),
        }),
        board_opinion: dice
            .chance(150)
            .then(|| Personal::new("転倒に気をつけ、体を動かす機会を続けてください。")),
        designated_services: Vec::new(),
        restrictions: restricted
            .then_some(BenefitRestriction {
                kind: RestrictionKind::PaymentMethod,
                from: period.from,
                until: None,
            })
            .into_iter()
            .collect(),
        care_management: office.filter(|_| !case.in_facility).map(entry).into_iter().collect(),
        facilities: facility.filter(|_| case.in_facility && newest).map(stay).into_iter().collect(),
    }
}

/// Ratio, limit and reduction of the burden year, and the ratio of the year before.
fn burdens(case: &Case, today: Date) -> Vec<Paper> {
    let (from, until) = burden_year(today);
    let (last_from, last_until) = burden_year(days_later(from, -1));
    let ratio = |from: Date, until: Date| {
        let first = BurdenRatioPeriod { ratio: case.ratio, from, until };
        let issued_on = days_later(from, -17);
        Content::Paper(Body::BurdenRatioCertificate(BurdenRatioCertificate {
            issued_on,
            first,
            second: None,
        }))
    };
    let mut papers = vec![(RecordKind::BurdenRatio, 2, ratio(from, until))];
    if case.period.from < last_until {
        papers.push((RecordKind::BurdenRatio, 1, ratio(last_from, last_until)));
    }
    papers.extend(case.stage.map(|stage| {
        let limit = BurdenLimitCertificate {
            issued_on: days_later(from, -12),
            applies_from: from,
            expires_on: until,
            stage,
            limits: DailyLimits::published(stage, from.max(date(2024, 8, 1))),
        };
        (RecordKind::BurdenLimit, 1, Content::Paper(Body::BurdenLimitCertificate(limit)))
    }));
    papers.extend(case.reduced.then(|| {
        let reduction = BurdenReductionCertificate {
            kind: ReductionKind::WelfareCorporation,
            certificate_number: Some(Personal::new("7")),
            issued_on: from,
            applies_from: from,
            expires_on: until,
            share_percent: Some(25),
            food_percent: Some(25),
            housing_percent: Some(25),
            services: Vec::new(),
        };
        let body = Body::BurdenReductionCertificate(Box::new(reduction));
        (RecordKind::BurdenReduction, 1, Content::Paper(body))
    }));
    papers
}
