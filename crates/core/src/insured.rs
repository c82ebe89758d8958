//! The insured person (被保険者): number, name, and what the insurer knows of them.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fixed::{Ascii, as_text};
use crate::insurer::InsurerNumber;
use crate::words;

/// Insured person's number (被保険者番号): ten characters, unique within one insurer.
///
/// The first character is a digit, or `H` for a person who receives care under public
/// assistance without being insured (みなし2号); the other nine are digits. No national check
/// digit is known.
///
/// Personal data: `Debug` is redacted and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InsuredNumber(Ascii<10>);

as_text!(InsuredNumber);

/// Why a text is not an [`InsuredNumber`]. Never carries the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InsuredNumberError {
    /// Not ten characters.
    #[error("must have 10 characters, has {found}")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character that certificates never print.
    #[error("character {position} is not allowed")]
    Character {
        /// Position, counted from one.
        position: usize,
    },
}

impl InsuredNumber {
    /// Parses exactly what the certificate prints; width folding is the caller's work.
    ///
    /// # Errors
    ///
    /// [`InsuredNumberError`] names the first rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, InsuredNumberError> {
        let found = text.chars().count();
        if found != 10 {
            return Err(InsuredNumberError::Length { found });
        }
        let bad = |(at, c): &(usize, char)| !(c.is_ascii_digit() || (*at == 0 && *c == 'H'));
        match text.chars().enumerate().find(bad) {
            Some((at, _)) => Err(InsuredNumberError::Character { position: at + 1 }),
            None => Ascii::of(text).map(Self).ok_or(InsuredNumberError::Length { found }),
        }
    }

    /// The ten characters, for a wire format, a query or a page that may show them.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The number in groups that can be read aloud: `0000 123 456`.
    pub fn grouped(&self) -> String {
        let mut text = self.expose().to_owned();
        text.insert(7, ' ');
        text.insert(4, ' ');
        text
    }

    /// A person under public assistance who is not insured (みなし2号).
    pub fn is_public_assistance(&self) -> bool {
        self.expose().starts_with('H')
    }
}

impl fmt::Debug for InsuredNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InsuredNumber(**********)")
    }
}

/// Which person: the insurer and the number it gave (被保険者の特定).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct PersonKey {
    /// The insurer; leads every key of personal data (保険者番号).
    pub insurer: InsurerNumber,
    /// The number within the insurer (被保険者番号).
    pub insured: InsuredNumber,
}

words! {
    /// Sex as the certificate prints it (性別; wire codes 1 and 2).
    pub enum Sex {
        /// Wire code 1.
        Male = "male", "男性";
        /// Wire code 2.
        Female = "female", "女性";
    }
}

/// A text that is personal: shown only through [`Personal::expose`], never by `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// Wraps a personal text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for a page, a file or a query that may show it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(***)")
    }
}

/// A person's name (氏名) as the register writes it, with its reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// Kanji as sent, variation selectors and rare characters kept.
    pub kanji: Personal,
    /// Reading in full-width katakana.
    pub kana: Personal,
}

/// A move between insurers (転入・転出): the other insurer and the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InsurerMove {
    /// The other insurer (相手の保険者番号).
    pub insurer: InsurerNumber,
    /// Day of the move (異動の日).
    pub on: Date,
}

/// Support measures (支援措置): the person's whereabouts are kept secret in this period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Protection {
    /// First day (はじめの日).
    pub from: Date,
    /// Last day, or open (終わりの日).
    pub until: Option<Date>,
}

impl Protection {
    /// The measure is in force on `day` (both ends included).
    pub fn in_force(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// An insured person (被保険者) as the insurer's register describes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsuredPerson {
    /// Insurer and number.
    pub key: PersonKey,
    /// Name with reading.
    pub name: PersonName,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Postal code, seven digits without hyphen.
    pub postal_code: Option<Personal>,
    /// Address in one line.
    pub address: Option<Personal>,
    /// Telephone number as written.
    pub phone: Option<Personal>,
    /// Support measures, when there are any.
    pub protection: Option<Protection>,
    /// Lives in a facility elsewhere and stays insured here (住所地特例): the facility's insurer.
    pub domicile_exception: Option<InsurerNumber>,
    /// Came from another insurer.
    pub moved_from: Option<InsurerMove>,
    /// Went to another insurer.
    pub moved_to: Option<InsurerMove>,
    /// Day the insurance ended (資格喪失日), by death or move.
    pub lost_on: Option<Date>,
}

impl InsuredPerson {
    /// Support measures are in force on `day` (支援措置対象者).
    pub fn is_protected(&self, day: Date) -> bool {
        self.protection.as_ref().is_some_and(|protection| protection.in_force(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rejects_what_the_certificate_never_prints() {
        let error = |text| InsuredNumber::parse(text).unwrap_err();
        assert_eq!(error("123456789"), InsuredNumberError::Length { found: 9 });
        assert_eq!(error("0H23456789"), InsuredNumberError::Character { position: 2 });
        assert_eq!(error("012345678９"), InsuredNumberError::Character { position: 10 });
    }

    proptest! {
        #[test]
        fn parse_then_expose_is_identity(text in "[0-9H][0-9]{9}") {
            let number = InsuredNumber::parse(&text).unwrap();
            prop_assert_eq!(number.expose(), &text);
            prop_assert_eq!(number.grouped().replace(' ', ""), text);
        }

        #[test]
        fn debug_never_shows_the_number(text in "[0-9H][0-9]{9}") {
            let shown = format!("{:?}", InsuredNumber::parse(&text).unwrap());
            prop_assert!(!shown.contains(&text));
        }
    }
}
