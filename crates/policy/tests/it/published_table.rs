//! The tables as the program reads them, printed in the ministry's own signs, so that a person who
//! has never read Rust can hold them against the published page.

use expect_test::expect;
use tasuki_core::document::DocumentKind;
use tasuki_core::word::Word;
use tasuki_policy::{Access, Column, Sharing};

/// Columns as published: 介護事業所 and 医療機関 show "made it" and "others" side by side; the medical
/// column is printed twice, because this platform tells institutions with care services apart.
#[test]
fn the_matrix_reads_like_the_published_table() {
    let sharing = Sharing::published().unwrap();
    let mut table = String::from(
        "行 利用者 市区町村 居宅介護支援 介護(作成/他) 医療(作成/他) 医療+介護(作成/他)\n",
    );
    for kind in DocumentKind::ALL.iter().copied() {
        let one = |column| match (sharing.is_author(kind, column), sharing.access(kind, column)) {
            (true, _) => "★",
            (false, access) => sign(access),
        };
        let two = |column| {
            let made = if sharing.is_author(kind, column) {
                "★"
            } else {
                sign(sharing.access(kind, column))
            };
            format!("{made}{}", sign(sharing.access(kind, column)))
        };
        table.push_str(&format!(
            "{:2} {} {} {} {} {} {} {}\n",
            kind.table_row(),
            one(Column::InsuredPerson),
            one(Column::Insurer),
            one(Column::CareManagement),
            two(Column::Provider),
            two(Column::Medical),
            two(Column::MedicalWithCare),
            kind.japanese(),
        ));
    }
    expect![[r#"
        行 利用者 市区町村 居宅介護支援 介護(作成/他) 医療(作成/他) 医療+介護(作成/他)
         1 – ★ ◎ –– –– –– 認定調査票
         2 – ○ ◎ ★– ★– ★– 主治医意見書
         3 ○ ★ ○ ○○ ○○ ○○ 介護保険被保険者証
         3 ○ ★ ○ ○○ –– ○○ 負担割合証
         3 ○ ★ ○ ○○ –– ○○ 負担限度額認定証
         3 ○ ★ ○ ○○ –– ○○ 減免減額認定証
         4 ★ ○ – –– –– –– 要介護認定申請書
         5 ○ ○ ★ –– –– –– 給付管理票
         6 ○ ○ ★ –– –– –– 居宅介護支援介護給付費明細書
         7 ○ ○ ★ ★– –– ★– 介護給付費請求書
         8 ○ ○ – ★– –– ★– 介護予防・日常生活支援総合事業費請求書
         9 ○ ○ – ★– –– ★– 居宅サービス・地域密着型サービス介護給付費明細書
        10 ○ ○ – ★– –– ★– 介護予防サービス等介護給付費明細書
        11 ○ ○ – ★– –– ★– 総合事業費明細書
        12 ○ ○ – ★– –– ★– 施設サービス等介護給付費明細書
        13 ◎ ◎ ◎ ★◎ ◎◎ ★◎ LIFE情報
        14 ○ ◎ ★ ○○ ◎◎ ◎◎ ケアプラン
        15 ◎ ★ ◎ –– –– –– 住宅改修費利用情報
        16 ◎ ★ ◎ –– –– –– 福祉用具購入費利用情報
        17 ○ ★ ○ ○○ ○○ ○○ 認定の進み具合と結果
    "#]]
    .assert_eq(&table);
}

fn sign(access: Access) -> &'static str {
    match access {
        Access::Never => "–",
        Access::Consent => "◎",
        Access::Shared => "○",
    }
}
