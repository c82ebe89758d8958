//! An account's place in an organisation (所属): level and job there, its end, a second one.

use axum::extract::State as Extract;
use http::StatusCode;
use serde::Deserialize;
use tasuki_app::account::{self, NewPlace};
use tasuki_app::caller::By;
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::Strict;
use crate::api::conditional::{self, IfMatch};
use crate::api::target::{Member, MemberPath, OrganisationQuery};
use crate::problem::Problem;
use crate::server::State;

/// 権限と職種.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "level": "general", "job": "nurse" })))]
pub struct PlaceRequest {
    /// 権限.
    level: AccountLevel,
    /// 職種.
    job: JobType,
    /// ケアプランを作る職員か, although the office is of another kind.
    #[serde(default)]
    writes_care_plans: bool,
}

/// 権限と職種を変える: it holds from the next request on. `If-Match` names `place_version`.
#[utoipa::path(
    put, path = "/accounts/{account}/place", tag = "administration", request_body = PlaceRequest,
    params(MemberPath, OrganisationQuery, IfMatch),
    responses(
        (status = 204, description = "変えました"),
        (status = 404, description = "この所属の職員ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn change(
    at: Member,
    IfMatch { version }: IfMatch,
    Extract(state): Extract<State>,
    Strict(sent): Strict<PlaceRequest>,
) -> Result<StatusCode, Problem> {
    let Member { organisation, account, now, .. } = &at;
    let PlaceRequest { level, job, writes_care_plans } = sent;
    let place = NewPlace { level, job, writes_care_plans };
    let by = at.by();
    let done = account::change_place(&state.app, by, organisation, account, version, place, *now);
    conditional::stale(done.await)
}

/// 退職・異動: every right and session here ends at once. `If-Match` names `place_version`.
#[utoipa::path(
    delete, path = "/accounts/{account}/place", tag = "administration",
    params(MemberPath, OrganisationQuery, IfMatch),
    responses(
        (status = 204, description = "外しました"),
        (status = 404, description = "この所属の職員ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn off_board(
    at: Member,
    IfMatch { version }: IfMatch,
    Extract(state): Extract<State>,
) -> Result<StatusCode, Problem> {
    let Member { organisation, account, now, .. } = &at;
    let done = account::off_board(&state.app, at.by(), organisation, account, version, *now).await;
    conditional::stale(done)
}

/// 退職・異動の取り消し: the member works here again. `If-Match` names `place_version`.
#[utoipa::path(
    post, path = "/accounts/{account}/place/take-back", tag = "administration",
    params(MemberPath, OrganisationQuery, IfMatch),
    responses(
        (status = 204, description = "もどしました"),
        (status = 404, description = "この所属の職員ではありません"),
        (status = 412, description = "先に別の変更がありました"),
    )
)]
pub async fn take_back(
    at: Member,
    IfMatch { version }: IfMatch,
    Extract(state): Extract<State>,
) -> Result<StatusCode, Problem> {
    let Member { organisation, account, now, .. } = &at;
    let done = account::take_back(&state.app, at.by(), organisation, account, version, *now).await;
    conditional::stale(done)
}

/// 加える所属.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "login": "jiro.sato", "level": "general", "job": "care_worker" })))]
pub struct MembershipRequest {
    /// 所属: `provider:…` など. なければ自分の所属.
    #[serde(default)]
    organisation: Option<Organisation>,
    /// サインインのID, of somebody who has an account.
    login: String,
    /// 権限.
    level: AccountLevel,
    /// 職種.
    job: JobType,
    /// ケアプランを作る職員か, although the office is of another kind.
    #[serde(default)]
    writes_care_plans: bool,
}

/// 兼務: gives an account a second place, in an office of the same corporation; the operator
/// anywhere.
#[utoipa::path(
    post, path = "/memberships", tag = "administration", request_body = MembershipRequest,
    responses(
        (status = 204, description = "加えました"),
        (status = 403, description = "職員を管理する立場ではありません"),
        (status = 404, description = "同じ法人の職員ではありません"),
        (status = 409, description = "もう所属しています"),
    )
)]
pub async fn join(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<MembershipRequest>,
) -> Result<StatusCode, Problem> {
    let organisation = sent.organisation.unwrap_or_else(|| by.caller().organisation.clone());
    let place =
        NewPlace { level: sent.level, job: sent.job, writes_care_plans: sent.writes_care_plans };
    let (staff, now) = (By::Staff(by.caller()), state.now());
    account::add_membership(&state.app, staff, &organisation, &sent.login, place, now).await?;
    Ok(StatusCode::NO_CONTENT)
}
