//! `/authorize`: a service sends a person here.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use reqwest::Url;
use serde::Deserialize;

use super::{Provider, Ticket};
use crate::pages;

/// Longest state and nonce. Source: デジタル認証アプリ APIリファレンス (1 to 255 characters).
const TEXT_MAX: usize = 255;

#[derive(Deserialize)]
pub(super) struct AuthorizeQuery {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// Checks the request. Until service and address are known to belong together, nobody is sent
/// anywhere; afterwards the service is told what is wrong.
pub(super) async fn authorize(
    State(provider): State<Arc<Provider>>,
    query: Result<Query<AuthorizeQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Ok(Query(query)) = query else { return unknown_service() };
    let client = query.client_id.as_deref().and_then(|id| provider.client(id));
    let (Some(client), Some(redirect_uri)) = (client, query.redirect_uri.clone()) else {
        return unknown_service();
    };
    if !client.redirect_uris.contains(&redirect_uri) {
        return unknown_service();
    }
    let state = query.state.clone().unwrap_or_default();
    let refuse = |error| redirect(&provider.issuer, &redirect_uri, &state, ("error", error));
    if query.response_type.as_deref() != Some("code") {
        return refuse("unsupported_response_type");
    }
    let scopes: Vec<&str> = query.scope.as_deref().unwrap_or_default().split(' ').collect();
    if !scopes.contains(&"openid") {
        return refuse("invalid_scope");
    }
    let nonce = query.nonce.unwrap_or_default();
    let code_challenge = query.code_challenge.unwrap_or_default();
    let well_formed = is_text(&state)
        && is_text(&nonce)
        && query.code_challenge_method.as_deref() == Some("S256")
        && is_sha256(&code_challenge);
    if !well_formed {
        return refuse("invalid_request");
    }
    let ticket = Ticket {
        client_id: client.client_id,
        client_name: client.name,
        redirect_uri: redirect_uri.clone(),
        state: state.clone(),
        nonce,
        code_challenge,
        gives_reference: scopes.contains(&"card_reference"),
    };
    match provider.tickets.keep(ticket, provider.now()) {
        Some(secret) => Redirect::to(&format!("/sign-in?ticket={secret}")).into_response(),
        None => refuse("temporarily_unavailable"),
    }
}

/// Sends the browser back to the service.
pub(super) fn redirect(
    issuer: &str,
    redirect_uri: &str,
    state: &str,
    outcome: (&str, &str),
) -> Response {
    let Ok(mut url) = Url::parse(redirect_uri) else { return unknown_service() };
    url.query_pairs_mut().extend_pairs([outcome, ("state", state), ("iss", issuer)]);
    Redirect::to(url.as_str()).into_response()
}

fn unknown_service() -> Response {
    pages::message(
        StatusCode::BAD_REQUEST,
        "このサービスからはサインインできません",
        "サービスの登録が確かめられませんでした。元のページに戻り、もう一度はじめてください。",
    )
}

/// Source: デジタル認証アプリ APIリファレンス: printable ASCII.
fn is_text(text: &str) -> bool {
    (1..=TEXT_MAX).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// A SHA-256 in unpadded Base64url has 43 characters.
fn is_sha256(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 43 && text.bytes().all(allowed)
}
