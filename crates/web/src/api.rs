//! The line for software (ソフトウェア向けAPI): what a page can do, through the same use cases.
//!
//! Mounted at [`PREFIX`] on the listener that requires client certificates. Each handler names the
//! caller it takes ([`Software`]), so no route can forget the token; each answer that goes wrong is
//! a problem document (RFC 9457). `docs/protocols/2-api.md` tells the other side how to use it.

pub mod accounts;
pub mod blocks;
mod body;
mod caller;
mod conditional;
pub mod consents;
pub mod description;
pub mod emergencies;
mod idempotent;
pub mod moment;
pub mod municipality;
pub mod notices;
pub mod offices;
pub mod operator;
pub mod paging;
pub mod persons;
pub mod reader;
mod schema;
pub mod token;
pub mod transfers;
pub mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use caller::Software;

use crate::server::State;

/// Where the API stands.
pub const PREFIX: &str = "/api/v1";

/// The routes, each with its description.
fn routes() -> OpenApiRouter<State> {
    let below = OpenApiRouter::new()
        .routes(routes!(token::issue))
        .routes(routes!(token::revoke))
        .routes(routes!(persons::list::list))
        .routes(routes!(persons::list::search))
        .routes(routes!(persons::find::find))
        .routes(routes!(persons::find::register))
        .routes(routes!(persons::look::look))
        .routes(routes!(persons::why::why))
        .routes(routes!(persons::log::log))
        .routes(routes!(persons::find::end))
        .routes(routes!(consents::list, consents::take))
        .routes(routes!(consents::withdraw))
        .routes(routes!(blocks::list, blocks::block))
        .routes(routes!(blocks::lift))
        .routes(routes!(emergencies::list, emergencies::open))
        .routes(routes!(emergencies::review))
        .routes(routes!(notices::list))
        .routes(routes!(notices::read))
        .routes(routes!(offices::me))
        .routes(routes!(offices::mine))
        .routes(routes!(offices::search))
        .routes(routes!(offices::office, operator::office))
        .routes(routes!(offices::insurers))
        .routes(routes!(reader::challenge))
        .routes(routes!(reader::answer))
        .routes(routes!(offices::insurer, operator::insurer))
        .routes(routes!(operator::settings, operator::set_settings))
        .routes(routes!(accounts::list, accounts::create))
        .routes(routes!(accounts::rename))
        .routes(routes!(accounts::place, accounts::off_board))
        .routes(routes!(accounts::reset))
        .routes(routes!(accounts::unlock))
        .routes(routes!(accounts::devices, accounts::issue))
        .routes(routes!(accounts::revoke))
        .routes(routes!(municipality::overview))
        .routes(routes!(municipality::queue))
        .routes(routes!(municipality::looks))
        .routes(routes!(municipality::objections))
        .routes(routes!(municipality::answer))
        .routes(routes!(transfers::list, transfers::begin))
        .routes(routes!(transfers::show))
        .routes(routes!(transfers::findings))
        .routes(routes!(transfers::files))
        .routes(routes!(transfers::finish))
        .routes(routes!(description::json))
        .routes(routes!(description::page));
    // Parts of files are streamed; nothing of them is held in memory.
    let streamed =
        OpenApiRouter::new().routes(routes!(transfers::send)).layer(DefaultBodyLimit::disable());
    OpenApiRouter::with_openapi(schema::frame()).nest(PREFIX, below.merge(streamed))
}

/// The API, for the router of staff.
pub fn router(state: &State) -> Router<State> {
    let (routes, _) = routes().split_for_parts();
    routes
        .layer(axum::middleware::from_fn_with_state(state.clone(), idempotent::once))
        .layer(axum::middleware::map_response(challenged))
}

/// Says with each 401 how to sign in (RFC 9110 §11.6.1).
async fn challenged(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        let bearer = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
    }
    response
}
