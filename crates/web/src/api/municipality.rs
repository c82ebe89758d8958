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
use utoipa::{IntoParams, ToSchema};

use super::Software;
use super::body::{self, Strict, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery, cursor};
use super::view::{AverageView, InsurerView, NameView};
use crate::problem::Problem;
use crate::server::State;

/// 順番を待っている申請の数.
#[derive(Serialize, ToSchema)]
pub struct TurnView {
    /// だれの番か.
    turn: Turn,
    /// 数.
    count: usize,
}

fn turns(turns: &[(Turn, usize)]) -> Vec<TurnView> {
    turns.iter().map(|(turn, count)| TurnView { turn: *turn, count: *count }).collect()
}

/// 保険者のあらまし: counts, without any person.
#[derive(Serialize, ToSchema)]
pub struct OverviewAnswer<'a> {
    /// 保険者.
    insurer: InsurerView<'a>,
    /// 進行中の申請の数.
    running: usize,
    /// だれの番かごとの数.
    turns: Vec<TurnView>,
    /// 決定の期限を過ぎた申請の数.
    overdue: usize,
    /// 認定の段階ごとの、ふだんの日数.
    averages: Vec<AverageView>,
    /// 認定を受けている人の数.
    certified: i64,
    /// そのうち同意のある人の数.
    with_consent: i64,
    /// 回答していない問い合わせの数.
    objections: i64,
    /// まだ読んでいないお知らせの数.
    notices: i64,
}

/// 保険者のあらまし.
#[utoipa::path(
    get, path = "/municipality", tag = "municipality",
    responses(
        (status = 200, description = "あらまし", body = OverviewAnswer<'static>),
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
        averages: found.averages.iter().map(AverageView::from).collect(),
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
    /// 1ページの件数. 1から200まで、なければ50.
    limit: Option<usize>,
    /// 続き: 前のページの `next`.
    cursor: Option<String>,
    /// だれの番のものか.
    turn: Option<String>,
    /// 決定の期限を過ぎたものだけ.
    overdue: Option<bool>,
}

/// 進行中の申請.
#[derive(Serialize, ToSchema)]
pub struct RunningView<'a> {
    /// 利用者の取っ手.
    handle: String,
    /// 氏名.
    name: NameView<'a>,
    /// 申請日.
    filed_on: Date,
    /// だれの番か.
    turn: Turn,
    /// いつから.
    since: Date,
    /// 待っている日数: full days since then.
    days: i64,
    /// 決定の期限: 30 days, or the day of a postponement notified within them.
    deadline: Date,
    /// 期限を過ぎている.
    overdue: bool,
    /// 延期を通知した日.
    postponed_on: Option<Date>,
    /// 延期の通知にある見込みの日.
    postponed_until: Option<Date>,
    /// 意見書を書く医療機関.
    institution: Option<&'a str>,
    /// 審査会の予定日.
    board_planned_on: Option<Date>,
}

/// 認定の進み具合: running applications, oldest first. One event for each page.
///
/// The cursor counts lines: an application that is decided in between moves the others up.
#[utoipa::path(
    get, path = "/municipality/queue", tag = "municipality", params(QueueQuery),
    responses(
        (status = 200, description = "進行中の申請", body = Page<RunningView<'static>>),
        (status = 403, description = "市町村ではありません"),
    )
)]
pub async fn queue(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<QueueQuery>,
) -> Result<Response, Problem> {
    let turn = body::word(query.turn.as_deref(), "turn")?;
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
            postponed_on: standing.postponement.map(|notice| notice.notified_on),
            postponed_until: standing.postponement.map(|notice| notice.expected_by),
            institution: line.institution.as_deref(),
            board_planned_on: line.board_planned_on,
        });
    }
    let end = skip.saturating_add(limit);
    let next = (end < found.total).then(|| cursor(&end.to_string()));
    json(StatusCode::OK, &Page { items, next })
}

/// ご本人からの問い合わせ.
#[derive(Serialize, ToSchema)]
pub struct ObjectionView<'a> {
    /// 問い合わせの番号.
    id: &'a str,
    /// 利用者の取っ手.
    handle: String,
    /// 対象の記録の番号.
    event_seq: i64,
    /// ご本人の言葉.
    note: &'a str,
    /// 問い合わせの日時.
    made_at: Moment,
    /// 回答の日時.
    answered_at: Option<Moment>,
    /// 回答.
    answer: Option<&'a str>,
}

/// ご本人からの問い合わせ, those without answer first.
#[utoipa::path(
    get, path = "/objections", tag = "municipality", params(PageQuery),
    responses(
        (status = 200, description = "問い合わせの一覧", body = Page<ObjectionView<'static>>),
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

/// 回答.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "answer": "訪問の前に確かめたものでした。" })))]
pub struct AnswerRequest {
    /// ご本人が読む回答.
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
    /// さかのぼる日数. 1から366まで、なければ30.
    days: Option<i64>,
}

/// 所属ごとの閲覧の回数.
#[derive(Serialize, ToSchema)]
pub struct LooksView {
    /// 所属; null for the persons themselves.
    organisation: Option<String>,
    /// 所属の名前.
    name: Option<String>,
    /// 回数; null for less than ten.
    looks: Option<i64>,
    /// 人数; null for less than ten.
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
        (status = 200, description = "閲覧の回数", body = Page<LooksView>),
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
