//! Use of the benefits for home modification and equipment (住宅改修費・福祉用具購入費), and what
//! is left of them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::care_level::CareLevel;
use crate::insured::Personal;
use crate::words;

/// Limit of home modification (住宅改修費支給限度基準額): yen of cost for each dwelling.
///
/// Source: 平成12年告示35号.
pub const HOME_MODIFICATION_LIMIT_YEN: u32 = 200_000;

/// Limit of equipment (福祉用具購入費支給限度基準額): yen of cost in a fiscal year from April.
///
/// Source: 平成12年告示34号.
pub const EQUIPMENT_LIMIT_YEN: u32 = 100_000;

words! {
    /// Kind of work (住宅改修の種類); wire codes 1–6.
    pub enum HomeModificationKind {
        /// Handrails.
        Handrail = "handrail", "手すりの取付け";
        /// Steps taken away.
        Step = "step", "段差の解消";
        /// Other floor.
        Floor = "floor", "床材の変更";
        /// Other door.
        Door = "door", "扉の取替え";
        /// Other toilet.
        Toilet = "toilet", "便器の取替え";
        /// Work that goes with the others.
        Accompanying = "accompanying", "付帯工事";
    }
}

/// One use of the benefit for home modification (住宅改修費利用情報).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HomeModificationUse {
    /// Day the work began (着工日); the care level of this day counts.
    pub used_on: Date,
    /// Main kind of work (住宅改修の種類).
    pub kind: HomeModificationKind,
    /// Where in the dwelling, for example 浴室.
    #[serde(default)]
    pub place: Option<Personal>,
    /// Number of the dwelling, from 1; the person moved when it grows (転居).
    pub dwelling: u16,
    /// Care level on that day (その日の要介護度).
    pub care_level: CareLevel,
    /// Cost that counts against the limit, yen (対象となる費用・円).
    pub cost_yen: u32,
    /// Paid by the insurance, yen (支給額・円).
    pub paid_yen: u32,
}

words! {
    /// Kind of equipment (特定福祉用具の種目); wire codes 01–06, 11–14.
    pub enum EquipmentKind {
        /// Wire code 01.
        ToiletSeat = "toilet_seat", "腰掛便座";
        /// Wire code 02.
        ExcretionParts = "excretion_parts", "自動排泄処理装置の交換可能部品";
        /// Wire code 03.
        BathAid = "bath_aid", "入浴補助用具";
        /// Wire code 04.
        SimpleBath = "simple_bath", "簡易浴槽";
        /// Wire code 05.
        LiftSling = "lift_sling", "移動用リフトのつり具の部分";
        /// Wire code 06; since April 2022.
        ExcretionForecast = "excretion_forecast", "排泄予測支援機器";
        /// Chosen instead of rental, since April 2024.
        FixedSlope = "fixed_slope", "固定用スロープ";
        /// Chosen instead of rental, since April 2024.
        Walker = "walker", "歩行器";
        /// Chosen instead of rental, since April 2024.
        SingleCane = "single_cane", "単点杖";
        /// Chosen instead of rental, since April 2024.
        MultiCane = "multi_cane", "多点杖";
    }
}

/// One use of the benefit for equipment (福祉用具購入費利用情報).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EquipmentPurchaseUse {
    /// Day of purchase (購入日).
    pub bought_on: Date,
    /// Kind of equipment (福祉用具の種目).
    pub kind: EquipmentKind,
    /// Product (商品名).
    #[serde(default)]
    pub product: Option<Personal>,
    /// Cost that counts against the limit, yen (対象となる費用・円).
    pub cost_yen: u32,
    /// Paid by the insurance, yen (支給額・円).
    pub paid_yen: u32,
}

words! {
    /// Why uses before a day no longer count (限度額のリセット).
    pub enum BalanceReset {
        /// The person moved.
        Moved = "moved", "転居";
        /// The need rose by three steps (once for a dwelling).
        ThreeSteps = "three_steps", "介護の必要の程度が3段階以上あがった";
        /// A new fiscal year.
        FiscalYear = "fiscal_year", "年度がかわった";
    }
}

/// What is used and left of a limit, in yen of cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The limit.
    pub limit_yen: u32,
    /// Used of it; never above the limit.
    pub used_yen: u32,
    /// Uses before were set aside because of this.
    pub reset: Option<BalanceReset>,
}

impl Balance {
    /// Left of the limit.
    pub fn remaining_yen(self) -> u32 {
        self.limit_yen.saturating_sub(self.used_yen)
    }

    fn new(limit_yen: u32, costs: impl Iterator<Item = u32>, reset: Option<BalanceReset>) -> Self {
        let used = costs.fold(0u32, u32::saturating_add);
        Self { limit_yen, used_yen: used.min(limit_yen), reset }
    }
}

/// Step of need for the three-step rule (介護の必要の程度の段階); `None` without certification.
///
/// Source: 平成12年老企42号: 要支援1 is the first step, 要支援2 and 要介護1 the second.
pub fn need_step(level: CareLevel) -> Option<u8> {
    match level {
        CareLevel::NotCertified | CareLevel::ProgramTarget => None,
        CareLevel::Support1 | CareLevel::Transitional => Some(1),
        CareLevel::Support2 | CareLevel::Care1 => Some(2),
        CareLevel::Care2 => Some(3),
        CareLevel::Care3 => Some(4),
        CareLevel::Care4 => Some(5),
        CareLevel::Care5 => Some(6),
    }
}

/// What is left for home modification.
///
/// Counts the uses of the newest dwelling, and of it only those from `moved_on` on, when the
/// person moved since without a use. When the need on a later use, or `level_now`, is three steps
/// above that of the dwelling's first use, the uses before are set aside, once for a dwelling.
///
/// Source: 介護保険法 第45条, 平成12年告示35号, 老企42号.
pub fn home_modification_balance(
    uses: &[HomeModificationUse],
    level_now: Option<CareLevel>,
    moved_on: Option<Date>,
) -> Balance {
    let dwelling = uses.iter().map(|used| used.dwelling).max();
    let mut here: Vec<&HomeModificationUse> = uses
        .iter()
        .filter(|used| Some(used.dwelling) == dwelling)
        .filter(|used| moved_on.is_none_or(|moved_on| moved_on <= used.used_on))
        .collect();
    here.sort_by_key(|used| used.used_on);
    let moved = (here.len() < uses.len()).then_some(BalanceReset::Moved);
    let first_step = here.first().and_then(|used| need_step(used.care_level));
    let risen = |level: CareLevel| match (first_step, need_step(level)) {
        (Some(first), Some(now)) => first + 3 <= now,
        _ => false,
    };
    let rise = here.iter().position(|used| risen(used.care_level));
    let (kept, reset) = match rise {
        Some(place) => (here.get(place..).unwrap_or_default(), Some(BalanceReset::ThreeSteps)),
        None if level_now.is_some_and(risen) => (&[][..], Some(BalanceReset::ThreeSteps)),
        None => (here.as_slice(), moved),
    };
    Balance::new(HOME_MODIFICATION_LIMIT_YEN, kept.iter().map(|used| used.cost_yen), reset)
}

/// First day of the fiscal year (年度) that holds `day`: 1 April.
pub fn fiscal_year_start(day: Date) -> Date {
    let year = if day.month() >= 4 { day.year() } else { day.year() - 1 };
    Date::new(year, 4, 1).unwrap_or(day)
}

/// What is left for equipment in the fiscal year of `day`.
///
/// Source: 介護保険法 第44条, 平成12年告示34号.
pub fn equipment_balance(uses: &[EquipmentPurchaseUse], day: Date) -> Balance {
    let start = fiscal_year_start(day);
    let this_year = |used: &&EquipmentPurchaseUse| fiscal_year_start(used.bought_on) == start;
    let earlier = uses.iter().any(|used| used.bought_on < start);
    let reset = earlier.then_some(BalanceReset::FiscalYear);
    Balance::new(
        EQUIPMENT_LIMIT_YEN,
        uses.iter().filter(this_year).map(|used| used.cost_yen),
        reset,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn work(
        used_on: Date,
        dwelling: u16,
        care_level: CareLevel,
        cost_yen: u32,
    ) -> HomeModificationUse {
        HomeModificationUse {
            used_on,
            kind: HomeModificationKind::Handrail,
            place: None,
            dwelling,
            care_level,
            cost_yen,
            paid_yen: cost_yen / 10 * 9,
        }
    }

    fn left(uses: &[HomeModificationUse], now: CareLevel, moved_on: Option<Date>) -> u32 {
        home_modification_balance(uses, Some(now), moved_on).remaining_yen()
    }

    #[test]
    fn uses_of_one_dwelling_add_up_to_the_limit() {
        let uses = [
            work(date(2025, 5, 1), 1, CareLevel::Care1, 50_000),
            work(date(2026, 5, 1), 1, CareLevel::Care2, 18_000),
        ];
        assert_eq!(left(&[], CareLevel::Care2, None), 200_000);
        assert_eq!(left(&uses, CareLevel::Care2, None), 132_000);
        let much = [work(date(2025, 5, 1), 1, CareLevel::Care1, 350_000)];
        assert_eq!(left(&much, CareLevel::Care1, None), 0);
    }

    #[test]
    fn a_move_begins_anew_with_or_without_a_use_in_the_new_dwelling() {
        let old = work(date(2025, 5, 1), 1, CareLevel::Care1, 200_000);
        let new = work(date(2026, 5, 1), 2, CareLevel::Care1, 30_000);
        assert_eq!(left(&[old.clone(), new], CareLevel::Care1, None), 170_000);
        let balance =
            home_modification_balance(&[old], Some(CareLevel::Care1), Some(date(2026, 1, 1)));
        assert_eq!((balance.remaining_yen(), balance.reset), (200_000, Some(BalanceReset::Moved)));
    }

    #[test]
    fn three_steps_up_begin_anew_and_two_do_not() {
        let uses = [work(date(2025, 5, 1), 1, CareLevel::Support2, 200_000)];
        assert_eq!(left(&uses, CareLevel::Care3, None), 0);
        assert_eq!(left(&uses, CareLevel::Care4, None), 200_000);
        // 要支援2 and 要介護1 are the same step.
        let uses = [work(date(2025, 5, 1), 1, CareLevel::Care1, 200_000)];
        assert_eq!(left(&uses, CareLevel::Care4, None), 200_000);
        assert_eq!(left(&uses, CareLevel::Care3, None), 0);
    }

    #[test]
    fn the_three_steps_count_once_for_a_dwelling() {
        let uses = [
            work(date(2024, 5, 1), 1, CareLevel::Support1, 200_000),
            work(date(2025, 5, 1), 1, CareLevel::Care3, 150_000),
        ];
        assert_eq!(left(&uses, CareLevel::Care5, None), 50_000);
        assert_eq!(left(&uses, CareLevel::Support1, None), 50_000);
    }

    fn bought(bought_on: Date, cost_yen: u32) -> EquipmentPurchaseUse {
        EquipmentPurchaseUse {
            bought_on,
            kind: EquipmentKind::BathAid,
            product: None,
            cost_yen,
            paid_yen: 0,
        }
    }

    #[test]
    fn equipment_counts_from_april_to_march() {
        let uses = [bought(date(2026, 3, 31), 40_000), bought(date(2026, 4, 1), 15_000)];
        assert_eq!(equipment_balance(&uses, date(2026, 3, 31)).remaining_yen(), 60_000);
        assert_eq!(equipment_balance(&uses, date(2026, 4, 1)).remaining_yen(), 85_000);
        assert_eq!(equipment_balance(&uses, date(2027, 4, 1)).remaining_yen(), 100_000);
    }

    proptest! {
        /// Used and left always make the limit, and a further use never leaves more.
        #[test]
        fn no_yen_is_lost(costs in proptest::collection::vec(0u32..300_000, 0..8)) {
            let on_may_day = |cost: &u32| work(date(2026, 5, 1), 1, CareLevel::Care1, *cost);
            let uses: Vec<_> = costs.iter().map(on_may_day).collect();
            let mut before = HOME_MODIFICATION_LIMIT_YEN;
            for count in 0..=uses.len() {
                let balance = home_modification_balance(&uses[..count], None, None);
                prop_assert_eq!(balance.used_yen + balance.remaining_yen(), balance.limit_yen);
                prop_assert!(balance.remaining_yen() <= before);
                before = balance.remaining_yen();
            }
        }
    }
}
