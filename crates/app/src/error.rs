//! The few ways a front door can react to.

use tasuki_store::StoreError;

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// It does not exist, or the caller may not know that it does: both look the same.
    #[error("no such thing, or not yours to see")]
    NotFound,
    /// The caller's role lacks the function; says nothing about any person.
    #[error("your role does not have this function")]
    Denied,
    /// Nobody is signed in, or the session has ended.
    #[error("sign in first")]
    SignInNeeded,
    /// Somebody changed it in the meantime, or it exists already.
    #[error("somebody changed it in the meantime")]
    Conflict,
    /// Input breaks a rule, field by field.
    #[error("{} field(s) break a rule", .0.len())]
    Invalid(Vec<FieldError>),
    /// Too many tries.
    #[error("too many tries; again in {retry_after_s} seconds")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: i64,
    },
    /// The database, the log or a neighbour cannot be reached: nothing is shown.
    #[error("not available now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The house is closed for maintenance: nothing is written, and so nothing is shown.
    #[error("closed for maintenance")]
    Closed,
    /// Something broke on our side.
    #[error("something broke on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One field of a form or a body, and the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field as the form or the API names it.
    pub field: &'static str,
    /// Code of the rule; its Japanese text is in the message file of the web crate.
    pub rule: &'static str,
}

impl AppError {
    /// One field breaks one rule.
    pub fn invalid(field: &'static str, rule: &'static str) -> Self {
        Self::Invalid(vec![FieldError { field, rule }])
    }

    /// Something that cannot happen unless the platform itself is wrong.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate | StoreError::Stale => Self::Conflict,
            StoreError::Closed => Self::Closed,
            StoreError::Unavailable(_)
            | StoreError::Sqlite(_)
            | StoreError::Postgres(_)
            | StoreError::Newer { .. } => Self::Unavailable(error.into()),
            StoreError::Corrupt { .. } | StoreError::Migration(_) => Self::Internal(error.into()),
        }
    }
}
