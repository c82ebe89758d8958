//! Insurers (保険者): the municipality or union that insures a person.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fixed::{Ascii, as_text};

/// Insurer's number (保険者番号): six digits, prefecture 2, municipality 3, check digit 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InsurerNumber(Ascii<6>);

as_text!(InsurerNumber);

/// Why a text is not an [`InsurerNumber`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InsurerNumberError {
    /// Not six digits.
    #[error("must be six digits")]
    Form,
    /// The last digit does not follow from the first five.
    #[error("check digit is wrong")]
    CheckDigit,
}

impl InsurerNumber {
    /// Parses six digits with their check digit (モジュラス10 ウェイト2-1 分割).
    ///
    /// # Errors
    ///
    /// [`InsurerNumberError`] names the first rule that `text` breaks.
    ///
    /// Source: 国保中央会 インタフェース仕様書, 保険者番号.
    pub fn parse(text: &str) -> Result<Self, InsurerNumberError> {
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InsurerNumberError::Form);
        }
        if luhn_sum(text.bytes().map(|byte| u32::from(byte - b'0'))) % 10 != 0 {
            return Err(InsurerNumberError::CheckDigit);
        }
        Ascii::of(text).map(Self).ok_or(InsurerNumberError::Form)
    }

    /// The number of the five digits `body`, with the check digit added.
    pub fn with_check_digit(body: &str) -> Option<Self> {
        (0..10).find_map(|digit| Self::parse(&format!("{body}{digit}")).ok())
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Sum of modulus 10, weights 2-1, products split; a whole number with its check digit is valid
/// when the sum is a multiple of ten. Values above nine are allowed (letters of office numbers).
pub(crate) fn luhn_sum(values: impl DoubleEndedIterator<Item = u32>) -> u32 {
    values
        .rev()
        .enumerate()
        .map(|(place, value)| {
            let product = if place % 2 == 1 { value * 2 } else { value };
            product / 10 + product % 10
        })
        .sum()
}

impl fmt::Display for InsurerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An insurer as the platform knows it (保険者).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insurer {
    /// Its number.
    pub number: InsurerNumber,
    /// Its name, for example あおば市.
    pub name: String,
    /// First day whose data the platform holds; `None` until the insurer has connected.
    pub connected_since: Option<Date>,
    /// Why there is no data yet, in words for the person at the screen.
    pub not_connected_because: Option<String>,
    /// The insurer takes blanket consent with the application (ruling of April 2025).
    pub takes_consent: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_are_valid() {
        for number in ["435073", "122192", "122069", "121012", "271007", "422014"] {
            assert!(InsurerNumber::parse(number).is_ok(), "{number}");
        }
    }

    #[test]
    fn every_other_last_digit_is_refused() {
        for digit in (0..10).filter(|digit| *digit != 3) {
            let text = format!("43507{digit}");
            assert_eq!(InsurerNumber::parse(&text), Err(InsurerNumberError::CheckDigit));
        }
        assert_eq!(InsurerNumber::parse("43507"), Err(InsurerNumberError::Form));
        assert_eq!(InsurerNumber::parse("４３５０７３"), Err(InsurerNumberError::Form));
    }
}
