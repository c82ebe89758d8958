//! The programs of PostgreSQL, and the user that they run as.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ClusterError;

/// Where Debian and Ubuntu put the programs of each major version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The programs of the newest version installed.
pub fn find() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(VERSIONS)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.join("initdb").exists().then_some((version, bin))
        })
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin)
}

/// `program`, as the user postgres when we are root (which PostgreSQL refuses to run as), and
/// told to end when we do.
pub(crate) fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=TERM");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg("--").arg(program);
    command
}

pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Hands a folder to the user postgres.
pub(crate) fn give(folder: &Path) -> Result<(), ClusterError> {
    finished("chown", Command::new("chown").arg("postgres:").arg(folder))
}

/// Runs a program to its end.
pub(crate) fn finished(name: &'static str, command: &mut Command) -> Result<(), ClusterError> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(ClusterError::Program { name, said })
}

/// Runs a program to its end, without its output.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let quiet = Stdio::null;
    let mut command = Command::new(program);
    command.args(arguments).stdin(quiet()).stdout(quiet()).stderr(quiet());
    command.status().is_ok_and(|status| status.success())
}
