//! Announcements of the operator (お知らせを送る).

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tasuki_app::notice::{self, Audience};
use tasuki_core::account::Organisation;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{Strict, json};
use crate::problem::Problem;
use crate::server::State;

/// だれに送るか.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "to", deny_unknown_fields)]
enum AudienceRequest {
    /// すべての保険者.
    Insurers {},
    /// アカウントのあるすべての事業所・医療機関.
    Providers {},
    /// 1つの所属.
    One {
        /// 所属: `provider:…` など.
        organisation: Organisation,
    },
}

/// 送るお知らせ.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "audience": { "to": "insurers" }, "text": "点検のため夜間に止まります。" })))]
pub struct AnnouncementRequest {
    /// だれに送るか.
    audience: AudienceRequest,
    /// 本文: at most 500 characters, nothing personal.
    #[schema(max_length = 500)]
    text: String,
}

/// 送った数.
#[derive(Serialize, ToSchema)]
pub struct AnnouncementAnswer {
    /// 送った所属の数.
    sent: usize,
}

/// お知らせを送る.
#[utoipa::path(
    post, path = "/announcements", tag = "operator", request_body = AnnouncementRequest,
    responses(
        (status = 201, description = "送りました", body = AnnouncementAnswer),
        (status = 403, description = "運営者ではありません"),
        (status = 422, description = "本文がないか、長すぎます"),
    )
)]
pub async fn send(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<AnnouncementRequest>,
) -> Result<Response, Problem> {
    let audience = match sent.audience {
        AudienceRequest::Insurers {} => Audience::Insurers,
        AudienceRequest::Providers {} => Audience::Providers,
        AudienceRequest::One { organisation } => Audience::One(organisation),
    };
    let (staff, now) = (by.caller(), state.now());
    let sent = notice::announce(&state.app, staff, audience, &sent.text, now).await?;
    json(StatusCode::CREATED, &AnnouncementAnswer { sent })
}
