//! Why a table was not accepted, and where.

use std::fmt;

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharingFile {
    /// `sharing.toml`.
    Table,
    /// `function_jobs.toml`.
    Jobs,
}

impl fmt::Display for SharingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "sharing table",
            Self::Jobs => "table of jobs",
        })
    }
}

/// The first thing wrong with a table; the server does not start with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
pub struct SharingError {
    /// Which file.
    pub file: SharingFile,
    /// Line, from 1; for something missing, the last line.
    pub line: usize,
    /// What is wrong.
    pub problem: SharingProblem,
}

/// What can be wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharingProblem {
    /// Not TOML, or a key that is unknown or missing.
    #[error("{0}")]
    Form(String),
    /// A word that is not in the list, such as a job that nobody has there.
    #[error("{word:?} is not a {list}")]
    UnknownWord {
        /// The word.
        word: String,
        /// Which list it should be from.
        list: &'static str,
    },
    /// A kind stands in two rows, or in two functions.
    #[error("{kind} stands here a second time")]
    Doubled {
        /// Word of the kind.
        kind: &'static str,
    },
    /// A kind stands nowhere.
    #[error("{kind} is missing")]
    Missing {
        /// Word of the kind.
        kind: &'static str,
    },
    /// The number of the row is not the kind's.
    #[error("{kind} is row {row} of the published table")]
    WrongRow {
        /// Word of the kind.
        kind: &'static str,
        /// The row it should say.
        row: u8,
    },
    /// The same word twice in one list, or a column with two signs (○ and ◎; or ★ with one of them,
    /// where the column makes every paper of the kind).
    #[error("{word:?} is named twice")]
    NamedTwice {
        /// The word.
        word: String,
    },
    /// Services restrict a column that has none.
    #[error("this column cannot be restricted to services")]
    NoServicesHere,
}
