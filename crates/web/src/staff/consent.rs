//! `/persons/{handle}/consent` and `/consents`: taking consent, and taking it back.

use std::collections::BTreeSet;

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::AppError;
use tasuki_app::consent::{self, Draft, by_card};
use tasuki_app::look::Look;
use tasuki_core::consent::{Consent, ConsentBasis, ConsentMeans, ConsentScope, ConsentTaker};
use tasuki_core::date::{AtMs, wareki_day};
use tasuki_core::document::DocumentKind;
use tasuki_core::insured::{PersonKey, Personal};
use tasuki_core::word::Word;
use tasuki_gateway::card::CardCheck;

use super::person::{Opened, open};
use super::sign_in::field_errors;
use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::confirm::ConfirmPage;
use crate::page::consent::{ConsentPage, KindChoice, bases, means, scopes};
use crate::page::person::PaperRow;
use crate::page::plain::{Cell, ListPage, Row};
use crate::page::{Form, Link, Rendered, Tone};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};
use crate::view::consent as view;

pub(super) const ROUTES: &[Route] = &[
    Route::get("/persons/{handle}/consent", Guard::Person, || get(show)),
    Route::post("/persons/{handle}/consent", Guard::Person, || post(take)),
    Route::get("/persons/{handle}/consents", Guard::Person, || get(list)),
    Route::get("/persons/{handle}/consents/{id}/withdraw", Guard::Person, || get(show_withdraw)),
    Route::post("/persons/{handle}/consents/{id}/withdraw", Guard::Person, || post(withdraw)),
];

pub(super) const HELP: &[&str] =
    &["ご本人に説明し、同意をもらったことを登録します。", "同意は、いつでもやめられます。"];

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let opened = open(&state, &staff, &handle).await?;
    let form = Form::new().with("basis", "person").with("scope", "all");
    page(&state, &staff, &headers, &opened, form, &BTreeSet::new()).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    opened: &Opened,
    form: Form,
    chosen: &BTreeSet<DocumentKind>,
) -> Result<Response, Problem> {
    let status = form.status();
    let kinds = consent_kinds(&opened.look).into_iter();
    let kinds = kinds.map(|kind| KindChoice { kind, chosen: chosen.contains(&kind) }).collect();
    let page = ConsentPage {
        shell: opened.shell(state, staff, headers, "同意をもらう", HELP).await?,
        form,
        action: format!("{}/consent", opened.base),
        back: opened.base.clone(),
        bases: bases(),
        scopes: scopes(),
        kinds,
        means: means(state.app.neighbours.eligibility.is_some()),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

/// Kinds that consent opens, or would open, for this reader.
fn consent_kinds(look: &Look) -> Vec<DocumentKind> {
    use tasuki_policy::{Permit, Verdict};
    let answers = look.answers.iter().filter(|answer| {
        answer.lacks_only_consent() || answer.decision.verdict == Verdict::Permit(Permit::Consented)
    });
    answers.map(|answer| answer.kind).collect()
}

/// Fields that are shown again after an error; the drawing is not.
const AGAIN: &[&str] = &[
    "basis",
    "proxy_name",
    "proxy_relation",
    "proxy_reason",
    "scope",
    "until_era",
    "until_year",
    "until_month",
    "until_day",
    "means",
    "kept_at",
];

async fn take(
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let person = by.person(&state, &handle).map_err(Refusal::Problem)?;
    let now = state.now();
    let errors = match draft(&fields, now) {
        Ok(draft) => match give(&state, &by, &person, draft, &fields).await {
            Ok(Given::WaitsForCard) => {
                let address = format!("{}/consent/card", by.address(&state, &person));
                return Ok(Redirect::to(&address).into_response());
            }
            Ok(Given::Taken) => {
                return Ok(flash::done(&by.address(&state, &person), Done::ConsentTaken));
            }
            Err(AppError::Invalid(errors)) => field_errors(errors),
            Err(error) => return Err(error.into()),
        },
        Err(errors) => errors,
    };
    let opened = open(&state, &by, &handle).await.map_err(Refusal::Problem)?;
    let form = fields.form(AGAIN).with_errors(errors);
    let page = page(&state, &by, &headers, &opened, form, &chosen_kinds(&fields)).await;
    page.map_err(Refusal::Problem)
}

/// How far a consent came.
enum Given {
    /// It stands in the ledger.
    Taken,
    /// The person's card gives it.
    WaitsForCard,
}

async fn give(
    state: &State,
    by: &Staff,
    person: &PersonKey,
    draft: Draft,
    fields: &Fields,
) -> Result<Given, AppError> {
    let (app, staff, now) = (&state.app, by.caller(), state.now());
    if let Some(way) = CardCheck::from_word(fields.get("means")) {
        by_card::begin(app, staff, person, (Some(draft), way), now).await?;
        return Ok(Given::WaitsForCard);
    }
    consent::take(app, staff, person, draft, now).await?;
    Ok(Given::Taken)
}

fn chosen_kinds(fields: &Fields) -> BTreeSet<DocumentKind> {
    let ticked = |kind: &&DocumentKind| fields.is_ticked(&format!("kind_{}", kind.word()));
    DocumentKind::ALL.iter().filter(ticked).copied().collect()
}

/// What the form says, or what is wrong with it.
fn draft(fields: &Fields, now: AtMs) -> Result<Draft, Vec<FieldError>> {
    let mut wrong = Wrong::new();
    let basis = basis(fields, &mut wrong);
    let means = taken_by(fields, &mut wrong);
    let kinds = match fields.get("scope") {
        "all" => Some(None),
        "kinds" => Some(Some(chosen_kinds(fields))),
        _ => None,
    };
    let kinds = wrong.take("scope", "choose", kinds);
    if matches!(&kinds, Some(Some(kinds)) if kinds.is_empty()) {
        wrong.add("kinds", "scope");
    }
    let until = match fields.is_date_empty("until") {
        true => None,
        false => wrong.take("until", "date", fields.date("until")),
    };
    match (basis, means, kinds) {
        (Some(basis), Some(means), Some(kinds)) if wrong.is_empty() => {
            let scope = ConsentScope { kinds, ..ConsentScope::default() };
            let (from, photo_compared) = (now.date(), false);
            Ok(Draft { basis, means, photo_compared, scope, from, until })
        }
        _ => Err(wrong.into_errors()),
    }
}

fn basis(fields: &Fields, wrong: &mut Wrong) -> Option<ConsentBasis> {
    match fields.get("basis") {
        "person" => Some(ConsentBasis::Person),
        "statutory_agent" => {
            let name = Personal::new(wrong.text(fields, "proxy_name", "proxy-name"));
            Some(ConsentBasis::StatutoryAgent { name })
        }
        "family_proxy" => Some(ConsentBasis::FamilyProxy {
            name: Personal::new(wrong.text(fields, "proxy_name", "proxy-name")),
            relation: Personal::new(wrong.text(fields, "proxy_relation", "proxy-relation")),
            reason: Personal::new(wrong.text(fields, "proxy_reason", "proxy-reason")),
        }),
        _ => wrong.take("basis", "choose", None),
    }
}

fn taken_by(fields: &Fields, wrong: &mut Wrong) -> Option<ConsentMeans> {
    match fields.get("means") {
        "card_with_pin" | "card_by_eye" => Some(ConsentMeans::Card),
        "signature" => wrong.take("path", "signature", ConsentMeans::signature(fields.get("path"))),
        "paper" => {
            let kept_at = wrong.text(fields, "kept_at", "kept-at");
            Some(ConsentMeans::Paper { kept_at })
        }
        _ => wrong.take("means", "choose", None),
    }
}

async fn list(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let opened = open(&state, &staff, &handle).await?;
    let now = state.now();
    let row = |consent: &Consent| Row {
        cells: vec![
            Cell::two(
                format!("{}から", wareki_day(consent.from)),
                consent
                    .until
                    .map_or("やめるまで".to_owned(), |it| format!("{}まで", wareki_day(it))),
            ),
            Cell::text(basis_words(consent)),
            Cell::text(scope_words(&consent.scope)),
            Cell::text(taker_words(consent, &opened.look)),
            means_cell(&consent.means),
            state_cell(consent, now),
        ],
        links: match consent.in_force(now) {
            true => {
                let href = format!("{}/consents/{}/withdraw", opened.base, consent.id);
                vec![Link::new("同意をやめる", href)]
            }
            false => Vec::new(),
        },
        ..Row::default()
    };
    Ok(Rendered::new(ListPage {
        shell: opened.shell(&state, &staff, &headers, "同意の内容", HELP).await?,
        intro: vec!["この方がした同意です。新しいものほど下にあります。".to_owned()],
        actions: vec![Link::new("同意をもらう", format!("{}/consent", opened.base))],
        columns: vec!["期間", "同意した方", "共有する書類", "受け付けた所", "確かめ方", "状態"],
        rows: opened.look.basics.consents.iter().map(row).collect(),
        empty: ("同意はまだありません", "「同意をもらう」から登録できます。"),
        below: None,
    }))
}

fn means_cell(means: &ConsentMeans) -> Cell {
    let words = view::means(means);
    match view::signature(means) {
        Some(drawing) => Cell::Drawn(words, drawing),
        None => Cell::text(words),
    }
}

fn state_cell(consent: &Consent, now: AtMs) -> Cell {
    match (consent.in_force(now), &consent.withdrawn) {
        (true, _) => Cell::badge(Tone::Good, "有効"),
        (false, Some(withdrawal)) => {
            let by = withdrawal.by.japanese();
            let on = wareki_day(withdrawal.at.date());
            Cell::badge(Tone::Plain, format!("{on}に{by}がやめた"))
        }
        (false, None) if now.date() < consent.from => Cell::badge(Tone::Key, "これから"),
        (false, None) => Cell::badge(Tone::Plain, "期間が終わった"),
    }
}

fn basis_words(consent: &Consent) -> String {
    match &consent.basis {
        ConsentBasis::Person => "ご本人".to_owned(),
        ConsentBasis::StatutoryAgent { name } => format!("法定代理人 {}", name.expose()),
        ConsentBasis::FamilyProxy { name, relation, .. } => {
            format!("{}（{}）", name.expose(), relation.expose())
        }
    }
}

fn scope_words(scope: &ConsentScope) -> String {
    let names = |kinds: &BTreeSet<DocumentKind>| {
        kinds.iter().map(|kind| kind.japanese()).collect::<Vec<_>>().join("、")
    };
    let mut words = scope.kinds.as_ref().map_or("すべて".to_owned(), names);
    if !scope.except_kinds.is_empty() {
        words = format!("{words}（{}を除く）", names(&scope.except_kinds));
    }
    if scope.providers.is_some() || !scope.except_providers.is_empty() {
        words.push_str("、見てよい事業所の限定あり");
    }
    words
}

fn taker_words(consent: &Consent, look: &Look) -> String {
    match &consent.taker {
        ConsentTaker::Insurer(number) if *number == look.basics.insurer.number => {
            look.basics.insurer.name.clone()
        }
        ConsentTaker::Insurer(number) => format!("保険者 {number}"),
        ConsentTaker::Provider(number) => {
            let name = look.basics.provider_names.get(number);
            name.cloned().unwrap_or_else(|| format!("事業所 {number}"))
        }
        ConsentTaker::InsuredPerson => "ご本人の画面".to_owned(),
    }
}

async fn show_withdraw(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path((handle, id)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    let opened = open(&state, &staff, &handle).await?;
    let consents = &opened.look.basics.consents;
    let consent = consents.iter().find(|consent| consent.id == id);
    let consent = consent.ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok(Rendered::new(ConfirmPage {
        shell: opened.shell(&state, &staff, &headers, "同意をやめる", HELP).await?,
        question: "ご本人の申し出により、この同意をやめますか。".to_owned(),
        rows: vec![
            PaperRow::new("利用者", opened.name()),
            PaperRow::new("同意した方", basis_words(consent)),
            PaperRow::new("共有する書類", scope_words(&consent.scope)),
        ],
        consequences: vec![
            "この同意で見られていた書類は、すぐに、どの事業所からも見られなくなります。".to_owned(),
            "見られなくなった事業所に、そのことだけを知らせます。理由は知らせません。".to_owned(),
            "介護サービスは、これまでどおり受けられます。".to_owned(),
        ],
        action: format!("{}/consents/{id}/withdraw", opened.base),
        fields: Vec::new(),
        button: "同意をやめる".to_owned(),
        danger: true,
        back: Link::new("やめない", format!("{}/consents", opened.base)),
    }))
}

async fn withdraw(
    Extract(state): Extract<State>,
    Path((handle, id)): Path<(String, String)>,
    Posted { by, .. }: Posted,
) -> Result<Response, Refusal> {
    let person = by.person(&state, &handle).map_err(Refusal::Problem)?;
    let visitor = by.visitor().map_err(Refusal::Problem)?;
    consent::withdraw(&state.app, &visitor, &person, &id, state.now()).await?;
    Ok(flash::done(&by.address(&state, &person), Done::ConsentWithdrawn))
}
