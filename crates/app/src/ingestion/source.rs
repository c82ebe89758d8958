//! Where a transfer comes from: a folder with its manifest, or single files.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::municipal::{
    FileName, Finding, HashingReader, MANIFEST_NAME, Manifest, ManifestFile, PROTOCOL_VERSION, Rule,
};

use crate::AppError;

/// Where the files of a transfer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder with `manifest.json` and the files it names.
    Folder(PathBuf),
    /// Files without a manifest; their names say all that it would.
    Files(Vec<PathBuf>),
}

/// A file that will be taken.
#[derive(Debug, Clone)]
pub(super) struct PlannedFile {
    pub(super) path: PathBuf,
    pub(super) name: FileName,
    pub(super) announced: ManifestFile,
}

/// A transfer as it was announced.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) manifest: Manifest,
    /// In the order in which they are taken: persons first.
    pub(super) files: Vec<PlannedFile>,
    /// What is wrong with the transfer as a whole.
    pub(super) findings: Vec<Finding>,
}

/// Largest manifest that is read, bytes.
const MANIFEST_MAX: u64 = 1 << 20;

impl Source {
    /// The insurer whose transfer it is.
    ///
    /// # Errors
    ///
    /// [`AppError::Invalid`] when there is nothing to take, [`AppError::Unavailable`] when the
    /// files cannot be read.
    pub fn insurer(&self) -> Result<InsurerNumber, AppError> {
        match self {
            Self::Folder(folder) => Ok(read_manifest(folder)?.insurer),
            Self::Files(paths) => {
                let first = paths.first().ok_or_else(|| AppError::invalid("file", "file"))?;
                Ok(name_of(first)?.insurer)
            }
        }
    }

    /// Reads the manifest, or makes one of the files themselves.
    ///
    /// # Errors
    ///
    /// [`AppError::Invalid`] when there is nothing to take, [`AppError::Unavailable`] when the
    /// files cannot be read.
    pub(super) fn plan(&self) -> Result<Plan, AppError> {
        match self {
            Self::Folder(folder) => folder_plan(folder),
            Self::Files(paths) => files_plan(paths),
        }
    }
}

impl Plan {
    /// Where the files are not those that were announced: all that is wrong is told at once.
    pub(super) fn differences(&self) -> Vec<Finding> {
        let differences = |file: &PlannedFile| match tally(&file.path, &file.name) {
            Ok(came) => file.announced.findings(&came),
            // A file that cannot be read has its finding already.
            Err(_) => vec![],
        };
        self.files.iter().flat_map(differences).collect()
    }
}

fn unreadable(error: io::Error) -> AppError {
    AppError::Unavailable(error.into())
}

fn read_manifest(folder: &Path) -> Result<Manifest, AppError> {
    let path = folder.join(MANIFEST_NAME);
    let size = std::fs::metadata(&path).map_err(unreadable)?.len();
    if MANIFEST_MAX < size {
        return Err(AppError::invalid("manifest", "manifest"));
    }
    let text = std::fs::read(&path).map_err(unreadable)?;
    serde_json::from_slice(&text).map_err(|_| AppError::invalid("manifest", "manifest"))
}

/// What the name of a file says.
pub(super) fn name_of(path: &Path) -> Result<FileName, AppError> {
    let text = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    FileName::parse(text).map_err(|_| AppError::invalid("file", "municipal-file-name"))
}

fn folder_plan(folder: &Path) -> Result<Plan, AppError> {
    let manifest = read_manifest(folder)?;
    let mut findings = manifest.findings();
    let mut files = Vec::new();
    for (place, announced) in manifest.files.iter().enumerate() {
        // A name that does not parse has its finding already; it never becomes a path.
        let Ok(name) = FileName::parse(&announced.name) else { continue };
        let path = folder.join(name.to_string());
        if !path.is_file() {
            let column = format!("files[{place}].name");
            findings.push(Finding::cell(0, column, Rule::ManifestFile, ""));
        }
        files.push(PlannedFile { path, name, announced: announced.clone() });
    }
    findings.extend(strangers(folder, &manifest)?);
    files.sort_by_key(|file| file.name.kind);
    Ok(Plan { manifest, files, findings })
}

/// Files of the same transfer that came without being named in the manifest.
fn strangers(folder: &Path, manifest: &Manifest) -> Result<Vec<Finding>, AppError> {
    let named: BTreeSet<&str> = manifest.files.iter().map(|file| &*file.name).collect();
    let mut findings = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?.file_name();
        let Some(text) = entry.to_str() else { continue };
        let same = FileName::parse(text).is_ok_and(|name| {
            name.insurer == manifest.insurer && name.sequence == manifest.sequence
        });
        if same && !named.contains(text) {
            findings.push(Finding::cell(0, "files", Rule::ManifestFile, ""));
        }
    }
    Ok(findings)
}

/// What the names and bytes of single files say together.
pub(super) fn manifest_of(paths: &[PathBuf]) -> Result<Manifest, AppError> {
    Ok(files_plan(paths)?.manifest)
}

fn files_plan(paths: &[PathBuf]) -> Result<Plan, AppError> {
    let mut files = Vec::new();
    for path in paths {
        let name = name_of(path)?;
        let announced = tally(path, &name).map_err(unreadable)?;
        files.push(PlannedFile { path: path.clone(), name, announced });
    }
    files.sort_by_key(|file| file.name.kind);
    let first = files.first().ok_or_else(|| AppError::invalid("file", "file"))?;
    let manifest = Manifest {
        protocol: PROTOCOL_VERSION,
        insurer: first.name.insurer.clone(),
        sequence: first.name.sequence,
        scope: first.name.scope,
        files: files.iter().map(|file| file.announced.clone()).collect(),
    };
    let findings = manifest.findings();
    Ok(Plan { manifest, files, findings })
}

/// Hash, bytes and lines of a file that no manifest announced.
fn tally(path: &Path, name: &FileName) -> io::Result<ManifestFile> {
    let mut reader = HashingReader::new(File::open(path)?);
    let mut buffer = vec![0; 1 << 16];
    while io::Read::read(&mut reader, &mut buffer)? > 0 {}
    Ok(reader.finish(name.to_string()))
}
