//! `/my/sign-in`: to the identity provider and back; and `/my/sign-out`.

use axum::extract::{Query, State as Extract};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use tasuki_app::neighbours::NeighbourError;
use tasuki_app::{citizen_session, citizen_sign_in};
use tasuki_gateway::Refusal as Reason;
use tasuki_gateway::identity::Callback;

use super::entry::{ATTEMPT_COOKIE, COOKIE, Holder, Posted, Refusal, brief_cookie, cookie};
use crate::flash::{self, Done};
use crate::page::citizen::CitizenSignInPage;
use crate::page::{Rendered, Shell, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{cleared, with_cookies};

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::CITIZEN_SIGN_IN, Guard::Anybody, || get(show)),
    // A link, not a form: a form may not lead to another house (form-action 'self').
    Route::get(paths::CITIZEN_SIGN_IN_START, Guard::Anybody, || get(start)),
    Route::get(paths::CITIZEN_SIGN_IN_CALLBACK, Guard::Anybody, || get(callback)),
    Route::post(paths::CITIZEN_SIGN_OUT, Guard::Holder, || post(sign_out)),
];

async fn show(Extract(state): Extract<State>, headers: HeaderMap) -> Response {
    let mut page = page(&state, None);
    page.shell.flash = flash::of(&headers);
    Rendered::new(page).into_response()
}

fn page(state: &State, problem: Option<(String, String)>) -> CitizenSignInPage {
    let neighbours = &state.app.neighbours;
    let ready = neighbours.identity.is_some() && neighbours.eligibility.is_some();
    CitizenSignInPage { shell: Shell::new("サインイン", state.now()), ready, problem }
}

async fn start(Extract(state): Extract<State>) -> Response {
    match citizen_sign_in::begin(&state.app, state.now()).await {
        Ok(begun) => {
            let response = Redirect::to(&begun.address).into_response();
            with_cookies(response, [brief_cookie(ATTEMPT_COOKIE, &begun.attempt)])
        }
        Err(error) => told(&state, error),
    }
}

async fn callback(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    callback: Result<Query<Callback>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Ok(Query(callback)) = callback else {
        return Problem::new(Code::BadRequest).into_response();
    };
    let attempt = crate::cookie::value(&headers, ATTEMPT_COOKIE).unwrap_or_default();
    let finished = citizen_sign_in::finish(&state.app, &attempt, &callback, state.now()).await;
    let response = match finished {
        Ok(opened) => {
            let home = flash::done(paths::CITIZEN, Done::SignedIn);
            with_cookies(home, [cookie(COOKIE, opened.token.expose())])
        }
        Err(error) => told(&state, error),
    };
    // An attempt is good for one callback, whatever came of it.
    with_cookies(response, [cleared(ATTEMPT_COOKIE)])
}

/// What went wrong and what to do, on the page where one can try again.
fn told(state: &State, error: NeighbourError) -> Response {
    let (status, title, text) = match error {
        NeighbourError::App(error) => return Problem::from(error).into_response(),
        NeighbourError::NotConfigured => (
            StatusCode::SERVICE_UNAVAILABLE,
            "いまはサインインできません",
            "この仕組みは、マイナンバーカードのサインインにまだつながっていません。".to_owned(),
        ),
        NeighbourError::Away(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "citizen's sign-in failed");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "いまはサインインできません",
                "カードを確かめる仕組みが応えません。しばらくしてから、もう一度お試しください。"
                    .to_owned(),
            )
        }
        NeighbourError::Refused(reason) => (
            StatusCode::FORBIDDEN,
            "サインインできませんでした",
            format!("{}。{}", reason.japanese(), next(reason)),
        ),
    };
    let page = page(state, Some((title.to_owned(), text)));
    Rendered::with_status(status, page).into_response()
}

fn next(reason: Reason) -> &'static str {
    match reason {
        Reason::Expired | Reason::Revoked => {
            "お住まいの市町村の窓口で、カードの電子証明書の手続きをしてください。"
        }
        _ => "もう一度、はじめからお試しください。",
    }
}

async fn sign_out(
    Extract(state): Extract<State>,
    Posted { by, .. }: Posted<Holder>,
) -> Result<Response, Refusal> {
    citizen_session::sign_out(&state.app, &by.0, state.now()).await?;
    let response = flash::done(paths::CITIZEN_SIGN_IN, Done::SignedOut);
    Ok(with_cookies(response, [cleared(COOKIE)]))
}
