//! Uses of home modification and equipment (住宅改修費・福祉用具購入費利用情報).

use tasuki_core::benefit_use::{
    EquipmentKind, EquipmentPurchaseUse, HomeModificationKind, HomeModificationUse,
};

use super::Flat;
use crate::municipal::column::{Column, ColumnType as T, optional, required};
use crate::municipal::finding::Rule;
use crate::municipal::row::Row;
use crate::municipal::write::{EncodeError, RowWriter};

/// Largest cost, yen.
const COST_YEN_MAX: u32 = 9_999_999;

/// More was paid than the thing cost.
fn check_paid(row: &mut Row<'_>, cost: Option<u32>, paid: Option<u32>) {
    if let (Some(cost), Some(paid)) = (cost, paid)
        && cost < paid
    {
        row.report("paid_yen", Rule::Contradiction, "0");
    }
}

impl Flat for HomeModificationUse {
    const COLUMNS: &'static [Column] = &[
        required("used_on", "着工日", T::Date, "", "2025-06-10"),
        required(
            "kind",
            "改修の種類",
            T::Code,
            "handrail, step, floor, door, toilet, accompanying",
            "handrail",
        ),
        optional("place", "箇所", T::Text(50), "", "浴室"),
        required(
            "dwelling",
            "住宅の番号",
            T::Number(999),
            "from 1; grows when the person moves",
            "1",
        ),
        required("care_level", "着工日の要介護状態区分", T::Code, "06, 11, 12, 13, 21–25", "21"),
        required("cost_yen", "支給対象の費用 円", T::Number(COST_YEN_MAX), "", "68000"),
        required("paid_yen", "支給額 円", T::Number(COST_YEN_MAX), "not above cost_yen", "61200"),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (used_on, kind, place) =
            (row.date(), row.word::<HomeModificationKind>(Rule::Code), row.text());
        let dwelling = row.number().and_then(|number| u16::try_from(number).ok());
        if dwelling == Some(0) {
            row.report("dwelling", Rule::NumberRange, "0");
        }
        let (care_level, cost_yen, paid_yen) = (row.care_level(), row.number(), row.number());
        check_paid(row, cost_yen, paid_yen);
        Some(Self {
            used_on: used_on?,
            kind: kind?,
            place,
            dwelling: dwelling?,
            care_level: care_level?,
            cost_yen: cost_yen?,
            paid_yen: paid_yen?,
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.date(self.used_on);
        row.word(self.kind);
        row.personal(self.place.as_ref());
        row.number(self.dwelling);
        row.code(self.care_level.code());
        row.number(self.cost_yen);
        row.number(self.paid_yen);
        Ok(())
    }
}

impl Flat for EquipmentPurchaseUse {
    const COLUMNS: &'static [Column] = &[
        required("bought_on", "購入日", T::Date, "", "2026-05-20"),
        required(
            "kind",
            "種目",
            T::Code,
            "toilet_seat, excretion_parts, bath_aid, simple_bath, lift_sling, excretion_forecast, fixed_slope, walker, single_cane, multi_cane",
            "bath_aid",
        ),
        optional("product", "商品名", T::Text(100), "", "シャワーチェアA"),
        required("cost_yen", "支給対象の費用 円", T::Number(COST_YEN_MAX), "", "15000"),
        required("paid_yen", "支給額 円", T::Number(COST_YEN_MAX), "not above cost_yen", "13500"),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (bought_on, kind, product) =
            (row.date(), row.word::<EquipmentKind>(Rule::Code), row.text());
        let (cost_yen, paid_yen) = (row.number(), row.number());
        check_paid(row, cost_yen, paid_yen);
        Some(Self {
            bought_on: bought_on?,
            kind: kind?,
            product,
            cost_yen: cost_yen?,
            paid_yen: paid_yen?,
        })
    }

    fn write(&self, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        row.date(self.bought_on);
        row.word(self.kind);
        row.personal(self.product.as_ref());
        row.number(self.cost_yen);
        row.number(self.paid_yen);
        Ok(())
    }
}
