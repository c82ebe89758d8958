//! A throw-away PostgreSQL cluster on loopback: made in a second, gone with the value.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// Where Debian and Ubuntu put the programs of each major version.
const VERSIONS: &str = "/usr/lib/postgresql";
const PREFIX: &str = "tasuki-pg-";
/// Older folders without a server are those of a run that was killed.
const STALE: Duration = Duration::from_secs(600);
/// How often we ask whether the server answers, 50 ms apart.
const PATIENCE: u32 = 600;

/// A running server with an empty cluster of its own; dropping it stops and deletes both.
pub struct Cluster {
    bin: PathBuf,
    folder: TempDir,
    server: Child,
    port: u16,
}

/// Whether a commit of the cluster survives the power going off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As an operator runs it: measured by benchmarks.
    Full,
    /// Nothing is flushed: quick, for tests.
    None,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Errors
    ///
    /// When PostgreSQL is not installed or does not start; the message holds its log.
    pub fn start(durability: Durability) -> Result<Self> {
        let bin = find().context("PostgreSQL is missing: run `cargo xtask install`")?;
        sweep();
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        if is_root() && !succeeds("chown", &["postgres:", &folder.path().to_string_lossy()]) {
            bail!("cannot hand the folder of the cluster to the user postgres");
        }
        initialise(&bin, folder.path())?;
        let port = free_port()?;
        let server = serve(&bin, folder.path(), port, durability)?;
        let mut cluster = Self { bin, folder, server, port };
        cluster.wait()?;
        Ok(cluster)
    }

    /// Where tests connect: the maintenance database, in which they may create their own.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Process of the server; its children serve the connections.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    fn wait(&mut self) -> Result<()> {
        let program = self.bin.join("pg_isready").to_string_lossy().into_owned();
        let port = self.port.to_string();
        for _ in 0..PATIENCE {
            if succeeds(&program, &["-q", "-h", "127.0.0.1", "-p", &port, "-U", "postgres"]) {
                return Ok(());
            }
            if self.server.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{log}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nothing here is worth keeping, so the quickest stop is the right one.
        let stopped = as_postgres(&self.bin.join("pg_ctl"))
            .args(["-D", &self.folder.path().join("data").to_string_lossy()])
            .args(["-m", "immediate", "-s", "stop"])
            .status()
            .is_ok_and(|status| status.success());
        if !stopped && self.server.kill().is_err() {
            return;
        }
        // The folder goes next; a server that still writes would make that fail.
        drop(self.server.wait());
    }
}

/// Removes what killed runs left behind: their servers ended with them, their folders did not.
fn sweep() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = entry.metadata().and_then(|data| data.modified()).map(|time| time.elapsed());
        let is_stale = matches!(age, Ok(Ok(age)) if age > STALE);
        if is_ours && is_stale && !entry.path().join("data/postmaster.pid").exists() {
            // Somebody else's folder cannot be removed, and need not be.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

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

fn initialise(bin: &Path, folder: &Path) -> Result<()> {
    let output = as_postgres(&bin.join("initdb"))
        .args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"])
        .arg("-D")
        .arg(folder.join("data"))
        .current_dir(folder)
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    bail!("initdb: {}", String::from_utf8_lossy(&output.stderr))
}

/// Starts the server as our child, so that an interrupt from the terminal ends it too.
fn serve(bin: &Path, folder: &Path, port: u16, durability: Durability) -> Result<Child> {
    let log = File::create(folder.join("log"))?;
    let flushed: &[&str] = match durability {
        Durability::Full => &[],
        Durability::None => &["-c", "fsync=off", "-c", "full_page_writes=off"],
    };
    as_postgres(&bin.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string(), "-k"])
        .arg(folder)
        .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"])
        .args(["-c", "timezone=UTC"])
        .args(flushed)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("cannot start postgres")
}

/// `program`, as the user postgres when we are root (which PostgreSQL refuses to run as), and
/// told to end when we do.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=TERM");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg("--").arg(program);
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Runs a program to its end, without its output.
fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let quiet = Stdio::null;
    let mut command = Command::new(program);
    command.args(arguments).stdin(quiet()).stdout(quiet()).stderr(quiet());
    command.status().is_ok_and(|status| status.success())
}

/// A port that was free a moment ago; the kernel does not hand it out again soon.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
