//! Certificates of `tasuki check`: whether they fit, and when they end.

use std::path::Path;

use anyhow::Context;
use tasuki_app::caller::By;
use tasuki_app::{App, device};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_tls::authority::Authority;
use tasuki_tls::server::{ClientCertificates, server_config};
use tasuki_tls::{Identity, certificates_from_pem, not_after_ms};

use super::{Line, Verdict};
use crate::clock;
use crate::config::Config;

/// Days before an end from which the answer is a warning.
const SOON_DAYS: i64 = 30;

/// Days before the authority's end: every certificate must be issued anew by then.
const AUTHORITY_SOON_DAYS: i64 = 730;

/// The authority, our servers' certificate, and ours towards neighbours.
pub(super) fn check(config: &Config, now: AtMs) -> Vec<Line> {
    let mut lines = vec![authority(config, now)];
    let listen = &config.listen;
    lines.push(identity("server", &listen.certificate, &listen.key, now));
    let neighbours = &config.neighbours;
    if let (Some(certificate), Some(key)) = (&neighbours.certificate, &neighbours.key) {
        lines.push(identity("neighbours", certificate, key, now));
    }
    lines
}

fn authority(config: &Config, now: AtMs) -> Line {
    let folder = &config.keys.authority;
    match Authority::load(folder) {
        Ok(authority) => {
            let end = AtMs(authority.validity().not_after_ms);
            until("authority", end, now, AUTHORITY_SOON_DAYS)
        }
        Err(error) => {
            let text = format!("{}: {error}; `tasuki ca init` makes one", folder.display());
            Line::new(Verdict::Bad, "authority", text)
        }
    }
}

fn identity(what: &'static str, certificate: &Path, key: &Path, now: AtMs) -> Line {
    match end(certificate, key) {
        Ok(end) => until(what, end, now, SOON_DAYS),
        Err(error) => Line::new(Verdict::Bad, what, format!("{error:#}")),
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

fn until(what: &'static str, end: AtMs, now: AtMs, soon_days: i64) -> Line {
    let text = format!("valid until {}", end.date());
    if end < now {
        return Line::new(Verdict::Bad, what, format!("ended on {}: issue a new one", end.date()));
    }
    if end.0 - now.0 < soon_days * DAY_MS {
        return Line::new(Verdict::Soon, what, format!("{text}: issue the next one"));
    }
    Line::new(Verdict::Good, what, text)
}

/// Devices whose certificates end soon.
pub(super) async fn devices(app: &App, now: AtMs) -> anyhow::Result<Line> {
    let due = device::due(app, By::Console, now).await?;
    Ok(match due.first() {
        None => Line::new(Verdict::Good, "devices", "no certificate is to be renewed"),
        Some(first) => {
            let (count, end) = (due.len(), first.not_after.date());
            let text = format!("{count} to be renewed, the first by {end}: `tasuki ca renew`");
            Line::new(Verdict::Soon, "devices", text)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_early() {
        let now = AtMs(1_000 * DAY_MS);
        let verdict = |days| until("server", now.plus_ms(days * DAY_MS), now, SOON_DAYS).verdict;
        assert_eq!([30, 29, -1].map(verdict), [Verdict::Good, Verdict::Soon, Verdict::Bad]);
    }
}
