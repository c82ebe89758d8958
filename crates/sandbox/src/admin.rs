//! The sandbox's own counter, on loopback: received mail, and what happens to cards in life.

use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use tasuki_core::date::{AtMs, wareki};
use tasuki_tls::Clock;

use crate::mailbox::Mailbox;
use crate::{Home, ReceivedMail, SandboxError, pages};

pub(crate) struct Admin {
    pub(crate) home: Home,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) clock: Clock,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    mails: Vec<MailLine>,
}

struct MailLine {
    at: String,
    from: String,
    to: String,
    subject: String,
    text: String,
}

impl Admin {
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/", get(|| async { Redirect::to("/mail") }))
            .route("/mail", get(mail_page))
            .route("/mail.json", get(mail_json))
            .route("/cards/{card_id}/{act}", post(change_card))
            .route("/style.css", get(pages::style))
            .layer(axum::middleware::map_response(pages::guard))
            .layer(from_fn(local_only))
            .with_state(Arc::new(self))
    }
}

/// A page of somebody else's in a browser on this machine must not reach us: neither by a name
/// that points here (DNS rebinding) nor by a form of its own.
async fn local_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if is_local(headers) && is_own(headers) {
        return next.run(request).await;
    }
    StatusCode::FORBIDDEN.into_response()
}

fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = without_port.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_own(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
}

async fn mail_page(State(admin): State<Arc<Admin>>) -> Response {
    match admin.mailbox.all() {
        Ok(mails) => {
            let mails = mails.into_iter().map(line).collect();
            pages::html(StatusCode::OK, &MailPage { mails })
        }
        Err(error) => pages::broken(&error),
    }
}

async fn mail_json(State(admin): State<Arc<Admin>>) -> Response {
    match admin.mailbox.all() {
        Ok(mails) => Json(mails).into_response(),
        Err(error) => pages::broken(&error),
    }
}

async fn change_card(
    State(admin): State<Arc<Admin>>,
    Path((card_id, act)): Path<(String, String)>,
) -> StatusCode {
    let now = AtMs(admin.clock.now_ms());
    let changed = match act.as_str() {
        "revoke" => admin.home.revoke_card(&card_id, now),
        "expire" => admin.home.expire_card(&card_id, now),
        "unlock" => admin.home.unlock_card(&card_id),
        _ => Err(SandboxError::NoCard),
    };
    match changed {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(SandboxError::NoCard) => StatusCode::NOT_FOUND,
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "a card could not be changed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

fn line(mail: ReceivedMail) -> MailLine {
    let at = mail.received_at_ms.date_time();
    MailLine {
        at: format!("{} {}", wareki(at.date()), at.strftime("%H:%M:%S")),
        from: mail.from,
        to: mail.to.join("、"),
        subject: mail.subject,
        text: mail.text,
    }
}
