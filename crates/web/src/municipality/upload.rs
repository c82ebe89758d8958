//! `/municipality/upload`: the files of a transfer, chosen on a page that needs no scripts.

use std::path::PathBuf;

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tasuki_app::ingestion::{self, InTurn};
use tasuki_core::account::Organisation;
use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::municipal::FileName;

use crate::arrival::{self, on_disk};
use crate::flash::{self, Done};
use crate::page::municipality::UploadPage;
use crate::page::{Form, Rendered, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::session::{MunicipalStaff, Refusal, Staff, Stop, Tried, Uploaded};
use crate::staff::frame::{self, Title};

/// Largest form with files, in bytes; larger transfers come over the interface for software.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024 * 1024;

pub(super) async fn form(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    Ok(Rendered::new(page(&state, &staff.0, &headers, Form::new()).await?))
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<UploadPage, Problem> {
    let title = Title {
        title: "ファイルを送る",
        nav: paths::INGESTION,
        crumbs: &[("受け取った記録", paths::INGESTION)],
        help: &[
            "1回分のファイルをまとめて送ります。",
            "次に送る番号を確かめます。",
            "送ったあとは、画面を閉じても取り込みが続きます。",
        ],
    };
    let number = own(staff)?;
    let next = ingestion::next_sequence(&state.app, &number).await?;
    let example = format!("TASUKI_{number}_insured_person_diff_{next:06}.csv");
    let shell = frame::shell(state, staff, headers, title).await?;
    Ok(UploadPage { shell, form, next, example })
}

/// The insurer that the member of staff works for.
fn own(staff: &Staff) -> Result<InsurerNumber, Problem> {
    match &staff.caller().organisation {
        Organisation::Insurer(number) => Ok(number.clone()),
        _ => Err(Problem::new(Code::Denied)),
    }
}

pub(super) async fn send(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    uploaded: Uploaded<MunicipalStaff>,
) -> Result<Response, Refusal> {
    let staff = uploaded.by.0.clone();
    let errors = match try_send(&state, uploaded).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = Form::new().with_errors(errors);
    let page = page(&state, &staff, &headers, form).await.map_err(Refusal::Problem)?;
    Ok(Rendered::with_status(StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn try_send(state: &State, uploaded: Uploaded<MunicipalStaff>) -> Tried {
    let (number, actor) = (own(&uploaded.by.0)?, uploaded.by.0.caller().actor());
    let paths_of_files = named(&number, &uploaded).await?;
    let spool = arrival::spool(state)?;
    let upload = on_disk(move || spool.adopt(&number, &paths_of_files)).await?;
    match ingestion::turn(&state.app, upload.manifest()).await? {
        InTurn::Follows => {
            // The taking goes on when the page is closed.
            arrival::take_behind(state, upload, actor);
            Ok(flash::done(paths::INGESTION, Done::FilesReceived))
        }
        InTurn::Before => {
            on_disk(move || upload.remove()).await?;
            Ok(flash::done(paths::INGESTION, Done::FilesKnown))
        }
        InTurn::Out(why) => {
            on_disk(move || upload.remove()).await?;
            Err(Stop::at("file", arrival::rule(why)))
        }
    }
}

/// The files under the names that the protocol gives them.
async fn named(
    number: &InsurerNumber,
    uploaded: &Uploaded<MunicipalStaff>,
) -> Result<Vec<PathBuf>, Stop> {
    if uploaded.files.is_empty() {
        return Err(Stop::at("file", "file"));
    }
    let mut named = Vec::with_capacity(uploaded.files.len());
    for file in &uploaded.files {
        let name = FileName::parse(&file.name);
        let name = name.map_err(|_| Stop::at("file", "municipal-file-name"))?;
        if name.insurer != *number {
            return Err(Stop::at("file", "municipal-file-other"));
        }
        // Only a name that the protocol prints becomes a path.
        let path = uploaded.folder.path().join(name.to_string());
        let moved = tokio::fs::rename(&file.path, &path).await;
        moved.map_err(|error| tasuki_app::AppError::Unavailable(error.into()))?;
        named.push(path);
    }
    Ok(named)
}
