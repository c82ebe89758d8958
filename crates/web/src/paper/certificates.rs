//! Certificates of eligibility in words (資格の証).

use tasuki_core::date::wareki_day;
use tasuki_core::eligibility::{
    BurdenLimitCertificate, BurdenRatioCertificate, BurdenReductionCertificate, InsuredCertificate,
};

use super::{
    BURDEN_LIMIT, BURDEN_RATIO, CARE_LEVEL, CERTIFICATION_PERIOD, Read, named, period, personal,
    section, services, terms,
};
use crate::page::filters::group;
use crate::page::person::PaperRow;

/// 被保険者証.
pub(super) fn insured(body: &InsuredCertificate) -> Read {
    let mut rows = Vec::new();
    match &body.certified {
        Some(certified) => {
            let limit = certified
                .benefit_limit_units
                .map_or("なし".to_owned(), |units| format!("{}単位", group(i64::from(units))));
            rows.extend([
                PaperRow::new("要介護状態区分", certified.care_level.japanese()),
                PaperRow::new("認定年月日", wareki_day(certified.certified_on)),
                PaperRow::new(
                    "認定の有効期間",
                    period(certified.period.from, Some(certified.period.until)),
                ),
                PaperRow {
                    note: "1か月に使える上限です。".to_owned(),
                    ..PaperRow::new("区分支給限度基準額", limit)
                },
            ]);
            rows.extend(certified.kind_limits.iter().map(|limit| {
                let units = format!("{}単位", group(i64::from(limit.units)));
                PaperRow::new(format!("種類支給限度基準額：{}", limit.service.name()), units)
            }));
        }
        None => rows.push(PaperRow::new("要介護状態区分", "認定なし")),
    }
    rows.push(PaperRow::new("審査会の意見", personal(body.board_opinion.as_ref())));
    rows.push(PaperRow::new("サービスの種類の指定", services(&body.designated_services, "なし")));
    rows.push(PaperRow::new("交付年月日", wareki_day(body.issued_on)));
    Read {
        sections: vec![
            section("", rows),
            section("給付制限", restrictions(body)),
            section("居宅介護支援事業者・施設", places(body)),
        ],
        terms: terms(&[CARE_LEVEL, CERTIFICATION_PERIOD]),
    }
}

fn restrictions(body: &InsuredCertificate) -> Vec<PaperRow> {
    let row = |restriction: &tasuki_core::eligibility::BenefitRestriction| {
        PaperRow::new(restriction.kind.japanese(), period(restriction.from, restriction.until))
    };
    let rows: Vec<_> = body.restrictions.iter().map(row).collect();
    if rows.is_empty() { vec![PaperRow::new("給付制限", "なし")] } else { rows }
}

fn places(body: &InsuredCertificate) -> Vec<PaperRow> {
    let office = body.care_management.iter().rev().map(|entry| {
        let filed = format!("{}（{}届出）", named(&entry.name, entry.office.as_ref()), {
            wareki_day(entry.filed_on)
        });
        PaperRow::new("居宅介護支援事業者", filed)
    });
    let stay = body.facilities.iter().rev().map(|stay| PaperRow {
        note: named(&stay.name, stay.provider.as_ref()),
        ..PaperRow::new(stay.kind.japanese(), period(stay.entered_on, stay.left_on))
    });
    office.chain(stay).collect()
}

/// 負担割合証.
pub(super) fn ratio(body: &BurdenRatioCertificate) -> Read {
    let lines = [Some(body.first), body.second].into_iter().flatten();
    let mut rows: Vec<PaperRow> = lines
        .map(|line| PaperRow {
            note: period(line.from, Some(line.until)),
            ..PaperRow::new("利用者負担の割合", line.ratio.japanese())
        })
        .collect();
    rows.push(PaperRow::new("交付年月日", wareki_day(body.issued_on)));
    Read { sections: vec![section("", rows)], terms: terms(&[BURDEN_RATIO]) }
}

/// 負担限度額認定証.
pub(super) fn limit(body: &BurdenLimitCertificate) -> Read {
    let yen = |yen: u32| format!("{}円／日", group(i64::from(yen)));
    let rows = vec![
        PaperRow::new("利用者負担段階", body.stage.japanese()),
        PaperRow::new("適用期間", period(body.applies_from, Some(body.expires_on))),
        PaperRow::new("食費（施設）", yen(body.limits.food_facility_yen)),
        PaperRow::new("食費（短期入所）", yen(body.limits.food_short_stay_yen)),
        PaperRow::new("交付年月日", wareki_day(body.issued_on)),
    ];
    let rooms = body.limits.housing_yen.iter();
    let rooms = rooms.map(|(room, amount)| PaperRow::new(room.japanese(), yen(*amount)));
    Read {
        sections: vec![section("", rows), section("居住費・滞在費", rooms.collect())],
        terms: terms(&[BURDEN_LIMIT]),
    }
}

/// 減免減額認定証.
pub(super) fn reduction(body: &BurdenReductionCertificate) -> Read {
    let percent = |percent: Option<u8>| {
        percent.map_or_else(|| "対象外".to_owned(), |percent| format!("{percent}％減額"))
    };
    let rows = vec![
        PaperRow::new("減免・減額の種類", body.kind.japanese()),
        PaperRow::new("適用期間", period(body.applies_from, Some(body.expires_on))),
        PaperRow::new("利用者負担", percent(body.share_percent)),
        PaperRow::new("食費", percent(body.food_percent)),
        PaperRow::new("居住費", percent(body.housing_percent)),
        PaperRow::new("対象サービス", services(&body.services, "すべて")),
        PaperRow::new("確認番号", personal(body.certificate_number.as_ref())),
        PaperRow::new("交付年月日", wareki_day(body.issued_on)),
    ];
    Read { sections: vec![section("", rows)], terms: Vec::new() }
}
