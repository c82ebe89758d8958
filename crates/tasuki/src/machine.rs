//! What only this machine tells (機械の状態): free space, and the ends of the certificates in use.

use std::path::{Path, PathBuf};

use tasuki_app::health::{Check, Verdict};
use tasuki_core::date::AtMs;
use tasuki_store::Options;

use crate::command::check::SPACE_SOON;
use crate::command::check::certificates::{AUTHORITY_SOON_DAYS, SOON_DAYS};
use crate::config::Config;
use crate::figures;

/// Free space below which the platform calls itself not ready, in bytes: some 40,000 looks. The
/// warnings come long before; above it, turning everybody away would do more harm than good.
const SPACE_BAD: u64 = 64 << 20;

/// A certificate in use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InUse {
    /// What it is for.
    pub(crate) name: &'static str,
    /// Last moment at which it is valid.
    pub(crate) end: AtMs,
}

/// What is watched of this machine.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    /// Where the database lies, when it is a file.
    folder: Option<PathBuf>,
    certificates: Vec<InUse>,
}

impl Watched {
    /// The disk under the database of `config`, and the `certificates` in use.
    pub(crate) fn new(config: &Config, certificates: Vec<InUse>) -> Self {
        Self { folder: database_folder(config), certificates }
    }

    /// How they stand.
    pub(crate) fn checks(&self, now: AtMs) -> Vec<Check> {
        let mut checks: Vec<Check> = self.folder.iter().map(|folder| space(folder)).collect();
        checks.extend(self.certificates.iter().map(|it| {
            let soon_days = if it.name == "authority" { AUTHORITY_SOON_DAYS } else { SOON_DAYS };
            Check::certificate(it.name, it.end, now, soon_days)
        }));
        checks
    }

    /// Tells the figures of the disk and the certificates.
    pub(crate) fn tell(&self) {
        if let Some(free) = self.folder.as_deref().and_then(free_bytes) {
            metrics::gauge!("tasuki_disk_free_bytes").set(figures::value(free));
        }
        for InUse { name, end } in &self.certificates {
            let end = u64::try_from(end.0 / 1_000).unwrap_or(0);
            metrics::gauge!("tasuki_certificate_end_timestamp_seconds", "certificate" => *name)
                .set(figures::value(end));
        }
    }
}

fn space(folder: &Path) -> Check {
    let Some(free) = free_bytes(folder) else {
        return Check::new(Verdict::Soon, "disk", "was not measured");
    };
    let text = format!("{} MB free", free >> 20);
    match free {
        ..SPACE_BAD => Check::new(Verdict::Bad, "disk", format!("{text}: make room now")),
        SPACE_BAD..SPACE_SOON => Check::new(Verdict::Soon, "disk", format!("{text}: make room")),
        _ => Check::new(Verdict::Ok, "disk", text),
    }
}

/// The folder of a SQLite database; `None` where the database is a server.
pub(crate) fn database_folder(config: &Config) -> Option<PathBuf> {
    let Ok(Options::Sqlite { path }) = config.database() else { return None };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    Some(folder.unwrap_or(Path::new(".")).to_owned())
}

/// Free space in bytes at `folder`; `None` when it is not there or the system does not say.
#[cfg(unix)]
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Free space in bytes at `folder`; not measured on this system.
#[cfg(not(unix))]
pub(crate) fn free_bytes(_: &Path) -> Option<u64> {
    None
}
