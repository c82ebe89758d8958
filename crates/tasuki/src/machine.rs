//! What only this machine tells (機械の状態): free space, and the ends of the certificates in use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tasuki_app::health::{Check, Machine, Verdict};
use tasuki_core::date::AtMs;
use tasuki_store::Options;

use crate::command::check::SPACE_SOON;
use crate::command::check::certificates::{AUTHORITY_SOON_DAYS, SOON_DAYS};
use crate::config::Config;

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

/// Looks at the disk under the database and at the `certificates` in use.
pub(crate) fn watch(config: &Config, certificates: Vec<InUse>) -> Machine {
    let folder = database_folder(config);
    Arc::new(move |now| {
        let mut checks: Vec<Check> = folder.iter().map(|folder| space(folder)).collect();
        checks.extend(certificates.iter().map(|it| {
            let soon_days = if it.name == "authority" { AUTHORITY_SOON_DAYS } else { SOON_DAYS };
            Check::certificate(it.name, it.end, now, soon_days)
        }));
        checks
    })
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
