//! Why there is no cluster.

/// A cluster could not be made or started.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// PostgreSQL is not installed where Debian and Ubuntu put it.
    #[error("PostgreSQL is missing: run `cargo xtask install`")]
    Missing,
    /// One of its programs failed.
    #[error("{name} failed:\n{said}")]
    Program {
        /// The program.
        name: &'static str,
        /// What it said.
        said: String,
    },
    /// A file, folder or process could not be made.
    #[error("the machine refused")]
    Io(#[from] std::io::Error),
}
