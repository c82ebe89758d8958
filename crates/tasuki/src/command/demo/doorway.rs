//! The doorway (デモの入り口): a page with one card per role that lets a newcomer in with one click.
//!
//! It exists in the demo alone and listens on the loopback interface alone.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};

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

/// The page's own style sheet; tokens and base come from the web crate's.
const STYLE: &str = include_str!("../../../assets/doorway.css");

/// A group of cards (カードのまとまり): heading, explanation, roles in order.
type Group = (&'static str, &'static str, &'static [&'static str]);

/// First what a newcomer does; then everybody else by where they work.
const GROUPS: [Group; 4] = [
    (
        "はじめての方は、この順番で",
        "ケアマネジャーが「高橋 花子」さんの情報を開くと、花子さん本人の「だれが見たか」に、すぐ出ます。",
        &["care_manager", "citizen_renewal_waiting_for_opinion"],
    ),
    ("事業所", "", &["care_worker", "clerk", "office_administrator", "office"]),
    ("医療機関・市町村・審査会", "", &["clinic", "town_hall", "board"]),
    ("ほかの立場", "", &["citizen_no_consent", "operator"]),
];

struct Section<'a> {
    title: &'static str,
    about: &'static str,
    /// The cards are steps, numbered.
    steps: bool,
    doors: Vec<&'a Door>,
}

#[derive(Template)]
#[template(path = "doorway.html")]
struct Page<'a> {
    base_style: &'static str,
    icon: &'static str,
    town: &'a str,
    mail: &'a str,
    sections: Vec<Section<'a>>,
}

/// The routes of the doorway.
pub(super) fn router(doorway: Doorway) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/doorway.css", get(style))
        .route("/enter/{role}", post(enter))
        .with_state(Arc::new(doorway))
        .merge(tasuki_web::assets::routes())
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

fn sections(doors: &[Door]) -> Vec<Section<'_>> {
    let section = |(index, (title, about, roles)): (usize, &Group)| {
        let find = |role: &&str| doors.iter().find(|door| door.role == *role);
        let doors = roles.iter().filter_map(find).collect();
        Section { title, about, steps: index == 0, doors }
    };
    GROUPS.iter().enumerate().map(section).collect()
}

async fn page(State(doorway): State<Arc<Doorway>>) -> Response {
    let page = Page {
        base_style: tasuki_web::assets::asset_url("tasuki.css"),
        icon: tasuki_web::assets::asset_url("icon.svg"),
        town: &doorway.town,
        mail: &doorway.mail,
        sections: sections(&doorway.doors),
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
