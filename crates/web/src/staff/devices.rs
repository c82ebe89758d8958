//! `/office/devices`: client certificates of an organisation's own devices (端末の電子証明書).

use axum::routing::{get, post};

use crate::desk::certificates as pages;
use crate::page::paths;
use crate::server::route::{Guard, Route};
use crate::session::OfficeAdministrator;

const ADMINISTRATOR: Guard = Guard::Administrator;

type By = OfficeAdministrator;

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::OFFICE_DEVICES, ADMINISTRATOR, || get(pages::list::<By>)),
    Route::get("/office/devices/new", ADMINISTRATOR, || get(pages::new::<By>)),
    Route::post("/office/devices/new", ADMINISTRATOR, || post(pages::issue::<By>)),
    Route::post("/office/devices/{id}/renew", ADMINISTRATOR, || post(pages::renew::<By>)),
    Route::get("/office/devices/{id}/revoke", ADMINISTRATOR, || get(pages::show_revoke::<By>)),
    Route::post("/office/devices/{id}/revoke", ADMINISTRATOR, || post(pages::revoke::<By>)),
];
