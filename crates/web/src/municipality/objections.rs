//! `/municipality/objections`: what persons reported, and the answers to it.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tasuki_app::{AppError, objection};

use crate::flash::{self, Done};
use crate::page::municipality::{ObjectionLine, ObjectionsPage, log_of};
use crate::page::{Form, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::{MunicipalStaff, Posted, Refusal, Staff};
use crate::staff::frame::{self, Title};

pub(super) async fn list(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    Ok(Rendered::new(page(&state, &staff.0, &headers, Form::new(), "").await?))
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    wrong: &str,
) -> Result<ObjectionsPage, Problem> {
    let title = Title {
        title: "ご本人からの問い合わせ",
        nav: paths::OBJECTIONS,
        help: &[
            "ご本人が「おかしい」と思った閲覧を確かめ、答えます。",
            "答えはご本人の画面に出ます。",
        ],
        ..Title::default()
    };
    let shell = frame::shell(state, staff, headers, title).await?;
    let found = objection::list(&state.app, staff.caller(), state.now()).await?;
    let line = |objection: objection::Objection| {
        let href = staff.address(state, &objection.person);
        let before = objection.event_seq.saturating_add(1);
        let answer = objection.answer.as_ref().map(|answer| answer.expose().to_owned());
        ObjectionLine {
            log: format!("{}?before={before}", log_of(&href)),
            href,
            made_at: objection.made_at,
            note: objection.note.expose().to_owned(),
            answer: objection.answered_at.zip(answer),
            id: objection.id,
        }
    };
    let lines = found.into_iter().map(line).collect();
    Ok(ObjectionsPage { shell, lines, form, wrong: wrong.to_owned() })
}

pub(super) async fn answer(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<MunicipalStaff>,
) -> Result<Response, Refusal> {
    let staff = &by.0;
    let (id, text) = (fields.get("id"), fields.get("answer"));
    match objection::answer(&state.app, staff.caller(), id, text, state.now()).await {
        Ok(()) => Ok(flash::done(paths::OBJECTIONS, Done::Answered)),
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(|error| {
                // The link of the summary leads to the field of this objection.
                FieldError::new(format!("answer-{id}"), error.rule)
            });
            let form = fields.form(&["answer"]).with_errors(errors.collect());
            let page = page(&state, staff, &headers, form, id).await.map_err(Refusal::Problem)?;
            Ok(Rendered::with_status(StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
