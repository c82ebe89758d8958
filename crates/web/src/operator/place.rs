//! Which organisation a page of the operator is about (所属の指定).

use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde::Deserialize;
use tasuki_core::account::Organisation;

use crate::desk::Ask;
use crate::page::operator::ChoosePage;
use crate::page::{Choice, Form, Rendered};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::Staff;
use crate::staff::frame::{self, Title};

/// Kind and number of an organisation, or its whole text.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    number: String,
}

impl Place {
    /// The organisation; `None` when none, or nothing that is one, was named.
    pub(super) fn ask(&self) -> Option<Ask> {
        let text = match (self.organisation.as_str(), self.kind.as_str()) {
            ("", "operator") => "operator".to_owned(),
            ("", kind) => format!("{kind}:{}", self.number.trim()),
            (text, _) => text.to_owned(),
        };
        Organisation::parse(&text).ok().map(Ask::of)
    }

    fn is_empty(&self) -> bool {
        self.organisation.is_empty() && self.kind.is_empty()
    }
}

/// Address of a page about an organisation.
pub(super) fn address(page: &str, organisation: &Organisation) -> String {
    // The text form holds letters, digits, an underscore and a colon only.
    format!("{page}?organisation={organisation}")
}

/// The form in which an organisation is chosen; it goes to the address that the menu marks.
pub(super) async fn choose(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    title: Title<'static>,
    place: &Place,
) -> Result<Response, Problem> {
    let kinds = vec![
        Choice::new("provider", "事業所・医療機関"),
        Choice::new("insurer", "保険者（市町村）"),
        Choice::new("review_board", "介護認定審査会"),
        Choice::new("operator", "運営者"),
    ];
    let mut form = Form::new();
    if !place.is_empty() {
        form = form
            .with("kind", place.kind.clone())
            .with("number", place.number.clone())
            .with_errors(vec![FieldError::new("number", "organisation-number")]);
    }
    let action = title.nav;
    let shell = frame::shell(state, staff, headers, title).await?;
    let page = ChoosePage { shell, form, kinds, action };
    Ok(Rendered::with_status(page.form.status(), page).into_response())
}
