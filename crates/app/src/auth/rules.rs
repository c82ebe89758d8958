//! Rules of passwords and logins (パスワード・IDの決まり).
//!
//! Length instead of kinds of characters: what people do with forced digits and signs is known.
//! Source: NIST SP 800-63B-4, section 3.1.1 (the second factor allows fewer than 15 characters).

use crate::AppError;
use crate::secret::Secret;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;

/// Most characters of a password; longer texts only cost work.
pub const PASSWORD_MAX: usize = 128;

/// Fewest different characters.
const DIFFERENT_MIN: usize = 5;

/// Beginnings that every guesser tries first, without case.
const COMMON: [&str; 12] = [
    "password",
    "passw0rd",
    "qwerty",
    "1234567890",
    "0123456789",
    "12345678",
    "abcdefgh",
    "iloveyou",
    "administrator",
    "letmein",
    "kaigo",
    "tasuki",
];

/// Characters that a common beginning leaves to the password's own part at least.
const OWN_MIN: usize = 8;

/// Checks a new password for `login`.
///
/// # Errors
///
/// [`AppError::Invalid`] on `field` with the rule `password-short`, `password-long`,
/// `password-simple`, `password-login` or `password-common`.
pub fn password(field: &'static str, password: &Secret, login: &str) -> Result<(), AppError> {
    let text = password.expose();
    let length = text.chars().count();
    let folded = text.to_lowercase();
    let mut different: Vec<char> = folded.chars().collect();
    different.sort_unstable();
    different.dedup();
    let rule = if length < PASSWORD_MIN {
        "password-short"
    } else if length > PASSWORD_MAX {
        "password-long"
    } else if different.len() < DIFFERENT_MIN {
        "password-simple"
    } else if folded.contains(&login.to_lowercase()) {
        "password-login"
    } else if is_common(&folded, length) {
        "password-common"
    } else {
        return Ok(());
    };
    Err(AppError::invalid(field, rule))
}

fn is_common(folded: &str, length: usize) -> bool {
    let fits = |common: &str| folded.starts_with(common) && length < common.len() + OWN_MIN;
    COMMON.iter().any(|common| fits(common))
}

/// Checks a login: 3 to 64 of `a`–`z`, digits, `.`, `_`, `-` and `@`.
///
/// # Errors
///
/// [`AppError::Invalid`] on `login` with the rule `login-form`.
pub fn login(login: &str) -> Result<(), AppError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@".contains(c);
    if (3..=64).contains(&login.len()) && login.chars().all(fits) {
        Ok(())
    } else {
        Err(AppError::invalid("login", "login-form"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Option<&'static str> {
        match password("password", &Secret::new(text), "hanako") {
            Err(AppError::Invalid(fields)) => fields.first().map(|field| field.rule),
            _ => None,
        }
    }

    #[test]
    fn a_password_breaks_one_rule_or_none() {
        assert_eq!(rule("みじかいな123"), Some("password-short"));
        assert_eq!(rule(&"あいうえおか".repeat(22)), Some("password-long"));
        assert_eq!(rule("aaaabbbbAAAABBBB"), Some("password-simple"));
        assert_eq!(rule("HANAKO-no-himitsu"), Some("password-login"));
        assert_eq!(rule("Password1234"), Some("password-common"));
        assert_eq!(rule("123456789012"), Some("password-common"));
        assert_eq!(rule("つきよのたぬきばやし、ぽん"), None);
        assert_eq!(rule("kaigo wa minna de sasaeru"), None);
    }

    #[test]
    fn a_login_is_typed_without_shift() {
        assert!(login("hanako.k_1-x@office").is_ok());
        for bad in ["ab", "Hanako", "花子", "a b c", "a:b", ""] {
            assert!(login(bad).is_err(), "{bad}");
        }
    }
}
