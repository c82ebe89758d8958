//! `/emergency/open`: opening a person in danger to life (緊急時の閲覧).

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::emergency::{self, Reason};
use tasuki_app::{AppError, find};
use tasuki_core::word::Word;

use super::find::{ITEM_FIELDS, matching_items};
use super::frame::{self, Title};
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::find::sexes;
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Choice, Form, Link, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff, Stop, Tried};

/// Opens a person in an emergency.
pub(super) const OPEN: &str = "/emergency/open";
/// Fewest characters of the note.
const NOTE_MIN: usize = 10;

pub(super) const ROUTES: &[Route] = &[
    Route::get(OPEN, Guard::Staff, || get(show_open)),
    Route::post(OPEN, Guard::Staff, || post(open)),
];

async fn show_open(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open_page(&state, &staff, &headers, Form::new()).await
}

async fn open_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let title = Title {
        title: "緊急時の閲覧",
        nav: paths::FIND,
        crumbs: &[("利用者をさがす", paths::FIND)],
        help: &["命に関わるときだけ、同意や担当の登録がなくても開きます。"],
    };
    let shell = frame::shell(state, staff, headers, title).await?;
    if !shell.offers.emergency {
        return Err(Problem::new(Code::Denied));
    }
    let reasons = Reason::ALL.iter().map(|it| Choice::new(it.word(), it.japanese())).collect();
    let page = FormPage {
        warning: "命に関わるときだけ使います。開いたことは、ご本人と市町村にわかり、\
                  あなたの事業所の管理者が必ず点検します。"
            .to_owned(),
        fields: vec![
            Field::new("reason", "理由", FieldKind::Radios(reasons)),
            Field::new("note", "いま起きていること", FieldKind::Area)
                .hint("10文字以上。例：訪問時に呼びかけへの反応がなく、救急車を呼んだ"),
            Field::new("insurer_number", "保険者番号（6けた）", FieldKind::Digits),
            Field::new("insured_number", "被保険者番号（10けた）", FieldKind::Digits),
            Field::new("birth_date", "生年月日", FieldKind::BirthDate),
            Field::new("sex", "性別", FieldKind::Radios(sexes())),
            Field::new("seen", "命に関わる緊急時であることを確かめました", FieldKind::Tick),
        ],
        action: OPEN.to_owned(),
        button: "緊急時として開く".to_owned(),
        danger: true,
        back: Some(Link::new("やめる", paths::FIND)),
        ..FormPage::new(shell, form)
    };
    Ok(page.into_response())
}

async fn open(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    let errors = match try_open(&state, &by, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = fields.form(ITEM_FIELDS).with("reason", fields.get("reason"));
    let form = form.with("note", fields.get("note")).with_errors(errors);
    Ok(open_page(&state, &by, &headers, form).await?)
}

/// Finds by the items and opens.
async fn try_open(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let items = matching_items(fields)?;
    let reason = Reason::from_word(fields.get("reason"));
    let reason = reason.ok_or_else(|| Stop::at("reason", "choose"))?;
    let note = fields.get("note");
    if note.chars().count() < NOTE_MIN {
        return Err(Stop::at("note", "emergency-note-short"));
    }
    let (caller, now) = (staff.caller(), state.now());
    let proof = match find::by_items(&state.app, caller, &items, now).await {
        Ok(proof) => proof,
        Err(AppError::NotFound) => return Err(Stop::at("insurer_number", "no-match")),
        Err(error) => return Err(error.into()),
    };
    let person = emergency::open(&state.app, caller, &proof, reason, note, now).await?;
    Ok(flash::done(&staff.address(state, &person), Done::EmergencyOpened))
}
