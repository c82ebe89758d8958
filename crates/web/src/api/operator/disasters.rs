//! Regions opened in a disaster (災害時の開放), by a recorded decision with an end.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_app::disaster;
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::disaster::Region;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{Strict, StrictQuery, json};
use crate::api::moment::Moment;
use crate::api::paging::{Page, PageQuery};
use crate::problem::{Code, Problem};
use crate::server::State;

/// 開放した地域.
#[derive(Serialize, ToSchema)]
pub struct RegionView {
    /// 開放の番号: names it when it is closed.
    id: String,
    /// 保険者番号.
    insurer_number: String,
    /// 理由.
    reason: String,
    /// 始めた人のアカウント.
    opened_by: String,
    /// 始まり.
    opened_at: Moment,
    /// 終わり, exclusive.
    until: Moment,
}

impl From<Region> for RegionView {
    fn from(region: Region) -> Self {
        Self {
            id: region.id,
            insurer_number: region.insurer.to_string(),
            reason: region.reason,
            opened_by: region.opened_by,
            opened_at: region.opened_at.into(),
            until: region.until.into(),
        }
    }
}

/// 災害時の開放の一覧, newest first.
#[utoipa::path(
    get, path = "/disasters", tag = "operator", params(PageQuery),
    responses(
        (status = 200, description = "開放の一覧", body = Page<RegionView>),
        (status = 403, description = "運営者ではありません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let regions = disaster::list(&state.app, by.caller()).await?;
    let page = query.of(regions, |region: &Region| region.id.clone())?;
    json(StatusCode::OK, &page.map(RegionView::from))
}

/// 開放の広がり: whom an open region would concern; counts, without any person.
#[derive(Serialize, ToSchema)]
pub struct ReachAnswer {
    /// 保険者番号.
    insurer_number: String,
    /// 名前.
    name: String,
    /// 利用者の数: persons in the register.
    persons: i64,
    /// いま担当している事業所の数.
    in_charge: i64,
    /// 開く先の数: every office and institution that is not stopped.
    offices: i64,
}

/// 開放の広がり, before it is decided.
#[utoipa::path(
    get, path = "/insurers/{number}/reach", tag = "operator",
    params(("number" = String, Path, description = "保険者番号")),
    responses(
        (status = 200, description = "開放の広がり", body = ReachAnswer),
        (status = 403, description = "運営者ではありません"),
        (status = 404, description = "ありません"),
    )
)]
pub async fn reach(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let number = InsurerNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    let found = disaster::reach(&state.app, by.caller(), &number).await?;
    let answer = ReachAnswer {
        insurer_number: found.insurer.number.to_string(),
        name: found.insurer.name,
        persons: found.counts.persons,
        in_charge: found.counts.in_charge,
        offices: found.counts.offices,
    };
    json(StatusCode::OK, &answer)
}

/// 開放する地域.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "insurer_number": "990010", "reason": "令和8年あおば川の水害。対策本部の決定",
    "last_day": "2026-11-30"
})))]
pub struct RegionRequest {
    /// 保険者番号.
    insurer_number: InsurerNumber,
    /// 理由: the disaster and the decision, in ten characters at least.
    reason: String,
    /// 終わりの日: the last open day, within sixty days.
    last_day: Date,
}

/// 災害時の開放を始める: everybody's papers of this insurer open to every office, and recorded.
#[utoipa::path(
    post, path = "/disasters", tag = "operator", request_body = RegionRequest,
    responses(
        (status = 204, description = "始めました"),
        (status = 403, description = "運営者ではありません"),
        (status = 422, description = "保険者・理由・終わりの日のどれかが決まりに合いません"),
    )
)]
pub async fn open(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<RegionRequest>,
) -> Result<StatusCode, Problem> {
    let RegionRequest { insurer_number, reason, last_day } = sent;
    let (staff, now) = (by.caller(), state.now());
    disaster::open(&state.app, staff, &insurer_number, &reason, last_day, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 災害時の開放を終わらせる, before its end and at once.
#[utoipa::path(
    delete, path = "/disasters/{number}/{id}", tag = "operator",
    params(
        ("number" = String, Path, description = "保険者番号"),
        ("id" = String, Path, description = "開放の番号"),
    ),
    responses(
        (status = 204, description = "終わらせました"),
        (status = 403, description = "運営者ではありません"),
        (status = 409, description = "ないか、もう終わっています"),
    )
)]
pub async fn close(
    by: Software,
    Extract(state): Extract<State>,
    Path((number, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let number = InsurerNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    disaster::close(&state.app, by.caller(), &number, &id, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
