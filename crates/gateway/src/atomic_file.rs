//! Files that are either the old ones or the new ones, also when the process ends in between.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Result, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells temporary files of one process apart.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Writes `bytes` to `path`, readable by its owner only.
///
/// The disk is not waited for: what is written so are cards and sandbox state by the thousand,
/// which can be made again.
///
/// # Errors
///
/// The operating system's error; the old file, if there was one, is then unchanged.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = beside(path);
    let written = create(&temporary).and_then(|mut file| file.write_all(bytes));
    let moved = written.and_then(|()| std::fs::rename(&temporary, path));
    if moved.is_err() {
        // The first error is the one to report.
        let _ = std::fs::remove_file(&temporary);
    }
    moved
}

/// A name in the same directory, so that the rename stays within one file system.
fn beside(path: &Path) -> PathBuf {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().map_or_else(OsString::new, ToOwned::to_owned);
    name.push(format!(".{}.{number}.new", std::process::id()));
    path.with_file_name(name)
}

fn create(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
