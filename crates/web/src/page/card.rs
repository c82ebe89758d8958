//! A card being read (カードの読み取り): what the page says while it waits, and how it goes on.

use jiff::civil::Date;
use tasuki_core::insured::Personal;

use super::paths;

/// Where the reading of a card stands.
#[derive(Debug, Clone)]
pub enum Reader {
    /// None has begun: the way of checking is chosen.
    Choose {
        /// The last one ran out of time.
        ran_out: bool,
    },
    /// It waits, and no reader application of this device has asked for work lately.
    Absent,
    /// It waits for a card.
    Waiting {
        /// The PIN is to be typed.
        with_pin: bool,
    },
    /// A card answered, and online eligibility is asked.
    Asking,
    /// The card is good, and its holder is known.
    Read {
        /// Reading of the name.
        kana: Personal,
        /// Date of birth.
        birth_date: Date,
        /// The PIN was used, so the photo need not be compared.
        with_pin: bool,
    },
    /// A card was read and cannot be used.
    Refused {
        /// Why and what to do, in one or two sentences.
        why: String,
    },
}

/// Where it stands, what for, and where its forms are sent.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Where it stands.
    pub reader: Reader,
    /// It is for a consent; else a person is looked for.
    pub is_consent: bool,
    /// After the PIN the page goes on without another press.
    pub at_once: bool,
    /// Address of the page: it goes on by POST; `/begin` begins anew, `/state` says how far it is.
    pub at: String,
    /// Address of the way without a card, or out.
    pub back: String,
}

impl Reading {
    /// A reading that finds a person.
    pub fn to_find(reader: Reader) -> Self {
        let (at, back) = (paths::FIND_CARD.to_owned(), paths::FIND.to_owned());
        Self { reader, is_consent: false, at_once: false, at, back }
    }

    /// A reading for the consent that is asked at `form`.
    pub fn for_consent(reader: Reader, form: String) -> Self {
        let at = format!("{form}/card");
        Self { reader, is_consent: true, at_once: true, at, back: form }
    }

    /// The page asks again by itself.
    pub fn waits(&self) -> bool {
        matches!(self.reader, Reader::Absent | Reader::Waiting { .. } | Reader::Asking)
    }
}
