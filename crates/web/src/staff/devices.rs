//! `/office/devices`: client certificates of an organisation's devices (端末の電子証明書).

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, header};
use tasuki_app::AppError;
use tasuki_app::caller::By;
use tasuki_app::device::{self, Why};
use tasuki_app::secret::Secret;
use tasuki_core::date::{AtMs, wareki_day};
use tasuki_core::word::Word;
use tasuki_store::device::Device;

use super::office::office_shell;
use super::sign_in::{field_errors, status_of};
use crate::flash::{self, Done};
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row};
use crate::page::{Choice, Form, Link, Rendered, Tone};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{OfficeAdministrator, Posted, Refusal, Staff};

/// All certificates.
pub(super) const LIST: &str = "/office/devices";
/// A new one.
const NEW: &str = "/office/devices/new";

pub(super) const ROUTES: &[Route] = &[
    Route::get(LIST, Guard::Administrator, || get(list)),
    Route::get(NEW, Guard::Administrator, || get(show_new)),
    Route::post(NEW, Guard::Administrator, || post(issue)),
    Route::get("/office/devices/{id}/revoke", Guard::Administrator, || get(show_revoke)),
    Route::post("/office/devices/{id}/revoke", Guard::Administrator, || post(revoke)),
];

async fn list(
    Extract(state): Extract<State>,
    OfficeAdministrator(staff): OfficeAdministrator,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let (caller, now) = (staff.caller(), state.now());
    let devices = device::list(&state.app, By::Staff(caller), &caller.organisation).await?;
    let row = |device: &Device| Row {
        cells: vec![
            Cell::text(device.name.clone()),
            Cell::Day(device.issued_at.date()),
            Cell::Day(device.not_after.date()),
            state_cell(device, device.sha256 == caller.device, now),
        ],
        links: match device.revoked_at {
            None => vec![Link::new("失効させる", format!("{LIST}/{}/revoke", device.sha256))],
            Some(_) => Vec::new(),
        },
        ..Row::default()
    };
    let actions = match &state.authority {
        Some(_) => vec![Link::new("端末を加える", NEW)],
        None => Vec::new(),
    };
    Ok(Rendered::new(ListPage {
        shell: office_shell(&state, &staff, &headers, "端末の電子証明書").await?,
        intro: vec![
            "紛失・盗難のときは、すぐに失効させてください。次の操作から使えなくなります。"
                .to_owned(),
        ],
        actions,
        columns: vec!["端末", "発行日", "有効期限", "状態"],
        rows: devices.iter().map(row).collect(),
        empty: ("電子証明書はまだありません", "「端末を加える」から発行します。"),
        below: None,
    }))
}

fn state_cell(device: &Device, own: bool, now: AtMs) -> Cell {
    match (&device.revoked_at, device.is_good(now)) {
        (Some(at), _) => Cell::badge(Tone::Plain, format!("{}に失効", wareki_day(at.date()))),
        (None, false) => Cell::badge(Tone::Bad, "期限切れ"),
        (None, true) if device::is_due(device, now) => Cell::badge(Tone::Warn, "更新の時期です"),
        (None, true) if own => Cell::badge(Tone::Good, "この端末"),
        (None, true) => Cell::badge(Tone::Good, "有効"),
    }
}

async fn show_new(
    Extract(state): Extract<State>,
    OfficeAdministrator(staff): OfficeAdministrator,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    new_page(&state, &staff, &headers, Form::new()).await
}

async fn new_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    if state.authority.is_none() {
        return Err(Problem::new(Code::Unavailable));
    }
    let status = status_of(&form);
    let page = FormPage {
        shell: office_shell(state, staff, headers, "端末を加える").await?,
        form,
        intro: vec![
            "ボタンを押すと、証明書のファイル（.p12）が1回だけ保存されます。端末に入れるとき、下で決めるパスワードを使います。".to_owned(),
            "入れ終わったら、ファイルは消してください。".to_owned(),
        ],
        warning: String::new(),
        fields: vec![
            Field::new("name", "端末の呼び名", FieldKind::Text).hint("例：事務室 1、訪問用タブレット A"),
            Field::new("file_password", "ファイルのパスワード", FieldKind::NewPassword)
                .hint("英数字と記号で10文字以上。"),
        ],
        hidden: Vec::new(),
        action: NEW.to_owned(),
        button: "証明書を発行する".to_owned(),
        back: Some(Link::new("やめる", LIST)),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

/// Fewest characters of a file's password.
const FILE_PASSWORD_MIN: usize = 10;

async fn issue(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by: OfficeAdministrator(staff), fields }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let caller = staff.caller();
    let unavailable = || Refusal::Problem(Problem::new(Code::Unavailable));
    let authority = state.authority.clone().ok_or_else(unavailable)?;
    let password = Secret::new(fields.raw("file_password"));
    let printable = password.expose().bytes().all(|byte| byte.is_ascii_graphic());
    let errors = if password.expose().len() < FILE_PASSWORD_MIN || !printable {
        vec![FieldError::new("file_password", "file-password")]
    } else {
        let (by, name) = (By::Staff(caller), fields.get("name"));
        let organisation = &caller.organisation;
        match device::issue(&state.app, by, &authority, organisation, name, state.now()).await {
            Ok((device, issued)) => {
                let file = issued.pkcs12(&device.device_id, password.expose());
                return Ok(download(file.map_err(AppError::internal)?));
            }
            Err(AppError::Invalid(errors)) => field_errors(errors),
            Err(error) => return Err(error.into()),
        }
    };
    let page = new_page(&state, &staff, &headers, fields.form(&["name"]).with_errors(errors)).await;
    page.map_err(Refusal::Problem)
}

/// The file, which is kept nowhere.
fn download(file: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/x-pkcs12"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"tasuki-device.p12\""),
    ];
    (headers, file).into_response()
}

async fn show_revoke(
    Extract(state): Extract<State>,
    OfficeAdministrator(staff): OfficeAdministrator,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    revoke_page(&state, &staff, &headers, &id, Form::new()).await
}

async fn revoke_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    id: &str,
    form: Form,
) -> Result<Response, Problem> {
    let caller = staff.caller();
    let devices = device::list(&state.app, By::Staff(caller), &caller.organisation).await?;
    let device = devices.into_iter().find(|device| device.sha256 == id);
    let device = device.ok_or(AppError::NotFound)?;
    let status = status_of(&form);
    let why = Why::ALL.iter().map(|why| Choice::new(why.word(), why.japanese())).collect();
    let page = FormPage {
        shell: office_shell(state, staff, headers, "電子証明書を失効させる").await?,
        form,
        intro: vec![format!("端末：{}", device.name)],
        warning: "失効させると、この端末は次の操作から使えません。元にはもどせません。".to_owned(),
        fields: vec![Field::new("why", "理由", FieldKind::Radios(why))],
        hidden: Vec::new(),
        action: format!("{LIST}/{id}/revoke"),
        button: "失効させる".to_owned(),
        back: Some(Link::new("やめる", LIST)),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

async fn revoke(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Posted { by: OfficeAdministrator(staff), fields }: Posted<OfficeAdministrator>,
) -> Result<Response, Refusal> {
    let Some(why) = Why::from_word(fields.get("why")) else {
        let form = Form::new().with_errors(vec![FieldError::new("why", "choose")]);
        let page = revoke_page(&state, &staff, &headers, &id, form).await;
        return page.map_err(Refusal::Problem);
    };
    device::revoke(&state.app, By::Staff(staff.caller()), &id, why, state.now()).await?;
    Ok(flash::done(LIST, Done::DeviceRevoked))
}
