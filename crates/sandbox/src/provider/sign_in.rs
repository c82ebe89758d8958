//! `/sign-in`: the page where a person picks a virtual card and types its PIN.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tasuki_core::date::{AtMs, wareki_day};

use super::card_check::{CardProblem, SignInError};
use super::{Code, Provider, Ticket, authorize};
use crate::{RegisteredCard, SandboxError, pages};

/// Cards on one page; more are found by searching.
const CARDS_SHOWN: usize = 6;

#[derive(Deserialize)]
pub(super) struct SignInQuery {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    q: String,
}

#[derive(Deserialize)]
pub(super) struct SignInForm {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    card: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    act: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    service: &'a str,
    ticket: &'a str,
    q: &'a str,
    chosen: &'a str,
    cards: Vec<CardLine>,
    found: usize,
    problem: Option<Problem>,
}

struct CardLine {
    card_id: String,
    name: String,
    kana: String,
    born: String,
}

/// What went wrong, why, and what to do; and at which field.
struct Problem {
    what: &'static str,
    mend: String,
    field: &'static str,
}

/// Shows the page.
pub(super) async fn page(
    State(provider): State<Arc<Provider>>,
    Query(query): Query<SignInQuery>,
) -> Response {
    let Some(ticket) = provider.tickets.look(&query.ticket, provider.now()) else {
        return too_late();
    };
    let shown = Shown { ticket: &query.ticket, q: &query.q, chosen: "" };
    show(&provider, &ticket, shown, None)
}

/// Takes card and PIN; back to the service with a code, or the page again with what is wrong.
pub(super) async fn submit(
    State(provider): State<Arc<Provider>>,
    Form(form): Form<SignInForm>,
) -> Response {
    let now = provider.now();
    let Some(ticket) = provider.tickets.look(&form.ticket, now) else { return too_late() };
    if form.act == "cancel" {
        return finish(&provider, &form.ticket, ("error", "access_denied"), now);
    }
    let checking = Arc::clone(&provider);
    let (card_id, pin) = (form.card.clone(), form.pin);
    let checked =
        tokio::task::spawn_blocking(move || checking.check_card(&card_id, &pin, now)).await;
    match checked {
        Ok(Ok(card_reference)) => {
            let code = Code::Fresh { ticket, card_reference, signed_in_at: now };
            match provider.codes.keep(code, now) {
                Some(code) => finish(&provider, &form.ticket, ("code", &code), now),
                None => finish(&provider, &form.ticket, ("error", "temporarily_unavailable"), now),
            }
        }
        Ok(Err(SignInError::Card(problem))) => {
            let shown = Shown { ticket: &form.ticket, q: &form.q, chosen: &form.card };
            show(&provider, &ticket, shown, Some(words(problem)))
        }
        Ok(Err(SignInError::Sandbox(error))) => pages::broken(&error),
        Err(_) => pages::broken(&SandboxError::NoCard),
    }
}

/// Ends the sign-in: whoever is second with the same ticket comes too late.
fn finish(provider: &Provider, secret: &str, outcome: (&str, &str), now: AtMs) -> Response {
    match provider.tickets.take(secret, now) {
        Some(Ticket { redirect_uri, state, .. }) => {
            authorize::redirect(&provider.issuer, &redirect_uri, &state, outcome)
        }
        None => too_late(),
    }
}

struct Shown<'a> {
    ticket: &'a str,
    q: &'a str,
    chosen: &'a str,
}

fn show(
    provider: &Provider,
    ticket: &Ticket,
    shown: Shown<'_>,
    problem: Option<Problem>,
) -> Response {
    let cards = match provider.home.cards() {
        Ok(cards) => cards,
        Err(error) => return pages::broken(&error),
    };
    let sought = fold(shown.q);
    let matching: Vec<&RegisteredCard> =
        cards.iter().filter(|card| matches(card, &sought)).collect();
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = SignInPage {
        service: &ticket.client_name,
        ticket: shown.ticket,
        q: shown.q,
        chosen: shown.chosen,
        found: matching.len(),
        cards: matching.into_iter().take(CARDS_SHOWN).map(line).collect(),
        problem,
    };
    pages::html(status, &page)
}

fn line(card: &RegisteredCard) -> CardLine {
    CardLine {
        card_id: card.card_id.clone(),
        name: card.name.kanji.expose().to_owned(),
        kana: card.name.kana.expose().to_owned(),
        born: wareki_day(card.birth_date),
    }
}

fn matches(card: &RegisteredCard, sought: &str) -> bool {
    sought.is_empty()
        || fold(card.name.kanji.expose()).contains(sought)
        || fold(card.name.kana.expose()).contains(sought)
        || fold(&card.card_id).contains(sought)
}

/// Hiragana as katakana, no spaces, lower case: enough to find a card in a list.
fn fold(text: &str) -> String {
    let katakana = |c: char| match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(katakana).flat_map(char::to_lowercase).collect()
}

fn words(problem: CardProblem) -> Problem {
    let (what, mend, field) = match problem {
        CardProblem::NotChosen => {
            ("カードが選ばれていません。", "一覧からカードを1枚選んでください。".to_owned(), "cards")
        }
        CardProblem::PinForm => {
            ("暗証番号は4けたの数字です。", "半角の数字で入力してください。".to_owned(), "pin")
        }
        CardProblem::WrongPin { tries_left } => (
            "暗証番号がちがいます。",
            format!("あと{tries_left}回まちがえると、カードがロックされます。"),
            "pin",
        ),
        CardProblem::Locked => (
            "カードがロックされています。",
            "暗証番号を3回続けてまちがえました。市区町村の窓口で、暗証番号を設定しなおしてください。"
                .to_owned(),
            "cards",
        ),
        CardProblem::Ended(refusal) => (
            "このカードではサインインできません。",
            format!("{}。市区町村の窓口にご相談ください。", refusal.japanese()),
            "cards",
        ),
    };
    Problem { what, mend, field }
}

fn too_late() -> Response {
    pages::message(
        StatusCode::BAD_REQUEST,
        "サインインの期限が切れました",
        "時間がたちすぎたか、すでに手続きが終わっています。元のページに戻り、もう一度はじめてください。",
    )
}
