//! The authority in a directory: two PEM files, the key readable by its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::{Authority, AuthorityError};

/// Name of the root certificate's file, PEM.
pub const CERTIFICATE_FILE: &str = "ca.pem";
/// Name of the private key's file, PKCS#8 PEM, mode 0600.
pub const KEY_FILE: &str = "ca.key";

impl Authority {
    /// Writes the authority into `directory`, which is made when it does not exist.
    ///
    /// The key comes first: a crash in between leaves a key that [`Authority::load`] refuses and
    /// nobody has used, never a certificate without its key.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::Exists`] when either file is there already, else
    /// [`AuthorityError::Files`].
    pub fn save(&self, directory: &Path) -> Result<(), AuthorityError> {
        fs::create_dir_all(directory)?;
        let (key, certificate) = (directory.join(KEY_FILE), directory.join(CERTIFICATE_FILE));
        if certificate.try_exists()? {
            return Err(AuthorityError::Exists);
        }
        write_new(&key, self.issuer.key().serialize_pem().as_bytes(), 0o600)?;
        write_new(&certificate, self.root_pem.as_bytes(), 0o644)?;
        // The names themselves become durable with the directory.
        File::open(directory)?.sync_all()?;
        Ok(())
    }

    /// Reads the authority that [`Authority::save`] wrote.
    ///
    /// # Errors
    ///
    /// [`AuthorityError::KeyExposed`] when others than the owner can read the key,
    /// [`AuthorityError::Unreadable`] when the files are damaged or do not fit together,
    /// [`AuthorityError::Files`] when they are not there.
    pub fn load(directory: &Path) -> Result<Self, AuthorityError> {
        let key = directory.join(KEY_FILE);
        refuse_exposed(&key)?;
        let certificate_pem = fs::read_to_string(directory.join(CERTIFICATE_FILE))?;
        Self::from_pem(&certificate_pem, &fs::read_to_string(key)?)
    }
}

/// Writes a file that must not exist yet, with its mode from the first moment on.
fn write_new(path: &Path, content: &[u8], mode: u32) -> Result<(), AuthorityError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => AuthorityError::Exists,
        _ => AuthorityError::Files(error),
    })?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(())
}

#[cfg(unix)]
fn refuse_exposed(key: &Path) -> Result<(), AuthorityError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(key)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(AuthorityError::KeyExposed) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path) -> Result<(), AuthorityError> {
    Ok(())
}
