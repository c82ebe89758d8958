//! Consent (同意) on the person's word: the ledger, taking one, taking one back.

use std::collections::BTreeSet;

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_app::consent::{self, Draft, by_card};
use tasuki_app::look::{self, Ask, Kinds, Look};
use tasuki_core::consent::{ConsentBasis, ConsentMeans, ConsentScope};
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::Personal;
use tasuki_core::provider::ProviderNumber;
use utoipa::ToSchema;

use super::Software;
use super::body::{Strict, invalid, json};
use super::paging::Page;
use super::persons::card::{ReadingAnswer, ReadingRequest};
use super::view::ConsentView;
use crate::problem::Problem;
use crate::server::State;

/// On whose word (同意した人).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "by", deny_unknown_fields)]
enum BasisRequest {
    /// ご本人.
    Person {},
    /// 成年後見人等.
    StatutoryAgent {
        /// 氏名.
        name: String,
    },
    /// 家族等, when the person cannot decide.
    FamilyProxy {
        /// 氏名.
        name: String,
        /// ご本人との続柄.
        relation: String,
        /// ご本人が判断できない理由.
        reason: String,
    },
}

/// How it was given (同意の方法).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "means", deny_unknown_fields)]
enum MeansRequest {
    /// マイナンバーカード: the person's card, read for this consent (`POST …/consents/card`) within
    /// three minutes. It gives one consent, on the word of the person alone.
    Card {
        /// 写真と本人を見比べた: needed when the card is checked by eye.
        #[serde(default)]
        photo_compared: bool,
    },
    /// 画面の署名: the `d` of an SVG path.
    Signature {
        /// 線: letters M, L and Z, numbers, spaces and commas.
        path: String,
    },
    /// 同意書.
    Paper {
        /// 同意書の保管場所.
        kept_at: String,
    },
    /// 認定の申請のとき; insurers only.
    Application {},
}

/// 登録する同意.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "basis": { "by": "person" }, "means": { "means": "paper", "kept_at": "事務室の棚" },
    "kinds": ["survey_sheet"], "from": "2026-11-20"
})))]
pub struct ConsentRequest {
    /// 同意した人.
    basis: BasisRequest,
    /// 同意の方法.
    means: MeansRequest,
    /// 書類の種類; all when it is absent.
    #[serde(default)]
    kinds: Option<BTreeSet<DocumentKind>>,
    /// 事業所番号 of those who may see them; all in charge when it is absent.
    #[serde(default)]
    providers: Option<BTreeSet<ProviderNumber>>,
    /// はじめの日, not before today.
    from: Date,
    /// 終わりの日, or open.
    #[serde(default)]
    until: Option<Date>,
}

/// 登録した同意.
#[derive(Serialize, ToSchema)]
pub struct ConsentAnswer {
    /// 同意の番号: names it when it is taken back.
    id: String,
}

/// Longest text beside a consent, in characters.
const LONGEST_TEXT: usize = 200;

fn text(field: &'static str, text: String) -> Result<Personal, Problem> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(invalid(field, "empty")),
        1..=LONGEST_TEXT => Ok(Personal::new(text)),
        _ => Err(invalid(field, "too-long")),
    }
}

fn basis(sent: BasisRequest) -> Result<ConsentBasis, Problem> {
    Ok(match sent {
        BasisRequest::Person {} => ConsentBasis::Person,
        BasisRequest::StatutoryAgent { name } => {
            ConsentBasis::StatutoryAgent { name: text("basis.name", name)? }
        }
        BasisRequest::FamilyProxy { name, relation, reason } => ConsentBasis::FamilyProxy {
            name: text("basis.name", name)?,
            relation: text("basis.relation", relation)?,
            reason: text("basis.reason", reason)?,
        },
    })
}

fn means(sent: MeansRequest) -> Result<ConsentMeans, Problem> {
    Ok(match sent {
        MeansRequest::Card { .. } => ConsentMeans::Card,
        MeansRequest::Signature { path } => {
            ConsentMeans::signature(&path).ok_or_else(|| invalid("means.path", "signature"))?
        }
        MeansRequest::Paper { kept_at } => {
            ConsentMeans::Paper { kept_at: text("means.kept_at", kept_at)?.expose().to_owned() }
        }
        MeansRequest::Application {} => ConsentMeans::Application,
    })
}

/// 同意の登録: in force at once.
#[utoipa::path(
    post, path = "/persons/{handle}/consents", tag = "consent", request_body = ConsentRequest,
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 201, description = "登録しました", body = ConsentAnswer),
        (status = 404, description = "いないか、担当していません"),
        (status = 409, description = "このカードの読み取りは、同時に別の同意に使われました"),
        (status = 422, description = "項目が決まりに合わないか、ご本人のカードの読み取りがありません"),
    )
)]
pub async fn take(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    Strict(sent): Strict<ConsentRequest>,
) -> Result<Response, Problem> {
    let person = by.person(&state, &handle)?;
    let scope =
        ConsentScope { kinds: sent.kinds, providers: sent.providers, ..ConsentScope::default() };
    let photo_compared = matches!(sent.means, MeansRequest::Card { photo_compared: true });
    let draft = Draft {
        basis: basis(sent.basis)?,
        photo_compared,
        means: means(sent.means)?,
        scope,
        from: sent.from,
        until: sent.until,
    };
    let id = consent::take(&state.app, by.caller(), &person, draft, state.now()).await?;
    json(StatusCode::CREATED, &ConsentAnswer { id })
}

/// 同意のためのカードの読み取りを始める: the reader on this device waits three minutes for the card of
/// this person; another person's card is refused.
#[utoipa::path(
    post, path = "/persons/{handle}/consents/card", tag = "consent", request_body = ReadingRequest,
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 204, description = "カードを待っています"),
        (status = 403, description = "同意を受け付けない立場です"),
        (status = 404, description = "いないか、担当していません"),
        (status = 429, description = "回数が多いため、しばらく受け付けません"),
        (status = 503, description = "カードを確かめる仕組みにつながっていません"),
    )
)]
pub async fn begin_card(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    Strict(sent): Strict<ReadingRequest>,
) -> Result<StatusCode, Problem> {
    let person = by.person(&state, &handle)?;
    let what = (None, sent.check());
    by_card::begin(&state.app, by.caller(), &person, what, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 同意のためのカードの読み取りのようす, of this account on this device. With `found` the consent can
/// be sent.
#[utoipa::path(
    get, path = "/persons/{handle}/consents/card", tag = "consent",
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 200, description = "読み取りのようす", body = ReadingAnswer<'static>),
        (status = 403, description = "同意を受け付けない立場です"),
        (status = 404, description = "いないか、担当していません"),
    )
)]
pub async fn card(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let person = by.person(&state, &handle)?;
    let reading = by_card::reading(&state.app, by.caller(), &person, state.now()).await?;
    json(StatusCode::OK, &ReadingAnswer::of(&reading))
}

/// 同意の台帳, newest last. Recorded as a look at no paper.
#[utoipa::path(
    get, path = "/persons/{handle}/consents", tag = "consent",
    params(("handle" = String, Path, description = "利用者の取っ手")),
    responses(
        (status = 200, description = "同意の台帳", body = Page<ConsentView<'static>>),
        (status = 404, description = "いないか、表示できません"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let visitor = by.visitor()?;
    let person = by.person(&state, &handle)?;
    let (ask, none) = (Ask::now(&visitor), Kinds::only(&[]));
    let app = &state.app;
    let look: Look = look::open_kinds(app, &visitor, &person, ask, none, state.now()).await?;
    let view = |consent| ConsentView::of(consent, look.at);
    let items: Vec<_> = look.basics.consents.iter().map(view).collect();
    json(StatusCode::OK, &Page { items, next: None })
}

/// 同意の撤回: the next look of every office finds it gone.
#[utoipa::path(
    delete, path = "/persons/{handle}/consents/{id}", tag = "consent",
    params(
        ("handle" = String, Path, description = "利用者の取っ手"),
        ("id" = String, Path, description = "同意の番号"),
    ),
    responses(
        (status = 204, description = "撤回しました"),
        (status = 404, description = "ないか、表示できません"),
        (status = 409, description = "もう撤回されています"),
    )
)]
pub async fn withdraw(
    by: Software,
    Extract(state): Extract<State>,
    Path((handle, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let visitor = by.visitor()?;
    let person = by.person(&state, &handle)?;
    consent::withdraw(&state.app, &visitor, &person, &id, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
