//! One role's way in: a proxy on the loopback interface that holds the role's device and session.
//!
//! It speaks to the real listeners, over mutual TLS, like any browser with the certificate would;
//! nothing in the server knows of it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};
use reqwest::Client;
use tasuki_tls::{Clock, Identity};
use tokio::sync::Mutex;

use super::sign_in::SignIn;

/// Largest body that goes through, in bytes.
const BODY_BYTES: usize = 256 * 1024 * 1024;

/// Longest exchange.
const EXCHANGE: Duration = Duration::from_secs(120);

/// Headers that belong to one connection, or that the proxy sets itself.
const OWN: [HeaderName; 9] = [
    header::HOST,
    header::COOKIE,
    header::SET_COOKIE,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::CONTENT_LENGTH,
    header::UPGRADE,
    header::ORIGIN,
    header::STRICT_TRANSPORT_SECURITY,
];

/// One role's proxy.
pub(super) struct Proxy {
    /// The listener behind it, without a slash at the end.
    pub(super) target: String,
    /// Where the browser reaches it, without a slash at the end.
    pub(super) address: String,
    pub(super) client: Client,
    pub(super) sign_in: SignIn,
    pub(super) entered: Mutex<bool>,
}

/// A client that keeps its cookies and follows nothing by itself.
pub(super) fn client(
    authority_pem: &str,
    device: Option<&Identity>,
    clock: Clock,
) -> anyhow::Result<Client> {
    let trusted = tasuki_tls::certificates_from_pem(authority_pem)?;
    let config = tasuki_tls::client::client_config(&trusted, device, clock)?;
    Ok(Client::builder()
        .tls_backend_preconfigured(config)
        .https_only(true)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .cookie_store(true)
        .timeout(EXCHANGE)
        .build()?)
}

impl Proxy {
    /// The routes of this proxy: everything goes through.
    pub(super) fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(forward).with_state(self)
    }

    /// Signs in when nobody is signed in.
    pub(super) async fn enter(&self) -> anyhow::Result<()> {
        let mut entered = self.entered.lock().await;
        if !*entered {
            self.sign_in.enter(&self.client, &self.target).await?;
            *entered = true;
        }
        Ok(())
    }

    async fn exchange(&self, request: Request) -> anyhow::Result<Response> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = only_passed(&parts.headers);
        if parts.headers.contains_key(header::ORIGIN) {
            headers.insert(header::ORIGIN, self.target.parse().context("origin")?);
        }
        let body = to_bytes(body, BODY_BYTES).await?;
        let answer = self
            .client
            .request(parts.method, format!("{}{path}", self.target))
            .headers(headers)
            .body(body)
            .send()
            .await?;
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            *headers = only_passed(answer.headers());
            if let Some(to) = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()) {
                let to = to.strip_prefix(&self.target).unwrap_or(to).to_owned();
                if to.starts_with(self.sign_in.page()) {
                    // The session has ended: the next visit through the doorway signs in again.
                    *self.entered.lock().await = false;
                }
                headers.insert(header::LOCATION, to.parse()?);
            }
        }
        Ok(response.body(Body::from_stream(answer.bytes_stream()))?)
    }
}

fn only_passed(headers: &HeaderMap) -> HeaderMap {
    let pass = |(name, value): (&HeaderName, &http::HeaderValue)| {
        (!OWN.contains(name)).then(|| (name.clone(), value.clone()))
    };
    headers.iter().filter_map(pass).collect()
}

async fn forward(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    match proxy.exchange(request).await {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(%error, "the doorway could not reach the platform");
            let text =
                "サーバにつながりませんでした。デモが動いているか、端末の画面を確かめてください。";
            (StatusCode::BAD_GATEWAY, text).into_response()
        }
    }
}

/// Sends a form as a page of `target` would.
pub(super) async fn post(
    client: &Client,
    target: &str,
    path: &str,
    form: &[(&str, &str)],
) -> anyhow::Result<reqwest::Response> {
    let answer = client
        .post(format!("{target}{path}"))
        .header(header::ORIGIN, target)
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, "text/html")
        .form(form)
        .send()
        .await?;
    if !answer.status().is_redirection() {
        bail!("{path} answered {}", answer.status());
    }
    Ok(answer)
}
