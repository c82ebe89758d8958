//! `/sign-in/enrol`, `/sign-in/password`: what only the first sign-in asks for.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::AppError;
use tasuki_app::auth::{self, Enrolment, Progress, RecoveryCodes, Step};
use tasuki_app::secret::Secret;

use super::sign_in::{ENROL, PASSWORD, again, enter, field_errors, pending, step, step_path};
use crate::page::once::OncePage;
use crate::page::plain::{EnrolPage, Field, FieldKind};
use crate::page::sign_in::FirstStepPage;
use crate::page::{Form, Link, Rendered, Shell};
use crate::problem::FieldError;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{
    COOKIE, Device, PENDING_COOKIE, PostedUnsigned, Refusal, cleared, cookie, with_cookies,
};

/// Makes a key for the code application and shows it.
const ENROL_BEGIN: &str = "/sign-in/enrol/begin";

pub(super) const ROUTES: &[Route] = &[
    Route::get(ENROL, Guard::Pending, || get(show_enrol)),
    Route::post(ENROL_BEGIN, Guard::Pending, || post(begin_enrol)),
    Route::post(ENROL, Guard::Pending, || post(enrol)),
    Route::get(PASSWORD, Guard::Pending, || get(show_password)),
    Route::post(PASSWORD, Guard::Pending, || post(password)),
];

/// Explains; the key itself is made by a form, so that a page opened twice changes nothing.
async fn show_enrol(
    Extract(state): Extract<State>,
    device: Device,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    match step(&state, &device, &headers).await? {
        Step::EnrolCode => {
            let page = FirstStepPage {
                shell: Shell::new("確認コードの準備", state.now()),
                form: Form::new(),
                intro: vec![
                    "サインインには、パスワードのほかに、スマートフォンに出る6けたの確認コードを使います。",
                    "はじめに一度だけ、認証アプリを登録します。スマートフォンを用意してください。",
                ],
                fields: Vec::new(),
                action: ENROL_BEGIN,
                button: "準備ができたので始める",
            };
            Ok(Rendered::new(page).into_response())
        }
        other => Ok(Redirect::to(step_path(&other)).into_response()),
    }
}

async fn begin_enrol(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    PostedUnsigned { device, .. }: PostedUnsigned,
) -> Result<Response, Refusal> {
    let token = pending(&headers);
    let begun = auth::begin_enrolment(&state.app, device.sha256(), &token, state.now()).await;
    let enrolment = begun.map_err(|error| again(error, &headers))?;
    let shell = Shell::new("確認コードの準備", state.now());
    Ok(Rendered::new(enrol_page(shell, &enrolment, ENROL, ENROL_BEGIN)).into_response())
}

/// The page with QR code and key.
pub(super) fn enrol_page(
    shell: Shell,
    enrolment: &Enrolment,
    action: &'static str,
    again: &'static str,
) -> EnrolPage {
    let (qr, key) = (qr(enrolment.uri.expose()), enrolment.key.expose().to_owned());
    EnrolPage { shell, form: Form::new(), qr, key, action, again }
}

/// An address as a QR code; empty when it does not fit, then the key is typed.
fn qr(uri: &str) -> String {
    use qrcode::render::svg;
    let code = qrcode::QrCode::new(uri.as_bytes());
    let drawn = code.map(|code| {
        let drawing = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
        // The XML head has no place inside a page.
        drawing.split_once("?>").map_or(drawing.clone(), |(_, svg)| svg.to_owned())
    });
    drawn.unwrap_or_default()
}

async fn enrol(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    PostedUnsigned { device, fields }: PostedUnsigned,
) -> Result<Response, Refusal> {
    let (token, code) = (pending(&headers), fields.get("code"));
    let now = state.now();
    match auth::confirm_enrolment(&state.app, device.sha256(), &token, code, now).await {
        Ok((progress, codes)) => Ok(recovery_codes(&state, progress, &codes)),
        Err(AppError::Invalid(errors)) => {
            let form = Form::new().with_errors(field_errors(errors));
            let shell = Shell::new("確認コードの準備", now);
            let (qr, key) = (String::new(), String::new());
            let status = form.status();
            let page = EnrolPage { shell, form, qr, key, action: ENROL, again: ENROL_BEGIN };
            Ok(Rendered::with_status(status, page).into_response())
        }
        Err(error) => Err(again(error, &headers)),
    }
}

/// Recovery codes, shown this once; the sign-in goes on behind the button.
fn recovery_codes(state: &State, progress: Progress, codes: &RecoveryCodes) -> Response {
    let next = match &progress {
        Progress::Pending(pending) => step_path(&pending.step),
        Progress::Open(_) => "/",
    };
    let page = once_page(Shell::new("回復コード", state.now()), codes, next);
    let page = Rendered::new(page).into_response();
    match progress {
        Progress::Pending(pending) => {
            with_cookies(page, [cookie(PENDING_COOKIE, pending.token.expose())])
        }
        Progress::Open(opened) => {
            with_cookies(page, [cookie(COOKIE, opened.token.expose()), cleared(PENDING_COOKIE)])
        }
    }
}

/// The page of recovery codes.
pub(super) fn once_page(shell: Shell, codes: &RecoveryCodes, next: &str) -> OncePage {
    OncePage {
        shell,
        intro: vec![
            "スマートフォンをなくしたときに使うコードです。1つにつき1回だけ使えます。".to_owned(),
            "この画面は二度と出ません。紙に書くか印刷して、かぎのかかる所にしまってください。"
                .to_owned(),
        ],
        lines: codes.0.iter().map(|code| code.expose().to_owned()).collect(),
        next: Link::new("控えたので次へ進む", next),
    }
}

async fn show_password(
    Extract(state): Extract<State>,
    device: Device,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    match step(&state, &device, &headers).await? {
        Step::ChangePassword => Ok(password_page(&state, Form::new())),
        other => Ok(Redirect::to(step_path(&other)).into_response()),
    }
}

fn password_page(state: &State, form: Form) -> Response {
    let status = form.status();
    let page = FirstStepPage {
        shell: Shell::new("パスワードの変更", state.now()),
        form,
        intro: vec![
            "いまのパスワードは、ほかの人が決めたものです。あなただけが知るパスワードに変えてください。",
        ],
        fields: new_password_fields(),
        action: PASSWORD,
        button: "変更してサインイン",
    };
    Rendered::with_status(status, page).into_response()
}

/// A new password, twice.
pub(super) fn new_password_fields() -> Vec<Field> {
    vec![
        Field::new("new_password", "新しいパスワード", FieldKind::NewPassword)
            .hint("10文字以上。文章のように長いものが、覚えやすく破られにくいです。"),
        Field::new("again", "新しいパスワード（もう一度）", FieldKind::NewPassword),
    ]
}

async fn password(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    PostedUnsigned { device, fields }: PostedUnsigned,
) -> Result<Response, Refusal> {
    if fields.raw("new_password") != fields.raw("again") {
        step(&state, &device, &headers).await?;
        let wrong = vec![FieldError::new("again", "password-differs")];
        return Ok(password_page(&state, Form::new().with_errors(wrong)));
    }
    let new = Secret::new(fields.raw("new_password"));
    let (token, now) = (pending(&headers), state.now());
    match auth::change_first_password(&state.app, device.sha256(), &token, &new, now).await {
        Ok(opened) => Ok(enter(&state, &opened)),
        Err(AppError::Invalid(errors)) => {
            Ok(password_page(&state, Form::new().with_errors(field_errors(errors))))
        }
        Err(error) => Err(again(error, &headers)),
    }
}
