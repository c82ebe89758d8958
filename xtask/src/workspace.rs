//! Where the repository is, and what text lies in it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use walkdir::{DirEntry, WalkDir};

use crate::source::SourceFile;

/// Folders that hold products, not sources.
const PRODUCTS: [&str; 5] = ["target", "node_modules", ".git", "results", "demo-data"];

/// The root of the repository.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// Finds the root from where cargo says that this package lies.
    pub(crate) fn find() -> Result<Self> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        // Under `cargo xtask postgres -- cargo …` the variable may name another package.
        let root = package
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").exists())
            .context("no Cargo.lock above this package")?;
        Ok(Self { root: root.to_owned() })
    }

    /// Path of every file, in order; products are left out.
    pub(crate) fn paths(&self) -> Result<Vec<String>> {
        let mut paths = Vec::new();
        let walk = WalkDir::new(&self.root).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(is_source) {
            let entry = entry?;
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(&self.root)?;
                paths.push(path.to_string_lossy().into_owned());
            }
        }
        Ok(paths)
    }

    /// Those of `paths` that hold text.
    pub(crate) fn files(&self, paths: &[String]) -> Result<Vec<SourceFile>> {
        let mut files = Vec::new();
        for path in paths {
            let bytes = std::fs::read(self.root.join(path))?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(SourceFile::new(path, text));
            }
        }
        Ok(files)
    }

    /// Reads one file below the root.
    pub(crate) fn read(&self, path: &str) -> Result<String> {
        std::fs::read_to_string(self.root.join(path)).with_context(|| format!("cannot read {path}"))
    }
}

fn is_source(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    !(PRODUCTS.contains(&name.as_ref()) && (entry.file_type().is_dir() || name == ".git"))
}
