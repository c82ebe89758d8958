//! The desk at which staff and certificates of one organisation are managed (職員と電子証明書の
//! 管理).
//!
//! An administrator sits at the desk of the own organisation, the operator at any. The pages are
//! the same; where they stand and what may be chosen differ.

pub(crate) mod certificates;
pub(crate) mod member;
pub(crate) mod members;

use http::HeaderMap;
use serde::Deserialize;
use tasuki_app::caller::By;
use tasuki_app::names;
use tasuki_core::account::Organisation;

use crate::page::{Shell, paths};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::session::{OfficeAdministrator, OperatorStaff, Role, Staff};
use crate::staff::frame::{self, Title};

/// What is managed at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// Accounts of the staff.
    Members,
    /// Certificates of devices.
    Certificates,
}

impl Area {
    /// The words of its list.
    fn title(self, by_operator: bool) -> &'static str {
        match (self, by_operator) {
            (Self::Members, false) => "職員",
            (Self::Members, true) => "アカウント",
            (Self::Certificates, false) => "端末の電子証明書",
            (Self::Certificates, true) => "電子証明書",
        }
    }

    /// The address of its list.
    fn list(self, by_operator: bool) -> &'static str {
        match (self, by_operator) {
            (Self::Members, false) => paths::OFFICE_STAFF,
            (Self::Members, true) => paths::ACCOUNTS,
            (Self::Certificates, false) => paths::OFFICE_DEVICES,
            (Self::Certificates, true) => paths::DEVICES,
        }
    }

    fn help(self) -> &'static [&'static str] {
        match self {
            Self::Members => &["職員のアカウントを作り、直し、止めます。"],
            Self::Certificates => {
                &["端末の電子証明書を発行し、更新し、失効させます。失効は次の操作から効きます。"]
            }
        }
    }
}

/// Whoever sits at a desk.
pub(crate) trait Manager: Role + Send + Sync + 'static {
    /// The operator's desk is for every organisation, an administrator's for the own.
    const IS_OPERATOR: bool;

    /// The organisation that a request is about; `asked` is what its address or form names.
    fn organisation(&self, asked: &str) -> Result<Organisation, Problem>;
}

impl Manager for OfficeAdministrator {
    const IS_OPERATOR: bool = false;

    fn organisation(&self, _: &str) -> Result<Organisation, Problem> {
        Ok(self.0.caller().organisation.clone())
    }
}

impl Manager for OperatorStaff {
    const IS_OPERATOR: bool = true;

    fn organisation(&self, asked: &str) -> Result<Organisation, Problem> {
        Organisation::parse(asked).map_err(|_| Problem::new(Code::NotFound))
    }
}

/// The organisation that an address names.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    organisation: String,
}

impl Ask {
    /// As an address names `organisation`.
    pub(crate) fn of(organisation: Organisation) -> Self {
        Self { organisation: organisation.to_string() }
    }
}

/// A desk with whoever sits at it.
pub(crate) struct Desk {
    state: State,
    staff: Staff,
    headers: HeaderMap,
    organisation: Organisation,
    by_operator: bool,
}

impl Desk {
    /// The desk for a request that names `asked`.
    pub(crate) fn of<M: Manager>(
        state: State,
        by: &M,
        headers: HeaderMap,
        asked: &str,
    ) -> Result<Self, Problem> {
        let organisation = by.organisation(asked)?;
        let staff = by.as_ref().clone();
        Ok(Self { state, staff, headers, organisation, by_operator: M::IS_OPERATOR })
    }

    fn by(&self) -> By<'_> {
        By::Staff(self.staff.caller())
    }

    /// An address below the list of an area: `/new`.
    fn address(&self, area: Area, below: &str) -> String {
        let list = area.list(self.by_operator);
        match self.by_operator {
            false => format!("{list}{below}"),
            // An organisation is written in letters, digits, underscores and a colon.
            true => format!("{list}{below}?organisation={}", self.organisation),
        }
    }

    /// An address for a form, which names the organisation in a hidden field.
    fn action(&self, area: Area, below: &str) -> String {
        format!("{}{below}", area.list(self.by_operator))
    }

    /// Hidden fields of every form.
    fn hidden(&self) -> Vec<(&'static str, String)> {
        match self.by_operator {
            false => Vec::new(),
            true => vec![("organisation", self.organisation.to_string())],
        }
    }

    /// Name of the organisation.
    async fn name(&self) -> Result<String, Problem> {
        Ok(names::of(&self.state.app, &self.organisation).await?)
    }

    /// The frame of an area's list.
    async fn list_shell(&self, area: Area) -> Result<Shell, Problem> {
        let (title, list) = (area.title(self.by_operator), area.list(self.by_operator));
        if self.by_operator {
            let name = self.name().await?;
            return self.shell(area, &name, &[(title, list)]).await;
        }
        self.shell(area, title, &[("事業所の管理", paths::OFFICE)]).await
    }

    /// The frame of a page below an area's list.
    async fn page_shell(&self, area: Area, title: &str) -> Result<Shell, Problem> {
        let (words, list) = (area.title(self.by_operator), area.list(self.by_operator));
        if self.by_operator {
            let (name, here) = (self.name().await?, self.address(area, ""));
            return self.shell(area, title, &[(words, list), (&name, &here)]).await;
        }
        let crumbs = [("事業所の管理", paths::OFFICE), (words, list)];
        self.shell(area, title, &crumbs).await
    }

    async fn shell(
        &self,
        area: Area,
        title: &str,
        crumbs: &[(&str, &str)],
    ) -> Result<Shell, Problem> {
        let nav = if self.by_operator { area.list(true) } else { paths::OFFICE };
        let title = Title { title, nav, crumbs, help: area.help() };
        frame::shell(&self.state, &self.staff, &self.headers, title).await
    }
}
