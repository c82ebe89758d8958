//! An installation: settings, keys and database opened together.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use tasuki_app::App;
use tasuki_policy::Sharing;
use tasuki_store::event_log::HeadKey;
use tasuki_store::seal::Keyring;
use tasuki_store::{Db, Options, slow};

use crate::config::Config;

/// Opens what every command needs: database, keys, the sharing table.
///
/// # Errors
///
/// When a key cannot be read or the database cannot be opened.
pub(crate) async fn open(config: &Config) -> anyhow::Result<App> {
    let keyring = Keyring::new(&read_key(&config.keys.master)?);
    let db = open_database(config).await?;
    let sharing = Sharing::published().context("the published sharing table cannot be read")?;
    Ok(App::new(db, keyring, sharing, config.settings.clone()))
}

/// Opens the database alone.
///
/// # Errors
///
/// As [`open`].
pub(crate) async fn open_database(config: &Config) -> anyhow::Result<Db> {
    let head = HeadKey::from_seed(read_key(&config.keys.log_head)?);
    let options = config.database()?;
    let slow = Duration::from_millis(config.slow_statement_ms);
    slow::log_from(Some(slow).filter(|limit| !limit.is_zero()));
    let db = Db::open(&options, head).await.context("the database cannot be opened")?;
    match (&config.replica, &options) {
        (None, _) => Ok(db),
        (Some(url), Options::Postgres { connections, .. }) => {
            db.with_replica(url, *connections).context("replica is no address of a database")
        }
        (Some(_), Options::Sqlite { .. }) => {
            bail!("replica: a SQLite file has none; take it out of the settings")
        }
    }
}

/// Reads a key of 64 hexadecimal digits from a file that only its owner may read.
///
/// # Errors
///
/// When the file is not there, open to others, or no key.
pub(crate) fn read_key(file: &Path) -> anyhow::Result<[u8; 32]> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("no key at {}", file.display()))?;
    refuse_open_key(file)?;
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.with_context(|| format!("{} is not 64 hexadecimal digits", file.display()))
}

/// Writes a new key for its owner alone; a key that is there stays.
///
/// # Errors
///
/// When the file cannot be written.
pub(crate) fn write_key(file: &Path, key: &[u8; 32]) -> anyhow::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(mut opened) => Ok(writeln!(opened, "{}", hex::encode(key))?),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot write {}", file.display())),
    }
}

/// Writes a file for its owner alone.
///
/// # Errors
///
/// When the file cannot be written.
pub(crate) fn write_secret(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened =
        options.open(file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(opened.write_all(bytes)?)
}

#[cfg(unix)]
fn refuse_open_key(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("{} can be read by others: chmod 600 it", file.display());
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_key(_: &Path) -> anyhow::Result<()> {
    Ok(())
}
