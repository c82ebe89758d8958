//! `/my`: how things stand, and the doors.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::citizen_session;
use tasuki_core::event::Action;
use tasuki_core::insurer::InsurerNumber;

use super::entry::{Holder, Mine, Posted, Refusal};
use super::frame;
use crate::flash::{self, Done};
use crate::page::citizen::CitizenHomePage;
use crate::page::{Account, Rendered, Shell, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::view;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/", Guard::Anybody, || get(async || Redirect::to(paths::CITIZEN))),
    Route::get(paths::CITIZEN, Guard::Mine, || get(home)),
    Route::post(paths::CITIZEN_INSURER, Guard::Holder, || post(choose_insurer)),
];

async fn home(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let name = look.basics.person.name.kanji.expose().to_owned();
    let shell = frame::shell(&state, &mine.signed, &headers, &format!("{name} さんの介護情報"));
    let job = shell.account.as_ref().map(|account| account.job.clone()).unwrap_or_default();
    let account = Some(Account { name, job });
    let shell = Shell { account, crumbs: Vec::new(), ..shell };
    let own = mine.signed.is_own();
    let insurers = frame::insurers(&state, &mine.signed).await?;
    let page = view::citizen::home(&state.app, shell, &look, own, state.now());
    Ok(Rendered::new(CitizenHomePage { insurers, ..page }))
}

/// Opens what another of the person's insurers has.
async fn choose_insurer(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<Holder>,
) -> Result<Response, Refusal> {
    let number = InsurerNumber::parse(fields.get("insurer"));
    let number = number.map_err(|_| Problem::new(Code::NotFound))?;
    citizen_session::view_insurer(&state.app, &by.0, &number).await?;
    Ok(flash::done(paths::CITIZEN, Done::Opened))
}
