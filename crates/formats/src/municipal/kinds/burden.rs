//! Certificates of what a person pays (負担割合証・負担限度額認定証・減免減額認定証).

use std::collections::BTreeMap;

use tasuki_core::eligibility::{
    BurdenLimitCertificate, BurdenLimitStage, BurdenRatio, BurdenRatioCertificate,
    BurdenRatioPeriod, BurdenReductionCertificate, DailyLimits, ReductionKind, RoomType,
};
use tasuki_core::word::Word;

use super::Flat;
use crate::municipal::column::{Column, ColumnType as T, optional, required};
use crate::municipal::finding::Rule;
use crate::municipal::row::Row;
use crate::municipal::write::{EncodeError, RowWriter};

/// Ratio of a code.
fn ratio(code: &str) -> Option<BurdenRatio> {
    code.parse().ok().and_then(BurdenRatio::from_tenths).filter(|_| code.len() == 1)
}

/// Largest amount of a day, yen.
const DAY_YEN_MAX: u32 = 99_999;

impl Flat for BurdenRatioCertificate {
    const COLUMNS: &'static [Column] = &[
        required("issued_on", "交付年月日", T::Date, "", "2026-07-15"),
        required("ratio_1", "負担割合1", T::Code, "1 1割, 2 2割, 3 3割", "1"),
        required("from_1", "適用開始年月日1", T::Date, "", "2026-08-01"),
        required("until_1", "適用終了年月日1", T::Date, "not before from_1", "2027-07-31"),
        optional("ratio_2", "負担割合2", T::Code, "with from_2 and until_2", ""),
        optional("from_2", "適用開始年月日2", T::Date, "after until_1", ""),
        optional("until_2", "適用終了年月日2", T::Date, "not before from_2", ""),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let issued_on = row.date();
        let (ratio_1, from_1, until_1) = (row.code(ratio), row.date(), row.date());
        row.period("until_1", from_1, until_1);
        let (ratio_2, from_2, until_2) = (row.code(ratio), row.date(), row.date());
        row.together(&[
            ("ratio_2", ratio_2.is_some()),
            ("from_2", from_2.is_some()),
            ("until_2", until_2.is_some()),
        ]);
        row.period("until_2", from_2, until_2);
        if let (Some(until), Some(from)) = (until_1, from_2)
            && from <= until
        {
            row.report("from_2", Rule::Contradiction, "0000-00-00");
        }
        let line = |ratio: Option<_>, from: Option<_>, until: Option<_>| {
            Some(BurdenRatioPeriod { ratio: ratio?, from: from?, until: until? })
        };
        Some(Self {
            issued_on: issued_on?,
            first: line(ratio_1, from_1, until_1)?,
            second: line(ratio_2, from_2, until_2),
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.date(self.issued_on);
        for line in [Some(&self.first), self.second.as_ref()] {
            row.opt_number(line.map(|line| line.ratio.tenths()));
            row.opt_date(line.map(|line| line.from));
            row.opt_date(line.map(|line| line.until));
        }
        Ok(())
    }
}

impl Flat for BurdenLimitCertificate {
    const COLUMNS: &'static [Column] = &[
        required("issued_on", "交付年月日", T::Date, "", "2026-07-20"),
        required("applies_from", "適用年月日", T::Date, "", "2026-08-01"),
        required("expires_on", "有効期限", T::Date, "not before applies_from", "2027-07-31"),
        required("stage", "利用者負担段階", T::Code, "1, 2, 3-1 (3①), 3-2 (3②)", "3-1"),
        required("food_facility_yen", "食費（施設）円/日", T::Number(DAY_YEN_MAX), "", "680"),
        required(
            "food_short_stay_yen",
            "食費（短期入所）円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "1030",
        ),
        optional(
            "unit_private_yen",
            "居住費 ユニット型個室 円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "1370",
        ),
        optional(
            "unit_semi_private_yen",
            "居住費 ユニット型個室的多床室 円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "1370",
        ),
        optional(
            "private_welfare_yen",
            "居住費 従来型個室（特養等） 円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "880",
        ),
        optional(
            "private_health_yen",
            "居住費 従来型個室（老健・医療院等） 円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "1370",
        ),
        optional(
            "shared_welfare_yen",
            "居住費 多床室（特養等） 円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "430",
        ),
        optional(
            "shared_health_charged_yen",
            "居住費 多床室（老健・医療院等、室料あり） 円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "430",
        ),
        optional(
            "shared_health_yen",
            "居住費 多床室（老健・医療院等、室料なし） 円/日",
            T::Number(DAY_YEN_MAX),
            "",
            "430",
        ),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (issued_on, applies_from, expires_on) = (row.date(), row.date(), row.date());
        row.period("expires_on", applies_from, expires_on);
        let stage = row.word::<BurdenLimitStage>(Rule::Code);
        let (facility, short_stay) = (row.number(), row.number());
        let mut housing_yen = BTreeMap::new();
        for room in RoomType::ALL {
            housing_yen.extend(row.number().map(|yen| (*room, yen)));
        }
        Some(Self {
            issued_on: issued_on?,
            applies_from: applies_from?,
            expires_on: expires_on?,
            stage: stage?,
            limits: DailyLimits {
                food_facility_yen: facility?,
                food_short_stay_yen: short_stay?,
                housing_yen,
            },
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.date(self.issued_on);
        row.date(self.applies_from);
        row.date(self.expires_on);
        row.word(self.stage);
        row.number(self.limits.food_facility_yen);
        row.number(self.limits.food_short_stay_yen);
        for room in RoomType::ALL {
            row.opt_number(self.limits.housing_yen.get(room).copied());
        }
        Ok(())
    }
}

impl Flat for BurdenReductionCertificate {
    const COLUMNS: &'static [Column] = &[
        required(
            "kind",
            "減免・減額の種類",
            T::Code,
            "burden_exemption, special_burden_limit, welfare_corporation, home_visit, remote_island, mountain_area",
            "welfare_corporation",
        ),
        optional("certificate_number", "確認番号", T::Text(20), "", "12"),
        required("issued_on", "交付年月日", T::Date, "", "2026-08-01"),
        required("applies_from", "適用年月日", T::Date, "", "2026-08-01"),
        required("expires_on", "有効期限", T::Date, "not before applies_from", "2027-07-31"),
        optional("share_percent", "利用者負担の減額割合 %", T::Number(100), "", "25"),
        optional("food_percent", "食費の減額割合 %", T::Number(100), "", "25"),
        optional("housing_percent", "居住費の減額割合 %", T::Number(100), "", "25"),
        optional("services", "対象サービス", T::Services, "empty: all", "11 15"),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (kind, certificate_number) = (row.word::<ReductionKind>(Rule::Code), row.text());
        let (issued_on, applies_from, expires_on) = (row.date(), row.date(), row.date());
        row.period("expires_on", applies_from, expires_on);
        let percent = |row: &mut Row<'_>| row.number().and_then(|value| u8::try_from(value).ok());
        let (share_percent, food_percent, housing_percent) =
            (percent(row), percent(row), percent(row));
        let services = row.services();
        Some(Self {
            kind: kind?,
            certificate_number,
            issued_on: issued_on?,
            applies_from: applies_from?,
            expires_on: expires_on?,
            share_percent,
            food_percent,
            housing_percent,
            services,
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.word(self.kind);
        row.personal(self.certificate_number.as_ref());
        row.date(self.issued_on);
        row.date(self.applies_from);
        row.date(self.expires_on);
        row.opt_number(self.share_percent);
        row.opt_number(self.food_percent);
        row.opt_number(self.housing_percent);
        row.services(&self.services);
        Ok(())
    }
}
