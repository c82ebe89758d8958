//! Transfers of municipal files (市町村からのデータ): sent in parts, taken, reported.

pub mod findings;
pub mod parts;

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tasuki_app::ingestion::report;
use tasuki_formats::municipal::{RecordKind, Rule};
use tasuki_store::transfer::{Transfer, TransferFile, TransferScope, TransferState};
use utoipa::ToSchema;

use super::Software;
use super::body::{self, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery, cursor};
use crate::problem::Problem;
use crate::server::State;

/// 送信: a transfer that was begun to be taken.
#[derive(Serialize, ToSchema)]
pub struct TransferView {
    /// 送信の番号.
    sequence: i64,
    /// 全件・差分.
    scope: TransferScope,
    /// 取り込みの状態.
    state: TransferState,
    /// 取り込みを始めた日時.
    started_at: Moment,
    /// 反映した日時.
    published_at: Option<Moment>,
}

impl From<&Transfer> for TransferView {
    fn from(transfer: &Transfer) -> Self {
        Self {
            sequence: transfer.sequence,
            scope: transfer.scope,
            state: transfer.state,
            started_at: transfer.started_at.into(),
            published_at: transfer.published_at.map(Moment),
        }
    }
}

/// 送信の一覧, newest first.
#[utoipa::path(
    get, path = "/transfers", tag = "municipality", params(PageQuery),
    responses(
        (status = 200, description = "送信の一覧", body = Page<TransferView>),
        (status = 403, description = "市町村ではありません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let limit = u16::try_from(query.limit()?).unwrap_or(u16::MAX);
    let before = query.after()?.map(|text| text.parse::<i64>()).transpose();
    let before = before.map_err(|_| body::invalid("cursor", "cursor-gone"))?;
    let found = report::list(&state.app, by.caller(), before, limit).await?;
    let full = found.len() == usize::from(limit);
    let next = found.last().filter(|_| full).map(|last| cursor(&last.sequence.to_string()));
    let items: Vec<_> = found.iter().map(TransferView::from).collect();
    json(StatusCode::OK, &Page { items, next })
}

/// 取り込みの結果.
#[derive(Serialize, ToSchema)]
pub struct ReportAnswer {
    /// 送信.
    #[serde(flatten)]
    transfer: TransferView,
    /// ファイルごとの数.
    files: Vec<FileView>,
    /// 規則ごとの指摘の数, the most frequent first.
    findings: Vec<CountView>,
}

/// 1つのファイルの結果.
#[derive(Serialize, ToSchema)]
pub struct FileView {
    /// ファイルの名前.
    name: String,
    /// 記録の種類.
    #[schema(value_type = RecordKind)]
    kind: String,
    /// 読んだ行の数, the header included.
    lines_done: i64,
    /// 取り込んだ行の数.
    taken: i64,
    /// 変わらない行の数.
    unchanged: i64,
    /// 受け付けない行の数.
    refused: i64,
    /// 終わりまで読んだ.
    complete: bool,
}

/// 規則ごとの指摘の数.
#[derive(Serialize, ToSchema)]
pub struct CountView {
    /// 規則.
    rule: Rule,
    /// 指摘の数.
    count: i64,
}

impl From<TransferFile> for FileView {
    fn from(file: TransferFile) -> Self {
        let TransferFile { name, kind, lines_done, taken, unchanged, refused, complete, .. } = file;
        Self { name, kind, lines_done, taken, unchanged, refused, complete }
    }
}

/// 取り込みの結果.
#[utoipa::path(
    get, path = "/transfers/{sequence}", tag = "municipality",
    params(("sequence" = i64, Path, description = "送信の番号")),
    responses(
        (status = 200, description = "取り込みの結果", body = ReportAnswer),
        (status = 404, description = "取り込みが始まっていません"),
    )
)]
pub async fn show(
    by: Software,
    Extract(state): Extract<State>,
    Path(sequence): Path<i64>,
) -> Result<Response, Problem> {
    let found = report::get(&state.app, by.caller(), sequence).await?;
    let answer = ReportAnswer {
        transfer: TransferView::from(&found.transfer),
        files: found.files.into_iter().map(FileView::from).collect(),
        findings: found
            .findings
            .into_iter()
            .map(|(rule, count)| CountView { rule, count })
            .collect(),
    };
    json(StatusCode::OK, &answer)
}
