//! Insured persons' certificates (被保険者証) in one flat line.

use tasuki_core::certification::CertificationPeriod;
use tasuki_core::eligibility::{
    BenefitRestriction, CareManagementEntry, CertifiedNeed, FacilityKind, FacilityStay,
    InsuredCertificate, KindLimit, RestrictionKind,
};

use super::Flat;
use crate::municipal::column::{Column, ColumnType as T, optional, required};
use crate::municipal::finding::Rule;
use crate::municipal::row::Row;
use crate::municipal::write::{EncodeError, RowWriter};

/// Rows the certificate prints: limits of kinds, restrictions, offices, facilities.
const KIND_LIMITS: [[&str; 2]; 3] = [
    ["kind_limit_1_service", "kind_limit_1_units"],
    ["kind_limit_2_service", "kind_limit_2_units"],
    ["kind_limit_3_service", "kind_limit_3_units"],
];
const RESTRICTIONS: [[&str; 2]; 2] =
    [["restriction_1_kind", "restriction_1_from"], ["restriction_2_kind", "restriction_2_from"]];
const RESTRICTION_ENDS: [&str; 2] = ["restriction_1_until", "restriction_2_until"];
const OFFICES: [[&str; 2]; 3] = [
    ["office_1_name", "office_1_filed_on"],
    ["office_2_name", "office_2_filed_on"],
    ["office_3_name", "office_3_filed_on"],
];
const FACILITIES: [[&str; 3]; 2] = [
    ["facility_1_kind", "facility_1_name", "facility_1_entered_on"],
    ["facility_2_kind", "facility_2_name", "facility_2_entered_on"],
];
const FACILITY_ENDS: [&str; 2] = ["facility_1_left_on", "facility_2_left_on"];

/// Largest number of units.
const UNITS_MAX: u32 = 9_999_999;
const RESTRICTION_RULE: &str = "payment_method, suspension, reduction";
const FACILITY_RULE: &str =
    "welfare, health, medical_care_home, community_welfare, specified, other";
const OFFICE_RULE: &str = "empty for 自己作成";
const GROUP: &str = "with the other values of its row";

impl Flat for InsuredCertificate {
    const COLUMNS: &'static [Column] = &[
        required("issued_on", "交付年月日", T::Date, "", "2026-02-01"),
        optional(
            "care_level",
            "要介護状態区分",
            T::Code,
            "06, 11, 12, 13, 21–25; empty: not certified",
            "22",
        ),
        optional("certified_on", "認定年月日", T::Date, "with care_level", "2026-01-25"),
        optional("valid_from", "認定の有効期間 開始", T::Date, "with care_level", "2026-02-01"),
        optional(
            "valid_until",
            "認定の有効期間 終了",
            T::Date,
            "with care_level; not before valid_from",
            "2027-01-31",
        ),
        optional(
            "limit_units",
            "区分支給限度基準額 単位/月",
            T::Number(UNITS_MAX),
            "only with care_level",
            "19705",
        ),
        optional("kind_limit_1_service", "種類支給限度1 サービス", T::Service, GROUP, ""),
        optional("kind_limit_1_units", "種類支給限度1 単位/月", T::Number(UNITS_MAX), GROUP, ""),
        optional("kind_limit_2_service", "種類支給限度2 サービス", T::Service, GROUP, ""),
        optional("kind_limit_2_units", "種類支給限度2 単位/月", T::Number(UNITS_MAX), GROUP, ""),
        optional("kind_limit_3_service", "種類支給限度3 サービス", T::Service, GROUP, ""),
        optional("kind_limit_3_units", "種類支給限度3 単位/月", T::Number(UNITS_MAX), GROUP, ""),
        optional(
            "board_opinion",
            "認定審査会の意見",
            T::Text(1000),
            "",
            "転倒に注意してください。",
        ),
        optional("designated_services", "サービスの種類の指定", T::Services, "", ""),
        optional("restriction_1_kind", "給付制限1 内容", T::Code, RESTRICTION_RULE, ""),
        optional("restriction_1_from", "給付制限1 開始", T::Date, GROUP, ""),
        optional(
            "restriction_1_until",
            "給付制限1 終了",
            T::Date,
            "not before restriction_1_from",
            "",
        ),
        optional("restriction_2_kind", "給付制限2 内容", T::Code, RESTRICTION_RULE, ""),
        optional("restriction_2_from", "給付制限2 開始", T::Date, GROUP, ""),
        optional(
            "restriction_2_until",
            "給付制限2 終了",
            T::Date,
            "not before restriction_2_from",
            "",
        ),
        optional(
            "office_1_number",
            "居宅介護支援事業者1 番号",
            T::Provider,
            OFFICE_RULE,
            "9970000015",
        ),
        optional(
            "office_1_name",
            "居宅介護支援事業者1 名称",
            T::Text(100),
            GROUP,
            "居宅介護支援みどり",
        ),
        optional(
            "office_1_filed_on",
            "居宅介護支援事業者1 届出年月日",
            T::Date,
            GROUP,
            "2025-02-03",
        ),
        optional("office_2_number", "居宅介護支援事業者2 番号", T::Provider, OFFICE_RULE, ""),
        optional("office_2_name", "居宅介護支援事業者2 名称", T::Text(100), GROUP, ""),
        optional("office_2_filed_on", "居宅介護支援事業者2 届出年月日", T::Date, GROUP, ""),
        optional("office_3_number", "居宅介護支援事業者3 番号", T::Provider, OFFICE_RULE, ""),
        optional("office_3_name", "居宅介護支援事業者3 名称", T::Text(100), GROUP, ""),
        optional("office_3_filed_on", "居宅介護支援事業者3 届出年月日", T::Date, GROUP, ""),
        optional("facility_1_kind", "施設1 種類", T::Code, FACILITY_RULE, ""),
        optional("facility_1_number", "施設1 番号", T::Provider, "", ""),
        optional("facility_1_name", "施設1 名称", T::Text(100), GROUP, ""),
        optional("facility_1_entered_on", "施設1 入所年月日", T::Date, GROUP, ""),
        optional(
            "facility_1_left_on",
            "施設1 退所年月日",
            T::Date,
            "not before facility_1_entered_on",
            "",
        ),
        optional("facility_2_kind", "施設2 種類", T::Code, FACILITY_RULE, ""),
        optional("facility_2_number", "施設2 番号", T::Provider, "", ""),
        optional("facility_2_name", "施設2 名称", T::Text(100), GROUP, ""),
        optional("facility_2_entered_on", "施設2 入所年月日", T::Date, GROUP, ""),
        optional(
            "facility_2_left_on",
            "施設2 退所年月日",
            T::Date,
            "not before facility_2_entered_on",
            "",
        ),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let issued_on = row.date();
        let certified = read_certified(row);
        let (board_opinion, designated_services) = (row.text(), row.services());
        let restrictions = read_restrictions(row);
        let care_management = read_offices(row);
        let facilities = read_facilities(row);
        Some(Self {
            issued_on: issued_on?,
            certified,
            board_opinion,
            designated_services,
            restrictions,
            care_management,
            facilities,
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        fits(self.restrictions.len(), RESTRICTIONS.len(), "restriction")?;
        fits(self.care_management.len(), OFFICES.len(), "office")?;
        fits(self.facilities.len(), FACILITIES.len(), "facility")?;
        row.date(self.issued_on);
        write_certified(self.certified.as_ref(), row)?;
        row.personal(self.board_opinion.as_ref());
        row.services(&self.designated_services);
        for restriction in &self.restrictions {
            row.word(restriction.kind);
            row.date(restriction.from);
            row.opt_date(restriction.until);
        }
        row.empties(3 * (RESTRICTIONS.len() - self.restrictions.len()));
        for office in &self.care_management {
            row.provider(office.office.as_ref());
            row.text(office.name.expose());
            row.date(office.filed_on);
        }
        row.empties(3 * (OFFICES.len() - self.care_management.len()));
        for facility in &self.facilities {
            row.word(facility.kind);
            row.provider(facility.provider.as_ref());
            row.text(facility.name.expose());
            row.date(facility.entered_on);
            row.opt_date(facility.left_on);
        }
        row.empties(5 * (FACILITIES.len() - self.facilities.len()));
        Ok(())
    }
}

/// Refuses more entries than there are columns.
fn fits(entries: usize, columns: usize, column: &'static str) -> Result<(), EncodeError> {
    if entries <= columns { Ok(()) } else { Err(EncodeError::TooMany { column }) }
}

fn read_certified(row: &mut Row<'_>) -> Option<CertifiedNeed> {
    let (care_level, certified_on) = (row.care_level(), row.date());
    let (from, until) = (row.date(), row.date());
    row.together(&[
        ("care_level", care_level.is_some()),
        ("certified_on", certified_on.is_some()),
        ("valid_from", from.is_some()),
        ("valid_until", until.is_some()),
    ]);
    row.period("valid_until", from, until);
    let benefit_limit_units = row.number();
    let mut kind_limits = Vec::new();
    for [service_column, units_column] in KIND_LIMITS {
        let (service, units) = (row.service(), row.number());
        row.together(&[(service_column, service.is_some()), (units_column, units.is_some())]);
        let limit = service.zip(units).map(|(service, units)| KindLimit { service, units });
        kind_limits.extend(limit);
    }
    if care_level.is_none() && (benefit_limit_units.is_some() || !kind_limits.is_empty()) {
        row.together(&[("care_level", false), ("limit_units", true)]);
    }
    Some(CertifiedNeed {
        care_level: care_level?,
        certified_on: certified_on?,
        period: CertificationPeriod { from: from?, until: until? },
        benefit_limit_units,
        kind_limits,
    })
}

fn write_certified(
    certified: Option<&CertifiedNeed>,
    row: &mut RowWriter<'_>,
) -> Result<(), EncodeError> {
    let Some(need) = certified else {
        row.empties(5 + 2 * KIND_LIMITS.len());
        return Ok(());
    };
    fits(need.kind_limits.len(), KIND_LIMITS.len(), "kind_limit")?;
    row.code(need.care_level.code());
    row.date(need.certified_on);
    row.date(need.period.from);
    row.date(need.period.until);
    row.opt_number(need.benefit_limit_units);
    for limit in &need.kind_limits {
        row.code(limit.service.code());
        row.number(limit.units);
    }
    row.empties(2 * (KIND_LIMITS.len() - need.kind_limits.len()));
    Ok(())
}

fn read_restrictions(row: &mut Row<'_>) -> Vec<BenefitRestriction> {
    let mut restrictions = Vec::new();
    for ([kind_column, from_column], until_column) in RESTRICTIONS.into_iter().zip(RESTRICTION_ENDS)
    {
        let (kind, from, until) = (row.word::<RestrictionKind>(Rule::Code), row.date(), row.date());
        row.together(&[(kind_column, kind.is_some()), (from_column, from.is_some())]);
        row.period(until_column, from, until);
        let restriction =
            kind.zip(from).map(|(kind, from)| BenefitRestriction { kind, from, until });
        restrictions.extend(restriction);
    }
    restrictions
}

fn read_offices(row: &mut Row<'_>) -> Vec<CareManagementEntry> {
    let mut offices = Vec::new();
    for [name_column, filed_column] in OFFICES {
        let (office, name, filed_on) = (row.provider(), row.text(), row.date());
        row.together(&[(name_column, name.is_some()), (filed_column, filed_on.is_some())]);
        if office.is_some() && name.is_none() && filed_on.is_none() {
            row.report(name_column, Rule::Incomplete, "");
        }
        let entry = name.zip(filed_on).map(|(name, filed_on)| CareManagementEntry {
            office,
            name,
            filed_on,
        });
        offices.extend(entry);
    }
    offices
}

fn read_facilities(row: &mut Row<'_>) -> Vec<FacilityStay> {
    let mut facilities = Vec::new();
    for ([kind_column, name_column, entered_column], left_column) in
        FACILITIES.into_iter().zip(FACILITY_ENDS)
    {
        let (kind, provider) = (row.word::<FacilityKind>(Rule::Code), row.provider());
        let (name, entered_on, left_on) = (row.text(), row.date(), row.date());
        row.together(&[
            (kind_column, kind.is_some()),
            (name_column, name.is_some()),
            (entered_column, entered_on.is_some()),
        ]);
        row.period(left_column, entered_on, left_on);
        let stay = kind.zip(name).zip(entered_on).map(|((kind, name), entered_on)| FacilityStay {
            kind,
            provider,
            name,
            entered_on,
            left_on,
        });
        facilities.extend(stay);
    }
    facilities
}
