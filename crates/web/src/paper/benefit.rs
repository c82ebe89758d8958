//! Home modification and equipment in words and yen (住宅改修・福祉用具購入).

use jiff::civil::Date;
use tasuki_core::benefit_use::{
    Balance as Left, BalanceReset, EquipmentPurchaseUse, HomeModificationUse, equipment_balance,
    home_modification_balance,
};
use tasuki_core::care_level::CareLevel;
use tasuki_core::document::{Body, Document, DocumentKind};

use super::{Read, personal, section};
use crate::page::filters::group;
use crate::page::person::{Balance, PaperRow, Use};

/// 住宅改修費利用情報.
pub(super) fn home(body: &HomeModificationUse) -> Read {
    let rows = vec![
        PaperRow::new("着工日", super::day(Some(body.used_on))),
        PaperRow::new("工事", body.kind.japanese()),
        PaperRow::new("場所", personal(body.place.as_ref())),
        PaperRow::new("対象になった費用", yen(body.cost_yen)),
        PaperRow::new("支給された額", yen(body.paid_yen)),
    ];
    Read { sections: vec![section("", rows)], terms: Vec::new() }
}

/// 福祉用具購入費利用情報.
pub(super) fn equipment(body: &EquipmentPurchaseUse) -> Read {
    let rows = vec![
        PaperRow::new("購入日", super::day(Some(body.bought_on))),
        PaperRow::new("種目", body.kind.japanese()),
        PaperRow::new("品名", personal(body.product.as_ref())),
        PaperRow::new("対象になった費用", yen(body.cost_yen)),
        PaperRow::new("支給された額", yen(body.paid_yen)),
    ];
    Read { sections: vec![section("", rows)], terms: Vec::new() }
}

fn yen(amount: u32) -> String {
    format!("{}円", group(i64::from(amount)))
}

/// What is left of both limits on `day`, for the kinds that are shown; `level` is the care level
/// in force and `moved_on` the day of the newest move to this insurer.
pub fn balances(
    papers: &[Document<Body>],
    shown: impl Fn(DocumentKind) -> bool,
    level: Option<CareLevel>,
    moved_on: Option<Date>,
    day: Date,
) -> Vec<Balance> {
    let mut balances = Vec::new();
    if shown(DocumentKind::HomeModificationUse) {
        balances.push(home_balance(papers, level, moved_on, day));
    }
    if shown(DocumentKind::EquipmentPurchaseUse) {
        balances.push(equipment_left(papers, day));
    }
    balances
}

const CAUTION: &str = "その後に申請した分は、まだ入っていないことがあります。";

fn home_balance(
    papers: &[Document<Body>],
    level: Option<CareLevel>,
    moved_on: Option<Date>,
    day: Date,
) -> Balance {
    let uses: Vec<HomeModificationUse> = papers
        .iter()
        .filter_map(|paper| match &paper.body {
            Body::HomeModificationUse(body) => Some(body.clone()),
            _ => None,
        })
        .collect();
    let left = home_modification_balance(&uses, level, moved_on);
    let period = match left.reset {
        Some(BalanceReset::Moved) => "転居のため、いまの住まいで新しく数えています",
        Some(BalanceReset::ThreeSteps) => "介護の必要が3段階以上あがったため、新しく数えています",
        Some(BalanceReset::FiscalYear) | None => "いまの住まいで1回",
    };
    let mut shown: Vec<Use> = uses
        .iter()
        .map(|used| Use {
            on: used.used_on,
            what: match &used.place {
                Some(place) => format!("{}（{}）", used.kind.japanese(), place.expose()),
                None => used.kind.japanese().to_owned(),
            },
            cost_yen: i64::from(used.cost_yen),
        })
        .collect();
    shown.sort_by_key(|used| std::cmp::Reverse(used.on));
    balance("住宅改修費", left, period, shown, day)
}

fn equipment_left(papers: &[Document<Body>], day: Date) -> Balance {
    let uses: Vec<EquipmentPurchaseUse> = papers
        .iter()
        .filter_map(|paper| match &paper.body {
            Body::EquipmentPurchaseUse(body) => Some(body.clone()),
            _ => None,
        })
        .collect();
    let left = equipment_balance(&uses, day);
    let mut shown: Vec<Use> = uses
        .iter()
        .map(|used| Use {
            on: used.bought_on,
            what: match &used.product {
                Some(product) => format!("{}（{}）", used.kind.japanese(), product.expose()),
                None => used.kind.japanese().to_owned(),
            },
            cost_yen: i64::from(used.cost_yen),
        })
        .collect();
    shown.sort_by_key(|used| std::cmp::Reverse(used.on));
    balance("福祉用具購入費", left, "4月から翌年3月までの1年度", shown, day)
}

fn balance(title: &str, left: Left, period: &str, uses: Vec<Use>, day: Date) -> Balance {
    Balance {
        title: title.to_owned(),
        limit_yen: i64::from(left.limit_yen),
        used_yen: i64::from(left.used_yen),
        left_yen: i64::from(left.remaining_yen()),
        period: period.to_owned(),
        as_of: day,
        caution: CAUTION.to_owned(),
        uses,
    }
}
