//! `/sign-in`: password, then one-time code; and `/sign-out`, `/switch`.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use tasuki_app::auth::{self, Opened, Progress, Step};
use tasuki_app::secret::Secret;
use tasuki_app::{AppError, FieldError as AppField};
use tasuki_core::account::Organisation;

use crate::flash::{self, Done};
use crate::page::sign_in::{SignInCodePage, SignInPage, SignInRecoveryPage};
use crate::page::{Form, Rendered, Shell, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{
    self, COOKIE, Device, PENDING_COOKIE, Posted, PostedUnsigned, Refusal, cleared, cookie,
    with_cookies,
};

/// First sign-in: the code application.
pub(super) const ENROL: &str = "/sign-in/enrol";
/// First sign-in: an own password.
pub(super) const PASSWORD: &str = "/sign-in/password";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::SIGN_IN, Guard::Certificate, || get(show)),
    Route::post(paths::SIGN_IN, Guard::Certificate, || post(sign_in)),
    Route::get(paths::SIGN_IN_CODE, Guard::Pending, || get(show_code)),
    Route::post(paths::SIGN_IN_CODE, Guard::Pending, || post(code)),
    Route::post(paths::SIGN_IN_MAIL, Guard::Pending, || post(mail)),
    Route::get(paths::SIGN_IN_RECOVERY, Guard::Pending, || get(show_recovery)),
    Route::post(paths::SIGN_IN_RECOVERY, Guard::Pending, || post(recovery)),
    Route::post(paths::SIGN_OUT, Guard::Staff, || post(sign_out)),
    Route::post(paths::SWITCH, Guard::Staff, || post(switch)),
];

async fn show(
    Extract(state): Extract<State>,
    device: Device,
    headers: HeaderMap,
) -> impl IntoResponse {
    let mut page = sign_in_page(&state, &device, Form::new());
    page.shell.flash = flash::of(&headers);
    Rendered::new(page)
}

fn sign_in_page(state: &State, device: &Device, form: Form) -> SignInPage {
    let shell = Shell::new("サインイン", state.now());
    SignInPage { shell, form, office: device.0.organisation.to_string() }
}

async fn sign_in(
    Extract(state): Extract<State>,
    PostedUnsigned { device, fields }: PostedUnsigned,
) -> Result<Response, Problem> {
    let password = Secret::new(fields.raw("password"));
    let login = fields.get("login");
    let now = state.now();
    match auth::sign_in(&state.app, device.sha256(), login, &password, now).await {
        Ok(progress) => Ok(proceed(&state, progress)),
        Err(AppError::Invalid(errors)) => {
            let form = fields.form(&["login"]).with_errors(field_errors(errors));
            let page = sign_in_page(&state, &device, form);
            Ok(Rendered::with_status(StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Errors of a use case as a page shows them.
pub(super) fn field_errors(errors: Vec<AppField>) -> Vec<FieldError> {
    errors.into_iter().map(FieldError::from).collect()
}

/// Where a sign-in goes on, with the cookie of its next step.
pub(super) fn proceed(state: &State, progress: Progress) -> Response {
    match progress {
        Progress::Pending(pending) => {
            let to = Redirect::to(step_path(&pending.step)).into_response();
            with_cookies(to, [cookie(PENDING_COOKIE, pending.token.expose())])
        }
        Progress::Open(opened) => enter(state, &opened),
    }
}

/// The page of a step.
pub(super) fn step_path(step: &Step) -> &'static str {
    match step {
        Step::Code { .. } => paths::SIGN_IN_CODE,
        Step::EnrolCode => ENROL,
        Step::ChangePassword => PASSWORD,
    }
}

/// Signed in: the session's cookie takes the place of the sign-in's.
pub(super) fn enter(_: &State, opened: &Opened) -> Response {
    let to = flash::done("/", Done::SignedIn);
    with_cookies(to, [cookie(COOKIE, opened.token.expose()), cleared(PENDING_COOKIE)])
}

/// The token of the sign-in under way; without one there is nothing to go on with.
pub(super) fn pending(headers: &HeaderMap) -> String {
    crate::cookie::value(headers, PENDING_COOKIE).unwrap_or_default()
}

/// The step of the sign-in under way; whoever has none begins again.
pub(super) async fn step(
    state: &State,
    device: &Device,
    headers: &HeaderMap,
) -> Result<Step, Refusal> {
    let pending = pending(headers);
    auth::pending_step(&state.app, device.sha256(), &pending, state.now())
        .await
        .map_err(|error| again(error, headers))
}

/// A sign-in that is unknown or too old begins again; other errors are told.
pub(super) fn again(error: AppError, headers: &HeaderMap) -> Refusal {
    match error {
        AppError::SignInNeeded => Refusal::SignIn(crate::problem::Format::of(headers)),
        error => error.into(),
    }
}

async fn show_code(
    Extract(state): Extract<State>,
    device: Device,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let step = step(&state, &device, &headers).await?;
    Ok(code_page(&state, &step, Form::new()))
}

fn code_page(state: &State, step: &Step, form: Form) -> Response {
    let Step::Code { by_application, mail, .. } = step else {
        return Redirect::to(step_path(step)).into_response();
    };
    let status = form.status();
    let page = SignInCodePage {
        shell: Shell::new("確認コードの入力", state.now()),
        form,
        sent_to: mail.clone().filter(|_| !by_application),
        can_mail: mail.is_some(),
    };
    Rendered::with_status(status, page).into_response()
}

async fn code(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    PostedUnsigned { device, fields }: PostedUnsigned,
) -> Result<Response, Refusal> {
    let token = pending(&headers);
    let now = state.now();
    match auth::code(&state.app, device.sha256(), &token, fields.get("code"), now).await {
        Ok(progress) => Ok(proceed(&state, progress)),
        Err(AppError::Invalid(errors)) => {
            let step = step(&state, &device, &headers).await?;
            Ok(code_page(&state, &step, Form::new().with_errors(field_errors(errors))))
        }
        Err(error) => Err(again(error, &headers)),
    }
}

async fn mail(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    PostedUnsigned { device, .. }: PostedUnsigned,
) -> Result<Response, Refusal> {
    let sent = auth::mail_code(&state.app, device.sha256(), &pending(&headers), state.now()).await;
    sent.map_err(|error| again(error, &headers))?;
    Ok(flash::done(paths::SIGN_IN_CODE, Done::CodeSent))
}

async fn show_recovery(
    Extract(state): Extract<State>,
    device: Device,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let step = step(&state, &device, &headers).await?;
    Ok(recovery_page(&state, &step, Form::new()))
}

fn recovery_page(state: &State, step: &Step, form: Form) -> Response {
    if !matches!(step, Step::Code { .. }) {
        return Redirect::to(step_path(step)).into_response();
    }
    let status = form.status();
    let shell = Shell::new("回復コードでサインイン", state.now());
    Rendered::with_status(status, SignInRecoveryPage { shell, form }).into_response()
}

async fn recovery(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    PostedUnsigned { device, fields }: PostedUnsigned,
) -> Result<Response, Refusal> {
    let token = pending(&headers);
    let typed = fields.get("recovery_code");
    match auth::code(&state.app, device.sha256(), &token, typed, state.now()).await {
        Ok(progress) => Ok(proceed(&state, progress)),
        Err(AppError::Invalid(_)) => {
            let step = step(&state, &device, &headers).await?;
            let wrong = FieldError::new("recovery_code", "recovery-code");
            Ok(recovery_page(&state, &step, Form::new().with_errors(vec![wrong])))
        }
        Err(error) => Err(again(error, &headers)),
    }
}

async fn sign_out(
    Extract(state): Extract<State>,
    Posted { by, .. }: Posted,
) -> Result<Response, Refusal> {
    auth::sign_out(&state.app, &by.0, state.now()).await?;
    Ok(with_cookies(flash::done(paths::SIGN_IN, Done::SignedOut), [session::cleared(COOKIE)]))
}

async fn switch(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let organisation = Organisation::parse(fields.get("organisation"));
    let organisation = organisation.map_err(|_| Refusal::Problem(Problem::new(Code::NotFound)))?;
    auth::switch(&state.app, &by.0, &organisation, state.now()).await?;
    Ok(flash::done("/", Done::Switched))
}
