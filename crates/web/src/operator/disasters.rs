//! `/operator/disasters`: regions opened in a disaster, each with its end.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::{disaster, names};
use tasuki_core::account::Organisation;
use tasuki_core::insurer::InsurerNumber;

use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row, RowPost};
use crate::page::{Form, Link, Rendered, Tone, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Tried};
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
        action: "/operator/disasters/open".to_owned(),
        button: "開放を始める".to_owned(),
        danger: true,
        back: Some(Link::new("やめる", paths::DISASTERS)),
        ..FormPage::new(frame::shell(state, staff, headers, title).await?, form)
    };
    Ok(page.into_response())
}

pub(super) async fn open(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let errors = match try_open(&state, &by.0, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let names =
        ["insurer", "reason", "last_day_era", "last_day_year", "last_day_month", "last_day_day"];
    Ok(page(&state, &by.0, &headers, fields.form(&names).with_errors(errors)).await?)
}

async fn try_open(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let mut wrong = Wrong::new();
    let number = InsurerNumber::parse(fields.get("insurer")).ok();
    let number = wrong.take("insurer", "insurer-number", number);
    let last_day = wrong.take("last_day", "date", fields.date("last_day"));
    let (Some(number), Some(last_day)) = (number, last_day) else {
        return Err(wrong.into_errors().into());
    };
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
