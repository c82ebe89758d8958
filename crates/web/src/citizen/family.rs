//! `/my/family`: delegates (ご家族・代理人) of the person, and whose information one may open.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use tasuki_app::{AppError, citizen_session, delegate};

use super::entry::{Holder, Mine, Posted, Refusal};
use super::frame;
use crate::flash::{self, Done};
use crate::page::citizen::{FamilyPage, Guest, Invitation, Represented};
use crate::page::{Form, Rendered, Shell, paths};
use crate::problem::FieldError;
use crate::server::State;
use crate::server::route::{Guard, Route};

/// Ends one delegate of the person.
const END: &str = "/my/family/{id}/end";
/// Gives back what one may see of somebody.
const LEAVE: &str = "/my/family/{id}/leave";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::CITIZEN_FAMILY, Guard::Holder, || get(show)),
    Route::post(paths::CITIZEN_FAMILY_INVITE, Guard::Mine, || post(invite)),
    Route::post(paths::CITIZEN_FAMILY_CODE, Guard::Holder, || post(code)),
    Route::post(paths::CITIZEN_FAMILY_OPEN, Guard::Holder, || post(open)),
    Route::post(END, Guard::Mine, || post(end)),
    Route::post(LEAVE, Guard::Holder, || post(leave)),
];

/// What is special about this answer.
struct Extra {
    status: StatusCode,
    form: Form,
    invitation: Option<Invitation>,
}

impl Extra {
    fn none() -> Self {
        Self { status: StatusCode::OK, form: Form::new(), invitation: None }
    }

    fn wrong(form: Form, errors: Vec<tasuki_app::FieldError>) -> Self {
        let errors = errors.into_iter().map(FieldError::from).collect();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self { status, form: form.with_errors(errors), invitation: None }
    }
}

async fn show(
    Extract(state): Extract<State>,
    holder: Holder,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    page(&state, &holder, &headers, Extra::none()).await
}

async fn page(
    state: &State,
    Holder(signed): &Holder,
    headers: &HeaderMap,
    extra: Extra,
) -> Result<Response, Refusal> {
    let now = state.now();
    let guests = match &signed.viewing {
        Some(own) if own.delegate.is_none() => {
            let lines = delegate::of_person(&state.app, own, now).await?;
            Some(lines.into_iter().map(guest).collect())
        }
        _ => None,
    };
    let current = signed.viewing.as_ref();
    let represented = delegate::represented(&state.app, signed, now).await?;
    let represented = represented.into_iter().map(|(open, name)| Represented {
        current: current.is_some_and(|it| it.delegate.is_some() && it.person == open.person),
        id: open.id,
        name,
        relation: open.relation,
    });
    let shell = frame::shell(state, signed, headers, "ご家族");
    let shell = match signed.viewing {
        Some(_) => shell,
        None => Shell { crumbs: Vec::new(), ..shell },
    };
    let page = FamilyPage {
        shell,
        form: extra.form,
        is_insured: signed.own.is_some(),
        views_own: signed.is_own(),
        guests,
        invitation: extra.invitation,
        represented: represented.collect(),
    };
    Ok(Rendered::with_status(extra.status, page).into_response())
}

fn guest(line: delegate::Line) -> Guest {
    Guest {
        id: line.id,
        name: line.name.expose().to_owned(),
        relation: line.relation.expose().to_owned(),
        since: line.since.map(|at| at.date()),
        code_until: line.code_until,
    }
}

async fn invite(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<Mine>,
) -> Result<Response, Refusal> {
    let (name, relation) = (fields.get("name"), fields.get("relation"));
    let extra = match delegate::invite(&state.app, &by.citizen, name, relation, state.now()).await {
        Ok(invited) => {
            let (code, until) = (invited.code.expose().to_owned(), invited.until);
            let invitation = Some(Invitation { code, name: name.to_owned(), until });
            Extra { invitation, ..Extra::none() }
        }
        Err(AppError::Invalid(errors)) => Extra::wrong(fields.form(&["name", "relation"]), errors),
        Err(error) => return Err(error.into()),
    };
    page(&state, &Holder(by.signed), &headers, extra).await
}

async fn code(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<Holder>,
) -> Result<Response, Refusal> {
    match delegate::accept(&state.app, &by.0, fields.get("code"), state.now()).await {
        Ok(id) => {
            citizen_session::view(&state.app, &by.0, Some(&id), state.now()).await?;
            Ok(flash::done(paths::CITIZEN, Done::DelegateBegun))
        }
        Err(AppError::Invalid(errors)) => {
            page(&state, &by, &headers, Extra::wrong(Form::new(), errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Opens the information of somebody else, or one's own with an empty id.
async fn open(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<Holder>,
) -> Result<Response, Refusal> {
    let id = Some(fields.get("id")).filter(|id| !id.is_empty());
    citizen_session::view(&state.app, &by.0, id, state.now()).await?;
    Ok(flash::done(paths::CITIZEN, Done::Opened))
}

async fn end(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Posted { by, .. }: Posted<Mine>,
) -> Result<Response, Refusal> {
    delegate::end_by_person(&state.app, &by.citizen, &id, state.now()).await?;
    Ok(flash::done(paths::CITIZEN_FAMILY, Done::DelegateEnded))
}

async fn leave(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Posted { by, .. }: Posted<Holder>,
) -> Result<Response, Refusal> {
    delegate::end_by_delegate(&state.app, &by.0, &id, state.now()).await?;
    Ok(flash::done(paths::CITIZEN_FAMILY, Done::DelegateEnded))
}
