//! `/emergency`: the review of emergency looks by another administrator (緊急時の閲覧の点検).

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::AppError;
use tasuki_app::emergency::{self, Reason};
use tasuki_core::word::Word;
use tasuki_store::emergency::Opened;

use super::frame::{self, Title};
use crate::flash::{self, Done};
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row};
use crate::page::{Form, Link, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{OfficeAdministrator, Posted, Refusal, Staff, Tried};

/// Emergency looks of the office.
pub(super) const LIST: &str = "/emergency";

pub(super) const ROUTES: &[Route] = &[
    Route::get(LIST, Guard::Administrator, || get(list)),
    Route::get("/emergency/{id}", Guard::Administrator, || get(show_review)),
    Route::post("/emergency/{id}", Guard::Administrator, || post(review)),
];

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
    let title = Title {
        title: "緊急時の閲覧を点検する",
        nav: paths::OFFICE,
        crumbs: &[("緊急時の閲覧の点検", LIST)],
        ..Title::default()
    };
    let reason = Reason::from_word(&opened.reason).map_or("", Reason::japanese);
    let page = FormPage {
        intro: vec![
            format!("理由：{reason}"),
            "開いた人に話を聞き、本当に緊急だったかを書いてください。".to_owned(),
        ],
        fields: vec![Field::new("text", "確かめたこと", FieldKind::Area)],
        action: format!("{LIST}/{id}"),
        button: "点検を記録する".to_owned(),
        back: Some(Link::new("もどる", LIST)),
        ..FormPage::new(frame::shell(state, staff, headers, title).await?, form)
    };
    Ok(page.into_response())
}

async fn review(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Posted { by: OfficeAdministrator(staff), fields }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let errors = match try_review(&state, &staff, &id, fields.get("text")).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = fields.form(&["text"]).with_errors(errors);
    Ok(review_page(&state, &staff, &headers, &id, form).await?)
}

async fn try_review(state: &State, staff: &Staff, id: &str, text: &str) -> Tried {
    emergency::review(&state.app, staff.caller(), id, text, state.now()).await?;
    Ok(flash::done(LIST, Done::Reviewed))
}
