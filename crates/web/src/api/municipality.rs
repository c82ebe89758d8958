//! What a municipality asks for (保険者): its counts, its queue, objections, who looks how often.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_app::queue::{self, Filter};
use tasuki_app::statistics::{self, Count};
use tasuki_app::{municipality, objection};
use tasuki_core::certification::waiting::Turn;
use tasuki_core::insured::Personal;
use tasuki_core::word::Word;
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Strict, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery, cursor};
use super::view::{InsurerView, NameView};
use super::{Software, schema};
use crate::problem::Problem;
use crate::server::State;

/// How many applications wait for one turn.
#[derive(Serialize, ToSchema)]
pub struct TurnView {
    /// Whose turn.
    #[schema(schema_with = schema::word::<Turn>)]
    turn: Turn,
    /// How many.
    count: usize,
}

fn turns(turns: &[(Turn, usize)]) -> Vec<TurnView> {
    turns.iter().map(|(turn, count)| TurnView { turn: *turn, count: *count }).collect()
}

/// Counts, without any person.
#[derive(Serialize, ToSchema)]
pub struct OverviewAnswer<'a> {
    /// The insurer.
    insurer: InsurerView<'a>,
    /// Running applications.
    running: usize,
    /// Of each turn.
    turns: Vec<TurnView>,
    /// Beyond the thirty days.
    overdue: usize,
    /// Certified persons.
    certified: i64,
    /// Of those, with a consent.
    with_consent: i64,
    /// Objections without an answer.
    objections: i64,
    /// Notices nobody has read.
    notices: i64,
}

/// 保険者のあらまし.
#[utoipa::path(
    get, path = "/municipality", tag = "municipality",
    responses(
        (status = 200, body = OverviewAnswer<'static>),
        (status = 403, description = "市町村ではありません"),
    )
)]
pub async fn overview(by: Software, Extract(state): Extract<State>) -> Result<Response, Problem> {
    let found = municipality::overview(&state.app, by.caller(), state.now()).await?;
    let answer = OverviewAnswer {
        insurer: InsurerView::of(&found.insurer.insurer),
        running: found.running,
        turns: turns(&found.turns),
        overdue: found.overdue,
        certified: found.consents.certified,
        with_consent: found.consents.with_consent,
        objections: found.objections,
        notices: found.notices,
    };
    json(StatusCode::OK, &answer)
}

/// Which applications.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Most items, 1 to 200; 50 without it.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Only those where it is this turn.
    turn: Option<String>,
    /// Only those beyond the thirty days.
    overdue: Option<bool>,
}

/// A running application.
#[derive(Serialize, ToSchema)]
pub struct RunningView<'a> {
    /// Names the person in addresses.
    handle: String,
    /// 氏名.
    name: NameView<'a>,
    /// 申請日.
    filed_on: Date,
    /// Whose turn it is.
    #[schema(schema_with = schema::word::<Turn>)]
    turn: Turn,
    /// Since when.
    since: Date,
    /// Full days since then.
    days: i64,
    /// Day by which the law wants a decision.
    deadline: Date,
    /// That day is over.
    overdue: bool,
    /// Institution that writes the opinion.
    institution: Option<&'a str>,
    /// Day the board will sit.
    board_planned_on: Option<Date>,
}

/// 認定の進み具合: running applications, oldest first. One event for each page.
///
/// The cursor counts lines: an application that is decided in between moves the others up.
#[utoipa::path(
    get, path = "/municipality/queue", tag = "municipality", params(QueueQuery),
    responses(
        (status = 200, body = Page<RunningView<'static>>),
        (status = 403, description = "市町村ではありません"),
    )
)]
pub async fn queue(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<QueueQuery>,
) -> Result<Response, Problem> {
    let parse = |text: &String| Turn::from_word(text).ok_or(body::invalid("turn", "unknown"));
    let turn = query.turn.as_ref().map(parse).transpose()?;
    let filter = Filter { turn, overdue: query.overdue.unwrap_or(false) };
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, skip) = (page.limit()?, page.after()?.map(|text| text.parse::<usize>()));
    let skip = skip.transpose().map_err(|_| body::invalid("cursor", "cursor-gone"))?.unwrap_or(0);
    let found = queue::page(&state.app, by.caller(), filter, skip, limit, state.now()).await?;
    let mut items = Vec::with_capacity(found.lines.len());
    for line in &found.lines {
        let standing = line.standing;
        items.push(RunningView {
            handle: by.handle(&state, &line.person.key),
            name: NameView::of(&line.person.name),
            filed_on: standing.filed_on,
            turn: standing.turn,
            since: standing.since,
            days: standing.days,
            deadline: standing.deadline,
            overdue: standing.overdue,
            institution: line.institution.as_deref(),
            board_planned_on: line.board_planned_on,
        });
    }
    let end = skip.saturating_add(limit);
    let next = (end < found.total).then(|| cursor(&end.to_string()));
    json(StatusCode::OK, &Page { items, next })
}

/// The person's word on a look.
#[derive(Serialize, ToSchema)]
pub struct ObjectionView<'a> {
    /// Names it.
    id: &'a str,
    /// The person.
    handle: String,
    /// Number of the event it is about.
    event_seq: i64,
    /// What the person says.
    note: &'a str,
    /// When it was made.
    #[schema(schema_with = schema::moment)]
    made_at: Moment,
    /// When it was answered.
    #[schema(schema_with = schema::moment)]
    answered_at: Option<Moment>,
    /// The answer.
    answer: Option<&'a str>,
}

/// ご本人からの問い合わせ, those without answer first.
#[utoipa::path(
    get, path = "/objections", tag = "municipality", params(PageQuery),
    responses(
        (status = 200, body = Page<ObjectionView<'static>>),
        (status = 403, description = "市町村ではありません"),
    )
)]
pub async fn objections(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let found = objection::list(&state.app, by.caller(), state.now()).await?;
    let page = query.of(found, |own: &objection::Objection| own.id.clone())?;
    let mut items = Vec::with_capacity(page.items.len());
    for own in &page.items {
        items.push(ObjectionView {
            id: &own.id,
            handle: by.handle(&state, &own.person),
            event_seq: own.event_seq,
            note: own.note.expose(),
            made_at: own.made_at.into(),
            answered_at: own.answered_at.map(Moment),
            answer: own.answer.as_ref().map(Personal::expose),
        });
    }
    json(StatusCode::OK, &Page { items, next: page.next })
}

/// An answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// What the person will read.
    answer: String,
}

/// 問い合わせに答える.
#[utoipa::path(
    post, path = "/objections/{id}/answer", tag = "municipality", request_body = AnswerRequest,
    params(("id" = String, Path, description = "問い合わせの番号")),
    responses(
        (status = 204, description = "答えました"),
        (status = 404, description = "ありません"),
        (status = 409, description = "もう答えています"),
    )
)]
pub async fn answer(
    by: Software,
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Strict(sent): Strict<AnswerRequest>,
) -> Result<StatusCode, Problem> {
    objection::answer(&state.app, by.caller(), &id, &sent.answer, state.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many days back.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LooksQuery {
    /// 1 to 366; 30 without it.
    days: Option<i64>,
}

/// Looks of one organisation.
#[derive(Serialize, ToSchema)]
pub struct LooksView {
    /// Who; null for the persons themselves.
    organisation: Option<String>,
    /// Name of the office.
    name: Option<String>,
    /// How often; null for less than ten.
    looks: Option<i64>,
    /// How many persons; null for less than ten.
    persons: Option<i64>,
}

fn told(count: Count) -> Option<i64> {
    match count {
        Count::Of(count) => Some(count),
        Count::Few => None,
    }
}

/// 閲覧の回数, by organisation, most first. Small counts are not told.
#[utoipa::path(
    get, path = "/municipality/looks", tag = "municipality", params(LooksQuery),
    responses(
        (status = 200, body = Page<LooksView>),
        (status = 403, description = "市町村ではありません"),
    )
)]
pub async fn looks(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<LooksQuery>,
) -> Result<Response, Problem> {
    let days = query.days.unwrap_or(30);
    let found = statistics::looks(&state.app, by.caller(), days, state.now()).await?;
    let view = |own: statistics::Looks| LooksView {
        organisation: own.organisation.map(|organisation| organisation.to_string()),
        name: own.name,
        looks: told(own.looks),
        persons: told(own.persons),
    };
    let items: Vec<_> = found.into_iter().map(view).collect();
    json(StatusCode::OK, &Page { items, next: None })
}
