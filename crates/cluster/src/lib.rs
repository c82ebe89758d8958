//! A throw-away PostgreSQL cluster on loopback: made in a second, gone with the value.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use tempfile::TempDir;

mod error;
mod programs;

pub use error::ClusterError;
pub use programs::find;

use programs::{as_postgres, give, is_root, succeeds};

const PREFIX: &str = "tasuki-pg-";
/// Older folders without a server are those of a run that was killed.
const STALE: Duration = Duration::from_secs(600);
/// How often we ask whether the server answers, 50 ms apart.
const PATIENCE: u32 = 600;

/// A running server with a cluster of its own; dropping it stops and deletes both.
pub struct Cluster {
    bin: PathBuf,
    folder: TempDir,
    server: Child,
    port: u16,
    durability: Durability,
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
    /// Makes and starts an empty cluster.
    ///
    /// # Errors
    ///
    /// [`ClusterError`] when PostgreSQL is not installed or does not start.
    pub fn start(durability: Durability) -> Result<Self, ClusterError> {
        let bin = find().ok_or(ClusterError::Missing)?;
        sweep();
        let folder = folder()?;
        initialise(&bin, folder.path())?;
        Self::of(bin, folder, durability)
    }

    /// Makes and starts a replica that follows this cluster as it writes (ストリーミング複製).
    ///
    /// # Errors
    ///
    /// [`ClusterError`] when the copy cannot be made or does not start.
    pub fn replica(&self) -> Result<Self, ClusterError> {
        let folder = folder()?;
        let mut backup = as_postgres(&self.bin.join("pg_basebackup"));
        backup.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"]);
        backup.args(["--checkpoint=fast", "--write-recovery-conf", "--wal-method=stream", "-D"]);
        backup.arg(folder.path().join("data")).current_dir(folder.path());
        programs::finished("pg_basebackup", &mut backup)?;
        Self::of(self.bin.clone(), folder, self.durability)
    }

    /// Starts the cluster that lies in `folder`.
    fn of(bin: PathBuf, folder: TempDir, durability: Durability) -> Result<Self, ClusterError> {
        let port = free_port()?;
        let server = serve(&bin, folder.path(), port, durability)?;
        let mut cluster = Self { bin, folder, server, port, durability };
        cluster.wait()?;
        Ok(cluster)
    }

    /// Where tests connect: the maintenance database, in which they may create their own.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Port of the server.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Process of the server; its children serve the connections.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends the server as a crash does: connections break, nothing is written any more.
    pub fn crash(&mut self) {
        let stopped = as_postgres(&self.bin.join("pg_ctl"))
            .args(["-D", &self.folder.path().join("data").to_string_lossy()])
            .args(["-m", "immediate", "-s", "stop"])
            .status()
            .is_ok_and(|status| status.success());
        if !stopped && self.server.kill().is_err() {
            return;
        }
        // A folder may be deleted next; a server that still writes would make that fail.
        drop(self.server.wait());
    }

    /// Starts the server again where it was; it recovers what was committed.
    ///
    /// # Errors
    ///
    /// [`ClusterError`] when it does not start.
    pub fn revive(&mut self) -> Result<(), ClusterError> {
        self.server = serve(&self.bin, self.folder.path(), self.port, self.durability)?;
        self.wait()
    }

    fn wait(&mut self) -> Result<(), ClusterError> {
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
        Err(ClusterError::Program { name: "postgres", said: self.log() })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nothing here is worth keeping, so the quickest stop is the right one.
        self.crash();
    }
}

/// A folder that the server may write.
fn folder() -> Result<TempDir, ClusterError> {
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
    if is_root() {
        give(folder.path())?;
    }
    Ok(folder)
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

fn initialise(bin: &Path, folder: &Path) -> Result<(), ClusterError> {
    let mut initdb = as_postgres(&bin.join("initdb"));
    initdb.args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]);
    initdb.arg("-D").arg(folder.join("data")).current_dir(folder);
    programs::finished("initdb", &mut initdb)
}

/// Starts the server as our child, so that an interrupt from the terminal ends it too.
fn serve(
    bin: &Path,
    folder: &Path,
    port: u16,
    durability: Durability,
) -> Result<Child, ClusterError> {
    let log = File::options().create(true).append(true).open(folder.join("log"))?;
    let flushed: &[&str] = match durability {
        Durability::Full => &[],
        Durability::None => &["-c", "fsync=off", "-c", "full_page_writes=off"],
    };
    let server = as_postgres(&bin.join("postgres"))
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
        .spawn()?;
    Ok(server)
}

/// A port that was free a moment ago; the kernel does not hand it out again soon.
fn free_port() -> Result<u16, ClusterError> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_crashed_comes_back_and_a_replica_follows_it() {
        let Some(_) = find() else { return };
        let mut cluster = Cluster::start(Durability::Full).unwrap();
        let replica = cluster.replica().unwrap();
        assert_ne!(replica.port(), cluster.port());
        assert!(replica.log().contains("entering standby mode"), "{}", replica.log());
        cluster.crash();
        cluster.revive().unwrap();
        assert!(cluster.log().contains("was not properly shut down"), "{}", cluster.log());
    }
}
