//! A folder for the files of a bench.

/// A folder that goes away with this value.
pub(super) struct Folder(pub(super) std::path::PathBuf);

impl Folder {
    pub(super) fn make() -> std::io::Result<Self> {
        let name = format!("tasuki-bench-{}", uuid::Uuid::new_v4());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files, the system removes.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
