//! `/operator/accounts`, `/operator/devices`: the operator's desk for any organisation's accounts
//! and certificates; first the organisation is chosen.

use axum::extract::{Query, State as Extract};
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;

use super::OPERATOR;
use super::place::{self, Place};
use crate::desk::{certificates, member, members};
use crate::page::paths;
use crate::problem::Problem;
use crate::server::State;
use crate::server::route::Route;
use crate::session::OperatorStaff;
use crate::staff::frame::Title;

type By = OperatorStaff;

/// Every route of the operator's desk.
pub const ROUTES: &[Route] = &[
    Route::get(paths::ACCOUNTS, OPERATOR, || get(accounts)),
    Route::get("/operator/accounts/new", OPERATOR, || get(members::new::<By>)),
    Route::post("/operator/accounts/new", OPERATOR, || post(members::create::<By>)),
    Route::get("/operator/accounts/{id}", OPERATOR, || get(member::show::<By>)),
    Route::post("/operator/accounts/{id}", OPERATOR, || post(member::save::<By>)),
    Route::post("/operator/accounts/{id}/{act}", OPERATOR, || post(members::act::<By>)),
    Route::get(paths::DEVICES, OPERATOR, || get(devices)),
    Route::get("/operator/devices/new", OPERATOR, || get(certificates::new::<By>)),
    Route::post("/operator/devices/new", OPERATOR, || post(certificates::issue::<By>)),
    Route::post("/operator/devices/{id}/renew", OPERATOR, || post(certificates::renew::<By>)),
    Route::get("/operator/devices/{id}/revoke", OPERATOR, || get(certificates::show_revoke::<By>)),
    Route::post("/operator/devices/{id}/revoke", OPERATOR, || post(certificates::revoke::<By>)),
];

async fn accounts(
    state: Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Query(place): Query<Place>,
) -> Result<Response, Problem> {
    let title = Title {
        title: "アカウント",
        nav: paths::ACCOUNTS,
        help: &["事業所・市町村・審査会・運営者のアカウントを作り、直し、止めます。"],
        ..Title::default()
    };
    match place.ask() {
        Some(ask) => members::list(state, staff, headers, Query(ask)).await,
        None => place::choose(&state, &staff.0, &headers, title, &place).await,
    }
}

async fn devices(
    state: Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Query(place): Query<Place>,
) -> Result<Response, Problem> {
    let title = Title {
        title: "電子証明書",
        nav: paths::DEVICES,
        help: &["端末の電子証明書を発行し、更新し、失効させます。失効は次の操作から効きます。"],
        ..Title::default()
    };
    match place.ask() {
        Some(ask) => certificates::list(state, staff, headers, Query(ask)).await,
        None => place::choose(&state, &staff.0, &headers, title, &place).await,
    }
}
