//! Who looked (アクセス記録): for the insurer; the person reads it on their own pages.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use tasuki_app::citizen;
use tasuki_core::account::JobType;
use tasuki_core::document::DocumentKind;
use tasuki_core::event::{Action, Actor, Gate, Outcome, Purpose};
use tasuki_store::event::Numbered;
use utoipa::ToSchema;

use crate::api::Software;
use crate::api::body::{self, StrictQuery, json};
use crate::api::moment::Moment;
use crate::api::paging::{Page, PageQuery, cursor};
use crate::problem::Problem;
use crate::server::State;

/// 1つの記録.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// 記録の番号.
    seq: i64,
    /// 日時.
    at: Moment,
    /// だれが: `staff`, `person`, `delegate` or `system`.
    by: &'static str,
    /// 所属: staff only.
    organisation: Option<String>,
    /// アカウントの番号: staff only.
    account: Option<String>,
    /// 職種: staff only.
    job: Option<JobType>,
    /// したこと.
    action: Action,
    /// 目的.
    purpose: Purpose,
    /// 結果: `allowed`, `refused` or `failed`.
    outcome: &'static str,
    /// 止めた決まり.
    gate: Option<Gate>,
    /// 見せた書類と、見せなかった種類.
    papers: Vec<TouchedView>,
}

/// 記録にある書類、または種類.
#[derive(Serialize, ToSchema)]
pub struct TouchedView {
    /// 書類の種類.
    kind: DocumentKind,
    /// 見せた書類の番号.
    series: Option<String>,
    /// 見せた書類の版.
    version: Option<i64>,
    /// 止めた決まり.
    gate: Option<Gate>,
}

fn outcome(outcome: Outcome) -> (&'static str, Option<Gate>) {
    match outcome {
        Outcome::Allowed => ("allowed", None),
        Outcome::Refused(gate) => ("refused", Some(gate)),
        Outcome::Failed => ("failed", None),
    }
}

impl From<Numbered> for EventView {
    fn from(numbered: Numbered) -> Self {
        let event = numbered.event;
        let (word, gate) = outcome(event.outcome);
        let (by, organisation, account, job) = match event.actor {
            Actor::Staff { organisation, account, job, device: _ } => {
                ("staff", Some(organisation.to_string()), Some(account), Some(job))
            }
            Actor::Person => ("person", None, None, None),
            Actor::Delegate { .. } => ("delegate", None, None, None),
            Actor::System { .. } => ("system", None, None, None),
        };
        let touched = event.touched.into_iter().map(|touched| {
            let (series, version) = touched.shown.unzip();
            TouchedView { kind: touched.kind, series, version, gate: outcome(touched.outcome).1 }
        });
        Self {
            seq: numbered.seq,
            at: event.at.into(),
            by,
            organisation,
            account,
            job,
            action: event.action,
            purpose: event.purpose,
            outcome: word,
            gate,
            papers: touched.collect(),
        }
    }
}

/// だれが見たか, newest first, 50 events a page (`limit` is not used here). For the insurer.
#[utoipa::path(
    get, path = "/persons/{handle}/log", tag = "person",
    params(("handle" = String, Path, description = "利用者の取っ手"), PageQuery),
    responses(
        (status = 200, description = "記録の一覧", body = Page<EventView>),
        (status = 404, description = "いないか、表示できません"),
    )
)]
pub async fn log(
    by: Software,
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let visitor = by.visitor()?;
    let before = query.after()?.map(|after| after.parse::<i64>()).transpose();
    let before = before.map_err(|_| body::invalid("cursor", "cursor-gone"))?;
    let person = by.person(&state, &handle)?;
    let events = citizen::log(&state.app, &visitor, &person, before, state.now()).await?;
    let full = events.len() >= usize::from(citizen::LOG_PAGE);
    let next = events.last().filter(|_| full).map(|last| cursor(&last.seq.to_string()));
    let items: Vec<_> = events.into_iter().map(EventView::from).collect();
    json(StatusCode::OK, &Page { items, next })
}
