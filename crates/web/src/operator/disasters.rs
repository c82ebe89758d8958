//! `/operator/disasters`: regions opened in a disaster, each with its end.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use jiff::civil::Date;
use tasuki_app::{disaster, names};
use tasuki_core::account::Organisation;
use tasuki_core::date::wareki_day;
use tasuki_core::insurer::InsurerNumber;

use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::confirm::ConfirmPage;
use crate::page::person::PaperRow;
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row, RowPost};
use crate::page::{Form, Link, Rendered, Tone, filters, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Stop, Tried};
use crate::staff::frame::{self, Title};

pub(super) async fn list(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "災害時の開放",
        nav: paths::DISASTERS,
        help: &["災害のとき、担当でない事業所にも、決めた日まで情報を開きます。"],
        ..Title::default()
    };
    let now = state.now();
    let mut rows = Vec::new();
    for region in disaster::list(&state.app, staff.0.caller()).await? {
        let organisation = Organisation::Insurer(region.insurer.clone());
        let open = now < region.until;
        let close = RowPost {
            action: "/operator/disasters/close".to_owned(),
            label: "いま終わらせる".to_owned(),
            hidden: vec![("insurer", region.insurer.to_string()), ("id", region.id)],
        };
        rows.push(Row {
            cells: vec![
                Cell::text(names::of(&state.app, &organisation).await?),
                match open {
                    true => Cell::badge(Tone::Warn, "開放中"),
                    false => Cell::badge(Tone::Plain, "終わり"),
                },
                Cell::text(region.reason),
                Cell::Moment(region.opened_at),
                Cell::Moment(region.until),
            ],
            posts: if open { vec![close] } else { Vec::new() },
            ..Row::default()
        });
    }
    Ok(Rendered::new(ListPage {
        shell: frame::shell(&state, &staff.0, &headers, title).await?,
        intro: vec!["開放の決定と終わりは、すべて記録に残ります。".to_owned()],
        actions: vec![Link::new("開放を始める", "/operator/disasters/new")],
        columns: vec!["保険者", "状態", "理由", "始まり", "終わり"],
        rows,
        empty: ("開放している地域はありません", "災害が起きたときだけ、ここから開きます。"),
        below: None,
    }))
}

pub(super) async fn new(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &staff.0, &headers, Form::new()).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let title = Title {
        title: "災害時の開放を始める",
        nav: paths::DISASTERS,
        crumbs: &[("災害時の開放", paths::DISASTERS)],
        ..Title::default()
    };
    let page = FormPage {
        warning: "この保険者のすべての利用者の情報が、担当でない事業所にも開きます。\
                  見た人はすべて記録され、ご本人に伝わります。"
            .to_owned(),
        fields: vec![
            Field::new("insurer", "保険者番号（6けた）", FieldKind::Digits),
            Field::new("reason", "理由", FieldKind::Area)
                .hint("災害の名前と、開放を決めた会議や文書。10文字以上"),
            Field::new("last_day", "終わりの日（この日まで）", FieldKind::Date)
                .hint("きょうから60日以内"),
        ],
        action: "/operator/disasters/confirm".to_owned(),
        button: "保険者を確かめる".to_owned(),
        back: Some(Link::new("やめる", paths::DISASTERS)),
        ..FormPage::new(frame::shell(state, staff, headers, title).await?, form)
    };
    Ok(page.into_response())
}

/// Shows whom the decision concerns, by name and in numbers, before it is carried out.
pub(super) async fn confirm(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    match try_confirm(&state, &by.0, &headers, &fields).await {
        Ok(page) => Ok(page),
        Err(stop) => back(&state, &by.0, &headers, &fields, stop).await,
    }
}

pub(super) async fn open(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    match try_open(&state, &by.0, &fields).await {
        Ok(done) => Ok(done),
        Err(stop) => back(&state, &by.0, &headers, &fields, stop).await,
    }
}

/// Names of the form's fields.
const FIELDS: [&str; 6] =
    ["insurer", "reason", "last_day_era", "last_day_year", "last_day_month", "last_day_day"];

/// The form with what was typed and what is wrong.
async fn back(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    fields: &Fields,
    stop: Stop,
) -> Result<Response, Refusal> {
    let errors = stop.faults()?;
    Ok(page(state, staff, headers, fields.form(&FIELDS).with_errors(errors)).await?)
}

/// The insurer and the last day, as they were typed.
fn typed(fields: &Fields) -> Result<(InsurerNumber, Date), Stop> {
    let mut wrong = Wrong::new();
    let number = InsurerNumber::parse(fields.get("insurer")).ok();
    let number = wrong.take("insurer", "insurer-number", number);
    let last_day = wrong.take("last_day", "date", fields.date("last_day"));
    number.zip(last_day).ok_or_else(|| wrong.into_errors().into())
}

async fn try_confirm(state: &State, staff: &Staff, headers: &HeaderMap, fields: &Fields) -> Tried {
    let (number, last_day) = typed(fields)?;
    let (caller, reason) = (staff.caller(), fields.get("reason"));
    let reach = disaster::plan(&state.app, caller, &number, reason, last_day, state.now()).await?;
    let title = Title {
        title: "災害時の開放を確かめる",
        nav: paths::DISASTERS,
        crumbs: &[("災害時の開放", paths::DISASTERS)],
        ..Title::default()
    };
    let (name, counts) = (reach.insurer.name, reach.counts);
    let grouped = |count: i64, unit: &str| format!("{}{unit}", filters::group(count));
    let page = ConfirmPage {
        shell: frame::shell(state, staff, headers, title).await?,
        question: format!("{name}の利用者の情報を、担当でない事業所にも開きますか。"),
        rows: vec![
            PaperRow::new("保険者", format!("{name}（保険者番号 {number}）")),
            PaperRow::new("対象の利用者", grouped(counts.persons, "人")),
            PaperRow::new("いま担当している事業所", grouped(counts.in_charge, "か所")),
            PaperRow::new("開く先", grouped(counts.offices, "か所（登録されているすべて）")),
            PaperRow::new("終わりの日", format!("{}まで", wareki_day(last_day))),
            PaperRow::new("理由", reason),
        ],
        consequences: vec![
            "いますぐ開きます。決めた日の終わりに、ひとりでに閉じます。".to_owned(),
            "見た人はすべて記録され、ご本人に伝わります。".to_owned(),
            "終わりの日より前でも、いつでも終わらせられます。".to_owned(),
        ],
        action: "/operator/disasters/open".to_owned(),
        fields: FIELDS.map(|name| (name.to_owned(), fields.get(name).to_owned())).to_vec(),
        button: format!("{name}の開放を始める"),
        danger: true,
        back: Link::new("入力にもどる", "/operator/disasters/new"),
    };
    Ok(Rendered::new(page).into_response())
}

async fn try_open(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let (number, last_day) = typed(fields)?;
    let (caller, reason) = (staff.caller(), fields.get("reason"));
    disaster::open(&state.app, caller, &number, reason, last_day, state.now()).await?;
    Ok(flash::done(paths::DISASTERS, Done::RegionOpened))
}

pub(super) async fn close(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let number = InsurerNumber::parse(fields.get("insurer"));
    let number = number.map_err(|_| Problem::new(Code::BadRequest))?;
    let (caller, id) = (by.0.caller(), fields.get("id"));
    disaster::close(&state.app, caller, &number, id, state.now()).await?;
    Ok(flash::done(paths::DISASTERS, Done::RegionClosed))
}
