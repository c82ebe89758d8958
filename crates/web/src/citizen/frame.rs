//! The frame of a citizen's page (画面の枠).

use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::citizen_session::SignedInCitizen;
use tasuki_core::insurer::InsurerNumber;

use super::entry::Mine;
use crate::flash;
use crate::page::citizen::{MyInsurer, NotYetPage};
use crate::page::{Account, Crumb, Rendered, Shell, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::view;

/// The frame of a page below the home page.
pub(crate) fn shell(
    state: &State,
    signed: &SignedInCitizen,
    headers: &HeaderMap,
    title: &str,
) -> Shell {
    let relation = signed.viewing.as_ref().and_then(|citizen| citizen.delegate.as_deref());
    let job = match relation {
        Some(relation) => format!("{relation}として見ています"),
        None if signed.is_at_former() => "以前の保険者の情報を見ています".to_owned(),
        None => String::new(),
    };
    Shell {
        account: Some(Account { name: String::new(), job }),
        crumbs: vec![Crumb {
            label: "はじめの画面".to_owned(), href: paths::CITIZEN.to_owned()
        }],
        csrf: signed.csrf.clone(),
        flash: flash::of(headers),
        ..Shell::new(title, state.now())
    }
}

/// The person's insurers, when there are several to change between.
pub(super) async fn insurers(
    state: &State,
    signed: &SignedInCitizen,
) -> Result<Vec<MyInsurer>, Problem> {
    if !signed.is_own() || signed.former.is_empty() {
        return Ok(Vec::new());
    }
    let present = signed.own.as_ref().map(|person| &person.insurer);
    let known = tasuki_app::citizen::insurers(&state.app, signed).await?;
    let line = |(number, name, open): (InsurerNumber, String, bool)| MyInsurer {
        present: Some(&number) == present,
        number: number.to_string(),
        name,
        open,
    };
    Ok(known.into_iter().map(line).collect())
}

/// 「まだつながっていません」: the person's insurer has not connected, or has not sent them yet.
pub(crate) async fn not_yet(state: &State, mine: &Mine) -> Result<Response, Problem> {
    let insurer = tasuki_app::citizen::insurer(&state.app, &mine.citizen.person).await?;
    let (title, text) = match insurer {
        Some(insurer) => {
            let title = match insurer.connected_since {
                Some(_) => "あなたの情報は、まだ届いていません",
                None => "まだつながっていません",
            };
            (title, view::person::connection(&insurer))
        }
        None => (
            "まだつながっていません",
            "お住まいの市町村は、まだこの仕組みにつながっていません。".to_owned(),
        ),
    };
    let insurers = insurers(state, &mine.signed).await?;
    let shell = shell(state, &mine.signed, &HeaderMap::new(), title);
    let shell = Shell { crumbs: Vec::new(), ..shell };
    Ok(Rendered::new(NotYetPage { shell, text, insurers }).into_response())
}
