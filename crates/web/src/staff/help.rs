//! `/help`: what one can do here, and hard words in plain words.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use axum::routing::get;
use http::HeaderMap;

use super::frame::{self, Title};
use crate::page::help::HelpPage;
use crate::page::{Rendered, paths, term};
use crate::problem::Problem;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::Staff;

pub(super) const ROUTES: &[Route] = &[Route::get(paths::HELP, Guard::Staff, || get(show))];

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let title = Title { title: "ヘルプ", nav: paths::HELP, ..Title::default() };
    let shell = frame::shell(&state, &staff, &headers, title).await?;
    Ok(Rendered::new(HelpPage { shell, terms: term::ALL.to_vec() }))
}
