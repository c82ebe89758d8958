//! Who looked at one person, and what they consented to, for their insurer.

use axum::extract::{Path, Query, State as Extract};
use axum::response::IntoResponse;
use http::HeaderMap;
use serde::Deserialize;
use tasuki_app::{citizen, ledger, names};
use tasuki_core::account::Organisation;
use tasuki_core::consent::{Consent, ConsentBasis, ConsentScope, ConsentTaker};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Actor, Outcome};
use tasuki_store::event::Numbered;

use crate::page::municipality::{ConsentLine, LedgerPage, LogLine, LogPage};
use crate::page::{Badge, Pager, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::MunicipalStaff;
use crate::staff::frame::{self, Title};
use crate::view::consent as view;

/// Where the log begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Ask {
    before: Option<i64>,
}

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Path(handle): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<impl IntoResponse, Problem> {
    let staff = staff.0;
    let person = staff.person(&state, &handle)?;
    let (visitor, now) = (staff.visitor()?, state.now());
    let events = citizen::log(&state.app, &visitor, &person, ask.before, now).await?;
    let title = Title {
        title: "だれが見たか",
        nav: paths::INSURED,
        crumbs: &[("被保険者をさがす", paths::INSURED)],
        help: &["この方の情報を、だれが、いつ、何のために見たか確かめます。"],
    };
    let shell = frame::shell(&state, &staff, &headers, title).await?;
    let organisations = events.iter().filter_map(|numbered| organisation(&numbered.event.actor));
    let organisations: Vec<Organisation> = organisations.cloned().collect();
    let names = names::of_all(&state.app, organisations).await?;
    let whose = |actor: &Actor| organisation(actor).and_then(|it| names.get(it)).cloned();
    let full = events.len() == usize::from(citizen::LOG_PAGE);
    let last = events.last().map(|numbered| numbered.seq).filter(|_| full);
    Ok(Rendered::new(LogPage {
        shell,
        pager: Pager {
            next: last.map(|before| format!("{}/{handle}/log?before={before}", paths::INSURED)),
            ..Pager::default()
        },
        lines: events
            .iter()
            .map(|numbered| log_line(numbered, whose(&numbered.event.actor)))
            .collect(),
        person: staff.address(&state, &person),
    }))
}

fn organisation(actor: &Actor) -> Option<&Organisation> {
    match actor {
        Actor::Staff { organisation, .. } => Some(organisation),
        Actor::Person | Actor::Delegate { .. } | Actor::System { .. } => None,
    }
}

fn log_line(numbered: &Numbered, name: Option<String>) -> LogLine {
    let event = &numbered.event;
    let (who, job) = match &event.actor {
        Actor::Staff { job, .. } => (name.unwrap_or_default(), job.japanese()),
        Actor::Person => ("ご本人".to_owned(), ""),
        Actor::Delegate { relation } => (format!("代理の方（{relation}）"), ""),
        Actor::System { .. } => ("このシステム".to_owned(), ""),
    };
    let mut shown: Vec<&str> = event
        .touched
        .iter()
        .filter(|touched| touched.shown.is_some())
        .map(|touched| touched.kind.japanese())
        .collect();
    shown.dedup();
    LogLine {
        seq: numbered.seq,
        at: event.at,
        who,
        job,
        action: event.action.japanese(),
        purpose: event.purpose.japanese(),
        shown: shown.join("・"),
        outcome: match event.outcome {
            Outcome::Allowed => Badge::new(Tone::Good, "許可"),
            Outcome::Refused(gate) => {
                Badge::new(Tone::Warn, format!("断り（{}）", gate.japanese()))
            }
            Outcome::Failed => Badge::new(Tone::Warn, "できませんでした"),
        },
    }
}

pub(super) async fn consents(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let staff = staff.0;
    let person = staff.person(&state, &handle)?;
    let now = state.now();
    let basics = ledger::open(&state.app, &staff.visitor()?, &person, now).await?;
    let title = Title {
        title: "同意の台帳",
        nav: paths::INSURED,
        crumbs: &[("被保険者をさがす", paths::INSURED)],
        help: &[
            "だれに、何を見せる同意があるか確かめます。",
            "やめた同意も、いつやめたか残ります。",
        ],
    };
    let shell = frame::shell(&state, &staff, &headers, title).await?;
    let mut lines = Vec::new();
    for consent in basics.consents.iter().rev() {
        let taker = taker(&state, &consent.taker).await?;
        lines.push(consent_line(consent, taker, now));
    }
    let href = staff.address(&state, &person);
    Ok(Rendered::new(LedgerPage { shell, person: href, name: basics.person.name, lines }))
}

async fn taker(state: &State, taker: &ConsentTaker) -> Result<String, Problem> {
    let organisation = match taker {
        ConsentTaker::InsuredPerson => return Ok("ご本人（ご自分の画面で）".to_owned()),
        ConsentTaker::Insurer(number) => Organisation::Insurer(number.clone()),
        ConsentTaker::Provider(number) => Organisation::Provider(number.clone()),
    };
    Ok(names::of(&state.app, &organisation).await?)
}

fn consent_line(consent: &Consent, taker: String, now: AtMs) -> ConsentLine {
    let state = match &consent.withdrawn {
        Some(withdrawal) if withdrawal.at <= now => Badge::new(Tone::Plain, "やめた同意"),
        _ if consent.in_force(now) => Badge::new(Tone::Good, "有効"),
        _ if now.date() < consent.from => Badge::new(Tone::Key, "これから"),
        _ => Badge::new(Tone::Plain, "期間が終わった同意"),
    };
    let withdrawn = consent.withdrawn.as_ref();
    ConsentLine {
        state,
        given_at: consent.given_at,
        from: consent.from,
        until: consent.until,
        taker,
        basis: format!("{}・{}", basis(&consent.basis), view::means(&consent.means)),
        signature: view::signature(&consent.means),
        scope: scope(&consent.scope),
        withdrawn: withdrawn.map(|withdrawal| (withdrawal.at, withdrawal.by.japanese())),
    }
}

fn basis(basis: &ConsentBasis) -> String {
    match basis {
        ConsentBasis::Person => "ご本人".to_owned(),
        ConsentBasis::StatutoryAgent { name } => format!("法定代理人 {}", name.expose()),
        ConsentBasis::FamilyProxy { name, relation, .. } => {
            format!("ご家族 {}（{}）", name.expose(), relation.expose())
        }
    }
}

fn scope(scope: &ConsentScope) -> String {
    let kinds = |kinds: &std::collections::BTreeSet<tasuki_core::document::DocumentKind>| {
        kinds.iter().map(|kind| kind.japanese()).collect::<Vec<_>>().join("・")
    };
    let mut text = scope.kinds.as_ref().map_or_else(|| "すべての書類".to_owned(), kinds);
    if !scope.except_kinds.is_empty() {
        text = format!("{text}（{}をのぞく）", kinds(&scope.except_kinds));
    }
    let providers = match &scope.providers {
        None => "担当するすべての事業所".to_owned(),
        Some(only) => only.iter().map(ToString::to_string).collect::<Vec<_>>().join("・"),
    };
    let except: Vec<String> = scope.except_providers.iter().map(ToString::to_string).collect();
    match except.is_empty() {
        true => format!("{text}／{providers}"),
        false => format!("{text}／{providers}（{}をのぞく）", except.join("・")),
    }
}
