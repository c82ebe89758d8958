//! `/me`: my sign-ins, my password, my code application (自分の設定).

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::auth::session::OwnSession;
use tasuki_app::auth::{self, RecoveryCodes, own};
use tasuki_app::secret::Secret;

use super::frame::{self, Title};
use super::sign_in_first::{enrol_page, new_password_fields, once_page};
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::plain::{Cell, EnrolPage, Field, FieldKind, FormPage, ListPage, Row, RowPost};
use crate::page::{Form, Link, Rendered, Shell, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff, Stop, Tried};

/// Changing the own password.
pub(super) const PASSWORD: &str = "/me/password";
/// Changing the code application.
pub(super) const ENROL: &str = "/me/enrol";
const ENROL_CONFIRM: &str = "/me/enrol/confirm";
const RECOVERY: &str = "/me/recovery";
const END: &str = "/me/sessions/end";
const END_OTHERS: &str = "/me/sessions/end-others";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::ME, Guard::Staff, || get(show)),
    Route::post(END, Guard::Staff, || post(end)),
    Route::post(END_OTHERS, Guard::Staff, || post(end_others)),
    Route::get(PASSWORD, Guard::Staff, || get(show_password)),
    Route::post(PASSWORD, Guard::Staff, || post(password)),
    Route::get(ENROL, Guard::Staff, || get(show_enrol)),
    Route::post(ENROL, Guard::Staff, || post(enrol)),
    Route::post(ENROL_CONFIRM, Guard::Staff, || post(confirm)),
    Route::get(RECOVERY, Guard::Staff, || get(show_recovery)),
    Route::post(RECOVERY, Guard::Staff, || post(recovery)),
];

async fn me_shell(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    title: &str,
) -> Result<Shell, Problem> {
    let crumbs: &[(&str, &str)] =
        if title == "自分の設定" { &[] } else { &[("自分の設定", paths::ME)] };
    let help = &["自分のサインインを確かめ、知らないものを終わらせます。"];
    frame::shell(state, staff, headers, Title { title, nav: paths::ME, crumbs, help }).await
}

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let sessions = auth::sessions(&state.app, &staff.0, state.now()).await?;
    let row = |own: &OwnSession| Row {
        cells: vec![
            Cell::text(own.device_name.clone()),
            Cell::Moment(own.created_at),
            Cell::Moment(own.seen_at),
            match own.current {
                true => Cell::badge(Tone::Good, "この画面"),
                false => Cell::badge(Tone::Plain, "ほかの画面"),
            },
        ],
        posts: match own.current {
            true => Vec::new(),
            false => vec![RowPost {
                action: END.to_owned(),
                label: "終わらせる".to_owned(),
                hidden: vec![("session", own.session.clone())],
            }],
        },
        ..Row::default()
    };
    let others = sessions.iter().any(|own| !own.current);
    Ok(Rendered::new(ListPage {
        shell: me_shell(&state, &staff, &headers, "自分の設定").await?,
        intro: vec![
            "いまサインインしている端末です。知らないものは終わらせてください。".to_owned(),
        ],
        actions: vec![
            Link::new("パスワードを変える", PASSWORD),
            Link::new("確認コードのアプリを変える", ENROL),
            Link::new("回復コードを作り直す", RECOVERY),
        ],
        columns: vec!["端末", "サインインした時", "最後に使った時", "状態"],
        rows: sessions.iter().map(row).collect(),
        empty: ("サインインはありません", ""),
        below: others.then(|| Link::new("ほかの画面をすべて終わらせる", END_OTHERS)),
    }))
}

async fn end(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    auth::end_session(&state.app, &by.0, fields.get("session"), state.now()).await?;
    Ok(flash::done(paths::ME, Done::SessionEnded))
}

async fn end_others(
    Extract(state): Extract<State>,
    Posted { by, .. }: Posted,
) -> Result<Response, Refusal> {
    auth::end_all_sessions(&state.app, &by.0, state.now()).await?;
    Ok(flash::done(paths::ME, Done::SessionEnded))
}

/// One of the small forms of this page.
struct Small {
    title: &'static str,
    intro: &'static str,
    fields: Vec<Field>,
    action: &'static str,
    button: &'static str,
}

fn present_password() -> Field {
    Field::new("password", "いまのパスワード", FieldKind::Password)
}

fn password_form() -> Small {
    let mut fields = vec![present_password()];
    fields.extend(new_password_fields());
    Small {
        title: "パスワードを変える",
        intro: "変えると、ほかの画面のサインインは終わります。",
        fields,
        action: PASSWORD,
        button: "パスワードを変える",
    }
}

fn enrol_form() -> Small {
    Small {
        title: "確認コードのアプリを変える",
        intro: "新しいスマートフォンで認証アプリを登録し直します。前のアプリは使えなくなります。",
        fields: vec![present_password()],
        action: ENROL,
        button: "QRコードを表示する",
    }
}

fn recovery_form() -> Small {
    Small {
        title: "回復コードを作り直す",
        intro: "新しい回復コードを10個作ります。前の回復コードは使えなくなります。",
        fields: vec![present_password()],
        action: RECOVERY,
        button: "作り直す",
    }
}

async fn small(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    small: Small,
    form: Form,
) -> Result<Response, Problem> {
    let page = FormPage {
        intro: vec![small.intro.to_owned()],
        fields: small.fields,
        action: small.action.to_owned(),
        button: small.button.to_owned(),
        back: Some(Link::new("もどる", paths::ME)),
        ..FormPage::new(me_shell(state, staff, headers, small.title).await?, form)
    };
    Ok(page.into_response())
}

async fn show_password(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    small(&state, &staff, &headers, password_form(), Form::new()).await
}

async fn password(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let errors = match try_password(&state, &by, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = Form::new().with_errors(errors);
    Ok(small(&state, &by, &headers, password_form(), form).await?)
}

async fn try_password(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    if fields.raw("new_password") != fields.raw("again") {
        return Err(Stop::at("again", "password-differs"));
    }
    let (old, new) = (Secret::new(fields.raw("password")), Secret::new(fields.raw("new_password")));
    own::change_password(&state.app, &staff.0, &old, &new, state.now()).await?;
    Ok(flash::done(paths::ME, Done::PasswordChanged))
}

async fn show_enrol(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    small(&state, &staff, &headers, enrol_form(), Form::new()).await
}

async fn enrol(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let errors = match try_enrol(&state, &by, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = Form::new().with_errors(errors);
    Ok(small(&state, &by, &headers, enrol_form(), form).await?)
}

async fn try_enrol(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let password = Secret::new(fields.raw("password"));
    let enrolment = own::begin_enrolment(&state.app, &staff.0, &password, state.now()).await?;
    let page = enrol_page(enrol_shell(state, staff), &enrolment, ENROL_CONFIRM, ENROL);
    Ok(Rendered::new(page).into_response())
}

fn enrol_shell(state: &State, staff: &Staff) -> Shell {
    let mut shell = Shell::new("確認コードのアプリを変える", state.now());
    shell.csrf.clone_from(&staff.0.csrf);
    shell
}

async fn confirm(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let form = match try_confirm(&state, &by, fields.get("code")).await {
        Ok(done) => return Ok(done),
        Err(stop) => Form::new().with_errors(stop.faults()?),
    };
    let (shell, qr, key) = (enrol_shell(&state, &by), String::new(), String::new());
    let page = EnrolPage { shell, form, qr, key, action: ENROL_CONFIRM, again: ENROL };
    Ok(Rendered::with_status(page.form.status(), page).into_response())
}

async fn try_confirm(state: &State, staff: &Staff, code: &str) -> Tried {
    let codes = own::confirm_enrolment(&state.app, &staff.0, code, state.now()).await?;
    Ok(recovery_codes(state, &codes))
}

fn recovery_codes(state: &State, codes: &RecoveryCodes) -> Response {
    let shell = Shell::new("回復コード", state.now());
    Rendered::new(once_page(shell, codes, paths::ME)).into_response()
}

async fn show_recovery(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    small(&state, &staff, &headers, recovery_form(), Form::new()).await
}

async fn recovery(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let errors = match try_recovery(&state, &by, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = Form::new().with_errors(errors);
    Ok(small(&state, &by, &headers, recovery_form(), form).await?)
}

async fn try_recovery(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let password = Secret::new(fields.raw("password"));
    let codes = own::renew_recovery_codes(&state.app, &staff.0, &password, state.now()).await?;
    Ok(recovery_codes(state, &codes))
}
