//! Files on their way in over the network: a folder for each transfer, in which a broken upload
//! of software goes on at its last byte. Files of a page come into a folder of their own and are
//! moved in when they are whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::municipal::{FileName, MANIFEST_NAME, Manifest};

use super::Source;
use super::source::{manifest_of, name_of};
use crate::AppError;

/// Where uploads are gathered: a folder of the server that nobody else writes to.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
}

/// How far a file of an upload has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Name of the file.
    pub name: String,
    /// Bytes that are here.
    pub bytes: u64,
    /// Bytes that the manifest announces.
    pub of: u64,
}

/// An upload of one transfer.
#[derive(Debug, Clone)]
pub struct Upload {
    folder: PathBuf,
    manifest: Manifest,
}

/// How long an upload stays that nobody goes on with: two weeks.
const STALE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

fn failed(error: io::Error) -> AppError {
    AppError::Unavailable(error.into())
}

impl Spool {
    /// A spool under `root`; the folder is made when it is first used.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Begins an upload, or goes on with the one that has the same manifest; one of the same
    /// number with another manifest is thrown away.
    ///
    /// # Errors
    ///
    /// [`AppError::Invalid`] when the manifest is not sound, [`AppError::Denied`] when it is not
    /// of `insurer`, [`AppError::Unavailable`] when the folder cannot be written.
    pub fn begin(&self, insurer: &InsurerNumber, manifest: &Manifest) -> Result<Upload, AppError> {
        if manifest.insurer != *insurer {
            return Err(AppError::Denied);
        }
        if !manifest.findings().is_empty() {
            return Err(AppError::invalid("manifest", "manifest"));
        }
        let upload = Upload { folder: self.folder(manifest), manifest: manifest.clone() };
        match stored_manifest(&upload.folder) {
            Some(known) if known == *manifest => {}
            Some(_) => {
                fs::remove_dir_all(&upload.folder).map_err(failed)?;
                upload.make()?;
            }
            None => upload.make()?,
        }
        Ok(upload)
    }

    /// The spool's own folder, which only this user may enter; made when it is not there.
    ///
    /// # Errors
    ///
    /// [`AppError::Unavailable`] when it cannot be made.
    pub fn root(&self) -> Result<&Path, AppError> {
        make_private(&self.root).map_err(failed)?;
        Ok(&self.root)
    }

    /// Begins an upload with files that have come whole, and moves them in.
    ///
    /// # Errors
    ///
    /// As [`Self::begin`]; [`AppError::Invalid`] on `file` when a name is not the protocol's or the
    /// files are not all of one transfer.
    pub fn adopt(&self, insurer: &InsurerNumber, files: &[PathBuf]) -> Result<Upload, AppError> {
        let manifest = manifest_of(files)?;
        if !manifest.findings().is_empty() {
            return Err(AppError::invalid("file", "municipal-file-mixed"));
        }
        let upload = self.begin(insurer, &manifest)?;
        for file in files {
            let place = upload.folder.join(name_of(file)?.to_string());
            fs::rename(file, place).map_err(failed)?;
        }
        Ok(upload)
    }

    /// Removes what nobody has gone on with for two weeks; answers how many uploads.
    ///
    /// # Errors
    ///
    /// [`AppError::Unavailable`] when the folder cannot be read or an upload not be removed.
    pub fn sweep(&self, now: SystemTime) -> Result<usize, AppError> {
        let Ok(uploads) = fs::read_dir(&self.root) else { return Ok(0) };
        let mut removed = 0;
        for upload in uploads {
            let folder = upload.map_err(failed)?.path();
            let touched = touched(&folder).map_err(failed)?;
            if touched + STALE < now {
                fs::remove_dir_all(&folder).map_err(failed)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The upload of `insurer` with the number `sequence`.
    ///
    /// # Errors
    ///
    /// [`AppError::NotFound`] when none was begun.
    pub fn get(&self, insurer: &InsurerNumber, sequence: u32) -> Result<Upload, AppError> {
        let folder = self.root.join(format!("{insurer}_{sequence:06}"));
        let manifest = stored_manifest(&folder).ok_or(AppError::NotFound)?;
        Ok(Upload { folder, manifest })
    }

    fn folder(&self, manifest: &Manifest) -> PathBuf {
        self.root.join(format!("{}_{:06}", manifest.insurer, manifest.sequence))
    }
}

/// Makes a folder that only this user may enter, with those above it.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// When a folder or a file in it was written last.
fn touched(folder: &Path) -> io::Result<SystemTime> {
    let mut newest = fs::metadata(folder)?.modified()?;
    for file in fs::read_dir(folder)? {
        newest = newest.max(file?.metadata()?.modified()?);
    }
    Ok(newest)
}

/// The manifest of an upload that was begun.
fn stored_manifest(folder: &Path) -> Option<Manifest> {
    serde_json::from_slice(&fs::read(folder.join(MANIFEST_NAME)).ok()?).ok()
}

impl Upload {
    fn make(&self) -> Result<(), AppError> {
        make_private(&self.folder).map_err(failed)?;
        let text = serde_json::to_vec(&self.manifest).map_err(AppError::internal)?;
        fs::write(self.folder.join(MANIFEST_NAME), text).map_err(failed)
    }

    /// What the upload announces.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The path of an announced file and its announced bytes.
    fn announced(&self, name: &str) -> Result<(PathBuf, u64), AppError> {
        let file = self.manifest.files.iter().find(|file| file.name == name);
        let file = file.ok_or(AppError::NotFound)?;
        // Only a name that the protocol prints becomes a path.
        let name = FileName::parse(&file.name).map_err(|_| AppError::NotFound)?;
        Ok((self.folder.join(name.to_string()), file.bytes))
    }

    /// How far each file has come.
    ///
    /// # Errors
    ///
    /// [`AppError::NotFound`] when the manifest names a file that the protocol does not know.
    pub fn arrived(&self) -> Result<Vec<Arrived>, AppError> {
        let arrived = |name: &str| {
            let (path, of) = self.announced(name)?;
            let bytes = fs::metadata(path).map_or(0, |found| found.len());
            Ok(Arrived { name: name.to_owned(), bytes, of })
        };
        self.manifest.files.iter().map(|file| arrived(&file.name)).collect()
    }

    /// Adds `part` to a file at `offset`, which must be where it ends; answers where it ends now.
    ///
    /// # Errors
    ///
    /// [`AppError::Conflict`] when `offset` is another place: [`Self::arrived`] says where to go
    /// on. [`AppError::Invalid`] when more comes than was announced.
    pub fn append(&self, name: &str, offset: u64, part: &[u8]) -> Result<u64, AppError> {
        let (path, announced) = self.announced(name)?;
        let mut file = open(&path).map_err(failed)?;
        let end = file.seek(SeekFrom::End(0)).map_err(failed)?;
        if end != offset {
            return Err(AppError::Conflict);
        }
        let next = end.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
        if announced < next {
            return Err(AppError::invalid("file", "too-long"));
        }
        file.write_all(part).map_err(failed)?;
        Ok(next)
    }

    /// Ends the upload when every file has come whole: the source to take it from.
    ///
    /// # Errors
    ///
    /// [`AppError::Conflict`] when a file is not whole yet.
    pub fn finish(&self) -> Result<Source, AppError> {
        for arrived in self.arrived()? {
            let (path, _) = self.announced(&arrived.name)?;
            if arrived.bytes != arrived.of {
                return Err(AppError::Conflict);
            }
            // An announced empty file may have come without any part.
            open(&path).and_then(|file| file.sync_all()).map_err(failed)?;
        }
        Ok(Source::Folder(self.folder.clone()))
    }

    /// Removes the files of an upload that was taken.
    ///
    /// # Errors
    ///
    /// [`AppError::Unavailable`] when they cannot be removed.
    pub fn remove(self) -> Result<(), AppError> {
        fs::remove_dir_all(&self.folder).map_err(failed)
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}
