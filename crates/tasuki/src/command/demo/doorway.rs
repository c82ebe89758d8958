//! The doorway (デモの入り口): a page with one card per role that lets a newcomer in with one click.
//!
//! It exists in the demo alone and listens on the loopback interface alone.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;

use super::proxy::Proxy;

/// One role's card.
pub(super) struct Door {
    /// Word of the role, in the address.
    pub(super) role: String,
    /// Title of the card.
    pub(super) title: String,
    /// Who one becomes.
    pub(super) who: String,
    /// What there is to see.
    pub(super) about: String,
    /// The way in.
    pub(super) proxy: Arc<Proxy>,
}

/// What the page shows.
pub(super) struct Doorway {
    pub(super) town: String,
    pub(super) mail: String,
    pub(super) doors: Vec<Door>,
}

#[derive(Template)]
#[template(path = "doorway.html")]
struct Page<'a> {
    style: String,
    town: &'a str,
    mail: &'a str,
    doors: &'a [Door],
}

/// The routes of the doorway.
pub(super) fn router(doorway: Doorway) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/enter/{role}", post(enter))
        .with_state(Arc::new(doorway))
        .merge(tasuki_web::assets::routes())
}

async fn page(State(doorway): State<Arc<Doorway>>) -> Response {
    let page = Page {
        style: tasuki_web::assets::asset_url("tasuki.css").to_owned(),
        town: &doorway.town,
        mail: &doorway.mail,
        doors: &doorway.doors,
    };
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn enter(State(doorway): State<Arc<Doorway>>, Path(role): Path<String>) -> Response {
    let Some(door) = doorway.doors.iter().find(|door| door.role == role) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match door.proxy.enter().await {
        Ok(()) => Redirect::to(&format!("{}/", door.proxy.address)).into_response(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), role, "the doorway could not sign in");
            let text = "サインインできませんでした。30秒ほど待って、もう一度お試しください。";
            (StatusCode::BAD_GATEWAY, text).into_response()
        }
    }
}
