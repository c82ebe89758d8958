//! `/my/offices`: offices in charge, and 「この事業所をやめる」.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::assignment;
use tasuki_core::event::Action;
use tasuki_core::provider::ProviderNumber;

use super::entry::{Mine, Posted, Refusal};
use super::frame;
use crate::flash::{self, Done};
use crate::page::citizen::{CitizenOffice, CitizenOfficesPage};
use crate::page::confirm::ConfirmCitizenPage;
use crate::page::person::PaperRow;
use crate::page::{Crumb, Link, Rendered, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::view;

/// Ends one office.
const END: &str = "/my/offices/{number}/end";

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::CITIZEN_OFFICES, Guard::Mine, || get(list)),
    Route::get(END, Guard::Mine, || get(ask)),
    Route::post(END, Guard::Mine, || post(end)),
];

async fn list(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let shell = frame::shell(&state, &mine.signed, &headers, "担当の事業所");
    let rule = state.app.settings.continuity;
    let offices = view::citizen::offices(&look, rule, state.now());
    let blocked = view::citizen::blocked(&look, state.now());
    let insurer = look.basics.insurer.name;
    Ok(Rendered::new(CitizenOfficesPage { shell, offices, blocked, insurer }))
}

async fn ask(
    Extract(state): Extract<State>,
    mine: Mine,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let look = mine.look(&state, Action::Look).await?;
    let rule = state.app.settings.continuity;
    let offices = view::citizen::offices(&look, rule, state.now());
    let office = offices.into_iter().find(|office| office.number == number);
    let office = office.ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut shell = frame::shell(&state, &mine.signed, &headers, "この事業所をやめる");
    let back = paths::CITIZEN_OFFICES.to_owned();
    shell.crumbs.push(Crumb { label: "担当の事業所".to_owned(), href: back.clone() });
    let CitizenOffice { name, since, end, .. } = office;
    Ok(Rendered::new(ConfirmCitizenPage {
        shell,
        question: format!("{name} を、担当の事業所からはずしますか。"),
        rows: vec![
            PaperRow::new("事業所", name),
            PaperRow::new("担当になった日", tasuki_core::date::wareki_day(since)),
        ],
        consequences: vec![
            "いますぐ、この事業所はあなたの情報を見られなくなります。".to_owned(),
            "この事業所が自分で作った書類は、これからも見ることができます。".to_owned(),
            "介護サービスの契約は終わりません。契約については、事業所に話してください。".to_owned(),
            "事業所には、見られなくなったことだけが伝わります。理由は伝わりません。".to_owned(),
        ],
        action: end,
        fields: Vec::new(),
        button: "この事業所をやめる".to_owned(),
        danger: true,
        back: Link::new("やめずにもどる", back),
    }))
}

async fn end(
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    Posted { by, .. }: Posted<Mine>,
) -> Result<Response, Refusal> {
    let number = ProviderNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    assignment::end_by_citizen(&state.app, &by.citizen, &number, state.now()).await?;
    Ok(flash::done(paths::CITIZEN_OFFICES, Done::Ended))
}
