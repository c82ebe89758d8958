//! `/municipality/persons`: the insurer's own persons by reading or number.

use axum::extract::State as Extract;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use tasuki_app::find;
use tasuki_core::date::age_on;
use tasuki_core::insured::{InsuredNumber, InsuredPerson};
use tasuki_formats::characters::search_key;

use crate::page::blocks::blocks_of;
use crate::page::municipality::{FoundLine, SearchPage};
use crate::page::{Form, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::{MunicipalStaff, Posted, Refusal, Staff};
use crate::staff::frame::{self, Title};

/// Persons of one search.
const MOST: u16 = 50;

const TITLE: Title<'static> = Title {
    title: "被保険者をさがす",
    nav: paths::INSURED,
    crumbs: &[],
    help: &[
        "この市町村の被保険者を、名前のよみか番号でさがします。",
        "だれが見たか、同意の台帳を開きます。",
    ],
};

pub(super) async fn form(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let shell = frame::shell(&state, &staff.0, &headers, TITLE).await?;
    Ok(Rendered::new(SearchPage { shell, form: Form::new(), found: None, more: false }))
}

/// Searches. What is searched for is posted, so that no name and no number stands in an address.
pub(super) async fn search(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<MunicipalStaff>,
) -> Result<impl IntoResponse, Refusal> {
    let staff = &by.0;
    let shell = frame::shell(&state, staff, &headers, TITLE).await.map_err(Refusal::Problem)?;
    let form = fields.form(&["kana", "number"]);
    let number = fields.get("number").replace([' ', '　', '-'], "");
    let key = search_key(fields.get("kana"));
    let caller = staff.caller();
    let wrong = |form: Form, field: &'static str, rule: &'static str, shell| {
        let form = form.with_errors(vec![FieldError::new(field, rule)]);
        let page = SearchPage { shell, form, found: None, more: false };
        Ok(Rendered::with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
    };
    let found = if !number.is_empty() {
        let Ok(number) = InsuredNumber::parse(&number) else {
            return wrong(form, "number", "insured-number", shell);
        };
        find::by_number(&state.app, caller, &number, state.now()).await?.into_iter().collect()
    } else if key.is_empty() {
        return wrong(form, "kana", "kana-or-number", shell);
    } else {
        find::by_kana(&state.app, caller, &key, MOST, state.now()).await?
    };
    let more = found.len() >= usize::from(MOST);
    let found = found.iter().map(|person| line(&state, staff, person)).collect();
    Ok(Rendered::new(SearchPage { shell, form, found: Some(found), more }))
}

fn line(state: &State, staff: &Staff, person: &InsuredPerson) -> FoundLine {
    let href = staff.address(state, &person.key);
    FoundLine {
        blocks: person.is_protected(state.now().date()).then(|| blocks_of(&href)),
        href,
        name: person.name.clone(),
        number: grouped(person.key.insured.expose()),
        birth_date: person.birth_date,
        age: age_on(person.birth_date, state.now().date()),
    }
}

/// A number in groups so that it can be read aloud: 0000 123 456.
fn grouped(number: &str) -> String {
    let part = |from, to| number.get(from..to).unwrap_or_default();
    format!("{} {} {}", part(0, 4), part(4, 7), part(7, 10))
}
