//! The municipality's pages (保険者の画面): what it sent, what waits, who consented, who looked.

mod blocks;
mod log;
mod looks;
mod objections;
mod overview;
mod persons;
mod queue;
pub(crate) mod report_file;
mod transfers;
mod upload;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::page::paths;
use crate::server::route::{Guard, Route};

const TOWN: Guard = Guard::Municipality;

/// Every route of the municipality's pages.
pub const ROUTES: &[Route] = &[
    Route::get(paths::MUNICIPALITY, TOWN, || get(overview::show)),
    Route::get(paths::PROGRESS, TOWN, || get(queue::show)),
    Route::get(paths::INSURED, TOWN, || get(persons::form)),
    Route::post(paths::INSURED, TOWN, || post(persons::search)),
    Route::get("/municipality/persons/{handle}/log", TOWN, || get(log::show)),
    Route::get("/municipality/persons/{handle}/consents", TOWN, || get(log::consents)),
    Route::get("/municipality/persons/{handle}/blocks", TOWN, || get(blocks::show)),
    Route::post("/municipality/persons/{handle}/blocks", TOWN, || post(blocks::block)),
    Route::get("/municipality/persons/{handle}/blocks/{id}/lift", TOWN, || get(blocks::show_lift)),
    Route::post("/municipality/persons/{handle}/blocks/{id}/lift", TOWN, || post(blocks::lift)),
    Route::get(paths::OBJECTIONS, TOWN, || get(objections::list)),
    Route::post(paths::OBJECTIONS, TOWN, || post(objections::answer)),
    Route::get(paths::INGESTION, TOWN, || get(transfers::list)),
    Route::get("/municipality/transfers/{sequence}", TOWN, || get(transfers::show)),
    Route::get("/municipality/transfers/{sequence}/report.csv", TOWN, || get(report_file::csv)),
    Route::get("/municipality/transfers/{sequence}/report.json", TOWN, || get(report_file::json)),
    Route::get(paths::UPLOAD, TOWN, || get(upload::form)),
    Route::post(paths::UPLOAD, TOWN, || {
        post(upload::send).layer(DefaultBodyLimit::max(upload::MOST_BYTES))
    }),
    Route::get(paths::LOOKS, TOWN, || get(looks::show)),
];
