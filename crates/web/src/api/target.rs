//! What a request is about (対象): an organisation, or a member of its staff.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use serde::Deserialize;
use tasuki_app::caller::By;
use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use utoipa::IntoParams;

use super::Software;
use super::body::{self, StrictQuery};
use super::paging::PageQuery;
use crate::problem::{Code, Problem};
use crate::server::State;

/// Whose.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationQuery {
    /// 所属: `provider:…`, `insurer:…`, `review_board:…`, `operator`. なければ自分の所属.
    #[param(value_type = Option<Organisation>)]
    organisation: Option<String>,
}

/// Whose, and which page of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationPageQuery {
    /// 所属: `provider:…`, `insurer:…`, `review_board:…`, `operator`. なければ自分の所属.
    #[param(value_type = Option<Organisation>)]
    organisation: Option<String>,
    /// 1ページの件数. 1から200まで、なければ50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// 続き: 前のページの `next`.
    cursor: Option<String>,
}

/// The organisation that is named, or the caller's own.
fn organisation(by: &Software, named: Option<&str>) -> Result<Organisation, Problem> {
    match named {
        None => Ok(by.caller().organisation.clone()),
        Some(text) => {
            Organisation::parse(text).map_err(|_| body::invalid("organisation", "unknown"))
        }
    }
}

impl OrganisationPageQuery {
    /// Whose, and which page.
    ///
    /// # Errors
    ///
    /// The field `organisation` when it names none.
    pub fn parts(self, by: &Software) -> Result<(Organisation, PageQuery), Problem> {
        let organisation = organisation(by, self.organisation.as_deref())?;
        Ok((organisation, PageQuery { limit: self.limit, cursor: self.cursor }))
    }
}

/// The address of a member.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct MemberPath {
    /// アカウントの番号.
    account: String,
}

/// A member of an organisation's staff, who asks about them, and when.
#[derive(Debug)]
pub struct Member {
    software: Software,
    /// The organisation.
    pub organisation: Organisation,
    /// The account.
    pub account: String,
    /// The moment of the request.
    pub now: AtMs,
}

impl Member {
    /// Who asks.
    pub fn by(&self) -> By<'_> {
        By::Staff(self.software.caller())
    }
}

impl FromRequestParts<State> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let software = Software::from_request_parts(parts, state).await?;
        let path = Path::<MemberPath>::from_request_parts(parts, state).await;
        let Path(MemberPath { account }) = path.map_err(|_| Problem::new(Code::NotFound))?;
        let query = StrictQuery::<OrganisationQuery>::from_request_parts(parts, state).await?;
        let organisation = organisation(&software, query.0.organisation.as_deref())?;
        Ok(Self { software, organisation, account, now: state.now() })
    }
}
