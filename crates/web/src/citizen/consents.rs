//! `/my/consents`: consents in three lines each; giving, narrowing and taking back.

use std::collections::BTreeSet;

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use tasuki_app::{AppError, consent, look::Look};
use tasuki_core::consent::ConsentScope;
use tasuki_core::document::DocumentKind;
use tasuki_core::event::Action;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;

use super::entry::{Mine, Posted, Refusal};
use super::frame;
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::citizen::{
    ConsentLines, ConsentNarrowPage, ConsentNewPage, ConsentsPage, OfficeChoice,
};
use crate::page::confirm::ConfirmCitizenPage;
use crate::page::consent::KindChoice;
use crate::page::person::PaperRow;
use crate::page::{Choice, Crumb, Form, Link, Rendered, Shell, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::view;

/// Narrows one consent.
const NARROW: &str = "/my/consents/{id}/narrow";
/// Takes one consent back.
const END: &str = "/my/consents/{id}/end";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::CITIZEN_CONSENTS, Guard::Mine, || get(list)),
    Route::get(paths::CITIZEN_CONSENT_NEW, Guard::Mine, || get(new)),
    Route::post(paths::CITIZEN_CONSENT_NEW, Guard::Mine, || post(give)),
    Route::get(NARROW, Guard::Mine, || get(ask_narrow)),
    Route::post(NARROW, Guard::Mine, || post(narrow)),
    Route::get(END, Guard::Mine, || get(ask_end)),
    Route::post(END, Guard::Mine, || post(end)),
];

/// Fields of the form for a new consent, apart from its ticks.
const FIELDS: [&str; 6] =
    ["scope", "offices", "until_era", "until_year", "until_month", "until_day"];

async fn list(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let shell = frame::shell(&state, &mine.signed, &headers, "同意");
    let (open, past) = view::citizen::consents(&look, state.now());
    Ok(Rendered::new(ConsentsPage { shell, open, past }))
}

fn below(mut shell: Shell) -> Shell {
    let crumb = Crumb { label: "同意".to_owned(), href: paths::CITIZEN_CONSENTS.to_owned() };
    shell.crumbs.push(crumb);
    shell
}

async fn new(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let form = Form::new().with("scope", "all").with("offices", "all").with("until_era", "reiwa");
    let shell = frame::shell(&state, &mine.signed, &headers, "同意する");
    Ok(Rendered::new(new_page(&state, below(shell), &look, form, &Fields::default())))
}

fn new_page(
    state: &State,
    shell: Shell,
    look: &Look,
    form: Form,
    ticked: &Fields,
) -> ConsentNewPage {
    let scopes = vec![
        Choice::new("all", "同意がいる書類すべて").with_hint("ふつうはこちらです"),
        Choice::new("kinds", "書類をえらぶ").with_hint("下でえらびます"),
    ];
    let offices = vec![
        Choice::new("all", "担当の事業所すべて").with_hint("あとで担当になる事業所もふくみます"),
        Choice::new("some", "事業所をえらぶ").with_hint("下でえらびます"),
    ];
    ConsentNewPage {
        shell,
        form,
        scopes,
        offices,
        kinds: kind_choices(state, |_| true, ticked),
        providers: office_choices(look, |_| true, ticked, state),
    }
}

/// Kinds that the table opens to offices by consent alone, as ticks.
fn kind_choices(
    state: &State,
    keeps: impl Fn(DocumentKind) -> bool,
    ticked: &Fields,
) -> Vec<KindChoice> {
    let kinds = view::citizen::consent_kinds(&state.app.sharing.load());
    let kinds = kinds.into_iter().filter(|kind| keeps(*kind));
    let choice = |kind: DocumentKind| KindChoice {
        kind,
        chosen: ticked.is_ticked(&format!("kind_{}", kind.word())),
    };
    kinds.map(choice).collect()
}

fn office_choices(
    look: &Look,
    keeps: impl Fn(&ProviderNumber) -> bool,
    ticked: &Fields,
    state: &State,
) -> Vec<OfficeChoice> {
    let offices = view::citizen::offices(look, state.app.settings.continuity, state.now());
    let number = |text: &str| ProviderNumber::parse(text).ok();
    let offices = offices.into_iter().filter(|it| number(&it.number).is_some_and(|n| keeps(&n)));
    let choice = |office: crate::page::citizen::CitizenOffice| OfficeChoice {
        chosen: ticked.is_ticked(&format!("office_{}", office.number)),
        number: office.number,
        name: office.name,
    };
    offices.map(choice).collect()
}

fn ticked_kinds(kinds: &[KindChoice]) -> BTreeSet<DocumentKind> {
    kinds.iter().filter(|choice| choice.chosen).map(|choice| choice.kind).collect()
}

fn ticked_offices(offices: &[OfficeChoice]) -> BTreeSet<ProviderNumber> {
    let chosen = offices.iter().filter(|choice| choice.chosen);
    chosen.filter_map(|choice| ProviderNumber::parse(&choice.number).ok()).collect()
}

async fn give(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<Mine>,
) -> Result<Response, Refusal> {
    let look = by.look(&state, Action::Look).await?;
    let shell = below(frame::shell(&state, &by.signed, &headers, "同意する"));
    let page = new_page(&state, shell, &look, fields.form(&FIELDS), &fields);
    let some_kinds = fields.get("scope") == "kinds";
    let some_offices = fields.get("offices") == "some";
    let scope = ConsentScope {
        kinds: some_kinds.then(|| ticked_kinds(&page.kinds)),
        providers: some_offices.then(|| ticked_offices(&page.providers)),
        ..ConsentScope::default()
    };
    let until = fields.date("until");
    let result = if until.is_none() && !fields.is_date_empty("until") {
        Err(AppError::invalid("until", "date"))
    } else {
        consent::give(&state.app, &by.citizen, scope, until, state.now()).await
    };
    match result {
        Ok(_) => Ok(flash::done(paths::CITIZEN_CONSENTS, Done::ConsentTaken)),
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(FieldError::from).collect();
            let page = ConsentNewPage { form: page.form.clone().with_errors(errors), ..page };
            Ok(Rendered::with_status(StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// A consent in force, in lines, with the scope it has now.
fn in_force(look: &Look, state: &State, id: &str) -> Result<(ConsentLines, ConsentScope), Problem> {
    let now = state.now();
    let absent = || Problem::new(Code::NotFound);
    let found = look.basics.consents.iter().find(|consent| consent.id == id);
    let scope = found.filter(|consent| consent.in_force(now)).map(|it| it.scope.clone());
    let (open, _) = view::citizen::consents(look, now);
    let lines = open.into_iter().find(|lines| lines.id == id).ok_or_else(absent)?;
    Ok((lines, scope.ok_or_else(absent)?))
}

async fn ask_narrow(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let status = StatusCode::OK;
    narrow_page(&state, &mine, &headers, &id, Form::new(), status).await
}

async fn narrow_page(
    state: &State,
    mine: &Mine,
    headers: &HeaderMap,
    id: &str,
    form: Form,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let look = mine.look(state, Action::Look).await?;
    let (lines, scope) = in_force(&look, state, id)?;
    let none = Fields::default();
    let page = ConsentNarrowPage {
        shell: below(frame::shell(state, &mine.signed, headers, "見せるものを減らす")),
        form,
        action: format!("{}/{id}/narrow", paths::CITIZEN_CONSENTS),
        lines,
        kinds: kind_choices(state, |kind| holds_kind(&scope, kind), &none),
        providers: office_choices(&look, |office| holds_office(&scope, office), &none, state),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

fn holds_kind(scope: &ConsentScope, kind: DocumentKind) -> bool {
    scope.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
        && !scope.except_kinds.contains(&kind)
}

fn holds_office(scope: &ConsentScope, office: &ProviderNumber) -> bool {
    scope.providers.as_ref().is_none_or(|only| only.contains(office))
        && !scope.except_providers.contains(office)
}

async fn narrow(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<Mine>,
) -> Result<Response, Refusal> {
    let look = by.look(&state, Action::Look).await?;
    let kinds = ticked_kinds(&kind_choices(&state, |_| true, &fields));
    let offices = ticked_offices(&office_choices(&look, |_| true, &fields, &state));
    let now = state.now();
    match consent::narrow(&state.app, &by.citizen, &id, &kinds, &offices, now).await {
        Ok(_) => Ok(flash::done(paths::CITIZEN_CONSENTS, Done::ConsentNarrowed)),
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(FieldError::from).collect();
            let form = Form::new().with_errors(errors);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            narrow_page(&state, &by, &headers, &id, form, status).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask_end(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let (lines, _) = in_force(&look, &state, &id)?;
    let others = view::citizen::consents(&look, state.now()).0.len() > 1;
    let mut consequences = vec![
        "いますぐ、事業所はこの同意で見ていた書類を見られなくなります。".to_owned(),
        "介護サービスは、これまでどおり受けられます。".to_owned(),
        "事業所には、見られなくなったことだけが伝わります。理由は伝わりません。".to_owned(),
        "同意は、いつでもまたできます。".to_owned(),
    ];
    if others {
        let line = "ほかの同意は、そのまま続きます。ほかの同意で見られる書類は、まだ見られます。";
        consequences.insert(1, line.to_owned());
    }
    Ok(Rendered::new(ConfirmCitizenPage {
        shell: below(frame::shell(&state, &mine.signed, &headers, "同意をやめる")),
        question: "この同意をやめますか。".to_owned(),
        rows: vec![
            PaperRow::new("見せている書類", lines.what),
            PaperRow::new("見せている相手", lines.whom),
            PaperRow::new("いつまで", lines.until),
        ],
        consequences,
        action: format!("{}/{id}/end", paths::CITIZEN_CONSENTS),
        fields: Vec::new(),
        button: "同意をやめる".to_owned(),
        danger: true,
        back: Link::new("やめずにもどる", paths::CITIZEN_CONSENTS),
    }))
}

async fn end(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Posted { by, .. }: Posted<Mine>,
) -> Result<Response, Refusal> {
    let person = &by.citizen.person;
    consent::withdraw(&state.app, &by.visitor(), person, &id, state.now()).await?;
    Ok(flash::done(paths::CITIZEN_CONSENTS, Done::ConsentWithdrawn))
}
