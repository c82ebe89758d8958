//! `/municipality/upload`: the files of a transfer, chosen on a page that needs no scripts.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tasuki_app::ingestion::{self, Source};
use tasuki_core::account::Organisation;
use tasuki_formats::municipal::FileName;

use crate::flash::{self, Done};
use crate::page::municipality::UploadPage;
use crate::page::{Form, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::{MunicipalStaff, Refusal, Staff, Uploaded};
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
            "送ったあとは、画面を閉じても取り込みが続きます。",
        ],
    };
    let number = staff.caller().organisation.number();
    let example = format!("TASUKI_{number}_insured_person_diff_000123.csv");
    Ok(UploadPage { shell: frame::shell(state, staff, headers, title).await?, form, example })
}

pub(super) async fn send(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    uploaded: Uploaded<MunicipalStaff>,
) -> Result<Response, Refusal> {
    let staff = &uploaded.by.0;
    let own = match &staff.caller().organisation {
        Organisation::Insurer(number) => number.clone(),
        _ => return Err(Refusal::Problem(Problem::new(crate::problem::Code::Denied))),
    };
    let mut paths_of_files = Vec::new();
    let mut wrong = uploaded.files.is_empty().then_some("file");
    for file in &uploaded.files {
        match FileName::parse(&file.name) {
            Ok(name) if name.insurer == own => {
                // Only a name that the protocol prints becomes a path.
                let path = uploaded.folder.path().join(name.to_string());
                let moved = tokio::fs::rename(&file.path, &path).await;
                moved.map_err(|error| tasuki_app::AppError::Unavailable(error.into()))?;
                paths_of_files.push(path);
            }
            Ok(_) => wrong = Some("municipal-file-other"),
            Err(_) => wrong = Some("municipal-file-name"),
        }
    }
    if let Some(rule) = wrong {
        let form = Form::new().with_errors(vec![FieldError::new("file", rule)]);
        let page = page(&state, staff, &headers, form).await.map_err(Refusal::Problem)?;
        return Ok(Rendered::with_status(StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (actor, now, app) = (staff.caller().actor(), state.now(), state.app.clone());
    let (folder, source) = (uploaded.folder, Source::Files(paths_of_files));
    // The taking goes on when the page is closed; its result waits in the list of transfers.
    tokio::spawn(async move {
        let taken = ingestion::take_aside(app, source, actor, now).await;
        if let Err(error) = taken {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "a transfer was not taken");
        }
        drop(folder);
    });
    Ok(flash::done(paths::INGESTION, Done::FilesReceived))
}
