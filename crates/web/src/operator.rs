//! The operator's pages (運営者の画面): who is there, certificates, settings, tables, regions.

mod accounts;
mod disasters;
mod insurers;
mod notices;
mod offices;
mod overview;
mod place;
mod register;
mod settings;
mod tables;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::page::paths;
use crate::server::route::{Guard, Route};

pub use accounts::ROUTES as DESK_ROUTES;

const OPERATOR: Guard = Guard::Operator;

/// Largest form with files of the public register, in bytes; the whole country has about 150 MB.
pub(crate) const REGISTER_BYTES: usize = 512 * 1024 * 1024;

/// Largest form with tables, in bytes.
const TABLES_BYTES: usize = 2 * 1024 * 1024;

/// Every route of the operator's pages; those of accounts and certificates are
/// [`DESK_ROUTES`].
pub const ROUTES: &[Route] = &[
    Route::get(paths::OVERVIEW, OPERATOR, || get(overview::show)),
    Route::get(paths::INSURERS, OPERATOR, || get(insurers::list)),
    Route::get("/operator/insurers/new", OPERATOR, || get(insurers::new)),
    Route::get("/operator/insurers/{number}", OPERATOR, || get(insurers::edit)),
    Route::post("/operator/insurers/save", OPERATOR, || post(insurers::save)),
    Route::get(paths::PROVIDERS, OPERATOR, || get(offices::list)),
    Route::get("/operator/offices/new", OPERATOR, || get(offices::new)),
    Route::get("/operator/offices/{number}", OPERATOR, || get(offices::edit)),
    Route::post("/operator/offices/save", OPERATOR, || post(offices::save)),
    Route::post("/operator/offices/active", OPERATOR, || post(offices::set_active)),
    Route::get("/operator/offices/import", OPERATOR, || get(register::form)),
    Route::post("/operator/offices/import", OPERATOR, || {
        post(register::take).layer(DefaultBodyLimit::max(REGISTER_BYTES))
    }),
    Route::get(paths::SETTINGS, OPERATOR, || get(settings::form)),
    Route::post(paths::SETTINGS, OPERATOR, || post(settings::save)),
    Route::get("/operator/tables", OPERATOR, || get(tables::show)),
    Route::get("/operator/tables/sharing.toml", OPERATOR, || get(tables::sharing_file)),
    Route::get("/operator/tables/function_jobs.toml", OPERATOR, || get(tables::jobs_file)),
    Route::post("/operator/tables/preview", OPERATOR, || {
        post(tables::preview).layer(DefaultBodyLimit::max(TABLES_BYTES))
    }),
    Route::post("/operator/tables/activate", OPERATOR, || {
        post(tables::activate).layer(DefaultBodyLimit::max(TABLES_BYTES))
    }),
    Route::get(paths::DISASTERS, OPERATOR, || get(disasters::list)),
    Route::get("/operator/disasters/new", OPERATOR, || get(disasters::new)),
    Route::post("/operator/disasters/confirm", OPERATOR, || post(disasters::confirm)),
    Route::post("/operator/disasters/open", OPERATOR, || post(disasters::open)),
    Route::post("/operator/disasters/close", OPERATOR, || post(disasters::close)),
    Route::get(paths::ANNOUNCE, OPERATOR, || get(notices::form)),
    Route::post(paths::ANNOUNCE, OPERATOR, || post(notices::send)),
];
