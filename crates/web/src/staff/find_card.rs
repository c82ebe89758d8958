//! `/persons/find/card`: the page that waits for a card, confirms its holder and registers.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use tasuki_app::AppError;
use tasuki_app::card;
use tasuki_core::word::Word;
use tasuki_gateway::card::CardCheck;

use super::find::{enter, find_shell};
use crate::page::card::{Reader, Reading};
use crate::page::find::{CardState, FindCardPage};
use crate::page::{Form, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};

const TITLE: &str = "マイナンバーカードでさがす";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::FIND_CARD, Guard::Staff, || get(show)),
    Route::get(paths::FIND_CARD_STATE, Guard::Staff, || get(part)),
    Route::post(paths::FIND_CARD_BEGIN, Guard::Staff, || post(begin)),
    Route::post(paths::FIND_CARD, Guard::Staff, || post(confirm)),
];

/// What a page shows of a reading.
pub(super) fn reader(reading: card::Reading) -> Reader {
    let with_pin = |check| check == CardCheck::WithPin;
    match reading {
        card::Reading::None { ran_out } => Reader::Choose { ran_out },
        card::Reading::Waiting { reader_there: false, .. } => Reader::Absent,
        card::Reading::Waiting { check, .. } => Reader::Waiting { with_pin: with_pin(check) },
        card::Reading::Asking => Reader::Asking,
        card::Reading::Found(holder) => Reader::Read {
            kana: holder.kana,
            birth_date: holder.birth_date,
            with_pin: with_pin(holder.check),
        },
        card::Reading::Refused { why } => Reader::Refused { why },
    }
}

async fn reading(state: &State, staff: &Staff) -> Result<Reading, Problem> {
    let reading = card::reading(&state.app, staff.caller(), state.now()).await?;
    Ok(Reading::to_find(reader(reading)))
}

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &staff, &headers, Form::new(), StatusCode::OK).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let shell = find_shell(state, staff, headers, TITLE).await?;
    let reading = reading(state, staff).await?;
    Ok(Rendered::with_status(status, FindCardPage { shell, form, reading }).into_response())
}

async fn part(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let shell = find_shell(&state, &staff, &headers, TITLE).await?;
    let reading = reading(&state, &staff).await?;
    Ok(Rendered::new(CardState { shell, reading }))
}

async fn begin(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let Some(check) = CardCheck::from_word(fields.get("check")) else {
        let form = Form::new().with_errors(vec![FieldError::new("check", "choose")]);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&state, &by, &headers, form, status).await.map_err(Refusal::Problem);
    };
    card::begin(&state.app, by.caller(), check, state.now()).await?;
    Ok(Redirect::to(paths::FIND_CARD).into_response())
}

async fn confirm(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let compared = fields.is_ticked("photo");
    match card::confirm(&state.app, by.caller(), compared, state.now()).await {
        Ok(proof) => enter(&state, &by, &proof).await,
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(FieldError::from).collect();
            let form = Form::new().with_errors(errors);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&state, &by, &headers, form, status).await.map_err(Refusal::Problem)
        }
        // It ran out, or went on in another tab: the page says where it stands.
        Err(AppError::NotFound) => Ok(Redirect::to(paths::FIND_CARD).into_response()),
        Err(error) => Err(error.into()),
    }
}
