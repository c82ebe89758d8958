//! `/emergency`: opening a person in danger to life, and the review of such looks.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::emergency::{self, Reason};
use tasuki_app::{AppError, find};
use tasuki_core::word::Word;
use tasuki_store::emergency::Opened;

use super::find::{ITEM_FIELDS, matching_items};
use super::frame::{self, Title};
use super::sign_in::{field_errors, status_of};
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::find::sexes;
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row};
use crate::page::{Choice, Form, Link, Rendered, Tone, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{OfficeAdministrator, Posted, Refusal, Staff};

/// Opens a person in an emergency.
pub(super) const OPEN: &str = "/emergency/open";
/// Emergency looks of the office.
pub(super) const LIST: &str = "/emergency";

pub(super) const ROUTES: &[Route] = &[
    Route::get(OPEN, Guard::Staff, || get(show_open)),
    Route::post(OPEN, Guard::Staff, || post(open)),
    Route::get(LIST, Guard::Administrator, || get(list)),
    Route::get("/emergency/{id}", Guard::Administrator, || get(show_review)),
    Route::post("/emergency/{id}", Guard::Administrator, || post(review)),
];

async fn show_open(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open_page(&state, &staff, &headers, Form::new()).await
}

async fn open_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let status = status_of(&form);
    let title = Title {
        title: "緊急時の閲覧",
        nav: paths::FIND,
        crumbs: &[("利用者をさがす", paths::FIND)],
        help: &["命に関わるときだけ、同意や担当の登録がなくても開きます。"],
    };
    let reasons = Reason::ALL.iter().map(|it| Choice::new(it.word(), it.japanese())).collect();
    let page = FormPage {
        shell: frame::shell(state, staff, headers, title).await?,
        form,
        intro: Vec::new(),
        warning: "命に関わるときだけ使います。開いたことは、ご本人と市町村にわかり、\
                  あなたの事業所の管理者が必ず点検します。"
            .to_owned(),
        fields: vec![
            Field::new("reason", "理由", FieldKind::Radios(reasons)),
            Field::new("note", "いま起きていること", FieldKind::Area)
                .hint("10文字以上。例：訪問時に呼びかけへの反応がなく、救急車を呼んだ"),
            Field::new("insurer_number", "保険者番号（6けた）", FieldKind::Digits),
            Field::new("insured_number", "被保険者番号（10けた）", FieldKind::Digits),
            Field::new("birth_date", "生年月日", FieldKind::BirthDate),
            Field::new("sex", "性別", FieldKind::Radios(sexes())),
            Field::new("seen", "命に関わる緊急時であることを確かめました", FieldKind::Tick),
        ],
        hidden: Vec::new(),
        action: OPEN.to_owned(),
        button: "緊急時として開く".to_owned(),
        back: Some(Link::new("やめる", paths::FIND)),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

async fn open(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let errors = match try_open(&state, &by, &fields).await? {
        Ok(response) => return Ok(response),
        Err(errors) => errors,
    };
    let form = ITEM_FIELDS
        .iter()
        .chain(&["reason", "note"])
        .fold(Form::new(), |form, name| form.with(name, fields.get(name)));
    let page = open_page(&state, &by, &headers, form.with_errors(errors)).await;
    page.map_err(Refusal::Problem)
}

/// Finds by the items and opens; the inner error comes back as a form.
async fn try_open(
    state: &State,
    staff: &Staff,
    fields: &Fields,
) -> Result<Result<Response, Vec<FieldError>>, Refusal> {
    let items = match matching_items(fields) {
        Ok(items) => items,
        Err(errors) => return Ok(Err(errors)),
    };
    let Some(reason) = Reason::from_word(fields.get("reason")) else {
        return Ok(Err(vec![FieldError::new("reason", "choose")]));
    };
    let note = fields.get("note");
    if note.chars().count() < 10 {
        return Ok(Err(vec![FieldError::new("note", "emergency-note-short")]));
    }
    let now = state.now();
    let proof = match find::by_items(&state.app, staff.caller(), &items, now).await {
        Ok(proof) => proof,
        Err(AppError::NotFound) => {
            return Ok(Err(vec![FieldError::new("insurer_number", "no-match")]));
        }
        Err(error) => return Err(error.into()),
    };
    match emergency::open(&state.app, staff.caller(), &proof, reason, note, now).await {
        Ok(person) => Ok(Ok(flash::done(&staff.address(state, &person), Done::EmergencyOpened))),
        Err(AppError::Invalid(errors)) => Ok(Err(field_errors(errors))),
        Err(error) => Err(error.into()),
    }
}

async fn list(
    Extract(state): Extract<State>,
    OfficeAdministrator(staff): OfficeAdministrator,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let opened = emergency::list(&state.app, staff.caller()).await?;
    let row = |opened: &Opened| Row {
        cells: vec![
            Cell::Moment(opened.at),
            Cell::text(Reason::from_word(&opened.reason).map_or("", Reason::japanese)),
            match opened.reviewed_at {
                Some(_) => Cell::badge(Tone::Good, "点検済み"),
                None => Cell::badge(Tone::Warn, "点検がまだ"),
            },
        ],
        links: match opened.reviewed_at {
            None => vec![Link::new("点検する", format!("{LIST}/{}", opened.id))],
            Some(_) => Vec::new(),
        },
        ..Row::default()
    };
    let title = Title {
        title: "緊急時の閲覧の点検",
        nav: paths::OFFICE,
        help: &["緊急時の閲覧が正しかったかを、開いた人とは別の管理者が確かめます。"],
        ..Title::default()
    };
    Ok(Rendered::new(ListPage {
        shell: frame::shell(&state, &staff, &headers, title).await?,
        intro: Vec::new(),
        actions: Vec::new(),
        columns: vec!["開いた時", "理由", "状態"],
        rows: opened.iter().map(row).collect(),
        empty: ("緊急時の閲覧はありません", "使われると、ここに表示されます。"),
        below: None,
    }))
}

async fn show_review(
    Extract(state): Extract<State>,
    OfficeAdministrator(staff): OfficeAdministrator,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    review_page(&state, &staff, &headers, &id, Form::new()).await
}

async fn review_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    id: &str,
    form: Form,
) -> Result<Response, Problem> {
    let opened = emergency::list(&state.app, staff.caller()).await?;
    let opened = opened.into_iter().find(|opened| opened.id == id).ok_or(AppError::NotFound)?;
    let status = status_of(&form);
    let title = Title {
        title: "緊急時の閲覧を点検する",
        nav: paths::OFFICE,
        crumbs: &[("緊急時の閲覧の点検", LIST)],
        ..Title::default()
    };
    let reason = Reason::from_word(&opened.reason).map_or("", Reason::japanese);
    let page = FormPage {
        shell: frame::shell(state, staff, headers, title).await?,
        form,
        intro: vec![
            format!("理由：{reason}"),
            "開いた人に話を聞き、本当に緊急だったかを書いてください。".to_owned(),
        ],
        warning: String::new(),
        fields: vec![Field::new("text", "確かめたこと", FieldKind::Area)],
        hidden: Vec::new(),
        action: format!("{LIST}/{id}"),
        button: "点検を記録する".to_owned(),
        back: Some(Link::new("もどる", LIST)),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

async fn review(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Posted { by: OfficeAdministrator(staff), fields }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let text = fields.get("text");
    match emergency::review(&state.app, staff.caller(), &id, text, state.now()).await {
        Ok(()) => Ok(flash::done(LIST, Done::Reviewed)),
        Err(AppError::Invalid(errors)) => {
            let form = fields.form(&["text"]).with_errors(field_errors(errors));
            let page = review_page(&state, &staff, &headers, &id, form).await;
            page.map_err(Refusal::Problem)
        }
        Err(error) => Err(error.into()),
    }
}
