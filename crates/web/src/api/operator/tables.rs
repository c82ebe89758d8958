//! The sharing table and the table of jobs (情報共有の範囲の表・職種の表), and changing them.

use axum::extract::State as Extract;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tasuki_app::caller::By;
use tasuki_app::setting::{self, Difference, Preview, Tables, TablesError};
use tasuki_core::document::DocumentKind;
use tasuki_policy::{Column, SharingError, SharingFile, SharingProblem};
use tasuki_store::setting::Setting;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{self, Strict, json};
use crate::api::conditional::{self, IfMatch};
use crate::api::moment::Moment;
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;

/// 使っている表.
#[derive(Serialize, ToSchema)]
pub struct TablesAnswer {
    /// 版; 0: 公表された表.
    version: i64,
    /// 情報共有の範囲の表 (`sharing.toml`).
    table: String,
    /// 職種の表 (`function_jobs.toml`).
    jobs: String,
    /// これまでの版, newest first.
    versions: Vec<VersionView>,
}

/// 表の版.
#[derive(Serialize, ToSchema)]
pub struct VersionView {
    /// 版.
    version: i64,
    /// 使いはじめた日時.
    set_at: Moment,
    /// 変えた人のアカウント.
    set_by: String,
}

impl From<Setting> for VersionView {
    fn from(Setting { version, set_at, set_by, .. }: Setting) -> Self {
        Self { version, set_at: set_at.into(), set_by }
    }
}

/// 情報共有の範囲の表・職種の表, with their version as `ETag`.
#[utoipa::path(
    get, path = "/tables", tag = "operator",
    responses(
        (status = 200, description = "表", body = TablesAnswer, headers(("ETag" = String))),
        (status = 403, description = "運営者ではありません"),
    )
)]
pub async fn show(
    by: Software,
    Extract(state): Extract<State>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let versions = setting::table_versions(&state.app, by.caller()).await?;
    let setting::Current { value: Tables { table, jobs }, version } =
        setting::tables(&state.app).await?;
    let versions = versions.into_iter().map(VersionView::from).collect();
    let bytes = body::written(&TablesAnswer { version, table, jobs, versions })?;
    Ok(conditional::answer_version(&headers, bytes, version))
}

/// 新しい表.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "table": "# sharing.toml\n…", "jobs": "# function_jobs.toml\n…" })))]
pub struct TablesRequest {
    /// 情報共有の範囲の表 (`sharing.toml`).
    table: String,
    /// 職種の表 (`function_jobs.toml`).
    jobs: String,
}

impl From<TablesRequest> for Tables {
    fn from(TablesRequest { table, jobs }: TablesRequest) -> Self {
        Self { table, jobs }
    }
}

/// 変わるところ.
#[derive(Serialize, ToSchema)]
pub struct PreviewAnswer {
    /// 比べた版: `If-Match` names it as `"v…"`.
    version: i64,
    /// 変わる欄.
    cells: Vec<CellView>,
    /// 職種の表からなくなる行.
    jobs_out: Vec<JobLineView>,
    /// 職種の表に加わる行.
    jobs_in: Vec<JobLineView>,
}

/// 変わる欄.
#[derive(Serialize, ToSchema)]
pub struct CellView {
    /// 書類の種類.
    kind: DocumentKind,
    /// 関係者.
    column: Column,
    /// いまの記号: ★ 作る, ○ 見られる, ◎ 同意があれば見られる, – 見られない.
    #[schema(example = "◎")]
    before: &'static str,
    /// 新しい記号.
    #[schema(example = "○")]
    after: &'static str,
}

/// 職種の表の1行.
#[derive(Serialize, ToSchema)]
pub struct JobLineView {
    /// 行の番号.
    line: usize,
    /// 行.
    text: String,
}

impl PreviewAnswer {
    fn of(preview: Preview, version: i64) -> Self {
        let cell =
            |Difference { kind, column, before, after }| CellView { kind, column, before, after };
        let line = |(line, text)| JobLineView { line, text };
        Self {
            version,
            cells: preview.cells.into_iter().map(cell).collect(),
            jobs_out: preview.jobs_out.into_iter().map(line).collect(),
            jobs_in: preview.jobs_in.into_iter().map(line).collect(),
        }
    }
}

/// 表を変えるとどこが変わるか. Nothing is changed.
#[utoipa::path(
    post, path = "/tables/preview", tag = "operator", request_body = TablesRequest,
    responses(
        (status = 200, description = "変わるところ", body = PreviewAnswer),
        (status = 403, description = "運営者ではありません"),
        (status = 422, description = "表が決まりに合いません"),
    )
)]
pub async fn preview(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<TablesRequest>,
) -> Result<Response, Problem> {
    if !By::Staff(by.caller()).is_operator() {
        return Err(Problem::new(Code::Denied));
    }
    let current = setting::tables(&state.app).await?;
    let preview = setting::preview(&state.app, &current.value, &sent.into()).map_err(refused)?;
    json(StatusCode::OK, &PreviewAnswer::of(preview, current.version))
}

/// 表を使いはじめる: both tables, at once and everywhere within seconds. `If-Match` names the
/// version that they were compared with.
#[utoipa::path(
    put, path = "/tables", tag = "operator", request_body = TablesRequest, params(IfMatch),
    responses(
        (status = 204, description = "使いはじめました"),
        (status = 403, description = "運営者ではありません"),
        (status = 412, description = "先に別の変更がありました"),
        (status = 422, description = "表が決まりに合いません"),
    )
)]
pub async fn save(
    by: Software,
    Extract(state): Extract<State>,
    IfMatch { version }: IfMatch,
    Strict(sent): Strict<TablesRequest>,
) -> Result<StatusCode, Problem> {
    let (staff, now) = (by.caller(), state.now());
    match setting::activate(&state.app, staff, &sent.into(), version, now).await {
        Err(TablesError::App(error)) => conditional::stale(Err(error)),
        done => done.map(|()| StatusCode::NO_CONTENT).map_err(refused),
    }
}

fn refused(error: TablesError) -> Problem {
    match error {
        TablesError::App(error) => error.into(),
        TablesError::Broken(error) => Problem::invalid(vec![place_and_rule(&error)]),
    }
}

/// Which line of which table is broken, and how: `table.line[12]`.
fn place_and_rule(error: &SharingError) -> FieldError {
    let file = match error.file {
        SharingFile::Table => "table",
        SharingFile::Jobs => "jobs",
    };
    let rule = match &error.problem {
        SharingProblem::Form(_) => "tables-form",
        SharingProblem::UnknownWord { .. } => "tables-word",
        SharingProblem::Doubled { .. } | SharingProblem::NamedTwice { .. } => "tables-doubled",
        SharingProblem::Missing { .. } => "tables-missing",
        SharingProblem::WrongRow { .. } => "tables-row",
        SharingProblem::NoServicesHere => "tables-services",
    };
    FieldError::new(format!("{file}.line[{}]", error.line), rule)
}
