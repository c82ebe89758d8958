//! What a use case answers, as a problem: the one `match` from [`AppError`] to a code.

use std::error::Error;
use std::fmt::Write;

use tasuki_app::AppError;

use super::{Code, FieldError, Problem};

impl From<tasuki_app::FieldError> for FieldError {
    fn from(error: tasuki_app::FieldError) -> Self {
        Self::new(error.field, error.rule)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::new(Code::NotFound),
            AppError::Denied => Self::new(Code::Denied),
            AppError::SignInNeeded => Self::new(Code::SignInRequired),
            AppError::Conflict => Self::new(Code::Conflict),
            AppError::Invalid(fields) => {
                Self::invalid(fields.into_iter().map(FieldError::from).collect())
            }
            AppError::TooMany { retry_after_s } => {
                Self::too_many(u64::try_from(retry_after_s).unwrap_or(0))
            }
            AppError::Closed => Self { retry_after_s: Some(CLOSED_S), ..Self::new(Code::Closed) },
            AppError::Unavailable(source) => {
                let incident = Some(logged(Code::Unavailable, source.as_ref()));
                Self { incident, ..Self::new(Code::Unavailable) }
            }
            AppError::Internal(source) => Self::internal(logged(Code::Internal, source.as_ref())),
        }
    }
}

/// Seconds after which a closed house may be asked again: maintenance takes minutes, not moments.
const CLOSED_S: u64 = 300;

/// Writes the cause to the log under a fresh incident number and gives the number.
fn logged(code: Code, source: &(dyn Error + 'static)) -> String {
    let incident = incident(rand::random());
    tracing::error!(incident, code = code.word(), cause = chain(source), "a request failed");
    incident
}

/// The error and its causes in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {next}");
        cause = next.source();
    }
    text
}

/// A number to read aloud on the telephone: two groups of four signs without I, L, O and U.
fn incident(random: u64) -> String {
    const SIGNS: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H',
        'J', 'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
    ];
    let sign = |place: u32| {
        let value = random.wrapping_shr(place * 5) & 31;
        usize::try_from(value).ok().and_then(|value| SIGNS.get(value)).copied().unwrap_or('0')
    };
    let group = |from: u32| (from..from + 4).map(sign).collect::<String>();
    format!("{}-{}", group(0), group(4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::messages;

    #[test]
    fn a_fault_of_ours_shows_a_number_and_keeps_the_cause_to_the_log() {
        let problem = Problem::from(AppError::internal("the cause"));
        assert_eq!(problem.code, Code::Internal);
        assert_eq!(problem.incident.map(|incident| incident.len()), Some(9));
    }

    #[test]
    fn incident_numbers_have_no_signs_that_sound_alike() {
        assert_eq!(incident(0), "0000-0000");
        assert_eq!(incident(u64::MAX), "ZZZZ-ZZZZ");
    }

    #[test]
    fn causes_are_written_in_one_line() {
        let error = std::io::Error::other(std::fmt::Error);
        assert!(chain(&error).contains("error"));
    }

    /// Every rule that a use case names has its own sentence.
    #[test]
    fn every_rule_of_the_use_cases_has_a_sentence() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src");
        let unknown = messages().rule("unknown");
        let mut rules = 0;
        let mut folders = vec![std::path::PathBuf::from(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for call in text.split("AppError::invalid(").skip(1) {
                    let Some(rule) = call.split('"').nth(3) else { continue };
                    assert_ne!(messages().rule(rule), unknown, "{rule} in {}", path.display());
                    rules += 1;
                }
            }
        }
        assert!(rules > 5, "{rules}");
    }
}
