//! A transfer on its way in (送信): announced, sent in parts, finished.
//!
//! What has arrived stays when a line breaks; the sender asks how far each file has come and goes
//! on there. `docs/protocols/1-municipal-files.md` describes the files themselves.

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::response::Response;
use futures_util::StreamExt;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::ingestion::spool::{Arrived, Upload};
use tasuki_app::ingestion::{self, InTurn};
use tasuki_core::account::Organisation;
use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::municipal::Manifest;
use utoipa::{IntoParams, ToSchema};

use crate::api::Software;
use crate::api::body::{self, Strict, StrictQuery, json};
use crate::arrival::{on_disk, rule, spool, take_behind};
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

async fn upload(state: &State, by: &Software, sequence: u32) -> Result<Upload, Problem> {
    let (insurer, spool) = (insurer(by)?, spool(state)?);
    Ok(on_disk(move || spool.get(&insurer, sequence)).await?)
}

/// どこまで届いたか.
#[derive(Serialize, ToSchema)]
pub struct ArrivedAnswer {
    /// 送信の番号.
    sequence: u32,
    /// 知らせのあったファイル.
    files: Vec<ArrivedView>,
}

/// 1つのファイルがどこまで届いたか.
#[derive(Serialize, ToSchema)]
pub struct ArrivedView {
    /// ファイルの名前.
    name: String,
    /// 届いたバイト数: the offset of the next part.
    bytes: u64,
    /// 知らせのあったバイト数.
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
    request_body(content = Manifest, description = "manifest.json"),
    responses(
        (status = 201, description = "始めました", body = ArrivedAnswer),
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
        (status = 200, description = "届いたところ", body = ArrivedAnswer),
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
    /// この部分より前のバイト数. なければ0.
    offset: Option<u64>,
}

/// 続きの位置.
#[derive(Serialize, ToSchema)]
pub struct PartAnswer {
    /// 届いたバイト数: the next offset.
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
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "届きました", body = PartAnswer),
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
        (status = 422, description = "番号が続いていません"),
    )
)]
pub async fn finish(
    by: Software,
    Extract(state): Extract<State>,
    Path(sequence): Path<u32>,
) -> Result<StatusCode, Problem> {
    let upload = upload(&state, &by, sequence).await?;
    let whole = upload.clone();
    on_disk(move || whole.finish()).await?;
    if let InTurn::Out(why) = ingestion::turn(&state.app, upload.manifest()).await? {
        return Err(body::invalid("sequence", rule(why)));
    }
    take_behind(&state, upload, by.caller().actor());
    Ok(StatusCode::ACCEPTED)
}
