//! What the operator keeps (運営): how the platform does, and the areas below.

pub mod announcements;
pub mod disasters;
pub mod insurers;
pub mod offices;
pub mod settings;
pub mod tables;

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tasuki_app::overview;
use tasuki_core::account::Organisation;
use tasuki_store::device::Device;
use tasuki_store::event_log::SignedHead;
use utoipa::ToSchema;

use super::Software;
use super::body::json;
use super::moment::Moment;
use crate::problem::Problem;
use crate::server::State;

/// 全体のようす.
#[derive(Serialize, ToSchema)]
pub struct PlatformAnswer {
    /// データベースが読める.
    database: bool,
    /// 記録が書ける.
    writer: bool,
    /// 記録の木のいまの頂点; null before the first event, and when it is not intact.
    log_head: Option<HeadView>,
    /// 頂点の署名が正しい.
    log_intact: bool,
    /// 登録された保険者の数.
    insurers: usize,
    /// データのある保険者の数.
    connected: usize,
    /// 災害で開放している地域の数.
    open_regions: usize,
    /// 共有の表の版; 0: 公表された表.
    tables: i64,
    /// 期限の近い電子証明書.
    ending: Vec<EndingView>,
}

/// 署名された頂点（RFC 6962）.
#[derive(Serialize, ToSchema)]
pub struct HeadView {
    /// 記録の数.
    size: u64,
    /// 木の根のハッシュ, hexadecimal.
    root: String,
    /// いちばん新しい記録の日時.
    at: Moment,
    /// Ed25519 の署名, hexadecimal.
    signature: String,
}

impl From<SignedHead> for HeadView {
    fn from(SignedHead { size, root, at, signature }: SignedHead) -> Self {
        Self { size, root, at: at.into(), signature }
    }
}

/// 期限の近い電子証明書.
#[derive(Serialize, ToSchema)]
pub struct EndingView {
    /// 所属: `provider:…` など.
    #[schema(value_type = Organisation)]
    organisation: String,
    /// 電子証明書の SHA-256, hexadecimal.
    sha256: String,
    /// 端末の名前.
    name: String,
    /// 有効期限.
    not_after: Moment,
}

impl From<Device> for EndingView {
    fn from(device: Device) -> Self {
        let Device { organisation, sha256, name, not_after, .. } = device;
        Self { organisation: organisation.to_string(), sha256, name, not_after: not_after.into() }
    }
}

/// 全体のようす: health, the head of the log, what ends soon.
#[utoipa::path(
    get, path = "/platform", tag = "operator",
    responses(
        (status = 200, description = "全体のようす", body = PlatformAnswer),
        (status = 403, description = "運営者ではありません"),
    )
)]
pub async fn show(by: Software, Extract(state): Extract<State>) -> Result<Response, Problem> {
    let seen = overview::overview(&state.app, by.caller(), state.now()).await?;
    let answer = PlatformAnswer {
        database: seen.probe.reads,
        writer: seen.probe.writes,
        log_intact: !matches!(seen.head, Some(Err(_))),
        log_head: seen.head.and_then(Result::ok).map(HeadView::from),
        insurers: seen.insurers.0,
        connected: seen.insurers.1,
        open_regions: seen.regions,
        tables: seen.tables,
        ending: seen.ending.into_iter().map(EndingView::from).collect(),
    };
    json(StatusCode::OK, &answer)
}
