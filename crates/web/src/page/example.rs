//! Example data for every page. All people and places are invented.

mod check;
mod person;

use askama::Template;
use jiff::civil::date;
use tasuki_core::care_level::CareLevel;
use tasuki_core::date::AtMs;
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::{PersonName, Personal};

use self::person::{balance, burden, certificate, person, person_without_much, survey};
use super::card::{Reader, Reading};
use super::citizen::{CitizenHomePage, Look, LooksPage, MyInsurer, doors};
use super::confirm::{ConfirmCitizenPage, ConfirmPage};
use super::consent::{ConsentCardPage, ConsentPage, KindChoice, bases, means, scopes};
use super::find::{FindCardPage, FindItemsPage, FindPage, sexes};
use super::guide::GuidePage;
use super::part::{Step, StepState};
use super::person::{BurdenFact, HistoryLine, LevelFact, Panel, PaperRow};
use super::persons::{Filter, PersonLine, PersonsPage};
use super::shell::Audience;
use super::sign_in::{SignInCodePage, SignInPage, SignInRecoveryPage};
use super::why::{WhyKind, WhyPage};
use super::{
    Account, Badge, Choice, Crumb, Flash, Form, Link, Office, Pager, Shell, Shown, Tone, paths,
    term,
};
use crate::problem::FieldError;

fn now() -> AtMs {
    AtMs(AtMs::start_of(date(2026, 11, 20)).0 + 10 * 3_600_000 + 32 * 60_000)
}

fn staff(title: &str, current: &str) -> Shell {
    let mut nav = Audience::CareOffice.nav(current);
    if let Some(bell) = nav.get_mut(2) {
        bell.count = 3;
    }
    Shell {
        office: Some(Office {
            name: "ケアプランあおば居宅介護支援事業所".to_owned(),
            number: "事業所番号 9970000001".to_owned(),
            others: vec![Choice::new("provider:9970000019", "デイサービスあおば")],
        }),
        account: Some(Account {
            name: "介護 一郎".to_owned(), job: "介護支援専門員".to_owned()
        }),
        nav,
        csrf: "token".to_owned(),
        help: vec!["担当の利用者を、急ぐものから順に見ます。", "名前のよみでさがします。"],
        ..Shell::new(title, now())
    }
}

fn citizen(title: &str) -> Shell {
    let account = Account { name: "高橋 花子".to_owned(), job: String::new() };
    Shell { account: Some(account), csrf: "token".to_owned(), ..Shell::new(title, now()) }
}

fn name(kanji: &str, kana: &str) -> PersonName {
    PersonName { kanji: Personal::new(kanji), kana: Personal::new(kana) }
}

fn crumb(label: &str, href: &str) -> Crumb {
    Crumb { label: label.to_owned(), href: href.to_owned() }
}

fn step(name: &str, state: StepState, on: Option<jiff::civil::Date>, note: &str) -> Step {
    Step { name: name.to_owned(), state, on, note: note.to_owned() }
}

fn steps() -> Vec<Step> {
    vec![
        step("申請", StepState::Done, Some(date(2026, 11, 2)), ""),
        step("調査", StepState::Done, Some(date(2026, 11, 10)), ""),
        step("意見書", StepState::Now, None, "依頼済み 8日め"),
        step("審査会", StepState::Ahead, None, ""),
        step("結果", StepState::Ahead, None, ""),
    ]
}

fn line(who: (&str, &str), tone: Tone, thing: &str, days: Option<i64>, button: &str) -> PersonLine {
    let on = days.map(|days| date(2026, 11, 20).checked_add(jiff::Span::new().days(days)).unwrap());
    PersonLine {
        name: name(who.0, who.1),
        age: 84,
        level: "要介護2".to_owned(),
        href: "#".to_owned(),
        tone,
        thing: thing.to_owned(),
        on,
        days,
        action: Link::new(button, "#"),
    }
}

fn persons() -> PersonsPage {
    let filter = |(label, count): (&str, usize)| Filter {
        label: label.to_owned(),
        count,
        href: "#".to_owned(),
        current: label == "すべて",
    };
    let all = [
        ("すべて", 38),
        ("認定がもうすぐ終わる", 3),
        ("申請中", 5),
        ("同意がない", 2),
        ("担当が切れそう", 1),
    ];
    PersonsPage {
        person: "利用者",
        shell: Shell {
            flash: Some(Flash {
                tone: Tone::Good,
                text: "高橋 花子 さんを担当に加えました。".to_owned(),
            }),
            ..staff("わたしの利用者", paths::PERSONS)
        },
        search: String::new(),
        filters: all.into_iter().map(filter).collect(),
        narrowed: false,
        lines: example_lines(),
        pager: Pager {
            range: "1〜20人め（全38人）".to_owned(),
            previous: None,
            next: Some("#".to_owned()),
        },
    }
}

fn example_lines() -> Vec<PersonLine> {
    vec![
        line(
            ("鈴木 太郎左衛門", "スズキ タロウザエモン"),
            Tone::Bad,
            "認定の有効期限が過ぎました",
            Some(-3),
            "状態を見る",
        ),
        line(
            ("高橋 花子", "タカハシ ハナコ"),
            Tone::Warn,
            "認定の有効期限が近づいています",
            Some(42),
            "代行申請へ",
        ),
        line(
            ("佐藤 みどり", "サトウ ミドリ"),
            Tone::Warn,
            "同意がもうすぐ終わります",
            Some(12),
            "同意をもらう",
        ),
        line(
            ("田中 一", "タナカ ハジメ"),
            Tone::Key,
            "認定の結果が出ました：要介護3",
            None,
            "結果を見る",
        ),
        line(("伊藤 さくら", "イトウ サクラ"), Tone::Plain, "急ぐことはありません", None, "開く"),
    ]
}

fn consent() -> ConsentPage {
    let kinds = [
        DocumentKind::SurveySheet,
        DocumentKind::AttendingPhysicianOpinion,
        DocumentKind::HomeModificationUse,
        DocumentKind::EquipmentPurchaseUse,
        DocumentKind::LifeRecord,
    ];
    ConsentPage {
        shell: Shell {
            crumbs: vec![crumb("わたしの利用者", paths::PERSONS), crumb("高橋 花子 さん", "#")],
            ..staff("同意をもらう", paths::PERSONS)
        },
        form: Form::new().with("basis", "person").with("scope", "all").with("means", "signature"),
        action: "#".to_owned(),
        back: "#".to_owned(),
        bases: bases(),
        scopes: scopes(),
        kinds: kinds.map(|kind| KindChoice { kind, chosen: true }).to_vec(),
        means: means(true),
    }
}

fn confirm() -> ConfirmPage {
    ConfirmPage {
        shell: staff("担当を終わる", paths::PERSONS),
        question: "高橋 花子 さんの担当を終わりますか。".to_owned(),
        rows: vec![PaperRow::new("担当を始めた日", "令和8年2月1日")],
        consequences: vec![
            "この画面を閉じたときから、高橋さんの情報は見られなくなります。".to_owned(),
            "あなたの事業所が作った書類は、これからも見られます。".to_owned(),
        ],
        action: "#".to_owned(),
        fields: vec![("version".to_owned(), "3".to_owned())],
        button: "担当を終わる".to_owned(),
        danger: true,
        back: Link::new("やめる", "#"),
    }
}

fn confirm_citizen() -> ConfirmCitizenPage {
    let ConfirmPage { action, fields, .. } = confirm();
    ConfirmCitizenPage {
        shell: citizen("同意をやめる"),
        question: "この同意をやめますか。".to_owned(),
        rows: vec![
            PaperRow::new("見せている書類", "認定調査票、主治医意見書"),
            PaperRow::new("見せている相手", "担当の事業所すべて"),
        ],
        consequences: vec!["いますぐ、担当の事業所はこれらの書類を見られなくなります。".to_owned()],
        action,
        fields,
        button: "同意をやめる".to_owned(),
        danger: true,
        back: Link::new("やめずにもどる", "#"),
    }
}

fn look(hours: i64, who: &str, what: &str, allowed: bool) -> Look {
    let refusal = "この書類についての同意がないため、表示されませんでした。".to_owned();
    Look {
        at: now().plus_ms(-hours * 3_600_000),
        who: who.to_owned(),
        purpose: "サービスの準備のために、".to_owned(),
        what: what.to_owned(),
        did: if allowed {
            "を見ました。"
        } else {
            "を見ようとしましたが、見られませんでした。"
        }
        .to_owned(),
        allowed,
        emergency: hours == 47,
        refusals: if allowed { Vec::new() } else { vec![refusal] },
        report: Some("#".to_owned()),
    }
}

fn looks() -> LooksPage {
    LooksPage {
        asked: vec![],
        shell: citizen("だれが見たか"),
        looks: vec![
            look(1, "訪問介護みどり の 介護職員", "被保険者証", true),
            look(20, "訪問介護みどり の 介護職員", "主治医意見書", false),
            look(47, "ケアプランあおば の 介護支援専門員", "認定調査票", true),
        ],
        pager: Pager { range: String::new(), previous: None, next: Some("#".to_owned()) },
    }
}

fn home() -> CitizenHomePage {
    CitizenHomePage {
        shell: citizen("高橋 花子 さんの介護情報"),
        level: Shown::Yes(LevelFact { level: CareLevel::Care2, until: date(2027, 1, 1) }),
        burden: Shown::Yes(BurdenFact { tenths: 1, until: date(2027, 7, 31) }),
        waiting: Some(
            "更新の申請を受け付けました。いまは、青空クリニックの意見書を待っています。".to_owned(),
        ),
        todo: None,
        limit: Shown::Absent("なし".to_owned()),
        balances: Vec::new(),
        connection: "あおば市の情報は、令和8年4月1日からのものを表示しています。".to_owned(),
        doors: doors(),
        insurers: vec![
            my_insurer("990024", "みなと市", true),
            my_insurer("990010", "あおば市", false),
        ],
    }
}

fn wrong_items() -> FindItemsPage {
    let form = Form::new()
        .with("insurer_number", "990010")
        .with("insured_number", "12345")
        .with("birth_date_era", "showa")
        .with("birth_date_year", "17")
        .with_errors(vec![
            FieldError::new("insured_number", "insured-number"),
            FieldError::new("birth_date", "date"),
        ]);
    let crumbs = vec![crumb("利用者をさがす", paths::FIND)];
    FindItemsPage {
        shell: Shell { crumbs, ..staff("カードなしでさがす", paths::FIND) },
        form,
        sexes: sexes(),
    }
}

fn guide() -> GuidePage {
    let badge = |(tone, word)| Badge::new(tone, word);
    let form = Form::new()
        .with("mail", "kaigo@example.jp")
        .with_errors(vec![FieldError::new("insured_number", "insured-number")]);
    GuidePage {
        shell: staff("見本帳", paths::HELP),
        form,
        badges: [
            (Tone::Plain, "下書き"),
            (Tone::Key, "申請中"),
            (Tone::Good, "有効"),
            (Tone::Warn, "もうすぐ終わる"),
            (Tone::Bad, "期限切れ"),
        ]
        .map(badge)
        .to_vec(),
        choices: sexes(),
        steps: steps(),
        terms: term::ALL.to_vec(),
        files: vec![
            ("insured_persons.csv".to_owned(), 12_345, Badge::new(Tone::Good, "すべて受け取り")),
            ("survey_sheets.jsonl".to_owned(), 2_001, Badge::new(Tone::Warn, "3行を保留")),
        ],
        today: date(2026, 11, 20),
        pager: persons().pager,
    }
}

fn my_insurer(number: &str, name: &str, present: bool) -> MyInsurer {
    MyInsurer { number: number.to_owned(), name: name.to_owned(), present, open: present }
}

fn plain(title: &str) -> Shell {
    Shell { csrf: "token".to_owned(), ..Shell::new(title, now()) }
}

fn card(reader: Reader) -> FindCardPage {
    let shell = staff("カードでさがす", paths::FIND);
    FindCardPage { form: Form::new(), shell, reading: Reading::to_find(reader) }
}

fn consent_card(reader: Reader) -> ConsentCardPage {
    ConsentCardPage {
        form: Form::new(),
        shell: staff("カードで同意をもらう", paths::PERSONS),
        name: "高橋 花子 さん".to_owned(),
        reading: Reading::for_consent(reader, "#".to_owned()),
    }
}

fn why() -> WhyPage {
    use tasuki_core::event::Gate;
    use tasuki_policy::{Line, State};
    let line = |gate, state, text, next| Line { gate, state, text, next };
    let lines = vec![
        line(Gate::Role, State::Passed, "居宅介護支援の介護支援専門員です。", None),
        line(Gate::Assignment, State::Passed, "担当事業所に登録されています。", None),
        line(
            Gate::Consent,
            State::Failed,
            "ご本人の同意がまだありません。",
            Some("ご本人に説明し、同意をもらってください。"),
        ),
        line(Gate::Continuity, State::NotNeeded, "前の条件を満たしていません。", None),
    ];
    let kind = |kind, shown| WhyKind { kind, shown, lines: lines.clone() };
    WhyPage {
        shell: staff("なぜ見えるか・見えないか", paths::PERSONS),
        name: "高橋 花子".to_owned(),
        kinds: vec![
            kind(DocumentKind::InsuredCertificate, true),
            kind(DocumentKind::AttendingPhysicianOpinion, false),
        ],
        back: Link::new("高橋 花子 さんの画面へ", "#"),
    }
}

/// Name and HTML of every page.
fn pages() -> Vec<(&'static str, String)> {
    let certificates = Panel { papers: vec![certificate(), burden()], ..Panel::default() };
    let surveys = Panel { papers: vec![survey(true), survey(false)], ..Panel::default() };
    let balances = Panel { balances: vec![balance()], ..Panel::default() };
    let line = HistoryLine {
        on: date(2026, 2, 1),
        kind: DocumentKind::InsuredCertificate,
        what: "要介護2".to_owned(),
        href: "#".to_owned(),
    };
    let history = Panel { history: vec![line], ..Panel::default() };
    let wrong = Form::new()
        .with("login", "aoba-01")
        .with_errors(vec![FieldError::new("password", "sign-in")]);
    let office = "ケアプランあおば居宅介護支援事業所".to_owned();
    let read = Reader::Read {
        kana: Personal::new("タカハシ ハナコ"),
        birth_date: date(1942, 3, 5),
        with_pin: false,
    };
    let html = |page: &dyn askama::DynTemplate| page.dyn_render().unwrap();
    let find = FindPage { shell: staff("利用者をさがす", paths::FIND) };
    let form = Form::new();
    let shell = plain("サインイン");
    let code = SignInCodePage { shell, form: Form::new(), sent_to: None, can_mail: true };
    vec![
        ("guide", guide().render().unwrap()),
        ("sign_in", html(&SignInPage { shell: plain("サインイン"), form, office: office.clone() })),
        ("sign_in_wrong", html(&SignInPage { shell: plain("サインイン"), form: wrong, office })),
        ("sign_in_code", html(&code)),
        (
            "sign_in_recovery",
            html(&SignInRecoveryPage { shell: plain("回復コード"), form: Form::new() }),
        ),
        ("persons", html(&persons())),
        ("persons_none", html(&PersonsPage { lines: Vec::new(), ..persons() })),
        ("person", html(&person(certificates, 0, false))),
        ("person_survey", html(&person(surveys, 1, false))),
        ("person_balance", html(&person(balances, 3, false))),
        ("person_history", html(&person(history, 6, false))),
        ("person_nothing", html(&person(Panel::default(), 5, false))),
        ("person_hidden", html(&person_without_much())),
        ("find", html(&find)),
        ("find_card", html(&card(Reader::Waiting { with_pin: false }))),
        ("find_card_choose", html(&card(Reader::Choose { ran_out: true }))),
        ("find_card_absent", html(&card(Reader::Absent))),
        ("find_card_read", html(&card(read))),
        ("find_items", html(&wrong_items())),
        ("consent", html(&consent())),
        ("consent_card", html(&consent_card(Reader::Waiting { with_pin: true }))),
        ("confirm", html(&confirm())),
        ("why", html(&why())),
        ("citizen_home", html(&home())),
        ("citizen_looks", html(&looks())),
        ("citizen_confirm", html(&confirm_citizen())),
    ]
}
