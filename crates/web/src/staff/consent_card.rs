//! `/persons/{handle}/consent/card`: the page that waits for the card of the person who consents.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::AppError;
use tasuki_app::consent::by_card;
use tasuki_core::word::Word;
use tasuki_gateway::card::CardCheck;

use super::consent::HELP;
use super::find_card::reader;
use super::person::open;
use super::sign_in::field_errors;
use crate::flash::{self, Done};
use crate::page::card::{Reader, Reading};
use crate::page::consent::ConsentCardPage;
use crate::page::find::CardState;
use crate::page::{Form, Rendered, Shell};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/persons/{handle}/consent/card", Guard::Person, || get(show)),
    Route::get("/persons/{handle}/consent/card/state", Guard::Person, || get(part)),
    Route::post("/persons/{handle}/consent/card/begin", Guard::Person, || post(begin)),
    Route::post("/persons/{handle}/consent/card", Guard::Person, || post(confirm)),
];

async fn reading(state: &State, staff: &Staff, handle: &str) -> Result<Reading, Problem> {
    let person = staff.person(state, handle)?;
    let reading = by_card::reading(&state.app, staff.caller(), &person, state.now()).await?;
    let form = format!("{}/consent", staff.address(state, &person));
    Ok(Reading::for_consent(reader(reading), form))
}

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    page(&state, &staff, &headers, &handle, Vec::new()).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    handle: &str,
    errors: Vec<FieldError>,
) -> Result<Response, Problem> {
    let opened = open(state, staff, handle).await?;
    let reading = reading(state, staff, handle).await?;
    if matches!(reading.reader, Reader::Choose { ran_out: false }) {
        // Nothing waits for a card, or it went into the ledger: it begins with the form.
        return Ok(Redirect::to(&reading.back).into_response());
    }
    // A form that came back with an error waits for somebody to read it.
    let reading = Reading { at_once: errors.is_empty(), ..reading };
    let form = Form::new().with_errors(errors);
    let page = ConsentCardPage {
        shell: opened.shell(state, staff, headers, "カードで同意をもらう", HELP).await?,
        name: opened.name(),
        reading,
        form,
    };
    Ok(Rendered::with_status(page.form.status(), page).into_response())
}

/// Asked again and again: about the reading alone, so no look at the person and no event.
async fn part(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(handle): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let reading = reading(&state, &staff, &handle).await?;
    let shell = Shell { csrf: staff.0.csrf.clone(), ..Shell::new("", state.now()) };
    Ok(Rendered::new(CardState { shell, reading }))
}

async fn begin(
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let person = by.person(&state, &handle).map_err(Refusal::Problem)?;
    let base = by.address(&state, &person);
    let Some(way) = CardCheck::from_word(fields.get("check")) else {
        let errors = vec![FieldError::new("check", "choose")];
        return page(&state, &by, &headers, &handle, errors).await.map_err(Refusal::Problem);
    };
    match by_card::again(&state.app, by.caller(), &person, way, state.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("{base}/consent/card")).into_response()),
        Err(AppError::Invalid(errors)) => {
            let page = page(&state, &by, &headers, &handle, field_errors(errors)).await;
            page.map_err(Refusal::Problem)
        }
        Err(error) => Err(error.into()),
    }
}

async fn confirm(
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let person = by.person(&state, &handle).map_err(Refusal::Problem)?;
    let base = by.address(&state, &person);
    let compared = fields.is_ticked("photo");
    match by_card::confirm(&state.app, by.caller(), &person, compared, state.now()).await {
        Ok(_) => Ok(flash::done(&base, Done::ConsentTaken)),
        Err(AppError::Invalid(errors)) => {
            let page = page(&state, &by, &headers, &handle, field_errors(errors)).await;
            page.map_err(Refusal::Problem)
        }
        Err(error) => Err(error.into()),
    }
}
