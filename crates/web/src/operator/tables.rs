//! `/operator/tables`: the sharing table in the ministry's signs, and changing it.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use tasuki_app::setting::{self, Tables, TablesError};
use tasuki_core::document::DocumentKind;
use tasuki_core::word::Word;
use tasuki_policy::{Column, SharingError, SharingFile, SharingProblem};

use super::overview::version;
use crate::flash::{self, Done};
use crate::page::operator::{PreviewPage, TablesPage};
use crate::page::{Form, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Uploaded};
use crate::staff::frame::{self, Title};

const TABLES: &str = "/operator/tables";

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &staff.0, &headers, Form::new(), String::new()).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    broken: String,
) -> Result<Response, Problem> {
    let title = Title {
        title: "情報共有の範囲の表",
        nav: paths::SETTINGS,
        crumbs: &[("設定", paths::SETTINGS)],
        help: &["いまの表を確かめます。", "直した表を、変わるところを確かめてから使いはじめます。"],
    };
    let shell = frame::shell(state, staff, headers, title).await?;
    let current = setting::tables(&state.app).await?;
    let versions = setting::table_versions(&state.app, staff.caller()).await?;
    let sharing = state.app.sharing.load();
    let signs = |kind| {
        let sign = |column: &Column| setting::sign(&sharing, kind, *column);
        Column::ALL.iter().map(sign).collect()
    };
    let rows =
        DocumentKind::ALL.iter().map(|kind| (kind.table_row(), kind.japanese(), signs(*kind)));
    let status = match form.errors().is_empty() && broken.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = TablesPage {
        shell,
        form,
        broken,
        version: version(current.version),
        columns: Column::ALL.iter().map(|column| column.japanese()).collect(),
        rows: rows.collect(),
        versions: versions.iter().map(|setting| (setting.version, setting.set_at)).collect(),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

pub(super) async fn sharing_file(
    Extract(state): Extract<State>,
    _: OperatorStaff,
) -> Result<impl IntoResponse, Problem> {
    Ok(file("sharing.toml", setting::tables(&state.app).await?.value.table))
}

pub(super) async fn jobs_file(
    Extract(state): Extract<State>,
    _: OperatorStaff,
) -> Result<impl IntoResponse, Problem> {
    Ok(file("function_jobs.toml", setting::tables(&state.app).await?.value.jobs))
}

fn file(name: &str, text: String) -> impl IntoResponse + use<> {
    let named = format!("attachment; filename=\"{name}\"");
    let kind = "application/toml; charset=utf-8".to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], text)
}

pub(super) async fn preview(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    uploaded: Uploaded<OperatorStaff>,
) -> Result<Response, Refusal> {
    let staff = &uploaded.by.0;
    let current = setting::tables(&state.app).await?;
    let mut tables = current.value.clone();
    for file in &uploaded.files {
        let bytes = tokio::fs::read(&file.path).await;
        let bytes = bytes.map_err(|error| tasuki_app::AppError::Unavailable(error.into()))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match file.field.as_str() {
            "table" => tables.table = text,
            "jobs" => tables.jobs = text,
            _ => {}
        }
    }
    if uploaded.files.is_empty() {
        let form = Form::new().with_errors(vec![FieldError::new("table", "file")]);
        return Ok(page(&state, staff, &headers, form, String::new()).await?);
    }
    let title = Title {
        title: "変わるところ",
        nav: paths::SETTINGS,
        crumbs: &[("設定", paths::SETTINGS), ("情報共有の範囲の表", TABLES)],
        ..Title::default()
    };
    match setting::preview(&state.app, &current.value, &tables) {
        Ok(preview) => {
            let shell = frame::shell(&state, staff, &headers, title).await?;
            let cell = |cell: setting::Difference| {
                (cell.kind.japanese(), cell.column.japanese(), cell.before, cell.after)
            };
            let page = PreviewPage {
                shell,
                cells: preview.cells.into_iter().map(cell).collect(),
                jobs_out: preview.jobs_out,
                jobs_in: preview.jobs_in,
                table: tables.table,
                jobs: tables.jobs,
                version: current.version,
            };
            Ok(Rendered::new(page).into_response())
        }
        Err(error) => refused(&state, staff, &headers, error).await,
    }
}

pub(super) async fn activate(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    // Browsers send line ends as CR LF; the files are kept as they were uploaded.
    let text = |name: &str| fields.raw(name).replace("\r\n", "\n");
    let tables = Tables { table: text("table"), jobs: text("jobs") };
    let version = fields.get("version").parse().unwrap_or(0);
    let done = setting::activate(&state.app, by.0.caller(), &tables, version, state.now()).await;
    match done {
        Ok(()) => Ok(flash::done(TABLES, Done::TablesActivated)),
        Err(error) => refused(&state, &by.0, &headers, error).await,
    }
}

async fn refused(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    error: TablesError,
) -> Result<Response, Refusal> {
    match error {
        TablesError::Broken(error) => {
            Ok(page(state, staff, headers, Form::new(), words(&error)).await?)
        }
        TablesError::App(error) => Err(error.into()),
    }
}

/// Where a table is broken and how, in plain words.
fn words(error: &SharingError) -> String {
    let file = match error.file {
        SharingFile::Table => "共有の表",
        SharingFile::Jobs => "職種の表",
    };
    let what = match &error.problem {
        SharingProblem::Form(text) => format!("書き方がちがいます（{text}）。"),
        SharingProblem::UnknownWord { word, .. } => format!("「{word}」は、ここでは使えません。"),
        SharingProblem::Doubled { kind } => format!("「{kind}」が2回出ています。"),
        SharingProblem::Missing { kind } => format!("「{kind}」がありません。"),
        SharingProblem::WrongRow { kind, row } => {
            format!("「{kind}」は、公表された表の第{row}行です。")
        }
        SharingProblem::NamedTwice { word } => format!("「{word}」が2回出ています。"),
        SharingProblem::NoServicesHere => "この欄は、サービスでしぼれません。".to_owned(),
    };
    format!("{file}の{}行め：{what}", error.line)
}
