//! `/office`: the check list of the first steps, and the ways to what an administrator manages.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use axum::routing::get;
use http::HeaderMap;
use tasuki_app::offers::Offers;
use tasuki_app::onboarding::{self, Check, Item};
use tasuki_core::account::{AccountLevel, Organisation};

use super::frame::{self, Title};
use crate::page::plain::{Cell, ListPage, Row};
use crate::page::{Link, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::Staff;

pub(super) const ROUTES: &[Route] = &[Route::get(paths::OFFICE, Guard::Staff, || get(show))];

async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let checks = onboarding::checks(&state.app, &staff.0, state.now()).await?;
    let caller = staff.caller();
    let manages = !matches!(caller.level, AccountLevel::General);
    let mut actions = Vec::new();
    if manages {
        actions.push(Link::new("職員", paths::OFFICE_STAFF));
        actions.push(Link::new("端末の電子証明書", paths::OFFICE_DEVICES));
    }
    // Only offices open persons in an emergency, and their administrator reviews it.
    let is_provider = matches!(caller.organisation, Organisation::Provider(_));
    if is_provider && caller.level == AccountLevel::Administrator {
        actions.push(Link::new("緊急時の閲覧の点検", super::emergency_review::LIST));
    }
    let help = &["使い始めの準備を確かめます。", "職員と端末の電子証明書を管理します。"];
    let title = Title { title: "事業所の管理", nav: paths::OFFICE, crumbs: &[], help };
    let mut shell = frame::shell(&state, &staff, &headers, title).await?;
    frame::name_by_menu(&mut shell);
    let row = |check: &Check| Row {
        cells: vec![
            Cell::text(check.item.japanese()),
            match check.done {
                true => Cell::badge(Tone::Good, "済み"),
                false => Cell::badge(Tone::Warn, "まだ"),
            },
            Cell::text(check.next),
        ],
        links: match check.done {
            true => Vec::new(),
            false => place(check.item, manages, shell.offers).into_iter().collect(),
        },
        ..Row::default()
    };
    let rows = checks.iter().map(row).collect();
    Ok(Rendered::new(ListPage {
        shell,
        intro: vec![
            "使い始めるまでのチェックリストです。すべて「済み」になれば準備完了です。".to_owned(),
        ],
        actions,
        columns: vec!["すること", "状態", "次にすること"],
        rows,
        empty: ("することはありません", ""),
        below: None,
    }))
}

/// Where a step is done; `None` where the reader cannot do it.
fn place(item: Item, manages: bool, offers: Offers) -> Option<Link> {
    let (label, href) = match item {
        Item::Certificate if manages => ("端末の電子証明書へ", paths::OFFICE_DEVICES),
        Item::Staff if manages => ("職員を加える", "/office/staff/new"),
        Item::Certificate | Item::Staff => return None,
        Item::Password => ("パスワードを変える", super::me::PASSWORD),
        Item::Code => ("アプリを登録する", super::me::ENROL),
        Item::Reader if offers.search => ("カードでさがす", paths::FIND_CARD),
        Item::FirstLook if offers.search => ("ご本人をさがす", paths::FIND),
        Item::Reader | Item::FirstLook => return None,
    };
    Some(Link::new(label, href))
}
