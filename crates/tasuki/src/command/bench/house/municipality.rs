//! Municipalities whose software sends files to the house.

use std::sync::Arc;

use rustls::ClientConfig;
use tasuki_app::caller::By;
use tasuki_app::device;
use tasuki_app::secret::Secret;
use tasuki_core::account::{JobType, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;
use tasuki_store::session::Kind;
use tasuki_tls::client::client_config;

use super::House;
use crate::clock;

impl House {
    /// How the software of a municipality speaks TLS, and the token of its requests.
    pub(in crate::command::bench) async fn municipality(
        &self,
        number: &InsurerNumber,
        now: AtMs,
    ) -> anyhow::Result<(Arc<ClientConfig>, Secret)> {
        let organisation = Organisation::Insurer(number.clone());
        let authority = &self.authority;
        let (row, issued) =
            device::issue(&self.app, By::Console, authority, &organisation, "bench", now).await?;
        let who = (organisation, JobType::MunicipalOfficer, row.sha256.as_str());
        let token = self.session(Kind::Software, who, now).await?;
        let trusted = [authority.certificate_der().clone()];
        let config = client_config(&trusted, Some(&issued.identity()), clock::system())?;
        Ok((Arc::new(config), token))
    }
}
