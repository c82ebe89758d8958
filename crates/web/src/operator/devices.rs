//! `/operator/devices`: certificates of devices: issued and handed over once, renewed, revoked.

use axum::extract::{Query, State as Extract};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode};
use tasuki_app::caller::By;
use tasuki_app::device::{self, Why};
use tasuki_app::secret::Secret;
use tasuki_app::{AppError, names};
use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::word::Word;
use tasuki_store::device::Device;
use tasuki_tls::authority::{Authority, Issued};

use super::place::{self, Ask, address};
use crate::flash::{self, Done};
use crate::page::operator::IssuedPage;
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row, RowPost};
use crate::page::{Form, Link, Rendered, Tone, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff};
use crate::staff::frame::{self, Title};

const TITLE: Title<'static> = Title {
    title: "電子証明書",
    nav: paths::DEVICES,
    crumbs: &[],
    help: &["端末の電子証明書を発行し、更新し、失効させます。失効は次の操作から効きます。"],
};

pub(super) async fn list(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let staff = &staff.0;
    let organisation = match ask.organisation() {
        Ok(Some(organisation)) => organisation,
        other => {
            let wrong = other.is_err();
            return place::choose(&state, staff, &headers, TITLE, paths::DEVICES, wrong).await;
        }
    };
    let devices = device::list(&state.app, By::Staff(staff.caller()), &organisation).await?;
    let name = names::of(&state.app, &organisation).await?;
    let title = Title { title: &name, crumbs: &[("電子証明書", paths::DEVICES)], ..TITLE };
    let page = ListPage {
        shell: frame::shell(&state, staff, &headers, title).await?,
        intro: vec![format!("{name}の端末の電子証明書です。")],
        actions: vec![
            Link::new("電子証明書を発行する", address("/operator/devices/new", &organisation)),
            Link::new("アカウント", address(paths::ACCOUNTS, &organisation)),
        ],
        columns: vec!["端末", "状態", "発行", "期限"],
        rows: devices.iter().map(|device| row(device, state.now())).collect(),
        empty: (
            "電子証明書がまだありません",
            "「電子証明書を発行する」から、端末1台ずつに発行します。",
        ),
        below: None,
    };
    Ok(Rendered::new(page).into_response())
}

fn row(device: &Device, now: AtMs) -> Row {
    let hidden = |why: &str| {
        vec![
            ("organisation", device.organisation.to_string()),
            ("sha256", device.sha256.clone()),
            ("why", why.to_owned()),
        ]
    };
    let post = |action: &str, label: &str, why: &str| RowPost {
        action: action.to_owned(),
        label: label.to_owned(),
        hidden: hidden(why),
    };
    let mut posts = Vec::new();
    if device.is_good(now) {
        if device::is_due(device, now) {
            posts.push(post("/operator/devices/renew", "更新する", ""));
        }
        for why in [Why::Lost, Why::Retired, Why::Withdrawn] {
            let label = format!("失効：{}", why.japanese());
            posts.push(post("/operator/devices/revoke", &label, why.word()));
        }
    }
    let why = device.revoked_why.as_deref().and_then(Why::from_word);
    Row {
        cells: vec![
            Cell::text(device.name.clone()),
            match (device.revoked_at, device.is_good(now)) {
                (Some(_), _) => Cell::badge(
                    Tone::Bad,
                    format!("失効（{}）", why.map_or("", |why| why.japanese())),
                ),
                (None, false) => Cell::badge(Tone::Plain, "期限切れ"),
                (None, true) if device::is_due(device, now) => {
                    Cell::badge(Tone::Warn, "更新の時期")
                }
                (None, true) => Cell::badge(Tone::Good, "有効"),
            },
            Cell::Moment(device.issued_at),
            Cell::Moment(device.not_after),
        ],
        links: Vec::new(),
        posts,
    }
}

/// The authority of this server.
fn authority(state: &State) -> Result<&Authority, Refusal> {
    let here = state.authority.as_deref();
    here.ok_or_else(|| Refusal::Problem(Problem::new(Code::Unavailable)))
}

pub(super) async fn new(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let Ok(Some(organisation)) = ask.organisation() else {
        return Err(Problem::new(Code::NotFound));
    };
    page(&state, &staff.0, &headers, Form::new(), &organisation).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    organisation: &Organisation,
) -> Result<Response, Problem> {
    let name = names::of(&state.app, organisation).await?;
    let crumbs = &[("電子証明書", paths::DEVICES)];
    let title = Title { title: "電子証明書を発行する", crumbs, ..TITLE };
    let status = match form.errors().is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = FormPage {
        shell: frame::shell(state, staff, headers, title).await?,
        form,
        intro: vec![format!("{name}の端末1台に発行します。受け取りは次の画面で、1回だけです。")],
        warning: String::new(),
        fields: vec![Field::new("name", "端末の名前", FieldKind::Text).hint("例：事務室 1")],
        hidden: vec![("organisation", organisation.to_string())],
        action: "/operator/devices/issue".to_owned(),
        button: "発行する".to_owned(),
        back: Some(Link::new("やめる", address(paths::DEVICES, organisation))),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

pub(super) async fn issue(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let organisation = place::of(&fields).map_err(Refusal::Problem)?;
    let (caller, name) = (By::Staff(by.0.caller()), fields.get("name"));
    let authority = authority(&state)?;
    match device::issue(&state.app, caller, authority, &organisation, name, state.now()).await {
        Ok(issued) => handed_over(&state, &by.0, &headers, issued).await,
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(FieldError::from).collect();
            let form = fields.form(&["name"]).with_errors(errors);
            let page = page(&state, &by.0, &headers, form, &organisation).await;
            page.map_err(Refusal::Problem)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn renew(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let caller = By::Staff(by.0.caller());
    let sha256 = fields.get("sha256");
    let issued = device::renew(&state.app, caller, authority(&state)?, sha256, state.now());
    handed_over(&state, &by.0, &headers, issued.await?).await
}

/// The page with the certificate and its key; they are kept nowhere.
async fn handed_over(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    (device, issued): (Device, Issued),
) -> Result<Response, Refusal> {
    let password = Secret::readable(3);
    let p12 = issued.pkcs12(&device.name, password.expose()).map_err(AppError::internal)?;
    let pem = format!("{}{}", issued.key_pem(), issued.chain_pem());
    let title = Title { title: "電子証明書を受け取る", ..TITLE };
    let shell = frame::shell(state, staff, headers, title).await.map_err(Refusal::Problem)?;
    let page = IssuedPage {
        shell,
        device: device.name,
        not_after: device.not_after,
        p12: STANDARD.encode(p12),
        password: password.expose().to_owned(),
        pem: STANDARD.encode(pem),
        name: device.device_id,
        next: Link::new("受け取ったので次へ", address(paths::DEVICES, &device.organisation)),
    };
    Ok(Rendered::new(page).into_response())
}

pub(super) async fn revoke(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let organisation = place::of(&fields).map_err(Refusal::Problem)?;
    let why = Why::from_word(fields.get("why"));
    let why = why.ok_or_else(|| Refusal::Problem(Problem::new(Code::BadRequest)))?;
    let caller = By::Staff(by.0.caller());
    device::revoke(&state.app, caller, fields.get("sha256"), why, state.now()).await?;
    Ok(flash::done(&address(paths::DEVICES, &organisation), Done::DeviceRevoked))
}
