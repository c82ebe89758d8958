//! Transfers of municipal files (市町村からのデータ): announced, sent in parts, taken, reported.
//!
//! What has arrived stays when a line breaks; the sender asks how far each file has come and goes
//! on there. `docs/protocols/1-municipal-files.md` describes the files themselves.

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::response::Response;
use futures_util::StreamExt;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::AppError;
use tasuki_app::ingestion::spool::{Arrived, Spool, Upload};
use tasuki_app::ingestion::{self, Options, report};
use tasuki_core::account::Organisation;
use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::municipal::{Finding, Manifest};
use tasuki_store::transfer::{Transfer, TransferFile, TransferScope, TransferState};
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Strict, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery, cursor};
use super::{Software, schema};
use crate::problem::{Code, Problem};
use crate::server::State;

/// Bytes of a part that are written at once.
const PART_BYTES: usize = 1024 * 1024;

/// The insurer that the caller works for.
fn insurer(by: &Software) -> Result<InsurerNumber, Problem> {
    match &by.caller().organisation {
        Organisation::Insurer(number) => Ok(number.clone()),
        _ => Err(Problem::new(Code::Denied)),
    }
}

fn spool(state: &State) -> Result<Spool, Problem> {
    state.spool.clone().ok_or_else(|| {
        Problem::from(AppError::Unavailable("no folder for transfers is set".into()))
    })
}

/// Runs file work where it may wait.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?;
    Ok(done?)
}

async fn upload(state: &State, by: &Software, sequence: u32) -> Result<Upload, Problem> {
    let (insurer, spool) = (insurer(by)?, spool(state)?);
    on_disk(move || spool.get(&insurer, sequence)).await
}

/// How far the files of a transfer have come.
#[derive(Serialize, ToSchema)]
pub struct ArrivedAnswer {
    /// Its number.
    sequence: u32,
    /// Each announced file.
    files: Vec<ArrivedView>,
}

/// How far one file has come.
#[derive(Serialize, ToSchema)]
pub struct ArrivedView {
    /// Its name.
    name: String,
    /// Bytes that are here: the offset of the next part.
    bytes: u64,
    /// Bytes announced.
    of: u64,
}

async fn arrived(status: StatusCode, upload: Upload) -> Result<Response, Problem> {
    let sequence = upload.manifest().sequence;
    let files = on_disk(move || upload.arrived()).await?;
    let view = |Arrived { name, bytes, of }| ArrivedView { name, bytes, of };
    let files = files.into_iter().map(view).collect();
    json(status, &ArrivedAnswer { sequence, files })
}

/// 送信を始める: the manifest of a transfer. The same manifest again goes on with what is here.
#[utoipa::path(
    post, path = "/transfers", tag = "municipality",
    request_body(content = Object, description = "manifest.json"),
    responses(
        (status = 201, body = ArrivedAnswer),
        (status = 403, description = "市町村ではないか、ほかの市町村のものです"),
        (status = 422, description = "manifest が決まりに合いません"),
    )
)]
pub async fn begin(
    by: Software,
    Extract(state): Extract<State>,
    Strict(manifest): Strict<Manifest>,
) -> Result<Response, Problem> {
    let (insurer, spool) = (insurer(&by)?, spool(&state)?);
    let upload = on_disk(move || spool.begin(&insurer, &manifest)).await?;
    arrived(StatusCode::CREATED, upload).await
}

/// どこまで届いたか, file by file.
#[utoipa::path(
    get, path = "/transfers/{sequence}/files", tag = "municipality",
    params(("sequence" = u32, Path, description = "送信の番号")),
    responses(
        (status = 200, body = ArrivedAnswer),
        (status = 404, description = "始められていません"),
    )
)]
pub async fn files(
    by: Software,
    Extract(state): Extract<State>,
    Path(sequence): Path<u32>,
) -> Result<Response, Problem> {
    arrived(StatusCode::OK, upload(&state, &by, sequence).await?).await
}

/// Where a part belongs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// Bytes before this part; 0 without it.
    offset: Option<u64>,
}

/// Where the next part belongs.
#[derive(Serialize, ToSchema)]
pub struct PartAnswer {
    /// Bytes that are here now.
    next: u64,
}

/// ファイル、またはその続きを送る, as bytes of any number. What arrived before a break is kept.
#[utoipa::path(
    put, path = "/transfers/{sequence}/files/{name}", tag = "municipality",
    params(
        ("sequence" = u32, Path, description = "送信の番号"),
        ("name" = String, Path, description = "ファイルの名前"),
        PartQuery,
    ),
    request_body(content = String, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = PartAnswer),
        (status = 404, description = "始められていないか、知らせのないファイルです"),
        (status = 409, description = "続きの位置がちがいます"),
        (status = 422, description = "知らせより長いファイルです"),
    )
)]
pub async fn send(
    by: Software,
    Extract(state): Extract<State>,
    Path((sequence, name)): Path<(u32, String)>,
    StrictQuery(query): StrictQuery<PartQuery>,
    body: Body,
) -> Result<Response, Problem> {
    let upload = upload(&state, &by, sequence).await?;
    let mut next = query.offset.unwrap_or(0);
    let mut parts = body.into_data_stream();
    let mut gathered = Vec::with_capacity(PART_BYTES);
    loop {
        let part = parts.next().await.transpose();
        // A broken line keeps what came: the rest is sent later.
        let part = part.map_err(|_| Problem::new(Code::BadRequest));
        let ended = !matches!(part, Ok(Some(_)));
        if let Ok(Some(bytes)) = &part {
            gathered.extend_from_slice(bytes);
        }
        if ended || gathered.len() >= PART_BYTES {
            let (upload, name, bytes) = (upload.clone(), name.clone(), gathered);
            (next, gathered) = on_disk(move || {
                let next = upload.append(&name, next, &bytes)?;
                let mut emptied = bytes;
                emptied.clear();
                Ok((next, emptied))
            })
            .await?;
        }
        if part?.is_none() {
            return json(StatusCode::OK, &PartAnswer { next });
        }
    }
}

/// 送り終えた: every file is here whole. Taking goes on after the answer; ask for the report.
#[utoipa::path(
    post, path = "/transfers/{sequence}/finish", tag = "municipality",
    params(("sequence" = u32, Path, description = "送信の番号")),
    responses(
        (status = 202, description = "取り込みを始めました"),
        (status = 404, description = "始められていません"),
        (status = 409, description = "まだ届いていないファイルがあります"),
    )
)]
pub async fn finish(
    by: Software,
    Extract(state): Extract<State>,
    Path(sequence): Path<u32>,
) -> Result<StatusCode, Problem> {
    let upload = upload(&state, &by, sequence).await?;
    let whole = upload.clone();
    let source = on_disk(move || whole.finish()).await?;
    let (actor, now, app) = (by.caller().actor(), state.now(), state.app.clone());
    tokio::spawn(async move {
        let taken = ingestion::take(&app, &source, &Options::default(), &actor, now, &|_| {}).await;
        let removed = match taken {
            Ok(_) => on_disk(move || upload.remove()).await,
            Err(error) => {
                // The files stay: the sender may finish once more.
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "a transfer was not taken");
                Ok(())
            }
        };
        if removed.is_err() {
            tracing::warn!("files of a transfer that was taken could not be removed");
        }
    });
    Ok(StatusCode::ACCEPTED)
}

/// A transfer that was begun to be taken.
#[derive(Serialize, ToSchema)]
pub struct TransferView {
    /// Its number.
    sequence: i64,
    /// `full` or `diff`.
    #[schema(schema_with = schema::word::<TransferScope>)]
    scope: TransferScope,
    /// Where it stands.
    #[schema(schema_with = schema::word::<TransferState>)]
    state: TransferState,
    /// When taking began.
    #[schema(schema_with = schema::moment)]
    started_at: Moment,
    /// When readers saw it.
    #[schema(schema_with = schema::moment)]
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
        (status = 200, body = Page<TransferView>),
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

/// What came of a transfer.
#[derive(Serialize, ToSchema)]
pub struct ReportAnswer {
    /// The transfer.
    #[serde(flatten)]
    transfer: TransferView,
    /// Its files with their counts.
    files: Vec<FileView>,
    /// Findings by rule, the most frequent first.
    findings: Vec<CountView>,
}

/// One file of a transfer.
#[derive(Serialize, ToSchema)]
pub struct FileView {
    /// Its name.
    name: String,
    /// Kind of record.
    kind: String,
    /// Lines passed, the header included.
    lines_done: i64,
    /// Lines that changed something.
    taken: i64,
    /// Lines that said what was known.
    unchanged: i64,
    /// Lines refused.
    refused: i64,
    /// Taken to its end.
    complete: bool,
}

/// How often a rule was broken.
#[derive(Serialize, ToSchema)]
pub struct CountView {
    /// The rule.
    #[schema(value_type = String)]
    rule: tasuki_formats::municipal::Rule,
    /// How often.
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
        (status = 200, body = ReportAnswer),
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

/// Something wrong with a line.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    /// The file.
    file: String,
    /// Line, column, rule, class of the value (never the value), and what to do.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    finding: Finding,
}

/// 指摘, in the order of files and lines.
#[utoipa::path(
    get, path = "/transfers/{sequence}/findings", tag = "municipality",
    params(("sequence" = i64, Path, description = "送信の番号"), PageQuery),
    responses((status = 200, body = Page<FindingView>))
)]
pub async fn findings(
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
