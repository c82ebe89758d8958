//! Which organisation a page of the operator is about (所属の指定).

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tasuki_core::account::Organisation;

use crate::fields::Fields;
use crate::page::operator::ChoosePage;
use crate::page::{Choice, Form, Rendered};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::session::Staff;
use crate::staff::frame::{self, Title};

/// Kind and number of an organisation, or its whole text.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    number: String,
}

impl Ask {
    /// The organisation; `Err` when something was typed that is none.
    pub(super) fn organisation(&self) -> Result<Option<Organisation>, ()> {
        let text = match (self.organisation.as_str(), self.kind.as_str()) {
            ("", "") => return Ok(None),
            ("", "operator") => "operator".to_owned(),
            ("", kind) => format!("{kind}:{}", self.number.trim()),
            (text, _) => text.to_owned(),
        };
        Organisation::parse(&text).map(Some).map_err(|_| ())
    }
}

/// The organisation of a hidden field.
pub(super) fn of(fields: &Fields) -> Result<Organisation, Problem> {
    let text = fields.get("organisation");
    Organisation::parse(text).map_err(|_| Problem::new(Code::BadRequest))
}

/// Address of a page about an organisation.
pub(super) fn address(page: &str, organisation: &Organisation) -> String {
    // The text form holds letters, digits, an underscore and a colon only.
    format!("{page}?organisation={organisation}")
}

/// The form in which an organisation is chosen.
pub(super) async fn choose(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    title: Title<'_>,
    action: &'static str,
    wrong: bool,
) -> Result<Response, Problem> {
    let kinds = vec![
        Choice::new("provider", "事業所・医療機関"),
        Choice::new("insurer", "保険者（市町村）"),
        Choice::new("review_board", "介護認定審査会"),
        Choice::new("operator", "運営者"),
    ];
    let (mut form, mut status) = (Form::new(), StatusCode::OK);
    if wrong {
        form = form.with_errors(vec![FieldError::new("number", "organisation-number")]);
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let shell = frame::shell(state, staff, headers, title).await?;
    let page = ChoosePage { shell, form, kinds, action };
    Ok(Rendered::with_status(status, page).into_response())
}
