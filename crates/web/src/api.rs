//! The line for software (ソフトウェア向けAPI): what a page can do, through the same use cases.
//!
//! Mounted at [`PREFIX`] on the listener that requires client certificates. Each handler names the
//! caller it takes ([`Software`]), so no route can forget the token; each answer that goes wrong is
//! a problem document (RFC 9457). `docs/protocols/2-api.md` tells the other side how to use it.

mod body;
mod caller;
mod conditional;
mod moment;
pub mod persons;
mod schema;
pub mod token;
pub mod view;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use caller::Software;

use crate::server::State;

/// Where the API stands.
pub const PREFIX: &str = "/api/v1";

/// The routes below [`PREFIX`], each with its description.
fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(schema::frame())
        .routes(routes!(token::issue))
        .routes(routes!(token::revoke))
        .routes(routes!(persons::look::look))
}

/// The API, for the router of staff.
pub fn router() -> Router<State> {
    let (routes, _) = routes().split_for_parts();
    Router::new().nest(PREFIX, routes)
}
