//! Enums that are stored and sent as one fixed word.

/// An enum whose every value has one word for tables, files and the API.
///
/// The words are part of stored data and of the protocols: they never change, new ones are added.
pub trait Word: Copy + Eq + 'static {
    /// Every value, in the order of the glossary.
    const ALL: &'static [Self];

    /// The word of this value (`snake_case`, ASCII).
    fn word(self) -> &'static str;

    /// The value of a word, or `None` when no value has it.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// Declares an enum of words: variants with their doc comment, word and Japanese term.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal, $japanese:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        $vis enum $name {
            $($(#[$variant_meta])* #[doc = concat!("(", $japanese, ")")]
              #[serde(rename = $word)] $variant,)+
        }

        impl $crate::word::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::schema::PartialSchema for $name {
            fn schema() -> $crate::schema::RefOr<$crate::schema::Schema> {
                $crate::schema::of_words::<Self>(Self::japanese)
            }
        }

        impl $crate::schema::ToSchema for $name {}

        impl $name {
            /// The Japanese term, as pages show it.
            pub fn japanese(self) -> &'static str {
                match self { $(Self::$variant => $japanese),+ }
            }
        }
    };
}
