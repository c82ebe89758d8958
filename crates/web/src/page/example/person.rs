//! Example of the person page.

use jiff::civil::date;
use tasuki_core::care_level::CareLevel;
use tasuki_core::date::DAY_MS;
use tasuki_core::insured::{InsuredNumber, Sex};

use super::{name, now, staff, steps};
use crate::page::part::HiddenLine;
use crate::page::person::{
    Balance, BurdenFact, ConsentLine, LevelFact, LimitFact, OfficeName, Panel, Paper, PaperRow,
    PersonPage, Progress, Request, Section, Tab, Todo, Use, Waiting, Who,
};
use crate::page::{Badge, Link, Shell, Shown, Tone, paths, term};

fn who() -> Who {
    Who {
        name: name("高橋 花子", "タカハシ ハナコ"),
        birth_date: date(1942, 3, 5),
        age: 84,
        sex: Sex::Female,
        number: InsuredNumber::parse("0000123456").unwrap(),
        insurer: "あおば市".to_owned(),
        offices: vec![
            OfficeName { name: "ケアプランあおば".to_owned(), own: true },
            OfficeName { name: "訪問介護みどり".to_owned(), own: false },
        ],
        consent: ConsentLine {
            badge: Badge::new(Tone::Good, "あり"),
            from: Some(date(2026, 4, 1)),
            link: Some(Link::new("内容を見る", "#")),
        },
        protected: false,
        blocks: None,
    }
}

fn tabs(current: usize, locked: bool) -> Vec<Tab> {
    let words =
        ["証", "認定調査票", "主治医意見書", "住宅改修・福祉用具", "ケアプラン", "LIFE", "履歴"];
    let tab = |(place, label): (usize, &str)| Tab {
        label: label.to_owned(),
        note: if place == 3 { "残り 132,000円".to_owned() } else { String::new() },
        href: "#".to_owned(),
        current: place == current,
        locked: locked && place == 2,
    };
    words.into_iter().enumerate().map(tab).collect()
}

pub(super) fn certificate() -> Paper {
    let rows = vec![
        PaperRow::new("要介護状態区分", "要介護2"),
        PaperRow::new("認定年月日", "令和8年1月20日"),
        PaperRow::new("認定の有効期間", "令和8年2月1日〜令和9年1月31日"),
        PaperRow {
            note: "1か月に使える上限です。".to_owned(),
            ..PaperRow::new("区分支給限度基準額", "19,705単位")
        },
        PaperRow::new("居宅介護支援事業所", "ケアプランあおば（令和8年2月1日届出）"),
        PaperRow::new("給付制限", "なし"),
    ];
    Paper {
        title: "介護保険被保険者証".to_owned(),
        badge: Some(Badge::new(Tone::Good, "有効")),
        sections: vec![Section { rows, ..Section::default() }],
        terms: vec![term::CERTIFICATION_PERIOD],
        author: "あおば市".to_owned(),
        received_at: now().plus_ms(-20 * DAY_MS),
        version: 2,
        links: vec![Link::new("前の版（令和7年2月1日〜）", "#")],
    }
}

pub(super) fn burden() -> Paper {
    let rows = vec![
        PaperRow::new("利用者負担の割合", "1割"),
        PaperRow::new("適用期間", "令和8年8月1日〜令和9年7月31日"),
    ];
    Paper {
        title: "負担割合証".to_owned(),
        sections: vec![Section { rows, ..Section::default() }],
        terms: vec![term::BURDEN_RATIO],
        version: 1,
        links: Vec::new(),
        ..certificate()
    }
}

pub(super) fn survey(changed: bool) -> Paper {
    let mark = |label: &str, value: &str, now_changed: bool| PaperRow {
        changed: changed && now_changed,
        ..PaperRow::new(label, value)
    };
    let body = vec![
        mark("1-1 麻痺等の有無", "左下肢", false),
        mark("1-3 寝返り", if changed { "何かにつかまればできる" } else { "できる" }, true),
        mark("1-7 歩行", "何かにつかまればできる", false),
    ];
    let life =
        vec![mark("2-1 移乗", "見守り等", false), mark("2-5 排尿", "介助されていない", false)];
    Paper {
        title: if changed { "認定調査票" } else { "認定調査票（前回）" }.to_owned(),
        badge: Some(Badge::new(Tone::Key, if changed { "令和8年11月10日" } else { "令和8年1月8日" })),
        sections: vec![
            Section { heading: "1　身体機能・起居動作".to_owned(), rows: body, text: String::new() },
            Section { heading: "2　生活機能".to_owned(), rows: life, text: String::new() },
            Section {
                heading: "特記事項".to_owned(),
                text: "1-3 布団では柵がなく、つかまる物を探している。\n2-1 ふらつくため、家族がそばで見守る。".to_owned(),
                ..Section::default()
            },
        ],
        terms: vec![term::SURVEY_SHEET],
        ..certificate()
    }
}

pub(super) fn balance() -> Balance {
    Balance {
        title: "住宅改修費".to_owned(),
        limit_yen: 200_000,
        used_yen: 68_000,
        left_yen: 132_000,
        period: "いまの住まいで1回".to_owned(),
        as_of: date(2026, 11, 1),
        caution: "その後に申請した分は、まだ入っていないことがあります。".to_owned(),
        uses: vec![Use {
            on: date(2025, 6, 12),
            what: "手すりの取り付け（トイレ）".to_owned(),
            cost_yen: 68_000,
        }],
    }
}

fn request() -> Request {
    Request {
        physician: "青空　一郎".to_owned(),
        requested_on: date(2026, 11, 12),
        due_on: Some(date(2026, 11, 26)),
        left: Some(6),
    }
}

pub(super) fn person(panel: Panel, current: usize, locked: bool) -> PersonPage {
    let lines =
        vec!["サービスの前に、認定・負担の割合・期限を確かめます。", "書類を並べて比べます。"];
    PersonPage {
        shell: Shell { help: lines, ..staff("高橋 花子 さん", paths::PERSONS) },
        who: who(),
        own_papers_only: false,
        as_of: None,
        today_href: "#".to_owned(),
        not_connected: None,
        level: Shown::Yes(LevelFact { level: CareLevel::Care2, until: date(2027, 1, 1) }),
        burden: Shown::Yes(BurdenFact { tenths: 1, until: date(2027, 7, 31) }),
        limit: Shown::Yes(LimitFact {
            stage: "第3段階①".to_owned(), until: date(2027, 7, 31)
        }),
        todo: Todo {
            tone: Tone::Warn,
            title: "認定の有効期限まで あと42日".to_owned(),
            detail: "更新の申請ができます。".to_owned(),
            action: Some(Link::new("代行申請へ", "#")),
            more: 0,
        },
        request: None,
        progress: Some(Progress {
            kind: "更新申請".to_owned(),
            steps: steps(),
            waiting: Some(Waiting {
                what: "青空クリニックの主治医意見書".to_owned(),
                days: 8,
                usual_days: Some(18),
                compared_with: "あおば市".to_owned(),
            }),
            due_on: Some(date(2026, 12, 2)),
            request: Some(request()),
            postponed: None,
        }),
        tabs: tabs(current, locked),
        panel: Panel {
            empty: "市町村からまだ届いていません。".to_owned(),
            why: Some("#".to_owned()),
            earlier: Some("#".to_owned()),
            print: Some("#".to_owned()),
            end: Some("#".to_owned()),
            ..panel
        },
    }
}

pub(super) fn person_without_much() -> PersonPage {
    let hidden = HiddenLine {
        why: "主治医意見書：ご本人の同意がまだありません。".to_owned(),
        action: Some(Link::new("同意をもらう", "#")),
    };
    let nobody = ConsentLine {
        badge: Badge::new(Tone::Bad, "なし"),
        from: None,
        link: Some(Link::new("同意をもらう", "#")),
    };
    let base = person(Panel { hidden: vec![hidden], ..Panel::default() }, 2, true);
    PersonPage {
        who: Who { consent: nobody, protected: true, ..who() },
        not_connected: Some("みどり村は、令和9年4月からつながる予定です。".to_owned()),
        as_of: Some(date(2026, 4, 1)),
        limit: Shown::Absent("認定なし".to_owned()),
        todo: Todo {
            tone: Tone::Good,
            title: "急ぐことはありません".to_owned(),
            detail: String::new(),
            action: None,
            more: 0,
        },
        progress: None,
        ..base
    }
}
