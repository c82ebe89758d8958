//! Clients of the neighbouring systems, as the settings name them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tasuki_gateway::identity::{IdentityClient, IdentitySettings};
use tasuki_gateway::online_eligibility::OnlineEligibility;
use tasuki_tls::client::{client_config, http_client};
use tasuki_tls::{Clock, Identity, certificates_from_pem};

use crate::config::Config;

/// Where the identity provider sends citizens back to, below the citizens' address.
const CALLBACK: &str = tasuki_web::page::paths::CITIZEN_SIGN_IN_CALLBACK;

/// Longest time of one exchange with a neighbour.
const LIMIT: Duration = Duration::from_secs(10);

/// The neighbours that the settings name; what they do not name is absent.
///
/// # Errors
///
/// When a file that is named cannot be used, or one that is needed is not named.
pub(crate) fn open(
    config: &Config,
    clock: &Clock,
) -> anyhow::Result<tasuki_app::neighbours::Neighbours> {
    let named = &config.neighbours;
    let mut neighbours = tasuki_app::neighbours::Neighbours::default();
    if named.sign_in_issuer.is_none() && named.eligibility.is_none() {
        return Ok(neighbours);
    }
    let trust = certificates_from_pem(&needed(named.trust.as_ref(), "neighbours.trust")?)?;
    if let Some(url) = &named.eligibility {
        let certificate = needed(named.certificate.as_ref(), "neighbours.certificate")?;
        let key = needed(named.key.as_ref(), "neighbours.key")?;
        let identity = Identity::from_pem(&certificate, &key)?;
        let tls = client_config(&trust, Some(&identity), clock.clone())?;
        let url = url.trim_end_matches('/');
        neighbours.eligibility = Some(OnlineEligibility::new(http_client(tls, LIMIT)?, url));
    }
    if let Some(issuer) = &named.sign_in_issuer {
        let client_id = named.sign_in_client.clone();
        let client_id = client_id.context("neighbours.sign_in_client is not set")?;
        let settings = IdentitySettings {
            issuer: issuer.clone(),
            client_id,
            client_key_pem: needed(named.sign_in_key.as_ref(), "neighbours.sign_in_key")?,
            redirect_uri: format!("{}{CALLBACK}", config.listen.citizen_url),
        };
        let tls = client_config(&trust, None, clock.clone())?;
        let identity = IdentityClient::new(http_client(tls, LIMIT)?, settings)
            .context("the citizens' sign-in cannot be set up")?;
        neighbours.identity = Some(Arc::new(identity));
    }
    Ok(neighbours)
}

fn needed(file: Option<&PathBuf>, name: &str) -> anyhow::Result<String> {
    let file: &Path = file.with_context(|| format!("{name} is not set"))?;
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
