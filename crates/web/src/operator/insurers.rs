//! `/operator/insurers`: municipalities, and since when they are connected.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::caller::By;
use tasuki_app::{insurer, office};
use tasuki_core::account::Organisation;
use tasuki_core::insurer::{Insurer, InsurerNumber};

use super::place::address;
use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row};
use crate::page::{Form, Link, Rendered, Tone, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Tried};
use crate::staff::frame::{self, Title};

pub(super) async fn list(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "保険者",
        nav: paths::INSURERS,
        help: &["市町村を加え、データがいつからあるかを書きます。"],
        ..Title::default()
    };
    let found = insurer::list(&state.app, staff.0.caller()).await?;
    let rows = found.into_iter().map(|stored| {
        let insurer = stored.insurer;
        let organisation = Organisation::Insurer(insurer.number.clone());
        Row {
            cells: vec![
                Cell::two(insurer.name, insurer.number.to_string()),
                match insurer.connected_since {
                    Some(_) => Cell::badge(Tone::Good, "データあり"),
                    None => Cell::badge(Tone::Warn, "まだ"),
                },
                match insurer.connected_since {
                    Some(since) => Cell::Day(since),
                    None => Cell::text(insurer.not_connected_because.unwrap_or_default()),
                },
                Cell::text(if insurer.takes_consent { "取ります" } else { "取りません" }),
            ],
            links: vec![
                Link::new("直す", format!("{}/{}", paths::INSURERS, insurer.number)),
                Link::new("アカウント", address(paths::ACCOUNTS, &organisation)),
                Link::new("電子証明書", address(paths::DEVICES, &organisation)),
            ],
            posts: Vec::new(),
        }
    });
    let rows = rows.collect();
    Ok(Rendered::new(ListPage {
        shell: frame::shell(&state, &staff.0, &headers, title).await?,
        intro: Vec::new(),
        actions: vec![Link::new("保険者を加える", "/operator/insurers/new")],
        columns: vec!["名前と番号", "データ", "いつから・理由", "申請時の包括同意"],
        rows,
        empty: ("保険者がまだありません", "「保険者を加える」から登録してください。"),
        below: None,
    }))
}

pub(super) async fn new(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &staff.0, &headers, Form::new(), "", "").await
}

pub(super) async fn edit(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let parsed = InsurerNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    let stored = insurer::get(&state.app, staff.0.caller(), &parsed).await?;
    let insurer = stored.insurer;
    let mut form = Form::new()
        .with("name", insurer.name)
        .with("not_connected_because", insurer.not_connected_because.unwrap_or_default())
        .with("takes_consent", if insurer.takes_consent { "yes" } else { "" });
    if let Some(since) = insurer.connected_since {
        form = form
            .with("connected_since_era", "western")
            .with("connected_since_year", since.year().to_string())
            .with("connected_since_month", since.month().to_string())
            .with("connected_since_day", since.day().to_string());
    }
    page(&state, &staff.0, &headers, form, &number, &stored.version.to_string()).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    number: &str,
    version: &str,
) -> Result<Response, Problem> {
    let title = Title {
        title: if version.is_empty() { "保険者を加える" } else { "保険者を直す" },
        nav: paths::INSURERS,
        crumbs: &[("保険者", paths::INSURERS)],
        ..Title::default()
    };
    let mut fields = Vec::new();
    let mut hidden = vec![("version", version.to_owned())];
    if version.is_empty() {
        fields.push(Field::new("number", "保険者番号（6けた）", FieldKind::Digits));
    } else {
        hidden.push(("number", number.to_owned()));
    }
    fields.extend([
        Field::new("name", "名前", FieldKind::Text),
        Field::new("connected_since", "データをつないだ日", FieldKind::Date)
            .hint("この日からのデータがあることが、利用者の画面に出ます")
            .optional(),
        Field::new("not_connected_because", "まだつないでいない理由", FieldKind::Text)
            .hint("例：令和9年4月からの予定です")
            .optional(),
        Field::new("takes_consent", "認定申請のときに、包括同意を取ります", FieldKind::Tick),
    ]);
    let page = FormPage {
        intro: match number {
            "" => Vec::new(),
            number => vec![format!("保険者番号 {number}")],
        },
        fields,
        hidden,
        action: "/operator/insurers/save".to_owned(),
        button: "保存する".to_owned(),
        back: Some(Link::new("やめる", paths::INSURERS)),
        ..FormPage::new(frame::shell(state, staff, headers, title).await?, form)
    };
    Ok(page.into_response())
}

pub(super) async fn save(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let errors = match try_save(&state, &by.0, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = fields.form(&FIELDS).with_errors(errors);
    let (number, version) = (fields.get("number"), fields.get("version"));
    Ok(page(&state, &by.0, &headers, form, number, version).await?)
}

async fn try_save(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let (insurer, version) = (read(fields)?, fields.get("version").parse().ok());
    let by = By::Staff(staff.caller());
    office::save_insurer(&state.app, by, insurer, version, state.now()).await?;
    Ok(flash::done(paths::INSURERS, Done::InsurerSaved))
}

const FIELDS: [&str; 8] = [
    "number",
    "name",
    "not_connected_because",
    "takes_consent",
    "connected_since_era",
    "connected_since_year",
    "connected_since_month",
    "connected_since_day",
];

fn read(fields: &Fields) -> Result<Insurer, Vec<FieldError>> {
    let mut wrong = Wrong::new();
    let number = InsurerNumber::parse(fields.get("number")).ok();
    let number = wrong.take("number", "insurer-number", number);
    let name = wrong.text(fields, "name", "required");
    let connected_since = match fields.is_date_empty("connected_since") {
        true => None,
        false => wrong.take("connected_since", "date", fields.date("connected_since")),
    };
    let why = fields.get("not_connected_because");
    if fields.is_date_empty("connected_since") == why.is_empty() {
        wrong.add("not_connected_because", "insurer-connected");
    }
    match number {
        Some(number) if wrong.is_empty() => Ok(Insurer {
            number,
            name,
            connected_since,
            not_connected_because: (!why.is_empty()).then(|| why.to_owned()),
            takes_consent: fields.is_ticked("takes_consent"),
        }),
        _ => Err(wrong.into_errors()),
    }
}
