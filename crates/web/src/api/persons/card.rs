//! Identity check by card (カードで本人確認): the reader of this device reads, the account goes on.
//!
//! The reader's own line is in `crate::api::reader`.

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_app::card::{self, Reading};
use tasuki_gateway::card::CardCheck;
use utoipa::ToSchema;

use super::find::FindAnswer;
use crate::api::Software;
use crate::api::body::{Strict, json};
use crate::problem::Problem;
use crate::server::State;

/// 始める読み取り.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "check": "card_with_pin" })))]
pub struct ReadingRequest {
    /// 確かめ方.
    check: CardCheck,
}

impl ReadingRequest {
    /// How the holder is to be checked.
    pub(in crate::api) fn check(&self) -> CardCheck {
        self.check
    }
}

/// カードの読み取りを始める: the reader on this device waits three minutes for a card.
#[utoipa::path(
    post, path = "/persons/find/card", tag = "person", request_body = ReadingRequest,
    responses(
        (status = 204, description = "カードを待っています"),
        (status = 403, description = "利用者をさがせない立場です"),
        (status = 429, description = "回数が多いため、しばらく受け付けません"),
        (status = 503, description = "カードを確かめる仕組みにつながっていません"),
    )
)]
pub async fn begin(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<ReadingRequest>,
) -> Result<StatusCode, Problem> {
    card::begin(&state.app, by.caller(), sent.check, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 読み取りのようす.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ReadingAnswer<'a> {
    /// 読み取りはない.
    None {
        /// 前の読み取りは時間切れになった.
        ran_out: bool,
    },
    /// カードを待っている.
    Waiting {
        /// 確かめ方.
        check: CardCheck,
        /// 読み取りアプリが動いている.
        reader_there: bool,
    },
    /// カードを確かめている.
    Asking,
    /// 持ち主がわかった; `POST …/confirm` goes on.
    Found {
        /// 確かめ方: `card_by_eye` asks to compare the photo.
        check: CardCheck,
        /// 氏名のよみ.
        kana: &'a str,
        /// 生年月日.
        birth_date: Date,
    },
    /// カードが使えない.
    Refused {
        /// 理由と、次にすること.
        why: &'a str,
    },
}

impl<'a> ReadingAnswer<'a> {
    /// As software reads it.
    pub(in crate::api) fn of(reading: &'a Reading) -> Self {
        match reading {
            Reading::None { ran_out } => Self::None { ran_out: *ran_out },
            Reading::Waiting { check, reader_there } => {
                Self::Waiting { check: *check, reader_there: *reader_there }
            }
            Reading::Asking => Self::Asking,
            Reading::Found(holder) => Self::Found {
                check: holder.check,
                kana: holder.kana.expose(),
                birth_date: holder.birth_date,
            },
            Reading::Refused { why } => Self::Refused { why },
        }
    }
}

/// カードの読み取りのようす, of this account on this device.
#[utoipa::path(
    get, path = "/persons/find/card", tag = "person",
    responses((status = 200, description = "読み取りのようす", body = ReadingAnswer<'static>))
)]
pub async fn show(by: Software, Extract(state): Extract<State>) -> Result<Response, Problem> {
    let reading = card::reading(&state.app, by.caller(), state.now()).await?;
    json(StatusCode::OK, &ReadingAnswer::of(&reading))
}

/// 持ち主の確かめ.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "photo_compared": true })))]
pub struct HolderRequest {
    /// 写真と本人を見比べた: needed when the card is checked by eye.
    #[serde(default)]
    photo_compared: bool,
}

/// カードの持ち主で進む: the result of the identity check, once.
#[utoipa::path(
    post, path = "/persons/find/card/confirm", tag = "person", request_body = HolderRequest,
    responses(
        (status = 200, description = "本人確認の結果", body = FindAnswer),
        (status = 404, description = "読み取った方がいないか、時間切れです"),
        (status = 409, description = "もう進んでいます"),
        (status = 422, description = "写真を見比べてください"),
    )
)]
pub async fn confirm(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<HolderRequest>,
) -> Result<Response, Problem> {
    let (staff, now) = (by.caller(), state.now());
    let proof = card::confirm(&state.app, staff, sent.photo_compared, now).await?;
    json(StatusCode::OK, &FindAnswer::of(&state, &by, proof, now)?)
}
