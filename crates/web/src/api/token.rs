//! Tokens of software (トークン): from a password, from a refresh token, and taken back.
//!
//! Named after RFC 6749 (`grant_type`, `access_token` …), with problem documents for what fails.
//! Both tokens are bound to the client certificate of the connection that asked for them.

use axum::extract::{FromRequestParts, State as Extract};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use tasuki_app::secret::Secret;
use tasuki_app::software;
use utoipa::ToSchema;

use super::body::{self, StrictForm, json};
use super::caller;
use crate::problem::Problem;
use crate::server::State;

/// SHA-256 of the certificate of the connection.
pub struct Certificate(String);

impl Certificate {
    /// The 64 hexadecimal digits.
    pub(super) fn sha256(&self) -> &str {
        &self.0
    }
}

impl FromRequestParts<State> for Certificate {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        caller::device(parts).map(|device| Self(device.to_owned()))
    }
}

/// トークンの申し込み.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// 方法: `password` or `refresh_token`.
    #[schema(example = "password")]
    grant_type: String,
    /// 接続用アカウントのID; with `password`.
    username: Option<String>,
    /// パスワード; with `password`.
    password: Option<String>,
    /// いちばん新しい更新トークン; with `refresh_token`.
    refresh_token: Option<String>,
}

/// トークン.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// アクセストークン, for `Authorization: Bearer …`.
    access_token: String,
    /// 種類: always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// アクセストークンの残り（秒）.
    #[schema(example = 3600)]
    expires_in: i64,
    /// 更新トークン: good for one refresh; the answer to it brings the next one.
    refresh_token: String,
    /// 更新トークンの残り（秒）.
    #[schema(example = 28800)]
    refresh_expires_in: i64,
}

/// トークンの発行: for an account of software, or new tokens for a refresh token.
#[utoipa::path(
    post, path = "/token", tag = "token", security(),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "トークン", body = TokenAnswer),
        (status = 401, description = "リフレッシュトークンが使えません"),
        (status = 403, description = "クライアント証明書がありません"),
        (status = 422, description = "IDかパスワードがちがいます"),
        (status = 429, description = "まちがいが続いたため、しばらく受け付けません"),
    )
)]
pub async fn issue(
    Extract(state): Extract<State>,
    Certificate(device): Certificate,
    StrictForm(request): StrictForm<TokenRequest>,
) -> Result<Response, Problem> {
    let now = state.now();
    let tokens = match request.grant_type.as_str() {
        "password" => {
            let password = Secret::new(request.password.unwrap_or_default());
            let login = request.username.unwrap_or_default();
            software::grant(&state.app, &device, &login, &password, now).await?
        }
        "refresh_token" => {
            let token = request.refresh_token.unwrap_or_default();
            software::refresh(&state.app, &device, &token, now).await?
        }
        _ => return Err(body::invalid("grant_type", "unknown")),
    };
    let answer = TokenAnswer {
        access_token: tokens.access.expose().to_owned(),
        token_type: "Bearer",
        expires_in: (tokens.access_until.0 - now.0) / 1_000,
        refresh_token: tokens.refresh.expose().to_owned(),
        refresh_expires_in: (tokens.refresh_until.0 - now.0) / 1_000,
    };
    json(StatusCode::OK, &answer)
}

/// 取り消すトークン.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeRequest {
    /// アクセストークン、または更新トークン.
    token: String,
}

/// トークンの取り消し: and of every other that came from the same password (RFC 7009).
///
/// An unknown token has the same answer.
#[utoipa::path(
    post, path = "/token/revoke", tag = "token", security(),
    request_body(content = RevokeRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 204, description = "使えなくなりました")),
)]
pub async fn revoke(
    Extract(state): Extract<State>,
    Certificate(device): Certificate,
    StrictForm(request): StrictForm<RevokeRequest>,
) -> Result<StatusCode, Problem> {
    software::revoke(&state.app, &device, &request.token, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
