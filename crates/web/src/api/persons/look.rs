//! A look (閲覧): basics, papers with their bodies, and what keeps the rest.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use tasuki_app::look::{self, Ask, Kinds, Look};
use tasuki_core::assignment::ContinuityRule;
use tasuki_core::date::AtMs;
use tasuki_core::document::{BodyText, DocumentKind};
use tasuki_core::event::Action;
use tasuki_core::word::Word;
use utoipa::{IntoParams, ToSchema};

use crate::api::body::{self, StrictQuery};
use crate::api::view::{
    AnswerView, AssignmentView, AverageView, ConsentView, InsurerView, Paper, PaperView, PersonView,
};
use crate::api::{Software, conditional, moment};
use crate::problem::Problem;
use crate::server::State;

/// What to look at.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LookQuery {
    /// この日時のようす (RFC 3339).
    as_of: Option<String>,
    /// 書類の種類, joined by commas; all without it. Only these are read and recorded.
    kinds: Option<String>,
    /// 目的: the usual one of the account's job without it.
    purpose: Option<String>,
    /// 版: `newest` (without it) or `all`.
    versions: Option<String>,
    /// 答えの使い方: `look` (without it), `print` or `export`.
    action: Option<String>,
}

/// 呼び出した立場から見える利用者.
#[derive(Serialize, ToSchema)]
pub struct LookAnswer<'a> {
    /// 利用者の取っ手.
    handle: &'a str,
    /// 利用者.
    person: PersonView<'a>,
    /// 保険者.
    insurer: InsurerView<'a>,
    /// 担当事業所, former ones included.
    assignments: Vec<AssignmentView<'a>>,
    /// 同意の台帳.
    consents: Vec<ConsentView<'a>>,
    /// 書類, newest first within a kind.
    #[schema(value_type = Vec<Paper>)]
    papers: Vec<PaperView<'a>>,
    /// 種類ごとの答え: whether it is shown and what keeps it.
    answers: Vec<AnswerView>,
    /// 認定の段階ごとの、この保険者のふだんの日数.
    averages: Vec<AverageView>,
}

impl<'a> LookAnswer<'a> {
    /// Borrowed from a look.
    fn of(handle: &'a str, look: &'a Look<BodyText>, rule: ContinuityRule) -> Self {
        let (basics, at) = (&look.basics, look.at);
        let assignment = |own| AssignmentView::of(basics, own, rule, at);
        Self {
            handle,
            person: PersonView::of(basics),
            insurer: InsurerView::of(&basics.insurer),
            assignments: basics.assignments.iter().map(assignment).collect(),
            consents: basics.consents.iter().map(|own| ConsentView::of(own, at)).collect(),
            papers: look.papers.iter().map(PaperView::of).collect(),
            answers: look.answers.iter().map(AnswerView::of).collect(),
            averages: look.averages.iter().map(AverageView::from).collect(),
        }
    }
}

/// 利用者を開く: basics, papers and the reason for what is not shown.
///
/// Each answer leaves an access event before it leaves, 304 included. An unknown person and one
/// the caller may not know look the same (404).
#[utoipa::path(
    get, path = "/persons/{handle}", tag = "person",
    params(("handle" = String, Path, description = "利用者の取っ手"), LookQuery),
    responses(
        (status = 200, description = "利用者", body = LookAnswer<'static>, headers(("ETag" = String))),
        (status = 304, description = "前の答えから変わっていません（閲覧として記録されます）"),
        (status = 404, description = "いないか、表示できません"),
    )
)]
pub async fn look(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    StrictQuery(query): StrictQuery<LookQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visitor = by.visitor()?;
    let now = state.now();
    let kinds = kinds(query.kinds.as_deref())?;
    let ask = Ask {
        purpose: body::word(query.purpose.as_deref(), "purpose")?
            .unwrap_or_else(|| look::usual_purpose(&visitor)),
        action: action(query.action.as_deref())?,
        as_of: as_of(query.as_of.as_deref(), now)?,
        all_versions: match query.versions.as_deref() {
            None | Some("newest") => false,
            Some("all") => true,
            Some(_) => return Err(body::invalid("versions", "unknown")),
        },
        papers: true,
    };
    let person = by.person(&state, &handle)?;
    let look = look::open_kinds(&state.app, &visitor, &person, ask, kinds, now).await?;
    let answer = LookAnswer::of(&handle, &look, state.app.settings.continuity);
    Ok(conditional::answer(&headers, body::written(&answer)?))
}

fn kinds(text: Option<&str>) -> Result<Kinds, Problem> {
    let Some(text) = text else { return Ok(Kinds::all()) };
    let kinds = text.split(',').map(|kind| DocumentKind::from_word(kind.trim()));
    let kinds = kinds.collect::<Option<Vec<_>>>().ok_or_else(|| body::invalid("kinds", "unknown"));
    Ok(Kinds::only(&kinds?))
}

fn action(text: Option<&str>) -> Result<Action, Problem> {
    match body::word(text, "action")? {
        None => Ok(Action::Look),
        Some(action @ (Action::Look | Action::Print | Action::Export)) => Ok(action),
        Some(_) => Err(body::invalid("action", "unknown")),
    }
}

fn as_of(text: Option<&str>, now: AtMs) -> Result<Option<AtMs>, Problem> {
    let Some(text) = text else { return Ok(None) };
    match moment::parse(text) {
        Some(at) if at <= now => Ok(Some(at)),
        Some(_) => Err(body::invalid("as_of", "date-future")),
        None => Err(body::invalid("as_of", "date")),
    }
}
