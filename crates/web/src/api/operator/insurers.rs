//! Insurers as the operator keeps them (保険者の登録).

use axum::extract::{Path, State as Extract};
use http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use tasuki_app::caller::By;
use tasuki_app::office;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{self, Strict};
use crate::api::conditional::{self, NewOrIfMatch};
use crate::problem::Problem;
use crate::server::State;

/// 保険者の登録内容.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "あおば市", "connected_since": "2026-04-01", "takes_consent": true
})))]
pub struct InsurerRequest {
    /// 名前.
    name: String,
    /// データのはじまり: first day whose data the platform holds.
    #[serde(default)]
    connected_since: Option<Date>,
    /// まだつないでいない理由.
    #[serde(default)]
    not_connected_because: Option<String>,
    /// 申請のときに同意をとる.
    takes_consent: bool,
}

/// 保険者の登録・変更: `If-None-Match: *` makes a new one, `If-Match` changes the one that was read.
#[utoipa::path(
    put, path = "/insurers/{number}", tag = "operator", request_body = InsurerRequest,
    params(
        ("number" = String, Path, description = "保険者番号"),
        ("If-Match" = Option<String>, Header, description = "読んだときの版"),
        ("If-None-Match" = Option<String>, Header, description = "新しく作るときは `*`"),
    ),
    responses(
        (status = 204, description = "登録しました"),
        (status = 403, description = "運営者ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn save(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    NewOrIfMatch(version): NewOrIfMatch,
    Strict(sent): Strict<InsurerRequest>,
) -> Result<StatusCode, Problem> {
    let number = InsurerNumber::parse(&number);
    let insurer = Insurer {
        number: number.map_err(|_| body::invalid("number", "insurer-number"))?,
        name: sent.name,
        connected_since: sent.connected_since,
        not_connected_because: sent.not_connected_because,
        takes_consent: sent.takes_consent,
    };
    let staff = By::Staff(by.caller());
    let done = office::save_insurer(&state.app, staff, insurer, version, state.now()).await;
    conditional::stale(done)
}
