//! `/my/help`: how to use the pages, for everybody.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::page::citizen::CitizenHelpPage;
use crate::page::{Rendered, Shell, paths};
use crate::server::State;
use crate::server::route::{Guard, Route};

pub(super) const ROUTES: &[Route] =
    &[Route::get(paths::CITIZEN_HELP, Guard::Anybody, || get(help))];

async fn help(Extract(state): Extract<State>) -> impl IntoResponse {
    Rendered::new(CitizenHelpPage { shell: Shell::new("使い方", state.now()) })
}
