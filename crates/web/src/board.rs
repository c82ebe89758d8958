//! The review board's first page (審査会委員の画面): which board, and why no papers are here.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use axum::routing::get;
use http::HeaderMap;
use tasuki_core::account::Organisation;

use crate::page::operator::BoardPage;
use crate::page::{Rendered, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::Staff;
use crate::staff::frame::{self, Title};

/// Routes of the board's members.
pub(crate) const ROUTES: &[Route] = &[Route::get(paths::BOARD, Guard::Staff, || get(show))];

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let Organisation::ReviewBoard(_) = &staff.caller().organisation else {
        return Err(Problem::new(Code::Denied));
    };
    let title = Title { title: "介護認定審査会", nav: paths::BOARD, ..Title::default() };
    let shell = frame::shell(&state, &staff, &headers, title).await?;
    let mut boards = vec![staff.caller().organisation_name.clone()];
    boards.extend(shell.office.iter().flat_map(|office| &office.others).map(|it| it.label.clone()));
    Ok(Rendered::new(BoardPage { shell, boards }))
}
