//! Identity check (本人確認) and registration as the office in charge (担当事業所登録).

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_app::assignment;
use tasuki_app::find::{self, Proof};
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey, Sex};
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::person::MatchingItems;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{Strict, json};
use crate::api::moment::Moment;
use crate::problem::Problem;
use crate::server::State;

/// 被保険者証の4つの項目.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "insurer_number": "990010", "insured_number": "0000123456", "birth_date": "1942-03-05",
    "sex": "female"
})))]
pub struct FindRequest {
    /// 保険者番号.
    #[schema(value_type = String, example = "990010")]
    insurer_number: InsurerNumber,
    /// 被保険者番号.
    #[schema(value_type = String, example = "0000000001")]
    insured_number: InsuredNumber,
    /// 生年月日.
    birth_date: Date,
    /// 性別.
    sex: Sex,
}

/// 本人確認の結果.
#[derive(Serialize, ToSchema)]
pub struct FindAnswer {
    /// 結果の印: sealed for this account; registers the office or opens in an emergency.
    proof: String,
    /// 使える期限.
    until: Moment,
}

impl FindAnswer {
    /// The proof of a check that was made just now.
    pub(super) fn of(
        state: &State,
        by: &Software,
        proof: Proof,
        now: AtMs,
    ) -> Result<Self, Problem> {
        let until = find::identified(&state.app, by.caller(), &proof, now)?.until;
        Ok(Self { proof: proof.0, until: until.into() })
    }
}

/// カードなしの本人確認: the four items must all fit; which one does not is never told.
#[utoipa::path(
    post, path = "/persons/find", tag = "person", request_body = FindRequest,
    responses(
        (status = 200, description = "本人確認の結果", body = FindAnswer),
        (status = 404, description = "4つの項目に合う方を表示できません"),
        (status = 429, description = "回数が多いため、しばらく受け付けません"),
    )
)]
pub async fn find(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<FindRequest>,
) -> Result<Response, Problem> {
    let items = MatchingItems {
        person: PersonKey { insurer: sent.insurer_number, insured: sent.insured_number },
        birth_date: sent.birth_date,
        sex: sent.sex,
    };
    let now = state.now();
    let proof = find::by_items(&state.app, by.caller(), &items, now).await?;
    json(StatusCode::OK, &FindAnswer::of(&state, &by, proof, now)?)
}

/// 担当として登録する方.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "proof": "8f2c…" })))]
pub struct RegisterRequest {
    /// 本人確認の結果の印.
    proof: String,
}

/// 利用者の取っ手, for this organisation.
#[derive(Serialize, ToSchema)]
pub struct HandleAnswer {
    /// 利用者の取っ手: 64 hexadecimal digits, always the same for the same person and organisation.
    pub(in crate::api) handle: String,
}

/// 担当事業所登録: the office is in charge from now on. A second registration changes nothing.
#[utoipa::path(
    post, path = "/persons/register", tag = "person", request_body = RegisterRequest,
    responses(
        (status = 201, description = "登録しました", body = HandleAnswer),
        (status = 403, description = "事業所の職員ではありません"),
        (status = 404, description = "本人確認の結果が使えません"),
    )
)]
pub async fn register(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<RegisterRequest>,
) -> Result<Response, Problem> {
    let (staff, now) = (by.caller(), state.now());
    let person = assignment::register(&state.app, staff, &Proof(sent.proof), now).await?;
    json(StatusCode::CREATED, &HandleAnswer { handle: by.handle(&state, &person) })
}

/// 担当を終える: ends every open registration of this office for the person.
#[utoipa::path(
    delete, path = "/persons/{handle}/assignment", tag = "person",
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 204, description = "担当を終えました"),
        (status = 404, description = "担当していません"),
    )
)]
pub async fn end(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
) -> Result<StatusCode, Problem> {
    let person = by.person(&state, &handle)?;
    assignment::end_by_office(&state.app, by.caller(), &person, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
