//! Recovery codes (予備コード) and codes as people type them.

use tasuki_store::seal::Keyring;

use super::RecoveryCodes;
use crate::secret::{Secret, same};

/// Recovery codes of one account.
const COUNT: usize = 10;

/// Ten new codes of 50 random bits, and the digests to store.
pub(crate) fn new_codes(keyring: &Keyring, account: &str) -> (RecoveryCodes, Vec<String>) {
    let codes: Vec<_> = (0..COUNT).map(|_| Secret::readable(2)).collect();
    let digests =
        codes.iter().map(|code| digest(keyring, account, &typed(code.expose()))).collect();
    (RecoveryCodes(codes), digests)
}

/// The digests that are left when `code` is used; `None` when it is none of them.
pub(crate) fn use_code(
    keyring: &Keyring,
    account: &str,
    digests: &[String],
    code: &str,
) -> Option<Vec<String>> {
    let used = digest(keyring, account, code);
    let left: Vec<_> = digests.iter().filter(|kept| !same(kept, &used)).cloned().collect();
    (left.len() < digests.len()).then_some(left)
}

/// A code without blanks and hyphens, in small half-width characters.
pub(crate) fn typed(code: &str) -> String {
    code.chars()
        .map(|c| match c {
            '！'..='～' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
            _ => c,
        })
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The code is one of the code application or of a mail.
pub(crate) fn is_six_digits(typed: &str) -> bool {
    typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digest of a code that was sent by mail for one sign-in.
pub(crate) fn mail_digest(keyring: &Keyring, token_hash: &str, code: &str) -> String {
    let text = format!("mail-code/{token_hash}/{code}");
    hex::encode(keyring.platform().digest(text.as_bytes()))
}

fn digest(keyring: &Keyring, account: &str, code: &str) -> String {
    let text = format!("recovery/{account}/{code}");
    hex::encode(keyring.platform().digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(typed(" １２３ 456 "), "123456");
        assert_eq!(typed("ABCDE-fgh23"), "abcdefgh23");
        assert!(is_six_digits("123456") && !is_six_digits("12345") && !is_six_digits("12345a"));
    }

    #[test]
    fn a_recovery_code_works_once_for_its_account() {
        let keyring = Keyring::new(&[5; 32]);
        let (codes, digests) = new_codes(&keyring, "a1");
        assert_eq!((codes.0.len(), digests.len()), (10, 10));
        let code = typed(codes.0[3].expose());
        let left = use_code(&keyring, "a1", &digests, &code).unwrap();
        assert_eq!(left.len(), 9);
        assert_eq!(use_code(&keyring, "a1", &left, &code), None);
        assert_eq!(use_code(&keyring, "a2", &digests, &code), None);
    }
}
