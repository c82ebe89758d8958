//! What stops a form (入力の行き先): faults that stand beside its fields, or an end of the request.

use axum::response::Response;
use tasuki_app::AppError;

use super::Refusal;
use crate::problem::{FieldError, Problem};

/// Why a form was not taken.
#[derive(Debug)]
pub enum Stop {
    /// Faults of fields: the form comes back with them.
    Faults(Vec<FieldError>),
    /// Anything else: the request ends.
    Refused(Refusal),
}

impl Stop {
    /// The fault of one field.
    pub fn at(field: &'static str, rule: &'static str) -> Self {
        Self::Faults(vec![FieldError::new(field, rule)])
    }

    /// The faults, for the form that comes back.
    ///
    /// # Errors
    ///
    /// What ends the request instead.
    pub fn faults(self) -> Result<Vec<FieldError>, Refusal> {
        match self {
            Self::Faults(errors) => Ok(errors),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

impl From<Vec<FieldError>> for Stop {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Faults(errors)
    }
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid(errors) => {
                Self::Faults(errors.into_iter().map(FieldError::from).collect())
            }
            other => Self::Refused(other.into()),
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

/// A form that was tried: what it answered, or what stopped it.
pub type Tried = Result<Response, Stop>;
