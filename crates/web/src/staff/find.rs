//! `/persons/find`: finding a person by the matching items, and registering.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::find::{self, Proof};
use tasuki_app::{AppError, assignment};
use tasuki_core::account::Organisation;
use tasuki_core::insured::{InsuredNumber, PersonKey, Sex};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::word::Word;
use tasuki_store::person::MatchingItems;

use super::frame::{self, Title};
use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::find::{FindItemsPage, FindPage, sexes};
use crate::page::{Form, Rendered, Shell, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};

pub(super) const ROUTES: &[Route] = &[
    Route::get(paths::FIND, Guard::Staff, || get(show)),
    Route::get(paths::FIND_ITEMS, Guard::Staff, || get(show_items)),
    Route::post(paths::FIND_ITEMS, Guard::Staff, || post(items)),
];

/// The names of the fields that are shown again.
pub(super) const ITEM_FIELDS: &[&str] = &[
    "insurer_number",
    "insured_number",
    "birth_date_era",
    "birth_date_year",
    "birth_date_month",
    "birth_date_day",
    "sex",
    "seen",
];

const TITLE: &str = "利用者をさがす";

/// The frame of a page of this area, for whoever may search.
pub(super) async fn find_shell(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    title: &str,
) -> Result<Shell, Problem> {
    let crumbs: &[(&str, &str)] = if title == TITLE { &[] } else { &[(TITLE, paths::FIND)] };
    let help = &[
        "マイナンバーカードか被保険者証で、ご本人を確かめます。",
        "確かめた方は「わたしの利用者」に加わります。",
    ];
    let title = Title { title, nav: paths::FIND, crumbs, help };
    let shell = frame::shell(state, staff, headers, title).await?;
    if shell.offers.search { Ok(shell) } else { Err(Problem::new(Code::Denied)) }
}

/// The insurer's staff has a register of its own.
async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if matches!(staff.caller().organisation, Organisation::Insurer(_)) {
        return Ok(Redirect::to(paths::INSURED).into_response());
    }
    let mut shell = find_shell(&state, &staff, &headers, TITLE).await?;
    frame::name_by_menu(&mut shell);
    Ok(Rendered::new(FindPage { shell }).into_response())
}

async fn show_items(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    items_page(&state, &staff, &headers, Form::new()).await
}

async fn items_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let status = form.status();
    let shell = find_shell(state, staff, headers, "カードなしでさがす").await?;
    let page = FindItemsPage { shell, form, sexes: sexes() };
    Ok(Rendered::with_status(status, page).into_response())
}

/// The four items of a form, or what is wrong with them. Only their form is looked at here: which
/// of them fits nobody is never told.
pub(super) fn matching_items(fields: &Fields) -> Result<MatchingItems, Vec<FieldError>> {
    let mut wrong = Wrong::new();
    let insurer = InsurerNumber::parse(&plain_digits(fields.get("insurer_number"))).ok();
    let insurer = wrong.take("insurer_number", "insurer-number", insurer);
    let insured = InsuredNumber::parse(&plain_digits(fields.get("insured_number"))).ok();
    let insured = wrong.take("insured_number", "insured-number", insured);
    let birth_date = wrong.take("birth_date", "date", fields.date("birth_date"));
    let sex = wrong.take("sex", "choose", Sex::from_word(fields.get("sex")));
    if !fields.is_ticked("seen") {
        wrong.add("seen", "required");
    }
    match (insurer, insured, birth_date, sex) {
        (Some(insurer), Some(insured), Some(birth_date), Some(sex)) if wrong.is_empty() => {
            Ok(MatchingItems { person: PersonKey { insurer, insured }, birth_date, sex })
        }
        _ => Err(wrong.into_errors()),
    }
}

/// Full-width signs as ASCII; spaces and hyphens between groups are dropped.
fn plain_digits(text: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        'Ｈ' | 'h' | 'ｈ' => Some('H'),
        ' ' | '　' | '-' | '－' => None,
        other => Some(other),
    };
    text.chars().filter_map(plain).collect()
}

/// Looks, registers as in charge, and opens the person. The insurer's staff only opens.
async fn items(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let page = async |errors| {
        let form = fields.form(ITEM_FIELDS).with_errors(errors);
        items_page(&state, &by, &headers, form).await.map_err(Refusal::Problem)
    };
    let items = match matching_items(&fields) {
        Ok(items) => items,
        Err(errors) => return page(errors).await,
    };
    let now = state.now();
    match find::by_items(&state.app, by.caller(), &items, now).await {
        Ok(proof) => enter(&state, &by, &proof).await,
        Err(AppError::NotFound) => page(vec![FieldError::new("insurer_number", "no-match")]).await,
        Err(error) => Err(error.into()),
    }
}

/// Registers the office as in charge of whom `proof` names, and opens them.
pub(super) async fn enter(
    state: &State,
    staff: &Staff,
    proof: &Proof,
) -> Result<Response, Refusal> {
    let now = state.now();
    if staff.caller().organisation.provider().is_none() {
        let found = find::identified(&state.app, staff.caller(), proof, now)?;
        return Ok(Redirect::to(&staff.address(state, &found.person)).into_response());
    }
    let person = assignment::register(&state.app, staff.caller(), proof, now).await?;
    Ok(flash::done(&staff.address(state, &person), Done::Registered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn numbers_may_be_typed_as_they_are_printed() {
        let items = matching_items(&fields(&[
            ("insurer_number", "４３５０７３"),
            ("insured_number", "h000 000 001"),
            ("birth_date_era", "showa"),
            ("birth_date_year", "17"),
            ("birth_date_month", "3"),
            ("birth_date_day", "5"),
            ("sex", "female"),
            ("seen", "yes"),
        ]));
        assert_eq!(items.unwrap().person.insured.expose(), "H000000001");
    }

    #[test]
    fn every_missing_item_is_named_at_once() {
        let errors = matching_items(&fields(&[])).unwrap_err();
        let names: Vec<_> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(names, ["insurer_number", "insured_number", "birth_date", "sex", "seen"]);
    }
}
