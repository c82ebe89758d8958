//! `/my`: how things stand, and the doors.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use http::HeaderMap;
use tasuki_core::event::Action;

use super::entry::{Mine, Refusal};
use super::frame;
use crate::page::{Account, Rendered, Shell, paths};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::view;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/", Guard::Anybody, || get(async || Redirect::to(paths::CITIZEN))),
    Route::get(paths::CITIZEN, Guard::Mine, || get(home)),
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
    Ok(Rendered::new(view::citizen::home(&state.app, shell, &look, own, state.now())))
}
