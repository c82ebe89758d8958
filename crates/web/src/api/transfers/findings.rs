//! Findings of a transfer (指摘): in pages, and whole as a file.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tasuki_app::ingestion::report;
use tasuki_formats::municipal::Finding;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{self, StrictQuery, json};
use crate::api::paging::{Page, PageQuery, cursor};
use crate::municipality::report_file::{self, Form};
use crate::problem::Problem;
use crate::server::State;

/// 指摘: something wrong with a line.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    /// ファイルの名前.
    file: String,
    /// 行・列・規則・値の種類・直し方: the class of the value, never the value.
    #[serde(flatten)]
    finding: Finding,
}

/// 指摘, in the order of files and lines.
#[utoipa::path(
    get, path = "/transfers/{sequence}/findings", tag = "municipality",
    params(("sequence" = i64, Path, description = "送信の番号"), PageQuery),
    responses(
        (status = 200, description = "指摘の一覧", body = Page<FindingView>),
        (status = 403, description = "市町村ではありません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    Path(sequence): Path<i64>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let limit = u16::try_from(query.limit()?).unwrap_or(u16::MAX);
    let after = query.after()?.map(|text| place(&text)).transpose()?;
    let page = report::findings(&state.app, by.caller(), sequence, after, limit).await?;
    let next = page.next.map(|(file, line, number)| cursor(&format!("{line}/{number}/{file}")));
    let view = |(file, finding)| FindingView { file, finding };
    let items: Vec<_> = page.findings.into_iter().map(view).collect();
    json(StatusCode::OK, &Page { items, next })
}

fn place(text: &str) -> Result<(String, i64, i64), Problem> {
    let parse = || {
        let (line, rest) = text.split_once('/')?;
        let (number, file) = rest.split_once('/')?;
        Some((file.to_owned(), line.parse().ok()?, number.parse().ok()?))
    };
    parse().ok_or_else(|| body::invalid("cursor", "cursor-gone"))
}

/// 指摘のファイル（CSV）, all of them, streamed.
#[utoipa::path(
    get, path = "/transfers/{sequence}/findings.csv", tag = "municipality",
    params(("sequence" = i64, Path, description = "送信の番号")),
    responses(
        (
            status = 200, description = "指摘のファイル（CSV, UTF-8, BOM）", body = String,
            content_type = "text/csv",
        ),
        (status = 404, description = "取り込みが始まっていません"),
    )
)]
pub async fn csv(
    by: Software,
    Extract(state): Extract<State>,
    Path(sequence): Path<i64>,
) -> Result<Response, Problem> {
    report_file::file(state, by.0.staff, sequence, Form::CSV).await
}

/// 指摘のファイル（JSON Lines）, one finding a line, streamed.
#[utoipa::path(
    get, path = "/transfers/{sequence}/findings.jsonl", tag = "municipality",
    params(("sequence" = i64, Path, description = "送信の番号")),
    responses(
        (
            status = 200, description = "指摘のファイル（JSON Lines）", body = FindingView,
            content_type = "application/x-ndjson",
        ),
        (status = 404, description = "取り込みが始まっていません"),
    )
)]
pub async fn lines(
    by: Software,
    Extract(state): Extract<State>,
    Path(sequence): Path<i64>,
) -> Result<Response, Problem> {
    report_file::file(state, by.0.staff, sequence, Form::LINES).await
}
