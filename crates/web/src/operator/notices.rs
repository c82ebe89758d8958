//! `/operator/notices`: announcements to organisations.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tasuki_app::AppError;
use tasuki_app::notice::{self, Audience};
use tasuki_core::account::Organisation;

use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Choice, Form, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff};
use crate::staff::frame::{self, Title};

pub(super) async fn form(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &staff.0, &headers, Form::new()).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let title = Title {
        title: "お知らせを送る",
        nav: paths::ANNOUNCE,
        help: &["事業所や保険者の「お知らせ」に出す文を送ります。"],
        ..Title::default()
    };
    let status = match form.errors().is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let to = vec![
        Choice::new("insurers", "すべての保険者"),
        Choice::new("providers", "アカウントのあるすべての事業所・医療機関"),
        Choice::new("provider", "1つの事業所・医療機関（番号を入力）"),
        Choice::new("insurer", "1つの保険者（番号を入力）"),
    ];
    let page = FormPage {
        shell: frame::shell(state, staff, headers, title).await?,
        form,
        intro: Vec::new(),
        warning: "利用者の名前や番号など、個人のことは書かないでください。".to_owned(),
        fields: vec![
            Field::new("to", "だれに", FieldKind::Radios(to)),
            Field::new("number", "番号（1つに送るときだけ）", FieldKind::Digits).optional(),
            Field::new("text", "本文", FieldKind::Area).hint("500文字まで"),
        ],
        hidden: Vec::new(),
        action: paths::ANNOUNCE.to_owned(),
        button: "送る".to_owned(),
        back: None,
    };
    Ok(Rendered::with_status(status, page).into_response())
}

fn audience(fields: &Fields) -> Result<Audience, FieldError> {
    match fields.get("to") {
        "insurers" => Ok(Audience::Insurers),
        "providers" => Ok(Audience::Providers),
        kind @ ("provider" | "insurer") => {
            Organisation::parse(&format!("{kind}:{}", fields.get("number")))
                .map(Audience::One)
                .map_err(|_| FieldError::new("number", "organisation-number"))
        }
        _ => Err(FieldError::new("to", "choose")),
    }
}

pub(super) async fn send(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let errors = match audience(&fields) {
        Ok(to) => {
            let (caller, text) = (by.0.caller(), fields.get("text"));
            match notice::announce(&state.app, caller, to, text, state.now()).await {
                Ok(_) => return Ok(flash::done(paths::ANNOUNCE, Done::NoticeSent)),
                Err(AppError::Invalid(errors)) => {
                    errors.into_iter().map(FieldError::from).collect()
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(error) => vec![error],
    };
    let form = fields.form(&["to", "number", "text"]).with_errors(errors);
    page(&state, &by.0, &headers, form).await.map_err(Refusal::Problem)
}
