//! What all pages of the sandbox share.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::SandboxError;

const STYLE: &str = include_str!("../templates/style.css");

/// No scripts, no frames, nothing from elsewhere. `form-action` is left open because browsers
/// apply it to the redirect back to the service, too.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    title: &'a str,
    text: &'a str,
}

/// The style sheet.
pub(crate) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// Headers of every answer: nothing is kept, nothing is embedded, no address is passed on.
pub(crate) async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

pub(crate) fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(crate) fn message(status: StatusCode, title: &str, text: &str) -> Response {
    html(status, &MessagePage { title, text })
}

pub(crate) fn broken(error: &SandboxError) -> Response {
    let error: &dyn std::error::Error = error;
    tracing::error!(error, "a page of the sandbox failed");
    message(
        StatusCode::INTERNAL_SERVER_ERROR,
        "練習用環境で問題が起きました",
        "少し待って、もう一度ためしてください。続くときは、練習用環境を起動しなおしてください。",
    )
}
