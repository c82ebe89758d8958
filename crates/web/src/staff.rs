//! Staff pages (職員の画面): small handlers, one file for each area.
//!
//! A handler unwraps the request, calls one use case and fills one page. What a person's paper
//! says is turned into words in [`crate::view`].

mod consent;
mod consent_card;
mod devices;
mod emergency;
mod emergency_review;
mod find;
mod find_card;
pub(crate) mod frame;
mod help;
mod home;
mod me;
mod members;
mod notices;
mod office;
mod person;
mod person_more;
mod persons;
mod sign_in;
mod sign_in_first;

use crate::server::route::Route;

/// Every route of the staff pages.
pub const ROUTES: &[&[Route]] = &[
    home::ROUTES,
    sign_in::ROUTES,
    sign_in_first::ROUTES,
    me::ROUTES,
    persons::ROUTES,
    person::ROUTES,
    person_more::ROUTES,
    find::ROUTES,
    find_card::ROUTES,
    consent::ROUTES,
    consent_card::ROUTES,
    emergency::ROUTES,
    emergency_review::ROUTES,
    notices::ROUTES,
    office::ROUTES,
    members::ROUTES,
    devices::ROUTES,
    help::ROUTES,
    crate::municipality::ROUTES,
    crate::operator::ROUTES,
    crate::operator::DESK_ROUTES,
    crate::board::ROUTES,
];

/// The address has a page that can be opened.
pub fn has_page(path: &str) -> bool {
    use crate::server::route::Verb;
    let mut routes = ROUTES.iter().copied().flatten();
    routes.any(|route| route.verb == Verb::Get && route.path == path)
}
