//! A town in a folder: the one place where this crate touches a disk.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::files::{DIFFERENCE, TRANSFER, write};
use crate::{Flaw, Options, TownError};

/// Where [`write_dir`] put things.
#[derive(Debug, Clone)]
pub struct TownDir {
    /// The municipal files with their manifest, in a folder of their own.
    pub transfer: PathBuf,
    /// What happened the day after, when that was asked for, in a folder of its own.
    pub difference: Option<PathBuf>,
    /// Bytes of the municipal files.
    pub bytes: u64,
    /// Flaws, when the town is flawed.
    pub flaws: Vec<Flaw>,
}

/// Writes a town into `dir`, as [`write()`] lays it out; folders are made as needed.
///
/// # Errors
///
/// [`TownError`] when something cannot be written.
pub fn write_dir(options: &Options, dir: &Path) -> Result<TownDir, TownError> {
    let mut create = |path: &str| {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(dir))?;
        File::create(path)
    };
    let written = write(options, &mut create)?;
    Ok(TownDir {
        transfer: dir.join(TRANSFER),
        difference: (0 < options.difference_percent).then(|| dir.join(DIFFERENCE)),
        bytes: written.bytes,
        flaws: written.flaws,
    })
}
