//! Identity check (本人確認) and registration as the office in charge (担当事業所登録).

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_app::assignment;
use tasuki_app::find::{self, Proof};
use tasuki_core::insured::{InsuredNumber, PersonKey, Sex};
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::person::MatchingItems;
use utoipa::ToSchema;

use crate::api::body::{Strict, json};
use crate::api::moment::Moment;
use crate::api::{Software, schema};
use crate::problem::Problem;
use crate::server::State;

/// The four items of the certificate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
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
    #[schema(schema_with = schema::word::<Sex>)]
    sex: Sex,
}

/// Somebody was found.
#[derive(Serialize, ToSchema)]
pub struct FindAnswer {
    /// Sealed for this account; registers the office or opens in an emergency.
    proof: String,
    /// Until when it counts.
    #[schema(schema_with = schema::moment)]
    until: Moment,
}

/// カードなしの本人確認: the four items must all fit; which one does not is never told.
#[utoipa::path(
    post, path = "/persons/find", tag = "person", request_body = FindRequest,
    responses(
        (status = 200, body = FindAnswer),
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
    let until = find::identified(&state.app, by.caller(), &proof, now)?.until;
    json(StatusCode::OK, &FindAnswer { proof: proof.0, until: until.into() })
}

/// A person that was found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    /// From the identity check.
    proof: String,
}

/// The handle of a person, for this organisation.
#[derive(Serialize, ToSchema)]
pub struct HandleAnswer {
    /// 64 hexadecimal digits; always the same for the same person and organisation.
    pub(in crate::api) handle: String,
}

/// 担当事業所登録: the office is in charge from now on. A second registration changes nothing.
#[utoipa::path(
    post, path = "/persons/register", tag = "person", request_body = RegisterRequest,
    responses(
        (status = 201, body = HandleAnswer),
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
