//! Certificates of `tasuki check`: whether they fit, and when they end.

use std::path::Path;

use anyhow::Context;
use tasuki_app::caller::By;
use tasuki_app::health::{Check, Verdict};
use tasuki_app::{App, device};
use tasuki_core::date::AtMs;
use tasuki_tls::authority::Authority;
use tasuki_tls::server::{ClientCertificates, server_config};
use tasuki_tls::{Identity, certificates_from_pem, not_after_ms};

use crate::clock;
use crate::config::Config;

/// Days before an end from which the answer is a warning.
pub(crate) const SOON_DAYS: i64 = 30;

/// Days before the authority's end: every certificate must be issued anew by then.
pub(crate) const AUTHORITY_SOON_DAYS: i64 = 730;

/// The authority, our servers' certificate, and ours towards neighbours.
pub(super) fn check(config: &Config, now: AtMs) -> Vec<Check> {
    let mut lines = vec![authority(config, now)];
    let listen = &config.listen;
    lines.push(identity("server", &listen.certificate, &listen.key, now));
    let neighbours = &config.neighbours;
    if let (Some(certificate), Some(key)) = (&neighbours.certificate, &neighbours.key) {
        lines.push(identity("neighbours", certificate, key, now));
    }
    lines
}

fn authority(config: &Config, now: AtMs) -> Check {
    let folder = &config.keys.authority;
    match Authority::load(folder) {
        Ok(authority) => {
            let end = AtMs(authority.validity().not_after_ms);
            Check::certificate("authority", end, now, AUTHORITY_SOON_DAYS)
        }
        Err(error) => {
            let text = format!("{}: {error}; `tasuki ca init` makes one", folder.display());
            Check::new(Verdict::Bad, "authority", text)
        }
    }
}

fn identity(what: &'static str, certificate: &Path, key: &Path, now: AtMs) -> Check {
    match end(certificate, key) {
        Ok(end) => Check::certificate(what, end, now, SOON_DAYS),
        Err(error) => Check::new(Verdict::Bad, what, format!("{error:#}")),
    }
}

/// The end of a certificate that fits its key.
fn end(certificate: &Path, key: &Path) -> anyhow::Result<AtMs> {
    let read = |file: &Path| {
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
    };
    let (chain, key) = (read(certificate)?, read(key)?);
    let identity = Identity::from_pem(&chain, &key)?;
    server_config(&identity, ClientCertificates::NotAsked, clock::system())?;
    let chain = certificates_from_pem(&chain)?;
    let own = chain.first().context("no certificate")?;
    Ok(AtMs(not_after_ms(own)?))
}

/// Devices whose certificates end soon.
pub(super) async fn devices(app: &App, now: AtMs) -> anyhow::Result<Check> {
    let due = device::due(app, By::Console, now).await?;
    Ok(match due.first() {
        None => Check::new(Verdict::Ok, "devices", "no certificate is to be renewed"),
        Some(first) => {
            let (count, end) = (due.len(), first.not_after.date());
            let text = format!("{count} to be renewed, the first by {end}: `tasuki ca renew`");
            Check::new(Verdict::Soon, "devices", text)
        }
    })
}
