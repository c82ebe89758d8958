//! Pages (画面): the frame around every page, and how a template becomes an answer.
//!
//! Each page is one askama template with one plain struct here that holds what it shows; handlers
//! fill the struct. Everything works without scripts. All pages answer with the same headers: no
//! caching, no foreign content, no framing, no referrer to others.

pub mod api;
pub mod blocks;
pub mod card;
pub mod citizen;
pub mod confirm;
pub mod consent;
#[cfg(test)]
mod example;
pub mod filters;
pub mod find;
pub mod form;
pub mod guide;
pub mod help;
mod icon;
pub mod municipality;
pub mod once;
pub mod operator;
pub mod part;
pub mod paths;
pub mod person;
pub mod persons;
pub mod plain;
pub(crate) mod problem;
pub mod shell;
pub mod sign_in;
pub mod term;
pub mod why;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

pub use form::{Form, dated};
pub use part::{Badge, Choice, Link, Pager, Shown, Term, Tone};
pub use shell::{Account, Crumb, Ending, Flash, NavItem, Office, Shell};

/// What a page may load: only our own files, no inline script or style.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
    script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Headers of every page.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::CACHE_CONTROL, "no-store"),
    // With `no-referrer` browsers send forms with `Origin: null`, which we refuse.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// A page as an answer: the template's HTML with the headers of every page.
#[derive(Debug, Clone, Copy)]
pub struct Rendered<T> {
    status: StatusCode,
    template: T,
}

impl<T: Template> Rendered<T> {
    /// The page with status 200.
    pub fn new(template: T) -> Self {
        Self { status: StatusCode::OK, template }
    }

    /// The page with another status: 422 for a form that comes back with errors.
    pub fn with_status(status: StatusCode, template: T) -> Self {
        Self { status, template }
    }
}

impl<T: Template> IntoResponse for Rendered<T> {
    fn into_response(self) -> Response {
        let html = tracing::debug_span!("render").in_scope(|| self.template.render());
        let mut response = match html {
            Ok(html) => (self.status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        };
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
