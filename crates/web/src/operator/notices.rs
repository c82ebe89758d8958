//! `/operator/notices`: announcements to organisations.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::notice::{self, Audience};
use tasuki_core::account::Organisation;

use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Choice, Form, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Stop, Tried};
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
    let to = vec![
        Choice::new("insurers", "すべての保険者"),
        Choice::new("providers", "アカウントのあるすべての事業所・医療機関"),
        Choice::new("provider", "1つの事業所・医療機関（番号を入力）"),
        Choice::new("insurer", "1つの保険者（番号を入力）"),
    ];
    let page = FormPage {
        warning: "利用者の名前や番号など、個人のことは書かないでください。".to_owned(),
        fields: vec![
            Field::new("to", "だれに", FieldKind::Radios(to)),
            Field::new("number", "番号（1つに送るときだけ）", FieldKind::Digits).optional(),
            Field::new("text", "本文", FieldKind::Area).hint("500文字まで"),
        ],
        action: paths::ANNOUNCE.to_owned(),
        button: "送る".to_owned(),
        ..FormPage::new(frame::shell(state, staff, headers, title).await?, form)
    };
    Ok(page.into_response())
}

fn audience(fields: &Fields) -> Result<Audience, Stop> {
    match fields.get("to") {
        "insurers" => Ok(Audience::Insurers),
        "providers" => Ok(Audience::Providers),
        kind @ ("provider" | "insurer") => {
            Organisation::parse(&format!("{kind}:{}", fields.get("number")))
                .map(Audience::One)
                .map_err(|_| Stop::at("number", "organisation-number"))
        }
        _ => Err(Stop::at("to", "choose")),
    }
}

pub(super) async fn send(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let errors = match try_send(&state, &by.0, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = fields.form(&["to", "number", "text"]).with_errors(errors);
    Ok(page(&state, &by.0, &headers, form).await?)
}

async fn try_send(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let (caller, to) = (staff.caller(), audience(fields)?);
    notice::announce(&state.app, caller, to, fields.get("text"), state.now()).await?;
    Ok(flash::done(paths::ANNOUNCE, Done::NoticeSent))
}
