//! `/persons/{handle}/earlier`, `/end`: an earlier day's state, and the end of a registration.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::HeaderMap;
use tasuki_app::assignment;

use super::person::{Opened, open};
use crate::flash::{self, Done};
use crate::page::confirm::ConfirmPage;
use crate::page::person::PaperRow;
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Form, Link, Rendered, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::server::route::{Guard, Route};
use crate::session::{Posted, Refusal, Staff};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/persons/{handle}/earlier", Guard::Person, || get(show_earlier)),
    Route::post("/persons/{handle}/earlier", Guard::Person, || post(earlier)),
    Route::get("/persons/{handle}/end", Guard::Person, || get(show_end)),
    Route::post("/persons/{handle}/end", Guard::Person, || post(end)),
];

async fn show_earlier(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let opened = open(&state, &staff, &handle).await?;
    earlier_page(&state, &staff, &headers, &opened, Form::new()).await
}

async fn earlier_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    opened: &Opened,
    form: Form,
) -> Result<Response, Problem> {
    let page = FormPage {
        intro: vec!["その日の終わりに、この基盤に届いていた内容を表示します。".to_owned()],
        fields: vec![Field::new("day", "いつの内容を見ますか", FieldKind::Date)],
        action: format!("{}/earlier", opened.base),
        button: "この日の内容を見る".to_owned(),
        back: Some(Link::new("もどる", opened.base.clone())),
        ..FormPage::new(
            opened.shell(state, staff, headers, "前の時点の内容を見る", &[]).await?,
            form,
        )
    };
    Ok(page.into_response())
}

async fn earlier(
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted,
) -> Result<Response, Refusal> {
    by.person(&state, &handle)?;
    let today = state.now().date();
    let rule = match fields.date("day") {
        Some(day) if day <= today => {
            let to = format!("{}/{handle}?as_of={day}", paths::PERSONS);
            return Ok(Redirect::to(&to).into_response());
        }
        Some(_) => "date-future",
        None => "date",
    };
    let opened = open(&state, &by, &handle).await?;
    let form = fields.form(&["day_era", "day_year", "day_month", "day_day"]);
    let form = form.with_errors(vec![FieldError::new("day", rule)]);
    Ok(earlier_page(&state, &by, &headers, &opened, form).await?)
}

async fn show_end(
    Extract(state): Extract<State>,
    staff: Staff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let opened = open(&state, &staff, &handle).await?;
    Ok(Rendered::new(ConfirmPage {
        shell: opened.shell(&state, &staff, &headers, "担当を終わる", &[]).await?,
        question: "この利用者の担当を終わりますか。".to_owned(),
        rows: vec![
            PaperRow::new("利用者", opened.name()),
            PaperRow::new("事業所", staff.caller().organisation_name.clone()),
        ],
        consequences: vec![
            "あなたの事業所は、この方の情報をすぐに見られなくなります。".to_owned(),
            "もう一度見るには、ご本人のカードか4つの項目で、本人確認からやり直します。".to_owned(),
            "これまでに見た記録は残り、ご本人が確かめられます。".to_owned(),
        ],
        action: format!("{}/end", opened.base),
        fields: Vec::new(),
        button: "担当を終わる".to_owned(),
        danger: true,
        back: Link::new("やめる", opened.base.clone()),
    }))
}

async fn end(
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    Posted { by, .. }: Posted,
) -> Result<Response, Refusal> {
    let person = by.person(&state, &handle)?;
    assignment::end_by_office(&state.app, by.caller(), &person, state.now()).await?;
    Ok(flash::done(paths::PERSONS, Done::Ended))
}
