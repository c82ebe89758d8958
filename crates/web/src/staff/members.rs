//! `/office/staff`: the staff of an organisation, at its administrator's own desk (職員).

use axum::routing::{get, post};

use crate::desk::{member, members};
use crate::page::paths;
use crate::server::route::{Guard, Route};
use crate::session::OfficeAdministrator;

const ADMINISTRATOR: Guard = Guard::Administrator;

type By = OfficeAdministrator;

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::OFFICE_STAFF, ADMINISTRATOR, || get(members::list::<By>)),
    Route::get("/office/staff/new", ADMINISTRATOR, || get(members::new::<By>)),
    Route::post("/office/staff/new", ADMINISTRATOR, || post(members::create::<By>)),
    Route::get("/office/staff/{id}", ADMINISTRATOR, || get(member::show::<By>)),
    Route::post("/office/staff/{id}", ADMINISTRATOR, || post(member::save::<By>)),
    Route::post("/office/staff/{id}/{act}", ADMINISTRATOR, || post(members::act::<By>)),
];
