//! The list of routes (画面の一覧): each route is named once, with who may come in.
//!
//! Routers are built from such lists and tests walk through them, so a route that nobody has
//! thought about cannot exist.

use axum::Router;
use axum::routing::MethodRouter;

use super::State;

/// GET or POST: pages need no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Shows.
    Get,
    /// Changes, or looks with what must not stand in an address.
    Post,
}

/// Who may come in. Checked by the handler's own extractor; the tests hold the two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody with a certificate: the sign-in.
    Certificate,
    /// A sign-in that is under way.
    Pending,
    /// Anybody signed in.
    Staff,
    /// Signed in, and about one person: everything that is not theirs is not found.
    Person,
    /// Who manages accounts and devices of an organisation.
    Administrator,
    /// The insurer's staff.
    Municipality,
    /// The operator's staff.
    Operator,
    /// Anybody at all, on the citizens' listener.
    Anybody,
    /// Anybody who signed in with their card, on the citizens' listener.
    Holder,
    /// The same with somebody's information open: their own, or as a delegate.
    Mine,
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Method.
    pub verb: Verb,
    /// Template of the address.
    pub path: &'static str,
    /// Who may come in.
    pub guard: Guard,
    /// What answers.
    pub handler: fn() -> MethodRouter<State>,
}

impl Route {
    /// A route that shows.
    pub const fn get(
        path: &'static str,
        guard: Guard,
        handler: fn() -> MethodRouter<State>,
    ) -> Self {
        Self { verb: Verb::Get, path, guard, handler }
    }

    /// A route that changes.
    pub const fn post(
        path: &'static str,
        guard: Guard,
        handler: fn() -> MethodRouter<State>,
    ) -> Self {
        Self { verb: Verb::Post, path, guard, handler }
    }
}

/// The router of lists of routes.
pub fn of(lists: &[&[Route]]) -> Router<State> {
    let all = lists.iter().copied().flatten();
    all.fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
}
