//! `/persons/find/card`: finding a person by their card, read by the reader of this device.

use axum::extract::{Query, State as Extract};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use tasuki_app::AppError;
use tasuki_app::card::{self, Reading};
use tasuki_core::word::Word;
use tasuki_gateway::card::CardCheck;

use super::find::{enter, find_shell};
use super::sign_in::{field_errors, status_of};
use crate::page::find::{FindCardPage, FindCardState, Reader};
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Choice, Form, Link, Rendered, Shell, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};

/// Begins to wait for a card.
const BEGIN: &str = "/persons/find/card/begin";

/// Sends the page on when its part has become another page.
const GO: HeaderName = HeaderName::from_static("tasuki-go");

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::FIND_CARD, Guard::Staff, || get(show)),
    Route::get(paths::FIND_CARD_STATE, Guard::Staff, || get(part)),
    Route::post(BEGIN, Guard::Staff, || post(begin)),
    Route::post(paths::FIND_CARD, Guard::Staff, || post(confirm)),
];

const TITLE: &str = "マイナンバーカードでさがす";

#[derive(Debug, Default, Deserialize)]
struct Ask {
    #[serde(default)]
    again: String,
}

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let shell = find_shell(&state, &staff, &headers, TITLE).await?;
    let reading = card::reading(&state.app, staff.caller(), state.now()).await?;
    match reader(reading).filter(|_| ask.again != "yes") {
        Some(reader) => Ok(Rendered::new(FindCardPage { shell, reader }).into_response()),
        None => Ok(begin_page(shell, Form::new().with("check", CardCheck::ByEye.word()))),
    }
}

/// How the page shows a reading; `None` when none has begun.
fn reader(reading: Reading) -> Option<Reader> {
    Some(match reading {
        Reading::None { .. } => return None,
        Reading::Waiting { reader_there: false, .. } => Reader::Absent,
        Reading::Waiting { reader_there: true, .. } => {
            Reader::Waiting { name: "この端末のリーダー".to_owned() }
        }
        Reading::Asking => {
            Reader::Waiting { name: "確認中（そのままお待ちください）".to_owned() }
        }
        Reading::Found(holder) => Reader::Read {
            kana: holder.kana,
            birth_date: holder.birth_date,
            with_pin: holder.check == CardCheck::WithPin,
        },
        Reading::Refused { why } => Reader::Refused { why },
    })
}

fn begin_page(shell: Shell, form: Form) -> Response {
    let status = status_of(&form);
    let checks = CardCheck::ALL.iter().map(|it| Choice::new(it.word(), it.japanese())).collect();
    let page = FormPage {
        shell,
        form,
        intro: vec!["ご本人にカードを出してもらい、確かめ方を選んでください。".to_owned()],
        warning: String::new(),
        fields: vec![Field::new("check", "確かめ方", FieldKind::Radios(checks))],
        hidden: Vec::new(),
        action: BEGIN.to_owned(),
        button: "カードを読み取る".to_owned(),
        back: Some(Link::new("カードなしでさがす", paths::FIND_ITEMS)),
    };
    Rendered::with_status(status, page).into_response()
}

/// The part of the page that the script asks for again and again.
async fn part(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let reading = card::reading(&state.app, staff.caller(), state.now()).await?;
    match reader(reading) {
        Some(reader) => {
            let shell = find_shell(&state, &staff, &headers, TITLE).await?;
            Ok(Rendered::new(FindCardState { shell, reader }).into_response())
        }
        None => {
            let on = [(GO, HeaderValue::from_static(paths::FIND_CARD))];
            Ok((http::StatusCode::NO_CONTENT, on).into_response())
        }
    }
}

async fn begin(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let Some(check) = CardCheck::from_word(fields.get("check")) else {
        let shell = find_shell(&state, &by, &headers, TITLE).await.map_err(Refusal::Problem)?;
        let wrong = vec![FieldError::new("check", "choose")];
        return Ok(begin_page(shell, Form::new().with_errors(wrong)));
    };
    card::begin(&state.app, by.caller(), check, state.now()).await?;
    Ok(Redirect::to(paths::FIND_CARD).into_response())
}

/// Registers the office as in charge of the card's holder, and opens them.
async fn confirm(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let compared = fields.is_ticked("photo");
    match card::confirm(&state.app, by.caller(), compared, state.now()).await {
        Ok(proof) => enter(&state, &by, &proof).await,
        Err(AppError::Invalid(errors)) => {
            let shell = find_shell(&state, &by, &headers, TITLE).await.map_err(Refusal::Problem)?;
            Ok(begin_page(shell, Form::new().with_errors(field_errors(errors))))
        }
        // The reading ran out or went on elsewhere: it begins again.
        Err(AppError::NotFound | AppError::Conflict) => {
            Ok(Redirect::to(paths::FIND_CARD).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
