//! Citizens' pages (ご本人の画面): large type, one question a page, small handlers.
//!
//! They stand on a listener of their own without client certificates. Who is behind a request is
//! told by `entry`; what papers say is turned into words in [`crate::view`].

mod consents;
mod entry;
mod family;
mod frame;
mod help;
mod home;
mod looks;
mod offices;
mod papers;
mod sign_in;

use crate::server::route::Route;

pub use entry::{ATTEMPT_COOKIE, COOKIE};

/// Every route of the citizens' pages.
pub const ROUTES: &[&[Route]] = &[
    home::ROUTES,
    sign_in::ROUTES,
    papers::ROUTES,
    looks::ROUTES,
    consents::ROUTES,
    offices::ROUTES,
    family::ROUTES,
    help::ROUTES,
];
