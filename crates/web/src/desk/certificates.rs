//! Certificates of an organisation's devices (端末の電子証明書): issued and handed over once,
//! renewed with one button, revoked with a reason.

use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::device::{self, Why};
use tasuki_core::date::{AtMs, wareki_day};
use tasuki_core::word::Word;
use tasuki_store::device::Device;
use tasuki_tls::authority::Authority;

use super::{Area, Ask, Desk, Manager};
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::hand_over;
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row, RowPost};
use crate::page::{Choice, Form, Link, Rendered, Tone};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::session::{Posted, Refusal, Stop, Tried};

const HERE: Area = Area::Certificates;

pub(crate) async fn list<M: Manager>(
    Extract(state): Extract<State>,
    by: M,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let desk = Desk::of(state, &by, headers, &ask.organisation)?;
    let devices = device::list(&desk.state.app, desk.by(), &desk.organisation).await?;
    let mut actions = Vec::new();
    if desk.state.authority.is_some() {
        actions.push(Link::new("端末を加える", desk.address(HERE, "/new")));
    }
    if desk.by_operator {
        actions.push(Link::new("アカウント", desk.address(Area::Members, "")));
    }
    let now = desk.state.now();
    let mut intro = vec![
        "紛失・盗難のときは、すぐに失効させてください。次の操作から使えなくなります。".to_owned(),
    ];
    if devices.iter().any(|device| may_renew(device, now)) {
        intro.push(format!(
            "「更新の時期です」の端末は、「更新する」で新しい証明書を受け取り、その端末に入れてください。\
             期限の{}日前から更新できます。前の証明書は、期限まで使えます。",
            device::RENEW_DAYS,
        ));
    }
    let page = ListPage {
        shell: desk.list_shell(HERE).await?,
        intro,
        actions,
        columns: vec!["端末", "発行日", "有効期限", "状態"],
        rows: devices.iter().map(|device| row(&desk, device)).collect(),
        empty: ("電子証明書はまだありません", "「端末を加える」から、端末1台ずつに発行します。"),
        below: None,
    };
    Ok(Rendered::new(page).into_response())
}

fn may_renew(device: &Device, now: AtMs) -> bool {
    device.is_good(now) && device::is_due(device, now)
}

fn row(desk: &Desk, device: &Device) -> Row {
    let now = desk.state.now();
    let below = |what: &str| format!("/{}/{what}", device.sha256);
    let renew = RowPost {
        action: desk.action(HERE, &below("renew")),
        label: "更新する".to_owned(),
        hidden: desk.hidden(),
    };
    let revoke = Link::new("失効させる", desk.address(HERE, &below("revoke")));
    Row {
        cells: vec![
            Cell::text(&device.name),
            Cell::Day(device.issued_at.date()),
            Cell::Day(device.not_after.date()),
            state_cell(device, device.sha256 == desk.staff.caller().device, now),
        ],
        links: if device.revoked_at.is_none() { vec![revoke] } else { Vec::new() },
        posts: match desk.state.authority.is_some() && may_renew(device, now) {
            true => vec![renew],
            false => Vec::new(),
        },
    }
}

fn state_cell(device: &Device, is_this: bool, now: AtMs) -> Cell {
    match (&device.revoked_at, device.is_good(now)) {
        (Some(at), _) => {
            let why = device.revoked_why.as_deref().and_then(Why::from_word);
            let why = why.map_or_else(String::new, |why| format!("（{}）", why.japanese()));
            Cell::badge(Tone::Plain, format!("{}に失効{why}", wareki_day(at.date())))
        }
        (None, false) => Cell::badge(Tone::Bad, "期限切れ"),
        (None, true) if may_renew(device, now) => Cell::badge(Tone::Warn, "更新の時期です"),
        (None, true) if is_this => Cell::badge(Tone::Good, "この端末"),
        (None, true) => Cell::badge(Tone::Good, "有効"),
    }
}

/// The authority of this server.
fn authority(desk: &Desk) -> Result<&Authority, Problem> {
    desk.state.authority.as_deref().ok_or_else(|| Problem::new(Code::Unavailable))
}

pub(crate) async fn new<M: Manager>(
    Extract(state): Extract<State>,
    by: M,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let desk = Desk::of(state, &by, headers, &ask.organisation)?;
    page(&desk, Form::new()).await
}

async fn page(desk: &Desk, form: Form) -> Result<Response, Problem> {
    authority(desk)?;
    let name = desk.name().await?;
    let page = FormPage {
        intro: vec![format!(
            "{name}の端末1台に、電子証明書を発行します。証明書のファイルとパスワードは、\
             次の画面で1回だけ受け取れます。",
        )],
        fields: vec![
            Field::new("name", "端末の呼び名", FieldKind::Text)
                .hint("例：事務室 1、訪問用タブレット A"),
        ],
        hidden: desk.hidden(),
        action: desk.action(HERE, "/new"),
        button: "証明書を発行する".to_owned(),
        back: Some(Link::new("やめる", desk.address(HERE, ""))),
        ..FormPage::new(desk.page_shell(HERE, "端末を加える").await?, form)
    };
    Ok(page.into_response())
}

fn back(desk: &Desk) -> Link {
    Link::new("受け取ったので一覧へ", desk.address(HERE, ""))
}

pub(crate) async fn issue<M: Manager>(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<M>,
) -> Result<Response, Refusal> {
    let desk = Desk::of(state, &by, headers, fields.get("organisation"))?;
    let errors = match try_issue(&desk, fields.get("name")).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    Ok(page(&desk, fields.form(&["name"]).with_errors(errors)).await?)
}

async fn try_issue(desk: &Desk, name: &str) -> Tried {
    let (app, here, now) = (&desk.state.app, &desk.organisation, desk.state.now());
    let issued = device::issue(app, desk.by(), authority(desk)?, here, name, now).await?;
    Ok(hand_over::certificate(&desk.state, issued, back(desk))?)
}

/// Issues the certificate that follows; one press, because the former one goes on working.
pub(crate) async fn renew<M: Manager>(
    Extract(state): Extract<State>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<M>,
) -> Result<Response, Refusal> {
    let desk = Desk::of(state, &by, headers, fields.get("organisation"))?;
    let (app, now) = (&desk.state.app, desk.state.now());
    let issued = device::renew(app, desk.by(), authority(&desk)?, &sha256, now).await?;
    Ok(hand_over::certificate(&desk.state, issued, back(&desk))?)
}

pub(crate) async fn show_revoke<M: Manager>(
    Extract(state): Extract<State>,
    by: M,
    headers: HeaderMap,
    Path(sha256): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let desk = Desk::of(state, &by, headers, &ask.organisation)?;
    revoke_page(&desk, &sha256, Form::new()).await
}

async fn revoke_page(desk: &Desk, sha256: &str, form: Form) -> Result<Response, Problem> {
    let device = device::find(&desk.state.app, desk.by(), sha256).await?;
    let why = Why::ALL.iter().map(|why| Choice::new(why.word(), why.japanese())).collect();
    let page = FormPage {
        intro: vec![format!("端末：{}", device.name)],
        warning: "失効させると、この端末は次の操作から使えません。元にはもどせません。".to_owned(),
        fields: vec![Field::new("why", "理由", FieldKind::Radios(why))],
        hidden: desk.hidden(),
        action: desk.action(HERE, &format!("/{sha256}/revoke")),
        button: "失効させる".to_owned(),
        danger: true,
        back: Some(Link::new("やめる", desk.address(HERE, ""))),
        ..FormPage::new(desk.page_shell(HERE, "電子証明書を失効させる").await?, form)
    };
    Ok(page.into_response())
}

pub(crate) async fn revoke<M: Manager>(
    Extract(state): Extract<State>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<M>,
) -> Result<Response, Refusal> {
    let desk = Desk::of(state, &by, headers, fields.get("organisation"))?;
    let errors = match try_revoke(&desk, &sha256, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    Ok(revoke_page(&desk, &sha256, Form::new().with_errors(errors)).await?)
}

async fn try_revoke(desk: &Desk, sha256: &str, fields: &Fields) -> Tried {
    let why = Why::from_word(fields.get("why")).ok_or_else(|| Stop::at("why", "choose"))?;
    device::revoke(&desk.state.app, desk.by(), sha256, why, desk.state.now()).await?;
    Ok(flash::done(&desk.address(HERE, ""), Done::DeviceRevoked))
}
