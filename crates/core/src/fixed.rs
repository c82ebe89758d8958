//! Texts of a fixed length, held in place: numbers of persons, insurers and offices are copied
//! dozens of times in every look, and none of the copies asks for memory.

use std::fmt;

use serde::de::{Error, Visitor};

/// `N` ASCII characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ascii<const N: usize>([u8; N]);

impl<const N: usize> Ascii<N> {
    /// `None` when `text` has another length or other characters.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let bytes = text.is_ascii().then_some(text.as_bytes())?;
        bytes.try_into().ok().map(Self)
    }

    /// The characters.
    pub(crate) fn as_str(&self) -> &str {
        // ASCII always is UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Debug for Ascii<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Reads a text with a function that parses it; an error never says what was read.
pub(crate) struct Parsing<F>(pub(crate) F);

impl<T, E: fmt::Display, F: FnOnce(&str) -> Result<T, E>> Visitor<'_> for Parsing<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<X: Error>(self, text: &str) -> Result<T, X> {
        (self.0)(text).map_err(X::custom)
    }
}

/// Writes and reads a type around [`Ascii`] as its text, by its function `parse`.
macro_rules! as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.0.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_str($crate::fixed::Parsing($name::parse))
            }
        }
    };
}
pub(crate) use as_text;
