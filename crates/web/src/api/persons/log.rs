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

use crate::api::body::{self, StrictQuery, json};
use crate::api::moment::Moment;
use crate::api::paging::{Page, PageQuery, cursor};
use crate::api::{Software, schema};
use crate::problem::Problem;
use crate::server::State;

/// One event about the person.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// Number in the log.
    seq: i64,
    /// When.
    #[schema(schema_with = schema::moment)]
    at: Moment,
    /// `staff`, `person`, `delegate` or `system`.
    by: &'static str,
    /// `provider:…`, `insurer:…` …; staff only.
    organisation: Option<String>,
    /// Account id; staff only.
    account: Option<String>,
    /// Job; staff only.
    #[schema(schema_with = schema::word::<JobType>)]
    job: Option<JobType>,
    /// What was done.
    #[schema(schema_with = schema::word::<Action>)]
    action: Action,
    /// Why.
    #[schema(schema_with = schema::word::<Purpose>)]
    purpose: Purpose,
    /// `allowed`, `refused` or `failed`.
    outcome: &'static str,
    /// The gate that refused.
    #[schema(schema_with = schema::word::<Gate>)]
    gate: Option<Gate>,
    /// Papers shown and kinds kept.
    papers: Vec<TouchedView>,
}

/// One paper, or one kind, that an event touched.
#[derive(Serialize, ToSchema)]
pub struct TouchedView {
    /// Kind of paper.
    #[schema(schema_with = schema::word::<DocumentKind>)]
    kind: DocumentKind,
    /// Which paper was shown.
    series: Option<String>,
    /// Its version.
    version: Option<i64>,
    /// The gate that kept the kind.
    #[schema(schema_with = schema::word::<Gate>)]
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
        (status = 200, body = Page<EventView>),
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
