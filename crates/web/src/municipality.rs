//! The municipality's pages (保険者の画面): what it sent, what waits, who consented, who looked.

mod log;
mod looks;
mod objections;
mod overview;
mod persons;
mod queue;

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
    Route::get(paths::OBJECTIONS, TOWN, || get(objections::list)),
    Route::post(paths::OBJECTIONS, TOWN, || post(objections::answer)),
    Route::get(paths::LOOKS, TOWN, || get(looks::show)),
];
