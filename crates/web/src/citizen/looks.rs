//! `/my/looks`: who looked (だれが見たか), and 「これはおかしいと思う」.

use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tasuki_app::{AppError, citizen, objection};
use tasuki_store::event::Numbered;
use tasuki_store::objection::Objection;

use super::entry::{Mine, Posted, Refusal};
use super::frame;
use crate::flash::{self, Done};
use crate::page::citizen::{Asked, LooksPage, StrangePage};
use crate::page::{Crumb, Form, Pager, Rendered, Shell, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::view;

/// The form about one event.
const STRANGE: &str = "/my/looks/{number}/strange";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::CITIZEN_LOOKS, Guard::Mine, || get(list)),
    Route::get(STRANGE, Guard::Mine, || get(form)),
    Route::post(STRANGE, Guard::Mine, || post(report)),
];

/// From which event number on, towards older ones.
#[derive(Debug, Default, Deserialize)]
struct Ask {
    before: Option<i64>,
}

async fn list(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<impl IntoResponse, Refusal> {
    let person = &mine.citizen.person;
    let read =
        citizen::log_of_others(&state.app, &mine.visitor(), person, ask.before, state.now()).await;
    let page = match read {
        Ok(page) => page,
        Err(AppError::NotFound) if mine.signed.is_own() => {
            return Err(Refusal::Page(frame::not_yet(&state, &mine).await?));
        }
        Err(error) => return Err(error.into()),
    };
    let names = citizen::organisation_names(&state.app, &page.events).await?;
    let looks = page.events.iter().map(|it| view::looks::look(it, &names)).collect();
    let next = page.next_before.map(|before| format!("{}?before={before}", paths::CITIZEN_LOOKS));
    let previous = ask.before.map(|_| paths::CITIZEN_LOOKS.to_owned());
    let pager = Pager { range: String::new(), previous, next };
    let shell = frame::shell(&state, &mine.signed, &headers, "だれが見たか");
    let asked = asked(&state, &mine, ask.before.is_none()).await?;
    Ok(Rendered::new(LooksPage { shell, asked, looks, pager }))
}

/// What the person asked before, newest first, with the answers.
async fn asked(state: &State, mine: &Mine, first_page: bool) -> Result<Vec<Asked>, Refusal> {
    if !first_page {
        return Ok(vec![]);
    }
    let (visitor, person) = (mine.visitor(), &mine.citizen.person);
    let found = objection::of_person(&state.app, &visitor, person, state.now()).await?;
    let asked = |objection: Objection| Asked {
        at: objection.made_at,
        text: objection.note.expose().to_owned(),
        answer: objection
            .answered_at
            .zip(objection.answer)
            .map(|(at, text)| (at, text.expose().to_owned())),
    };
    Ok(found.into_iter().map(asked).collect())
}

/// The event of a number, as far as the person may read it.
async fn event(state: &State, mine: &Mine, number: i64) -> Result<Numbered, Refusal> {
    let absent = || Refusal::Problem(Problem::new(Code::NotFound));
    let before = number.checked_add(1).ok_or_else(absent)?;
    let person = &mine.citizen.person;
    let visitor = mine.visitor();
    let found = citizen::log(&state.app, &visitor, person, Some(before), state.now()).await?;
    let found = found.into_iter().next().filter(|found| found.seq == number);
    found.ok_or_else(absent)
}

async fn form(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
    Path(number): Path<i64>,
) -> Result<Response, Refusal> {
    strange(&state, &mine, &headers, number, Form::new(), StatusCode::OK).await
}

async fn strange(
    state: &State,
    mine: &Mine,
    headers: &HeaderMap,
    number: i64,
    form: Form,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let event = event(state, mine, number).await?;
    let names = citizen::organisation_names(&state.app, std::slice::from_ref(&event)).await?;
    let look = view::looks::look(&event, &names);
    let shell = frame::shell(state, &mine.signed, headers, "これはおかしいと思う");
    let shell = with_way_back(shell);
    let action = format!("{}/{number}/strange", paths::CITIZEN_LOOKS);
    Ok(Rendered::with_status(status, StrangePage { shell, look, form, action }).into_response())
}

fn with_way_back(mut shell: Shell) -> Shell {
    let looks =
        Crumb { label: "だれが見たか".to_owned(), href: paths::CITIZEN_LOOKS.to_owned() };
    shell.crumbs.push(looks);
    shell
}

async fn report(
    Extract(state): Extract<State>,
    Path(number): Path<i64>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<Mine>,
) -> Result<Response, Refusal> {
    let text = fields.get("text");
    match citizen::object(&state.app, &by.citizen, number, text, state.now()).await {
        Ok(()) => Ok(flash::done(paths::CITIZEN_LOOKS, Done::Objected)),
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(FieldError::from).collect();
            let form = fields.form(&["text"]).with_errors(errors);
            strange(&state, &by, &headers, number, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}
