//! The first page (最初の画面): sends each kind of staff to where their work begins.

use axum::extract::State as Extract;
use axum::response::Redirect;
use axum::routing::get;
use tasuki_core::account::{AccountLevel, Organisation};

use crate::page::paths;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::Staff;

pub(super) const ROUTES: &[Route] = &[Route::get("/", Guard::Staff, || get(home))];

async fn home(Extract(_): Extract<State>, staff: Staff) -> Redirect {
    let caller = staff.caller();
    let wished = match (&caller.organisation, caller.level) {
        // An office's first account sees no person: it registers the staff.
        (Organisation::Provider(_), AccountLevel::Office) => paths::OFFICE,
        (Organisation::Provider(_), _) => paths::PERSONS,
        (Organisation::Insurer(_), _) => paths::MUNICIPALITY,
        (Organisation::ReviewBoard(_), _) => paths::BOARD,
        (Organisation::Operator, _) => paths::OVERVIEW,
    };
    let there = [wished, paths::OFFICE].into_iter().find(|path| super::has_page(path));
    Redirect::to(there.unwrap_or(paths::HELP))
}
