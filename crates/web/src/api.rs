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
pub mod devices;
pub mod emergencies;
mod idempotent;
pub mod moment;
pub mod municipality;
pub mod notices;
pub mod offices;
pub mod onboarding;
pub mod operator;
pub mod paging;
pub mod persons;
pub mod reader;
mod schema;
pub mod sessions;
pub mod target;
pub mod token;
pub mod transfers;
pub mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use caller::Software;

use crate::server::State;

/// Where the API stands.
pub const PREFIX: &str = "/api/v1";

/// Routes whose bodies are held in memory, each with its description.
fn held() -> OpenApiRouter<State> {
    of_persons().merge(of_offices()).merge(of_insurers()).merge(of_the_operator())
}

/// Persons, their consents, emergencies.
fn of_persons() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(persons::list::list))
        .routes(routes!(persons::list::search))
        .routes(routes!(persons::find::find))
        .routes(routes!(persons::card::show, persons::card::begin))
        .routes(routes!(persons::card::confirm))
        .routes(routes!(persons::find::register))
        .routes(routes!(persons::look::look))
        .routes(routes!(persons::why::why))
        .routes(routes!(persons::log::log))
        .routes(routes!(persons::find::end))
        .routes(routes!(consents::list, consents::take))
        .routes(routes!(consents::card, consents::begin_card))
        .routes(routes!(consents::withdraw))
        .routes(routes!(blocks::list, blocks::block))
        .routes(routes!(blocks::lift))
        .routes(routes!(emergencies::list, emergencies::open))
        .routes(routes!(emergencies::review))
}

/// Tokens, the own organisation with its staff and devices, registers, the reader.
fn of_offices() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(token::issue))
        .routes(routes!(token::revoke))
        .routes(routes!(notices::list))
        .routes(routes!(notices::read))
        .routes(routes!(offices::me))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::end))
        .routes(routes!(offices::mine))
        .routes(routes!(onboarding::list))
        .routes(routes!(offices::search))
        .routes(routes!(offices::office, operator::offices::save))
        .routes(routes!(offices::insurers))
        .routes(routes!(reader::challenge))
        .routes(routes!(reader::answer))
        .routes(routes!(offices::insurer, operator::insurers::save))
        .routes(routes!(accounts::list, accounts::create))
        .routes(routes!(accounts::member::rename))
        .routes(routes!(accounts::member::reset))
        .routes(routes!(accounts::member::unlock))
        .routes(routes!(accounts::place::change, accounts::place::off_board))
        .routes(routes!(accounts::place::take_back))
        .routes(routes!(accounts::place::join))
        .routes(routes!(devices::list, devices::issue))
        .routes(routes!(devices::renew))
        .routes(routes!(devices::revoke))
        .routes(routes!(description::json))
        .routes(routes!(description::page))
}

/// Municipalities and their files.
fn of_insurers() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(municipality::overview))
        .routes(routes!(municipality::queue))
        .routes(routes!(municipality::looks))
        .routes(routes!(municipality::objections))
        .routes(routes!(municipality::answer))
        .routes(routes!(transfers::list, transfers::parts::begin))
        .routes(routes!(transfers::show))
        .routes(routes!(transfers::findings::list))
        .routes(routes!(transfers::findings::csv))
        .routes(routes!(transfers::findings::lines))
        .routes(routes!(transfers::parts::files))
        .routes(routes!(transfers::parts::finish))
}

/// The operator.
fn of_the_operator() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(operator::show))
        .routes(routes!(operator::offices::set_active))
        .routes(routes!(operator::settings::show, operator::settings::save))
        .routes(routes!(operator::tables::show, operator::tables::save))
        .routes(routes!(operator::tables::preview))
        .routes(routes!(operator::disasters::list, operator::disasters::open))
        .routes(routes!(operator::disasters::close))
        .routes(routes!(operator::disasters::reach))
        .routes(routes!(operator::announcements::send))
}

/// Routes whose bodies are streamed. The same part twice does no harm, so they take no
/// `Idempotency-Key`, which would hold them in memory.
fn streamed() -> OpenApiRouter<State> {
    let register = DefaultBodyLimit::max(crate::operator::REGISTER_BYTES);
    let register = OpenApiRouter::new().routes(routes!(operator::offices::import)).layer(register);
    let parts = OpenApiRouter::new().routes(routes!(transfers::parts::send));
    parts.layer(DefaultBodyLimit::disable()).merge(register)
}

/// All routes below their prefix.
fn below_prefix(routes: OpenApiRouter<State>) -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(schema::frame()).nest(PREFIX, routes)
}

/// The description of all routes.
fn described() -> OpenApi {
    let streamed_only = below_prefix(streamed()).into_openapi();
    let all = below_prefix(held().merge(streamed())).into_openapi();
    description::common::complete(all, &streamed_only)
}

/// The API, for the router of staff.
pub fn router(state: &State) -> Router<State> {
    let once = axum::middleware::from_fn_with_state(state.clone(), idempotent::once);
    let routes = below_prefix(held().layer(once).merge(streamed()));
    let (routes, _) = routes.split_for_parts();
    routes.layer(axum::middleware::map_response(challenged))
}

/// Says with each 401 how to sign in (RFC 9110 §11.6.1).
async fn challenged(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        let bearer = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
    }
    response
}
