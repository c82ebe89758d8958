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
use tasuki_store::certification::AveragedStep;
use utoipa::{IntoParams, ToSchema};

use crate::api::body::{self, StrictQuery};
use crate::api::view::{
    AnswerView, AssignmentView, ConsentView, InsurerView, PaperView, PersonView,
};
use crate::api::{Software, conditional, moment, schema};
use crate::problem::Problem;
use crate::server::State;

/// What to look at.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LookQuery {
    /// The state at an earlier moment (RFC 3339).
    as_of: Option<String>,
    /// Kinds of papers, joined by commas; all without it. Only these are read and recorded.
    kinds: Option<String>,
    /// Why: the usual purpose of the account's job without it.
    purpose: Option<String>,
    /// `newest` (without it) or `all`: every version of each paper.
    versions: Option<String>,
    /// `look` (without it), `print` or `export`: what is done with the answer.
    action: Option<String>,
}

/// A person as the caller may see them.
#[derive(Serialize, ToSchema)]
pub struct LookAnswer<'a> {
    /// The handle that was asked for.
    handle: &'a str,
    /// The person.
    person: PersonView<'a>,
    /// The insurer, and since when its data are here.
    insurer: InsurerView<'a>,
    /// Offices in charge, former ones included.
    assignments: Vec<AssignmentView<'a>>,
    /// The ledger of consents.
    consents: Vec<ConsentView<'a>>,
    /// Papers, newest first within a kind.
    papers: Vec<PaperView<'a>>,
    /// For each kind, whether it is shown and what keeps it.
    answers: Vec<AnswerView>,
    /// The insurer's usual days of each step of a certification.
    averages: Vec<AverageView>,
}

/// The insurer's usual time for one step.
#[derive(Serialize, ToSchema)]
pub struct AverageView {
    /// Which step.
    #[schema(schema_with = schema::word::<AveragedStep>)]
    step: AveragedStep,
    /// Cases counted.
    cases: i64,
    /// Tenths of a day on average.
    tenth_days: i64,
}

impl<'a> LookAnswer<'a> {
    /// Borrowed from a look.
    fn of(handle: &'a str, look: &'a Look<BodyText>, rule: ContinuityRule) -> Self {
        let (basics, at) = (&look.basics, look.at);
        let assignment = |own| AssignmentView::of(basics, own, rule, at);
        let average = |own: &tasuki_store::certification::StepAverage| AverageView {
            step: own.step,
            cases: own.cases,
            tenth_days: own.tenth_days,
        };
        Self {
            handle,
            person: PersonView::of(basics),
            insurer: InsurerView::of(&basics.insurer),
            assignments: basics.assignments.iter().map(assignment).collect(),
            consents: basics.consents.iter().map(|own| ConsentView::of(own, at)).collect(),
            papers: look.papers.iter().map(PaperView::of).collect(),
            answers: look.answers.iter().map(AnswerView::of).collect(),
            averages: look.averages.iter().map(average).collect(),
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
        (status = 200, body = LookAnswer<'static>, headers(("ETag" = String))),
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
        purpose: word(query.purpose.as_deref(), "purpose")?
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

fn word<W: Word>(text: Option<&str>, field: &'static str) -> Result<Option<W>, Problem> {
    let parse = |text| W::from_word(text).ok_or_else(|| body::invalid(field, "unknown"));
    text.map(parse).transpose()
}

fn kinds(text: Option<&str>) -> Result<Kinds, Problem> {
    let Some(text) = text else { return Ok(Kinds::all()) };
    let kinds = text.split(',').map(|kind| DocumentKind::from_word(kind.trim()));
    let kinds = kinds.collect::<Option<Vec<_>>>().ok_or_else(|| body::invalid("kinds", "unknown"));
    Ok(Kinds::only(&kinds?))
}

fn action(text: Option<&str>) -> Result<Action, Problem> {
    match word(text, "action")? {
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
